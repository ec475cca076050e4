"""
Records on disk
===============

One record is two files, ``NET.STA/<record_id>.mseed`` (float32, m/s^2) and
``NET.STA/<record_id>.json`` beside it with what MiniSEED drops: ``stats.tng`` and
``stats.processing``. Both are written to a temporary name and moved into place,
the JSON last: a record without it was interrupted and is not read.

:func:`write_sds` writes an SDS archive instead, for programs that expect one.
"""

import hashlib
import io
import json
import os
import re
from pathlib import Path

import numpy as np
from obspy import Stream, UTCDateTime, read
from obspy.core import AttribDict

from .exceptions import TNGInputError
from .records import check_record, record_id, station_id

FORMAT = "obspy_tng record 1"


def write_records(records, folder):
    """
    Write records, one by one, as they come.

    :param records: iterable of records (a
        :class:`~obspy_tng.archive.RecordCollection`, a list, ...).
    :param folder: folder, made where it is missing; a record of the same id is replaced.
    :return: number of records written.
    :raises TNGInputError: if an item is not a record.
    :raises OSError: if the folder cannot be written.

    .. rubric:: Example

    >>> from tempfile import TemporaryDirectory
    >>> from obspy_tng.records import synthetic_record
    >>> st = synthetic_record(np.eye(3, 100), 100.0, "XR.AL01", tng={"magnitude": 5.0})
    >>> with TemporaryDirectory() as folder:
    ...     n = write_records([st], folder)
    ...     again = next(read_records(folder))
    >>> n, again[0].stats.tng.magnitude, bool((again[0].data == st[0].data).all())
    (1, 5.0, True)
    """
    number = 0
    for record in records:
        write_record(record, folder)
        number += 1
    return number


def write_record(record, folder):
    """
    Write one record.

    :param record: Stream of one record; it is not changed.
    :param folder: folder of all records; the station's own is made in it.
    :return: :class:`~pathlib.Path` of the MiniSEED file.
    :raises TNGInputError: if it is not a record.
    """
    traces = check_record(record)
    path = Path(folder) / station_id(record) / f"{_file_name(record_id(record))}.mseed"
    path.parent.mkdir(parents=True, exist_ok=True)
    stream = record.copy()
    for tr in stream:
        tr.data = np.ascontiguousarray(tr.data, dtype=np.float32)
    sidecar = path.with_suffix(".json")
    sidecar.unlink(missing_ok=True)  # of a record that this one replaces
    _replace(path, lambda name: stream.write(name, format="MSEED", encoding="FLOAT32"))
    about = {"format": FORMAT, "sha256": hashlib.sha256(path.read_bytes()).hexdigest(),
             "traces": _describe(traces)}
    text = json.dumps(about, indent=1, default=_plain)
    _replace(sidecar, lambda name: Path(name).write_text(text, "utf-8"))
    return path


def write_sds(records, folder):
    """
    Write records as an SDS archive, with one JSON file for what MiniSEED drops.

    :param records: iterable of records, in memory at once.
    :param folder: gets ``sds/`` (float32 MiniSEED, m/s^2) and ``records.json``, a list
        of ``{"id", "starttime", "endtime", "tng", "processing"}``, one per trace.
    :return: number of records written.
    :raises TNGInputError: if the folder has an archive already, or an item is no record.
    """
    folder = Path(folder)
    if (folder / "sds").exists():
        raise TNGInputError(f"{folder} has an archive (sds/) already; give a new folder")
    number, days, about = 0, {}, []
    for number, record in enumerate(records, 1):  # noqa: B007
        for tr in check_record(record):
            about += _describe([tr])
            for piece in _split_by_day(tr):
                days.setdefault(_sds_name(piece), Stream()).append(piece)
    for name, stream in days.items():
        path = folder / "sds" / name
        path.parent.mkdir(parents=True, exist_ok=True)
        stream.sort(["starttime"])
        _replace(path, lambda name, st=stream: st.write(name, format="MSEED", encoding="FLOAT32"))
    text = json.dumps(about, indent=1, default=_plain)
    _replace(folder / "records.json", lambda name: Path(name).write_text(text, "utf-8"))
    return number


