"""
From a file's header to an ObsPy trace
======================================

All readers describe each component of a file as a :class:`Component` and let
:func:`to_stream` do the rest, so that units, signs, codes and the names in
``stats.<format>`` are the same for every format.
"""

import re
import warnings
from dataclasses import dataclass, field

import numpy as np
from obspy import Stream, Trace, UTCDateTime
from obspy.core import AttribDict
from obspy.geodetics import degrees2kilometers, locations2degrees
from scipy.constants import g

from ...exceptions import TNGInputError, TNGWarning
from ...records.record import band_code, source_of
from .orientation import Direction, component

# Sampling intervals that an accelerograph can have, in s; anything else is a
# broken header.
MIN_DELTA, MAX_DELTA = 1e-5, 10.0
MAX_NPTS = 10 ** 9
# Fields of stats.<format>; the guide in obspy_tng.io says what they mean.
FIELDS = ("format_version", "quantity", "units", "file_units", "factor", "azimuth", "dip",
          "reversed", "pga", "npts_header", "channel_number", "station_code", "station_name",
          "station_latitude", "station_longitude", "station_elevation", "vs30", "event_id",
          "event_name", "origin_time", "event_latitude", "event_longitude", "event_depth",
          "magnitude", "magnitude_type", "distance", "p_time", "freqmin", "freqmax",
          "instrument", "processing", "starttime_known", "header")
# spelling (lower case, no blanks) -> (factor to SI, SI unit, quantity)
_UNITS = {}
for _si, _quantity, _names in (
        ("m/s^2", "acceleration",
         {"cm/s^2": .01, "cm/s/s": .01, "cm/s2": .01, "cm/s**2": .01, "gal": .01, "gals": .01,
          "gal(cm/s/s)": .01, "mm/s/s": .001, "mm/s^2": .001, "mm/s2": .001, "m/s/s": 1.,
          "m/s^2": 1., "m/s2": 1., "g": g, "g/10": g / 10, "g*10": g * 10, "mg": g / 1000,
          "in/s/s": .0254, "in/s^2": .0254}),
        ("m/s", "velocity", {"cm/s": .01, "mm/s": .001, "m/s": 1., "in/s": .0254}),
        ("m", "displacement", {"cm": .01, "mm": .001, "m": 1., "in": .0254}),
        ("counts", "counts", {"counts": 1., "count": 1.})):
    _UNITS.update({_name: (_factor, _si, _quantity) for _name, _factor in _names.items()})


@dataclass
class Component:
    """
    One component of a file, in the file's own units and sign.

    :param fmt: format name, e.g. ``"DYNA"``.
    :param npts: samples by the header.
    :param delta: sampling interval in s.
    :param direction: Direction of positive motion.
    :param unit: unit of ``data``, see :func:`unit_factor`.
    :param data: samples; None if only the header is read.
    :param meta: dict of what goes into ``stats.<format>`` (names in :data:`FIELDS`).
    """

    fmt: str
    npts: int
    delta: float
    direction: Direction
    unit: str
    data: np.ndarray | None = None
    starttime: UTCDateTime | None = None
    network: str = ""
    station: str = ""
    location: str = ""
    channel: str = ""
    number: int | None = None
    meta: dict = field(default_factory=dict)


def unit_factor(text):
    """
    Factor from a unit to SI.

    :param text: str, e.g. ``"cm/sec/sec"``, ``"Gal"``, ``"G/10"``.
    :return: tuple (factor, SI unit, quantity).
    :raises TNGInputError: if the unit is not known.

    .. rubric:: Example

    >>> unit_factor("CM/SEC/SEC"), unit_factor("cm")
    ((0.01, 'm/s^2', 'acceleration'), (0.01, 'm', 'displacement'))
    """
    key = re.sub(r"\s", "", (text or "").lower()).strip(".").replace("sec", "s")
    if key not in _UNITS:
        raise TNGInputError(f"units {text!r} are not known; allowed: {', '.join(_UNITS)}")
    return _UNITS[key]


