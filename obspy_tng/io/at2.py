"""
PEER AT2 (also VT2, DT2): reading and writing
=============================================

Four header lines: a title; earthquake, date, station and component; quantity
and unit (``ACCELERATION TIME SERIES IN UNITS OF G``, ``The units are (g)``, in old files with
the corners of the filter); count and interval
(``NPTS= 4000, DT= .0100 SEC`` or the older ``4000 0.0100 NPTS, DT``). Then the
samples, five a line. There is no start time: traces begin on 1 January 1970
and ``stats.at2.starttime_known`` is False, unless obspy_tng wrote the file,
which writes id, start time, coordinates and earthquake into the title. The title of a generated
record begins with SYNTHETIC and contains model, seed and realization. [PEER]_

The files have names of stations. The code of the trace is derived from the name, see
:mod:`obspy_tng.io.common.codes`. NGA-East names the channel (``BH100``: channel BH1, location 00).

.. [PEER] Pacific Earthquake Engineering Research Center, NGA strong-motion
   database, data format of the records.
"""

import re

from scipy.constants import g

from ..exceptions import TNGInputError
from ..records.headers import scenario_value
from .common.codes import clean_code
from .common.component import Component, stated_quantity
from .common.fields import parse_clock, parse_date, parse_magnitude, parse_moment, to_utc
from .common.fortran import to_float, to_int
from .common.orientation import Direction, parse_direction
from .common.reading import TextFormat, claims, read_text
from .common.writing import acceleration, provenance, write_each

_QUANTITY = re.compile(r"(ACCEL\w*|VEL\w*|DISP\w*)\s+(?:TIME\s+(?:HISTORY|SERIES|HIST\.?)\s+)?"
                       r"(?:IN|,)\s*(?:UNITS\s+OF\s+|UNITS:?\s*)?[(\[]?((?:%\s*)?[A-Za-z][\w/*^]*)",
                       re.IGNORECASE)
# without the quantity, only acceleration is sure
_UNITS_ALONE = re.compile(r"\bUNITS?\b\s*(?:ARE|IS|OF|IN|:|=)*\s*[(\[]?\s*(G|CM/S(?:EC)?/S(?:EC)?|"
                          r"M/S(?:EC)?/S(?:EC)?|CM/S\^?2|M/S\^?2|GALS?)\b", re.IGNORECASE)
_FLOAT = r"(\d*\.?\d+(?:[EeDd][+-]?\d+)?)"
_NPTS = r"NPTS\s*[=:]?\s*(?P<npts>\d+)(?:\.0*)?(?![\d.])"
_DT = (r"DT\s*(?:[(\[]\s*(?P<before>[A-Za-z]+)\s*[)\]])?\s*[=:]?\s*"
       r"(?P<dt>\d*[.,]?\d+(?:[EeDd][+-]?\d+)?)\s*(?P<unit>[A-Za-z]*)")
_COUNTS = [re.compile(rf"\s*{pattern}", re.IGNORECASE) for pattern in (
    rf"{_NPTS}\s*,?\s*{_DT}", rf"{_DT}\s*,?\s*{_NPTS}",
    rf"(?P<npts>\d+)[\s,]+(?P<dt>{_FLOAT[1:-1]})[\s,]*NPTS\s*,\s*DT(?P<unit>)")]
_TIMES = {"": 1.0, "S": 1.0, "SEC": 1.0, "SECS": 1.0, "SECOND": 1.0, "SECONDS": 1.0, "MS": 0.001,
          "MSEC": 0.001, "NPTS": 1.0}
_MONTH_DAY = re.compile(r"\b([A-Z][a-z]{2,8}\.? \d{1,2}), (?=\d{4}\b)")
_OURS = re.compile(r"ID=(\w*)\.(\w*)\.(\w*)\.(\w*)\s+START=(\S+)")
_DATE = re.compile(r"(?<!\d)\d{1,2}/\d{1,2}/(?:\d{4}|\d{2})(?!\d)"
                   r"(?:\s+\d{1,2}:?\d\d\b(?::[\d.]+)?)?(?:\s+(?:UTC|GMT|P[SD]T)\b)?")
# NGA-East: band, instrument and orientation code, and the location behind them
_SEED_CHANNEL = re.compile(r"([BHECLS][HNLG][ZNE123])(\d\d|--)?", re.IGNORECASE)
_HEADER_LINES = 8  # some files have a line or two before the title
_WIDTH = 15
_SYNTHETIC = "SYNTHETIC"
_TITLE = "STRONG MOTION RECORD WRITTEN BY OBSPY_TNG"
# keys of our titles -> fields of stats.at2
_KEYS = {"M": "magnitude", "R": "distance", "H": "event_depth", "LAT": "station_latitude",
         "LON": "station_longitude", "ELEV": "station_elevation"}
