"""
Choice of one of several sensors of a station.

A station may have sensors in a borehole, on floors of a building or side by side, with different
location codes, or with different band and instrument codes only. One of them is used for a whole
run.
"""

import fnmatch
from dataclasses import dataclass, field

from ..records.codes import split_channel
from .association import Place

# m in depth within which sensors are at one level
SAME_LEVEL = 1.0
BOREHOLE = "KNET1"  # KiK-net's EW1, NS1, UD1
KIKNET = {"01", "02"}  # borehole and surface, as records.nied numbers them


@dataclass(frozen=True)
class SensorChoice:
    """
    Sensors that are used: by location code, all where ``locations`` is None.

    ``surface`` leaves out the boreholes of KiK-net, which have no location codes; ``text`` tells
    what is used, ``others`` that the station has more. ``deeper`` are sensors that are not used
    for their depth, ``rates`` sampling rates in Hz by which the others are ordered; the keys of
    both are ``(location, sensor)``, such as ``("00", "HN")``.
    """

    locations: tuple | None = None
    surface: bool = True
    text: str = ""
    others: bool = False
    deeper: frozenset = frozenset()
    rates: dict = field(default_factory=dict)

    def uses(self, recording):
        """True if the traces of a recording are of a sensor that is used."""
        stats = recording[0].stats
        return ((self.locations is None or stats.location in self.locations)
                and sensor_of(recording) not in self.deeper
                and not (self.surface and split_channel(stats.channel)[0] == BOREHOLE))

    def rank(self, recording):
        """What of several sensors to try first: strong motion, the highest sampling rate."""
        sensor = split_channel(recording[0].stats.channel)[0]
        return (not (sensor.endswith("N") or sensor.startswith("KNET")),
                -self.rates.get(sensor_of(recording), 0.0))


def sensor_of(recording):
    """``(location, sensor)`` of a recording, such as ``("00", "HN")``."""
    stats = recording[0].stats
    return stats.location, split_channel(stats.channel)[0]


def choose_sensors(channels, present=None, wanted=None, surface=True):
    """
    Choose the sensors of a station.

    By default it is the one nearest to the ground's surface (02 of KiK-net, without depths from an
    inventory), then the one with the longest epochs, then the first location code. Sensors at the
    same level that were installed at other times replace it before and after its epochs. Of the
    sensors of one location code, those at the level of the nearest to the surface are used.

    :param channels: list of its Channels in the inventory, empty where there is none.
    :param present: location codes that the archive has data of; None where that is not known.
    :param wanted: pattern of location codes, or None.
    :param surface: False takes the boreholes of KiK-net as well.
    :return: :class:`SensorChoice`
    """
    epochs, sensors = {}, {}
    for channel in channels:
        location = channel.location_code or ""
        epochs.setdefault(location, []).append(channel)
        sensors.setdefault((location, split_channel(channel.code)[0]), []).append(channel)
    more = _levels(sensors)
    codes = sorted(set(epochs) & present if epochs and present and set(epochs) & present
                   else epochs or present or ())
    if wanted is not None:
        used = tuple(code for code in codes if fnmatch.fnmatchcase(code, wanted)) or (wanted,)
        return SensorChoice(used, surface, _text(used, epochs), len(codes) > len(used), **more)
    if len(codes) < 2:
        return SensorChoice(None, surface, _text(codes, epochs) if more["deeper"] else "",
                            bool(more["deeper"]), **more)
    if not epochs and set(codes) == KIKNET:
        return SensorChoice((max(codes),), surface, _text((max(codes),), epochs), True)
    off = {code: abs(_depth(epochs.get(code, ()))) for code in codes}
    near = [code for code in codes if off[code] <= min(off.values()) + SAME_LEVEL]
    first = min(near, key=lambda code: (-_duration(epochs.get(code, ())), code))
    used = [first]
    for code in near:
        if code != first and epochs and not any(_overlap(epochs[code], epochs[other])
                                                for other in used):
            used.append(code)
    return SensorChoice(tuple(sorted(used)), surface, _text(sorted(used), epochs),
                        len(codes) > len(used), **more)


def places_of(channels):
    """List of the :class:`~obspy_tng.archive.association.Place` of Channels, by epoch."""
    return [Place(c.start_date, c.end_date, c.latitude, c.longitude) for c in channels]


def _levels(sensors):
    """``deeper`` and ``rates`` of :class:`SensorChoice`, from Channels by (location, sensor)."""
    nearest = {}
    for (location, _), channels in sensors.items():
        off = abs(_depth(channels))
        nearest[location] = min(off, nearest.get(location, off))
    return {"deeper": frozenset(key for key, channels in sensors.items()
                                if abs(_depth(channels)) > nearest[key[0]] + SAME_LEVEL),
            "rates": {key: max(channel.sample_rate or 0.0 for channel in channels)
                      for key, channels in sensors.items()}}


def _text(codes, epochs):
    return ", ".join(f"location {code!r}{_level(epochs.get(code, ()))}" for code in codes)


def _level(channels):
    """Depth of a sensor, in words."""
    if not channels:
        return ""
    depth = _depth(channels)
    return f" ({depth:g} m deep)" if depth >= 0 else f" ({-depth:g} m above the ground)"


def _depth(channels):
    """Depth of the sensor nearest to the surface in m; unknown is at the surface."""
    return min((channel.depth or 0.0 for channel in channels), key=abs, default=0.0)


def _span(channel):
    return (channel.start_date.timestamp if channel.start_date else -1e11,
            channel.end_date.timestamp if channel.end_date else 1e11)


def _duration(channels):
    return sum(end - start for start, end in set(map(_span, channels)))


def _overlap(some, others):
    """True if epochs of two sensors overlap."""
    return any(a < d and c < b for a, b in map(_span, some) for c, d in map(_span, others))
