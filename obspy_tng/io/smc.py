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
from .common.codes import recorder_code
from .common.component import Component, stated_quantity
from .common.contradictions import check_directions
from .common.fields import time_of_day, to_utc
from .common.film import evenly_sampled
from .common.fortran import header_numbers, numeric_block
from .common.orientation import DOWN, UP, Direction, horizontal, parse_direction
from .common.reading import TextFormat, claims, read_text

_START = re.compile(r"^\s*([0-4])\b\s*(UNKNOWN|UNCORRECTED|CORRECTED|VELOCITY|DISPLACEMENT|\S*)",
                    re.IGNORECASE)
_SPECTRA = re.compile(r"\s*[56]\s+.*SPECTR", re.IGNORECASE)
_NETWORKS = {"USGS": "NP", "CDMG": "CE", "CSMIP": "CE"}
_TEXT_LINES, _INTEGER_LINES, _REAL_LINES = 11, 6, 10
# Data fields: 8E10.4, or 5E14.7 where more digits were wanted.
_WIDTHS = (10, 14)


def is_smc(source):
    """Whether a file is an SMC time series or spectrum: bool; never raises."""
    return claims(source, FORMAT)


def read_smc(source, **options):
    """
    Read an SMC file.

    :param source: file name or binary file-like object.
    :param options: see :func:`~.common.reading.read_text`; ``network`` replaces the code derived
        from "data source".
    :return: Stream in SI units; ``stats.smc`` as in :mod:`obspy_tng.io`. Empty (with a
        TNGWarning) for spectra.
    :raises TNGInputError: if the file cannot be read.
    """
    return read_text(source, FORMAT, **options)


def _claims(lines):
    return len(lines) > _TEXT_LINES and bool(
        _START.match(lines[0]) or _SPECTRA.match(lines[0])) and lines[1].startswith("*") and any(
        "STATION" in line for line in lines[2:_TEXT_LINES])