def _split_by_day(tr):
    """A trace cut at midnight, float32; most are one piece."""
    midnight = UTCDateTime(tr.stats.starttime.date) + 86400
    piece = tr.slice(endtime=midnight - 0.5 * tr.stats.delta).copy()
    piece.data = np.ascontiguousarray(piece.data, dtype=np.float32)
    rest = tr.slice(starttime=midnight - 0.5 * tr.stats.delta)
    return [piece] + (_split_by_day(rest) if len(rest) and piece.stats.npts < len(tr) else [])


def _sds_name(tr):
    """Path of a trace in an SDS archive."""
    stats, day = tr.stats, tr.stats.starttime
    return (f"{day.year}/{stats.network}/{stats.station}/{stats.channel}.D/"
            f"{tr.id}.D.{day.year}.{day.julday:03d}")


def read_records(folder, stations=None):
    """
    Read records that :func:`write_records` wrote, one by one.

    :param folder: folder.
    :param stations: station ids to choose; None for all.
    :return: iterator of records, sorted by station and id.
    :raises TNGInputError: if the folder has none, or a file is damaged.
    """
    folder = Path(folder)
    wanted = None if stations is None else set(stations)
    sidecars = [path for path in sorted(folder.glob("*/*.json"))
                if wanted is None or path.parent.name in wanted]
    if not sidecars:
        raise TNGInputError(f"folder {str(folder)!r} has no records"
                            + (f" of stations {sorted(wanted)}" if wanted else ""))
    return (read_record(path) for path in sidecars)


def read_record(path):
    """
    Read one record.

    :param path: of its JSON or its MiniSEED file.
    :return: Stream of one record.
    :raises TNGInputError: if one of the two files is missing, damaged or not ours.
    """
    path = Path(path).with_suffix(".json")
    try:
        about = json.loads(path.read_text("utf-8"))
        if about["format"] != FORMAT:
            raise TNGInputError(f"{str(path)!r} has format {about['format']!r}, must be {FORMAT!r}")
        traces, checksum = about["traces"], about["sha256"]
        content = path.with_suffix(".mseed").read_bytes()
    except (OSError, KeyError, TypeError, json.JSONDecodeError, UnicodeDecodeError) as err:
        raise TNGInputError(f"{str(path)!r}: no such record, or damaged: {err!r}") from err
    if hashlib.sha256(content).hexdigest() != checksum:
        raise TNGInputError(f"{str(path.with_suffix('.mseed'))!r} is damaged: its SHA-256 is not "
                            f"the one in {path.name}")
    by_id = {tr.id: tr for tr in read(io.BytesIO(content), format="MSEED")}
    record = Stream(by_id[t["id"]] for t in traces)
    for tr, described in zip(record, traces, strict=True):
        del tr.stats["mseed"], tr.stats["_format"]
        tr.stats.tng = AttribDict(described["tng"])
        if described["processing"]:
            tr.stats.processing = described["processing"]
    return record


def _describe(traces):
    """What MiniSEED drops of the traces of a record."""
    return [{"id": tr.id, "starttime": str(tr.stats.starttime),
             "endtime": str(tr.stats.endtime), "tng": dict(tr.stats.get("tng", {})),
             "processing": list(tr.stats.get("processing", []))} for tr in traces]


def _file_name(name):
    """Record id as a file name."""
    return re.sub(r"[^\w.+-]", "_", name)


def _replace(path, write):
    """Let ``write`` fill a temporary file beside ``path`` and move it there."""
    temporary = path.with_name(f".{path.name}.{os.getpid()}")
    try:
        write(str(temporary))
        os.replace(temporary, path)
    finally:
        temporary.unlink(missing_ok=True)


def _plain(value):
    """JSON form of what a stats entry may hold besides plain types."""
    if isinstance(value, np.generic):
        return value.item()
    if isinstance(value, np.ndarray | set | tuple):
        return list(value)
    if isinstance(value, AttribDict):
        return dict(value)
    if isinstance(value, UTCDateTime):
        return str(value)
    raise TypeError(f"stats.tng cannot hold {type(value).__name__}")
