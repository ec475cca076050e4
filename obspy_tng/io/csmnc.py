"""
China Strong Motion Network Center (CSMNC)
==========================================

One component a file: about 16 lines of text (record, earthquake, station, component, unit,
count and interval, peak, start), then the samples, eight a line. Times are Beijing time
(BTM, UTC+8); RECORDER TIME is that of the first sample. The network has no registered code:
give one with ``network=``. [CSMNC]_

.. [CSMNC] China Strong Motion Network Center, Institute of Engineering Mechanics, China
   Earthquake Administration, www.csmnc.net.
"""

import re

from ..exceptions import TNGInputError
from .common.component import Component, stated_quantity
from .common.fields import parse_coordinates, parse_magnitude, parse_moment
from .common.fortran import to_float
from .common.orientation import parse_direction
from .common.reading import TextFormat, claims, read_text

_POINTS = re.compile(r"NO\. OF POINTS:?\s*(\d+)\s+EQUALLY SPACED INTERVALS? OF:?\s*"
                     r"(\d*\.?\d+)\s*SEC")
_MAX_HEADER = 40
_WIDTH = 13
_BEIJING = 8.0


def is_csmnc(source):
    """Whether a file is a CSMNC record: bool; never raises."""
    return claims(source, FORMAT)


def read_csmnc(source, **options):
    """
    Read a CSMNC file.

    :param source: file name or binary file-like object.
    :param options: see :func:`~.common.reading.read_text`; ``network`` is the network code of the
        traces: files have none.
    :return: Stream in m/s^2; ``stats.csmnc`` as in :mod:`obspy_tng.io`.
    :raises TNGInputError: if the file cannot be read.
    """
    return read_text(source, FORMAT, **options)


def _claims(lines):
    text = "\n".join(lines[:_MAX_HEADER])
    return bool(_POINTS.search(text)) and "\nSTATION:" in text and bool(
        re.search(r"\nCOMP\b", text)) and "UNIT:" in text


def _parse(record):
    lines = [line.strip() for line in record.lines[:_MAX_HEADER]]
    row = next((i for i, line in enumerate(lines) if i > 5 and "." in line and re.fullmatch(
        r"[-+\d.Ee\s]*\d[-+\d.Ee\s]*", line)), len(lines))
    text = "\n".join(lines[:row]).upper()

    def one(pattern):
        found = re.search(pattern, text)
        return found[1].strip() if found else ""

    points, unit = _POINTS.search(text), one(r"UNIT:\s*(.*)")
    if not points or not unit:
        raise TNGInputError("the line with the number of points, or that with the unit, is missing")
    npts, station = int(points[1]), one(r"\nSTATION:\s*(\w+)")
    if len(station) == 6:  # 065JZC is 65JZC
        station = station.removeprefix("0")
    start = _moment(one(r"RECORDER TIME:\s*(.*)"))
    place = parse_coordinates(one(r"\nSTATION:\s*\w+(.*)"))
    epicenter = parse_coordinates(one(r"\nEPICENTER(.*?)(?:DEPTH|\n)"))
    size, kind = parse_magnitude(one(r"\nMAGNITUDE(.*)"))
    return [Component(
        npts, to_float(points[2]), parse_direction(one(r"\nCOMP\.?\s*(.*)")), unit,
        record.block(row, npts, _WIDTH, station), start.time, start.precision, station=station,
        quantity=stated_quantity(one(r"CORRECTED (\w+)")),
        station_latitude=place[0], station_longitude=place[1],
        sensor_place=one(r"OBSERVING POINT:\s*(.*)"), hemispheres="NE",
        instrument=one(r"INSTRUMENT TYPE:\s*(.*)"),
        event_name=one(r"\n(.*\bEARTHQUAKE\b.*)"), origin_time=_origin(lines),
        event_latitude=epicenter[0], event_longitude=epicenter[1],
        event_depth=to_float(one(r"DEPTH:?\s*([\d.]+)\s*KM")),
        magnitude=size, magnitude_type=kind,
        pga=to_float(one(r"PEAK VALUE:\s*(\S+)")),
        duration=to_float(one(r"DURATION:\s*([\d.]+)\s*SEC")), header={"text": record.lines[:row]},
        processing=one(r"\n((?:UN)?CORRECTED \w+)"))]


def _origin(lines):
    """Of the first lines, such as ``0120103153957 2012-01-03 15:39:57 BTM``."""
    for line in lines[1:4]:
        time = _moment(re.sub(r"^\d{10,}\s", "", line)).time
        if time is not None:
            return time
    return None


def _moment(text):
    """Time of Beijing, which some call CST, unless another zone is named."""
    return parse_moment(re.sub(r"\bCST\b", "BJT", text.upper()), zone=_BEIJING)


FORMAT = TextFormat("CSMNC", _claims, _parse)
