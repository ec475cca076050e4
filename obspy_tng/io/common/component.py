"""
From a file's header to an ObsPy trace
======================================

All readers describe each component of a file as a :class:`Component` and let
:func:`to_stream` do the rest, so that units, signs, codes and the names in
``stats.<format>`` are the same for every format.
"""

import re
from dataclasses import dataclass, field, fields
from typing import Any

import numpy as np
from obspy import Stream, Trace, UTCDateTime
from obspy.core import AttribDict
from obspy.geodetics import degrees2kilometers, locations2degrees
from scipy.constants import g

from ...exceptions import TNGInputError
from ...records.info import source_of
from ...records.synthetic import band_code
from .codes import clean_code, location_code, station_code
from .contradictions import check_length, check_peak
from .orientation import TOLERANCE, Direction, component
from .unknown import settle

# Sampling intervals that an accelerograph can have, in s; anything else is a
# broken header.
MIN_DELTA, MAX_DELTA = 1e-5, 10.0
MAX_NPTS = 10 ** 9
MAX_OWN_STATION = 8  # FDSN source identifiers; K-NET has six
# spelling (lower case, no blanks) -> (factor to SI, SI unit, quantity)
_UNITS = {}
for _si, _quantity, _names in (
        ("m/s^2", "acceleration",
         {"cm/s^2": .01, "cm/s/s": .01, "cm/s2": .01, "cm/s**2": .01, "gal": .01, "gals": .01,
          "gal(cm/s/s)": .01, "mm/s/s": .001, "mm/s^2": .001, "mm/s2": .001, "m/s/s": 1.,
          "m/s^2": 1., "m/s2": 1., "m/s**2": 1., "g": g, "g's": g, "g/10": g / 10, "g*10": g * 10,
          "mg": g / 1000, "microg": g / 1e6, "%g": g / 100, "in/s/s": .0254, "in/s^2": .0254,
          "in/s2": .0254, "ft/s/s": .3048, "ft/s^2": .3048, "ft/s2": .3048}),
        ("m/s", "velocity", {"cm/s": .01, "mm/s": .001, "m/s": 1., "in/s": .0254}),
        ("m", "displacement", {"cm": .01, "mm": .001, "m": 1., "in": .0254}),
        ("counts", "counts", {"counts": 1., "count": 1.})):
    _UNITS.update({_name: (_factor, _si, _quantity) for _name, _factor in _names.items()})


@dataclass
class Component:
    """
    What an agency's header can say of one component, and its samples.

    Samples are in the file's own unit and sign. Text is as in the file, times are UTC, angles
    degrees, lengths m (depth and distance km), frequencies Hz. What the header leaves out is
    None; what it fills with zeros or a clock that was never set becomes None, see
    :func:`~.unknown.settle`.
    """

    # samples
    npts: int
    delta: float | None
    direction: Direction
    unit: str
    data: np.ndarray | None = None
    starttime: UTCDateTime | None = None
    #: how well the start is stated, s: 1 or better, or 60 (minutes only)
    starttime_precision: float | None = 1.0
    # codes; a station's name where it has no code
    network: str = ""
    station: str = ""
    location: str = ""
    channel: str = ""
    #: the code as it was when this package wrote the file: longer than five is kept
    own_station: str = ""
    #: whether this package wrote the file; generated records begin at midnight of a New Year
    own: bool = False
    #: what the header calls the samples: "acceleration", "velocity", "displacement"
    quantity: str | None = None
    #: number of the channel in the station, and how many the station has
    number: int | None = None
    channels: int | None = None
    #: which of several recorders, where the number is that of its channel
    recorder: str = ""
    # place
    station_name: str | None = None
    station_latitude: float | None = None
    station_longitude: float | None = None
    station_elevation: float | None = None
    vs30: float | None = None
    sensor_place: str | None = None
    #: where the network is ("NW", ""): headers mix up hemispheres
    hemispheres: str = ""
    #: whether all of its stations are there
    all_there: bool = True
    # instrument
    instrument: str | None = None
    factor: float | None = None
    # earthquake
    event_id: str | None = None
    event_name: str | None = None
    origin_time: UTCDateTime | None = None
    event_latitude: float | None = None
    event_longitude: float | None = None
    event_depth: float | None = None
    magnitude: float | None = None
    magnitude_type: str | None = None
    distance: float | None = None
    # record
    pga: float | None = None
    #: unit of pga, where it is not that of the samples
    pga_unit: str | None = None
    #: length that the header states, s
    duration: float | None = None
    p_time: UTCDateTime | None = None
    s_time: UTCDateTime | None = None
    # processing
    format_version: str | None = None
    freqmin: float | None = None
    freqmax: float | None = None
    processing: str | None = None
    # how sure
    doubts: list[str] = field(default_factory=list)
    header: Any = None


