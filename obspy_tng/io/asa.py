"""
Archivo estandar de aceleracion, ASA 2.0 (CIRES, UNAM and others in Mexico)
===========================================================================

About 109 header lines in Spanish, ``KEY : value``, where values that differ
between channels stand as ``/a/b/c``; then one row a sample with one column a
channel (``3F10.4``). Direction and sign follow the key ORIENTACION: the column
heads may contradict it, since they are left over from older files. [SMIS1993]_

The header has the time of the first sample without its date: the date is that
which brings it nearest to the origin time of the earthquake.

.. [SMIS1993] Sociedad Mexicana de Ingenieria Sismica, Base Mexicana de Datos
   de Sismos Fuertes, catalogo de estructura (Archivo Estandar de Aceleracion).
"""

import re
import unicodedata

import numpy as np

from ..exceptions import TNGInputError
from .common.component import Component, check_count, to_stream
from .common.fields import parse_coordinates, parse_date, parse_time, to_utc
from .common.fortran import numeric_lines, parse_table, to_float, to_int, without_cut_number
from .common.orientation import parse_direction
from .common.textfile import MAX_LINE, TextFile, peek_lines

_MARK = "ARCHIVO ESTANDAR DE ACELERACION"
# The CIRES network (FICA before 1995) has no registered code; XR (a code for temporary networks) is
# what its records carry in SDS archives. network= overrides it.
_NETWORKS = {"CIRES": "XR", "FICA": "XR"}
_MAGNITUDES = ("MW", "M", "MS", "ML", "MC", "MB")
_MAX_CHANNELS = 12
_HALF_DAY = 43200.0


def is_asa(source):
    """
    Whether a file is ASA.

    :param source: file name or binary file-like object.
    :return: bool; never raises.
    """
    return any(_plain(line).strip(": ") == _MARK for line in peek_lines(source, 2048)[:20])


def read_asa(source, headonly=False, starttime=None, endtime=None, nearest_sample=True,
             strict=True, network=None, **kwargs):
    """
    Read an ASA file.

    :param source: file name or binary file-like object.
    :param headonly: read only the header.
    :param starttime: UTCDateTime to cut at.
    :param endtime: UTCDateTime to cut at.
    :param nearest_sample: see :meth:`obspy.core.trace.Trace.trim`.
    :param strict: raise on a file that is cut short; False: warn and give what is there.
    :param network: network code that replaces the default ("XR" for CIRES, else empty).
    :return: Stream in m/s^2; ``stats.asa`` as in :mod:`obspy_tng.io`. A file that holds
        more rows than its header states is read to its end.
    :raises TNGInputError: if the file cannot be read.
    """
    text = TextFile(source)
    header, body = _split(text.lines)
    count = to_int(_one(header, "NUMERO DE CANALES")) or len(_values(header, "ORIENTACION"))
    if not 1 <= count <= _MAX_CHANNELS:
        raise TNGInputError(f"ASA: NUMERO DE CANALES is {count}, must be 1 to {_MAX_CHANNELS}")
    columns = [None] * count
    npts = [to_int(value) for value in _values(header, "NUM. TOTAL DE MUESTRAS", count)]
    if not headonly or None in npts:
        columns = _columns(header, body, npts, text.complete)
        worst = min(range(count), key=lambda i: len(columns[i]) - (npts[i] or 0))
        check_count(len(columns[worst]), npts[worst], f"ASA channel {worst + 1}", strict)
    components = [_component(header, number, npts[number], column)
                  for number, column in enumerate(columns)]
    if headonly:
        for item in components:
            item.data = None
    return to_stream(components, starttime, endtime, nearest_sample, network)


def _split(lines):
    """Header as dict (values of continued lines joined by a line end), and the data lines."""
    header, key = {}, None
    start = next((i for i, line in enumerate(lines)
                  if _plain(line[:80]).startswith("DATOS DE ACELERACION")), len(lines))
    for line in lines[:start]:
        name, colon, value = line[:MAX_LINE].partition(":")
        if colon and name.strip():
            key = _plain(name).strip()
            header[key] = value.strip()
        elif colon and key:
            header[key] = f"{header[key]}\n{value.strip()}".strip()
        elif line.strip():
            key = None
    for size, line in enumerate(lines[start + 1:start + 8], start + 2):
        if numeric_lines([line]) and not line.startswith("--"):
            return header, lines[size - 1:]
    return header, lines[start + 8:]


