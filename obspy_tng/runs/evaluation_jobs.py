"""
Jobs of an evaluation: figures of all records, and the correlations that novelty asks for.

:func:`~obspy_tng.runs.evaluate.evaluate_folders` runs one after the other.
"""

import hashlib
import json
import re
import time
from itertools import chain
from pathlib import Path

import numpy as np

from .._version import __version__
from ..archive.files import changed_files
from ..evaluation.comparisons import comparisons
from ..evaluation.cross_correlations import BLOCK, Correlations, highest_correlations
from ..evaluation.metrics.metric import REAL
from ..evaluation.metrics.novelty import correlated
from ..evaluation.quantities import CHUNK, QUANTITIES
from ..evaluation.recordset import RecordSet
from ..evaluation.stored import StoredMeasurements, read_samples, table_of
from ..exceptions import TNGInputError
from ..records.packing import pack_array
from ..records.rejection import rejection_of
from .job import Job, Result, WorkUnit, value_hash
from .outputs import first_rejection


class MeasureJob(Job):
    """
    The first run: figures of all records, a batch a unit.

    :param inputs: :class:`~obspy_tng.runs.evaluate.Inputs`.
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
