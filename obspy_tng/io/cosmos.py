"""
COSMOS strong-motion format 1.20 (V0, V1, V2)
=============================================

For each channel: text lines, integer and real header blocks, comments and
data, each block announced by a line that states its count and Fortran format.
V1 and V2 are in physical units; V0 are counts, whose factor to m/s^2 is given
in ``stats.cosmos.factor`` and ``stats.calib``. [COSMOS2001]_

.. [COSMOS2001] COSMOS Strong Motion Programs Board, COSMOS Strong Motion Data
   Format, version 1.20, 2001.
"""

import re

import numpy as np
from scipy.constants import g

from ..exceptions import TNGInputError
from .common.component import Component, stated_quantity, unit_factor
from .common.contradictions import check_directions
from .common.fields import Moment, parse_moment, time_of_day, to_utc
from .common.fortran import field_width, header_numbers, to_float
from .common.orientation import DOWN, UP, Direction, horizontal, parse_direction
from .common.reading import TextFormat, claims, read_text

_START = re.compile(r"\(FORMAT\s+V\s*0*1[.\d]*\s+WITH\s+(\d+)\s+TEXT LINES", re.IGNORECASE)
_SPECTRA = re.compile(r".*\bSPECTR", re.IGNORECASE)
_BLOCK = re.compile(r"\s*(\d+)\s+(INTEGER|REAL)-HEADER.*?ON\s+(\d+)\s+LINES?.*?"
                    r"\(?\s*\d+[IFE](\d+)", re.IGNORECASE)
_DATA = re.compile(r"\s*(\d+)\s+(?!COMMENT)(.*?)P(?:TS|OINTS).*?UNITS\s*=\s*([^(,]*)"
                   r"(?:\(\s*(\d+)\s*\))?.*?FORMAT\s*=(.*)", re.IGNORECASE)
# Table 2 of the format: codes of physical units.
_UNITS = {2: "g", 4: "cm/s^2", 5: "cm/s", 6: "cm", 7: "in/s^2", 8: "in/s", 9: "in", 10: "gal",
          11: "mg", 12: "micro g", 50: "counts"}
# Table of sensor directions; 1 to 360 are azimuths.
_DIRECTIONS = {400: UP, 401: DOWN, 402: UP, 500: Direction(letter="1"),
               501: Direction(letter="2"), 600: Direction(letter="1"),
               601: Direction(letter="2"), 700: Direction(letter="1"), 701: Direction(letter="2")}
_MISSING = (-999.0,)
_HEADING = 200  # characters of a line that announces a block
_VOLUMES = {0: "V0", 1: "V1", 2: "V2", 3: "V3"}


def is_cosmos(source):
    """Whether a file is COSMOS 1.x: bool; never raises."""
    return claims(source, FORMAT)


def read_cosmos(source, **options):
    """
    Read a COSMOS file.

    :param source: file name or binary file-like object.
    :param options: see :func:`~.common.reading.read_text`.
    :return: Stream in m/s^2 (V0: counts); ``stats.cosmos`` as in :mod:`obspy_tng.io`. Empty (with
        a TNGWarning) for spectra.
    :raises TNGInputError: if the file cannot be read.
    """
    return read_text(source, FORMAT, **options)


def _claims(lines):
    return bool(_START.search(lines[0])) and any("INTEGER-HEADER" in line for line in lines[1:40])


