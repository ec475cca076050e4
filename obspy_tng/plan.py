"""
What to look for in an archive: units of work that do not depend on each other.

A unit is a station and an earthquake, or a station and a day of an SDS archive.
The days find recordings that no earthquake claims, so that every recording of a
triggered archive is accounted for.
"""

import fnmatch
import os
import re
from dataclasses import dataclass
from glob import iglob

import numpy as np
from obspy import Inventory, UTCDateTime
from obspy.core.event import Event
from obspy.geodetics import gps2dist_azimuth

from .exceptions import TNGInputError
from .metadata import event_fields

# Apparent velocities (km/s) on the generous side: P as early as the fastest crust and
# mantle paths, S as late as the surface waves of a soft crust.
P_VELOCITY, S_VELOCITY = 8.0, 3.0
# A triggered recording belongs to an earthquake if it begins so many s around the
# predicted P: clocks of old recorders are off by minutes, and far earthquakes trigger on S.
CLAIM = (-180.0, 240.0)
READ_AFTER = 900.0  # s after P: long enough for whole triggered recordings
# Around P and S, what is used of continuous data (s).
BEFORE_P, AFTER_S = 60.0, 240.0
# Recorders with local time: offsets of whole hours, to so many s around P.
CLOCK_HOURS, CLOCK_WITHIN = 24, 150.0
DAY = 86400.0
# A recording longer than this is continuous data.
LONGEST_RECORDING = 1800.0
# Day files above this size hold continuous data: a day of 100 Hz takes more (Steim2,
# at best half a byte a sample), half an hour of triggered recordings takes less.
CONTINUOUS_FILE = 4_000_000


@dataclass(frozen=True)
class Unit:
    """
    One piece of work: a station and an earthquake, or a station and a day.

    ``index`` is that of the earthquake in the station's :class:`StationEvents`, None
    for a day; ``starttime`` and ``endtime`` are what to ask the client for.
    """

    id: str
    station: str
    starttime: UTCDateTime
    endtime: UTCDateTime
    index: int | None = None


class StationEvents:
    """
    Earthquakes of a catalog as a station sees them.

    :param events: iterable of obspy Events with origins.
    :param coordinates: ``(latitude, longitude)`` of the station, degrees.
    """

    def __init__(self, events=(), coordinates=None):
        rows = sorted((_arrivals(event, coordinates) for event in events), key=lambda r: r[0])
        self.p, self.s, self.size = np.array([row[:3] for row in rows]).reshape(-1, 3).T
        self.events = [row[3] for row in rows]

    def owner(self, start):
        """Index of the earthquake that a recording which starts then belongs to, or None."""
        late = start.timestamp - self.p
        inside = (late >= CLAIM[0]) & (late <= CLAIM[1])
        return int(np.argmin(np.where(inside, np.abs(late), np.inf))) if inside.any() else None

    def claims(self, start, end):
        """True if the unit of some earthquake takes care of a recording of this span."""
        return bool(((start.timestamp <= self.p + CLAIM[1])
                     & (end.timestamp >= self.p + CLAIM[0])).any())

    def clock_match(self, start):
        """
        Earthquake of a recorder whose clock is off by whole hours.

        :return: ``(index, offset)``, offset in s that the clock is ahead; ``(None, 0)``
            where no earthquake, or more than one, fits.
        """
        late = start.timestamp - self.p
        hours = np.round(late / 3600)
        fits = np.flatnonzero((hours != 0) & (np.abs(hours) <= CLOCK_HOURS)
                              & (np.abs(late - 3600 * hours) <= CLOCK_WITHIN))
        if len(fits) != 1:
            return None, 0.0
        return int(fits[0]), float(3600 * hours[fits[0]])

    def span(self, index, window):
        """Start and end of what is used of continuous data around an earthquake."""
        return (UTCDateTime(self.p[index] - BEFORE_P),
                UTCDateTime(self.s[index] + max(AFTER_S, 2 * (window or 0.0))))

    def drowned_by(self, index, window):
        """Event whose larger shaking falls into the span of this one, or None."""
        start, end = (t.timestamp for t in self.span(index, window))
        larger = np.flatnonzero((self.p >= start) & (self.p <= end)
                                & (self.size > self.size[index]))
        return self.events[larger[0]] if len(larger) else None


def plan_events(station, events, epochs, window):
    """
    Units of a station: one for each earthquake that it may have recorded.

    :param station: station id.
    :param events: :class:`StationEvents`.
    :param epochs: list of ``(start, end)`` UTCDateTimes (None is open).
    :param window: record length in s, or None.
    :return: list of :class:`Unit`, by time.
    """
    units = []
    for index, event in enumerate(events.events):
        # reach back to the earthquakes just before: a recording that they own must not
        # look as if it had always been running
        before = (events.p <= events.p[index]) & (events.p > events.p[index] - READ_AFTER)
        start = UTCDateTime(events.p[before].min() + CLAIM[0])
        end = max(UTCDateTime(events.p[index] + READ_AFTER), events.span(index, window)[1] + 60)
        if any((a is None or a <= end) and (b is None or b >= start) for a, b in epochs):
            name = str(event.resource_id).rsplit("/", 1)[-1]
            units.append(Unit(f"{station}/{name}", station, start, end, index))
    return units


