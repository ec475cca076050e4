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
import pickle
import re
from collections import Counter

from obspy import UTCDateTime
from tqdm import tqdm

from .collecting import Twins, collect_unit
from .exceptions import TNGInputError
from .packing import peaks_of
from .plan import ArchivePlan
from .preparation import check_options, prepare_record
from .records import record_id, station_id

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


def run(client, output, inventory=None, catalog=None, *, stations=None, sampling_rate=100.0,
        window=60.0, channels="?N?", starttime=None, endtime=None, workers=1, processes=False,
        executor=None, shard=None, retry_failed=False, progress=True, **options):
    """
    Collect the records of an archive into a folder; a run that was killed goes on.

    The same records as those of :func:`collect_records`, whatever the number of workers
    and however often the run was stopped: the same bytes in the same files. A unit of
    work that fails stops nothing; it is listed with its reason.

    :param client: see :func:`collect_records`, as are all arguments that are not below.
        Processes need one that can be pickled (FDSN clients: use threads).
    :param output: folder, made where it is missing: gets ``NET.STA/*.mseed`` and
        ``*.json`` (see :mod:`obspy_tng.records_store`), ``rejected.txt``, ``failed.txt``
        where there is reason, ``stations.xml``, and ``manifest.sqlite``. With other
        arguments than those that it was begun with it is refused.
    :param workers: number of threads, or of processes.
    :param processes: True for processes (spawned): more of a machine for Python code, at
        a second or two each to start.
    :param executor: any ``concurrent.futures.Executor`` instead, such as
        ``dask.distributed.Client(...).get_executor()``.
    :param shard: ``"i/N"`` does part i of N; see :func:`obspy_tng.runs.shards.merge_shards`.
    :param retry_failed: True takes up again what failed before.
    :param progress: True shows a progress bar on a terminal; elsewhere a line a minute
        goes to the log.
    :return: :class:`~obspy_tng.runs.loop.RunResult`, with ``counts`` and ``failed``.
    :raises TypeError: on unknown options or objects of the wrong type.
    :raises TNGInputError: for bad values, if nothing can be planned, or the folder holds
        something else; nothing is written then.
    :raises TNGException: if another run is at work on the folder, or it cannot be written.

    .. rubric:: Example

    >>> from tempfile import TemporaryDirectory
    >>> from obspy import read_events, read_inventory
    >>> from obspy.clients.filesystem.sds import Client
    >>> from obspy_tng import simulate_network
    >>> from obspy_tng.simulate import write_sds
    >>> net = simulate_network(n_stations=1, n_events=2, seed=0)
    >>> with TemporaryDirectory() as folder:
    ...     archive = write_sds(net, folder + "/archive")
    ...     result = run(Client(f"{archive}/sds"), folder + "/records",
    ...                  read_inventory(f"{archive}/stations.xml"),
    ...                  read_events(f"{archive}/events.xml"), min_energy=0.5, progress=False)
    >>> result.counts["accepted"], result.complete
    (2, True)
    """
    from .runs.collect import CollectJob  # SQLite and pools only where there is a run
    from .runs.loop import run_job

    catalog, span = _checked(client, catalog, starttime, endtime, options)
    if processes:
        _check_sendable(client)
    options |= {"sampling_rate": sampling_rate, "window": window}
    check_options(**options)  # before there is a folder that keeps them
    job = CollectJob(client, inventory, catalog, stations, channels, span, options)
    return run_job(job, output, workers=workers, processes=processes, executor=executor,
                   shard=shard, retry_failed=retry_failed, progress=progress)


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


def _check_sendable(client):
    """Raise TypeError for a client that cannot go to other processes."""
    try:
        pickle.dumps(client)
    except (pickle.PicklingError, TypeError, AttributeError) as err:
        raise TypeError(f"client {type(client).__name__} cannot be sent to worker processes "
                        f"({err}); use threads (processes=False)") from err


def _reason(text):
    """The kind of a rejection: its text without names and numbers."""
    return re.split(r"[:,(]", text.split(": ", 1)[-1])[0].strip()
