"""
What to look for in an archive: units of work that do not depend on each other.

A unit is a station and an earthquake, or a station and a day of an SDS archive.
The days find recordings that no earthquake claims, so that every recording of a
triggered archive is accounted for. :class:`ArchivePlan` is the whole plan.
"""

import fnmatch
from dataclasses import dataclass
from datetime import timedelta
from functools import lru_cache

import numpy as np
from obspy import Inventory, UTCDateTime
from obspy.core.event import Event
from obspy.geodetics import gps2dist_azimuth

from .exceptions import TNGInputError
from .files import DAY, archive_days
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
# A recording longer than this is continuous data.
LONGEST_RECORDING = 1800.0


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


class ArchivePlan:
    """
    The whole plan of an archive, made station by station when it is asked for.

    :param client: see :func:`~obspy_tng.archive.collect_records`, as are the others.
    :param inventory: Inventory, or None.
    :param catalog: list of Events, or None.
    :param stations: station ids, or None for all.
    :param window: record length in s, or None.
    :param channels: pattern of channel codes.
    :param span: ``(starttime, endtime)``, UTCDateTimes or None.
    :raises TNGInputError: if nothing can be planned.
    """

    def __init__(self, client, inventory, catalog, *, stations, window, channels, span):
        self._days = archive_days(client, channels)
        self._found = _stations(inventory, catalog, stations, channels, self._days)
        if self._days is None and catalog is None and None in span:
            raise TNGInputError("without a catalog, starttime and endtime must be given for a "
                                "client that is not an archive in files")
        self._events = [event for event in catalog or () if _inside(event, span)]
        self._by_date = self._days is None and catalog is None
        self._window, self._span = window, span
        self.events = lru_cache(maxsize=2)(self._station_events)
        if not any(map(self.units, self.stations)):
            raise TNGInputError(_nothing_planned(catalog, span))

    @property
    def stations(self):
        """Station ids, in order."""
        return list(self._found)

    def units(self, station):
        """List of the :class:`Unit` of a station: earthquakes, then days, by time."""
        start, end = self._span
        if self._by_date:
            days = [start.date + timedelta(days=i) for i in range((end.date - start.date).days + 1)]
        else:
            days = [day for day in (self._days or {}).get(station, ())
                    if (start is None or day >= start.date) and (end is None or day <= end.date)]
        return (plan_events(station, self.events(station), self._found[station][1], self._window)
                + plan_days(station, days))

    def _station_events(self, station):
        """:class:`StationEvents` of a station."""
        return StationEvents(self._events, self._found[station][0])


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


def _stations(inventory, catalog, stations, channels, days):
    """Stations to plan for: dict station id -> (coordinates, epochs)."""
    if inventory is not None:
        return station_epochs(inventory, channels, stations)
    if catalog is not None:
        raise TNGInputError("a catalog needs an inventory: the distances of the stations tell "
                            "when the earthquakes arrive")
    if days:
        return {key: (None, [(None, None)]) for key in select_stations(days, stations)}
    if stations and days is None:
        return {key: (None, [(None, None)]) for key in stations}
    raise TNGInputError("the archive has no files" if days == {} else
                        "stations must be given where there is no inventory")


def _inside(event, span):
    """True if an earthquake lies in the span asked for."""
    time = origin_of(event).time
    return (span[0] is None or time >= span[0]) and (span[1] is None or time <= span[1])


def _nothing_planned(catalog, span):
    """Why there is nothing to do."""
    if catalog is None:
        return "the archive is empty: no file of the stations and channels asked for"
    return (f"no match: none of the {len(catalog)} earthquakes of the catalog lies in an epoch of "
            f"the stations (starttime={span[0]}, endtime={span[1]})")
