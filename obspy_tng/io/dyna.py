"""
DYNA 1.x ASCII (ESM, ITACA ``.ASC``; AFAD ``.asc``)
===================================================

64 header lines ``KEY: value``, then one sample a line; one component a file
(several, one after the other, are read too). The header names the unit, and
the channel by its SEED code. [ESM2015]_

.. [ESM2015] Luzi, L. et al., Engineering Strong Motion Database; format
   DYNA 1.2, esm-db.eu.
"""

import re

import numpy as np

from ..exceptions import TNGInputError
from ..records.headers import scenario_value
from .common.codes import STATION_LENGTH, clean_code
from .common.component import Component, stated_quantity
from .common.fields import parse_clock, parse_date, parse_moment, to_utc
from .common.fortran import to_float, to_int
from .common.orientation import UP, Direction, horizontal, parse_direction
from .common.reading import TextFormat, claims, read_text
from .common.writing import acceleration, provenance, write_each

_DIRECTIONS = {"Z": UP, "U": UP, "V": UP, "N": horizontal(0), "E": horizontal(90)}
_UNITS = {"velocity": "cm/s", "displacement": "cm"}  # where they are not stated
# Keys of DYNA 1.2 in their order.
_KEYS = (
    "EVENT_NAME", "EVENT_ID", "EVENT_DATE_YYYYMMDD", "EVENT_TIME_HHMMSS",
    "EVENT_LATITUDE_DEGREE", "EVENT_LONGITUDE_DEGREE", "EVENT_DEPTH_KM",
    "HYPOCENTER_REFERENCE", "MAGNITUDE_W", "MAGNITUDE_W_REFERENCE", "MAGNITUDE_L",
    "MAGNITUDE_L_REFERENCE", "FOCAL_MECHANISM", "NETWORK", "STATION_CODE", "STATION_NAME",
    "STATION_LATITUDE_DEGREE", "STATION_LONGITUDE_DEGREE", "STATION_ELEVATION_M", "LOCATION",
    "SENSOR_DEPTH_M", "VS30_M/S", "SITE_CLASSIFICATION_EC8", "MORPHOLOGIC_CLASSIFICATION",
    "EPICENTRAL_DISTANCE_KM", "EARTHQUAKE_BACKAZIMUTH_DEGREE",
    "DATE_TIME_FIRST_SAMPLE_YYYYMMDD_HHMMSS", "DATE_TIME_FIRST_SAMPLE_PRECISION",
    "SAMPLING_INTERVAL_S", "NDATA", "DURATION_S", "STREAM", "UNITS", "INSTRUMENT",
    "INSTRUMENT_ANALOG/DIGITAL", "INSTRUMENTAL_FREQUENCY_HZ", "INSTRUMENTAL_DAMPING",
    "FULL_SCALE_G", "N_BIT_DIGITAL_CONVERTER", "PGA_CM/S^2", "TIME_PGA_S",
    "BASELINE_CORRECTION", "FILTER_TYPE", "FILTER_ORDER", "LOW_CUT_FREQUENCY_HZ",
    "HIGH_CUT_FREQUENCY_HZ", "LATE/NORMAL_TRIGGERED", "DATABASE_VERSION", "HEADER_FORMAT",
    "DATA_TYPE", "PROCESSING", "DATA_TIMESTAMP_YYYYMMDD_HHMMSS", "DATA_LICENSE",
    "DATA_CITATION", "DATA_CREATOR", "ORIGINAL_DATA_MEDIATOR_CITATION",
    "ORIGINAL_DATA_MEDIATOR", "ORIGINAL_DATA_CREATOR_CITATION", "ORIGINAL_DATA_CREATOR",
    "USER1", "USER2", "USER3", "USER4", "USER5")
_NUMBERS = {"station_latitude": "STATION_LATITUDE_DEGREE",
            "station_longitude": "STATION_LONGITUDE_DEGREE",
            "station_elevation": "STATION_ELEVATION_M", "vs30": "VS30_M/S",
            "event_latitude": "EVENT_LATITUDE_DEGREE", "event_longitude": "EVENT_LONGITUDE_DEGREE",
            "event_depth": "EVENT_DEPTH_KM", "distance": "EPICENTRAL_DISTANCE_KM",
            "freqmin": "LOW_CUT_FREQUENCY_HZ", "freqmax": "HIGH_CUT_FREQUENCY_HZ"}
