"""Workers: threads, processes with one thread each, or an executor of the caller."""

import multiprocessing
import os
import subprocess
import sys
from concurrent.futures import BrokenExecutor, ThreadPoolExecutor

import pytest
from threadpoolctl import threadpool_info

from obspy_tng.exceptions import TNGException, TNGInputError
from obspy_tng.runs.pool import FOREIGN_IN_FLIGHT, PER_WORKER, Pool
from obspy_tng.signal.threads import THREAD_VARIABLES


def double(x):
    return 2 * x


def blas_threads():
    return [one["num_threads"] for one in threadpool_info() if one["user_api"] == "blas"]


def test_threads():
    with Pool(2) as pool:
        assert [pool.submit(double, (i,)).result() for i in range(5)] == [0, 2, 4, 6, 8]
        assert pool.in_flight == 2 * PER_WORKER
    with pytest.raises(BrokenExecutor):
        pool.submit(double, (1,))


def test_threads_compute_with_one_thread(monkeypatch):
    for name in THREAD_VARIABLES:
        monkeypatch.delenv(name, raising=False)
    with Pool(2) as pool:
        assert set(pool.submit(blas_threads, ()).result()) == {1}


def test_processes_compute_with_one_thread(monkeypatch):
    monkeypatch.delenv("NUMEXPR_NUM_THREADS", raising=False)
    monkeypatch.setenv("OMP_NUM_THREADS", "3")  # the caller's choice wins
    with Pool(1, processes=True) as pool:
        assert pool.submit(os.getenv, ("NUMEXPR_NUM_THREADS",)).result() == "1"
        assert pool.submit(os.getenv, ("OMP_NUM_THREADS",)).result() == "3"
        assert pool.submit(os.getpid, ()).result() != os.getpid()
    assert "NUMEXPR_NUM_THREADS" not in os.environ


def imported(module):
    return module in sys.modules


@pytest.mark.parametrize("variable", ["1", "2"])
def test_processes_import_before_there_is_work(variable, monkeypatch):
    """From the fork server, and, as the variable is not always that of its start, spawned."""
    monkeypatch.setenv("NUMEXPR_NUM_THREADS", variable)
    with Pool(1, processes=True, modules=("colorsys",)) as pool:
        pool.warm()
        assert pool.submit(imported, ("colorsys",)).result()
        assert not pool.submit(imported, ("chunk",)).result()
        assert pool.submit(os.getenv, ("NUMEXPR_NUM_THREADS",)).result() == variable
    with Pool(1, modules=("no such module",)) as pool:
        pool.warm()  # threads have what the caller has


def test_the_fork_server_imports_once():
    """A process has the modules before it does anything, and ends with the pool."""
    if "forkserver" not in multiprocessing.get_all_start_methods():
        pytest.skip("the system has no fork server")
    script = ("import os, sys; from obspy_tng.runs.pool import Pool, start_server\n"
              "start_server(('colorsys',))\n"
              "from tests.runs.test_pool import imported\n"
              "with Pool(1, processes=True, modules=('colorsys',)) as pool:\n"
              "    print(pool.submit(imported, ('colorsys',)).result(),"
              " pool.submit(os.getppid, ()).result() != os.getpid())")
    done = subprocess.run([sys.executable, "-c", script], capture_output=True, text=True,
                          check=True)
    assert done.stdout.split() == ["True", "True"]


def test_an_executor_of_the_caller_stays_open():
    with ThreadPoolExecutor(3) as executor:
        with Pool(executor=executor) as pool:
            assert pool.in_flight == 3 * PER_WORKER
            assert pool.submit(double, (4,)).result() == 8
            with pytest.raises(TNGException, match="the executor is broken"):
                pool.renew(BrokenExecutor("gone"))
        assert executor.submit(double, 1).result() == 2
        del executor._max_workers
        assert Pool(executor=executor).in_flight == FOREIGN_IN_FLIGHT
        executor._max_workers = 3


@pytest.mark.parametrize(("options", "error"), [({"workers": 0}, TNGInputError),
                                                ({"workers": 1.5}, TNGInputError),
                                                ({"executor": "dask"}, TypeError)])
def test_bad_arguments(options, error):
    with pytest.raises(error):
        Pool(**options)
