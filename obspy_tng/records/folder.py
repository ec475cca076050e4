"""
Records on disk
===============

One record is two files, ``NET.STA/<record_id>.mseed`` (float32, m/s^2) and
``NET.STA/<record_id>.json`` beside it with what MiniSEED drops: ``stats.tng`` and
``stats.processing``. Both are written to a temporary name and moved into place,
the JSON last: a record without it was interrupted and is not read.

For programs that expect an SDS archive there is :func:`obspy_tng.records.sds.write_sds`.
"""

import hashlib
import io
import json
import os
from dataclasses import dataclass
from pathlib import Path

from obspy import Stream, Trace, UTCDateTime, read
from obspy.core import AttribDict

from ..exceptions import TNGInputError
from .c_libraries import C_LIBRARIES
from .codes import mseed_id
from .headers import sac_header
from .info import record_info, remember_id, source_of
from .packing import FORMAT, pack_record, write_packed
from .record import check_record, station_id


def write_records(records, folder):
    """
    Write records, one by one, as they come.

    :param records: iterable of records (a
        :class:`~obspy_tng.archive.collection.RecordCollection`, a list, ...).
    :param folder: folder, made where it is missing; a record of the same id is replaced.
    :return: number of records written.
    :raises TNGInputError: if an item is not a record, or two different ones have the same id.
    :raises OSError: if the folder cannot be written.

    .. rubric:: Example

    >>> import numpy as np
    >>> from tempfile import TemporaryDirectory
    >>> from obspy_tng.records.synthetic import synthetic_record
    >>> st = synthetic_record(np.eye(3, 100), 100.0, "XR.AL01", tng={"magnitude": 5.0})
    >>> with TemporaryDirectory() as folder:
    ...     n = write_records([st], folder)
    ...     again = next(read_records(folder))
    >>> n, again[0].stats.tng.magnitude, bool((again[0].data == st[0].data).all())
    (1, 5.0, True)
    """
    number, seen = 0, {}
    for record in records:
        check_record(record)
        remember_id(record, seen)
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


def read_records(folder, stations=None, in_time=False):
    """
    Read records that :func:`write_records` wrote, one by one.

    :param folder: folder.
    :param stations: station ids to choose; None for all.
    :param in_time: True sorts them by station and time, False by station and id.
    :return: iterator of records.
    :raises TNGInputError: if the folder has none, or a file is damaged.
    """
    sidecars = _sidecars(Path(folder), None if stations is None else set(stations))
    if in_time:
        sidecars = sorted(sidecars, key=lambda path: (path.parent.name, _starttime(path)))
    return (read_record(path) for path in sidecars)


@dataclass(frozen=True)
class ListedRecord:
    """
    What is known of a record in a folder without reading its samples.

    ``path`` is that of its MiniSEED file, ``info`` as :func:`~obspy_tng.records.info.record_info`
    gives, ``mark`` identifies the state of the file: ``[path, size, mtime in ns]``.
    """

    path: str
    station: str
    info: dict
    mark: list


def list_records(folder):
    """
    List the records of a folder, by station and id, without their samples.

    :param folder: folder.
    :return: iterator of :class:`ListedRecord`.
    :raises TNGInputError: if the folder has none, or a file is missing or damaged.
    """
    for sidecar in _sidecars(Path(folder)):
        path = sidecar.with_suffix(".mseed")
        try:
            first = json.loads(sidecar.read_text("utf-8"))["traces"][0]
            network, station, *_ = first["id"].split(".")
            stub = Trace(header={"network": network, "station": station,
                                 "starttime": UTCDateTime(first["starttime"]),
                                 "tng": AttribDict(first["tng"])})
            found = os.stat(path)
        except (OSError, KeyError, TypeError, IndexError, ValueError) as err:
            raise TNGInputError(f"{str(sidecar)!r}: no such record, or damaged: {err!r}") from err
        yield ListedRecord(str(path), station_id(stub), record_info([stub]),
                           [str(path), found.st_size, found.st_mtime_ns])


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
    record = Stream(by_id[mseed_id(t["id"])] for t in traces)
    for tr, described in zip(record, traces, strict=True):
        del tr.stats["mseed"], tr.stats["_format"]
        tr.id = described["id"]
        tr.stats.tng = AttribDict(described["tng"])
        if source_of([tr]) == "generated":
            tr.stats.sac = sac_header(tr.stats.starttime, tr.stats.tng)
        if described["processing"]:
            tr.stats.processing = described["processing"]
    return record


def _sidecars(folder, wanted=None):
    """JSON files of the records of some or all stations, by station and id."""
    found = [path for path in sorted(folder.glob("*/*.json"))
             if wanted is None or path.parent.name in wanted]
    if not folder.is_dir():
        raise TNGInputError(f"{str(folder)!r} is a file; a folder of records is needed"
                            if folder.exists() else f"there is no folder {str(folder)!r}")
    if not found:
        raise TNGInputError(f"folder {str(folder)!r} has no records"
                            + (f" of stations {sorted(wanted)}" if wanted else ""))
    return found


def _starttime(path):
    """Start time of a record, as text, from its JSON."""
    try:
        return json.loads(path.read_text("utf-8"))["traces"][0]["starttime"]
    except (KeyError, TypeError, IndexError, ValueError) as err:
        raise TNGInputError(f"{str(path)!r}: no such record, or damaged: {err!r}") from err
