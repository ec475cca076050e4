"""
One unit of an archive run: a station and an earthquake, or a station and a day.

:func:`collect_unit` asks the client for its data, finds the recordings in them and
prepares the one to use. It depends on nothing but its arguments and never raises:
units can be done in any order, in parallel, and again.
"""

import logging
from collections import Counter
from dataclasses import dataclass, field

from obspy import Stream

from ..exceptions import TNGInputError
from ..records.event import event_fields
from ..records.prepare import prepare_record
from ..records.record import recording_id
from .files import DAY
from .plan import LONGEST_RECORDING

logger = logging.getLogger("obspy_tng")

@dataclass
class Outcome:
    """What became of one unit: records, ``(id, reason)`` of rejections, and counts."""

    records: list = field(default_factory=list)
    rejected: list = field(default_factory=list)
    counts: Counter = field(default_factory=Counter)

    def reject(self, name, reason):
        self.rejected.append((name, reason))
        self.counts["rejected"] += 1


def collect_unit(client, unit, events, channels, options):
    """
    Do one unit of work.

    :param client: see :func:`collect_records`; one with ``spans()`` is asked first what
        there is on a day.
    :param unit: :class:`~obspy_tng.archive.plan.Unit`.
    :param events: :class:`~obspy_tng.archive.association.StationEvents` of its station.
    :param channels: pattern of channel codes.
    :param options: dict of arguments of :func:`~obspy_tng.records.prepare.prepare_record`.
    :return: :class:`Outcome`. It never raises: a failure is stored in it.
    """
    outcome = Outcome()
    try:
        if unit.index is not None or _may_have_more(client, unit, events):
            stream = client.get_waveforms(*unit.station.split("."), "*", channels,
                                          unit.starttime, unit.endtime)
            found = find_recordings(stream)
            work = _collect_day if unit.index is None else _collect_event
            work(unit, found, events, options, outcome)
    except Exception as err:  # one bad unit must never stop a run over an archive
        if type(err).__name__ != "FDSNNoDataException":
            logger.warning("collect: %s failed: %s", unit.id, err)
            outcome.rejected.append((unit.id, f"{unit.id}: {type(err).__name__}: {err}"))
            outcome.counts["failed"] += 1
    if not (outcome.counts or outcome.records):
        outcome.counts["no data"] += 1
    return outcome


def _may_have_more(client, unit, events):
    """False where a client in files knows that earthquakes claim all that a day has."""
    spans = client.spans() if hasattr(client, "spans") else None
    if spans is None:
        return True
    inside = ((max(start, unit.starttime), min(end, unit.endtime)) for start, end in spans)
    return not all(start > end or events.claims(start, end) for start, end in inside)


def find_recordings(stream):
    """
    Recordings in what a client returned.

    :param stream: Stream of any traces of one station; it is not changed.
    :return: list of Streams, each one trace per component as far as there are, of one
        instrument; the longest first. Recordings that overlap (the same one digitised
        twice, several instruments) are kept apart.
    """
    instruments = {}
    for tr in Stream(tr for tr in stream if tr.stats.npts > 1):
        instruments.setdefault(tr.id[:-1], {}).setdefault(tr.stats.channel[-1], []).append(tr)
    recordings = []
    for components in instruments.values():
        rest = [sorted(traces, key=lambda tr: -tr.stats.npts) for traces in components.values()]
        rest.sort(key=len)
        while any(rest):
            lead = max((traces[0] for traces in rest if traces), key=lambda tr: tr.stats.npts)
            recording = Stream()
            for traces in rest:
                best = max(traces, key=lambda tr: _likeness(tr, lead), default=None)
                if best is not None and _likeness(best, lead) > 0:
                    recording.append(best)
                    traces.remove(best)
            recordings.append(recording)
    return sorted(recordings, key=lambda st: (-_length(st), st[0].stats.starttime, st[0].id))


def _likeness(tr, other):
    """Share of the two traces' joint span that both have; 0 where they are apart."""
    start = max(tr.stats.starttime, other.stats.starttime)
    end = min(tr.stats.endtime, other.stats.endtime)
    joint = (max(tr.stats.endtime, other.stats.endtime)
             - min(tr.stats.starttime, other.stats.starttime))
    return max(0.0, end - start) / joint


def _length(recording):
    return max(tr.stats.endtime - tr.stats.starttime for tr in recording)


def _span(recording):
    return (min(tr.stats.starttime for tr in recording), max(tr.stats.endtime for tr in recording))


def _collect_event(unit, recordings, events, options, outcome):
    """Take the best recording of an earthquake; reject the others."""
    used = None
    window = options["window"]
    for recording in recordings:
        start, end = _span(recording)
        running, lasting = start <= unit.starttime + 1, end >= unit.endtime - 1
        if not running and events.owner(start) != unit.index:
            continue  # the unit of another earthquake, or of the day, takes care of it
        outcome.counts["recordings"] += 1
        name = recording_id(recording)
        if used is not None:
            outcome.reject(name, f"{name}: another recording of the earthquake is used, {used}")
            continue
        first, last = events.span(unit.index, window)
        recording = recording.slice(first if running else None, last if lasting else None)
        larger = events.drowned_by(unit.index, window) if running else None
        if not recording:
            outcome.reject(name, f"{name}: ends before the earthquake arrives")
        elif larger is not None:
            outcome.reject(name, f"{name}: shaking of a larger earthquake, "
                                 f"{event_fields(larger)['event_id']}, falls into the window")
        elif _prepare(recording, events.events[unit.index], options, outcome, name):
            used = name


def _collect_day(unit, recordings, events, options, outcome):
    """Look at the recordings of a day that no earthquake claims."""
    day = unit.starttime + 60
    for recording in recordings:
        start, end = _span(recording)
        if not day <= start < day + DAY or events.claims(start, end):
            continue
        if end - start >= LONGEST_RECORDING - 60:
            outcome.counts["continuous"] += 1
            continue
        outcome.counts["recordings"] += 1
        name = recording_id(recording)
        if not events.events:
            _prepare(recording, None, options, outcome, name)
            continue
        index, offset = events.clock_match(start)
        if index is None:
            outcome.reject(name, f"{name}: no earthquake of the catalog fits")
        elif _prepare(recording, events.events[index], options, outcome, name):
            for tr in outcome.records[-1]:
                tr.stats.tng.clock_offset = offset


def _prepare(recording, event, options, outcome, name):
    """Prepare one recording into the outcome; True if it became a record."""
    try:
        outcome.records.append(prepare_record(recording, event=event, common_span=True, **options))
    except TNGInputError as err:
        outcome.reject(name, str(err))
        return False
    return True
