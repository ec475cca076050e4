"""The run that generates records: one unit is a station and a batch of realizations."""

import hashlib
import json
import sys
import time
from itertools import pairwise, product
from pathlib import Path

import numpy as np
from obspy import UTCDateTime

from .._checks import count
from .._version import __version__
from ..exceptions import TNGInputError
from ..records.packing import pack_record
from ..records.whole_files import replace_file
from .job import Job, Result, SentObject, WorkUnit
from .outputs import INVENTORY

ENROLLED = "enrolled.jsonl"  # one line a record that the generator had
BATCH = 25  # realizations of a unit: a second or so of work


def generate_records(generator, output, stations=None, n=50, *, seed=0, batch=BATCH, folder=None,
                     workers=1, processes=False, executor=None, shard=None, retry_failed=False,
                     progress=True, **options):
    """
    Generate records of some or all stations into a folder; a killed run can be resumed.

    Realization i depends only on the seed and on i, so that neither the batches nor the
    number of workers change a sample.

    :param generator: :class:`~obspy_tng.TNGGenerator` or any other
        :class:`~obspy_tng.station_generator.StationGenerator`.
    :param output: folder, made where it is missing; the same arguments resume a run that was
        stopped.
    :param stations: station ids; None for all that are enrolled.
    :param n: records per station, at least 1; a larger number than before extends a run.
    :param seed: int; see :meth:`~obspy_tng.station_generator.StationGenerator.generate`.
    :param batch: realizations per unit.
    :param folder: folder that the generator was loaded from. Worker processes load it
        from there; None sends them the generator itself.
    :param workers: see :func:`obspy_tng.runs.collect.collect_folder`, as are ``processes``,
        ``executor``, ``shard``, ``retry_failed`` and ``progress``.
    :param options: options of ``generate()``: magnitude, distance, depth, sampler, ...
    :return: :class:`~obspy_tng.runs.job.RunResult`
    :raises TNGInputError: for arguments that ``generate()`` does not take; nothing is
        written in this case.
    :raises TNGException: if another run uses the folder, or it cannot be written.

    .. rubric:: Example

    >>> from tempfile import TemporaryDirectory
    >>> from obspy_tng import simulate_network
    >>> from obspy_tng.baselines import ResampledReal
    >>> net = simulate_network(n_stations=1, n_events=3, seed=1, window=20.0)
    >>> control = ResampledReal(window=20.0).fit(net.records, net.inventory)
    >>> with TemporaryDirectory() as output:
    ...     result = generate_records(control, output, n=5, batch=2, progress=False)
    >>> result.counts["accepted"], result.counts["units"]
    (5, 3)
    """
    from .loop import run_job  # SQLite and pools only where there is a run

    job = GenerateJob(generator, stations, n, seed, batch, options, folder)
    return run_job(job, output, workers=workers, processes=processes, executor=executor,
                   shard=shard, retry_failed=retry_failed, progress=progress)


class GenerateJob(Job):
    """Batches of realizations, see :func:`generate_records`."""

    kind = "generate"

    def __init__(self, generator, stations, n, seed, batch, options, folder=None):
        self.generator = generator
        self.n, self.batch = count("n", n, least=1), count("batch", batch, least=1)
        self.seed = count("seed", seed)
        self.stations = list(stations or generator.stations)
        self.options = options
        self._ends = [self.n]  # realizations that each start of the run ended at
        for station in self.stations:  # bad arguments leave no files
            generator.generate(station, 1, seed=self.seed, **options)
        self._shipped = SentObject(_Model(generator, folder))

    def settings(self):
        return {"version": __version__, "generator": self.generator.name,
                "model": _generator_hash(self.generator, self.stations),
                "stations": self.stations, "seed": self.seed, "batch": self.batch, **self.options}

    def extend(self, before):
        self._ends = list(before or ())
        if self._ends and self.n < self._ends[-1]:
            raise TNGInputError(f"n={self.n} is less than the {self._ends[-1]} records per station "
                                "that this run has; give as many or more, or a new output folder")
        if self.n not in self._ends:
            self._ends.append(self.n)
        return self._ends

    def plan(self):
        for station in self.stations:
            for begin, end in pairwise([0, *self._ends]):
                for first in range(begin, end, self.batch):
                    number = min(self.batch, end - first)
                    yield WorkUnit(f"{station}/{first}-{first + number - 1}",
                                   {"station": station, "first": first, "number": number})

    def task(self, unit):
        return generate_unit, (self._shipped, unit.spec, self.seed, self.options)

    def finish(self, folder):
        inventory = self.generator.inventory
        inventory.created = UTCDateTime(0)  # not now: the same run, the same bytes
        inventory.write(str(Path(folder) / INVENTORY), format="STATIONXML", validate=True)
        lines = [json.dumps({"station": station, **info}, sort_keys=True, default=str) + "\n"
                 for station, enrolled in sorted(self.generator.bank.items())
                 for info in enrolled.infos]
        replace_file(Path(folder) / ENROLLED, "".join(lines).encode("utf-8"))


