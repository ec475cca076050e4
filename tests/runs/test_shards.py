"""Runs in parts, and on a Dask cluster."""

from concurrent.futures import Executor

import pytest

from obspy_tng.exceptions import TNGException, TNGInputError
from obspy_tng.runs.job import WorkUnit
from obspy_tng.runs.manifest import NAME, Manifest
from obspy_tng.runs.pool import Pool
from obspy_tng.runs.shards import Part, merge_shards, part_of

from .conftest import Deadly, Twice, Wrapped, contents


@pytest.mark.parametrize("number", [1, 2, 5])
def test_parts_make_the_whole(data, reference_run, tmp_path, number):
    units = 0
    for i in range(number, 0, -1):
        result = data.run(tmp_path / "r", shard=f"{i}/{number}")
        units += result.counts["units"]
    assert units == 32
    if number > 1:
        merged = merge_shards(tmp_path / "r")
        assert merged.complete
        assert merged.counts["accepted"] == 16
    assert contents(tmp_path / "r") == reference_run
    # once merged, it is an ordinary run
    client = Wrapped(data.client())
    assert data.run(tmp_path / "r", client).complete
    assert client.asked == []
    if number > 1:
        assert merge_shards(tmp_path / "r").complete  # again: nothing to do


def test_twins_in_different_parts(data, tmp_path):
    """Of one recording filed several times, the first of the whole plan stays."""
    plain = data.run(tmp_path / "plain", Twice(data.client()))
    assert 2 <= plain.counts["accepted"] < 16
    for i in (2, 1, 3):
        data.run(tmp_path / "r", Twice(data.client()), shard=f"{i}/3")
    merge_shards(tmp_path / "r")
    assert contents(tmp_path / "r") == contents(tmp_path / "plain")


def test_failed_units_of_parts(data, reference_run, tmp_path):
    def before(station, starttime):
        if starttime.julday % 3 == 0:
            raise OSError("tape is torn")

    for i in (1, 2):
        data.run(tmp_path / "r", Wrapped(data.client(), before), shard=f"{i}/2")
    merged = merge_shards(tmp_path / "r")
    assert merged.failed
    assert (tmp_path / "r" / "failed.txt").exists()
    assert data.run(tmp_path / "r", retry_failed=True).complete
    assert contents(tmp_path / "r") == reference_run


def test_merge_refuses_what_makes_no_whole(data, tmp_path):
    with pytest.raises(TNGInputError, match="no parts"):
        merge_shards(tmp_path)
    data.run(tmp_path / "r", shard="1/2")
    with pytest.raises(TNGInputError, match="missing"):
        merge_shards(tmp_path / "r")
    assert not (tmp_path / "r" / NAME).exists()  # the other part may still be run

    def before(station, starttime):
        raise KeyboardInterrupt

    with pytest.raises(KeyboardInterrupt):
        data.run(tmp_path / "r", Wrapped(data.client(), before), shard="2/2")
    with pytest.raises(TNGInputError, match=r"shard-2-of-2 is not finished: \d+ units"):
        merge_shards(tmp_path / "r")
    with pytest.raises(TNGInputError, match="obspy-tng merge"):
        data.run(tmp_path / "r")
    with Manifest(tmp_path / "r" / "shard-1-of-2"), \
            pytest.raises(TNGException, match="another run"):
        merge_shards(tmp_path / "r")
    data.run(tmp_path / "r", shard="2/2")
    assert merge_shards(tmp_path / "r").complete
    with pytest.raises(TNGInputError, match="not divided"):
        data.run(tmp_path / "r", shard="1/2")


def test_parts_of_different_runs(data, tmp_path):
    data.run(tmp_path / "r", shard="1/2")
    data.run(tmp_path / "r", shard="2/2", window=22.0)
    with pytest.raises(TNGInputError, match=r"window was 20.0, is 22.0"):
        merge_shards(tmp_path / "r")


def test_a_growing_plan_moves_no_unit():
    units = [WorkUnit(f"XX.S/{i}", {}) for i in range(200)]
    of = {unit.id: index for index in (1, 2, 3)
          for _, unit in Part(index, 3).select(enumerate(units))}
    assert len(of) == 200
    assert min(list(of.values()).count(i) for i in (1, 2, 3)) > 40
    for _, unit in Part(2, 3).select(enumerate([*units[::-1], WorkUnit("XX.S/new", {})])):
        assert of.get(unit.id, 2) == 2


@pytest.mark.parametrize("bad", ["0/4", "5/4", "1", "a/b", "1/2/3", "-1/2"])
def test_bad_parts(bad):
    with pytest.raises(TNGInputError, match="shard"):
        part_of(bad)


# -- Dask -----------------------------------------------------------------------------

@pytest.fixture(scope="module")
def dask():
    """Client of a cluster of two processes on this machine."""
    import distributed  # `make test` installs all extras: without one this fails, and is no skip
    with distributed.LocalCluster(n_workers=2, threads_per_worker=1, processes=True,
                                  dashboard_address=":0") as cluster, \
            distributed.Client(cluster) as client:
        yield client


def test_dask_cluster(data, reference_run, tmp_path, dask):
    executor = dask.get_executor()
    assert data.run(tmp_path / "r", executor=executor).complete
    assert contents(tmp_path / "r") == reference_run


def count(path):
    with open(path, "a") as file:
        file.write("x")
    raise OSError


def test_dask_does_a_unit_again_that_failed(tmp_path, dask):
    """Although its first result is still held."""
    pool = Pool(executor=dask.get_executor())
    for times in (1, 2):
        futures = [pool.submit(count, (str(tmp_path / "calls"),)) for _ in range(times)]
        assert all(isinstance(future.exception(), OSError) for future in futures)
    assert (tmp_path / "calls").read_text() == "xxx"


def test_dask_worker_killed(data, reference_run, tmp_path, dask):
    """A unit that kills worker after worker is given up; the others are done."""
    client = Wrapped(data.client())
    data.run(tmp_path / "all", client)
    deadly = Wrapped(data.client(), Deadly(" ".join(client.asked[7])))
    result = data.run(tmp_path / "r", deadly, executor=dask.get_executor())
    assert len(result.failed) == 1
    assert "KilledWorker" in result.failed[0][1]
    assert data.run(tmp_path / "r", retry_failed=True).complete
    assert contents(tmp_path / "r") == reference_run


def test_dask_cluster_goes_away(data, reference_run, tmp_path):
    import distributed
    cluster = distributed.LocalCluster(n_workers=1, processes=False, dashboard_address=":0")
    client = distributed.Client(cluster)

    class Leaving(Executor):
        submitted = 0
        _max_workers = 1

        def submit(self, function, *args):
            self.submitted += 1
            if self.submitted == 8:
                client.close()
            return client.get_executor().submit(function, *args)

    with pytest.raises(TNGException, match="same command"):
        data.run(tmp_path / "r", executor=Leaving())
    cluster.close()
    assert data.run(tmp_path / "r").complete
    assert contents(tmp_path / "r") == reference_run
