"""
The run that evaluates folders of records, of any size.

It consists of two runs. In the first, a unit measures a batch of records and stores the
measurements. In the second, a unit correlates some records with all of a station (for
novelty). The metrics are then computed from a few kB per record, station by station. At
most two batches of waveforms are in memory at a time.
"""

import hashlib
import json
import re
import shutil
import time
from itertools import chain
from pathlib import Path

import numpy as np

from .._checks import count
from .._version import __version__
from ..archive.files import changed_files
from ..evaluation.axes import Axes
from ..evaluation.compare import evaluate_sets
from ..evaluation.comparisons import comparisons
from ..evaluation.cross_correlations import BLOCK, Correlations, highest_correlations
from ..evaluation.inputs import (
    check_names,
    common_stations,
    generated_sets,
    real_sets,
    warn_of_exchange,
    warn_of_shared,
)
from ..evaluation.metrics.metric import REAL
from ..evaluation.metrics.novelty import correlated
from ..evaluation.quantities import CHUNK, QUANTITIES
from ..evaluation.recordset import RecordSet
from ..evaluation.stored import StoredMeasurements, StoredSamples, read_samples, table_of
from ..exceptions import TNGInputError
from ..records.folder import list_records, read_record
from ..records.packing import pack_array, replace_file
from ..records.rejection import rejection_of
from .generate import ENROLLED
from .job import Job, Result, WorkUnit, value_hash
from .manifest import NAME, Manifest
from .outputs import first_rejection

NOVELTY = "novelty"  # folder of the second run
EVALUATION = "evaluation.json"


def evaluate_folders(real, generated, output, floor=None, *, seed=0, repeats=20, freqmin=None,
                     freqmax=None, at_rest=False, workers=1, processes=False, executor=None,
                     shard=None, retry_failed=False, progress=True):
    """
    :func:`~obspy_tng.evaluation.compare.evaluate` for folders larger than memory.

    The measurements of each record are kept in the output folder: a killed run can be resumed,
    and with another seed, or after more records were added, nothing is measured twice. Records
    that cannot be read or have another rate or length are left out and listed in
    ``rejected.txt``.

    :param real: folder of real records that the generator has not seen.
    :param generated: folder of generated records, or dict ``generator name -> folder``.
    :param output: folder, made where it is missing: gets the figures of the records,
        ``manifest.sqlite`` and, in the end, ``evaluation.json``.
    :param floor: folder of other real records, see ``evaluate``.
    :param seed: see ``evaluate``, as are ``repeats``, ``freqmin`` and ``freqmax``.
    :param at_rest: see ``evaluate``.
    :param workers: see :func:`obspy_tng.runs.collect.collect_folder`, as are ``processes``,
        ``executor`` and ``retry_failed``.
    :param shard: ``"i/N"`` measures part i of N, and judges nothing; then
        :func:`~obspy_tng.runs.shards.merge_shards`, and once more without ``shard``.
    :param progress: True shows progress bars on a terminal.
    :return: ``(evaluation, result)``: :class:`~obspy_tng.evaluation.result.Evaluation`,
        which reads from the folders as long as it is used (None for a part, or where
        records vanished meanwhile), and :class:`~obspy_tng.runs.job.RunResult`.
    :raises TNGInputError: for bad values, folders without records, or no station in common.
    :raises TNGException: if another run is at work on the folder, or it cannot be written.

    .. rubric:: Example

    >>> from tempfile import TemporaryDirectory
    >>> from obspy_tng import simulate_network
    >>> from obspy_tng.records.folder import write_records
    >>> net = simulate_network(n_stations=1, n_events=12, seed=1, window=20.0)
    >>> with TemporaryDirectory() as folder:
    ...     n = write_records(net.records[:8], folder + "/real")
    ...     n = write_records(net.records[8:], folder + "/other")
    ...     evaluation, result = evaluate_folders(folder + "/real", folder + "/other",
    ...                                           folder + "/judged", progress=False)
    >>> evaluation.row("pga_bias")["verdict"] in ("within", "near", "outside"), result.complete
    (True, True)
    """
    from .loop import run_job  # SQLite and pools only where there is a run

    count("repeats", repeats, least=2)
    count("seed", seed)
    if not isinstance(generated, dict):
        generated = {"generated": generated}
    inputs = Inputs(real, generated, floor, freqmin, freqmax, at_rest)
    how = {"workers": workers, "processes": processes, "executor": executor,
           "retry_failed": retry_failed, "progress": progress}
    measuring = MeasureJob(inputs)
    result = run_job(measuring, output, shard=shard, **how)
    if shard is not None and result.folder != Path(output):
        return None, result
    sets, others = measuring.measured(result.folder)
    novelty = Path(output) / NOVELTY
    correlating = CorrelateJob(inputs.axes, sets, others, floor is not None, seed, repeats)
    _clear_other(novelty, correlating)
    correlated_all = run_job(correlating, novelty, **how)
    if not correlated_all.complete:
        return None, correlated_all
    correlating.attach(novelty)
    evaluation = evaluate_sets(sets, others, {}, floor is not None, seed, repeats)
    replace_file(Path(output) / EVALUATION, evaluation.to_json().encode("utf-8"))
    return evaluation, result


