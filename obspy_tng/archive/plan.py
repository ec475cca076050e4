"""
The plan of an archive: independent units of work.

A unit is a station and an earthquake, or a station and a day of an SDS archive.
The units of days find recordings without an earthquake, so that every recording of a
triggered archive is accounted for. :class:`ArchivePlan` is the complete plan.
"""

import logging
from dataclasses import dataclass
from functools import lru_cache

from obspy import Inventory, UTCDateTime
from obspy.core.inventory import Channel

from .._checks import positive
from ..exceptions import TNGInputError
from ..records.event import origin_of
from ..records.rejection import RejectedRecord
from .association import CLOCK_ERROR, START_WINDOW, StationEvents
from .files import DAY, DAY_LEAD, archive_contents, files_of
from .reading import LONGEST_RECORDING
from .sensors import choose_sensors, places_of
from .templates import days_between, matches_code

logger = logging.getLogger("obspy_tng")

READ_AFTER = 900.0  # s after P: long enough for whole triggered recordings


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


@dataclass(frozen=True)
class PlannedStation:
    """A station: its Channels in the inventory, days with data in files, location codes."""

    channels: tuple = ()
    days: frozenset = frozenset()
    locations: frozenset | None = None

    @property
    def epochs(self):
        """List of ``(start, end)`` UTCDateTimes or None."""
        return [(c.start_date, c.end_date) for c in self.channels] or [(None, None)]


class ArchivePlan:
    """
    The plan of an archive, made station by station on access.

    ``left_out`` lists the events of the catalog and the files that cannot be used, and the stations
    in files that the inventory does not have, as ``(id, RejectedRecord)``.

    :param client: see :func:`~obspy_tng.archive.collection.collect_records`, as are the others.
    :param inventory: Inventory, or None.
    :param catalog: list of Events, or None.
    :param stations: station ids, or None for all.
    :param window: record length in s, or None.
    :param channels: pattern of channel codes, or several with commas between them.
    :param span: ``(starttime, endtime)``, UTCDateTimes or None.
    :param locations: pattern of location codes, dict of them by station id, or None.
    :param clock_offsets: dict station id -> s, or list of ``(starttime, endtime, s)``.
    :param clock_error: s.
    :raises TNGInputError: if nothing can be planned.
    """

    def __init__(self, client, inventory, catalog, *, stations, window, channels, span,
                 locations=None, clock_offsets=None, clock_error=CLOCK_ERROR):
        contents = archive_contents(client, channels)
        self._in_files = contents is not None
        self._found = _stations(client, inventory, catalog, stations, channels, contents)
        if not self._in_files and catalog is None and None in span:
            raise TNGInputError("without a catalog, starttime and endtime must be given for a "
                                "client that is not an archive in files")
        self._clocks = _checked_clocks(clock_offsets, self._found)
        self._clock_error = positive("clock_error", clock_error)
        self._locations, self._channels = locations, channels
        usable, self.left_out = _usable(catalog)
        self.left_out += _unreadable(client)
        if inventory is not None and stations is None:
            self.left_out += _without_metadata(contents or {}, inventory)
        self._events = [event for event in usable if _inside(event, span)]
        self._by_date = not self._in_files and catalog is None
        self._window, self._span = window, span
        self.events = lru_cache(maxsize=2)(self._station_events)
        if not any(map(self.units, self.stations)) or (catalog is not None and not self._events):
            raise TNGInputError(_nothing_planned(catalog, span, channels, client))
        for station in self.stations:
            chosen = self.sensors(station)
            if chosen.others:
                logger.info("collect: %s has several sensors; %s is used", station, chosen.text)

    @property
    def stations(self):
        """Station ids, in order."""
        return list(self._found)

    def units(self, station):
        """List of the :class:`Unit` of a station: earthquakes, then days, by time."""
        start, end = self._span
        if self._by_date:
            days = days_between(start, end)
        else:
            days = [day for day in self._found[station].days
                    if (start is None or day >= start.date) and (end is None or day <= end.date)]
        return (plan_events(station, self.events(station), self._found[station].epochs,
                            self._window)
                + plan_days(station, days))

    def sensors(self, station):
        """:class:`~obspy_tng.archive.sensors.SensorChoice` of a station."""
        found = self._found[station]
        wanted = (self._locations.get(station) if isinstance(self._locations, dict)
                  else self._locations)
        surface = matches_code("EW2", self._channels)
        return choose_sensors(found.channels, found.locations, wanted, surface)

    def _station_events(self, station):
        """:class:`StationEvents` of a station."""
        sensors, channels = self.sensors(station), self._found[station].channels
        used = [c for c in channels if sensors.locations is None
                or (c.location_code or "") in sensors.locations]
        arguments = (places_of(used or channels), self._clocks.get(station, ()),
                     self._clock_error)
        events = StationEvents(self._events, *arguments)
        # those outside of its epochs have no unit: the recordings then belong to the days
        units = plan_events(station, events, self._found[station].epochs, self._window)
        if len(units) == len(events.arrivals):
            return events
        return StationEvents([events.arrivals[unit.index].event for unit in units], *arguments)


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
    for index, arrival in enumerate(events.arrivals):
        # reach back to the earthquakes just before: a recording of one of them must not
        # look as if it had always been running
        before = (events.p <= events.p[index]) & (events.p > events.p[index] - READ_AFTER)
        start = UTCDateTime(events.p[before].min() + START_WINDOW[0])
        end = max(UTCDateTime(events.p[index] + READ_AFTER), events.span(index, window)[1] + 60)
        if any((a is None or a <= end) and (b is None or b >= start) for a, b in epochs):
            name = str(arrival.event.resource_id).rsplit("/", 1)[-1]
            units.append(Unit(f"{station}/{name}", station, start, end, index))
    return units


