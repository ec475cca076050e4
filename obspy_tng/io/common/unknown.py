"""
Unknown values in headers
=========================

Agencies write numbers for unknown values: coordinates of 0 N, 0 E, a depth and a magnitude of 0, 1
January 1980 for a clock that was never set, "to be determined" for a name. In all formats these
values become None. Coordinates with an impossible hemisphere are corrected or dropped, and the
change is noted in ``stats.<format>.doubts``.
"""

import re

from obspy import UTCDateTime
from obspy.geodetics import degrees2kilometers, locations2degrees

from .contradictions import doubtful_start

# First days of the clocks of recorders, operating systems and GPS.
_CLOCK_STARTS = ((1, 1, 1970), (1, 1, 1980), (6, 1, 1980))
_NOW = UTCDateTime(2026, 1, 1)  # at least, where the clock of this computer is wrong
_DAY = 86400.0
_ZONES = 14 * 3600.0  # s that local times differ from UTC at most
# Epicentral distances of strong motion, km: above the one nobody records it, below the other a
# distance is credible.
_FAR, _CREDIBLE = 3000.0, 1500.0
_ELEVATIONS, _DEEPEST = (-500.0, 9000.0), 800.0  # m, km
_NO_NAME = re.compile(r"(site|station|event)?\s*(name|location)?\s*(unknown|unspecified|undefined)"
                      r"(\s*(event|station|site|location))?|none|null|nan|n/?a|not available|"
                      r"to be determined|-+|\?+|\.+|\*+|0+", re.IGNORECASE)
_TEXTS = ("station_name", "event_name", "event_id", "magnitude_type", "instrument", "processing",
          "sensor_place")


def known_text(text):
    """
    A name, or None where the text says that there is none.

    .. rubric:: Example

    >>> known_text("  Ca\u00f1on "), known_text("Site location unknown"), known_text("--")
    ('Ca\u00f1on', None, None)
    """
    text = " ".join((text or "").split())
    return None if not text or _NO_NAME.fullmatch(text.rstrip(". ") or text) else text


def settle(item):
    """
    Replace values of a Component that mean unknown by None.

    :param item: :class:`~.component.Component`, changed in place.
    """
    for name in _TEXTS:
        setattr(item, name, known_text(getattr(item, name)))
    for place in ("station", "event"):
        _settle_place(item, place)
    _settle_half_blank(item)
    elevation = item.station_elevation
    if elevation is not None and (not _ELEVATIONS[0] <= elevation <= _ELEVATIONS[1] or (
            item.station_latitude is None and not elevation)):
        item.station_elevation = None
    _settle_hemispheres(item)
    if item.magnitude is not None and not 0 < item.magnitude <= 10:
        item.magnitude = None
    if item.magnitude is None:
        item.magnitude_type = None
    if item.event_depth is not None and (not 0 <= item.event_depth <= _DEEPEST or (
            not item.event_depth and (item.magnitude is None or item.event_latitude is None))):
        item.event_depth = None
    for name in ("distance", "freqmin", "freqmax", "vs30", "pga"):
        value = getattr(item, name)
        if value is not None and (value == 0 or (value < 0 and name != "pga")):
            setattr(item, name, None)
    _settle_times(item)


def never_set(time):
    """
    Whether a time is that of a clock that was never set.

    :param time: UTCDateTime, or None.
    :return: bool; True for the first days of 1970 and 1980, in any time zone, and midnight of any
        New Year.
    """
    if time is None:
        return False
    for day, month, year in _CLOCK_STARTS:
        since = time - UTCDateTime(year, month, day)
        if -_ZONES <= since < _DAY + _ZONES:  # local time, brought to UTC
            return True
    return (time.day, time.month) == (1, 1) and time.ns % (_DAY * 1e9) == 0


def _settle_place(item, place):
    """Coordinates out of range, one alone, and 0 N 0 E are unknown."""
    names = f"{place}_latitude", f"{place}_longitude"
    latitude, longitude = (getattr(item, name) for name in names)
    if latitude is None or longitude is None or abs(latitude) > 90 or abs(longitude) > 180 or (
            latitude == longitude == 0):
        for name in names:
            setattr(item, name, None)


def _settle_half_blank(item):
    """Where one coordinate is zero and the other place is far away, the zero was a blank."""
    places = [(f"{place}_latitude", f"{place}_longitude") for place in ("station", "event")]
    values = [getattr(item, name) for names in places for name in names]
    if None in values or _kilometres(values) < _FAR:
        return
    for names in places:
        if 0 in (getattr(item, name) for name in names):
            item.doubts.append(f"{' and '.join(names)} are not known: one of them is 0 in the file")
            for name in names:
                setattr(item, name, None)


def _settle_times(item):
    """A clock that was never set is not known, unless the earthquake was on that day."""
    origin, start = item.origin_time, item.starttime
    midnight = origin is not None and origin.ns % (_DAY * 1e9) == 0
    if never_set(origin) and (midnight or item.event_latitude is None):
        item.origin_time = origin = None
    # our own files: 1970 alone means that there was no start
    unset = never_set(start) and not (item.own and start.year > 1970)
    if unset and (origin is None or abs(start - origin) > _DAY):
        item.starttime = None
        item.doubts.append(f"clock never set: {start}")
    elif start is not None and not item.own and start > max(UTCDateTime(), _NOW) + _DAY:
        item.starttime = None
        item.doubts.append(f"start in the future: {start}")
    elif not midnight:
        item.doubts += doubtful_start(start, origin)


def _settle_hemispheres(item):
    """
    Of a station and an earthquake on two sides of the world, one has the wrong letter.

    They are too far apart, or much farther than the header says. Where the network is decides
    (``item.hemispheres``), also without an earthquake; else the station is believed.
    """
    names = ("station_latitude", "station_longitude", "event_latitude", "event_longitude")
    values = [getattr(item, name) for name in names]
    if None in values[:2]:
        return
    if None in values[2:]:
        if item.hemispheres and item.all_there:
            _turn(item, names, values, item.hemispheres, "is where the network is")
        return
    stated = item.distance
    far = _kilometres(values)
    if far < _FAR and (not stated or _agrees(far, stated) or far < 2 * stated):
        return
    home = item.hemispheres or ("N" if values[0] >= 0 else "S") + ("E" if values[1] >= 0 else "W")
    near = _kilometres([_turned(value, home[i % 2]) for i, value in enumerate(values)])
    if near < _CREDIBLE and (not stated or _agrees(near, stated)):
        _turn(item, names, values, home, "agrees with the other coordinates")


def _turn(item, names, values, home, reason):
    """Coordinates in the hemispheres where they are at home; None stays."""
    for i, (name, value) in enumerate(zip(names, values, strict=True)):
        right = None if value is None else _turned(value, home[i % 2])
        if right != value:
            setattr(item, name, right)
            item.doubts.append(f"{name} is {value:g} in the file; {right:g} {reason}")


def _turned(value, side):
    return -abs(value) if side in "SW" else abs(value)


def _agrees(distance, stated):
    return abs(distance - stated) < 0.2 * stated + 20


def _kilometres(corners):
    return degrees2kilometers(locations2degrees(*corners))
