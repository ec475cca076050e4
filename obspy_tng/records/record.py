"""
What a record is
================

A **record** is one :class:`~obspy.core.stream.Stream` of three traces of
ground acceleration in m/s^2, ordered Z, N, E, contiguous, with equal ``npts``,
``sampling_rate`` and start time. As an array it is ``(3, npts)`` in ZNE order.
Every trace carries ``stats.tng`` (AttribDict) with, where known:

``record_id``, ``event_id``, ``magnitude``, ``distance`` (epicentral, km),
``depth`` (km), ``p_index`` (sample of the P onset), ``units`` ("m/s^2"),
``freqmin``, ``freqmax`` (Hz, processing corners), ``energy_kept`` (share of
the Arias intensity inside the window), ``source`` ("recorded", "simulated" or
"generated").
"""

import hashlib

import numpy as np
from obspy import Stream, Trace, UTCDateTime
from obspy.core import AttribDict

from ..exceptions import TNGInputError
from .codes import check_channel_codes, check_codes
from .headers import sac_header

COMPONENTS = "ZNE"
UNITS = "m/s^2"
# Synthetic channels: instrument code X is "derived or generated" in the SEED
# manual, and the location code keeps them apart from any recorded channel.
SYNTHETIC_LOCATION = "SY"
SYNTHETIC_INSTRUMENT = "X"
SYNTHETIC_START = UTCDateTime(2000, 1, 1)
#: s between the starts of records that may be of one earthquake listed twice
SAME_EARTHQUAKE = 180.0
#: largest difference of their magnitudes; of their distances from one station, km and share
SAME_MAGNITUDE, SAME_PLACE = 0.6, (30.0, 0.25)
MASKED = ("masked array (a gap); stream.split() gives the pieces between gaps, and one piece of "
          "each component makes a record")
#: date of records from files without a start time
NO_DATE = "1970-01-01"
# Fields of stats.tng that describe the earthquake and the processing.
RECORD_FIELDS = ("record_id", "event_id", "magnitude", "distance", "depth", "p_index",
                 "freqmin", "freqmax", "energy_kept", "source")


def station_id(item):
    """
    Station id ``"NET.STA"`` of a Trace or of a record.

    :param item: Trace, or Stream whose traces belong to one station.
    :return: str
    :raises TNGInputError: if the Stream is empty or has several stations.
    """
    traces = [item] if isinstance(item, Trace) else list(item)
    ids = {f"{tr.stats.network}.{tr.stats.station}" for tr in traces}
    if len(ids) != 1:
        raise TNGInputError(f"a record belongs to one station, got {sorted(ids) or 'no traces'}")
    return ids.pop()


def check_station(station):
    """
    Check that a station id names a network and a station, as generated channels need it.

    :param station: station id.
    :return: ``(network, station)``, the two codes.
    :raises TNGInputError: if one of them is empty, has a dot in it, or cannot be a folder.

    .. rubric:: Example

    >>> check_station("XR.AL01")
    ('XR', 'AL01')
    """
    parts = station.split(".")
    if len(parts) == 2 and all(parts):
        check_codes(f"station {station!r}", network=parts[0], station=parts[1])
        return tuple(parts)
    if not parts[0]:
        raise TNGInputError(f"station {station!r} has no network code; set stats.network, or "
                            "network= of obspy.read where the format has none")
    raise TNGInputError(f"station {station!r}: must be 'NET.STA', two codes without dots in them; "
                        "set stats.network and stats.station")


def record_id(record):
    """
    Identifier of a record: ``stats.tng.record_id``, else that of the recording.

    :param record: Stream of one record.
    :return: str
    """
    return record[0].stats.get("tng", {}).get("record_id") or recording_id(record)


def recording_id(traces):
    """
    Identifier of a recording: station id and start time to the second.

    Files without a start time (PEER AT2) all get the same one; a hash of the samples then
    distinguishes the recordings of a station.

    :param traces: Stream, or list of Traces, of one recording.
    :return: str
    """
    name = f"{station_id(traces)}.{traces[0].stats.starttime.strftime('%Y%m%dT%H%M%S')}"
    if starttime_known(traces[0]):
        return name
    checksum = hashlib.sha256()
    for tr in sorted(traces, key=lambda tr: tr.id):
        checksum.update(np.ascontiguousarray(np.ma.getdata(tr.data)))
    return f"{name}.{checksum.hexdigest()[:8]}"


