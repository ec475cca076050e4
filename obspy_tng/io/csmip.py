"""
CSMIP / CDMG format (V1 uncorrected, V2 corrected)
==================================================

For each channel: 13 (V1) or 25 (V2) text lines, 100 integers (16I5), 50 or
100 reals (8F10), then blocks of data, each announced by a line with its count,
interval, unit and format; in V2 acceleration, velocity and displacement, of
which the acceleration is read. Old V1 files, digitised from film, hold pairs
of time and acceleration instead (5(F7.3,F7.3)), which are interpolated to an
even rate. The start time is the trigger time, brought to UTC from the time
zone stated. [OSMS8503]_

.. [OSMS8503] Shakal, A. F. and M. J. Huang, Standard tape format for CSMIP
   strong-motion data tapes, California OSMS report 85-03, 1985.
"""

import re

from ..exceptions import TNGInputError
from .common.component import (
    Component,
    check_complete,
    check_count,
    collect,
    to_stream,
    unit_factor,
)
from .common.fields import parse_coordinates, parse_date, parse_time, to_utc
from .common.film import evenly_sampled
from .common.fortran import (
    header_numbers,
    numeric_lines,
    parse_block,
    to_float,
    without_cut_number,
)
from .common.orientation import DOWN, UP, horizontal, parse_direction
from .common.textfile import MAX_LINE, TextFile, peek_lines, take

_START = re.compile(r"\s*(UN)?CORRECTED ACCELEROGRAM\b", re.IGNORECASE)
_DATA = re.compile(r"\s*(\d+)\s+(?:POINTS? OF ACCEL|ACCEL\w*\s+POINTS?|POINTS? OF UNCOR)",
                   re.IGNORECASE)
_NETWORKS = {"CDMG": "CE", "CGS": "CE", "CSMIP": "CE", "SCSN": "CI", "USGS": "NP"}
# hours from UTC
_ZONES = {"UTC": 0, "GMT": 0, "GCT": 0, "UT": 0, "PST": -8, "PDT": -7, "MST": -7, "MDT": -6,
          "CST": -6, "CDT": -5, "EST": -5, "EDT": -4, "AKST": -9, "AKDT": -8, "HST": -10}
_LAYOUTS = {"V1": (13, 7), "V2": (25, 13)}  # lines of text, lines of reals
_INTEGER_LINES = 7
_MISSING = (-999.0,)
_PAIR_WIDTH = 7


def is_csmip(source):
    """
    Whether a file is CSMIP V1 or V2.

    :param source: file name or binary file-like object.
    :return: bool; never raises.
    """
    lines = peek_lines(source)
    return bool(lines and _START.match(lines[0])) and "UNCORRECTED ACCELEROGRAM DATA" in (
        "\n".join(lines[:2])) and any(re.match(r"STATION (NO|ID)\b", ln) for ln in lines[3:8])


def read_csmip(source, headonly=False, starttime=None, endtime=None, nearest_sample=True,
               strict=True, network=None, **kwargs):
    """
    Read a CSMIP V1 or V2 file.

    :param source: file name or binary file-like object.
    :param headonly: read only the headers.
    :param starttime: UTCDateTime to cut at.
    :param endtime: UTCDateTime to cut at.
    :param nearest_sample: see :meth:`obspy.core.trace.Trace.trim`.
    :param strict: raise on a file that is cut short; False: warn and give what is there.
    :param network: network code that replaces the file's.
    :return: Stream of acceleration in m/s^2; ``stats.csmip`` as in :mod:`obspy_tng.io`.
    :raises TNGInputError: if the file cannot be read.
    """
    text = TextFile(source)
    records = text.records(_START.match)
    components = collect(
        "CSMIP", records,
        lambda lines: [_parse(lines, headonly, strict, text.complete or lines is not records[-1])],
        strict)
    return to_stream(components, starttime, endtime, nearest_sample, network)


def _parse(lines, headonly, strict, complete):
    volume = "V1" if "UNCORRECTED" in lines[0].upper() else "V2"
    words_size, reals_size = _LAYOUTS[volume]
    words = take(lines, 0, words_size, "the text header")
    integers = header_numbers(take(lines, words_size, _INTEGER_LINES, "the integer header"), 5,
                              _MISSING) + [None] * 100
    row = words_size + _INTEGER_LINES
    reals = header_numbers(take(lines, row, reals_size, "the real header"), 10,
                           _MISSING) + [None] * 100
    row += reals_size
    head = lines[row][:MAX_LINE] if row < len(lines) else ""
    text = "\n".join(words)
    late = 0.0
    if _DATA.match(head):
        npts, delta, unit, data = _even(head, lines[row + 1:], text, headonly, strict, complete)
    else:
        npts, delta, late, unit, data = _pairs(integers, lines[row:], text, headonly, strict,
                                               complete)
    number, direction = _channel(words, integers)
    net, station = _codes(text)
    first = _first_sample(text)
    meta = _meta(words, reals, volume)
    if volume == "V1" and meta["pga"] is not None:  # stated in g, whatever the data are in
        meta["pga"] *= unit_factor("g")[0] / unit_factor(unit)[0]
    meta["header"] = {"text": words, "integers": integers[:100], "reals": reals[:100]}
    return Component("CSMIP", npts, delta, direction, unit, data, first and first + late, net,
                     station, number=number, meta=meta)