def _columns(header, body, npts, complete):
    """Samples of each channel, without the blanks below the shorter ones."""
    fmt = re.search(r"F\s*(\d+)", _one(header, "FORMATO DATOS").upper())
    width = int(fmt[1]) if fmt and 4 <= int(fmt[1]) <= 30 else 10
    lines = without_cut_number(numeric_lines(body), complete, width)
    if lines and len(lines[-1].split()) < len(npts) and len(set(npts)) == 1:
        lines.pop()  # a row that was cut
    table = parse_table(lines, len(npts), width) if lines else np.empty((0, len(npts)))
    columns = []
    for number, expected in enumerate(npts):
        column = table[:, number] if len(set(npts)) == 1 else table[:expected, number]
        filled = np.flatnonzero(np.isfinite(column))
        column = column[:filled[-1] + 1] if filled.size else column[:0]
        if not np.isfinite(column).all():
            raise TNGInputError(f"ASA channel {number + 1}: blank field in row "
                                f"{np.flatnonzero(~np.isfinite(column))[0] + 1}")
        columns.append(column)
    return columns


def _component(header, number, npts, column):
    def value(key):
        values = _values(header, key)
        return values[number] if number < len(values) else ""

    owner = _one(header, "INSTITUCION RESPONSABLE")
    peak = to_float(value("ACEL. MAX. (GAL)"))
    return Component(
        "ASA", npts if npts is not None else len(column), _delta(header, value, npts),
        parse_direction(value("ORIENTACION")), _unit(header), column, _first_sample(header),
        next((code for name, code in _NETWORKS.items() if name in owner.upper()), ""),
        _one(header, "CLAVE DE LA ESTACION"), number=number + 1,
        meta={**_meta(header), "pga": peak})


def _meta(header):
    place, epicenter = (parse_coordinates(_one(header, key)) for key in (
        "COORDENADAS DE LA ESTACION", "COORDENADAS DEL EPICENTRO"))
    sizes = {name.upper(): to_float(size) for name, size in re.findall(
        r"\b(M[a-z]?)\s*=\s*(\d+[.,]?\d*)", _one(header, "MAGNITUD"), re.IGNORECASE)}
    kind = next((name for name in _MAGNITUDES if name in sizes), None)
    return {
        "format_version": _one(header, "VERSION DEL FORMATO"),
        "station_name": _one(header, "NOMBRE DE LA ESTACION"),
        "station_latitude": place[0], "station_longitude": place[1],
        "station_elevation": to_float(_one(header, "ALTITUD")),
        "origin_time": _origin(header), "event_latitude": epicenter[0],
        "event_longitude": epicenter[1],
        "event_depth": to_float(_one(header, "PROFUNDIDAD FOCAL")),
        "magnitude": sizes.get(kind), "magnitude_type": kind and kind.capitalize(),
        "instrument": _one(header, "MODELO DEL ACELEROGRAFO"), "header": header}


def _values(header, key, count=None):
    """Values ``/a/b/c`` of the keys that start so, channels 1-6 and then 7-12."""
    values = []
    for name in sorted(_names(header, key), key=lambda name: "C7" in name):
        values += [v.strip() for v in header[name].replace("\n", "").split("/")[1:]]
    return values if count is None else [*values, *[""] * count][:count]


def _names(header, key):
    """Keys that start so; blanks and points differ between agencies."""
    return [name for name in header if _squeeze(name).startswith(_squeeze(key))]


def _one(header, key):
    """Value of the first key that starts so; empty without one."""
    return next((header[name] for name in _names(header, key)), "")


def _delta(header, value, npts):
    """The stated interval; with decimation, the one that agrees with the duration."""
    rate = to_float(value("VEL. DE MUESTREO"))
    delta = to_float(value("INTERVALO DE MUESTREO")) or (1 / rate if rate else None)
    step = to_float(_one(header, "FACTOR DE DECIMACION")) or 1.0
    duration = to_float(value("DURACION DEL REGISTRO"))
    if delta and duration and npts and step > 1:
        return min((delta, delta * step), key=lambda d: abs(npts * d - duration))
    return delta


def _unit(header):
    unit = _one(header, "UNIDADES DE LOS DATOS")
    return "gal" if not unit or "GAL" in unit.upper() else unit


def _origin(header):
    return to_utc(parse_date(_one(header, "FECHA DEL SISMO")),
                  parse_time(_one(header, "HORA EPICENTRO")))


def _first_sample(header):
    seconds = parse_time(_one(header, "HORA DE LA PRIMERA MUESTRA"))
    origin = _origin(header)
    if seconds is None:
        return None
    if origin is None:
        name = re.match(r"[A-Z0-9]{4}(\d{8})\d{4}", _one(header, "NOMBRE DEL ARCHIVO"))
        return to_utc(parse_date(name[1]), seconds) if name else None
    midnight = to_utc((origin.year, origin.month, origin.day))
    turns = round((origin - (midnight + seconds)) / (2 * _HALF_DAY))
    return midnight + seconds + turns * 2 * _HALF_DAY


def _squeeze(key):
    return re.sub("[^A-Z0-9]", "", key)


def _plain(text):
    """Upper case without accents."""
    return unicodedata.normalize("NFKD", text).encode("ascii", "ignore").decode().upper()
