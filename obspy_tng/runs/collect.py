"""The run that collects records from an archive: a unit is a station and an earthquake, or day."""

import hashlib
import io
import pickle
import time
from bisect import bisect_left, bisect_right
from dataclasses import dataclass
from datetime import datetime
from functools import lru_cache
from pathlib import Path

import numpy as np
from obspy import Inventory, UTCDateTime, read

from .._version import __version__
from ..archive.association import CLOCK_ERROR
from ..archive.collect import StationTask, collect_unit
from ..archive.collection import checked_request
from ..archive.files import BORDER, FileClient, changed_files, files_of
from ..archive.plan import ArchivePlan, Unit
from ..records.c_libraries import C_LIBRARIES
from ..records.packing import pack_record
from ..records.prepare import check_options
from ..records.rejection import RejectedRecord
from .job import Job, Result, SentObject, WorkUnit, value_hash
from .loop import run_job
from .outputs import INVENTORY
from .pool import COLLECTING


class CollectJob(Job):
    """
    Records from an archive.

    :param client: see :func:`obspy_tng.runs.collect.collect_folder`, as are the others.
    :param inventory: Inventory, or None.
    :param catalog: list of Events, or None.
    :param stations: station ids, or None.
    :param channels: pattern of channel codes.
    :param span: ``(starttime, endtime)``, UTCDateTimes or None.
    :param choices: dict of ``locations``, ``clock_offsets`` and ``clock_error``.
    :param options: dict of arguments of :func:`~obspy_tng.records.prepare.prepare_record`.
    """

    kind = "collect"
    unique = True
    modules = COLLECTING

    def __init__(self, client, inventory, catalog, stations, channels, span, choices, options):
        self.client, self.inventory, self.catalog = client, inventory, catalog
        self.channels, self.span, self.choices, self.options = channels, span, choices, options
        self.wanted = stations
        self.archive = files_of(client)
        if type(client).__module__ == "obspy.clients.filesystem.sds":
            self.client = self.archive  # gives the same, faster
        self.planned = ArchivePlan(client, inventory, catalog, stations=stations,
                                   window=options["window"], channels=channels, span=span,
                                   **choices)
        self.station_work = lru_cache(maxsize=2)(self._station_work)

    def settings(self):
        return {"version": __version__, "client": _describe_client(self.client),
                "inventory": _inventory_hash(self.inventory),
                "catalog": _catalog_hash(self.catalog), "stations": self.wanted,
                "channels": self.channels, "span": [t and str(t) for t in self.span],
                **self.choices, **self.options}

    def plan(self):
        for name, rejection in self.planned.left_out:
            yield WorkUnit(f"catalog/{name}", {"left_out": [name, *rejection.row]})
        for station in self.planned.stations:
            names = set()
            listing = None if self.archive is None else _Listing(self.archive, station,
                                                                 self.channels)
            for unit in self.planned.units(station):
                name, number = unit.id, 1
                while name in names:  # a catalog may have two events of one name
                    number += 1
                    name = f"{unit.id}#{number}"
                names.add(name)
                spec = {"unit": unit.id, "station": unit.station, "index": unit.index,
                        "starttime": str(unit.starttime), "endtime": str(unit.endtime)}
                yield WorkUnit(name, spec, None if listing is None else listing.marks(unit))

    def task(self, unit):
        spec = unit.spec
        if "left_out" in spec:
            return list_event, tuple(spec["left_out"])
        asked = Unit(spec["unit"], spec["station"], _time(spec["starttime"]),
                     _time(spec["endtime"]), spec["index"])
        return do_unit, (self.station_work(asked.station), asked, unit.files)

    def finish(self, folder):
        if self.inventory is not None:
            self.inventory.write(str(Path(folder) / INVENTORY), format="STATIONXML")

    def _station_work(self, station):
        """What all units of a station need, to be sent to workers."""
        inventory = self.inventory
        if inventory is not None:
            network, code = station.split(".")
            inventory = inventory.select(network=network, station=code)
        return SentObject(StationWork(
            self.client, None if self.archive is None else self.archive.root,
            StationTask(self.planned.events(station), self.planned.sensors(station),
                        self.channels, {**self.options, "inventory": inventory})))


@dataclass
class StationWork:
    """Arguments of :func:`do_unit` that all units of a station share; ``root`` of the files."""

    client: object
    root: str | None
    task: StationTask


def _time(text):
    """UTCDateTime of its text; ObsPy's own reading takes ten times as long."""
    return UTCDateTime(datetime.fromisoformat(text.removesuffix("Z")))


