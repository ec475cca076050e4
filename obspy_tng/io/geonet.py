"""
GeoNet (GNS Science, New Zealand) V1A and V2A
=============================================

Three components one after the other; for each 16 text lines, 40 integers
(10I8), 60 reals (10F8) and the samples (10F8.1) in mm/s/s. V2A has velocity
and displacement after the acceleration, which alone is read. [GNS2008]_

.. [GNS2008] Cousins, W. J., GNS accelerogram data files, standard format,
   GNS Science, 2008.
"""

import re

from .common.component import Component, check_complete, check_count, collect, to_stream
from .common.fields import to_utc
from .common.fortran import (
    header_numbers,
    numeric_lines,
    parse_block,
    to_float,
    without_cut_number,
)
from .common.orientation import horizontal, parse_direction
from .common.textfile import TextFile, peek_lines, take

_START = re.compile(r"\s*(UN)?CORRECTED ACCELEROGRAM\s", re.IGNORECASE)
_TEXT_LINES, _INTEGER_LINES, _REAL_LINES = 16, 4, 6
_WIDTH, _PER_LINE = 8, 10
_DMS = (r"(\d+)\s+(\d+)\s+(\d+(?:\.\d*)?)\s*([NS])\s+(\d+)\s+(\d+)\s+(\d+(?:\.\d*)?)\s*([EW])")
NETWORK = "NZ"


def is_geonet(source):
    """
    Whether a file is GeoNet V1A or V2A.

    :param source: file name or binary file-like object.
    :return: bool; never raises.
    """
    lines = peek_lines(source)
    return len(lines) > 1 and bool(_START.match(lines[0])) and lines[1].startswith("SITE ")


def read_geonet(source, headonly=False, starttime=None, endtime=None, nearest_sample=True,
                strict=True, network=None, **kwargs):
    """
    Read a GeoNet V1A or V2A file.

    :param source: file name or binary file-like object.
    :param headonly: read only the headers.
    :param starttime: UTCDateTime to cut at.
    :param endtime: UTCDateTime to cut at.
    :param nearest_sample: see :meth:`obspy.core.trace.Trace.trim`.
    :param strict: raise on a file that is cut short; False: warn and give what is there.
    :param network: network code that replaces "NZ".
    :return: Stream of acceleration in m/s^2; ``stats.geonet`` as in :mod:`obspy_tng.io`.
    :raises TNGInputError: if the file cannot be read.
    """
    text = TextFile(source)
    records = text.records(_START.match)
    components = collect(
        "GEONET", records,
        lambda lines: [_parse(lines, headonly, strict, text.complete or lines is not records[-1])],
        strict)
    check_complete(len(components) % 3 == 0, "GEONET, the record of three components", strict)
    return to_stream(components, starttime, endtime, nearest_sample, network)


def _parse(lines, headonly, strict, complete):
    words = take(lines, 0, _TEXT_LINES, "the text header")
    integers = header_numbers(take(lines, _TEXT_LINES, _INTEGER_LINES, "the integer header"),
                              _WIDTH) + [None] * 40
    row = _TEXT_LINES + _INTEGER_LINES
    reals = header_numbers(take(lines, row, _REAL_LINES, "the real header"),
                           _WIDTH) + [None] * 60
    row += _REAL_LINES
    corrected = not words[0].upper().lstrip().startswith("UNCORRECTED")
    npts = int(integers[33] or integers[30] or 0)
    data = None
    if not headonly:
        rows = -(-npts // _PER_LINE)
        block = without_cut_number(numeric_lines(lines[row:row + rows]),
                                   complete or len(lines) > row + rows, _WIDTH)
        data = parse_block(block, npts, _WIDTH)
        check_count(len(data), npts, "acceleration", strict)
        others = sum(-(-int(integers[i] or 0) // _PER_LINE) for i in (34, 35))
        check_complete(len(lines) >= row + rows + others, words[12].strip(), strict)
    scale = re.search(r"UNITS OF\s+([\d.]+)\s*MM/S/S", "\n".join(words).upper())
    factor = (to_float(scale[1]) if scale else None) or 1.0
    station = re.match(r"SITE\s+(\w+)", words[1], re.IGNORECASE)
    return Component(
        "GEONET", npts, reals[25] or reals[24], _direction(words, integers), "mm/s/s",
        data if data is None else data * factor, _first_sample(integers, reals), NETWORK,
        station[1] if station else "",
        meta={**_meta(words, integers, reals, corrected),
              "header": {"text": words, "integers": integers[:40], "reals": reals[:60]}})


def _meta(words, integers, reals, corrected):
    place, epicenter = _position(words[1]), _position(words[8])
    size = re.search(r"\b(M[WLSB]?)\s+(\d+\.\d+)", words[8], re.IGNORECASE)
    origin = None
    if None not in integers[:6]:
        origin = to_utc(integers[:3], integers[3] * 3600 + integers[4] * 60 + integers[5] / 10)
    stated = re.search(r"PEAK\s+(-?[\d.]+)\s*MM/S/S", "\n".join(words).upper())
    return {
        "format_version": "V2A" if corrected else "V1A",
        "pga": to_float(stated[1]) if stated else None,
        "station_name": words[2].strip(), "station_latitude": place[0],
        "station_longitude": place[1], "event_name": words[6].strip(), "origin_time": origin,
        "event_latitude": epicenter[0], "event_longitude": epicenter[1],
        "event_depth": integers[16], "magnitude": to_float(size[2]) if size else None,
        "magnitude_type": size[1] if size else None, "distance": integers[29],
        # the pass band: where the two ramps of the filter end
        "freqmin": (reals[52] or None) if corrected else None,
        "freqmax": (reals[55] or None) if corrected else None,
        "instrument": words[3].strip().removeprefix("Instrument").strip(),
        "processing": words[11].strip()}


def _position(line):
    """Latitude and longitude in degrees from degrees, minutes, seconds."""
    found = re.search(_DMS, line.upper())
    if not found:
        return None, None
    parts = found.groups()
    values = [(to_float(d) or 0.0) + (to_float(m) or 0.0) / 60 + (to_float(s) or 0.0) / 3600
              for d, m, s in (parts[:3], parts[4:7])]
    return (-values[0] if parts[3] == "S" else values[0],
            -values[1] if parts[7] == "W" else values[1])


def _direction(words, integers):
    stated = re.match(r"COMPONENT\s+(\S+)", words[12].upper())
    direction = parse_direction(stated[1] if stated else "")
    if all(value is None for value in direction) and integers[27] is not None:
        return horizontal(integers[27])
    return direction


def _first_sample(integers, reals):
    """
    Start of the recorder's buffer: year, month, day, hour, minute, milliseconds.

    Corrected records begin earlier, by the padding that is prepended (real 22, s).
    """
    year, month, day, hour, minute, milliseconds = (integers[i] for i in (8, 9, 18, 19, 38, 39))
    if None in (year, month, day, hour, minute, milliseconds):
        return None
    seconds = hour * 3600 + minute * 60 + milliseconds / 1000
    return to_utc((year, month, day), seconds - (reals[21] or 0.0))
