"""
Archivo estandar de aceleracion, ASA 2.0 (CIRES, UNAM and others in Mexico)
===========================================================================

About 109 header lines in Spanish, ``KEY : value``, where values that differ
between channels stand as ``/a/b/c`` (some institutes leave out the first slash);
then one row a sample with one column a channel (``3F10.4``). Direction and sign follow
the key ORIENTACION. The column heads may contradict it, since they were copied from
older files. [SMIS1993]_

The header has the time of the first sample without its date. The date is chosen such
that the time is nearest to the origin time of the earthquake.

.. [SMIS1993] Sociedad Mexicana de Ingenieria Sismica, Base Mexicana de Datos
   de Sismos Fuertes, catalogo de estructura (Archivo Estandar de Aceleracion).
"""

import re
import unicodedata

import numpy as np

from ..exceptions import TNGInputError
from .common.component import Component
from .common.counts import check_count
from .common.fields import parse_clock, parse_coordinates, parse_date, parse_magnitude, to_utc
from .common.fortran import field_width, numeric_block, to_float, to_int
from .common.orientation import parse_direction
from .common.reading import TextFormat, claims, read_text

_MARK = "ARCHIVO ESTANDAR DE ACELERACION"
# The CIRES network (FICA before 1995) has no registered code; XR (a code for temporary networks) is
# what its records carry in SDS archives. network= overrides it.
_NETWORKS = {"CIRES": "XR", "FICA": "XR"}
_MAX_CHANNELS = 12
_DAY = 86400.0
_SAME = 0.01  # of an interval


def is_asa(source):
    """Whether a file is ASA 2.0: bool; never raises."""
    return claims(source, FORMAT)


def read_asa(source, **options):
    """
    Read an ASA file.

    :param source: file name or binary file-like object.
    :param options: see :func:`~.common.reading.read_text`; ``network`` replaces the default
        ("XR" for CIRES, else empty).
    :return: Stream in m/s^2; ``stats.asa`` as in :mod:`obspy_tng.io`. A file that holds
        more rows than its header states is read to its end.
    :raises TNGInputError: if the file cannot be read.
    """
    return read_text(source, FORMAT, **options)


def _claims(lines):
    return any(_plain(line).strip(": ") == _MARK for line in lines[:20])


def _parse(record):
    header, row = _split(record)
    count = _channels(header, record, row)
    if not 1 <= count <= _MAX_CHANNELS:
        raise TNGInputError(f"NUMERO DE CANALES is {count}, must be 1 to {_MAX_CHANNELS}")
    npts = [to_int(value) for value in _values(header, "NUM. TOTAL DE MUESTRAS", count)]
    columns = [None] * count
    if not record.headonly or None in npts:
        columns = _columns(header, record, row, count)
        worst = min(range(count), key=lambda i: len(columns[i]) - (npts[i] or 0))
        check_count(len(columns[worst]), npts[worst], f"ASA channel {worst + 1}", record.strict,
                    record.stop)
    return [_component(header, number, count, npts[number], column)
            for number, column in enumerate(columns)]


def _channels(header, record, row):
    """Number of channels: as stated, unless the orientations and the first row have others."""
    stated = to_int(_one(header, "NUMERO DE CANALES"))
    named = max(len(list(filter(None, _values(header, "ORIENTACION", count))))
                for count in (None, stated))
    columns = len(record.lines[row].split()) if row < len(record.lines) else None
    return named if columns == named or not stated else stated


def _split(record):
    """Header as dict (values of continued lines joined by a line end), and the row of the data."""
    header, key, lines = {}, None, record.lines
    start = next((i for i, line in enumerate(lines)
                  if _plain(line[:80]).startswith("DATOS DE ACELERACION")), len(lines))
    for line in lines[:start]:
        name, colon, value = line.partition(":")
        if colon and name.strip():
            key = _plain(name).strip()
            header[key] = value.strip()
        elif colon and key:
            header[key] = f"{header[key]}\n{value.strip()}".strip()
        elif line.strip():
            key = None
    for row, line in enumerate(lines[start + 1:start + 8], start + 1):
        if re.search(r"\d", line) and numeric_block(line.encode("latin-1", "replace")) and (
                not line.startswith("--")):
            return header, row
    return header, start + 8


def _columns(header, record, row, count):
    """Samples of each channel, without the blanks below the shorter ones."""
    table = record.table(row, count, field_width(_one(header, "FORMATO DATOS")))
    columns = []
    for number in range(count):
        column = table[:, number]
        filled = np.flatnonzero(np.isfinite(column))
        column = column[:filled[-1] + 1] if filled.size else column[:0]
        if not np.isfinite(column).all():
            raise TNGInputError(f"ASA channel {number + 1}: blank field in row "
                                f"{np.flatnonzero(~np.isfinite(column))[0] + 1}")
        columns.append(column)
    return columns