def plan_days(station, days):
    """
    Units of a station: one for each day.

    :param station: station id.
    :param days: iterable of :class:`datetime.date`.
    :return: list of :class:`Unit`, by time. They reach into the days before and after.
    """
    return [Unit(f"{station}/{day}", station, UTCDateTime(day) - DAY_LEAD,
                 UTCDateTime(day) + DAY + LONGEST_RECORDING) for day in sorted(days)]


def station_channels(inventory, channels="?N?", stations=None):
    """
    Channels of the stations of an Inventory.

    :param inventory: Inventory.
    :param channels: pattern of channel codes, or several with commas between them.
    :param stations: station ids to choose, or None for all.
    :return: dict station id -> list of Channels.
    :raises TypeError: if ``inventory`` is not an Inventory.
    :raises TNGInputError: if there are none, or not those asked for.
    """
    if not isinstance(inventory, Inventory):
        raise TypeError(f"inventory must be an obspy Inventory, got {type(inventory).__name__}")
    found, other = {}, {}
    for network in inventory:
        for station in network:
            key = f"{network.code}.{station.code}"
            for channel in station:
                found_in = found if matches_code(channel.code, channels) else other
                found_in.setdefault(key, []).append(channel)
    without = {key: codes for key, codes in other.items() if key not in found}
    if not found:
        raise TNGInputError(f"inventory has no channels {channels!r}; {_has(without)}")
    if without:
        logger.info("collect: %d stations have no channels %s and are left out; %s", len(without),
                    channels, _has(without))
    return select_stations(found, stations)


def _has(found):
    """Which channels some stations have instead, and how to take them."""
    kinds = {}
    for key, channels in found.items():
        for channel in channels:
            code = channel.code if isinstance(channel, Channel) else channel
            knet = code[:2] in ("EW", "NS", "UD")
            kinds.setdefault(code[:2] + "*" if knet else code[:-1] + "?", set()).add(key)
    if not kinds:
        return "it has no channels at all"
    told = ", ".join(f"{kind} at {len(kinds[kind])} stations" for kind in sorted(kinds))
    knet = [kind for kind in sorted(kinds) if kind[:2] in ("EW", "NS", "UD")]
    # L and G are accelerometers of older networks, H broadband seismometers
    best = ",".join(knet) or max(sorted(kinds), key=lambda kind: (
        kind[1:2] in "LG", kind[1:2] == "H", len(kinds[kind])))
    return f"it has {told}: channels={best!r} (--channels '{best}') takes them"


