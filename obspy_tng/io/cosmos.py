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

from scipy.constants import g

from ..exceptions import TNGInputError
from .common.component import Component, check_count, collect, to_stream
from .common.fields import parse_date, parse_time, to_utc
from .common.fortran import (
    header_numbers,
    numeric_lines,
    parse_block,
    to_float,
    without_cut_number,
)
from .common.orientation import DOWN, UP, Direction, horizontal, parse_direction
from .common.textfile import MAX_LINE, TextFile, peek_lines, take

_START = re.compile(r"\(FORMAT\s+V\s*0*1[.\d]*\s+WITH\s+(\d+)\s+TEXT LINES", re.IGNORECASE)
_BLOCK = re.compile(r"\s*(\d+)\s+(INTEGER|REAL)-HEADER.*?ON\s+(\d+)\s+LINES?.*?"
                    r"\(?\s*\d+[IFE](\d+)", re.IGNORECASE)
_DATA = re.compile(r"\s*(\d+)\s+(?!COMMENT)(.*?)P(?:TS|OINTS).*?UNITS\s*=\s*([^(,]*)"
                   r"(?:\(\s*(\d+)\s*\))?.*?FORMAT\s*=\s*\(?\s*\d*[IFE](\d+)", re.IGNORECASE)
# Table 2 of the format: codes of physical units.
_UNITS = {2: "g", 4: "cm/s^2", 5: "cm/s", 6: "cm", 7: "in/s^2", 8: "in/s", 9: "in", 10: "gal",
          11: "mg", 50: "counts"}
# Table of sensor directions; 1 to 360 are azimuths.
_DIRECTIONS = {400: UP, 401: DOWN, 402: UP, 500: Direction(letter="1"),
               501: Direction(letter="2"), 600: Direction(letter="1"),
               601: Direction(letter="2"), 700: Direction(letter="1"), 701: Direction(letter="2")}
_MISSING = (-999.0,)
_HEADING = 200  # characters of a line that announces a block
_VOLUMES = {0: "V0", 1: "V1", 2: "V2", 3: "V3"}


def is_cosmos(source):
    """
    Whether a file is COSMOS 1.x.

    :param source: file name or binary file-like object.
    :return: bool; never raises.
    """
    lines = peek_lines(source)
    return bool(lines and _START.search(lines[0])) and any(
        "INTEGER-HEADER" in line for line in lines[1:40])


def read_cosmos(source, headonly=False, starttime=None, endtime=None, nearest_sample=True,
                strict=True, network=None, **kwargs):
    """
    Read a COSMOS file.

    :param source: file name or binary file-like object.
    :param headonly: read only the headers.
    :param starttime: UTCDateTime to cut at.
    :param endtime: UTCDateTime to cut at.
    :param nearest_sample: see :meth:`obspy.core.trace.Trace.trim`.
    :param strict: raise on a file that is cut short; False: warn and give what is there.
    :param network: network code that replaces the file's.
    :return: Stream in m/s^2 (V0: counts); ``stats.cosmos`` as in :mod:`obspy_tng.io`.
    :raises TNGInputError: if the file cannot be read.
    """
    text = TextFile(source)
    records = text.records(_START.search)
    components = collect(
        "COSMOS", records,
        lambda lines: [_parse(lines, headonly, strict, text.complete or lines is not records[-1])],
        strict)
    return to_stream(components, starttime, endtime, nearest_sample, network)


def _parse(lines, headonly, strict, complete):
    count = int(_START.search(lines[0])[1])
    words = take(lines, 0, min(count, 99), "the text header")
    missing = (*_MISSING, *_stated_missing(words))
    integers, row = _header_block(lines, count, "INTEGER", missing)
    reals, row = _header_block(lines, row, "REAL", missing)
    row, head = next(((i, m) for i, line in enumerate(lines[row:], row)
                      if (m := _DATA.match(line[:_HEADING]))), (0, None))
    if head is None:
        raise TNGInputError("the line that announces the data is missing")
    npts, width = int(head[1]), int(head[5])
    unit = _UNITS.get(int(head[4] or integers[2] or 0), head[3].strip())
    data = None
    if not headonly:
        block = without_cut_number(numeric_lines(lines[row + 1:]), complete, width or None)
        data = parse_block(block, npts, width or None)
        check_count(len(data), npts, words[0][:40].strip(), strict)
    comments = [line[:MAX_LINE] for line in lines[:row] if line.lstrip().startswith("|")]
    code = re.search(r"CODE:\s*(\w{1,2})-\s*(\w+)", "\n".join(words), re.IGNORECASE)
    net, station, location, channel = _scnl(comments) or (
        *(code.groups() if code else ("", "")), "", "")
    number = re.search(r"STA CHAN?\s*:?\s*(\d{1,3})\s*:", "\n".join(words), re.IGNORECASE)
    return Component(
        "COSMOS", npts, _delta(reals, npts), _direction(integers, words, channel), unit, data,
        _first_sample(integers, reals), net, station, location, channel,
        int(number[1]) if number else None,
        meta=_meta(words, integers, reals, comments))