# Fields of Component that are not in stats.<format> under their own name.
_ELSEWHERE = ("npts", "delta", "direction", "unit", "quantity", "data", "starttime", "network",
              "station", "location", "channel", "own_station", "own", "number", "channels",
              "recorder", "hemispheres", "all_there", "pga_unit", "duration")
#: fields of stats.<format>; see the guide in obspy_tng.io
FIELDS = ("quantity", "units", "file_units", "azimuth", "dip", "reversed", "npts_header",
          "channel_number", "station_code", "starttime_known",
          *(item.name for item in fields(Component) if item.name not in _ELSEWHERE))


def unit_factor(text):
    """
    Factor from a unit to SI.

    :param text: str, e.g. ``"cm/sec/sec"``, ``"Gal"``, ``"G/10"``, ``"(g)"``.
    :return: tuple (factor, SI unit, quantity).
    :raises TNGInputError: if the unit is not known.

    .. rubric:: Example

    >>> unit_factor("CM/SEC/SEC"), unit_factor("cm")
    ((0.01, 'm/s^2', 'acceleration'), (0.01, 'm', 'displacement'))
    """
    key = re.sub("se[cg]", "s", re.sub(r"\s", "", (text or "").lower()).strip(".,;:"))
    key = key if key in _UNITS else key.strip("()[]")
    if key not in _UNITS:
        raise TNGInputError(f"units {text!r} are not known; allowed: {', '.join(_UNITS)}")
    return _UNITS[key]


def stated_quantity(text):
    """
    What a header calls its samples, in any of the spellings of agencies.

    .. rubric:: Example

    >>> stated_quantity("Accelaration time series"), stated_quantity("VEL"), stated_quantity("x")
    ('acceleration', 'velocity', None)
    """
    found = re.search(r"\b(ACC|VEL|DIS)", text or "", re.IGNORECASE)
    return {"A": "acceleration", "V": "velocity", "D": "displacement"}[
        found[1][0].upper()] if found else None


def to_stream(components, fmt, starttime=None, endtime=None, nearest_sample=True, network=None):
    """
    Stream in SI units, N, E and Z positive to the north, the east and up.

    :param components: list of Component.
    :param fmt: format name, e.g. ``"DYNA"``.
    :param starttime: UTCDateTime to cut at; None: from the first sample.
    :param endtime: UTCDateTime to cut at; None: to the last sample.
    :param nearest_sample: see :meth:`obspy.core.trace.Trace.trim`.
    :param network: network code that replaces the file's.
    :return: Stream
    :raises TNGInputError: on an impossible sampling interval or count, or an unknown unit.
    """
    stream = Stream([_to_trace(c, fmt, network) for c in components])
    _make_ids_unique(stream, fmt.lower())
    if (starttime or endtime) and all(len(tr.data) for tr in stream):
        stream.trim(starttime, endtime, nearest_sample=nearest_sample)
    for tr in stream:
        _fill_tng(tr, tr.stats[fmt.lower()])
    return stream