def collect(fmt, records, parse, strict):
    """
    Components of all records of a file.

    :param fmt: format name.
    :param records: list of what ``parse`` takes, one entry for each record.
    :param parse: function that returns the list of Components of one record.
    :param strict: raise if a record is broken; otherwise warn and keep those before it.
    :return: list of Component.
    :raises TNGInputError: if there is no record, or a broken one and ``strict``.
    """
    components = []
    for index, record in enumerate(records):
        try:
            components.extend(parse(record))
        except TNGInputError as error:
            message = f"{fmt}, record {index + 1} of {len(records)}: {error}"
            if strict or not components:
                raise TNGInputError(message) from error
            warnings.warn(f"{message}; the records before it are kept", TNGWarning, stacklevel=3)
            break
    if not components:
        raise TNGInputError(f"{fmt}: no record in the file")
    return components


def check_count(found, expected, what, strict):
    """
    Compare the number of samples in the file with that of its header.

    :param found: samples in the file.
    :param expected: samples that the header states; None: it does not.
    :param what: name of the record, for the message.
    :param strict: raise if samples are missing; otherwise warn.
    :raises TNGInputError: if there is no sample, or if some are missing and ``strict``.
    """
    if (expected is not None and found < expected) or not found:
        message = (f"{what}: cut short, the header states npts={expected} and the file holds "
                   f"{found} samples")
        if strict or not found:
            raise TNGInputError(message + "; strict=False reads what is there")
        warnings.warn(message, TNGWarning, stacklevel=2)


def check_complete(complete, what, strict):
    """
    Raise (or warn) where the samples are there but what must follow them is not.

    :param complete: whether all of it is there.
    :param what: name of the record, for the message.
    :param strict: raise; otherwise warn.
    :raises TNGInputError: if not complete and ``strict``.
    """
    if not complete:
        message = f"{what}: cut short, the file ends before the end of the record"
        if strict:
            raise TNGInputError(message + "; strict=False reads what is there")
        warnings.warn(message, TNGWarning, stacklevel=2)


def to_stream(components, starttime=None, endtime=None, nearest_sample=True, network=None):
    """
    Stream in SI units, N, E and Z positive to the north, the east and up.

    :param components: list of Component.
    :param starttime: UTCDateTime to cut at; None: from the first sample.
    :param endtime: UTCDateTime to cut at; None: to the last sample.
    :param nearest_sample: see :meth:`obspy.core.trace.Trace.trim`.
    :param network: network code that replaces the file's.
    :return: Stream
    :raises TNGInputError: on an impossible sampling interval or count, or an unknown unit.
    """
    stream = Stream([_to_trace(c, network) for c in components])
    _make_ids_unique(stream)
    if (starttime or endtime) and all(len(tr.data) for tr in stream):
        stream.trim(starttime, endtime, nearest_sample=nearest_sample)
    for tr in stream:
        _fill_tng(tr)
    return stream


def clean_code(text, length):
    """
    Code of at most ``length`` letters and digits, as SEED wants it.

    .. rubric:: Example

    >>> clean_code(" J-22367 ", 5)
    'J2236'
    """
    return re.sub("[^A-Za-z0-9]", "", text or "")[:length].upper()