def list_event(name, code, value, limit, text):
    """
    The unit of an event that cannot be used: it is listed.

    :param name: resource id of the event.
    :param code: see :class:`~obspy_tng.records.rejection.RejectedRecord`, as are the others.
    :param value: number that was found.
    :param limit: number that is allowed.
    :param text: reason in words.
    :return: :class:`~obspy_tng.runs.job.Result`
    """
    return Result(rejected=[(name, RejectedRecord(code, value, limit, text))],
                  counts={"rejected": 1})


def do_unit(shipped, unit, files):
    """
    Do one unit: read, prepare, pack.

    :param shipped: :class:`~obspy_tng.runs.job.SentObject` of a :class:`StationWork`.
    :param unit: :class:`~obspy_tng.archive.plan.Unit`.
    :param files: input files as planned, or None.
    :return: :class:`~obspy_tng.runs.job.Result`
    """
    work, started = shipped.value, time.perf_counter()
    reader = _Reader(work.client, files)
    # before and after reading: what was read is what was planned
    changed = changed_files(work.root, files or ())
    if changed:
        return Result(error=changed, seconds=time.perf_counter() - started)
    outcome = collect_unit(reader, unit, work.task)
    error = changed_files(work.root, files or ()) or outcome.error
    counts = {key: number for key, number in outcome.counts.items() if number and key != "rejected"}
    counts["rejected"] = len(outcome.rejected)
    return Result([pack_record(record) for record in outcome.records], outcome.rejected,
                  counts, error, reader.hash, time.perf_counter() - started)


class _Reader:
    """
    A client that threads share, for one unit, and the hash of the samples that it gave.

    Where nothing but spans was asked for the hash is of them.
    """

    def __init__(self, client, marks=None):
        self._client = client
        self._marks = marks if isinstance(client, FileClient) else None
        self.hash = None

    def spans(self):
        """Spans of the traces in the unit's files, None where they are not known."""
        if self._marks is None:
            return None
        with C_LIBRARIES:
            spans = self._client.spans_of(self._marks)
        if spans is not None:
            self.hash = value_hash([[str(start), str(end)] for start, end in spans])
        return spans

    def station_spans(self, station, channels):
        """Spans of all traces of the station, empty where they are not known."""
        if self._marks is None:
            return []
        with C_LIBRARIES:
            return self._client.station_spans(station, channels)

    def get_waveforms(self, *args):
        stream = self._stream(*args)
        checksum = hashlib.sha256()
        for tr in sorted(stream, key=lambda tr: (tr.id, tr.stats.starttime, tr.stats.npts)):
            checksum.update(f"{tr.id} {tr.stats.starttime} {tr.stats.sampling_rate} ".encode())
            checksum.update(np.ascontiguousarray(np.ma.getdata(tr.data)))
        self.hash = checksum.hexdigest()[:16]
        return stream

    def _stream(self, *args):
        if type(self._client).__module__.startswith("obspy.clients.fdsn"):
            buffer = io.BytesIO()  # threads may wait for the service side by side
            self._client.get_waveforms(*args, filename=buffer)
            buffer.seek(0)
            with C_LIBRARIES:
                return read(buffer, format="MSEED").trim(*args[-2:])
        with C_LIBRARIES:
            if self._marks is not None:
                return self._client.read_marks(self._marks, *args)
            return self._client.get_waveforms(*args)


class _Listing:
    """The files of one station, found once, looked up by time."""

    def __init__(self, archive, station, channels):
        self._files = sorted(archive.files(station, channels), key=lambda f: (f.start, f.path))
        self._starts = [file.start for file in self._files]
        self._longest = max((file.end - file.start for file in self._files), default=0.0)

    def marks(self, unit):
        """Marks of the files that a unit may read, by path."""
        start, end = unit.starttime.timestamp - BORDER, unit.endtime.timestamp + BORDER
        first = bisect_left(self._starts, start - self._longest)
        last = bisect_right(self._starts, end)
        return sorted(file.mark for file in self._files[first:last] if file.end >= start)


def _describe_client(client):
    """Identification of an archive."""
    archive = files_of(client)
    if archive is not None:
        return {"root": str(Path(archive.root).resolve()), "template": archive.template,
                "format": archive.format}
    kind = type(client)
    return {"class": f"{kind.__module__}.{kind.__qualname__}",
            "service": getattr(client, "base_url", None)}


