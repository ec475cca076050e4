"""
PEER AT2 (also VT2, DT2): reading and writing
=============================================

Four header lines: a title; earthquake, date, station and component; quantity
and unit (``ACCELERATION TIME SERIES IN UNITS OF G``, in old files with the corners of the
filter); count and interval
(``NPTS= 4000, DT= .0100 SEC`` or the older ``4000 0.0100 NPTS, DT``). Then the
samples, five a line. There is no start time: traces begin on 1 January 1970
and ``stats.at2.starttime_known`` is False, unless obspy_tng wrote the file,
which keeps id, start time, coordinates and earthquake in the title; the title of a generated
record begins with SYNTHETIC and tells model, seed and realization. [PEER]_

.. [PEER] Pacific Earthquake Engineering Research Center, NGA strong-motion
   database, data format of the records.
"""

import re

from scipy.constants import g

from ..exceptions import TNGInputError
from .common.component import Component, check_count, clean_code, to_stream
from .common.fields import parse_date, parse_time, to_utc
from .common.fortran import numeric_lines, parse_block, to_float, to_int, without_cut_number
from .common.orientation import parse_direction
from .common.textfile import MAX_LINE, TextFile, peek_lines
from .common.writing import acceleration, provenance, write_each

_QUANTITY = re.compile(r"(ACCEL\w*|VEL\w*|DISP\w*)\s+(?:TIME\s+(?:HISTORY|SERIES|HIST\.?)\s+)?"
                       r"(?:IN|,)\s*(?:UNITS\s+OF\s+|UNITS:?\s*)?([A-Za-z][\w/*^]*)",
                       re.IGNORECASE)
_FLOAT = r"(\d*\.?\d+(?:[EeDd][+-]?\d+)?)"
_COUNT = re.compile(rf"\s*NPTS\s*=\s*(\d+)\.?\s*,?\s*DT\s*=\s*{_FLOAT}", re.IGNORECASE)
_COUNT_OLD = re.compile(rf"\s*(\d+)\s+{_FLOAT}\s+NPTS\s*,\s*DT", re.IGNORECASE)
_OURS = re.compile(r"ID=(\w*)\.(\w*)\.(\w*)\.(\w*)\s+START=(\S+)")
_HEADER_LINES = 8  # some files have a line or two before the title
_WIDTH = 15
_TITLE = "STRONG MOTION RECORD WRITTEN BY OBSPY_TNG"
# keys of our titles -> fields of stats.at2
_KEYS = {"M": "magnitude", "R": "distance", "H": "event_depth", "LAT": "station_latitude",
         "LON": "station_longitude", "ELEV": "station_elevation"}
_TNG = {"event_depth": "depth"}  # where stats.tng has another name


def is_at2(source):
    """
    Whether a file is AT2, VT2 or DT2.

    :param source: file name or binary file-like object.
    :return: bool; never raises.
    """
    return _find_header(peek_lines(source, 1024)) is not None


def read_at2(source, headonly=False, starttime=None, endtime=None, nearest_sample=True,
             strict=True, network=None, **kwargs):
    """
    Read an AT2, VT2 or DT2 file.

    :param source: file name or binary file-like object.
    :param headonly: read only the header.
    :param starttime: UTCDateTime to cut at.
    :param endtime: UTCDateTime to cut at.
    :param nearest_sample: see :meth:`obspy.core.trace.Trace.trim`.
    :param strict: raise on a file that is cut short; False: warn and give what is there.
    :param network: network code of the traces; AT2 has none.
    :return: Stream in m/s^2 (VT2: m/s, DT2: m); ``stats.at2`` as in :mod:`obspy_tng.io`.
    :raises TNGInputError: if the file cannot be read.
    """
    text = TextFile(source)
    row = _find_header(text.lines)
    if row is None:
        raise TNGInputError("AT2: no line with NPTS and DT below one with the units")
    header = [line[:MAX_LINE] for line in text.lines[:row + 1]]
    count = _COUNT.match(header[-1]) or _COUNT_OLD.match(header[-1])
    npts, data = to_int(count[1]), None
    if not headonly:
        lines = without_cut_number(numeric_lines(text.lines[row + 1:]), text.complete)
        data = parse_block(lines, npts, _WIDTH)
        check_count(len(data), npts, "AT2", strict)
    unit = _QUANTITY.search(header[-2])[2]
    event, date, station, name = _describe(header[-3] if len(header) > 2 else "")
    corners = dict(re.findall(rf"\b(HP|LP)\s*=\s*{_FLOAT}", header[-2].upper()))
    item = Component(
        "AT2", npts, to_float(count[2]), parse_direction(name), unit, data,
        station=clean_code(station, 5),
        meta={"event_name": event, "station_name": station, "header": {"text": header},
              "origin_time": to_utc(parse_date(date, dayfirst=False), _time(date)),
              "freqmin": to_float(corners.get("HP")), "freqmax": to_float(corners.get("LP"))})
    ours = _OURS.search(header[0])
    if ours:
        item.network, item.station, item.location, item.channel = ours.groups()[:4]
        item.starttime = to_utc(parse_date(ours[5]), parse_time(ours[5]))
        item.direction = parse_direction(item.channel[-1:])
        known = dict(re.findall(r"\b([A-Z]+)=(\S+)", header[0]))
        item.meta.update({field: to_float(known.get(key)) for key, field in _KEYS.items()})
        item.meta["processing"] = (header[0].partition(" ID=")[0]
                                   if header[0].startswith("SYNTHETIC") else None)
    return to_stream([item], starttime, endtime, nearest_sample, network)


def write_at2(stream, filename, **kwargs):
    """
    Write accelerations as AT2, in g.

    :param stream: Stream in m/s^2. Each trace goes into a file of its own: with
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
        "SYNTHETIC" if synthetic else "UNKNOWN EVENT")))
    start = stats.starttime
    known = {key: tng.get(_TNG.get(field, field)) for key, field in _KEYS.items()}
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
    lines = [line[:MAX_LINE] for line in lines[:_HEADER_LINES]]
    for row in range(1, len(lines)):
        if (_COUNT.match(lines[row]) or _COUNT_OLD.match(lines[row])) and (
                _QUANTITY.search(lines[row - 1])):
            return row
    return None


def _time(date):
    """Seconds since midnight after a date: ``12:31`` or, in old headers, ``1231``."""
    found = re.search(r"/\d{2,4}\s+(\d\d)(\d\d)\b", date)
    return parse_time(f"{found[1]}:{found[2]}" if found else date)


def _describe(line):
    """Earthquake, date and time, station, component: separated by commas, commas in names."""
    parts = [part.strip() for part in re.sub(r"\(.*?\)", "", line).split(",")]
    name = parts.pop() if len(parts) > 1 else ""
    dated = next((i for i, part in enumerate(parts) if parse_date(part, dayfirst=False)), None)
    if dated is None:
        return ", ".join(parts[:1]), "", ", ".join(parts[1:]), name
    date = re.search(r"\d{1,2}/\d{1,2}/\d{2,4}.*", parts[dated])
    event = [*parts[:dated], parts[dated][:date.start()].strip() if date else parts[dated]]
    return (", ".join(filter(None, event)), date[0] if date else parts[dated],
            ", ".join(parts[dated + 1:]), name)