def plan_days(station, days):
    """
    Units of a station: one for each day.

    :param station: station id.
    :param days: iterable of :class:`datetime.date`.
    :return: list of :class:`Unit`, by time. They reach into the days before and after.
    """
    return [Unit(f"{station}/{day}", station, UTCDateTime(day) - 60,
                 UTCDateTime(day) + DAY + LONGEST_RECORDING) for day in sorted(days)]


def archive_days(client, channels="?N?"):
    """
    Days on which an SDS archive has triggered recordings.

    :param client: ObsPy's SDS Client (or one with ``sds_root``, ``sds_type``, ``FMTSTR``).
    :param channels: pattern of channel codes.
    :return: dict station id -> set of :class:`datetime.date`. Days with a file
        above 4 MB are left out: that is continuous data, which takes a catalog.
    """
    template = re.sub(r"\{(\w+)[^}]*\}", r"{\1}", client.FMTSTR)
    wild = dict.fromkeys(("year", "network", "station", "location", "doy"), "*")
    path = os.path.join(client.sds_root, template.format(
        **wild, channel=channels, sds_type=client.sds_type))
    pattern = _template_pattern(template)
    days = {}
    for name in iglob(path):
        match = pattern.fullmatch(os.path.relpath(name, client.sds_root))
        if match and os.path.getsize(name) <= CONTINUOUS_FILE:
            # as a date: UTCDateTimes cannot always be hashed (ObsPy 1.5)
            day = UTCDateTime(year=int(match["year"]), julday=int(match["doy"])).date
            days.setdefault(f"{match['network']}.{match['station']}", set()).add(day)
    return days


def station_epochs(inventory, channels="?N?", stations=None):
    """
    Stations of an Inventory that have channels of a pattern, with their epochs.

    :param inventory: Inventory.
    :param channels: pattern of channel codes.
    :param stations: station ids to choose, or None for all.
    :return: dict station id -> (``(latitude, longitude)``, list of ``(start, end)``).
    :raises TypeError: if ``inventory`` is not an Inventory.
    :raises TNGInputError: if there are none, or not those asked for.
    """
    if not isinstance(inventory, Inventory):
        raise TypeError(f"inventory must be an obspy Inventory, got {type(inventory).__name__}")
    found = {}
    for network in inventory:
        for station in network:
            epochs = [(c.start_date, c.end_date) for c in station
                      if fnmatch.fnmatchcase(c.code, channels)]
            if epochs:
                key = f"{network.code}.{station.code}"
                known = found.setdefault(key, ((station.latitude, station.longitude), []))
                known[1].extend(epochs)
    if not found:
        raise TNGInputError(f"inventory has no channels {channels!r}")
    return select_stations(found, stations)


def select_stations(found, stations):
    """
    Entries of a dict by station id, in the order asked for.

    :param found: dict with station ids as keys.
    :param stations: iterable of station ids, or None for all, sorted.
    :return: dict.
    :raises TNGInputError: on one that ``found`` does not have.
    """
    wanted = sorted(found) if stations is None else list(stations)
    missing = [key for key in wanted if key not in found]
    if missing:
        raise TNGInputError(f"stations {missing} are not known; known: {sorted(found)}")
    return {key: found[key] for key in wanted}


def origin_of(event):
    """
    Preferred, or first, origin of an earthquake.

    :param event: obspy Event.
    :return: :class:`~obspy.core.event.origin.Origin` with time, latitude and longitude.
    :raises TypeError: if it is not an Event.
    :raises TNGInputError: if it has no such origin.
    """
    if not isinstance(event, Event):
        raise TypeError(f"catalog must be a Catalog of obspy Events, got {type(event).__name__}")
    origin = event.preferred_origin() or next(iter(event.origins), None)
    if origin is None or origin.time is None or None in (origin.latitude, origin.longitude):
        raise TNGInputError(f"event {event.resource_id} of the catalog has no origin with time "
                            "and place")
    return origin


def _arrivals(event, coordinates):
    """P and S (epoch seconds), expected size of the shaking, and the Event."""
    origin = origin_of(event)
    fields = event_fields(event)
    metres = gps2dist_azimuth(origin.latitude, origin.longitude, *coordinates)[0]
    distance = float(np.hypot(metres / 1000.0, fields["depth"] or 0.0))
    # only to tell which of two earthquakes shakes the station more; 1.66 is the distance
    # term of the surface-wave magnitude, saturated near the source
    size = (fields["magnitude"] or 0.0) - 1.66 * np.log10(distance + 10.0)
    time = origin.time.timestamp
    return time + distance / P_VELOCITY, time + distance / S_VELOCITY, size, event


def _template_pattern(template):
    """Regular expression of a path template: a group for each field, repeated ones equal."""
    seen = set()

    def group(match):
        name = match[1]
        if name in seen:
            return f"(?P={name})"
        seen.add(name)
        return f"(?P<{name}>[^/.]*)"

    return re.compile(re.sub(r"\\\{(\w+)\\\}", group, re.escape(template)))