def _inventory_hash(inventory):
    """Hash of an Inventory, whenever and by whom it was put together."""
    if inventory is None:
        return None
    buffer = io.BytesIO()
    Inventory(networks=inventory.networks, source="", sender="", created=UTCDateTime(0), module="",
              module_uri="").write(buffer, format="STATIONXML")
    return hashlib.sha256(buffer.getvalue()).hexdigest()[:16]


def _catalog_hash(catalog):
    """Hash of what is used of the events."""
    if catalog is None:
        return None
    rows = []
    for event in catalog:
        origin = event.preferred_origin() or next(iter(event.origins), None)
        magnitude = event.preferred_magnitude() or next(iter(event.magnitudes), None)
        place = origin and [str(origin.time), origin.latitude, origin.longitude, origin.depth]
        rows.append([str(event.resource_id), *(place or [None] * 4), magnitude and magnitude.mag])
    return value_hash(rows)


def collect_folder(client, output, inventory=None, catalog=None, *, stations=None,
                   sampling_rate=100.0, window=60.0, channels="?N?", locations=None,
                   clock_offsets=None, clock_error=CLOCK_ERROR, starttime=None, endtime=None,
                   workers=1, processes=False, executor=None, shard=None, retry_failed=False,
                   progress=True, **options):
    """
    Collect the records of an archive into a folder; a killed run can be resumed.

    The records are those of :func:`~obspy_tng.archive.collection.collect_records`, with the same
    bytes in the same files for any number of workers and interruptions. A unit of work that fails
    does not stop the run; it is listed with its reason.

    :param client: see :func:`~obspy_tng.archive.collection.collect_records`, as are all arguments
        that are not below. Processes need one that can be pickled (FDSN clients: use threads).
    :param output: folder, made where it is missing: gets ``NET.STA/*.mseed`` and
        ``*.json`` (see :mod:`obspy_tng.records.folder`), ``rejected.txt``, ``failed.txt``
        where there is reason, ``stations.xml``, and ``manifest.sqlite``. With other
        arguments than those that it was begun with it is refused.
    :param workers: number of threads, or of processes.
    :param processes: True for processes: more of a machine for Python code, at a second or two
        to start.
    :param executor: any ``concurrent.futures.Executor`` instead, such as
        ``dask.distributed.Client(...).get_executor()``.
    :param shard: ``"i/N"`` does part i of N; see :func:`obspy_tng.runs.shards.merge_shards`.
    :param retry_failed: True takes up again what failed before.
    :param progress: True shows a progress bar on a terminal; elsewhere a line a minute
        goes to the log.
    :return: :class:`~obspy_tng.runs.job.RunResult`, with ``counts`` and ``failed``.
    :raises TypeError: on unknown options or objects of the wrong type.
    :raises TNGInputError: for bad values, if nothing can be planned, or the folder holds
        something else; nothing is written then.
    :raises TNGException: if another run is at work on the folder, or it cannot be written.

    .. rubric:: Example

    >>> from tempfile import TemporaryDirectory
    >>> from obspy import read_events, read_inventory
    >>> from obspy.clients.filesystem.sds import Client
    >>> from obspy_tng import simulate_network
    >>> from obspy_tng.simulate import write_archive
    >>> net = simulate_network(n_stations=1, n_events=2, seed=0)
    >>> with TemporaryDirectory() as folder:
    ...     archive = write_archive(net, folder + "/archive")
    ...     result = collect_folder(Client(f"{archive}/sds"), folder + "/records",
    ...                  read_inventory(f"{archive}/stations.xml"),
    ...                  read_events(f"{archive}/events.xml"), min_energy=0.5, progress=False)
    >>> result.counts["accepted"], result.complete
    (2, True)
    """
    catalog, span = checked_request(client, catalog, starttime, endtime, options)
    if processes:
        _check_sendable(client)
    options |= {"sampling_rate": sampling_rate, "window": window}
    check_options(**options)  # before there is a folder that keeps them
    choices = {"locations": locations, "clock_offsets": clock_offsets, "clock_error": clock_error}
    job = CollectJob(client, inventory, catalog, stations, channels, span, choices, options)
    return run_job(job, output, workers=workers, processes=processes, executor=executor,
                   shard=shard, retry_failed=retry_failed, progress=progress)


def _check_sendable(client):
    """Raise TypeError for a client that cannot go to other processes."""
    try:
        pickle.dumps(client)
    except (pickle.PicklingError, TypeError, AttributeError) as err:
        raise TypeError(f"client {type(client).__name__} cannot be sent to worker processes "
                        f"({err}); use threads (processes=False)") from err