def _even(head, lines, text, headonly, strict, complete):
    """Count, interval, unit and samples of a block that a line announces."""
    npts = int(_DATA.match(head)[1])
    step = re.search(r"SPACED AT\s+(\d*\.?\d+)\s*SEC", head, re.IGNORECASE)
    rate = re.search(r"AT\s+(\d*\.?\d+)\s*(?:PTS|POINTS|SAMPLES)/SEC", head, re.IGNORECASE)
    delta = to_float(step[1]) if step else rate and 1.0 / (to_float(rate[1]) or 1e-9)
    stated = (re.search(r"UNITS:\s*([^)]+)\)", head, re.IGNORECASE)
              or re.search(r"\bIN\s+(?:UNITS OF\s+)?([A-Z][\w/*^]*)", head, re.IGNORECASE))
    unit = stated[1] if stated else _unit(text)
    form = re.search(r"\(\s*\d+F(\d+)", head, re.IGNORECASE)
    width = int(form[1]) if form and int(form[1]) else 10 if "CM" in unit.upper() else 9
    data = None
    if not headonly:
        block = without_cut_number(numeric_lines(lines), complete, width)
        data = parse_block(block, npts, width)
        check_count(len(data), npts, "acceleration", strict)
        check_complete(any(line.startswith("/&") for line in lines), "acceleration", strict)
    return npts, delta, unit, data


def _pairs(integers, lines, text, headonly, strict, complete):
    """Like :func:`_even`, of pairs of time and acceleration; their count is integer 28."""
    count = int(integers[27] or 0)
    block = without_cut_number(numeric_lines(lines), complete, _PAIR_WIDTH)
    values = parse_block(block, 2 * count, _PAIR_WIDTH)
    check_count(len(values) // 2, count or None, "pairs of time and acceleration", strict)
    rate, late, data = evenly_sampled(values[:len(values) // 2 * 2].reshape(-1, 2))
    return len(data), 1.0 / rate, late, _unit(text), None if headonly else data


def _unit(text):
    """Unit that the text header states for uncorrected data."""
    stated = re.search(r"UNITS? OF [\w.]+ (?:ACCEL\w*|DATA) (?:IS|ARE)\s+(?:SEC AND\s+)?"
                       r"([\w/*]+)", text, re.IGNORECASE)
    if not stated:
        raise TNGInputError("the unit of the data is not stated")
    return stated[1]


def _channel(words, integers):
    """Channel number and direction: by word, else integer 27."""
    line = next((w for w in words[2:] if w.upper().startswith("CHAN")), "")
    found = re.match(r"CHAN\s+(\d+)\s*:?\s*(.*?)(?:\s{2,}.*)?$", line.strip(), re.IGNORECASE)
    number = int(found[1]) if found and len(found[1]) < 4 else None
    direction = parse_direction(found[2] if found else "")
    code = integers[26]
    if all(value is None for value in direction) and code is not None:
        if 0 <= code <= 360:
            direction = horizontal(code)
        elif code in (500, 600):
            direction = UP if code == 500 else DOWN
    return number, direction


def _codes(text):
    """Network and station code."""
    full = re.search(r"\d+\.(\w{2})\.(\w+)\.[\w-]*\.\w{2}\b", text)
    if full:
        return full[1], full[2]
    station = re.search(r"STATION (?:NO|ID)\.?\s*(\w+)", text, re.IGNORECASE)
    network = next((code for name, code in _NETWORKS.items()
                    if re.search(rf"\b{name}\b", text)), "")
    return network, station[1] if station else ""


def _meta(words, reals, volume):
    text = "\n".join(words)
    row = next((i for i, w in enumerate(words) if re.match("STATION (NO|ID)", w.upper())), 0)
    place = parse_coordinates(words[row])
    hypocenter = re.search(r"HYPOCENTER.*", text, re.IGNORECASE)
    hypocenter = hypocenter[0] if hypocenter else ""
    epicenter = parse_coordinates(hypocenter.partition(":")[2])
    depth = re.search(r"H\s*=\s*(\d+\.?\d*)", hypocenter)
    sizes = {kind.upper(): to_float(size) for kind, size in re.findall(
        r"\b(M[WSLBDC]?)\s*=\s*(\d+\.\d*)", hypocenter, re.IGNORECASE)}
    kind = next((k for k in ("MW", "MS", "ML", "M", "MB", "MD", "MC") if k in sizes), None)
    origin = re.search(r"\(ORIGIN\s*(?:\([^)]*\))?:\s*([^)]*)", text, re.IGNORECASE)
    return {
        "format_version": volume, "pga": reals[65] if volume == "V2" else reals[6],
        "station_name": _first_column(words[row + 1]),
        "station_latitude": place[0], "station_longitude": place[1],
        "event_name": _first_column(words[2 if volume == "V2" else 1]),
        "origin_time": origin and _utc(origin[1]), "event_latitude": epicenter[0],
        "event_longitude": epicenter[1], "event_depth": depth and to_float(depth[1]),
        "magnitude": sizes.get(kind), "magnitude_type": kind and kind.capitalize(),
        "freqmin": reals[61] if volume == "V2" else None,
        "freqmax": reals[72] if volume == "V2" else None,
        "processing": next((w.strip() for w in words if "FILTERED" in w.upper()), None)}


def _first_column(line):
    """The words before the first gap of three blanks, or of two before an owner."""
    owners = "|".join(_NETWORKS)
    return re.split(rf"\s{{3,}}|\s\s(?:{owners})\b", line.strip())[0]


def _first_sample(text):
    found = re.search(r"(?:TRIGGER|START)\s+TIME:\s*(.*)", text, re.IGNORECASE)
    return _utc(found[1]) if found else None


def _utc(text):
    """UTCDateTime of a date and time with their zone; None where the zone is not known."""
    zone = re.search(r"\b([A-Z]{2,4})\b", text.upper().partition(":")[2])
    hours = _ZONES.get(zone[1] if zone else "UTC")
    time = to_utc(parse_date(text, dayfirst=False), parse_time(text))
    return None if time is None or hours is None else time - 3600 * hours
