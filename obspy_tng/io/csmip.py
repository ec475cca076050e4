"""
CSMIP / CDMG format (V1 uncorrected, V2 corrected), and RENADIC
===============================================================

For each channel: 13 (V1) or 25 (V2) text lines, 100 integers (16I5), 50 or
100 reals (8F10), then blocks of data, each announced by a line with its count,
interval, unit and format; in V2 acceleration, velocity and displacement, of
which the acceleration is read. Old V1 files, digitised from film, hold pairs
of time and acceleration instead (5(F7.3,F7.3)), which are interpolated to an
even rate. The start time is the trigger time, brought to UTC from the time
zone stated. V3 files, which agencies put into one zip with V1 and V2, hold response spectra:
they give an empty Stream and a warning. [OSMS8503]_

RENADIC (University of Chile) writes uncorrected records in this layout, with zeros where the
place, the earthquake and the time should be; its stations are known by name.

.. [OSMS8503] Shakal, A. F. and M. J. Huang, Standard tape format for CSMIP
   strong-motion data tapes, California OSMS report 85-03, 1985.
"""

import re

from ..exceptions import TNGInputError
from .common.caltech import read_pairs, split_header, stated_interval, stated_points, stated_unit
from .common.component import Component
from .common.contradictions import check_directions, check_length
from .common.counts import check_complete
from .common.fields import Moment, parse_coordinates, parse_magnitude, parse_moment
from .common.fortran import to_float
from .common.orientation import DOWN, UP, Direction, horizontal, parse_direction
from .common.reading import TextFormat, claims, read_text

_START = re.compile(r"^\s*(UN)?CORRECTED ACCELEROGRAM\b", re.IGNORECASE)
_SPECTRA = re.compile(r".*\bSPECTR", re.IGNORECASE)
_DATA = re.compile(r"\s*(\d+)\s+(?:POINTS? OF ACCEL|ACCEL\w*\s+POINTS?|POINTS? OF UNCOR)",
                   re.IGNORECASE)
_BLOCKS = re.compile(rb"^[ \t]*(\d+)[ \t]+[^\n]*\bPOINTS?\b[^\n]*$", re.IGNORECASE | re.MULTILINE)
_OWNERS = {"CDMG": "CE", "CGS": "CE", "CSMIP": "CE", "SCSN": "CI", "USGS": "NP"}
_CSMIP_RECORD = re.compile(r"\b\d{5}-[A-Z]{1,2}\d+-\d{5}\.\d", re.IGNORECASE)
_RENADIC = re.compile(r"\bRENADIC\b", re.IGNORECASE)
_LAYOUTS = {"V1": (13, 7), "V2": (25, 13)}  # lines of text, lines of reals
_MISSING = (-999.0,)


def is_csmip(source):
    """Whether a file is CSMIP V1, V2 or V3 (spectra): bool; never raises."""
    return claims(source, FORMAT)


def read_csmip(source, **options):
    """
    Read a CSMIP V1 or V2 file.

    :param source: file name or binary file-like object.
    :param options: see :func:`~.common.reading.read_text`.
    :return: Stream of acceleration in m/s^2; ``stats.csmip`` as in :mod:`obspy_tng.io`. Empty
        (with a TNGWarning) for a V3 file.
    :raises TNGInputError: if the file cannot be read.
    """
    return read_text(source, FORMAT, **options)


def _claims(lines):
    lines = lines[1:] if _SPECTRA.match(lines[0]) else lines
    return bool(lines and _START.match(lines[0])) and "UNCORRECTED ACCELEROGRAM DATA" in (
        "\n".join(lines[:2])) and any(re.match(r"STATION (NO|ID)\b", ln) for ln in lines[3:8])


def _parse(record):
    volume = "V1" if "UNCORRECTED" in record.lines[0].upper() else "V2"
    header = split_header(record, *_LAYOUTS[volume], missing=_MISSING)
    head = record.lines[header.row] if header.row < len(record.lines) else ""
    late = 0.0
    if _DATA.match(head):
        npts, delta, unit, data = _even(record, head, header)
        if volume == "V2" and delta:
            check_length(npts, delta, npts * (header.reals[60] or 0.0), "acceleration")
    else:
        unit = _unit(header.text)
        count = int(header.integers[27] or 0) or stated_points(header.text)
        delta, late, data = read_pairs(record, header.row, count)
        npts = len(data)
    item = Component(npts, delta, parse_direction(""), unit, data, format_version=volume,
                     quantity="acceleration", header=header.plain())
    _fill_sensor(item, header)
    _fill_event(item, header, volume)
    item.pga_unit = "g" if volume == "V1" else _peak_unit(header.text)
    start = _first_sample(header.text)
    item.starttime = start.time and start.time + late
    item.starttime_precision = start.precision
    return [item]


