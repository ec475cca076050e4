"""
One unit of an archive run: a station and an earthquake, or a station and a day.

:func:`collect_unit` asks the client for its data, finds the recordings in them and
prepares the one to use. It depends only on its arguments and never raises an error:
units can be done in any order, in parallel, and repeatedly.
"""

import logging
from collections import Counter
from dataclasses import dataclass, field, replace
from itertools import pairwise

from obspy import Stream

from ..exceptions import TNGInputError
from ..records.codes import split_channel
from ..records.event import event_fields
from ..records.info import recording_id
from ..records.joining import conflicting, join_pieces
from ..records.prepare import prepare_record
from ..records.rejection import RejectedRecord, rejection_of
from ..records.traces import SHARED
from .association import StationEvents
from .clocks import shared_offset
from .files import DAY, DAY_LEAD
from .reading import continuous_spans, spans_in
from .sensors import SensorChoice, sensor_of
from .templates import matches_code

logger = logging.getLogger("obspy_tng")


@dataclass
class Outcome:
    """
    Result of one unit: records, ``(id, RejectedRecord)`` of rejections, and counts.

    ``conflicts`` are ids of channels whose pieces overlap with different samples.
    """

    records: list = field(default_factory=list)
    rejected: list = field(default_factory=list)
    counts: Counter = field(default_factory=Counter)
    error: str | None = None
    conflicts: list = field(default_factory=list)

    def reject(self, name, rejection):
        """List a recording as rejected."""
        if self.conflicts and rejection.code in ("components", "times"):
            rejection = replace(rejection, text=f"{rejection.text}; pieces of "
                                f"{', '.join(self.conflicts)} overlap with different samples")
        self.rejected.append((name, rejection))
        self.counts["rejected"] += 1

    def refuse(self, name, code, text):
        """List a recording as rejected, without numbers."""
        self.reject(name, RejectedRecord(code, None, None, f"{name}: {text}"))


@dataclass(frozen=True)
class StationTask:
    """
    Arguments that are common to all units of a station.

    ``channels`` is the pattern of channel codes, ``options`` are the arguments of
    :func:`~obspy_tng.records.prepare.prepare_record`.
    """

    events: StationEvents
    sensors: SensorChoice
    channels: str
    options: dict


def collect_unit(client, unit, task):
    """
    Do one unit of work.

    :param client: see :func:`collect_records`; one with ``spans()`` and ``station_spans()`` is
        asked what there is on a day, and of the station.
    :param unit: :class:`~obspy_tng.archive.plan.Unit`.
    :param task: :class:`StationTask` of its station.
    :return: :class:`Outcome`. It never raises: a failure is stored in it.
    """
    outcome = Outcome()
    try:
        if unit.index is not None or _may_have_more(client, unit, task.events, outcome):
            stream = client.get_waveforms(*unit.station.split("."), "*", task.channels,
                                          unit.starttime, unit.endtime)
            stream = join_pieces(_asked_for(stream, unit.station, task.channels))
            outcome.conflicts = conflicting(stream)
            found = find_recordings(stream, outcome.conflicts)
            if unit.index is None:
                _collect_day(client, unit, found, continuous_spans(spans_in(stream)), task,
                             outcome)
            else:
                _collect_event(unit, found, task, outcome)
    except Exception as err:  # one bad unit must never stop a run over an archive
        if type(err).__name__ != "FDSNNoDataException":
            logger.warning("collect: %s failed: %s", unit.id, err)
            outcome.error = f"{type(err).__name__}: {err}"
            outcome.counts["failed"] += 1
            outcome.rejected.append((unit.id, RejectedRecord(
                "unusable", None, None, f"{unit.id}: {outcome.error}")))
    if not (outcome.counts or outcome.records):
        outcome.counts["no data"] += 1
    return outcome


def _asked_for(stream, station, channels):
    """Traces of a station and a pattern of channels; a client may return more than that."""
    network, code = station.split(".")
    found = [tr for tr in stream
             if tr.stats.station == code and matches_code(tr.stats.channel, channels)]
    # with another network code alone they are told: the inventory does not have them
    return Stream([tr for tr in found if tr.stats.network == network] or found)