class Inputs:
    """
    The folders of an evaluation, as lists of records by station.

    :param real: see :func:`evaluate_folders`, as are the others.
    :param generated: dict ``generator name -> folder``.
    :param floor: folder or None.
    :param freqmin: Hz or None.
    :param freqmax: Hz or None.
    :param at_rest: True makes the real records end at rest.
    """

    def __init__(self, real, generated, floor, freqmin, freqmax, at_rest=False):
        self.at_rest = at_rest
        self.folders = {"real": real, "floor": floor, "generated": generated}
        self.real = _by_station(real)
        self.floor = {} if floor is None else _by_station(floor)
        self.generators = {str(name): _by_station(path) for name, path in generated.items()}
        check_names(self.generators)
        self.stations = common_stations(self.real, self.generators)
        listed = [r for s in self.stations for r in self.real[s]]
        warn_of_exchange((r.info["source"] for r in listed),
                         (r.info["source"] for group in self.generators.values()
                          for s in self.stations for r in group[s]))
        warn_of_shared([r.info for r in listed],
                       [*(r.info for group in self.floor.values() for r in group),
                        *(info for path in generated.values() for info in _enrolled(path))])
        stats = read_record(listed[0].path)[0].stats
        self.axes = Axes.of_infos([r.info for r in listed], stats.sampling_rate, stats.npts,
                                  freqmin, freqmax)

    def sets(self, missing=frozenset()):
        """
        Sets of records of the stations that all have.

        :param missing: paths of records to leave out.
        :return: ``(sets, others)``, see :func:`~obspy_tng.evaluation.compare.evaluate_sets`.
        """
        def there(groups):
            return {s: [r for r in group if r.path not in missing] for s, group in groups.items()}
        real, floor = there(self.real), there(self.floor)
        generators = {name: there(groups) for name, groups in self.generators.items()}
        stations = self.stations
        if not all(group.get(s) for group in (real, *generators.values()) for s in stations):
            stations = common_stations({s: real[s] for s in stations if real[s]}, generators)
        sets = real_sets({s: (real[s], floor.get(s, []), []) for s in stations}, self._real_set,
                         lambda r: r.info["record_id"])
        return sets, generated_sets(generators, stations, self._set)

    def _set(self, listed, label, at_rest=False):
        return RecordSet(StoredSamples(listed, self.axes, at_rest), self.axes,
                         [r.info for r in listed], label)

    def _real_set(self, listed, label):
        return self._set(listed, label, self.at_rest)


