"""
A record as the bytes of its two files
======================================

The same record always gives the same bytes, so that runs can be compared, and resumed,
file by file.
"""

import hashlib
import io
import json
import re
from dataclasses import dataclass
from pathlib import Path

import numpy as np
from obspy import UTCDateTime
from obspy.core import AttribDict

from .c_libraries import C_LIBRARIES
from .info import record_id, starttime_known
from .record import check_record, check_station, station_id
from .whole_files import replace_file

FORMAT = "obspy_tng record 1"


@dataclass(frozen=True)
class PackedRecord:
    """
    A record, or what a run makes in place of one, as the bytes of its two files.

    ``path`` is that of the first file (MiniSEED) below the folder of all records; ``peaks``
    are the largest absolute samples of Z, N and E, m/s^2.
    """

    station: str
    record_id: str
    path: str
    content: bytes
    sidecar: bytes
    peaks: tuple

    @property
    def sha256(self):
        """Hash of the first file."""
        return hashlib.sha256(self.content).hexdigest()


def pack_record(record):
    """
    The bytes of the two files of a record: the same record, the same bytes.

    :param record: Stream of one record; it is not changed.
    :return: :class:`PackedRecord`
    :raises TNGInputError: if it is not a record, or without network or station code.
    """
    traces = check_record(record)
    station = station_id(record)
    check_station(station)
    name = record_id(record)
    stream = record.copy()
    for tr in stream:
        tr.data = np.ascontiguousarray(tr.data, dtype=np.float32)
    content = mseed_bytes(stream)
    described = describe(traces)
    if not starttime_known(traces[0]):  # that is dropped too, and the id could not be made again
        for trace in described:
            trace["tng"].setdefault("record_id", name)
    about = {"format": FORMAT, "sha256": hashlib.sha256(content).hexdigest(),
             "traces": described}
    return PackedRecord(station, name, f"{station}/{_file_name(name)}.mseed", content,
                        to_json(about).encode("utf-8"), peaks_of(traces))


def pack_array(folder, name, array, about):
    """
    The bytes of an array on disk and of the JSON file beside it.

    :param folder: folder of the two below that of the run.
    :param name: their name without suffix.
    :param array: array, also a structured one.
    :param about: dict, JSON-able.
    :return: :class:`PackedRecord` of ``folder/name.npy``, which :func:`numpy.load` reads.
    """
    buffer = io.BytesIO()
    np.save(buffer, array, allow_pickle=False)
    return PackedRecord(folder, name, f"{folder}/{_file_name(name)}.npy", buffer.getvalue(),
                        to_json(about).encode("utf-8"), ())


def write_packed(packed, folder):
    """
    Write a packed record; a record at the same path is replaced.

    :param packed: :class:`PackedRecord`.
    :param folder: folder of all records.
    :raises OSError: if it cannot be written; no partly written file remains.
    """
    path = Path(folder) / packed.path
    path.parent.mkdir(parents=True, exist_ok=True)
    sidecar = path.with_suffix(".json")
    sidecar.unlink(missing_ok=True)  # of a record that this one replaces
    replace_file(path, packed.content)
    replace_file(sidecar, packed.sidecar)


def peaks_of(traces):
    """Largest absolute samples of the traces, a tuple of floats."""
    return tuple(float(np.abs(tr.data).max()) for tr in traces)


def describe(traces):
    """
    What MiniSEED drops of the traces of a record.

    :param traces: list of Traces.
    :return: list of dicts with id, starttime, endtime, tng and processing, see :func:`to_json`.
    """
    return [{"id": tr.id, "starttime": str(tr.stats.starttime),
             "endtime": str(tr.stats.endtime), "tng": dict(tr.stats.get("tng", {})),
             "processing": list(tr.stats.get("processing", []))} for tr in traces]


def _file_name(name):
    """Record id as a file name."""
    return re.sub(r"[^\w.+-]", "_", name)


def mseed_bytes(stream):
    """
    Bytes of a MiniSEED file.

    :param stream: Stream of float32 traces.
    :return: bytes
    """
    buffer = io.BytesIO()
    with C_LIBRARIES:
        stream.write(buffer, format="MSEED", encoding="FLOAT32")
    return buffer.getvalue()


def to_json(value):
    """JSON text of what stats entries may hold."""
    return json.dumps(value, indent=1, default=_plain)


def _plain(value):
    """JSON form of other than plain types in stats entries."""
    if isinstance(value, np.generic):
        return value.item()
    if isinstance(value, np.ndarray | set | tuple):
        return list(value)
    if isinstance(value, AttribDict):
        return dict(value)
    if isinstance(value, UTCDateTime):
        return str(value)
    raise TypeError(f"stats.tng cannot hold {type(value).__name__}")