def _header_block(lines, start, kind, missing):
    """Numbers of the block, at least 100 of them, and the row after it."""
    for row, line in enumerate(lines[start:start + 20], start):
        head = _BLOCK.match(line[:_HEADING])
        if head and head[2].upper() == kind:
            rows, width = int(head[3]), int(head[4])
            block = take(lines, row + 1, rows, f"the {kind.lower()} header")
            numbers = header_numbers(block, max(width, 1), missing)
            return [*numbers, *[None] * 100], row + 1 + rows
    raise TNGInputError(f"the line that announces the {kind.lower()} header is missing")


def _stated_missing(words):
    """What the last text line says stands for unknown values."""
    line = words[-1] if words else ""
    return [value for value in map(to_float, line.partition(":")[2].split(","))
            if value is not None]


def _meta(words, integers, reals, comments):
    text = "\n".join(words)
    origin = re.search(r"ORIGIN:\s*(.*)", text, re.IGNORECASE)
    name = re.search(r"CODE:\s*\S+\s+(.*)", text, re.IGNORECASE)
    kind, magnitude = next(((kind, reals[i]) for kind, i in (("Mw", 12), ("Ms", 13), ("Ml", 14))
                            if reals[i] is not None), (None, None))
    return {
        "format_version": _VOLUMES.get(integers[0]), "factor": _count_factor(reals),
        "pga": reals[63], "station_name": name[1].strip() if name else None,
        "station_latitude": reals[0], "station_longitude": reals[1],
        "station_elevation": reals[2], "vs30": reals[3],
        "event_name": words[1].strip() if len(words) > 1 else None,
        "origin_time": origin and to_utc(parse_date(origin[1], dayfirst=False),
                                         parse_time(origin[1])),
        "event_latitude": reals[9], "event_longitude": reals[10], "event_depth": reals[11],
        "magnitude": magnitude, "magnitude_type": kind, "distance": reals[16],
        "freqmin": reals[53], "freqmax": reals[56],
        "processing": next((w.strip() for w in words if w.upper().startswith("RECORD FILTERED")),
                           None),
        "header": {"text": list(words), "integers": integers[:100], "reals": reals[:100],
                   "comments": comments}}


def _count_factor(reals):
    """m/s^2 a count: microvolts a count over sensitivity (V/g) and gain; None if not stated."""
    step, sensitivity, gain = reals[21], reals[41], reals[46]
    if not step or not sensitivity:
        return None
    return step * 1e-6 / (sensitivity * (gain or 1.0)) * g


def _delta(reals, npts):
    """Interval of the data in ms, else length over points, else that of the raw record in s."""
    if reals[61]:
        return reals[61] / 1000.0
    return reals[62] / npts if reals[62] and npts else reals[33]


def _direction(integers, words, channel):
    code = integers[53]
    if code is not None and 1 <= code <= 360:
        return horizontal(code)
    if code in _DIRECTIONS:
        return _DIRECTIONS[code]
    stated = re.search(r"STA CHAN?\s*\S*?:\s*(.*?)\s*\(RCRDR", "\n".join(words), re.IGNORECASE)
    for name in (stated[1] if stated else "", channel[-1:]):
        direction = parse_direction(name)
        if any(value is not None for value in direction):
            return direction
    return Direction()


def _scnl(comments):
    """Network, station, location, channel of the comment ``<SCNL>STA.CHA.NET.LOC``, or None."""
    found = re.search(r"<SCNL>\s*(\w+)\.(\w+)\.(\w+)\.(\S*)", "\n".join(comments))
    return (found[3], found[1], found[4], found[2]) if found else None


def _first_sample(integers, reals):
    year, month, day, hour, minute = (integers[i] for i in (39, 41, 42, 43, 44))
    if None in (year, month, day, hour, minute):
        return None
    return to_utc((year, month, day), hour * 3600 + minute * 60 + (reals[29] or 0.0))