def starttime_known(tr):
    """False for a trace from a file without a start time, see :mod:`obspy_tng.io`."""
    return all(value.get("starttime_known", True) is not False
               for value in tr.stats.values() if isinstance(value, AttribDict))


def record_info(record):
    """
    Metadata of a record as a JSON-able dict.

    :param record: Stream of one record.
    :return: dict with the keys of :data:`RECORD_FIELDS` and ``starttime``; unknown
        values are None.
    """
    tng = record[0].stats.get("tng", {})
    info = {field: tng.get(field) for field in RECORD_FIELDS}
    info["record_id"] = record_id(record)
    info["source"] = source_of(record)
    info["starttime"] = str(record[0].stats.starttime)
    return info


def source_of(record):
    """
    Where a record comes from.

    Files that drop ``stats.tng`` (MiniSEED, SAC) keep the channel, and instrument X at location
    SY is that of generated records.

    :param record: Stream of one record, or list of its Traces.
    :return: "recorded", "simulated" or "generated"; None if it is not known.
    """
    stats = record[0].stats
    if (stats.location, stats.channel[1:2]) == (SYNTHETIC_LOCATION, SYNTHETIC_INSTRUMENT):
        return "generated"
    return stats.get("tng", {}).get("source")


def info_values(infos, key):
    """
    A number of each record, e.g. its magnitude.

    :param infos: list of dicts from :func:`record_info`.
    :param key: field.
    :return: float array ``(len(infos),)``; NaN where not known.
    """
    return np.array([np.nan if i.get(key) is None else i[key] for i in infos], dtype=float)


def earthquakes(infos):
    """
    Which earthquake each record is of, for splits by event.

    Records without ``event_id`` are an earthquake each. Catalogs list some earthquakes
    twice, seconds to minutes apart: an event counts as an earlier one if records of both begin
    within :data:`SAME_EARTHQUAKE` of each other, and their magnitudes and, at stations that
    recorded both, their distances agree as far as they are known. It is compared with the first
    listing only, so that the shocks of a sequence remain separate. Records on 1 January 1970 do not
    count: there begins what has no start time (PEER AT2).

    :param infos: list of dicts from :func:`record_info`.
    :return: list of str, one per record; equal for records of one earthquake.
    """
    names = [info["event_id"] or info["record_id"] for info in infos]
    listings = {}
    for info, name in zip(infos, names, strict=True):
        if info["event_id"] and info.get("starttime") and not info["starttime"].startswith(NO_DATE):
            listings.setdefault(name, []).append((UTCDateTime(info["starttime"]).timestamp, info))
    merged, first = {}, []
    for name in sorted(listings, key=lambda name: min(time for time, _ in listings[name])):
        begin = min(time for time, _ in listings[name])
        first = [other for other in first
                 if max(time for time, _ in listings[other]) >= begin - SAME_EARTHQUAKE]
        same = [other for other in first if _same_earthquake(listings[other], listings[name])]
        if same:
            merged[name] = same[0]
        else:
            first.append(name)
    return [merged.get(name, name) for name in names]


def _same_earthquake(first, second):
    """Whether two listings, lists of (start in s, info), may be of one earthquake."""
    if min(abs(a - b) for a, _ in first for b, _ in second) > SAME_EARTHQUAKE:
        return False
    for _, one in first:
        for _, other in second:
            if _differ(one.get("magnitude"), other.get("magnitude"), SAME_MAGNITUDE):
                return False
            here, there = one.get("distance"), other.get("distance")
            if _recorder(one) == _recorder(other) and _differ(
                    here, there, max(SAME_PLACE[0], SAME_PLACE[1] * (here or 0.0))):
                return False
    return True