_TEXTS = {"event_id": "EVENT_ID", "event_name": "EVENT_NAME", "station_name": "STATION_NAME",
          "instrument": "INSTRUMENT", "processing": "PROCESSING",
          "format_version": "HEADER_FORMAT"}
# how we note a station code that is longer than a SEED code
_OWN = re.compile(r"obspy_tng station (\w+)")
_OWN_PRECISION = "microseconds"  # only in our own files


def is_dyna(source):
    """Whether a file is DYNA: bool; never raises."""
    return claims(source, FORMAT)


def read_dyna(source, **options):
    """
    Read a DYNA file.

    :param source: file name or binary file-like object.
    :param options: see :func:`~.common.reading.read_text`.
    :return: Stream in m/s^2; ``stats.dyna`` as in :mod:`obspy_tng.io`, with the file's
        own header in ``stats.dyna.header``.
    :raises TNGInputError: if the file cannot be read.
    """
    return read_text(source, FORMAT, **options)


def _claims(lines):
    keys = {line.partition(":")[0].strip() for line in lines}
    return lines[0].startswith("EVENT_NAME:") and {
        "STATION_CODE", "SAMPLING_INTERVAL_S", "NDATA"} <= keys


def _parse(record):
    lines = record.lines
    size = next((i for i, line in enumerate(lines) if to_float(line) is not None), len(lines))
    header = {key.strip().upper(): value.strip()
              for key, _, value in (line.partition(":") for line in lines[:size])}
    npts, delta = to_int(header.get("NDATA")), to_float(header.get("SAMPLING_INTERVAL_S"))
    quantity = header.get("DATA_TYPE", "")
    if "SPECTR" in quantity.upper():
        raise TNGInputError(f"DATA_TYPE is {quantity!r}, must be a time series")
    data = record.block(size, npts, what=header.get("STATION_CODE", "record"))
    stream = header.get("STREAM", "")
    start = parse_moment(re.sub("[_T]", " ", header.get(
        "DATE_TIME_FIRST_SAMPLE_YYYYMMDD_HHMMSS", "")))
    kind, magnitude = next(((kind, value) for kind, value in (
        (kind, to_float(header.get(f"MAGNITUDE_{kind}"))) for kind in "WLSB")
        if value is not None and value > 0), (None, None))
    peak = next((key for key in header if key.startswith(("PGA_", "PGV_", "PGD_"))), "")
    stated = header.get("DATE_TIME_FIRST_SAMPLE_PRECISION", "")
    own = _OWN.search(header.get("USER2", ""))
    return [Component(
        len(data) if npts is None else npts, delta, _direction(stream),
        header.get("UNITS") or _UNITS.get(stated_quantity(quantity), "cm/s^2"), data, start.time,
        60.0 if stated.lower().startswith("minute") else start.precision,
        header.get("NETWORK", ""), header.get("STATION_CODE", ""), _location(header), stream,
        own_station=own[1] if own else "",
        own=stated == _OWN_PRECISION, quantity=stated_quantity(quantity),
        **{name: to_float(header.get(key)) for name, key in _NUMBERS.items()},
        **{name: header.get(key) for name, key in _TEXTS.items()},
        origin_time=to_utc(parse_date(header.get("EVENT_DATE_YYYYMMDD", "")),
                           parse_clock(header.get("EVENT_TIME_HHMMSS", ""))[0]),
        magnitude=magnitude, magnitude_type=kind and f"M{kind.lower()}",
        pga=to_float(header.get(peak)), pga_unit=peak.partition("_")[2] or None,
        duration=to_float(header.get("DURATION_S")), header=header)]


def _direction(stream):
    code = clean_code(stream, 3)
    letter = code[-1:]
    return _DIRECTIONS.get(letter) or (
        Direction(letter=letter) if letter in ("1", "2", "3")
        else parse_direction(letter if len(code) == 3 else stream))


