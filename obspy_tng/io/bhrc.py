"""
BHRC, Iran (Road, Housing and Urban Development Research Center), volume 1
==========================================================================

For each of the components L, V and T: 13 lines of text, 100 integers (14I5), 100 reals (F13), then
the samples, ten a line, in the unit that the text states (G/10). The azimuths of L and T are in
the line of the station. Stations are known by name: the number of a file is that of the record.
There is no start time: traces begin on 1 January 1970. [ISMN]_

.. [ISMN] Iran Strong Motion Network, Road, Housing and Urban Development Research Center,
   smd.bhrc.ac.ir.
"""

import re

from ..exceptions import TNGInputError
from .common.caltech import split_header, stated_points, stated_unit
from .common.component import Component
from .common.counts import check_complete
from .common.fields import parse_coordinates, parse_magnitude, parse_moment
from .common.fortran import to_float
from .common.orientation import Direction, horizontal, parse_direction
from .common.reading import TextFormat, claims, read_text

_START = re.compile(r"^\*\s*VOL\d\w*\s+FILE:")
_TEXT_LINES, _REAL_LINES = 13, 7
_WIDTH = 13
NETWORK = "I1"


def is_bhrc(source):
    """Whether a file is BHRC volume 1: bool; never raises."""
    return claims(source, FORMAT)


def read_bhrc(source, **options):
    """
    Read a BHRC volume 1 file.

    :param source: file name or binary file-like object.
    :param options: see :func:`~.common.reading.read_text`; ``network`` replaces "I1".
    :return: Stream in m/s^2; ``stats.bhrc`` as in :mod:`obspy_tng.io`.
    :raises TNGInputError: if the file cannot be read.
    """
    return read_text(source, FORMAT, **options)


def _claims(lines):
    return bool(_START.match(lines[0])) and any(
        line.startswith("COMP") for line in lines[4:8]) and any(
        line.startswith("UNITS ARE") for line in lines[8:14])


def _parse(record):
    header = split_header(record, _TEXT_LINES, _REAL_LINES, real_width=_WIDTH)
    words, text = header.words, header.text
    npts, unit = stated_points(text), stated_unit(text)
    if npts is None or unit is None:
        raise TNGInputError("the number of points, or the unit of the data, is not stated")
    data = record.block(header.row, npts, _WIDTH, words[6].strip() or "acceleration")
    if data is not None:
        check_complete(b"\n/&" in record.text.raw, "acceleration", record.strict)
    station, _, place = words[7].partition(" Station")
    azimuths = dict(re.findall(r"\b([LT])[:\s]\s*(\d{1,3}|[NS]\s?\d{1,2}\s?[EW])\b", place))
    size, kind = parse_magnitude(words[8].partition("Km")[2] or words[8])
    position, epicenter = parse_coordinates(place), parse_coordinates(words[8])
    return [Component(
        npts, _delta(header, npts), _direction(words, azimuths), unit, data, network=NETWORK,
        station=station.strip(), station_name=station, station_latitude=position[0],
        station_longitude=position[1],
        station_elevation=_number(r"Altitude\s*(-?\d+\.?\d*)", place), hemispheres="NE",
        instrument=words[1].partition("=")[2],
        origin_time=parse_moment(words[2].partition(":")[2]).time,
        event_latitude=epicenter[0], event_longitude=epicenter[1],
        event_depth=_number(r"\bFD\s*(\d+\.?\d*)", words[8]), magnitude=size,
        magnitude_type=kind, format_version="V1", header=header.plain())]


def _number(pattern, text):
    found = re.search(pattern, text)
    return to_float(found[1]) if found else None


def _delta(header, npts):
    """The interval of the stated rate, where that agrees with count and duration, else of these."""
    found = re.search(r"DURATION\s*=\s*(\d*\.?\d+)", header.text)
    duration = (to_float(found[1]) if found else None) or header.reals[2]
    rate = next((value for value in header.reals[5:8] if value and value >= 10), None)
    if rate and duration and abs(npts / rate - duration) <= 0.01 * duration:
        return 1.0 / rate
    return duration / npts if duration else None


def _direction(words, azimuths):
    name = words[4].strip() or words[6].partition("COMP")[2].strip()[:1]
    direction = parse_direction(name)
    if direction.letter is not None and name in azimuths:
        stated = azimuths[name]
        return horizontal(float(stated)) if stated.isdigit() else parse_direction(stated)
    return direction if direction.known else Direction()


FORMAT = TextFormat("BHRC", _claims, _parse, (b"* VOL", b"*VOL"), _START)