def _parse(record):
    kind = _START.match(record.lines[0])
    if not kind:
        raise TNGInputError(f"first line is {record.lines[0][:40]!r}, must begin with a type from "
                            "0 to 4")
    words = record.take(0, _TEXT_LINES, "the text header")
    integers, reals = _headers(record)
    first = row = _TEXT_LINES + _INTEGER_LINES + _REAL_LINES
    while row < len(record.lines) and record.lines[row].startswith("|"):
        row += 1
    npts, rate = int(integers[16] or 0), reals[1]
    if npts < 1:
        raise TNGInputError(f"number of data values (integer 17) is {npts}, must be positive")
    start, precision = _first_sample(integers)
    # those of the agency go on for a line
    data = record.block(row, npts, _width(record, row), "samples", always=not rate, spare_lines=1)
    if not rate:
        rate, late, data = evenly_sampled(data[:len(data) // 2 * 2].reshape(-1, 2))
        npts, start = len(data), start and start + late
    item = Component(
        npts, 1.0 / rate, Direction(), _unit(kind[1], words[0]), data, start,
        precision, quantity=stated_quantity(kind[2]), station=_station(words, integers),
        number=int(integers[8]) if integers[8] else None,
        channels=int(integers[10] or integers[9] or 0), hemispheres="NW", all_there=False,
        format_version=kind[1],
        header={"text": words, "integers": integers[:48], "reals": reals[:50],
                "comments": record.lines[first:row]})
    if item.channels > (integers[9] or 0) > 0 and integers[7]:  # one of several recorders
        serial = f"{int(integers[7])}"
        item.location, item.recorder = (
            (recorder_code(serial), "") if integers[9] <= 3 else ("", serial))
    item.direction, item.doubts = _direction(words, integers)
    _fill_meta(item, words, reals)
    return [item]


def _headers(record):
    """Integers and reals; the first of each is the value for unknown."""
    block = record.take(_TEXT_LINES, _INTEGER_LINES, "the integer header")
    integers = header_numbers(block, 10)
    integers = [None if v == integers[0] else v for v in integers] + [None] * 48
    block = record.take(_TEXT_LINES + _INTEGER_LINES, _REAL_LINES, "the real header")
    reals = header_numbers(block, 15)
    reals = [None if v == reals[0] or v is None or abs(v) > 1e37 else v for v in reals]
    return integers, reals + [None] * 50


def _width(record, row):
    """Width of the data fields: of those that divide the first, full, line."""
    lines = numeric_block(record.text.data(row)[:2000]).split(b"\n")
    longest = max(len(line.rstrip()) for line in lines)
    return next((w for w in _WIDTHS if longest % w == 0), _WIDTHS[0])


def _unit(kind, title):
    """Types 1 and 2 are acceleration, 3 velocity, 4 displacement; 0 is what the title says."""
    title = title.upper() if kind == "0" else ""
    if kind == "3" or "VELOC" in title:
        return "cm/s"
    return "cm" if kind == "4" or "DISPL" in title else "cm/s^2"


def _fill_meta(item, words, reals):
    def stated(key, line, end):
        found = re.search(rf"{key}\s*=\s*(.*?)\s*(?:{end}|$)", line, re.IGNORECASE)
        return found[1] if found else None

    owner = stated("data source", words[7], "$") or ""
    item.network = next((code for name, code in _NETWORKS.items() if name in owner), "")
    item.station_name = stated("station", words[5], r"component\s*=")
    item.instrument = stated("inst type", words[7], "data source")
    item.station_latitude, item.station_longitude, item.station_elevation = reals[10:13]
    item.event_name = re.sub(r"^[\d\s:.]+", "", words[3])
    item.origin_time = _origin(words[3])
    item.event_latitude, item.event_longitude, item.event_depth = reals[2:5]
    item.magnitude_type, item.magnitude = next(
        ((kind, reals[i]) for kind, i in (("Mw", 5), ("Ms", 6), ("Ml", 7), ("M", 8))
         if reals[i]), (None, None))
    item.distance, item.freqmin, item.freqmax = reals[16], reals[32], reals[19]
    peaks = [value for value in (reals[29], reals[31]) if value is not None]
    item.pga = max(peaks, key=abs, default=None)


def _direction(words, integers):
    """By integers 13 (degrees from up) and 14 (degrees from north), else the text; doubts."""
    from_up, azimuth = integers[12], integers[13]
    code = Direction()
    if from_up in (0, 180):
        code = UP if from_up == 0 else DOWN
    elif azimuth is not None and 0 <= azimuth <= 360:
        code = horizontal(azimuth)
    stated = re.search(r"component\s*=\s*(.*)", words[5], re.IGNORECASE)
    words = parse_direction(stated[1] if stated else "")
    return code if code.known else words, check_directions(words, code, "SMC")


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
    """
    Year, day of the year, hour, minute, second, millisecond; and how well that is stated.

    Where the minute is all that was known, the second is 0 and the millisecond unknown.
    """
    year, day, hour, minute = integers[1:5]
    if None in (year, day, hour, minute) or not 1 <= day <= 366:
        return None, None
    precision = 1.0 if integers[5] or integers[6] is not None else 60.0
    seconds = time_of_day(hour, minute, (integers[5] or 0) + (integers[6] or 0) / 1000.0)
    time = None if seconds is None else to_utc((year, 1, 1), (day - 1) * 86400.0)
    # day 366 is in leap years alone
    return (None, None) if time is None or time.year != year else (time + seconds, precision)


FORMAT = TextFormat("SMC", _claims, _parse,
                    (b" UNCORRECTED", b" CORRECTED", b" VELOCITY", b" DISPLACEMENT", b" UNKNOWN"),
                    re.compile(r"^\s*[0-4]\s+(UNKNOWN|UNCORRECTED ACCEL|CORRECTED ACCEL|VELOCITY|"
                               r"DISPLACEMENT)", re.IGNORECASE),
                    spectra=lambda lines: bool(_SPECTRA.match(lines[0])))
