"""
GeoNet (GNS Science, New Zealand) V1A and V2A
=============================================

Three components one after the other; for each 16 text lines, 40 integers
(10I8), 60 reals (10F8) and the samples (10F8.1) in mm/s/s. V2A has velocity
and displacement after the acceleration, which alone is read. Recorders of before 1970 had no
clock: a start before that is not known. [GNS2008]_

.. [GNS2008] Cousins, W. J., GNS accelerogram data files, standard format,
   GNS Science, 2008.
"""

import re

from obspy import UTCDateTime

from .common.component import Component
from .common.contradictions import check_directions
from .common.counts import check_complete
from .common.fields import parse_coordinates, parse_magnitude, time_of_day, to_utc
from .common.fortran import first_lines, header_numbers, to_float
from .common.orientation import Direction, horizontal, parse_direction
from .common.reading import TextFormat, claims, read_text

_START = re.compile(r"^\s*(UN)?CORRECTED ACCELEROGRAM\s", re.IGNORECASE)
_TEXT_LINES, _INTEGER_LINES, _REAL_LINES = 16, 4, 6
_WIDTH, _PER_LINE = 8, 10
_FIRST_CLOCK = UTCDateTime(1970, 1, 1)
NETWORK = "NZ"


def is_geonet(source):
    """Whether a file is GeoNet V1A or V2A: bool; never raises."""
    return claims(source, FORMAT)


def read_geonet(source, **options):
    """
    Read a GeoNet V1A or V2A file.

    :param source: file name or binary file-like object.
    :param options: see :func:`~.common.reading.read_text`; ``network`` replaces "NZ".
    :return: Stream of acceleration in m/s^2; ``stats.geonet`` as in :mod:`obspy_tng.io`.
    :raises TNGInputError: if the file cannot be read.
    """
    return read_text(source, FORMAT, **options)


def _claims(lines):
    return len(lines) > 1 and bool(_START.match(lines[0])) and lines[1].startswith("SITE ")


def _three(components, strict):
    check_complete(len(components) % 3 == 0, "GEONET, the record of three components", strict)


def _parse(record):
    words = record.take(0, _TEXT_LINES, "the text header")
    integers = header_numbers(record.take(_TEXT_LINES, _INTEGER_LINES, "the integer header"),
                              _WIDTH) + [None] * 40
    row = _TEXT_LINES + _INTEGER_LINES
    reals = header_numbers(record.take(row, _REAL_LINES, "the real header"),
                           _WIDTH) + [None] * 60
    row += _REAL_LINES
    corrected = not words[0].upper().lstrip().startswith("UNCORRECTED")
    npts = int(integers[33] or integers[30] or 0)
    data = None
    if not record.headonly:
        rows = -(-npts // _PER_LINE)
        after = record.text.data(row)
        others = sum(-(-int(integers[i] or 0) // _PER_LINE) for i in (34, 35))
        # velocity and displacement follow without a line between
        block = first_lines(after, rows) if others else after
        data = record.block(block if len(block) < len(after) else after, npts, _WIDTH,
                            "acceleration")
        check_complete(not others or after.rstrip().count(b"\n") + 1 >= rows + others,
                       words[12].strip(), record.strict)
    text = "\n".join(words).upper()
    scale = re.search(r"UNITS OF\s+([\d.]+)\s*([A-Z][\w/^*]*)", text)
    factor = (to_float(scale[1]) if scale else None) or 1.0
    item = Component(
        npts, reals[25] or reals[24], Direction(),
        scale[2].lower() if scale else "mm/s/s",
        data if data is None else data * factor, _first_sample(integers, reals),
        duration=_duration(text), pga_unit="mm/s/s", network=NETWORK, station=_station(words),
        hemispheres="SE", all_there=False, format_version="V2A" if corrected else "V1A",
        header={"text": words, "integers": integers[:40], "reals": reals[:60]})
    item.direction, item.doubts = _direction(words, integers)
    _fill_meta(item, words, integers)
    if corrected:
        item.freqmin, item.freqmax = _corners(words, reals)
    return [item]


def _duration(text):
    found = re.search(r"DURATION\s+(\d+\.?\d*)\s*S", text)
    return to_float(found[1]) if found else None


def _fill_meta(item, words, integers):
    item.station_latitude, item.station_longitude = parse_coordinates(
        re.sub(r"^\s*SITE\s+\S+", "", words[1], flags=re.IGNORECASE))
    item.event_latitude, item.event_longitude = parse_coordinates(
        words[8].upper().partition("BEARING")[0])
    item.magnitude, item.magnitude_type = parse_magnitude(words[8])
    if None not in integers[:6]:
        item.origin_time = to_utc(
            integers[:3], integers[3] * 3600 + integers[4] * 60 + integers[5] / 10)
    peak = re.search(r"PEAK\s+(-?[\d.]+)\s*MM/S/S", "\n".join(words).upper())
    item.pga = to_float(peak[1]) if peak else None
    item.station_name, item.event_name = words[2], words[6]
    item.event_depth, item.distance = integers[16], integers[29]
    item.instrument = words[3].strip().removeprefix("Instrument")
    item.processing = words[11]


def _station(words):
    """Code of the site; if it is not known where the site is, that of the accelerogram's name."""
    site = re.match(r"SITE\s+(?!LOCATION\b|UNKNOWN\b)(\w+)", words[1], re.IGNORECASE)
    name = re.search(r"\d{8}_\d{6}_(\w+?)(?:_\d+)?\b", words[0])
    return site[1] if site else name[1] if name else ""


def _corners(words, reals):
    """
    The pass band: where the two ramps of the filter end (reals 51 to 58).

    Without a lower ramp real 51 is the corner of a high-pass filter, as the text says.
    """
    stated = re.search(r"HIGH-PASS FILTER CORNER IS\s+(\d*\.?\d+)", words[11], re.IGNORECASE)
    low = reals[52] or reals[50] or (to_float(stated[1]) if stated else None)
    return low, reals[55]


def _direction(words, integers):
    stated = re.match(r"COMPONENT\s+(\S+)", words[12].upper())
    direction = parse_direction(stated[1] if stated else "")
    azimuth = integers[27]  # 0 is a blank: north is 360 or N00E; 999 is up
    known = azimuth is not None and 0 < azimuth <= 360
    code = horizontal(azimuth) if known else Direction()
    return direction if direction.known else code, check_directions(direction, code, "GEONET")


def _first_sample(integers, reals):
    """
    Start of the recorder's buffer: year, month, day, hour, minute, milliseconds.

    Corrected records begin earlier, by the padding that is prepended (real 22, s).
    """
    year, month, day, hour, minute, milliseconds = (integers[i] for i in (8, 9, 18, 19, 38, 39))
    if None in (year, month, day, hour, minute, milliseconds):
        return None
    seconds = time_of_day(hour, minute, milliseconds / 1000)
    time = None if seconds is None else to_utc((year, month, day), seconds - (reals[21] or 0.0))
    return time if time is not None and time >= _FIRST_CLOCK else None


FORMAT = TextFormat("GEONET", _claims, _parse, (b"CORRECTED ACCELEROGRAM",), _START, whole=_three)
