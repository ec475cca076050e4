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

from obspy import Inventory, UTCDateTime

from ..exceptions import TNGInputError
from ..records.event import origin_of
from .association import CLAIM, StationEvents
from .files import DAY, archive_days

READ_AFTER = 900.0  # s after P: long enough for whole triggered recordings
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


class ArchivePlan:
    """
    The whole plan of an archive, made station by station when it is asked for.

    :param client: see :func:`~obspy_tng.archive.collection.collect_records`, as are the others.
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
