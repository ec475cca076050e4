"""
Records as an SDS archive
=========================

For programs that expect one: day files of float32 MiniSEED in m/s^2, and one JSON file
for what MiniSEED drops.
"""

import os
import shutil
from pathlib import Path

import numpy as np
from obspy import Stream, UTCDateTime, read

from ..exceptions import TNGInputError
from .c_libraries import C_LIBRARIES
from .codes import check_codes, mseed_id
from .folder import read_records
from .packing import describe, mseed_bytes, to_json
from .record import check_record, check_station, station_id
from .whole_files import TEMPORARY, replace_file


def write_sds(records, folder):
    """
    Write records as an SDS archive, with one JSON file for what MiniSEED drops.

    :param records: iterable of records; in memory is one day of a station at a time,
        where they come by station and time.
    :param folder: gets ``sds/`` (float32 MiniSEED, m/s^2) and ``records.json``, a list
        of ``{"id", "starttime", "endtime", "tng", "processing"}``, one per trace.
    :return: number of records written.
    :raises TNGInputError: if the folder has an archive already, an item is no record, or its
        codes are too long for MiniSEED (write_records takes them).
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
            station = station_id(record)
            check_station(station)
            day = f"{station} {traces[0].stats.starttime.date}"
            if day not in days:
                _flush_days(days.pop(next(iter(days), None), {}), unfinished)
            for tr in traces:
                check_codes(tr.id, location=tr.stats.location, channel=tr.stats.channel)
                if mseed_id(tr.id) != tr.id:
                    raise TNGInputError(f"{tr.id}: MiniSEED would cut the codes, and programs not "
                                        f"find {mseed_id(tr.id)} in an archive; shorten them")
                text = to_json(describe([tr])[0])
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

    :param folder: folder that :func:`~obspy_tng.records.folder.write_records` or a run wrote.
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
        replace_file(path, mseed_bytes(stream))


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
