"""
The loop of a run: submit units, write their results, commit.

:func:`run_job` has all steps in order. Only the process that calls it writes. A unit is
done when first its files are in place and then its row is committed.
"""

import logging
import time
from collections import Counter
from concurrent.futures import FIRST_COMPLETED, BrokenExecutor, CancelledError, wait
from itertools import islice

from tqdm import tqdm

from ..exceptions import TNGException, TNGInputError
from ..records.packing import write_packed
from ..records.whole_files import clean_temporaries
from . import outputs
from .job import Result, RunResult
from .manifest import NAME, Manifest
from .pool import Pool
from .shards import part_of

logger = logging.getLogger("obspy_tng")

LOG_EVERY = 20.0  # s between progress lines where there is no terminal
ROUNDS = 3  # if files vanish more often than this, another program deletes them
MOST_WORKER_DEATHS = 3  # units in a row at which workers died: the units are not the reason
# Dask's error for a task whose workers died. It counts the deaths of a worker against every task
# that was assigned to it, so units that only waited beside a deadly one get this error as well.
KILLED_WORKER = "KilledWorker"


def run_job(job, output, *, workers=1, processes=False, executor=None, shard=None,
            retry_failed=False, progress=True):
    """
    Start or resume a run.

    :param job: :class:`~obspy_tng.runs.job.Job`.
    :param output: folder, made where it is missing.
    :param workers: number of threads, or of processes.
    :param processes: True for processes.
    :param executor: see :class:`~obspy_tng.runs.pool.Pool`.
    :param shard: ``"i/N"``, the part of the run to do here; None for all of it.
    :param retry_failed: try again the units that failed.
    :param progress: True shows a progress bar on a terminal.
    :return: :class:`RunResult`
    :raises TNGInputError: if the folder holds something else, or other settings.
    :raises TNGException: if another run uses the folder, or it cannot be written.
    """
    pool = Pool(workers, processes, executor, job.modules)
    part = part_of(shard)
    folder = part.folder(output)
    if folder.exists() and not folder.is_dir():
        raise TNGInputError(f"{folder} is a file; the output of a run is a folder")
    new = not (folder / NAME).exists()
    if new:
        outputs.refuse_foreign_records(folder)
    folder.mkdir(parents=True, exist_ok=True)
    with Manifest(folder) as manifest, pool:
        manifest.agree(job.kind, job.settings(), restart=True)
        if new:
            pool.warm()
        manifest.note("extent", job.extend(manifest.about("extent")))
        clean_temporaries(folder)
        stale = manifest.plan(part.select(enumerate(job.plan())))
        manifest.note("unique", job.unique)
        manifest.note("makes", job.makes)
        _reset(manifest, folder, stale, "input files changed since")
        if retry_failed:
            manifest.reset([name for name, _ in manifest.failed()])
        _work(manifest, job, folder, pool, progress)
        job.finish(folder)
        if not part.whole:  # twins and lists are for the merge
            counts = manifest.statuses()
            return RunResult(folder, Counter(units=sum(counts.values()), failed=counts["failed"],
                                             accepted=sum(1 for _ in manifest.records())),
                             list(manifest.failed()), job.makes)
        outputs.tidy(manifest, folder, job.unique)
        return RunResult(folder, outputs.write_lists(manifest, folder, job.unique),
                         list(manifest.failed()), job.makes)


def _work(manifest, job, folder, pool, progress):
    """Do all pending units, and again those whose files are missing."""
    for _ in range(ROUNDS):
        _reset(manifest, folder, outputs.missing(manifest, folder, job.unique),
               "records missing or damaged")
        if not manifest.statuses()["pending"]:
            return
        with _Progress(manifest, job.kind, progress) as bar:
            _Loop(manifest, job, folder, pool, bar).run()
    if lost := outputs.missing(manifest, folder, job.unique):
        raise TNGException(f"records of {lost[0]} vanish from {folder} while the run is at work; "
                           "nobody else may write to it")


def _reset(manifest, folder, units, why):
    """Make units pending; their files are removed first, so that a kill in between is noticed."""
    for name in units:
        logger.info("%s is done again: %s", name, why)
        for path in manifest.paths(name):
            (folder / path).with_suffix(".json").unlink(missing_ok=True)
            (folder / path).unlink(missing_ok=True)
    manifest.reset(units)