_TNG = {"event_depth": "depth"}  # where stats.tng has another name


def is_at2(source):
    """Whether a file is AT2, VT2 or DT2: bool; never raises."""
    return claims(source, FORMAT)


def read_at2(source, **options):
    """
    Read an AT2, VT2 or DT2 file.

    :param source: file name or binary file-like object.
    :param options: see :func:`~.common.reading.read_text`; ``network`` is the network code of the
        traces: AT2 has none.
    :return: Stream in m/s^2 (VT2: m/s, DT2: m); ``stats.at2`` as in :mod:`obspy_tng.io`.
    :raises TNGInputError: if the file cannot be read.
    """
    return read_text(source, FORMAT, **options)


def _claims(lines):
    return _find_header(lines) is not None


def _parse(record):
    row = _find_header(record.lines)
    if row is None:
        raise TNGInputError("no line with NPTS and DT below one with the units")
    header = record.lines[:row + 1]
    npts, delta = _count(header[-1])
    # files of others, with a line for the units alone, describe the record as they like
    peer = len(header) > 2 and _QUANTITY.search(header[-2])
    event, date, station, name = _describe(header[-3]) if peer else ("", "", "", "")
    size, kind, station = _magnitude(station)
    day, clock = parse_date(date, dayfirst=False), _clock(date)
    item = Component(
        npts, delta, parse_direction(name), _unit(header[-2]),
        record.block(row + 1, npts, _WIDTH, "AT2"), station=station, station_name=station,
        quantity=peer and stated_quantity(peer[1]), magnitude=size, magnitude_type=kind,
        event_name=event, origin_time=to_utc(day, clock), event_id=_event_id(event, day, clock),
        freqmin=_corner("HP", header[-2]), freqmax=_corner("LP", header[-2]),
        header={"text": header})
    seed = _SEED_CHANNEL.fullmatch(name)
    if seed:
        item.channel, item.location = seed[1].upper(), (seed[2] or "").strip("-")
        letter = item.channel[-1]
        item.direction = parse_direction(letter) if letter in "ZNE" else Direction(letter=letter)
    ours = _OURS.search(header[0])
    if ours:
        _fill_ours(item, header[0], ours, event)
    return [item]


def _fill_ours(item, title, ours, event):
    """What the title of a file says that this package wrote."""
    item.network, item.own_station, item.location, item.channel = ours.groups()[:4]
    item.own, item.starttime = True, parse_moment(ours[5].replace("T", " ")).time
    item.direction = parse_direction(item.channel[-1:])
    item.event_id = None if event == _SYNTHETIC else event
    known = dict(re.findall(r"\b([A-Z]+)=(\S+)", title))
    for key, field in _KEYS.items():
        setattr(item, field, to_float(known.get(key)))
    if title.startswith(_SYNTHETIC):
        item.processing = title.partition(" ID=")[0]


def write_at2(stream, filename, **kwargs):
    """
    Write accelerations as AT2, in g.

    :param stream: Stream in m/s^2. Each trace is written to a separate file: with
        several, the channel code is put before the suffix (``rec.AT2`` becomes
        ``rec.HNZ.AT2``).
    :param filename: file name, or a binary file-like object for one trace.
    :raises TNGInputError: if a trace is not acceleration in m/s^2.
    """
    write_each(stream, filename, _format, "AT2")


def _format(tr):
    """Text of one file."""
    stats = tr.stats
    data = acceleration(tr, "AT2") / g
    tng = stats.get("tng", {})
    synthetic = provenance(tr)
    event = re.sub("[,\r\n]", " ", str(tng.get("event_id") or (
        _SYNTHETIC if synthetic else "UNKNOWN EVENT")))
    start = stats.starttime
    known = {key: scenario_value(tng, _TNG.get(field, field)) for key, field in _KEYS.items()}
    lines = [" ".join([f"{synthetic or _TITLE} ID={tr.id} START={start}",
                       *(f"{key}={value:.6g}" for key, value in known.items()
                         if value is not None)]),
             f"{event}, {start.month}/{start.day}/{start.year}, {stats.network}.{stats.station}, "
             f"{stats.channel[-1:]}",
             "ACCELERATION TIME SERIES IN UNITS OF G",
             f"NPTS={stats.npts:7d}, DT={stats.delta:11.8f} SEC"]
    lines += ["".join(f"{value:15.7E}" for value in data[i:i + 5])
              for i in range(0, len(data), 5)]
    return "\n".join(lines) + "\n"


