"""
Choice of one of several sensors of a station.

A station may have sensors in a borehole, on floors of a building or side by side, with different
location codes. One of them is used for a whole run.
"""

import fnmatch
from dataclasses import dataclass

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
    what is used, ``others`` that the station has more.
    """

    locations: tuple | None = None
    surface: bool = True
    text: str = ""
    others: bool = False

    def uses(self, recording):
        """True if the traces of a recording are of a sensor that is used."""
        stats = recording[0].stats
        return ((self.locations is None or stats.location in self.locations)
                and not (self.surface and split_channel(stats.channel)[0] == BOREHOLE))


def choose_sensors(channels, present=None, wanted=None, surface=True):
    """
    Choose the sensors of a station.

    By default it is the one nearest to the surface (02 of KiK-net, without depths from an
    inventory), then the one with the longest epochs, then the first location code. Sensors at the
    same level that were installed at other times replace it before and after its epochs.

    :param channels: list of its Channels in the inventory, empty where there is none.
    :param present: location codes that the archive has data of; None where that is not known.
    :param wanted: pattern of location codes, or None.
    :param surface: False takes the boreholes of KiK-net as well.
    :return: :class:`SensorChoice`
    """
    epochs = {}
    for channel in channels:
        epochs.setdefault(channel.location_code or "", []).append(channel)
    codes = sorted(set(epochs) & present if epochs and present and set(epochs) & present
                   else epochs or present or ())
    if wanted is not None:
        used = tuple(code for code in codes if fnmatch.fnmatchcase(code, wanted)) or (wanted,)
        return SensorChoice(used, surface, _text(used, epochs), len(codes) > len(used))
    if len(codes) < 2:
        return SensorChoice(None, surface)
    if not epochs and set(codes) == KIKNET:
        return SensorChoice((max(codes),), surface, _text((max(codes),), epochs), True)
    depth = {code: _depth(epochs.get(code, ())) for code in codes}
    shallow = [code for code in codes if depth[code] <= min(depth.values()) + SAME_LEVEL]
    first = min(shallow, key=lambda code: (-_duration(epochs.get(code, ())), code))
    used = [first]
    for code in shallow:
        if code != first and epochs and not any(_overlap(epochs[code], epochs[other])
                                                for other in used):
            used.append(code)
    return SensorChoice(tuple(sorted(used)), surface, _text(sorted(used), epochs),
                        len(codes) > len(used))


def places_of(channels):
    """List of the :class:`~obspy_tng.archive.association.Place` of Channels, by epoch."""
    return [Place(c.start_date, c.end_date, c.latitude, c.longitude) for c in channels]


def _text(codes, epochs):
    return ", ".join(f"location {code!r}" + (f" ({_depth(epochs[code]):g} m deep)"
                                             if epochs.get(code) else "") for code in codes)


def _depth(channels):
    """Depth of the sensor in m; unknown is at the surface."""
    return min((channel.depth or 0.0 for channel in channels), default=0.0)


def _span(channel):
    return (channel.start_date.timestamp if channel.start_date else -1e11,
            channel.end_date.timestamp if channel.end_date else 1e11)


def _duration(channels):
    return sum(end - start for start, end in set(map(_span, channels)))


def _overlap(some, others):
    """True if epochs of two sensors overlap."""
    return any(a < d and c < b for a, b in map(_span, some) for c, d in map(_span, others))
