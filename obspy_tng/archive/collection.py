"""
Records out of archives
=======================

:func:`collect_records` goes through the data of any ObsPy client, station by
station and earthquake by earthquake, and gives the records that can be made of
it. Nothing is kept but what is asked for: it streams through. What could not be
used is listed with its reason. :func:`run` does the same into a folder, in parallel,
and goes on where it was stopped.
"""

import inspect
import logging
import re
from collections import Counter

from obspy import UTCDateTime
from tqdm import tqdm

from ..exceptions import TNGInputError
from ..records.packing import peaks_of
from ..records.prepare import check_options, prepare_record
from ..records.record import record_id, station_id
from .collect import collect_unit
from .duplicates import Twins
from .plan import ArchivePlan

logger = logging.getLogger("obspy_tng")

_ALLOWED = set(inspect.signature(prepare_record).parameters) - {"stream", "inventory", "event",
                                                                "common_span"}


def collect_records(client, inventory=None, catalog=None, *, stations=None, sampling_rate=100.0,
                    window=60.0, channels="?N?", starttime=None, endtime=None, progress=True,
                    **options) -> "RecordCollection":
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
        (see :func:`~obspy_tng.records.prepare.prepare_record`) and no catalog.
    :param catalog: Catalog of earthquakes; None for recordings by themselves.
    :param stations: station ids to choose; None for all of the inventory (or archive).
    :param sampling_rate: of the records, Hz.
    :param window: length of the records in s.
    :param channels: pattern of channel codes; "?N?" are accelerometers.
    :param starttime: UTCDateTime; nothing before it.
    :param endtime: UTCDateTime; nothing after it.
    :param progress: True shows a progress bar on a terminal.
    :param options: more options of :func:`~obspy_tng.records.prepare.prepare_record`.
    :return: :class:`RecordCollection`, an iterable of records.
    :raises TypeError: on unknown options or objects of the wrong type.
    :raises TNGInputError: for bad values, or if nothing can be planned; while iterating, at
        the end, if the archive had nothing to make a record of.

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
    catalog, span = _checked(client, catalog, starttime, endtime, options)
    options |= {"sampling_rate": sampling_rate, "window": window}
    check_options(**options)
    plan = ArchivePlan(client, inventory, catalog, stations=stations, window=window,
                       channels=channels, span=span)
    options["inventory"] = inventory

    def work(unit):
        return collect_unit(client, unit, plan.events(unit.station), channels, options)

    units = [unit for station in plan.stations for unit in plan.units(station)]
    return RecordCollection(units, work, progress)


class RecordCollection:
    """
    Records of an archive, made while one iterates over them.

    ``counts`` (Counter: units, "no data", recordings, accepted, rejected, failed) and
    ``rejected`` (list of ``(id, reason)``) are about the last, or running, iteration.

    :param units: list of :class:`~obspy_tng.archive.plan.Unit`.
    :param work: function of a unit that returns an :class:`~obspy_tng.archive.collect.Outcome`.
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
        twins = Twins()
        # disable=None: a bar on terminals only
        with tqdm(self.units, desc="collect", unit="unit",
                  disable=None if self.progress else True) as bar:
            for unit in bar:
                outcome = self.work(unit)
                self.counts.update(outcome.counts, units=1)
                self.rejected.extend(outcome.rejected)
                for record in outcome.records:
                    twin = twins.find(station_id(record), record_id(record), peaks_of(record))
                    if twin:
                        self.counts["rejected"] += 1
                        self.rejected.append((record_id(record), twin))
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


def _checked(client, catalog, starttime, endtime, options):
    """Catalog as a list and span of times, after a look at the arguments."""
    if not callable(getattr(client, "get_waveforms", None)):
        raise TypeError("client must have get_waveforms(network, station, location, channel, "
                        f"starttime, endtime), got {type(client).__name__}")
    unknown = sorted(set(options) - _ALLOWED)
    if unknown:
        raise TypeError(f"unknown options {unknown}; allowed: {sorted(_ALLOWED)}")
    return (None if catalog is None else list(catalog),
            tuple(None if t is None else UTCDateTime(t) for t in (starttime, endtime)))


def _reason(text):
    """The kind of a rejection: its text without names and numbers."""
    return re.split(r"[:,(]", text.split(": ", 1)[-1])[0].strip()
