"""
USGS SMC format
===============

One component a file: 11 text lines, 48 integers (8I10), 50 reals (5E15.7),
comment lines that start with ``|``, then the samples (8E10.4, touching) in
cm/s^2 (types 1 and 2), cm/s (3) or cm (4). Uncorrected records that were
digitised from film have no sampling rate and hold pairs of time and
acceleration, which are interpolated to an even rate. [SMC2001]_

.. [SMC2001] U.S. Geological Survey, National Strong-Motion Project, SMC-format
   data files, 2001.
"""

import re

from ..exceptions import TNGInputError
from .common.component import Component, check_count, collect, to_stream
from .common.fields import to_utc
from .common.film import evenly_sampled
from .common.fortran import header_numbers, numeric_lines, parse_block, without_cut_number
from .common.orientation import DOWN, UP, horizontal, parse_direction
from .common.textfile import TextFile, peek_lines, take

_START = re.compile(r"\s*([0-4])\s+(?:UNKNOWN|UNCORRECTED ACCEL|CORRECTED ACCEL|VELOCITY|"
                    r"DISPLACEMENT)", re.IGNORECASE)
_UNITS = {"3": "cm/s", "4": "cm"}
_NETWORKS = {"USGS": "NP", "CDMG": "CE", "CSMIP": "CE"}
_TEXT_LINES, _INTEGER_LINES, _REAL_LINES = 11, 6, 10
# Data fields: 8E10.4, or 5E14.7 where more digits were wanted.
_WIDTHS = (10, 14)


def is_smc(source):
    """
    Whether a file is an SMC time series.

    :param source: file name or binary file-like object.
    :return: bool; never raises.
    """
    lines = peek_lines(source)
    return len(lines) > _TEXT_LINES and bool(_START.match(lines[0])) and (
        lines[1].startswith("*")) and any("STATION" in line for line in lines[2:_TEXT_LINES])


def read_smc(source, headonly=False, starttime=None, endtime=None, nearest_sample=True,
             strict=True, network=None, **kwargs):
    """
    Read an SMC file.

    :param source: file name or binary file-like object.
    :param headonly: read only the headers.
    :param starttime: UTCDateTime to cut at.
    :param endtime: UTCDateTime to cut at.
    :param nearest_sample: see :meth:`obspy.core.trace.Trace.trim`.
    :param strict: raise on a file that is cut short; False: warn and give what is there.
    :param network: network code that replaces the one derived from "data source".
    :return: Stream in SI units; ``stats.smc`` as in :mod:`obspy_tng.io`.
    :raises TNGInputError: if the file cannot be read.
    """
    text = TextFile(source)
    records = text.records(_START.match)
    components = collect(
        "SMC", records,
        lambda lines: [_parse(lines, headonly, strict, text.complete or lines is not records[-1])],
        strict)
    return to_stream(components, starttime, endtime, nearest_sample, network)


