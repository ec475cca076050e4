"""
Records from archives
=====================

:func:`collect_records` goes through the data of any ObsPy client, station by
station and earthquake by earthquake, and yields records one at a time. Recordings that
cannot be used are listed with the reason.
:func:`obspy_tng.runs.collect.collect_folder` does the same into a folder, in parallel, and can be
resumed.
"""

import inspect
import logging
import re
import time
from collections import Counter
from functools import lru_cache

from obspy import UTCDateTime
from obspy.core.event import Event
from tqdm import tqdm

from ..exceptions import TNGInputError
from ..records.info import record_id
from ..records.packing import peaks_of
from ..records.prepare import check_options, prepare_record
from ..records.record import station_id
from ..records.rejection import CODES
from .association import CLOCK_ERROR
from .collect import StationTask, collect_unit
from .duplicates import DuplicateFinder
from .files import files_of
from .plan import ArchivePlan

logger = logging.getLogger("obspy_tng")

LOG_EVERY = 60.0  # s between progress lines where there is no terminal

_ALLOWED = set(inspect.signature(prepare_record).parameters) - {"stream", "inventory", "event",
                                                                "common_span"}


def collect_records(client, inventory=None, catalog=None, *, stations=None, sampling_rate=100.0,
                    window=60.0, channels="?N?", locations=None, clock_offsets=None,
                    clock_error=CLOCK_ERROR, starttime=None, endtime=None, progress=True,
                    **options) -> "RecordCollection":
    """
    Find and prepare the records of an archive.

    For every station and earthquake the data from before P to after S are requested, with a
    margin for the errors of old clocks. A recording belongs to the earthquake if it contains the
    predicted arrivals and its strong part begins with them (:mod:`.association`). Of several
    recordings, the longest usable one is taken, of one sensor for the whole run. In an archive in
    files, triggered recordings without an earthquake are also examined: those of a recorder with
    a clock offset of whole or half hours (local time) that several recordings confirm are
    accepted, with ``stats.tng.clock_offset``; others are listed as rejected. Without a catalog
    every triggered recording is a unit.

    :param client: object with ``get_waveforms(network, station, location, channel,
        starttime, endtime)``: ObsPy's SDS or FDSN Client, or your own.
    :param inventory: Inventory with responses and coordinates; None takes ``units``
        (see :func:`~obspy_tng.records.prepare.prepare_record`) and no catalog.
    :param catalog: Catalog of earthquakes; None for recordings by themselves.
    :param stations: station ids to choose; None for all of the inventory (or archive).
    :param sampling_rate: of the records, Hz.
    :param window: length of the records in s.
    :param channels: pattern of channel codes, or several with commas between them; "?N?" are
        accelerometers.
    :param locations: pattern of the location codes to use, or a dict of them by station id;
        None uses the sensor nearest to the surface.
    :param clock_offsets: dict station id -> s that its clock is ahead of UTC, or a list of
        ``(starttime, endtime, s)``; they are noted in ``stats.tng.clock_offset``.
    :param clock_error: s by which clocks of recorders and origin times may be off in addition.
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
    catalog, span = checked_request(client, catalog, starttime, endtime, options)
    options |= {"sampling_rate": sampling_rate, "window": window}
    check_options(**options)
    if type(client).__module__ == "obspy.clients.filesystem.sds":
        client = files_of(client)  # gives the same, joins more, faster
    plan = ArchivePlan(client, inventory, catalog, stations=stations, window=window,
                       channels=channels, span=span, locations=locations,
                       clock_offsets=clock_offsets, clock_error=clock_error)
    options["inventory"] = inventory
    task = lru_cache(maxsize=2)(lambda station: StationTask(
        plan.events(station), plan.sensors(station), channels, options))

    def work(unit):
        return collect_unit(client, unit, task(unit.station))

    units = [unit for station in plan.stations for unit in plan.units(station)]
    return RecordCollection(units, work, progress, plan.left_out)


class RecordCollection:
    """
    Records of an archive, made while one iterates over them.

    ``counts`` (Counter: units, "no data", recordings, accepted, rejected, failed) and
    ``rejected`` (list of ``(id, RejectedRecord)``) are about the last, or running, iteration.

    :param units: list of :class:`~obspy_tng.archive.plan.Unit`.
    :param work: function of a unit that returns an :class:`~obspy_tng.archive.collect.Outcome`.
    :param progress: True shows a progress bar on a terminal, and writes a line a minute to the
        log elsewhere.
    :param left_out: ``(id, RejectedRecord)`` of events, files and stations that cannot be used.
    """

    def __init__(self, units, work, progress=True, left_out=()):
        self.units = units
        self.work = work
        self.progress = progress
        self.left_out = left_out
        self.counts = Counter()
        self.rejected = []

    def __iter__(self):
        self.counts = Counter(units=0, accepted=0, rejected=0)
        self.rejected = []
        for name, rejection in self.left_out:
            self._reject(name, rejection)
        duplicates = DuplicateFinder()
        # disable=None: a bar on terminals only
        with tqdm(self.units, desc="collect", unit="unit",
                  disable=None if self.progress else True) as bar:
            logged = time.monotonic()
            for unit in bar:
                outcome = self.work(unit)
                self.counts.update(outcome.counts, units=1)
                self.rejected.extend(outcome.rejected)
                for record in outcome.records:
                    known = duplicates.find(station_id(record), record_id(record), peaks_of(record))
                    if known:
                        self._reject(record_id(record), known)
                        continue
                    self.counts["accepted"] += 1
                    yield record
                if self.progress and bar.disable and time.monotonic() - logged > LOG_EVERY:
                    logged = time.monotonic()
                    logger.info("collect: %d of %d units, %d records", self.counts["units"],
                                len(self.units), self.counts["accepted"])
        self._finish()

    def _reject(self, name, rejection):
        self.counts["rejected"] += 1
        self.rejected.append((name, rejection))

    def __repr__(self):
        return f"<RecordCollection of {len(self.units)} units; {dict(self.counts) or 'not read'}>"

    def summary(self):
        """
        What was found, in words.

        :return: str of several lines: counts, then codes of rejection by number.
        """
        lines = [", ".join(f"{number} {name}" for name, number in self.counts.items())]
        codes = Counter(rejection.code for _, rejection in self.rejected)
        lines += [f"{number:6d}  {code}: {CODES[code][0]}" for code, number in codes.most_common()]
        return "\n".join(lines)

    def _finish(self):
        """Log what was found; raise an error if it is nothing."""
        logger.info("collect: %s", self.summary())
        if self.counts["accepted"]:
            return
        if not self.rejected:
            raise TNGInputError(f"the archive has no data in any of {len(self.units)} units "
                                f"({self.units[0].id} to {self.units[-1].id})"
                            + ("; it has continuous data, which take a catalog"
                               if self.counts["continuous"] else ""))
        found = re.sub(r"\s*\n\s*", "; ", self.summary())
        raise TNGInputError(f"no recording of the archive is usable: {found}; the first: "
                            f"{self.rejected[0][1].text}")


def checked_request(client, catalog, starttime, endtime, options):
    """
    Check the arguments that :func:`collect_records` and runs share.

    :param client: object with ``get_waveforms``.
    :param catalog: iterable of Events, or None.
    :param starttime: time, or None.
    :param endtime: time, or None.
    :param options: dict of options of :func:`~obspy_tng.records.prepare.prepare_record`.
    :return: catalog as a list or None, and ``(starttime, endtime)`` as UTCDateTimes or None.
    :raises TypeError: for a client of another kind, or an unknown option.
    """
    if not callable(getattr(client, "get_waveforms", None)):
        raise TypeError("client must have get_waveforms(network, station, location, channel, "
                        f"starttime, endtime), got {type(client).__name__}")
    unknown = sorted(set(options) - _ALLOWED)
    if unknown:
        raise TypeError(f"unknown options {unknown}; allowed: {sorted(_ALLOWED)}")
    if isinstance(catalog, Event | str):  # both are iterable
        raise TypeError(f"catalog must be a Catalog of obspy Events, got {type(catalog).__name__}"
                        + ("; [event] will do" if isinstance(catalog, Event) else
                           "; obspy.read_events() reads one"))
    return (None if catalog is None else list(catalog),
            tuple(None if t is None else UTCDateTime(t) for t in (starttime, endtime)))