def select_stations(found, stations):
    """
    Entries of a dict by station id, in the requested order.

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


def _stations(client, inventory, catalog, stations, channels, contents):
    """Stations to plan for: dict station id -> :class:`PlannedStation`."""
    contents = {} if contents is None and inventory is not None else contents
    if inventory is not None:
        return {key: PlannedStation(tuple(found), *_held(contents, key))
                for key, found in station_channels(inventory, channels, stations).items()}
    if catalog is not None:
        raise TNGInputError("a catalog needs an inventory: the distances of the stations tell "
                            "when the earthquakes arrive")
    if contents:
        return {key: PlannedStation((), *_held(contents, key))
                for key in select_stations(contents, stations)}
    if stations and contents is None:
        return {key: PlannedStation() for key in stations}
    if contents is None:
        raise TNGInputError("stations must be given where there is no inventory")
    raise TNGInputError(f"the archive has no files of channels {channels!r}; {_elsewhere(client)}")


def _held(contents, station):
    """Days and location codes of a station in files."""
    days, locations = contents.get(station, ((), ()))
    return frozenset(days), frozenset(locations) or None


def _elsewhere(client):
    """What an archive in files has instead of the requested data."""
    archive = files_of(client)
    codes = archive.channel_codes()
    if codes:
        return _has({"the archive": sorted(codes)}).replace(" at 1 stations", "")
    return (f"no {archive.format} file has a name like {archive.template!r}; FileClient(folder, "
            "template, format) (--template, --file-format) reads others, "
            f"FileClient(folder, '*', {archive.format!r}) all files of a folder")


def _usable(catalog):
    """Events with an origin, and ``(id, RejectedRecord)`` of the others."""
    usable, left_out = [], []
    for event in catalog or ():
        try:
            origin_of(event)
        except TNGInputError as err:
            left_out.append((str(event.resource_id),
                             RejectedRecord("no_origin", None, None, str(err))))
            logger.warning("collect: %s", err)
        else:
            usable.append(event)
    return usable, left_out


def _unreadable(client):
    """``(path, RejectedRecord)`` of files whose headers cannot be read."""
    archive = files_of(client)
    found = {} if archive is None else archive.unreadable
    for text in found.values():
        logger.warning("collect: %s", text)
    return [(path, RejectedRecord("unusable", None, None, text)) for path, text in found.items()]


def _without_metadata(contents, inventory):
    """``(id, RejectedRecord)`` of the stations in files that the inventory does not have."""
    known = {f"{network.code}.{station.code}" for network in inventory for station in network}
    left_out = []
    for station in sorted(set(contents) - known):
        days = len(contents[station][0])
        text = (f"{station}: the inventory has no such station; its data of {days} days are not "
                "read")
        left_out.append((station, RejectedRecord("no_channel", None, None, text)))
        logger.warning("collect: %s", text)
    return left_out


def _checked_clocks(clock_offsets, stations):
    """Clock offsets as lists of ``(start, end, seconds)`` by station."""
    if clock_offsets is None:
        return {}
    if not isinstance(clock_offsets, dict):
        raise TypeError("clock_offsets must be a dict of station ids, got "
                        f"{type(clock_offsets).__name__}")
    select_stations(stations, clock_offsets)
    found = {}
    for station, value in clock_offsets.items():
        rows = value if isinstance(value, list | tuple) else [(None, None, value)]
        try:
            found[station] = [(None if start is None else UTCDateTime(start),
                               None if end is None else UTCDateTime(end), float(seconds))
                              for start, end, seconds in rows]
        except (TypeError, ValueError) as err:
            raise TNGInputError(f"clock_offsets of {station} must be a number of s, or a list of "
                                f"(starttime, endtime, s), got {value!r}") from err
    return found


def _inside(event, span):
    """True if an earthquake lies in the requested span."""
    time = origin_of(event).time
    return (span[0] is None or time >= span[0]) and (span[1] is None or time <= span[1])


def _nothing_planned(catalog, span, channels, client):
    """Why there is nothing to do."""
    if catalog is None:
        return (f"the archive is empty: no file of the stations and channels {channels!r} asked "
                f"for; {_elsewhere(client)}")
    return (f"no match: none of the {len(catalog)} earthquakes of the catalog lies in an epoch of "
            f"the stations (starttime={span[0]}, endtime={span[1]})")