def _differ(one, other, limit):
    """Whether two numbers, None where not known, differ by more than a limit."""
    return one is not None and other is not None and abs(one - other) > limit


def _recorder(info):
    """Network and station of a record id."""
    return info["record_id"].split(".")[:2]


def check_record(record, sampling_rate=None, npts=None):
    """
    Check that a Stream is a record and return its traces in ZNE order.

    :param record: Stream.
    :param sampling_rate: required sampling rate in Hz; None accepts any.
    :param npts: required number of samples; None accepts any.
    :return: list of the three traces, Z, N, E (the caller's own, not copies).
    :raises TypeError: if ``record`` is not a Stream.
    :raises TNGInputError: on a missing or doubled component, gaps, masked,
        non-finite, constant or unequal traces, or a wrong rate or length.
    """
    if not isinstance(record, Stream):
        raise TypeError(f"record must be an obspy Stream, got {type(record).__name__}")
    name = station_id(record)
    check_channel_codes(record)
    by_component = {}
    for tr in record:
        component = tr.stats.channel[-1:]
        if component not in COMPONENTS or component in by_component:
            raise TNGInputError(
                f"record of {name}: channels must end in Z, N and E, one trace each, got "
                f"{[t.stats.channel for t in record]}; prepare_record() makes such a record")
        by_component[component] = tr
    if len(by_component) != 3:
        missing = [c for c in COMPONENTS if c not in by_component]
        raise TNGInputError(f"record of {name}: component {', '.join(missing)} is missing")
    traces = [by_component[c] for c in COMPONENTS]
    for tr in traces:
        _check_samples(tr)
    first = traces[0].stats
    for tr in traces[1:]:
        if tr.stats.sampling_rate != first.sampling_rate:  # before npts, which then differ too
            raise TNGInputError(f"record of {name}: sampling rates differ between components: "
                                f"{[t.stats.sampling_rate for t in traces]} Hz")
        if tr.stats.npts != first.npts:
            raise TNGInputError(f"record of {name}: npts differ between components: "
                                f"{[t.stats.npts for t in traces]}")
        if abs(tr.stats.starttime - first.starttime) > 0.5 * first.delta:
            raise TNGInputError(f"record of {name}: components start at different times: "
                                f"{[str(t.stats.starttime) for t in traces]}")
    if sampling_rate is not None and abs(first.sampling_rate - sampling_rate) > 1e-6:
        raise TNGInputError(
            f"record of {name}: sampling_rate is {first.sampling_rate:g} Hz, {sampling_rate:g} Hz "
            "is needed; prepare_record(..., sampling_rate=...) resamples")
    if npts is not None and first.npts != npts:
        raise TNGInputError(
            f"record of {name}: {first.npts} samples, {npts} are needed; "
            "prepare_record(..., window=...) cuts the window")
    return traces


def _check_samples(tr):
    """Raise TNGInputError where a trace cannot be ground acceleration."""
    data = tr.data
    if np.ma.is_masked(data):
        raise TNGInputError(f"{tr.id}: {MASKED}")
    if data.ndim != 1 or len(data) < 2:
        raise TNGInputError(f"{tr.id}: needs at least 2 samples, got {len(data)}")
    if not np.isfinite(data).all():
        raise TNGInputError(f"{tr.id}: {np.count_nonzero(~np.isfinite(data))} samples are NaN "
                            "or infinite")
    if data.min() == data.max():
        raise TNGInputError(f"{tr.id}: constant trace (all samples {data[0]:g})")
    units = tr.stats.get("tng", {}).get("units", UNITS)
    if units != UNITS:
        raise TNGInputError(f"{tr.id}: units are {units!r}, must be {UNITS!r}")


def record_to_array(record, sampling_rate=None, npts=None):
    """
    Samples of a record, checked.

    :param record: Stream of one record.
    :param sampling_rate: required sampling rate in Hz; None accepts any.
    :param npts: required number of samples; None accepts any.
    :return: float64 array ``(3, npts)``, ZNE, m/s^2 (a copy).
    :raises TNGInputError: see :func:`check_record`.
    """
    traces = check_record(record, sampling_rate, npts)
    return np.stack([np.ma.getdata(tr.data).astype(np.float64) for tr in traces])


