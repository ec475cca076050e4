"""
Turkish national network, text files of before DYNA (NSMN)
==========================================================

17 header lines ``KEY : value``, a line with the names of the three columns
(``N-S E-W U-D``) and one row a sample, in gal.
"""

import re

from ..exceptions import TNGInputError
from .common.component import Component, check_count, to_stream
from .common.fields import parse_coordinates, parse_date, parse_time, to_utc
from .common.fortran import numeric_lines, parse_table, to_float, to_int, without_cut_number
from .common.orientation import parse_direction
from .common.textfile import MAX_LINE, TextFile, peek_lines

_MARK = re.compile(r"\s*STRONG GROUND MOTION RECORDS? OF TURK")
# Column names; numbers begin below them.
_COLUMN = re.compile(r"(?<![\w-])([NSEWUD]-[NSEWUD])(?![\w-])")
_WIDTH = 12
NETWORK = "TK"


def is_nsmn(source):
    """
    Whether a file is NSMN text.

    :param source: file name or binary file-like object.
    :return: bool; never raises.
    """
    lines = peek_lines(source)
    return bool(_MARK.match(lines[0] if lines else "")) and any(
        line.startswith("SAMPLING INTERVAL") for line in lines)


def read_nsmn(source, headonly=False, starttime=None, endtime=None, nearest_sample=True,
              strict=True, network=None, **kwargs):
    """
    Read an NSMN text file.

    :param source: file name or binary file-like object.
    :param headonly: read only the header.
    :param starttime: UTCDateTime to cut at.
    :param endtime: UTCDateTime to cut at.
    :param nearest_sample: see :meth:`obspy.core.trace.Trace.trim`.
    :param strict: raise on a file that is cut short; False: warn and give what is there.
    :param network: network code that replaces "TK".
    :return: Stream in m/s^2; ``stats.nsmn`` as in :mod:`obspy_tng.io`.
    :raises TNGInputError: if the file cannot be read.
    """
    text = TextFile(source, encoding="iso8859-9")
    start = next((i for i, line in enumerate(text.lines)
                  if ":" not in line and _COLUMN.search(line[:80].upper())), None)
    if start is None:
        raise TNGInputError("NSMN: the line that names the columns (N-S E-W U-D) is missing")
    fields = (line[:MAX_LINE].partition(":") for line in text.lines[:start])
    header = {key.strip().upper(): value.strip() for key, colon, value in fields if colon}
    columns = _COLUMN.findall(text.lines[start][:80].upper())
    npts, table = to_int(header.get("NUMBER OF DATA")), None
    if not headonly or npts is None:
        lines = without_cut_number(numeric_lines(text.lines[start + 1:]), text.complete)
        if lines and len(lines[-1].split()) < len(columns):
            lines.pop()  # a row that was cut
        table = parse_table(lines, len(columns), _WIDTH)[:npts] if lines else []
        check_count(len(table), npts, f"NSMN {header.get('STATION ID', '')}", strict)
        npts = len(table) if npts is None else npts
    peaks = dict(re.findall(r"\(([NSEWUD]-[NSEWUD])\)\s*([-+\d.,]+)",
                            header.get("RAW PGA VALUES (GAL)", "").upper()))
    components = [Component(
        "NSMN", npts, to_float(_value(header, "SAMPLING INTERVAL")), parse_direction(name), "gal",
        None if headonly else table[:, number], _first_sample(header), NETWORK,
        header.get("STATION ID", ""), number=number + 1,
        meta={**_meta(header), "pga": to_float(peaks.get(name))})
        for number, name in enumerate(columns)]
    return to_stream(components, starttime, endtime, nearest_sample, network)


def _meta(header):
    place = parse_coordinates(_value(header, "STATION COORDINATES"))
    epicenter = parse_coordinates(_value(header, "EPICENTER COORDINATES"))
    size = re.match(r"([\d.,]+)\s*(\w*)", _value(header, "EARTHQUAKE MAGNITUDE")) or ["", "", ""]
    date = _value(header, "EARTHQUAKE DATE")
    return {
        "station_name": header.get("PLACE"), "station_latitude": place[0],
        "station_longitude": place[1],
        "station_elevation": to_float(_value(header, "STATION ALTITUDE")),
        "origin_time": to_utc(parse_date(date), parse_time(date)),
        "event_latitude": epicenter[0], "event_longitude": epicenter[1],
        "event_depth": to_float(_value(header, "EARTHQUAKE DEPTH")),
        "magnitude": to_float(size[1]), "magnitude_type": size[2] or None,
        "instrument": header.get("RECORDER TYPE"), "header": header}


def _first_sample(header):
    time = _value(header, "RECORD TIME")
    return to_utc(parse_date(time), parse_time(time))


def _value(header, start):
    return next((header[key] for key in header if key.startswith(start)), "")