def _parse(lines, headonly, strict, complete):
    kind = _START.match(lines[0])[1]
    words = take(lines, 0, _TEXT_LINES, "the text header")
    integers, reals = _headers(lines)
    row = _TEXT_LINES + _INTEGER_LINES + _REAL_LINES
    while row < len(lines) and lines[row].startswith("|"):
        row += 1
    npts, rate = int(integers[16] or 0), reals[1]
    if npts < 1:
        raise TNGInputError(f"number of data values (integer 17) is {npts}, must be positive")
    data, first = None, _first_sample(integers)
    if not headonly or not rate:
        data = _samples(lines[row:], npts, strict, complete)
    if not rate:
        rate, late, data = evenly_sampled(data[:len(data) // 2 * 2].reshape(-1, 2))
        npts, first = len(data), first and first + late
    owner = re.search(r"data source\s*=\s*(.*)", words[7], re.IGNORECASE)
    peaks = [abs(value) for value in (reals[29], reals[31]) if value is not None]
    return Component(
        "SMC", npts, 1.0 / rate, _direction(words, integers), _UNITS.get(kind, "cm/s^2"),
        None if headonly else data, first,
        next((code for name, code in _NETWORKS.items() if owner and name in owner[1]), ""),
        _station(words, integers), number=int(integers[8]) if integers[8] else None,
        meta={**_meta(words, reals), "format_version": kind, "pga": max(peaks, default=None),
              "header": {"text": words, "integers": integers[:48], "reals": reals[:50],
                         "comments": lines[_TEXT_LINES + _INTEGER_LINES + _REAL_LINES:row]}})


def _headers(lines):
    """Integers and reals; the first of each states what stands for unknown."""
    block = take(lines, _TEXT_LINES, _INTEGER_LINES, "the integer header")
    integers = header_numbers(block, 10)
    integers = [None if v == integers[0] else v for v in integers] + [None] * 48
    block = take(lines, _TEXT_LINES + _INTEGER_LINES, _REAL_LINES, "the real header")
    reals = header_numbers(block, 15)
    reals = [None if v == reals[0] or v is None or abs(v) > 1e37 else v for v in reals]
    return integers, reals + [None] * 50


def _samples(lines, npts, strict, complete):
    block = numeric_lines(lines)
    longest = max(map(len, block), default=0)
    width = next((w for w in _WIDTHS if longest % w == 0), _WIDTHS[0])
    data = parse_block(without_cut_number(block, complete, width), npts, width)
    check_count(len(data), npts, "samples", strict)
    return data


def _meta(words, reals):
    name = re.search(r"station\s*=\s*(.*?)\s*(?:component\s*=|$)", words[5], re.IGNORECASE)
    instrument = re.search(r"inst type\s*=\s*(.*?)\s*(?:data source|$)", words[7], re.IGNORECASE)
    kind, magnitude = next(((kind, reals[i]) for kind, i in (
        ("Mw", 5), ("Ms", 6), ("Ml", 7), ("M", 8)) if reals[i] is not None), (None, None))
    return {
        "station_name": name[1] if name else None, "station_latitude": reals[10],
        "station_longitude": reals[11], "station_elevation": reals[12],
        "event_name": re.sub(r"^[\d\s:.]+", "", words[3]).strip(),
        "origin_time": _origin(words[3]), "event_latitude": reals[2],
        "event_longitude": reals[3], "event_depth": reals[4], "magnitude": magnitude,
        "magnitude_type": kind, "distance": reals[16], "freqmin": reals[32],
        "freqmax": reals[19], "instrument": instrument[1] if instrument else None}


def _direction(words, integers):
    """Integers 13 (degrees from up) and 14 (degrees from north), else the text."""
    from_up, azimuth = integers[12], integers[13]
    if from_up in (0, 180):
        return UP if from_up == 0 else DOWN
    if azimuth is not None and 0 <= azimuth <= 360:
        return horizontal(azimuth)
    stated = re.search(r"component\s*=\s*(.*)", words[5], re.IGNORECASE)
    return parse_direction(stated[1] if stated else "")


def _station(words, integers):
    """The USGS station number, else the code of the third line (code and component)."""
    number = integers[29]
    return f"{int(number)}" if number else words[2].strip("\x00 *")[:4]


def _origin(line):
    """Fourth line: year, month, day, hour and minute together, name; to the minute."""
    found = re.match(r"\s*(\d{4})\s+(\d+)\s+(\d+)\s+(\d\d)(\d\d)\b", line)
    if not found:
        return None
    year, month, day, hour, minute = map(int, found.groups())
    return to_utc((year, month, day), hour * 3600 + minute * 60)


def _first_sample(integers):
    """Year, day of the year, hour, minute, second, millisecond."""
    year, day, hour, minute = integers[1:5]
    if None in (year, day, hour, minute) or not 1 <= day <= 366:
        return None
    return to_utc((year, 1, 1), (day - 1) * 86400.0 + hour * 3600 + minute * 60
                  + (integers[5] or 0) + (integers[6] or 0) / 1000.0)
