"""
Central Weather Administration, Taiwan (CWA, before 2023 CWB), free-field text
==============================================================================

Header lines ``#Key: value``, then one row a sample of time and three columns, in the order and
with the signs of the key DataSequence (``Time U(+); N(+); E(+)``), ``4F10.3``, in gal. Times are of
the zone in their key (``Origin Time(GMT+08)``); older files (TSMIP) have no zone and are in
UTC. [CWA]_

.. [CWA] Central Weather Administration, Geophysical Database Management System,
   gdms.cwa.gov.tw; Lee, W. H. K. et al., CWB free-field strong-motion data from the 21 September
   Chi-Chi, Taiwan, earthquake, Bulletin of the Seismological Society of America, 2001.
"""

import re

import numpy as np

from ..exceptions import TNGInputError
from .common.component import Component
from .common.contradictions import check_length
from .common.counts import check_count
from .common.fields import parse_magnitude, parse_moment
from .common.fortran import field_width, to_float
from .common.orientation import parse_direction
from .common.reading import TextFormat, claims, read_text

_NUMBER = r"([-+]?\d*\.?\d+)"
_TAIPEI = 8  # hours from UTC of what is called CST here
_MARKS = ("#STATIONCODE", "#STARTTIME", "#DATASEQUENCE")
NETWORK = "TW"


def is_cwa(source):
    """Whether a file is CWA free-field text: bool; never raises."""
    return claims(source, FORMAT)


def read_cwa(source, **options):
    """
    Read a CWA free-field file.

    :param source: file name or binary file-like object.
    :param options: see :func:`~.common.reading.read_text`; ``network`` replaces "TW".
    :return: Stream in m/s^2; ``stats.cwa`` as in :mod:`obspy_tng.io`.
    :raises TNGInputError: if the file cannot be read.
    """
    return read_text(source, FORMAT, **options)


def _claims(lines):
    found = [line for line in lines[:60] if line.startswith("#")]
    return lines[0].startswith("#") and all(
        any(line.startswith(mark) for line in found) for mark in _MARKS)


def _parse(record):
    lines = record.lines
    row = next((i for i, line in enumerate(lines) if line.strip() and not line.startswith("#")),
               len(lines))
    header = {}
    for line in lines[:row]:
        found = re.match(r"#*([^:(]*(?:\([^)]*\)[^:]*)?):(.*)", line)
        if found:
            header[found[1].strip()] = found[2].strip()
    columns = re.findall(r"\b(UD|NS|EW|[UVZDNSEW])\s*\(([+-])\)",
                         _one(header, "DataSequence").upper())
    if not columns:
        raise TNGInputError(f"DataSequence is {_one(header, 'DataSequence')!r}, must name the "
                            "columns, such as 'Time U(+); N(+); E(+)'")
    rate = to_float(_one(header, "SampleRate"))
    if not rate:
        raise TNGInputError(f"SampleRate is {_one(header, 'SampleRate')!r}, must be in Hz")
    length = to_float(_one(header, "RecordLength"))
    npts = int(length * rate + 1e-6) if length else None
    table = None
    if not record.headonly or npts is None:
        table = record.table(row, len(columns) + 1, field_width(_one(header, "Data")))
        if not np.isfinite(table).all():
            raise TNGInputError("a row has a blank field")
        check_count(len(table), npts, _one(header, "StationCode"), record.strict,
                    record.stop)
        check_length(len(table) - 1, 1.0 / rate, np.ptp(table[:, 0]), "the column of times")
        npts = len(table)
    return [_component(header, number, letter + sign, npts, rate,
                       None if table is None else table[:, number])
            for number, (letter, sign) in enumerate(columns, 1)]


def _component(header, number, name, npts, rate, column):
    unit = re.match(r"[A-Za-z][\w/^*]*", _one(header, "AmplitudeUnit"))
    peaks = re.findall(_NUMBER, _one(header, f"AmplitudeMAX. {name[0]}"))
    start = _moment(header, "StartTime")
    kind = re.search(r"\((\w+)\)", _key(header, "Magnitude"))
    return Component(
        npts, 1.0 / rate, parse_direction(name), unit[0] if unit else "", column,
        start.time, start.precision, NETWORK, re.split(r"[\s(]", _one(header, "StationCode"))[0],
        number=number,
        station_name=_one(header, "StationName"),
        station_latitude=_coordinate(header, "StationLatitude"),
        station_longitude=_coordinate(header, "StationLongitude"), hemispheres="NE",
        instrument=_one(header, "InstrumentKind"), origin_time=_moment(header, "Origin Time").time,
        event_latitude=_coordinate(header, "EpicenterLatitude"),
        event_longitude=_coordinate(header, "EpicenterLongitude"),
        event_depth=to_float(_one(header, "Depth")),
        magnitude=parse_magnitude(_one(header, "Magnitude"))[0],
        magnitude_type=kind[1] if kind else None,
        pga=max(map(float, peaks), key=abs, default=None), header=header)


def _key(header, start):
    """The first key that starts so, blanks apart; empty without one."""
    return next((key for key in header if key.replace(" ", "").lower().startswith(
        start.replace(" ", "").lower())), "")


def _one(header, start):
    return header.get(_key(header, start), "")


def _coordinate(header, start):
    """Degrees; the key has the letter of the hemisphere."""
    value = to_float(_one(header, start))
    return -value if value and re.search(r"\([SW]\)", _key(header, start)) else value


def _moment(header, start):
    """Time in UTC; the key has the time zone, old ones have none and are in UTC."""
    zone = re.search(r"\((.*)\)", _key(header, start))
    zone = zone[1].upper().replace("CST", f"GMT+{_TAIPEI}") if zone else ""
    zone = zone if re.match("GMT|UTC", zone) or not zone else "LOCAL"
    return parse_moment(re.sub(r"(?<=\d)-(?=\d{1,2}:)", " ", _one(header, start)) + f" {zone}")


FORMAT = TextFormat("CWA", _claims, _parse)
