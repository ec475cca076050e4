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

import numpy as np
from obspy import Stream, Trace

from ..exceptions import TNGInputError
from .codes import check_channel_codes, check_codes
from .samples import plain_samples

COMPONENTS = "ZNE"
UNITS = "m/s^2"
#: m/s^2: no record of ground motion has a smaller peak. The RMS of the quietest ground between
#: 0.1 and 10 Hz is about 1e-9 (the new low-noise model); weaker ones do not fit into float32
SMALLEST_PEAK = 1e-9


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
        raise TNGInputError(f"a record belongs to one station, got {sorted(ids) or 'no traces'}"
                            + ("; stream.select(network=, station=) chooses one" if ids else ""))
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
        raise TNGInputError(f"record of {name}: component{'s' * (len(missing) > 1)} "
                            f"{', '.join(missing)} {'are' if len(missing) > 1 else 'is'} missing")
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
    data = plain_samples(tr)
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
    if not hasattr(records, "__iter__"):
        raise TypeError("records must be an iterable of Streams (one Stream per record), got "
                        f"{type(records).__name__}")
    if isinstance(records, dict):
        return {key: list(value) for key, value in records.items()}
    groups = {}
    for record in records:
        if not isinstance(record, Stream):
            raise TypeError("records must be an iterable of Streams (one Stream per record), "
                            f"got an item of type {type(record).__name__}")
        groups.setdefault(station_id(record), []).append(record)
    return groups