def _even(record, head, header):
    """Count, interval, unit and samples of a block that a line announces."""
    npts = int(_DATA.match(head)[1])
    stated = (re.search(r"UNITS:\s*([^)]+)\)", head, re.IGNORECASE)
              or re.search(r"\bIN\s+(?:UNITS OF\s+)?([A-Z][\w/*^]*)", head, re.IGNORECASE))
    unit = stated[1] if stated else _unit(header.text)
    width = _field_width(head) or (10 if "CM" in unit.upper() else 9)
    data = record.block(header.row + 1, npts, width, "acceleration")
    if data is not None:
        check_complete(_ended(record, header.row), "acceleration", record.strict)
    return npts, stated_interval(head), unit, data


def _field_width(head):
    """Width of the fields of a block by the line that announces it; None if it is not stated."""
    form = re.search(r"\(\s*\d+F(\d+)", head, re.IGNORECASE)
    return int(form[1]) or None if form else None


def _ended(record, row):
    """
    Whether a record is there to its end, behind the block whose samples were read.

    The line ``/&`` says so; channels that were cut out of a file lack it, but have all that the
    last block announces.

    :param record: :class:`~.common.reading.Record`.
    :param row: row that announces the block that was read, whose samples were counted.
    """
    rest = record.text.data(row + 1)
    blocks = [*_BLOCKS.finditer(rest)]
    if b"\n/&" in rest or not blocks:
        return True
    found = blocks[-1]
    numbers = record.block(rest[found.end():].lstrip(b"\n"), None,
                           _field_width(found[0].decode("latin-1")), count_checked=False)
    return len(numbers) >= int(found[1])


def _peak_unit(text):
    """Unit of the peak of the corrected record; None if it is not stated."""
    found = re.search(r"PEAK ACCEL\w*\s*=\s*-?[\d.]+\s*([A-Z][\w/^*]*)", text, re.IGNORECASE)
    return found[1] if found else None


def _unit(text):
    """Unit that the text header states for uncorrected data."""
    unit = stated_unit(text)
    if not unit:
        raise TNGInputError("the unit of the data is not stated")
    return unit


def _fill_sensor(item, header):
    """Codes, place, number and direction of a channel: by word, else integer 27."""
    words, text = header.words, header.text
    line = next((w for w in words[2:] if w.upper().startswith("CHAN")), "").strip()
    found = re.match(r"CHAN\s+(\d+)\s*:?\s*(.*?)(?:\s{2,}.*)?$", line, re.IGNORECASE)
    in_station = re.search(r"STA CHN:?\s*(\d{1,3})\b", line, re.IGNORECASE)
    number = in_station[1] if in_station else found[1] if found else ""
    item.number = int(number) if 0 < len(number) < 4 else None
    place = re.search(r"LOCATION:\s*(.*)", line, re.IGNORECASE)
    total = re.search(r"(\d{1,3})\s+CHNS?\s+OF\s+(\d{1,3})\s+AT STA", text, re.IGNORECASE)
    item.channels = int(total[2]) if total else None
    if total and place and int(total[1]) < int(total[2]) and not in_station:
        serial = re.search(r"\bS/N\s*(\w+)", text, re.IGNORECASE)
        item.recorder = serial[1] if serial else ""
    item.sensor_place = place[1] if place else None
    code, coded = header.integers[26], Direction()
    if code and 0 < code <= 360:  # 0 is a blank: north is 360
        coded = horizontal(code)
    elif code in (500, 600):
        coded = UP if code == 500 else DOWN
    stated = parse_direction(found[2] if found else "")
    item.direction = stated if stated.known else coded
    item.doubts = check_directions(stated, coded, "CSMIP")
    row = next((i for i, w in enumerate(words) if re.match("STATION (NO|ID)", w.upper())), 0)
    item.station_latitude, item.station_longitude = parse_coordinates(
        re.sub(r"S/N.*|STATION (?:NO|ID)\.?[ \t]*(?:\w+(?![\w.]))?", "", words[row],
               flags=re.IGNORECASE))
    item.station_name = _first_column(words[row + 1])
    _fill_codes(item, text, words[row + 1])


