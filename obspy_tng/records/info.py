"""Metadata of records: identifiers, earthquake, and where a record comes from."""

import hashlib

import numpy as np
from obspy.core import AttribDict

from ..exceptions import TNGInputError
from .record import station_id
from .synthetic import SYNTHETIC_INSTRUMENT, SYNTHETIC_LOCATION

# Fields of stats.tng that describe the earthquake and the processing.
RECORD_FIELDS = ("record_id", "event_id", "magnitude", "distance", "depth", "p_index",
                 "freqmin", "freqmax", "energy_kept", "source")


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

    Files without a start time (PEER AT2) and arrays all get the same one, 1 January 1970; a hash
    of the samples then distinguishes the recordings of a station.

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
    """
    False for a trace without a start time: from a file that has none, see :mod:`obspy_tng.io`, or
    with the one that ObsPy gives arrays.
    """
    return tr.stats.starttime.ns != 0 and all(value.get("starttime_known", True) is not False
               for value in tr.stats.values() if isinstance(value, AttribDict))


def remember_id(record, seen):
    """
    Remember the id of a record; raise where one with other samples had it.

    Records that were all given one start time cannot be told apart.

    :param record: Stream of one record.
    :param seen: dict id -> largest absolute samples of the traces; changed in place.
    :raises TNGInputError: if the id is that of another record.
    """
    name = record_id(record)
    peaks = sorted(float(np.abs(tr.data).max(initial=0)) for tr in record)
    if not np.allclose(seen.setdefault(name, peaks), peaks, rtol=1e-4):
        raise TNGInputError(f"two records have the id {name} and different samples; records need "
                            "start times of their own (stats.starttime), or ids "
                            "(stats.tng.record_id)")


def record_info(record):
    """
    Metadata of a record as a JSON-able dict.

    :param record: Stream of one record.
    :return: dict with the keys of :data:`RECORD_FIELDS` and ``starttime``; unknown
        values, also those that are NaN, are None.
    """
    tng = record[0].stats.get("tng", {})
    info = {field: _plain(tng.get(field)) for field in RECORD_FIELDS}
    info["record_id"] = record_id(record)
    info["source"] = source_of(record)
    info["starttime"] = str(record[0].stats.starttime)
    return info


def _plain(value):
    """A number of numpy as one of Python, NaN as None; other values as they are."""
    value = value.item() if isinstance(value, np.generic) else value
    return None if isinstance(value, float) and np.isnan(value) else value


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
