"""
Turkish national network, text files of before DYNA (NSMN)
==========================================================

17 header lines ``KEY : value``, a line with the names of the three columns
(``N-S E-W U-D``) and one row a sample, in gal.
"""

import re

import numpy as np

from ..exceptions import TNGInputError
from .common.component import Component
from .common.counts import check_count
from .common.fields import parse_coordinates, parse_magnitude, parse_moment
from .common.fortran import to_float, to_int
from .common.orientation import parse_direction
from .common.reading import TextFormat, claims, read_text

_MARK = re.compile(r"\s*STRONG GROUND MOTION RECORDS? OF TURK")
# Column names; numbers begin below them.
_COLUMN = re.compile(r"(?<![\w-])([NSEWUD]-[NSEWUD])(?![\w-])")
_WIDTH = 12
NETWORK = "TK"


def is_nsmn(source):
    """Whether a file is NSMN text: bool; never raises."""
    return claims(source, FORMAT)


def read_nsmn(source, **options):
    """
    Read an NSMN text file.

    :param source: file name or binary file-like object.
    :param options: see :func:`~.common.reading.read_text`; ``network`` replaces "TK".
    :return: Stream in m/s^2; ``stats.nsmn`` as in :mod:`obspy_tng.io`. A file that holds
        more rows than its header states is read to its end.
    :raises TNGInputError: if the file cannot be read.
    """
    return read_text(source, FORMAT, **options)


def _claims(lines):
    return bool(_MARK.match(lines[0])) and any(
        line.startswith("SAMPLING INTERVAL") for line in lines)


def _parse(record):
    lines = record.lines
    start = next((i for i, line in enumerate(lines)
                  if ":" not in line and _COLUMN.search(line[:80].upper())), None)
    if start is None:
        raise TNGInputError("the line that names the columns (N-S E-W U-D) is missing")
    header = {key.strip().upper(): value.strip() for key, colon, value in (
        line.partition(":") for line in lines[:start]) if colon}
    names = _COLUMN.findall(lines[start][:80].upper())
    npts, table = to_int(header.get("NUMBER OF DATA")), None
    if not record.headonly or npts is None:
        table = record.table(start + 1, len(names), _WIDTH)
        if not np.isfinite(table).all():
            raise TNGInputError("a row has a blank field")
        check_count(len(table), npts, f"NSMN {header.get('STATION ID', '')}", record.strict,
                    record.stop)
        npts = len(table) if npts is None else npts
    return [_component(header, number, name, npts, None if table is None else table[:, number])
            for number, name in enumerate(names)]


def _component(header, number, name, npts, column):
    def one(start):
        return next((header[key] for key in header if key.startswith(start)), "")

    start = parse_moment(one("RECORD TIME"))
    place, epicenter = (parse_coordinates(one(f"{key} COORDINATES")) for key in (
        "STATION", "EPICENTER"))
    size, kind = parse_magnitude(one("EARTHQUAKE MAGNITUDE"))
    peaks = dict(re.findall(r"\(([NSEWUD]-[NSEWUD])\)\s*([-+\d.,]+)",
                            one("RAW PGA VALUES").upper()))
    return Component(
        npts, _delta(header), parse_direction(name), _unit(header), column,
        start.time, start.precision, NETWORK, header.get("STATION ID", ""), number=number + 1,
        station_name=header.get("PLACE"), station_latitude=place[0], station_longitude=place[1],
        station_elevation=to_float(one("STATION ALTITUDE")), hemispheres="NE",
        instrument=header.get("RECORDER TYPE"),
        origin_time=parse_moment(one("EARTHQUAKE DATE")).time, event_latitude=epicenter[0],
        event_longitude=epicenter[1], event_depth=to_float(one("EARTHQUAKE DEPTH")),
        magnitude=size, magnitude_type=kind, pga=to_float(peaks.get(name)),
        header=header)


def _delta(header):
    """Interval in s; the key has its unit."""
    key = next((key for key in header if key.startswith("SAMPLING INTERVAL")), "")
    value, unit = to_float(header.get(key)), key.partition("(")[2].strip(") .")
    if unit not in ("", "S", "SEC", "MS", "MSEC"):
        raise TNGInputError(f"the unit of SAMPLING INTERVAL is {unit!r}, must be sec or msec")
    return value / 1000.0 if value and unit.startswith("M") else value


def _unit(header):
    """Unit of the peaks, which are those of the samples."""
    found = next((re.search(r"\(([^)]+)\)", key) for key in header
                  if key.startswith("RAW PGA VALUES")), None)
    return found[1] if found else "gal"


FORMAT = TextFormat("NSMN", _claims, _parse, encoding="iso8859-9")
