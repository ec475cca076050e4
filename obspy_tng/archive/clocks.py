"""
Recorders whose clock is off by whole or half hours (local time).

A single recording that fits an earthquake some hours away is no evidence: one in twelve does so by
chance. A recorder has one clock. Its offset is accepted if several of its recordings have the same
offset, of different earthquakes, none in between is on time, and so many would not fit by chance.
"""

from dataclasses import dataclass
from weakref import WeakKeyDictionary

from scipy.special import pdtrc

from .association import START_WINDOW

CLOCK_HOURS = 24
CLOCK_STEP = 0.5  # h; India, Iran and others are half an hour apart
# s that two pieces of one recording (its channels) may begin apart
SAME_RECORDING = 2.0
# probability that so many recordings share any offset by chance
CHANCE = 0.01
_EVIDENCE: WeakKeyDictionary = WeakKeyDictionary()


@dataclass(frozen=True)
class _Evidence:
    """
    Recordings of a station, by time: spans, which are on time, offsets that fit the others.

    ``hours`` has a dict for each recording: offset in h -> indices of the earthquakes that fit.
    """

    spans: list
    on_time: list
    hours: list


def shared_offset(start, recordings, events):
    """
    The earthquake of a recording with a clock offset that other recordings confirm.

    :param start: UTCDateTime of its first sample.
    :param recordings: list of ``(start, end)`` UTCDateTimes of all traces of the station.
    :param events: :class:`~obspy_tng.archive.association.StationEvents`.
    :return: ``(index, seconds)``: the earthquake, and how far the clock is ahead;
        ``(None, 0.0)`` where no offset, or more than one, is shared.
    """
    known = _evidence(recordings, events)
    at = min(range(len(known.spans)), key=lambda i: abs(known.spans[i][0] - start), default=None)
    if at is None or abs(known.spans[at][0] - start) > SAME_RECORDING:
        return None, 0.0
    first, last = at, at
    while first > 0 and not known.on_time[first - 1]:
        first -= 1
    while last + 1 < len(known.spans) and not known.on_time[last + 1]:
        last += 1
    shared = []
    for hours, own in known.hours[at].items():
        others = [set(known.hours[i].get(hours, ())) - set(own)
                  for i in range(first, last + 1) if i != at]
        number = 1 + sum(map(bool, others))
        if len(own) == 1 and number > 1 and not _by_chance(
                number, known.spans[first:last + 1], events):
            shared.append((own[0], 3600.0 * hours))
    return shared[0] if len(shared) == 1 else (None, 0.0)


def _evidence(recordings, events):
    """:class:`_Evidence` of a station; remembered for the same list of recordings."""
    known = _EVIDENCE.get(events)
    if known is None or known[0] is not recordings:
        spans = _recordings(recordings)
        on_time = [_is_on_time(span, events) for span in spans]
        taken = {events.event_of(*span)
                 for span, right in zip(spans, on_time, strict=True) if right}
        hours = [_hours(span, events, taken) for span in spans]
        known = _EVIDENCE[events] = recordings, _Evidence(spans, on_time, hours)
    return known[1]


def _by_chance(number, spans, events):
    """
    True if some offset may fit so many of some recordings by chance.

    Earthquakes and recordings at random times: the number that fit at one offset has a Poisson
    distribution.
    """
    reach = 3600.0 * CLOCK_HOURS
    begin, end = spans[0][0].timestamp - reach, spans[-1][0].timestamp + reach
    near = int(((events.p >= begin) & (events.p <= end)).sum())
    expected = len(spans) * near * (START_WINDOW[1] - START_WINDOW[0]) / (end - begin)
    offsets = 2 * CLOCK_HOURS / CLOCK_STEP
    return bool(offsets * pdtrc(number - 1, expected) > CHANCE)


def _recordings(spans):
    """Recordings of a station out of the spans of their channels, by time."""
    found = []
    for start, end in sorted(spans, key=lambda span: (span[0].timestamp, span[1].timestamp)):
        if found and start - found[-1][0] <= SAME_RECORDING:
            found[-1] = found[-1][0], max(found[-1][1], end)
        else:
            found.append((start, end))
    return found


def _is_on_time(span, events):
    """True for a recording that holds the arrivals of its earthquake by its own clock."""
    index = events.event_of(*span)
    return index is not None and events.holds(index, *span)


def _hours(span, events, taken):
    """Hours that a clock may be ahead -> indices of the earthquakes that then fit."""
    found = {}
    start, end = span
    # one look at all offsets: few recordings have an earthquake within a day
    reach = 3600.0 * (CLOCK_HOURS + 1)
    if not ((events.p > start.timestamp - reach) & (events.p < start.timestamp + reach)).any():
        return found
    steps = round(CLOCK_HOURS / CLOCK_STEP)
    for hours in (CLOCK_STEP * step for step in range(-steps, steps + 1) if step):
        late = start.timestamp - 3600.0 * hours - events.p
        near = (late >= START_WINDOW[0]) & (late <= START_WINDOW[1])
        fits = [int(index) for index in near.nonzero()[0] if index not in taken
                and events.holds(index, start, end, 3600.0 * hours)]
        if fits:
            found[hours] = fits
    return found