def _fill_codes(item, text, name_line):
    """Network and station code."""
    full = re.search(r"\d+\.(\w{2})\.(\w+)\.(\w\w|--|)\.\w{1,3}\b", text)
    station = re.search(r"STATION (?:NO|ID)\.?[ \t]*(\w+)(?![\w.])", text, re.IGNORECASE)
    if full:
        item.network, item.station, item.location = full[1], full[2], full[3].strip("-")
    elif _RENADIC.search(text):
        # no station numbers: its name, or the serial number of the instrument behind it
        name, _, serial = re.sub(r"(?i)S/N", "\n", item.station_name or "").partition("\n")
        item.network, item.hemispheres = "C", "SW"
        item.station_name = name.strip() or None
        item.station = name.strip() or serial.strip()
        return
    else:
        # by the column of the owner, or who processed it: not where the hypocentre is from
        sources = (name_line, *re.findall(r"PROCESSED:?(.*)", text, re.IGNORECASE))
        item.network = next((code for line in sources for name, code in _OWNERS.items()
                             if re.search(rf"\b{name}\b", line, re.IGNORECASE)),
                            "CE" if _CSMIP_RECORD.search(text) else "")
        item.station = station[1] if station else ""
    # the stations of NP are also on Guam
    item.hemispheres = "NW" if item.network in ("CE", "CI", "NP") else ""
    item.all_there = item.network != "NP"


def _fill_event(item, header, volume):
    words, text, reals = header.words, header.text, header.reals
    found = re.search(r"HYPOCENTER.*", text, re.IGNORECASE)
    hypocenter = found[0] if found else ""
    item.event_latitude, item.event_longitude = parse_coordinates(hypocenter.partition(":")[2])
    depth = re.search(r"\b(?:H|DEPTH)\s*=\s*(-?\d*\.?\d+)", hypocenter, re.IGNORECASE)
    item.event_depth = to_float(depth[1]) if depth else None
    item.magnitude, item.magnitude_type = parse_magnitude(hypocenter)
    name = _first_column(words[2 if volume == "V2" else 1])
    item.event_name = None if re.match(r"RCRD\b|[\d\s]*$", name, re.IGNORECASE) else name
    origin = re.search(r"\(ORIGIN\s*(?:\([^)]*\))?:\s*([^)]*)", text, re.IGNORECASE)
    line = words[3 if volume == "V2" else 2]
    if origin is None and item.event_name is not None:  # date and time of the earthquake alone
        line = line.partition("(")[0]
        origin = re.match("(.*)", line)
    item.origin_time = origin and parse_moment(origin[1], dayfirst=False).time
    item.pga = reals[65] if volume == "V2" else reals[6]
    if volume == "V2":
        item.freqmin, item.freqmax = reals[61], reals[72]
    item.processing = next((w for w in words if "FILTERED" in w.upper()), None)


def _first_column(line):
    """The words before the first gap of three blanks, or of two before an owner."""
    owners = "|".join(_OWNERS)
    return re.split(rf"\s{{3,}}|\s\s(?:{owners})\b", line.strip())[0]


def _first_sample(text):
    """
    When the record begins.

    It is in two lines, in UTC and in local time, and one may have no seconds.
    """
    moments = [parse_moment(found[1], dayfirst=False) for found in (
        re.search(r"(?:TRIGGER|START)\s+TIME:?\s*(.*)", text, re.IGNORECASE),
        re.search(r"RCRD OF\s+(.*)", text, re.IGNORECASE)) if found]
    moments = [moment for moment in moments if moment.time is not None]
    if len(moments) == 2 and moments[0].precision > moments[1].precision and (
            0 <= moments[1].time - moments[0].time < moments[0].precision):
        return moments[1]
    return moments[0] if moments else Moment()


FORMAT = TextFormat("CSMIP", _claims, _parse, (b"CORRECTED ACCELEROGRAM",), _START,
                    spectra=lambda lines: bool(_SPECTRA.match(lines[0])))