def _to_trace(item, network):
    if item.delta is None or not MIN_DELTA <= item.delta <= MAX_DELTA:
        raise TNGInputError(f"{item.fmt}: sampling interval is {item.delta!r} s, must be between "
                            f"{MIN_DELTA:g} and {MAX_DELTA:g} s")
    if not 1 <= item.npts <= MAX_NPTS:
        raise TNGInputError(f"{item.fmt}: number of samples is {item.npts}, must be between 1 "
                            f"and {MAX_NPTS}")
    factor, unit, quantity = unit_factor(item.unit)
    letter, sign, direction = component(item.direction)
    # 1 / 0.005 is not exactly 200 in every header's precision (0.0050 from 1/199.9...)
    rate = round(1.0 / item.delta, 6)
    # N: accelerometer; X: derived, for velocities and displacements from one.
    instrument = "N" if quantity in ("acceleration", "counts") else "X"
    channel = clean_code(item.channel, 3)
    prefix = channel[:2] if len(channel) == 3 else band_code(rate) + instrument
    meta = AttribDict({name: None for name in FIELDS})
    meta.update(item.meta)
    meta.update({
        "quantity": quantity, "units": unit, "file_units": item.unit,
        "azimuth": direction.azimuth, "dip": direction.dip, "reversed": sign < 0,
        "npts_header": item.npts, "channel_number": item.number, "station_code": item.station,
        "starttime_known": item.starttime is not None})
    # Counts stay counts; their factor to m/s^2 comes from the reader.
    meta.factor = meta.factor if quantity == "counts" else factor
    if meta.pga is not None:
        meta.pga = abs(meta.pga) * factor
    _check_places(meta)
    if meta.event_id is None and meta.origin_time is not None:
        meta.event_id = meta.origin_time.strftime("%Y%m%dT%H%M%S")
    header = {"network": clean_code(item.network if network is None else network, 2),
              "station": clean_code(item.station, 5), "location": clean_code(item.location, 2),
              "channel": prefix + letter, "sampling_rate": rate,
              "starttime": item.starttime or UTCDateTime(0), item.fmt.lower(): meta}
    if quantity == "counts" and meta.factor:
        header["calib"] = meta.factor
    if item.data is None:
        return Trace(header={**header, "npts": item.npts})
    return Trace(np.asarray(item.data, dtype=np.float64) * (factor * sign), header)


def _check_places(meta):
    """Coordinates out of range are unknown; the distance follows from them if not stated."""
    for place in ("station", "event"):
        position = [meta[f"{place}_{axis}"] for axis in ("latitude", "longitude")]
        if None in position or abs(position[0]) > 90 or abs(position[1]) > 180:
            meta[f"{place}_latitude"] = meta[f"{place}_longitude"] = None
    corners = (meta.station_latitude, meta.station_longitude, meta.event_latitude,
               meta.event_longitude)
    if meta.distance is None and None not in corners:
        meta.distance = float(degrees2kilometers(locations2degrees(*corners)))


def _make_ids_unique(stream):
    """Two horizontals between the axes: 1 and 2; arrays: channel number as location."""
    horizontals = [tr for tr in stream if tr.stats.channel[-1] in "12"]
    if len(horizontals) == 2 and horizontals[0].id == horizontals[1].id:
        for tr, letter in zip(horizontals, "12", strict=True):
            tr.stats.channel = tr.stats.channel[:2] + letter
    if len({tr.id for tr in stream}) < len(stream):
        for index, tr in enumerate(stream):
            number = _meta(tr).channel_number or index + 1
            tr.stats.location = tr.stats.location or f"{number % 100:02d}"


def _meta(tr):
    return next(value for value in tr.stats.values()
                if isinstance(value, AttribDict) and "npts_header" in value)


def _fill_tng(tr):
    """What obspy_tng.records.record wants to know of a record, where the file says it."""
    meta = _meta(tr)
    tng = {"units": meta.units, "source": source_of([tr]) or "recorded",
           "event_id": meta.event_id,
           "magnitude": meta.magnitude, "distance": meta.distance, "depth": meta.event_depth,
           "freqmin": meta.freqmin, "freqmax": meta.freqmax}
    if meta.p_time is not None:
        index = round((meta.p_time - tr.stats.starttime) * tr.stats.sampling_rate)
        tng["p_index"] = index if 0 <= index < tr.stats.npts else None
    tr.stats.tng = AttribDict({key: value for key, value in tng.items() if value is not None})
