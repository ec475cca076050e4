"""
Recorders whose clock is off by whole hours (local time).

A single recording that fits an earthquake some hours away is no evidence: one in twelve does so by
chance. A recorder has one clock. Its offset is accepted if several of its recordings have the same
offset, of different earthquakes, and none in between is on time.
"""

from .association import START_WINDOW

CLOCK_HOURS = 24
# s that two pieces of one recording (its channels) may begin apart
SAME_RECORDING = 2.0


def shared_offset(start, recordings, events):
    """
    The earthquake of a recording with a clock offset that other recordings confirm.

    :param start: UTCDateTime of its first sample.
    :param recordings: list of ``(start, end)`` UTCDateTimes of all traces of the station.
    :param events: :class:`~obspy_tng.archive.association.StationEvents`.
    :return: ``(index, seconds)``: the earthquake, and how far the clock is ahead;
        ``(None, 0.0)`` where no offset, or more than one, is shared.
    """
    spans = _recordings(recordings)
    at = min(range(len(spans)), key=lambda i: abs(spans[i][0] - start), default=None)
    if at is None or abs(spans[at][0] - start) > SAME_RECORDING:
        return None, 0.0
    on_time = [_is_on_time(span, events) for span in spans]
    taken = {events.event_of(span[0]) for span, right in zip(spans, on_time, strict=True) if right}
    first, last = at, at
    while first > 0 and not on_time[first - 1]:
        first -= 1
    while last + 1 < len(spans) and not on_time[last + 1]:
        last += 1
    others = [_hours(spans[i], events, taken) for i in range(first, last + 1) if i != at]
    shared = []
    for hours, own in _hours(spans[at], events, taken).items():
        if len(own) == 1 and any(set(other.get(hours, ())) - set(own) for other in others):
            shared.append((own[0], 3600.0 * hours))
    return shared[0] if len(shared) == 1 else (None, 0.0)


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
    index = events.event_of(span[0])
    return index is not None and events.holds(index, *span)


def _hours(span, events, taken):
    """Whole hours that a clock may be ahead -> indices of the earthquakes that then fit."""
    found = {}
    start, end = span
    for hours in range(-CLOCK_HOURS, CLOCK_HOURS + 1):
        if hours == 0:
            continue
        late = start.timestamp - 3600.0 * hours - events.p
        near = (late >= START_WINDOW[0]) & (late <= START_WINDOW[1])
        fits = [int(index) for index in near.nonzero()[0] if index not in taken
                and events.holds(index, start, end, 3600.0 * hours)]
        if fits:
            found[hours] = fits
    return found