def _may_have_more(client, unit, events, outcome):
    """
    False where a client in files knows that earthquakes take all that a day has.

    What it knows as continuous data is counted, and not read.
    """
    spans = client.spans() if hasattr(client, "spans") else None
    if spans is None:
        return True
    day = unit.starttime + DAY_LEAD
    inside = [(max(start, unit.starttime), min(end, unit.endtime)) for start, end in spans
              if start < day + DAY and end >= day]
    running = continuous_spans(inside)
    pieces = [span for span in inside if not _within(span, running)]
    if all(start > end or events.expects(start, end) for start, end in pieces):
        if running:
            outcome.counts["continuous"] += len(running)
        return False
    return True


def _within(span, others):
    return any(start <= span[0] and span[1] <= end for start, end in others)


def find_recordings(stream, conflicts=()):
    """
    Recordings in what a client returned.

    :param stream: Stream of any traces of one station; it is not changed.
    :param conflicts: ids of traces that overlap with different samples: their recordings are not
        cut to what the components share.
    :return: list of Streams, each one trace per component as far as there are, of one
        sensor; the longest first. Recordings that overlap (the same one digitised
        twice, several sensors) remain separate. A gap in one component divides a recording
        as a gap in all of them does, and so does one that begins much later or ends much earlier
        than the others.
    """
    sensors = {}
    for tr in Stream(tr for tr in stream if tr.stats.npts > 1):
        sensor, component = split_channel(tr.stats.channel)
        sensors.setdefault((tr.stats.location, sensor), {}).setdefault(component, []).append(tr)
    recordings = []
    for components in sensors.values():
        _cut_at_gaps(components)
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
            known = not any(tr.id in conflicts for tr in recording)
            recordings.append(_shared_part(recording, rest) if known else recording)
    return sorted(recordings, key=lambda st: (-_length(st), st[0].stats.starttime, st[0].id))


def _cut_at_gaps(components):
    """Cut the traces of a sensor, lists by component, where another component has a gap."""
    gaps = [(before.stats.endtime, behind.stats.starttime) for traces in components.values()
            for before, behind in pairwise(sorted(traces, key=lambda tr: tr.stats.starttime))
            if behind.stats.starttime > before.stats.endtime]
    for end, start in gaps:
        for component, traces in components.items():
            components[component] = [piece for tr in traces for piece in (
                (tr.slice(None, end), tr.slice(start))
                if tr.stats.starttime < end and start < tr.stats.endtime else (tr,))]


def _shared_part(recording, rest):
    """What three components have in common, if it is far from all; the others go to ``rest``."""
    start = max(tr.stats.starttime for tr in recording)
    end = min(tr.stats.endtime for tr in recording)
    if len(recording) != 3 or not 0 < end - start < SHARED * _length(recording):
        return recording
    for traces, tr in zip(rest, recording, strict=True):
        delta = tr.stats.delta
        traces += [piece for piece in (tr.slice(None, start - delta), tr.slice(end + delta))
                   if piece.stats.npts > 1]
        traces.sort(key=lambda tr: -tr.stats.npts)
    return recording.slice(start, end)


def _likeness(tr, other):
    """Share of the joint span of two traces that both have; 0 without overlap."""
    start = max(tr.stats.starttime, other.stats.starttime)
    end = min(tr.stats.endtime, other.stats.endtime)
    joint = (max(tr.stats.endtime, other.stats.endtime)
             - min(tr.stats.starttime, other.stats.starttime))
    return max(0.0, end - start) / joint


def _length(recording):
    return max(tr.stats.endtime - tr.stats.starttime for tr in recording)


def _span(recording):
    return (min(tr.stats.starttime for tr in recording), max(tr.stats.endtime for tr in recording))


def _described(recording):
    """A recording told apart from others that begin in the same second."""
    start, end = _span(recording)
    sensor = f"{recording[0].id.rpartition('.')[0]}.{split_channel(recording[0].stats.channel)[0]}"
    return f"{sensor}? {start} - {end}"


