"""
The workers of a run: threads, processes, or an executor of the caller.

Processes are never forked from the run's own (a fork after reading MiniSEED can deadlock,
ObsPy #2705). Where the system can, they are forked from a process that has done nothing but
import what they need, which then happens once; elsewhere they are spawned. They compute with
one thread each, and end when the run's process ends, even if that was killed.
"""

import contextlib
import multiprocessing
import os
import signal
import threading
from concurrent.futures import BrokenExecutor, Executor, ProcessPoolExecutor, ThreadPoolExecutor
from importlib import import_module
from multiprocessing import forkserver
from multiprocessing.connection import wait as wait_for_process

from .._checks import count
from ..exceptions import TNGException
from ..signal.threads import THREAD_VARIABLES, one_thread_each

# Units that are submitted at once: enough to keep the workers busy, few enough that
# their results fit in memory for any size of the archive.
PER_WORKER = 3
FOREIGN_IN_FLIGHT = 64
DASK_EXECUTOR = "ClientExecutor"
#: what collecting needs, as :attr:`obspy_tng.runs.job.Job.modules`
COLLECTING = "obspy_tng.runs.collect", "obspy.signal.trigger"
# thread variables that the fork server of this process was started with
_served: dict = {}


class Pool:
    """
    Workers of a run, a context manager.

    :param workers: number of threads or processes.
    :param processes: True for processes.
    :param executor: a ``concurrent.futures.Executor`` to use instead, for instance
        ``dask.distributed.Client(...).get_executor()``; it is not shut down.
    :param modules: names of modules that the units need, which processes import once.
    :raises TNGInputError: if ``workers`` is not a positive integer.
    :raises TypeError: if ``executor`` is not an executor.
    """

    def __init__(self, workers=1, processes=False, executor=None, modules=()):
        if executor is not None and not isinstance(executor, Executor):
            raise TypeError("executor must be a concurrent.futures.Executor (a Dask Client has "
                            f"get_executor()), got {type(executor).__name__}")
        self.workers = count("workers", workers, least=1)
        self.processes = processes and executor is None
        self.modules = modules
        self.in_flight = PER_WORKER * workers
        self._given = executor
        if executor is not None:
            known = getattr(executor, "_max_workers", None)
            self.in_flight = PER_WORKER * known if known else FOREIGN_IN_FLIGHT
        self._executor = executor
        # Dask takes a second task with the same arguments for the first, and gives its old result
        # (or error) as long as that is held: a unit that is done again must be a task of its own
        self._options = {"pure": False} if type(executor).__name__ == DASK_EXECUTOR else {}
        self._cleanup = contextlib.ExitStack()

    def __enter__(self):
        if self.processes:
            self._cleanup.enter_context(_environment_of_one_thread())
        elif self._given is None:
            self._cleanup.enter_context(one_thread_each())
        self._start()
        return self

    def __exit__(self, *exc):
        if self._given is None:
            # units at work are finished, waiting ones are cancelled
            self._executor.shutdown(wait=True, cancel_futures=True)
        self._cleanup.close()

    def warm(self):
        """Start the processes now, so that they import while the caller is busy."""
        if self.processes:  # in a thread, since the fork server answers when it has imported
            threading.Thread(target=self._warm, args=(self._executor,), daemon=True).start()

    def _warm(self, executor):
        with contextlib.suppress(RuntimeError):  # broken, or closed already: the caller will notice
            for _ in range(self.workers):
                executor.submit(_import, self.modules)

    def submit(self, function, arguments):
        """Future of ``function(*arguments)``; raises BrokenExecutor where it takes none."""
        try:
            return self._executor.submit(function, *arguments, **self._options)
        except Exception as err:  # each kind of executor has its own error when closed
            raise BrokenExecutor(f"{type(err).__name__}: {err}") from err

    def renew(self, reason):
        """
        A new pool after a worker has died.

        :param reason: exception that says so.
        :raises TNGException: if the executor is the caller's.
        """
        if self._given is not None:
            raise TNGException(f"the executor is broken ({reason}); the same command resumes "
                               "the run") from reason
        self._executor.shutdown(wait=False, cancel_futures=True)
        self._start()

    def _start(self):
        if self._given is not None:
            return
        if self.processes:
            self._executor = ProcessPoolExecutor(
                self.workers, mp_context=_context(self.modules),
                initializer=_begin_worker)
        else:
            self._executor = ThreadPoolExecutor(self.workers, thread_name_prefix="obspy_tng")


def start_server(modules):
    """
    Let the fork server start and import, where the system has one and there are modules.

    Whoever knows early that there will be processes calls this before anything else.

    :param modules: names of modules.
    """
    with _environment_of_one_thread():
        if _context(modules).get_start_method() == "forkserver":
            forkserver.ensure_running()


def _context(modules):
    """Way to start processes that need some modules."""
    threads = {name: os.environ.get(name) for name in THREAD_VARIABLES}
    if (not modules or "forkserver" not in multiprocessing.get_all_start_methods()
            or _served.setdefault("threads", threads) != threads):
        return multiprocessing.get_context("spawn")
    context = multiprocessing.get_context("forkserver")
    context.set_forkserver_preload(list(modules))  # of the server's start
    return context


def _import(modules):
    for name in modules:
        import_module(name)


def _begin_worker():
    """In a new process: leave Ctrl-C to the parent, and end when the parent ends."""
    signal.signal(signal.SIGINT, signal.SIG_IGN)
    parent = multiprocessing.parent_process()

    def watch():
        wait_for_process([parent.sentinel])
        os._exit(1)

    threading.Thread(target=watch, daemon=True).start()


@contextlib.contextmanager
def _environment_of_one_thread():
    """Environment in which processes compute with one thread; the caller's choice wins."""
    added = [name for name in THREAD_VARIABLES if name not in os.environ]
    os.environ.update(dict.fromkeys(added, "1"))
    try:
        yield
    finally:
        for name in added:
            os.environ.pop(name, None)