class _Loop:
    """One pass over the pending units."""

    def __init__(self, manifest, job, folder, pool, bar):
        self.manifest, self.job, self.folder, self.pool, self.bar = manifest, job, folder, pool, bar
        self.suspects = []  # units whose workers died, perhaps because of another unit

    def run(self):
        """Keep the workers busy until nothing is pending."""
        waiting = {}
        try:
            self._run(waiting)
            for unit in self.suspects:
                self.alone(unit)
        finally:
            for future in waiting:  # where the run stops early
                future.cancel()

    def _run(self, waiting):
        units, broken = self.manifest.pending(), None
        while True:
            for unit in islice(units, self.pool.in_flight - len(waiting)):
                try:
                    waiting[self.pool.submit(*self.job.task(unit))] = unit
                except BrokenExecutor as err:
                    self.one_by_one([*waiting.values(), unit], err)
                    waiting.clear()
            if not waiting:
                return
            for future in wait(waiting, return_when=FIRST_COMPLETED).done:
                died = self.store(waiting[future], future)
                if died:
                    broken = died
                else:
                    del waiting[future]
            if broken:
                self.one_by_one([*waiting.values()], broken)
                waiting.clear()
                broken = None

    def alone(self, unit):
        """Do a suspect while nothing else is at work; if it fails again, it is the reason."""
        try:
            future = self.pool.submit(*self.job.task(unit))
        except BrokenExecutor as err:
            self.pool.renew(err)
            raise
        wait([future])
        if died := self.store(unit, future, alone=True):
            self.pool.renew(died)

    def store(self, unit, future, alone=False):
        """Write and commit the result of a unit; return an error that means a dead worker."""
        try:
            result = future.result()
        except (BrokenExecutor, CancelledError) as err:
            return err
        except Exception as err:  # the unit's failure, not the run's
            if type(err).__name__ == KILLED_WORKER and not alone:
                self.suspects.append(unit)
                return None
            result = Result(error=f"{type(err).__name__}: {err}")
        try:
            first = {}  # of several records of one second the first is kept
            for record in [] if result.error else result.records:
                if first.setdefault(record.path, record) is record and not self.manifest.taken(
                        unit.id, record.path):
                    write_packed(record, self.folder)
        except OSError as err:
            left = self.manifest.statuses()["pending"]
            raise TNGException(f"the run stopped at {unit.id}, {left} units before its end: "
                               f"{self.folder} cannot be written: {err}; once that is mended, the "
                               "same command resumes the run") from err
        self.manifest.finish(unit.id, result)
        self.bar.update(unit, result)
        return None

    def one_by_one(self, units, reason):
        """After a worker died: the units at work again, one by one, to find the cause."""
        logger.warning("a worker died (%s); its units are done again one by one", reason)
        self.pool.renew(reason)
        deadly = []
        for unit in units:
            future = self.pool.submit(*self.job.task(unit))
            wait([future])
            died = self.store(unit, future)
            if died:
                deadly.append(unit.id)
                self.manifest.finish(unit.id, Result(
                    error="the worker process was killed while at it (out of memory?)"))
                self.bar.update(unit, Result(error="worker killed"))
                self.pool.renew(died)
        if len(deadly) == len(units) >= MOST_WORKER_DEATHS:
            self.manifest.reset(deadly)
            raise TNGException(f"worker processes die repeatedly ({reason}); a script that "
                               "starts a run with processes needs `if __name__ == '__main__':`")


class _Progress:
    """Bar with rate and remaining time on a terminal, lines in the log elsewhere."""

    def __init__(self, manifest, kind, progress):
        statuses = manifest.statuses()
        self.kind, self.total = kind, sum(statuses.values())
        self.before = self.done = self.total - statuses["pending"]
        self.failed = 0
        self.bar = tqdm(total=self.total, initial=self.before, desc=kind, unit="unit",
                        disable=None if progress else True)
        self.started = self.logged = time.monotonic()

    def __enter__(self):
        if self.before:
            logger.info("%s: %d of %d units are done already", self.kind, self.before, self.total)
        elif self.bar.disable:
            logger.info("%s: %d %s of work", self.kind, self.total,
                        "unit" if self.total == 1 else "units")
        return self

    def __exit__(self, *exc):
        self.bar.close()

    def update(self, unit, result):
        """Count a unit."""
        self.done += 1
        self.bar.update()
        if result.error:
            self.failed += 1
            self.bar.set_postfix(failed=self.failed)
            logger.debug("%s: %s failed: %s", self.kind, unit.id, result.error)
        now = time.monotonic()
        if self.bar.disable and now - self.logged > LOG_EVERY:
            self.logged = now
            rate = (self.done - self.before) / (now - self.started)
            logger.info("%s: %d of %d units, %d failed, %.3g units/s, %.0f s left", self.kind,
                        self.done, self.total, self.failed, rate, (self.total - self.done) / rate)
