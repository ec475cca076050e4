"""Where a station is, from the header of its recording."""

import numpy as np

#: names of latitude, longitude and elevation: stats.tng and stats.<format> of obspy_tng, SAC and
#: K-NET, and ``stats.coordinates``, as ObsPy's array methods take them
_NAMES = (("station_latitude", "station_longitude", "station_elevation"),
          ("stla", "stlo", "stel"), ("latitude", "longitude", "elevation"))
#: entries of ``stats`` that are looked at first; the latitude of another one may be an epicentre's
_FIRST = ("tng", "coordinates")


def header_place(tr):
    """
    Coordinates of the station in the header of a trace.

    :param tr: Trace, of any format of ObsPy.
    :return: ``(latitude, longitude, elevation)`` in degrees and m, elevation 0 where it is not
        known; None without coordinates, or where they are no place.

    .. rubric:: Example

    >>> from obspy import Trace
    >>> header_place(Trace(header={"sac": {"stla": 19.4, "stlo": -99.1}}))
    (19.4, -99.1, 0.0)
    """
    for key in (*_FIRST, *tr.stats):
        entry = tr.stats.get(key)
        if not hasattr(entry, "get"):
            continue
        for names in _NAMES if key == "coordinates" else _NAMES[:2]:
            place = [_number(entry.get(name)) for name in names]
            if is_place(*place[:2]):
                return place[0], place[1], place[2] or 0.0
    return None


def channel_place(channel):
    """
    Coordinates of an epoch of an Inventory.

    :param channel: :class:`~obspy.core.inventory.channel.Channel`.
    :return: ``(latitude, longitude, elevation)``; None where they are no place.
    """
    place = float(channel.latitude), float(channel.longitude)
    return (*place, float(channel.elevation or 0.0)) if is_place(*place) else None


def is_place(latitude, longitude):
    """
    Whether coordinates are those of a place.

    :param latitude, longitude: degrees, or None.
    :return: bool; False also for 0 N 0 E, in the Gulf of Guinea: it stands for an unknown place.

    .. rubric:: Example

    >>> is_place(19.4, -99.1), is_place(0.0, 0.0), is_place(None, 10.0)
    (True, False, False)
    """
    return None not in (latitude, longitude) and abs(latitude) <= 90 and abs(longitude) <= 360 and (
        bool(latitude) or bool(longitude))


def place_fields(place):
    """
    Fields of ``stats.tng`` for coordinates.

    :param place: ``(latitude, longitude, elevation)``, or None.
    :return: dict; empty for None.

    .. rubric:: Example

    >>> place_fields((19.4, -99.1, 2240.0))["station_elevation"]
    2240.0
    """
    return {} if place is None else dict(zip(_NAMES[0], map(float, place), strict=True))


def _number(value):
    """Float, or None for what is no finite number."""
    if isinstance(value, bool) or not isinstance(value, int | float | np.number):
        return None
    return float(value) if np.isfinite(value) else None
