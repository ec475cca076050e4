"""
Records out of archives
=======================

:func:`collect_records` goes through the data of any ObsPy client, station by
station and earthquake by earthquake, and gives the records that can be made of
it. Nothing is kept but what is asked for: it streams through. What could not be
used is listed with its reason.
"""

import inspect
import logging
import re
from collections import Counter
from datetime import timedelta

import numpy as np
from obspy import UTCDateTime
from tqdm import tqdm

from .collecting import collect_unit
from .exceptions import TNGInputError
from .plan import (
    StationEvents,
    archive_days,
    origin_of,
    plan_days,
    plan_events,
    select_stations,
    station_epochs,
)
from .preparation import prepare_record
from .records import record_id, station_id

logger = logging.getLogger("obspy_tng")

# Two recordings of a station are the same one, filed under two dates, if the peaks of
# all three components agree so closely.
SAME_WITHIN = 1e-4
_ALLOWED = set(inspect.signature(prepare_record).parameters) - {"stream", "inventory", "event",
                                                                "common_span"}


def collect_records(client, inventory=None, catalog=None, *, stations=None, sampling_rate=100.0,
                    window=60.0, channels="?N?", starttime=None, endtime=None, progress=True,
                    **options):
    """
    Find and prepare the records of an archive.

    For every station and earthquake the data from before P to after S are asked for,
    with the generosity that old clocks need; of several recordings of one earthquake
    the longest that is usable is taken. In an SDS archive, triggered recordings that
    no earthquake claims are looked at as well: one whose clock is off by whole hours
    (local time) is taken with ``stats.tng.clock_offset``, any other is listed as
    rejected. Without a catalog every triggered recording is a unit by itself.

    :param client: object with ``get_waveforms(network, station, location, channel,
        starttime, endtime)``: ObsPy's SDS or FDSN Client, or your own.
    :param inventory: Inventory with responses and coordinates; None takes ``units``
        (see :func:`~obspy_tng.preparation.prepare_record`) and no catalog.
    :param catalog: Catalog of earthquakes; None for recordings by themselves.
    :param stations: station ids to choose; None for all of the inventory (or archive).
    :param sampling_rate: of the records, Hz.
    :param window: length of the records in s.
    :param channels: pattern of channel codes; "?N?" are accelerometers.
    :param starttime: UTCDateTime; nothing before it.
    :param endtime: UTCDateTime; nothing after it.
    :param progress: True shows a progress bar on a terminal.
    :param options: more options of :func:`~obspy_tng.preparation.prepare_record`.
    :return: :class:`RecordCollection`, an iterable of records.
    :raises TypeError: on unknown options or objects of the wrong type.
    :raises TNGInputError: if nothing can be planned; while iterating, at the end, if
        the archive had nothing to make a record of.

    .. rubric:: Example

    >>> from obspy_tng import simulate_network
    >>> from obspy import Stream
    >>> net = simulate_network(n_stations=1, n_events=2, seed=0)
    >>> class Archive:
    ...     def get_waveforms(self, network, station, location, channel, starttime, endtime):
    ...         found = [st for st in net.records if st[0].stats.station == station]
    ...         return sum(found, Stream()).slice(starttime, endtime)
    >>> collection = collect_records(Archive(), catalog=net.catalog, inventory=net.inventory,
    ...                              min_energy=0.5)
    >>> [len(record) for record in collection], collection.counts["accepted"]
    ([3, 3], 2)
    """
    if not callable(getattr(client, "get_waveforms", None)):
        raise TypeError("client must have get_waveforms(network, station, location, channel, "
                        f"starttime, endtime), got {type(client).__name__}")
    unknown = sorted(set(options) - _ALLOWED)
    if unknown:
        raise TypeError(f"unknown options {unknown}; allowed: {sorted(_ALLOWED)}")
    catalog = None if catalog is None else list(catalog)
    span = tuple(None if t is None else UTCDateTime(t) for t in (starttime, endtime))
    units, events = _plan(client, inventory, catalog, stations, window, channels, span)
    if not units:
        raise TNGInputError(_nothing_planned(catalog, span))
    options |= {"sampling_rate": sampling_rate, "window": window, "inventory": inventory}

    def work(unit):
        return collect_unit(client, unit, events[unit.station], channels, options)

    return RecordCollection(units, work, progress)