class MeasureJob(Job):
    """
    The first run: figures of all records, a batch a unit.

    :param inputs: :class:`Inputs`.
    """

    kind = "evaluate"
    makes = "tables of figures"

    def __init__(self, inputs):
        self.inputs = inputs
        self._unsplit = [(folder, whole) for folder, whole in _unsplit(*inputs.sets())]

    def settings(self):
        folders = json.loads(json.dumps(self.inputs.folders, default=str))
        axes = self.inputs.axes
        return {"version": __version__, **folders, "sampling_rate": axes.sampling_rate,
                "npts": axes.npts, "freqmin": axes.freqmin, "freqmax": axes.freqmax,
                "quantities": sorted(QUANTITIES), "at_rest": self.inputs.at_rest}

    def plan(self):
        for folder, whole in self._unsplit:
            for first, name, listed in _batches(whole):
                yield WorkUnit(f"{folder}/{name}",
                               {"folder": folder, "name": name, "first": first,
                                "at_rest": whole.samples.at_rest}, [r.mark for r in listed])

    def task(self, unit):
        return measure_unit, (self.inputs.axes, unit.spec, unit.files)

    def measured(self, output):
        """
        All sets, with the figures of the run, without the records that have none.

        :param output: folder of the complete run.
        :return: ``(sets, others)``, see :func:`~obspy_tng.evaluation.compare.evaluate_sets`.
        :raises TNGInputError: if nothing is left of all stations.
        """
        tables, missing = {}, set()
        for folder, whole in self._unsplit:
            for _, name, listed in _batches(whole):
                path = Path(output) / folder / f"{name}.npy"
                known = set()
                if path.exists():
                    tables.setdefault(folder, []).append(path)
                    known = set(json.loads(path.with_suffix(".json").read_text("utf-8"))["records"])
                missing |= {r.path for r in listed if Path(r.path).stem not in known}
        try:
            sets, others = self.inputs.sets(missing)
        except TNGInputError as err:
            reason = first_rejection(output)
            raise TNGInputError(
                f"{len(missing)} records cannot be used"
                + (f" (the first: {reason})" if reason else "")
                + ", and without them no station has both real and generated records") from err
        for folder, whole in _unsplit(sets, others):
            whole.measurements = StoredMeasurements(tables[folder])
        return sets, others


class CorrelateJob(Job):
    """
    The second run: correlations of records, those that novelty asks for.

    :param axes: :class:`~obspy_tng.evaluation.axes.Axes`.
    :param sets: see :func:`~obspy_tng.evaluation.compare.evaluate_sets`, as are the others.
    :param others: dict of dicts of RecordSets.
    :param floor: bool.
    :param seed: int.
    :param repeats: int.
    """

    kind = "novelty"
    makes = "tables of correlations"

    def __init__(self, axes, sets, others, floor, seed, repeats):
        self.axes = axes
        folders = {id(whole): folder for folder, whole in _unsplit(sets, others)}
        pairs = {}
        floors, judged, given = comparisons(sets, others, floor, seed, repeats)
        for one in chain(*floors, *chain(*judged.values()), *(given or ())):
            for station, other in one.other.items():
                real = one.real[station]
                for first, rows, second, columns in (
                        correlated(real, other, one.enrolled[station])
                        if len(real) and len(other) else ()):
                    pair = pairs.setdefault((id(first), id(second)), (first, set(), second, set()))
                    pair[1].update(rows.tolist())
                    pair[3].update(columns.tolist())
        #: name -> (first, rows, second, columns)
        self.pairs = {f"{folders[id(a)]}~{folders[id(b)]}": (a, sorted(rows), b, sorted(columns))
                      for a, rows, b, columns in pairs.values()}

    def settings(self):
        checksum = hashlib.sha256()
        for name, (first, rows, second, columns) in sorted(self.pairs.items()):
            checksum.update(json.dumps([name, rows, columns,
                                    [first.samples.listed[i].mark for i in rows],
                                    [second.samples.listed[i].mark for i in columns]]).encode())
        return {"version": __version__, "axes": value_hash(vars(self.axes)),
                "pairs": checksum.hexdigest()[:16]}

    def plan(self):
        for name, (_, rows, _, _) in self.pairs.items():
            for first in range(0, len(rows), CHUNK):
                yield WorkUnit(f"{name}/{first}", {"pair": name, "first": first})

    def task(self, unit):
        first, rows, second, columns = self.pairs[unit.spec["pair"]]
        rows = rows[unit.spec["first"]:unit.spec["first"] + CHUNK]
        return correlate_unit, (self.axes, unit.spec, [first.samples.listed[i].path for i in rows],
                                [second.samples.listed[i].path for i in columns])

    def attach(self, output):
        """Give all sets the correlations of the complete run in a folder."""
        for name, (first, rows, second, columns) in self.pairs.items():
            stored = [(Path(output) / name / f"{i}.npy", rows[i:i + CHUNK], columns)
                      for i in range(0, len(rows), CHUNK)]
            first.correlations[id(second)] = Correlations(first, second, stored)


