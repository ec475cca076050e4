"""
The run that evaluates folders of records, of any size.

It consists of two runs. In the first, a unit measures a batch of records and stores the
measurements. In the second, a unit correlates some records with all of a station (for
novelty). The metrics are then computed from a few kB per record, station by station. At
most two batches of waveforms are in memory at a time.
"""

import json
import shutil
from pathlib import Path

from .._checks import count
from ..evaluation.axes import Axes
from ..evaluation.compare import evaluate_sets
from ..evaluation.inputs import check_names, common_stations, warn_of_exchange, warn_of_shared
from ..evaluation.recordset import RecordSet
from ..evaluation.sets import generated_sets, real_sets
from ..evaluation.stored import StoredSamples
from ..records.folder import list_records, read_record
from ..records.whole_files import replace_file
from .evaluation_jobs import CorrelateJob, MeasureJob
from .generate import ENROLLED
from .manifest import NAME, Manifest

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


def _clear_other(folder, job):
    """Remove the correlations of another seed, or of other records."""
    if not (folder / NAME).exists():
        return
    with Manifest(folder) as manifest:
        settings = manifest.about("settings") or {}
    if any(settings.get(key) != value for key, value in job.settings().items()):
        shutil.rmtree(folder)