def _to_trace(item, fmt, network):
    if item.delta is None or not MIN_DELTA <= item.delta <= MAX_DELTA:
        raise TNGInputError(f"{fmt}: sampling interval is {item.delta!r} s, must be between "
                            f"{MIN_DELTA:g} and {MAX_DELTA:g} s")
    if not 1 <= item.npts <= MAX_NPTS:
        raise TNGInputError(f"{fmt}: number of samples is {item.npts}, must be between 1 "
                            f"and {MAX_NPTS}")
    check_length(item.npts, item.delta, item.duration, fmt)
    try:
        factor, unit, quantity = unit_factor(item.unit)
    except TNGInputError as error:
        raise TNGInputError(f"{fmt}: {error}") from None
    if item.quantity is not None and quantity not in (item.quantity, "counts"):
        raise TNGInputError(f"{fmt}: the header says {item.quantity}, and the unit {item.unit!r} "
                            f"is one of {quantity}")
    letter, sign, direction = component(item.direction)
    # 1 / 0.005 is not exactly 200 in every header's precision (0.0050 from 1/199.9...)
    rate = round(1.0 / item.delta, 6)
    # N: accelerometer; X: derived, for velocities and displacements from one.
    instrument = "N" if quantity in ("acceleration", "counts") else "X"
    channel = clean_code(item.channel, 3)
    if len(channel) < 3:
        channel = band_code(rate) + instrument + letter
    settle(item)
    meta = _to_meta(item)
    meta.update({
        "quantity": quantity, "units": unit, "file_units": item.unit,
        "azimuth": direction.azimuth, "dip": direction.dip, "reversed": sign < 0})
    # Counts remain counts; their factor to m/s^2 comes from the reader.
    meta.factor = meta.factor if quantity == "counts" else factor
    if meta.pga is not None:
        meta.pga *= unit_factor(item.pga_unit)[0] if item.pga_unit else factor
    location = clean_code(item.location, 2) or location_code(
        item.number, item.channels, item.sensor_place, item.recorder)
    header = {"network": clean_code(item.network if network is None else network, 2),
              "station": (clean_code(item.own_station, MAX_OWN_STATION)
                          or station_code(item.station or item.station_name)),
              "location": location, "channel": channel[:2] + letter, "sampling_rate": rate,
              "starttime": UTCDateTime(0) if item.starttime is None else item.starttime,
              fmt.lower(): meta}
    if quantity == "counts" and meta.factor:
        header["calib"] = meta.factor
    if item.data is None:
        return Trace(header={**header, "npts": item.npts})
    data = np.asarray(item.data, dtype=np.float64) * (factor * sign)
    if len(data) == item.npts and quantity != "counts":
        meta.doubts = [*meta.doubts, *check_peak(data, meta.pga, item.unit, fmt)]
    return Trace(data, header)


def _to_meta(item):
    """``stats.<format>`` of a Component, bar what depends on unit and direction."""
    meta = AttribDict({name: getattr(item, name, None) for name in FIELDS})
    meta.update({
        "npts_header": item.npts, "channel_number": item.number, "station_code": item.station,
        "starttime_known": item.starttime is not None and (item.starttime_precision or 0) <= 1.0})
    corners = (meta.station_latitude, meta.station_longitude, meta.event_latitude,
               meta.event_longitude)
    if meta.distance is None and None not in corners:
        meta.distance = float(degrees2kilometers(locations2degrees(*corners)))
    if meta.event_id is None and meta.origin_time is not None:
        meta.event_id = meta.origin_time.strftime("%Y%m%dT%H%M%S")
    return meta


def _make_ids_unique(stream, key):
    """Two horizontals between the axes: 1 and 2; arrays: channel number as location."""
    horizontals = [tr for tr in stream if tr.stats.channel[-1] in "12"]
    if len(horizontals) == 2 and _same_id(*horizontals) and not _parallel(
            *(tr.stats[key].azimuth for tr in horizontals)):
        for tr, letter in zip(horizontals, "12", strict=True):
            tr.stats.channel = tr.stats.channel[:2] + letter
    if any(_same_id(a, b) for i, a in enumerate(stream) for b in stream[:i]):
        for index, tr in enumerate(stream):
            number = tr.stats[key].channel_number or index + 1
            tr.stats.location = tr.stats.location or f"{number % 100:02d}"
    for index, tr in enumerate(stream):  # two channels with one number
        free = iter(range(index + 1, 100))
        while any(_same_id(tr, other) for other in stream[:index]):
            number = next(free, None)
            if number is None:
                break
            tr.stats.location = f"{number:02d}"


def _parallel(one, other):
    """Whether two azimuths, None where not known, are those of one axis."""
    return None not in (one, other) and abs((one - other + 90.0) % 180.0 - 90.0) <= TOLERANCE


def _same_id(one, other):
    """Whether two traces have one id at one time: then they are of two sensors."""
    return one.id == other.id and (
        one.stats.starttime <= other.stats.endtime and other.stats.starttime <= one.stats.endtime)


def _fill_tng(tr, meta):
    """Fields of obspy_tng.records.record, as far as the file has them."""
    tng = {"units": meta.units, "source": source_of([tr]) or "recorded",
           "event_id": meta.event_id,
           "magnitude": meta.magnitude, "distance": meta.distance, "depth": meta.event_depth,
           "freqmin": meta.freqmin, "freqmax": meta.freqmax}
    if meta.p_time is not None:
        index = round((meta.p_time - tr.stats.starttime) * tr.stats.sampling_rate)
        tng["p_index"] = index if 0 <= index < tr.stats.npts else None
    tr.stats.tng = AttribDict({key: value for key, value in tng.items() if value is not None})