def measure_unit(axes, spec, marks):
    """
    Do one unit of the first run.

    :param axes: :class:`~obspy_tng.evaluation.axes.Axes`.
    :param spec: dict of folder and name of the table, and whether the records are made to
        end at rest.
    :param marks: the records' files as they were planned.
    :return: :class:`~obspy_tng.runs.job.Result`
    """
    started = time.perf_counter()
    if changed := changed_files("", marks):
        return Result(error=changed)
    samples, names, rejected = [], [], []
    for path, *_ in marks:
        try:
            samples.append(read_samples([path], axes, spec["at_rest"]))
            names.append(Path(path).stem)
        except TNGInputError as err:
            rejected.append((Path(path).stem, rejection_of(err)))
    pieces, read = [], None
    if names:
        data = np.concatenate(samples)
        read = hashlib.sha256(data).hexdigest()[:16]
        pieces = [pack_array(spec["folder"], spec["name"],
                             table_of(RecordSet(data, axes, [{}] * len(data))),
                             {"records": names})]
    return Result(pieces, rejected, {"measured": len(names), "rejected": len(rejected)},
                  input_hash=read, seconds=time.perf_counter() - started)


def correlate_unit(axes, spec, rows, columns):
    """
    Do one unit of the second run.

    :param axes: :class:`~obspy_tng.evaluation.axes.Axes`.
    :param spec: dict of pair and first row.
    :param rows: paths of records.
    :param columns: paths of the records that each of them is correlated with.
    :return: :class:`~obspy_tng.runs.job.Result`
    """
    started = time.perf_counter()
    samples = read_samples(rows, axes)
    blocks = [highest_correlations(samples, read_samples(columns[i:i + BLOCK], axes))
              for i in range(0, len(columns), BLOCK)]
    piece = pack_array(spec["pair"], str(spec["first"]), np.concatenate(blocks, axis=1), {})
    return Result([piece], seconds=time.perf_counter() - started)


def _enrolled(folder):
    """What is known of the records that the generator of a folder had, list of dicts."""
    path = Path(folder) / ENROLLED
    return [json.loads(line) for line in path.read_text("utf-8").splitlines()] \
        if path.exists() else []


def _by_station(folder):
    """Listed records of a folder by station."""
    groups = {}
    for listed in list_records(folder):
        groups.setdefault(listed.station, []).append(listed)
    return groups


def _unsplit(sets, others):
    """Iterator of ``(folder, whole RecordSet)``: real records, then generated ones."""
    for number, group in enumerate([sets["pool"], *others.values()]):
        name = REAL if number == 0 else re.sub(r"[^\w+-]", "_", list(others)[number - 1])
        for station, records in group.items():
            yield f"{number}.{name}.{station}", records.root


def _batches(whole):
    """Iterator of ``(first, name, listed records)`` of the units of a whole set."""
    for first in range(0, len(whole), CHUNK):
        listed = whole.samples.listed[first:first + CHUNK]
        yield first, f"{first}-{first + len(listed) - 1}", listed


def _clear_other(folder, job):
    """Remove the correlations of another seed, or of other records."""
    if not (folder / NAME).exists():
        return
    with Manifest(folder) as manifest:
        settings = manifest.about("settings") or {}
    if any(settings.get(key) != value for key, value in job.settings().items()):
        shutil.rmtree(folder)
