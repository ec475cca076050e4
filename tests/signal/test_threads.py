"""Pools of threads in which linear algebra has one thread each."""

import pytest
from threadpoolctl import threadpool_info

from obspy_tng.signal.threads import THREAD_VARIABLES, one_thread_each, thread_pool


def blas_threads():
    return [one["num_threads"] for one in threadpool_info() if one["user_api"] == "blas"]


@pytest.fixture
def no_choice(monkeypatch):
    """Nobody has said how many threads linear algebra uses."""
    for name in THREAD_VARIABLES:
        monkeypatch.delenv(name, raising=False)


@pytest.mark.parametrize("workers", [1, 2])
def test_one_thread_each(no_choice, workers):
    before = blas_threads()
    with thread_pool(workers) as pool:
        assert set(pool.submit(blas_threads).result()) == {1}
        assert list(pool.map(abs, [-1, 2])) == [1, 2]
    assert blas_threads() == before


def test_the_choice_of_the_caller_wins(no_choice, monkeypatch):
    monkeypatch.setenv("OMP_NUM_THREADS", "3")
    before = blas_threads()
    with one_thread_each():
        assert blas_threads() == before
