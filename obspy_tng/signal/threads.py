"""Pools of threads of which each computes alone."""

import contextlib
import os
from concurrent.futures import ThreadPoolExecutor

from threadpoolctl import threadpool_limits

# Threads that numerical libraries start on their own.
THREAD_VARIABLES = ("OMP_NUM_THREADS", "OPENBLAS_NUM_THREADS", "MKL_NUM_THREADS",
                    "NUMEXPR_NUM_THREADS")


@contextlib.contextmanager
def thread_pool(workers):
    """
    A pool of threads, and one thread of linear algebra for each of them.

    The threads that linear algebra starts on its own would compete with them for the cores.

    :param workers: number of threads.
    :return: context manager that gives a ``concurrent.futures.ThreadPoolExecutor``.
    """
    with (one_thread_each(),
          ThreadPoolExecutor(workers, thread_name_prefix="obspy_tng") as pool):
        yield pool


def one_thread_each():
    """
    One thread of linear algebra for each thread that calls it; the caller's choice wins.

    A single worker gains nothing from more either: its matrices are small.

    :return: context manager; what it changes holds for the whole process until it ends.
    """
    if any(name in os.environ for name in THREAD_VARIABLES):
        return contextlib.nullcontext()
    return threadpool_limits(limits=1, user_api="blas")