def _location(header):
    """LOCATION is a SEED code at ESM and the name of the place at AFAD."""
    code = header.get("LOCATION", "")
    return code if len(code) <= 2 and code.isalnum() else ""


def write_dyna(stream, filename, **kwargs):
    """
    Write accelerations as DYNA 1.2, in cm/s^2.

    Header values come from ``stats.dyna`` (or the like of another format) and ``stats.tng``.
    EVENT_NAME and USER1 of a generated record are SYNTHETIC, and PROCESSING contains model, seed
    and realization.

    :param stream: Stream in m/s^2. Each trace is written to a separate file: with
        several, the channel code is put before the suffix (``rec.ASC`` becomes
        ``rec.HNZ.ASC``).
    :param filename: file name, or a binary file-like object for one trace.
    :raises TNGInputError: if a trace is not acceleration in m/s^2.
    """
    write_each(stream, filename, _format, "DYNA")


def _format(tr):
    """Text of one file."""
    data = acceleration(tr, "DYNA") * 100.0
    stats, tng = tr.stats, tr.stats.get("tng", {})
    known = next((value for value in stats.values()
                  if hasattr(value, "get") and "npts_header" in value), {})
    peak = int(np.argmax(np.abs(data)))
    origin, start = known.get("origin_time"), stats.starttime
    kind = (known.get("magnitude_type") or "Mw")[-1:].upper()
    synthetic = provenance(tr)
    values = {
        **{key: known.get(name) or tng.get(name) for name, key in {**_NUMBERS, **_TEXTS}.items()},
        **({"EVENT_NAME": "SYNTHETIC", "PROCESSING": synthetic, "DATA_CREATOR": "obspy_tng",
            "USER1": "SYNTHETIC"} if synthetic else {}),
        "EVENT_ID": known.get("event_id") or tng.get("event_id"),
        "EVENT_DATE_YYYYMMDD": origin and origin.strftime("%Y%m%d"),
        "EVENT_TIME_HHMMSS": origin and origin.strftime("%H%M%S"),
        "EVENT_DEPTH_KM": known.get("event_depth") or scenario_value(tng, "depth"),
        f"MAGNITUDE_{'L' if kind == 'L' else 'W'}": (
            known.get("magnitude") or scenario_value(tng, "magnitude")),
        "NETWORK": stats.network, "STATION_CODE": stats.station, "LOCATION": stats.location,
        "EPICENTRAL_DISTANCE_KM": known.get("distance") or scenario_value(tng, "distance"),
        "DATE_TIME_FIRST_SAMPLE_YYYYMMDD_HHMMSS":
            f"{start.strftime('%Y%m%d_%H%M%S')}.{start.microsecond:06d}",
        "DATE_TIME_FIRST_SAMPLE_PRECISION": _OWN_PRECISION,
        "SAMPLING_INTERVAL_S": f"{stats.delta:.6f}", "NDATA": stats.npts,
        "DURATION_S": f"{stats.npts * stats.delta:.3f}", "STREAM": stats.channel,
        "UNITS": "cm/s^2", "PGA_CM/S^2": f"{data[peak]:.6f}",
        "TIME_PGA_S": f"{peak * stats.delta:.6f}",
        "LOW_CUT_FREQUENCY_HZ": known.get("freqmin") or tng.get("freqmin"),
        "HIGH_CUT_FREQUENCY_HZ": known.get("freqmax") or tng.get("freqmax"),
        "HEADER_FORMAT": "DYNA 1.2", "DATA_TYPE": "ACCELERATION"}
    if len(stats.station) > STATION_LENGTH:
        values["USER2"] = f"obspy_tng station {stats.station}"
    lines = [f"{key}: {'' if values.get(key) is None else _one_line(values[key])}"
             for key in _KEYS]
    return "\n".join([*lines, *(f"{value:.6f}" for value in data)]) + "\n"


def _one_line(value):
    return " ".join(str(value).split())


FORMAT = TextFormat("DYNA", _claims, _parse, (b"EVENT_NAME:",), re.compile("^EVENT_NAME:"),
                    encoding="iso8859-9")