def group_by_station(records):
    """
    Sort an iterable of records into a dict ``station id -> list of Streams``.

    :param records: iterable of Streams, or such a dict already (returned as lists).
    :return: dict, stations in the order of their first record.
    :raises TypeError: for a single Stream, or items that are no Streams.
    """
    if isinstance(records, Stream):
        raise TypeError("records must be an iterable of Streams (one Stream per record), "
                        "got a single Stream; put it into a list")
    if isinstance(records, dict):
        return {key: list(value) for key, value in records.items()}
    groups = {}
    for record in records:
        if not isinstance(record, Stream):
            raise TypeError("records must be an iterable of Streams (one Stream per record), "
                            f"got an item of type {type(record).__name__}")
        groups.setdefault(station_id(record), []).append(record)
    return groups


def split_by_event(records, fraction=0.5, seed=0):
    """
    Split records in two so that no earthquake is on both sides.

    :param records: iterable of records; see :func:`earthquakes`.
    :param fraction: share of the earthquakes on the first side, 0 to 1.
    :param seed: seed of the shuffle.
    :return: two lists of records, ``(first, second)``.
    """
    if not 0 <= fraction <= 1:
        raise TNGInputError(f"fraction must be between 0 and 1, got {fraction!r}")
    records = list(records)
    keys = earthquakes([record_info(r) for r in records])
    events = sorted(set(keys))
    np.random.default_rng(seed).shuffle(events)
    chosen = set(events[:round(fraction * len(events))])
    return ([r for r, key in zip(records, keys, strict=True) if key in chosen],
            [r for r, key in zip(records, keys, strict=True) if key not in chosen])


def band_code(sampling_rate):
    """
    SEED band code of an accelerometer channel (corner period >= 10 s).

    :param sampling_rate: Hz.
    :return: one letter; "H" for 80 to 250 Hz.
    """
    for limit, code in ((1000, "F"), (250, "C"), (80, "H"), (10, "B"), (1, "M")):
        if sampling_rate >= limit:
            return code
    return "L"


def synthetic_record(data, sampling_rate, station, starttime=SYNTHETIC_START, tng=None):
    """
    Stream of one generated record, on synthetic channels.

    :param data: array ``(3, npts)``, ZNE, m/s^2.
    :param sampling_rate: Hz.
    :param station: station id ``"NET.STA"``.
    :param starttime: UTCDateTime of the first sample.
    :param tng: dict for ``stats.tng`` (a copy goes on every trace).
    :return: Stream, e.g. ``XR.AL01.SY.HXZ`` and so on; with ``stats.sac`` for SAC files.
    :raises TNGInputError: on an id that is not ``"NET.STA"``.

    .. rubric:: Example

    >>> st = synthetic_record(np.eye(3, 100), 100.0, "XR.AL01")
    >>> print(st[0].id, st[1].id, st[2].id)
    XR.AL01.SY.HXZ XR.AL01.SY.HXN XR.AL01.SY.HXE
    """
    network, code = check_station(station)
    prefix = band_code(sampling_rate) + SYNTHETIC_INSTRUMENT
    tng = {**(tng or {}), "units": UNITS, "source": "generated"}
    stream = Stream()
    for component, samples in zip(COMPONENTS, data, strict=True):
        header = {"network": network, "station": code, "location": SYNTHETIC_LOCATION,
                  "channel": prefix + component, "sampling_rate": sampling_rate,
                  "starttime": starttime, "tng": AttribDict(tng),
                  "sac": sac_header(starttime, tng)}
        stream.append(Trace(np.ascontiguousarray(samples, dtype=np.float32), header))
    return stream


def realization_starttime(index, window, starttime=SYNTHETIC_START):
    """
    Start of realization ``index``, later than the end of the one before.

    :param index: number of the realization, from 0.
    :param window: record length in s.
    :param starttime: UTCDateTime of realization 0.
    :return: UTCDateTime; whole minutes apart.
    """
    return starttime + index * 60 * int(np.ceil((window + 10) / 60))
