"""
University of Southern California (USC), volumes 1 and 2
========================================================

The layout of Caltech's tapes. Volume 1, uncorrected: 13 lines of text (their lengths stand at
the ends of the lines), 100 integers (16I5), 50 reals (8F10), then pairs of time and acceleration
at uneven times, which are interpolated to an even rate. Volume 2, corrected: 25 lines of text,
100 integers, 100 reals, then acceleration, velocity and displacement, each below a line that
announces it; the acceleration is read. Records have no start time: traces begin on
1 January 1970. [USC]_

.. [USC] Trifunac, M. D. and V. W. Lee, Uncorrected and corrected accelerogram data of the Los
   Angeles strong-motion network, University of Southern California; Trifunac, M. D. and V. W. Lee,
   Routine computer processing of strong-motion accelerograms, Caltech report EERL 73-03, 1973.
"""

import re

from ..exceptions import TNGInputError
from .common.caltech import read_pairs, split_header, stated_interval, stated_points, stated_unit
from .common.component import Component
from .common.fields import parse_coordinates, parse_moment
from .common.fortran import numeric_block, to_float
from .common.orientation import DOWN, UP, Direction, horizontal, parse_direction
from .common.reading import TextFormat, claims, read_text

_VOLUME1 = re.compile(r"^\s*FILE\s+\d+\s+OF UNCORRECTED ACCELEROGRAM DATA OF VOLUME", re.IGNORECASE)
_VOLUME2 = re.compile(r"^\s*CORRECTED ACCELEROGRAM\b", re.IGNORECASE)
_START = re.compile(f"{_VOLUME1.pattern}|{_VOLUME2.pattern}", re.IGNORECASE)
_STATION = re.compile(r"STATION\s+USC\s*#?\s*(\w+)(.*)", re.IGNORECASE)
_LAYOUTS = {"V1": (13, 7), "V2": (25, 13)}  # lines of text, lines of reals
# codes of directions besides azimuths
_DIRECTIONS = {400: UP, 500: UP, 600: DOWN, 700: Direction(letter="1"), 800: Direction(letter="2")}
_WIDTH = 10
NETWORK = "LA"


def is_usc(source):
    """Whether a file is USC volume 1 or 2: bool; never raises."""
    return claims(source, FORMAT)


def read_usc(source, **options):
    """
    Read a USC volume 1 or 2 file.

    :param source: file name or binary file-like object.
    :param options: see :func:`~.common.reading.read_text`; ``network`` replaces "LA".
    :return: Stream of acceleration in m/s^2; ``stats.usc`` as in :mod:`obspy_tng.io`.
    :raises TNGInputError: if the file cannot be read.
    """
    return read_text(source, FORMAT, **options)


def _claims(lines):
    return bool(_START.match(lines[0])) and any(_STATION.match(line) for line in lines[3:9])


def _parse(record):
    volume = "V1" if _VOLUME1.match(record.lines[0]) else "V2"
    header = split_header(record, *_LAYOUTS[volume])
    integers, reals = header.integers, header.reals
    words = [re.sub(r"\s{2,}\d{1,2}\s*$", "", line).strip() for line in header.words]
    if volume == "V1":
        unit = stated_unit(header.text)
        if not unit:
            raise TNGInputError("the unit of the data is not stated")
        count = stated_points(header.text) or int(integers[27] or 0)
        delta, _, data = read_pairs(record, header.row, count)
        npts = len(data)
    else:
        npts, delta, unit, data = _corrected(record, header)
    item = Component(npts, delta, _direction(words, integers), unit, data, network=NETWORK,
                     hemispheres="NW", format_version=volume, header=header.plain())
    _fill_meta(item, words)
    item.magnitude, item.distance, item.event_depth = reals[11], reals[10], reals[13]
    if volume == "V2":
        peak = re.search(r"PEAK ACCELERATION\s*=?\s*(-?\d*\.?\d+)", header.text, re.IGNORECASE)
        item.pga = to_float(peak[1]) if peak else None
        item.freqmin, item.freqmax = _pass_band(header.text)
    return [item]


def _corrected(record, header):
    """Count, interval, unit and samples of the acceleration of volume 2."""
    head = record.lines[header.row] if header.row < len(record.lines) else ""
    announced = not numeric_block(head.encode("latin-1", "replace"))
    head = head if announced else ""
    stated = re.search(r"(\d+)\s+(?:POINTS|INSTRUMENT)", head + header.text, re.IGNORECASE)
    npts = int(header.integers[52] or 0) or (int(stated[1]) if stated else 0)
    if npts < 1:
        raise TNGInputError(f"number of samples (integer 53) is {npts}, must be positive")
    duration = header.reals[2]
    delta = stated_interval(head) or stated_interval(header.text) or (
        duration / npts if duration else None)
    # not the G/10 of the uncorrected record, whose heading is repeated
    unit = re.search(r"\b(?:CMS?/SEC/SEC|CM/SEC2|CM/S/S|CM/SEC\*\*2|MM/SEC/SEC)",
                     head + "\n" + header.text, re.IGNORECASE)
    if not unit:
        raise TNGInputError("the unit of the data is not stated")
    return npts, delta, unit[0].upper().replace("CMS", "CM"), record.block(
        header.row + announced, npts, _WIDTH, "acceleration")


def _pass_band(text):
    """``FILTERED BETWEEN .050- .070 AND 25.00-27.00 CYC/SEC``: where the ramps end and begin."""
    found = re.search(r"BETWEEN\s+(\d*\.?\d+)(?:\s*-\s*(\d*\.?\d+))?\s*(?:AND|-)\s*(\d*\.?\d+)",
                      text, re.IGNORECASE)
    return (to_float(found[2] or found[1]), to_float(found[3])) if found else (None, None)


def _fill_meta(item, words):
    row = next((i for i, line in enumerate(words) if _STATION.match(line)), None)
    if row is None:
        raise TNGInputError("the line of the station (STATION USC# ...) is missing")
    station = _STATION.match(words[row])
    item.station, item.station_name = station[1], words[row + 1]
    item.station_latitude, item.station_longitude = _place(item, "station", station[2])
    epicenter = next((line for line in words if line.upper().startswith("EPICENTER")), "")
    item.event_latitude, item.event_longitude = _place(item, "event", epicenter)
    item.event_name = words[row - 3]
    item.origin_time = parse_moment(words[row - 2].replace("-", " "), dayfirst=False).time


def _place(item, name, text):
    """Coordinates; a longitude with the letter of a latitude is west, where the network is."""
    latitude, longitude = parse_coordinates(text)
    if latitude is not None and longitude is None:
        as_west = re.sub(r"[NS]\s*$", "W", text.upper().strip())
        latitude, longitude = parse_coordinates(as_west)
        item.doubts.append(f"{name}_longitude has the letter of a latitude in the file; "
                           "taken as west")
    return latitude, longitude


def _direction(words, integers):
    line = next((line for line in words if line.upper().startswith("COMP")), "")
    direction = parse_direction(line[4:])
    code = integers[26]
    if direction.known or not code:  # 0 is a blank: north is in words, or 360
        return direction
    return horizontal(code) if 0 < code <= 360 else _DIRECTIONS.get(code, Direction())


FORMAT = TextFormat("USC", _claims, _parse, (b"ACCELEROGRAM",), _START)