class RecordCollection:
    """
    Records of an archive, made while one iterates over them.

    ``counts`` (Counter: units, "no data", recordings, accepted, rejected, failed) and
    ``rejected`` (list of ``(id, reason)``) are about the last, or running, iteration.

    :param units: list of :class:`~obspy_tng.plan.Unit`.
    :param work: function of a unit that returns an :class:`~obspy_tng.collecting.Outcome`.
    :param progress: True shows a progress bar on a terminal.
    """

    def __init__(self, units, work, progress=True):
        self.units = units
        self.work = work
        self.progress = progress
        self.counts = Counter()
        self.rejected = []

    def __iter__(self):
        self.counts = Counter(units=0, accepted=0, rejected=0)
        self.rejected = []
        seen = {}
        # disable=None: a bar on terminals only
        with tqdm(self.units, desc="collect", unit="unit",
                  disable=None if self.progress else True) as bar:
            for unit in bar:
                outcome = self.work(unit)
                self.counts.update(outcome.counts, units=1)
                self.rejected.extend(outcome.rejected)
                for record in outcome.records:
                    twin = _twin(record, seen)
                    if twin:
                        self.counts["rejected"] += 1
                        self.rejected.append((record_id(record),
                                              f"{record_id(record)}: same samples as {twin}"))
                        continue
                    self.counts["accepted"] += 1
                    yield record
        self._finish()

    def __repr__(self):
        return f"<RecordCollection of {len(self.units)} units; {dict(self.counts) or 'not read'}>"

    def summary(self):
        """
        What was found, in words.

        :return: str of several lines: counts, then reasons of rejection by number.
        """
        lines = [", ".join(f"{number} {name}" for name, number in self.counts.items())]
        reasons = Counter(_reason(reason) for _, reason in self.rejected)
        lines += [f"{number:6d}  {reason}" for reason, number in reasons.most_common()]
        return "\n".join(lines)

    def _finish(self):
        """Say what was found; raise where that is nothing."""
        logger.info("collect: %s", self.summary())
        if self.counts["accepted"]:
            return
        if not self.rejected:
            raise TNGInputError(f"the archive has no data in any of {len(self.units)} units "
                                f"({self.units[0].id} to {self.units[-1].id})")
        found = re.sub(r"\s*\n\s*", "; ", self.summary())
        raise TNGInputError(f"no recording of the archive is usable: {found}; the first: "
                            f"{self.rejected[0][1]}")


def _plan(client, inventory, catalog, stations, window, channels, span):
    """Units of all stations, and the StationEvents of each."""
    days = archive_days(client, channels) if hasattr(client, "sds_root") else None
    if inventory is not None:
        found = station_epochs(inventory, channels, stations)
    elif catalog is not None:
        raise TNGInputError("a catalog needs an inventory: the distances of the stations tell "
                            "when the earthquakes arrive")
    elif days:
        found = {key: (None, [(None, None)]) for key in select_stations(days, stations)}
    elif stations and days is None:
        found = {key: (None, [(None, None)]) for key in stations}
    else:
        raise TNGInputError("the archive has no files" if days == {} else
                            "stations must be given where there is no inventory")
    if days is None and catalog is None and None in span:
        raise TNGInputError("without a catalog, starttime and endtime must be given for a client "
                            "that is not an SDS archive")
    units, events = [], {}
    for station, (coordinates, epochs) in found.items():
        chosen = [event for event in catalog or () if _inside(event, span)]
        events[station] = StationEvents(chosen, coordinates)
        units += plan_events(station, events[station], epochs, window)
        if days is None and catalog is None:
            first = span[0].date
            here = [first + timedelta(days=i) for i in range((span[1].date - first).days + 1)]
        else:
            here = (days or {}).get(station, ())
        units += plan_days(station, [day for day in here
                                     if (span[0] is None or day >= span[0].date)
                                     and (span[1] is None or day <= span[1].date)])
    return units, events


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


def _twin(record, seen):
    """Id of an earlier record of the station with the same samples, or None."""
    mark = np.array([np.abs(tr.data).max() for tr in record])
    marks = seen.setdefault(station_id(record), {})
    for name, other in marks.items():
        if np.allclose(mark, other, rtol=SAME_WITHIN, atol=0):
            return name
    marks[record_id(record)] = mark
    return None


def _reason(text):
    """The kind of a rejection: its text without names and numbers."""
    return re.split(r"[:,(]", text.split(": ", 1)[-1])[0].strip()
