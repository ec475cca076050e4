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
import shutil
from dataclasses import dataclass
from pathlib import Path

import numpy as np
from obspy import Stream, UTCDateTime, read
from obspy.core import AttribDict

from .exceptions import TNGInputError
from .records import check_record, record_id, station_id
from .threadsafe import C_LIBRARIES

FORMAT = "obspy_tng record 1"
TEMPORARY = ".tmp"  # end of the names of files that are being written


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
    packed = pack_record(record)
    write_packed(packed, folder)
    return Path(folder) / packed.path


@dataclass(frozen=True)
class PackedRecord:
    """
    A record as the bytes of its two files.

    ``path`` is that of the MiniSEED file below the folder of all records; ``peaks`` are
    the largest absolute samples of Z, N and E, m/s^2.
    """

    station: str
    record_id: str
    path: str
    content: bytes
    sidecar: bytes
    peaks: tuple

    @property
    def sha256(self):
        """Hash of the MiniSEED file."""
        return hashlib.sha256(self.content).hexdigest()


def pack_record(record):
    """
    The bytes of the two files of a record: the same record, the same bytes.

    :param record: Stream of one record; it is not changed.
    :return: :class:`PackedRecord`
    :raises TNGInputError: if it is not a record.
    """
    traces = check_record(record)
    name = record_id(record)
    stream = record.copy()
    for tr in stream:
        tr.data = np.ascontiguousarray(tr.data, dtype=np.float32)
    content = _mseed(stream)
    about = {"format": FORMAT, "sha256": hashlib.sha256(content).hexdigest(),
             "traces": _describe(traces)}
    return PackedRecord(station_id(record), name, f"{station_id(record)}/{_file_name(name)}.mseed",
                        content, json.dumps(about, indent=1, default=_plain).encode("utf-8"),
                        peaks_of(traces))


def write_packed(packed, folder):
    """
    Write a packed record; a record at the same path is replaced.

    :param packed: :class:`PackedRecord`.
    :param folder: folder of all records.
    :raises OSError: if it cannot be written; nothing half-written is left.
    """
    path = Path(folder) / packed.path
    path.parent.mkdir(parents=True, exist_ok=True)
    sidecar = path.with_suffix(".json")
    sidecar.unlink(missing_ok=True)  # of a record that this one replaces
    replace_file(path, packed.content)
    replace_file(sidecar, packed.sidecar)


def replace_file(path, content):
    """
    Write a file so that it is there whole, or not at all.

    :param path: :class:`~pathlib.Path`; a file there is replaced.
    :param content: bytes.
    :raises OSError: if it cannot be written; the file there, if any, is as it was.
    """
    temporary = path.with_name(f".{path.name}.{os.getpid()}{TEMPORARY}")
    try:
        temporary.write_bytes(content)
        os.replace(temporary, path)
    finally:
        temporary.unlink(missing_ok=True)


def peaks_of(traces):
    """Largest absolute samples of the traces, a tuple of floats."""
    return tuple(float(np.abs(tr.data).max()) for tr in traces)


def clean_temporaries(folder):
    """
    Remove the temporary files that a killed process has left among records.

    :param folder: folder of all records, which nobody else writes to.
    """
    for pattern in ("", "*/", "sds/*/*/*/*/"):
        for path in Path(folder).glob(f"{pattern}.*{TEMPORARY}"):
            path.unlink(missing_ok=True)