def _component(header, number, count, npts, column):
    def value(key):
        return _values(header, key, count)[number]

    def one(key):
        return _one(header, key)

    owner = one("INSTITUCION RESPONSABLE").upper()
    start, precision = _first_sample(header)
    delta, doubts = _delta(header, number, count, npts)
    place, epicenter = (parse_coordinates(one(f"COORDENADAS {key}")) for key in (
        "DE LA ESTACION", "DEL EPICENTRO"))
    size, kind = parse_magnitude(one("MAGNITUD"))
    return Component(
        npts if npts is not None else len(column), delta,
        parse_direction(value("ORIENTACION")), _unit(header), column, start, precision,
        next((code for name, code in _NETWORKS.items() if name in owner), ""),
        one("CLAVE DE LA ESTACION"), f"{number + 1:02d}" if count > 3 else "", number=number + 1,
        station_name=one("NOMBRE DE LA ESTACION"), station_latitude=place[0],
        station_longitude=place[1],
        station_elevation=_number(re.sub(r",(?=\d{3}\b)", "", one("ALTITUD"))), hemispheres="NW",
        instrument=one("MODELO DEL ACELEROGRAFO"),
        origin_time=_origin(header), event_latitude=epicenter[0], event_longitude=epicenter[1],
        event_depth=_number(one("PROFUNDIDAD FOCAL")), magnitude=size,
        magnitude_type=kind, pga=to_float(value("ACEL. MAX. (GAL)")), pga_unit="gal",
        format_version=one("VERSION DEL FORMATO"), doubts=doubts, header=header)


def _number(text):
    """A number, a unit may follow it."""
    found = re.match(r"\s*[-+]?\d+(?:[.,]\d*)?", text)
    return to_float(found[0]) if found else None


def _values(header, key, count=None):
    """
    Values ``/a/b/c`` of the keys that start so, channels 1-6 and then 7-12.

    Of ``count`` channels, commas or blanks may separate them where there is no slash.
    """
    values = []
    for name in sorted(_names(header, key), key=lambda name: "C7" in name):
        text = header[name].replace("\n", "").strip()
        if text:
            found = [v.strip() for v in text.removeprefix("/").split("/")]
            listed = re.split(r"\s*,\s*|\s+", text) if len(found) == 1 and count else found
            values += listed if len(listed) == count else found
    return values if count is None else [*values, *[""] * count][:count]


def _names(header, key):
    """Keys that start so; blanks and points differ between agencies."""
    return [name for name in header if _squeeze(name).startswith(_squeeze(key))]


def _one(header, key):
    """Value of the first key that starts so; empty without one."""
    return next((header[name] for name in _names(header, key)), "")


def _delta(header, number, count, npts):
    """
    The stated interval, and doubts.

    Where rate or decimation contradict it, it is what the duration agrees with.
    """
    def stated(key):
        values = _values(header, key, count)
        return to_float(values[number] if any(values[1:]) else values[0])

    rate, delta = stated("VEL. DE MUESTREO"), stated("INTERVALO DE MUESTREO")
    step = to_float(_one(header, "FACTOR DE DECIMACION")) or 1.0
    mean = (stated("DURACION DEL REGISTRO") or 0.0) / (npts or 1)
    told = [delta for delta in (delta, 1 / rate if rate else None) if delta] or [mean]
    agree = max(told) - min(told) <= _SAME * max(told)
    if agree and step == 1:
        return told[0], []
    if not mean and not agree:
        raise TNGInputError(f"VEL. DE MUESTREO and INTERVALO DE MUESTREO are {rate:g} Hz and "
                            f"{delta:g} s, and no duration tells which is right")
    best = min([*told, *(delta * step for delta in told)],
               key=lambda delta: abs(delta - (mean or told[0])))
    return best, [] if agree else [
        f"intervals of {told[0]:g} and {told[1]:g} s are stated, the duration agrees with {best:g}"]


def _unit(header):
    unit = _one(header, "UNIDADES DE LOS DATOS")
    plain = re.sub(r"\(.*?\)", "", unit).strip() or unit
    return "gal" if not plain or re.fullmatch(r"gal(e?s)?[\s.,;]*", plain, re.IGNORECASE) else plain


def _origin(header):
    return to_utc(parse_date(_one(header, "FECHA DEL SISMO")),
                  parse_clock(_one(header, "HORA EPICENTRO"))[0])


def _first_sample(header):
    """Time of the first sample, and how well it is stated."""
    stated = _one(header, "HORA DE LA PRIMERA MUESTRA")
    seconds, precision = parse_clock(stated)
    if seconds is None or "LOCAL" in stated.upper():
        return None, None
    origin = _origin(header)
    if origin is None:
        name = re.match(r"[A-Z0-9]{4}(\d{8})\d{4}", _one(header, "NOMBRE DEL ARCHIVO"))
        date = parse_date(_one(header, "FECHA DEL SISMO")) or (name and parse_date(name[1]))
        return to_utc(date, seconds), precision
    midnight = to_utc((origin.year, origin.month, origin.day))
    turns = round((origin - (midnight + seconds)) / _DAY)
    return midnight + seconds + turns * _DAY, precision


def _squeeze(key):
    return re.sub("[^A-Z0-9]", "", key)


def _plain(text):
    """Upper case without accents."""
    return unicodedata.normalize("NFKD", text).encode("ascii", "ignore").decode().upper()


FORMAT = TextFormat("ASA", _claims, _parse)