def _find_header(lines):
    """Row of the line with NPTS and DT; None if there is none below a line with the unit."""
    lines = lines[:_HEADER_LINES]
    for row in range(1, len(lines)):
        if any(count.match(lines[row]) for count in _COUNTS) and (
                _QUANTITY.search(lines[row - 1]) or _UNITS_ALONE.search(lines[row - 1])):
            return row
    return None


def _count(line):
    """Number of samples, and interval in s."""
    found = next(filter(None, (count.match(line) for count in _COUNTS)))
    unit = found.groupdict().get("before") or found["unit"]
    if unit.upper() not in _TIMES:
        raise TNGInputError(f"the unit of DT is {unit!r}, must be SEC or MSEC")
    return to_int(found["npts"]), to_float(found["dt"]) * _TIMES[unit.upper()]


def _unit(line):
    found = _QUANTITY.search(line) or _UNITS_ALONE.search(line)
    unit = found[found.lastindex]
    if unit.upper() in ("OF", "UNIT", "UNITS"):  # what follows does not begin like a unit
        raise TNGInputError(f"the unit in the line {line.strip()!r} is not known")
    return unit


def _corner(name, line):
    """Corner of the filter: ``HP=0.1 Hz``, ``HP= -5 POLE @ .05``."""
    found = re.search(rf"\b{name}\s*=?\s*(?:[-+]?\d+\s*POLES?\s*@\s*)?{_FLOAT}", line.upper())
    return to_float(found[1]) if found else None


def _clock(date):
    """Seconds since midnight after a date: ``12:31`` or, in old headers, ``1231``."""
    found = re.search(r"/\d{2,4}\s+(\d\d)(\d\d)\b", date)
    return parse_clock(f"{found[1]}:{found[2]}" if found else date)[0]


def _event_id(event, day, clock):
    """Without a time of day, the day and the name are what the records of an earthquake share."""
    if clock is not None or day is None or not event:
        return None
    return f"{day[0]:04d}{day[1]:02d}{day[2]:02d}-{clean_code(event)}"


def _describe(line):
    """
    Earthquake, date and time, station, component: separated by commas, commas in names.

    Some names of earthquakes look like dates (``ComalTX11-10-20``); the date has slashes.
    """
    # the time of day may stand behind a comma of its own, and the year of a date in words
    line = re.sub(r"(\d/\d{2,4})\s*,\s*(\d{1,2}:\d\d\b)", r"\1 \2", _MONTH_DAY.sub(r"\1 ", line))
    parts = [part.strip() for part in re.split(r",(?![^(]*\))", line)]
    parts = [part for part in parts if part and not re.fullmatch(r"\(.*\)", part)]
    name = re.sub(r"\(.*?\)", "", parts.pop()).strip() if len(parts) > 1 else ""
    if len(parts) > 2 and _is_component(parts[-1]) and not _is_component(name):
        name = parts.pop()  # the name of a file stands behind it
    dated = next((i for i, part in enumerate(parts) if _DATE.search(part)), None)
    if dated is None:
        dated = next((i for i, part in enumerate(parts) if parse_date(part, dayfirst=False)), None)
        if dated is None:
            return ", ".join(parts[:1]), "", ", ".join(parts[1:]), name
        return ", ".join(parts[:dated]), parts[dated], ", ".join(parts[dated + 1:]), name
    date = _DATE.search(parts[dated])
    if not name:  # no commas at all
        words = parts[dated][date.end():].split()
        if len(words) > 1 and parse_direction(words[-1]).known:
            name = words[-1]
            parts[dated] = parts[dated][:-len(name)].strip()
    before, after = parts[dated][:date.start()].strip(), parts[dated][date.end():].strip()
    return (", ".join(filter(None, [*parts[:dated], before])), date[0],
            ", ".join(filter(None, [after, *parts[dated + 1:]])), name)


def _is_component(name):
    return parse_direction(name).known or bool(_SEED_CHANNEL.fullmatch(name))


def _magnitude(station):
    """Size and kind of a magnitude before the name of a station, and the name."""
    first, comma, rest = station.partition(",")
    if comma and re.fullmatch(r"M[A-Za-z]{0,2}\s*=?\s*\d(?:\.\d*)?", first.strip()):
        return *parse_magnitude(first), rest.strip()
    return None, None, station


FORMAT = TextFormat("AT2", _claims, _parse)