def write_sds(records, folder):
    """
    Write records as an SDS archive, with one JSON file for what MiniSEED drops.

    :param records: iterable of records; in memory is one day of a station at a time,
        where they come by station and time.
    :param folder: gets ``sds/`` (float32 MiniSEED, m/s^2) and ``records.json``, a list
        of ``{"id", "starttime", "endtime", "tng", "processing"}``, one per trace.
    :return: number of records written.
    :raises TNGInputError: if the folder has an archive already, or an item is no record.
    """
    folder = Path(folder)
    if (folder / "sds").exists():
        raise TNGInputError(f"{folder} has an archive (sds/) already; give a new folder")
    folder.mkdir(parents=True, exist_ok=True)
    unfinished = folder / f".sds{TEMPORARY}"
    shutil.rmtree(unfinished, ignore_errors=True)
    about, number, days = folder / f".records.json{TEMPORARY}", 0, {}
    with open(about, "w", encoding="utf-8") as file:
        for number, record in enumerate(records, 1):  # noqa: B007
            traces = check_record(record)
            day = f"{station_id(record)} {traces[0].stats.starttime.date}"
            if day not in days:
                _flush_days(days.pop(next(iter(days), None), {}), unfinished)
            for tr in traces:
                text = json.dumps(_describe([tr])[0], indent=1, default=_plain)
                file.write((",\n" if file.tell() else "[") + text)
                for piece in _split_by_day(tr):
                    days.setdefault(day, {}).setdefault(_sds_name(piece), Stream()).append(piece)
        file.write("]\n" if number else "[]\n")
    _flush_days(days.pop(next(iter(days), None), {}), unfinished)
    os.replace(about, folder / "records.json")
    if number:
        os.replace(unfinished, folder / "sds")
    return number


def export_sds(folder):
    """
    Make, or make anew, an SDS archive of a folder of records, beside them.

    :param folder: folder that :func:`write_records` or a run wrote.
    :return: number of records.
    :raises TNGInputError: if the folder has none, or a file is damaged.
    """
    records = read_records(folder, in_time=True)
    shutil.rmtree(Path(folder) / "sds", ignore_errors=True)
    return write_sds(records, folder)


def _flush_days(files, root):
    """Write day files; what is there already (of a record across midnight) stays in them."""
    for name, stream in files.items():
        path = root / name
        path.parent.mkdir(parents=True, exist_ok=True)
        if path.exists():
            with C_LIBRARIES:
                stream = read(str(path), format="MSEED") + stream
        stream.sort(["starttime"])
        replace_file(path, _mseed(stream))


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


def read_records(folder, stations=None, in_time=False):
    """
    Read records that :func:`write_records` wrote, one by one.

    :param folder: folder.
    :param stations: station ids to choose; None for all.
    :param in_time: True sorts them by station and time, False by station and id.
    :return: iterator of records.
    :raises TNGInputError: if the folder has none, or a file is damaged.
    """
    folder = Path(folder)
    wanted = None if stations is None else set(stations)
    sidecars = [path for path in sorted(folder.glob("*/*.json"))
                if wanted is None or path.parent.name in wanted]
    if not sidecars:
        raise TNGInputError(f"folder {str(folder)!r} has no records"
                            + (f" of stations {sorted(wanted)}" if wanted else ""))
    if in_time:
        sidecars = sorted(sidecars, key=lambda path: (path.parent.name, _starttime(path)))
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
    with C_LIBRARIES:
        by_id = {tr.id: tr for tr in read(io.BytesIO(content), format="MSEED")}
    record = Stream(by_id[t["id"]] for t in traces)
    for tr, described in zip(record, traces, strict=True):
        del tr.stats["mseed"], tr.stats["_format"]
        tr.stats.tng = AttribDict(described["tng"])
        if described["processing"]:
            tr.stats.processing = described["processing"]
    return record


def _starttime(path):
    """Start time of a record, as text, from its JSON."""
    try:
        return json.loads(path.read_text("utf-8"))["traces"][0]["starttime"]
    except (KeyError, TypeError, IndexError, ValueError) as err:
        raise TNGInputError(f"{str(path)!r}: no such record, or damaged: {err!r}") from err


def _describe(traces):
    """What MiniSEED drops of the traces of a record."""
    return [{"id": tr.id, "starttime": str(tr.stats.starttime),
             "endtime": str(tr.stats.endtime), "tng": dict(tr.stats.get("tng", {})),
             "processing": list(tr.stats.get("processing", []))} for tr in traces]


def _file_name(name):
    """Record id as a file name."""
    return re.sub(r"[^\w.+-]", "_", name)


def _mseed(stream):
    """Bytes of a MiniSEED file."""
    buffer = io.BytesIO()
    with C_LIBRARIES:
        stream.write(buffer, format="MSEED", encoding="FLOAT32")
    return buffer.getvalue()


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