def _parse(record):
    lines = record.lines
    start = _START.search(lines[0])
    if not start:
        raise TNGInputError("the first line does not say (Format v01.20 with ... text lines)")
    count = int(start[1])
    words = record.take(0, min(count, 99), "the text header")
    missing = (*_MISSING, *_stated_missing(words))
    integers, row = _header_block(record, count, "INTEGER", missing)
    reals, row = _header_block(record, row, "REAL", missing)
    row, head = next(((i, m) for i, line in enumerate(lines[row:], row)
                      if (m := _DATA.match(line[:_HEADING]))), (None, None))
    if head is None:
        raise TNGInputError("the line that announces the data is missing")
    npts, unit = int(head[1]), _unit(head[3].strip(), int(head[4] or 0))
    start = _first_sample(words, integers, reals)
    item = Component(
        npts, _delta(reals, npts, head[2]), Direction(), unit,
        record.block(row + 1, npts, field_width(head[5]), words[0][:40].strip()),
        start.time, start.precision, quantity=stated_quantity(head[2]),
        format_version=_VOLUMES.get(integers[0]), duration=_length(reals, head[2]),
        hemispheres=_hemispheres("\n".join(words), reals))
    comments = [line for line in lines[:row] if line.lstrip().startswith("|")]
    _fill_sensor(item, words, integers, comments)
    _fill_meta(item, words, reals)
    item.header = {"text": list(words), "integers": integers[:100], "reals": reals[:100],
                   "comments": comments}
    return [item]


def _fill_sensor(item, words, integers, comments):
    """Codes, number, place and direction."""
    text = "\n".join(words)
    code = re.search(r"CODE:\s*(--|\w{1,2})\s*-\s*(\w+)", text, re.IGNORECASE)
    net, item.station, item.location, item.channel = _scnl(comments) or (
        *(code.groups() if code else ("", "")), "", "")
    item.network = net.strip("-")
    number = re.search(r"STA CHAN?\s*:?\s*(\d{1,3})\s*:", text, re.IGNORECASE)
    item.number = int(number[1]) if number else None
    total = re.search(r"CHNS?\s+OF\s+(\d{1,3})\s+AT STA", text, re.IGNORECASE)
    item.channels = int(total[1]) if total else None
    place = re.search(r"RCRDR CHAN.*?\)\s*LOCATION:\s*(.*)", text, re.IGNORECASE)
    item.sensor_place = place[1] if place else None
    item.direction, item.doubts = _direction(integers, words, item.channel)


def _header_block(record, start, kind, missing):
    """Numbers of the block, at least 100 of them, and the row after it."""
    for row, line in enumerate(record.lines[start:start + 20], start):
        head = _BLOCK.match(line[:_HEADING])
        if head and head[2].upper() == kind:
            rows, width = int(head[3]), int(head[4])
            block = record.take(row + 1, rows, f"the {kind.lower()} header")
            numbers = header_numbers(block, max(width, 1), missing)
            return [*numbers, *[None] * 100], row + 1 + rows
    raise TNGInputError(f"the line that announces the {kind.lower()} header is missing")


def _stated_missing(words):
    """The values for unknown, from the last text line."""
    line = words[-1] if words else ""
    return [value for value in map(to_float, line.partition(":")[2].split(","))
            if value is not None]


def _fill_meta(item, words, reals):
    text = "\n".join(words)
    origin = re.search(r"ORIGIN:\s*(.*)", text, re.IGNORECASE)
    name = re.search(r"CODE:\s*(?:(?:--|\w{1,2})\s*-\s*)?\S+\s+(.*)", text, re.IGNORECASE)
    item.magnitude_type, item.magnitude = next(
        ((kind, reals[i]) for kind, i in (("Mw", 12), ("Ms", 13), ("Ml", 14), ("M", 15))
         if reals[i]),
        (None, None))
    item.factor, item.pga = _count_factor(reals), reals[63]
    item.station_name = name[1] if name else None
    item.station_latitude, item.station_longitude, item.station_elevation = reals[:3]
    item.vs30, item.distance = reals[3], reals[16]
    item.event_name = words[1] if len(words) > 1 else None
    item.origin_time = origin and parse_moment(origin[1], dayfirst=False).time
    item.event_latitude, item.event_longitude, item.event_depth = reals[9:12]
    item.freqmin, item.freqmax = reals[53], reals[56]
    item.processing = next((w for w in words if w.upper().startswith("RECORD FILTERED")), None)


def _count_factor(reals):
    """m/s^2 a count: microvolts a count over sensitivity (V/g) and gain; None if not stated."""
    step, sensitivity, gain = reals[21], reals[41], reals[46]
    if not step or not sensitivity:
        return None
    return step * 1e-6 / (sensitivity * (gain or 1.0)) * g