def _collect_event(unit, recordings, task, outcome):
    """Take the best recording of an earthquake; reject the others."""
    events, index, used = task.events, unit.index, None
    running, candidates = {}, []
    for recording in recordings:
        start, end = _span(recording)
        always = start <= unit.starttime + 1
        if not always and events.event_of(start, end) != index:
            continue  # the unit of another earthquake, or of the day, takes care of it
        outcome.counts["recordings"] += 1
        running[id(recording)] = always
        candidates.append(recording)
    sure = [recording for recording in candidates if task.sensors.uses(recording)
            and events.holds(index, *_span(recording), clock_error=0.0)]
    for recording in sorted(candidates, key=lambda recording: _rank(recording, index, task)):
        name, (start, end) = recording_id(recording), _span(recording)
        always = running[id(recording)]
        first, last = events.span(index, task.options["window"])
        piece = recording.slice(first if always else None,
                                last if end >= unit.endtime - 1 else None)
        larger = events.larger_event(index, task.options["window"]) if always else None
        if not task.sensors.uses(recording):
            _refuse_sensor(name, recording, task, outcome)
        elif used is not None:
            outcome.refuse(name, "another_recording", "another recording of the earthquake is "
                           f"used, {used}")
        elif not piece or not events.holds(index, start, end) or (
                sure and not events.holds(index, start, end, clock_error=0.0)):
            _refuse_time(name, recording, index, events, outcome)
        elif larger is not None:
            outcome.refuse(name, "larger_earthquake", "shaking of a larger earthquake, "
                           f"{event_fields(larger)['event_id']}, falls into the window")
        elif _prepare(piece, index, task, outcome, name):
            used = _described(recording)


def _rank(recording, index, task):
    """What to try first: a recording that holds the arrivals, strong motion, the longest."""
    return (not task.events.holds(index, *_span(recording), clock_error=0.0),
            *task.sensors.rank(recording), -_length(recording))


def _refuse_sensor(name, recording, task, outcome):
    location, sensor = sensor_of(recording)
    outcome.refuse(name, "other_sensor", f"{sensor}? at location {location!r} is not used in this "
                   f"run, {task.sensors.text or 'the one at the surface'} is; locations= chooses")


def _refuse_time(name, recording, index, events, outcome):
    """List a recording that does not hold the arrivals of the earthquake."""
    arrival, (start, end) = events.arrivals[index], _span(recording)
    late = start.timestamp > arrival.surface
    outcome.reject(name, RejectedRecord(
        "does_not_fit", (start if late else end).timestamp - arrival.p,
        (arrival.surface if late else arrival.p) - arrival.p,
        f"{name}: does not fit: it holds neither P nor S of the earthquake, which arrive "
        f"{arrival.p - start.timestamp:.0f} s and {arrival.s - start.timestamp:.0f} s after its "
        f"start (it is {end - start:.0f} s long)"))


def _collect_day(client, unit, recordings, running, task, outcome):
    """Look at the recordings of a day that no earthquake takes care of, nor continuous data."""
    day, events = unit.starttime + DAY_LEAD, task.events
    for recording in recordings:
        start, end = _span(recording)
        if not day <= start < day + DAY or events.expects(start, end):
            continue
        if _within((start, end), running):
            outcome.counts["continuous"] += 1
            continue
        outcome.counts["recordings"] += 1
        name = recording_id(recording)
        if not task.sensors.uses(recording):
            _refuse_sensor(name, recording, task, outcome)
            continue
        if not events.arrivals:
            _prepare(recording, None, task, outcome, name)
            continue
        spans = (client.station_spans(unit.station, task.channels)
                 if hasattr(client, "station_spans") else [])
        index, offset = shared_offset(start, spans, events)
        if index is None:
            outcome.refuse(name, "no_earthquake", "no earthquake of the catalog fits, nor a clock "
                           "offset that several recordings share; clock_offsets= tells one")
        else:
            _prepare(recording, index, task, outcome, name, offset)


def _prepare(recording, index, task, outcome, name, offset=0.0):
    """Prepare one recording into the outcome; True if it became a record."""
    arrival = None if index is None else task.events.arrivals[index]
    try:
        record = prepare_record(recording, event=arrival and arrival.event, common_span=True,
                                **task.options)
    except TNGInputError as err:
        outcome.reject(name, rejection_of(err))
        return False
    misfit = None if index is None else task.events.misfit(index, record, offset)
    if misfit is not None:
        outcome.reject(name, misfit)
        return False
    ahead = offset + (arrival.clock if arrival else 0.0)
    if ahead:
        for tr in record:
            tr.stats.tng.clock_offset = ahead
    outcome.records.append(record)
    return True