def scenario_folders(output, **values):
    """
    A folder for each scenario of a grid.

    :param output: folder of all; where there is one scenario, its own.
    :param values: magnitude, distance and depth: list of numbers, or None.
    :return: list of ``(folder, options of generate())``.

    .. rubric:: Example

    >>> for folder, scenario in scenario_folders("out", magnitude=[6.0, 7.0], distance=[40.0]):
    ...     print(folder, scenario)
    out/M6_R40 {'magnitude': 6.0, 'distance': 40.0}
    out/M7_R40 {'magnitude': 7.0, 'distance': 40.0}
    """
    given = {name: list(dict.fromkeys(some)) for name, some in values.items() if some is not None}
    cells = [dict(zip(given, cell, strict=True)) for cell in product(*given.values())]
    if len(cells) == 1:
        return [(Path(output), cells[0])]
    letters = {"magnitude": "M", "distance": "R", "depth": "H"}
    return [(Path(output) / "_".join(f"{letters[name]}{value:g}" for name, value in cell.items()),
             cell) for cell in cells]


def generate_unit(shipped, spec, seed, options):
    """
    Do one unit: generate and pack.

    :param shipped: the model, see :class:`GenerateJob`.
    :param spec: dict of station, first and number.
    :param seed: int.
    :param options: dict, options of ``generate()``.
    :return: :class:`~obspy_tng.runs.job.Result`
    """
    started = time.perf_counter()
    if "torch" in sys.modules:
        # Of this worker alone. Sums in one order, whatever the machine: the same bytes; and
        # workers do not fight for cores.
        sys.modules["torch"].set_num_threads(1)
    streams = shipped.value.generator().generate(
        spec["station"], spec["number"], seed=seed, first=spec["first"], **options)
    return Result([pack_record(stream) for stream in streams],
                  seconds=time.perf_counter() - started)


class _Model:
    """A generator; in another process, one loaded from its folder, if it still is the same."""

    def __init__(self, generator, folder=None):
        self._generator = generator
        self._folder = None if folder is None else str(folder)
        self._hash = getattr(generator, "model_hash", None)

    def __getstate__(self):
        return {**self.__dict__, "_generator": self._generator if self._folder is None else None}

    def generator(self):
        """The generator."""
        if self._generator is None:
            from ..generator import TNGGenerator  # torch: only where it is needed
            loaded = TNGGenerator.load(self._folder, device="cpu")
            if loaded.model_hash != self._hash:
                raise TNGInputError(f"model {self._folder} was changed during the run")
            self._generator = loaded
        return self._generator


def _generator_hash(generator, stations):
    """Hash of the weights and of what is enrolled."""
    checksum = hashlib.sha256(str(getattr(generator, "model_hash", None)).encode())
    for station in stations:
        enrolled = generator._enrolled(station)
        checksum.update(json.dumps(enrolled.infos, sort_keys=True, default=str).encode())
        for key in sorted(enrolled.arrays):
            checksum.update(key.encode())
            checksum.update(np.ascontiguousarray(enrolled.arrays[key]))
    return checksum.hexdigest()[:16]