def _unit(name, code):
    """Unit by its code and its name, which must agree where both are known."""
    if not code:
        return name
    if code not in _UNITS:
        raise TNGInputError(f"the unit of the data is {name!r} with code {code}, which is none of "
                            "ground motion")
    try:
        named = unit_factor(name)
    except TNGInputError:
        return _UNITS[code]
    coded = unit_factor(_UNITS[code])
    if not np.allclose(named[0], coded[0]) or named[2] != coded[2]:
        raise TNGInputError(f"the unit of the data is {name!r}, and its code {code} means "
                            f"{_UNITS[code]!r}")
    return name


def _length(reals, head):
    """Length of the series in s: real 63, else the words above the data."""
    found = re.search(r"APPROX\.?\s+(\d+\.?\d*)\s*SEC", head, re.IGNORECASE)
    return reals[62] or (to_float(found[1]) if found else None)


def _delta(reals, npts, head):
    """
    Interval of the data in ms, else length over points, else that of the raw record in s.

    Some have it in s: the length decides.
    """
    length = _length(reals, head)
    mean = length / npts if length and npts else None
    if reals[61]:
        stated = reals[61] / 1000.0
        return min((stated, reals[61]), key=lambda delta: abs(delta / mean - 1)) if mean else stated
    return mean or reals[33]


def _direction(integers, words, channel):
    """By integer 54, else the text, else the channel; and doubts."""
    code = integers[53]
    coded = _DIRECTIONS.get(code, Direction())
    if code is not None and 1 <= code <= 360:
        coded = horizontal(code)
    text = re.search(r"STA CHAN?:?[\s\d?]*:\s*(.*?)\s*\(RCRDR", "\n".join(words), re.IGNORECASE)
    stated = parse_direction(text[1] if text else "")
    directions = (coded, stated, parse_direction(channel[-1:]))
    return next(filter(lambda found: found.known, directions), Direction()), check_directions(
        stated, coded, "COSMOS")


def _scnl(comments):
    """Network, station, location, channel of the comment ``<SCNL>STA.CHA.NET.LOC``, or None."""
    found = re.search(r"<SCNL>\s*(\w+)\.(\w+)\.(\w+)\.(\S*)", "\n".join(comments))
    return (found[3], found[1], found[4], found[2]) if found else None


def _first_sample(words, integers, reals):
    """Start by the numbers; by the line of text where they lack it, or the seconds of it."""
    year, month, day, hour, minute = (integers[i] for i in (39, 41, 42, 43, 44))
    line = re.search(r"RCRD START TIME:\s*(.*)", "\n".join(words), re.IGNORECASE)
    stated = parse_moment(line[1], dayfirst=False) if line else Moment()
    time = None
    if None not in (year, month, day, hour, minute):
        time = to_utc((year, month, day), time_of_day(hour, minute, reals[29] or 0.0))
    if time is None or (reals[29] is None and stated.precision == 1.0
                        and 0 <= stated.time - time < 60):
        return stated
    return Moment(time, 60.0 if reals[29] is None else 1.0)


def _hemispheres(text, reals):
    """Where most of the coordinates lie: those of station and earthquake, in words and numbers."""
    places = [(reals[0], reals[1]), (reals[9], reals[10])]
    for key in ("COORDS", "HYPOCENTER"):
        found = re.search(rf"{key}:\s*(-?\d+\.\d*)\s+(-?\d+\.\d*)", text, re.IGNORECASE)
        places += [(to_float(found[1]), to_float(found[2]))] if found else []
    places = [place for place in places if None not in place]
    letters = [letters[sum(place[i] < 0 for place in places) * 2 > len(places)]
               for i, letters in enumerate(("NS", "EW"))]
    return "".join(letters) if len(places) > 2 else ""


FORMAT = TextFormat("COSMOS", _claims, _parse, (b"TEXT LINES",), _START,
                    spectra=lambda lines: bool(_SPECTRA.match(lines[0])))
