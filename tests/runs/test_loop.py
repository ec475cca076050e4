"""Runs: the same bytes whoever does the work, in whatever order, however often stopped."""

import logging
import random
import threading
import time
from concurrent.futures import Executor, Future, ThreadPoolExecutor

import numpy as np
import pytest

from obspy_tng import collect_records
from obspy_tng.archive.files import FileClient
from obspy_tng.exceptions import TNGException, TNGInputError
from obspy_tng.records.folder import read_records
from obspy_tng.runs.collect import collect_folder
from obspy_tng.runs.manifest import NAME, Manifest

from .conftest import OPTIONS, Twice, Wrapped, contents


class Shuffled(Executor):
    """Does what it is given one by one, but never in order: the last of the waiting first."""

    _max_workers = 4

    def __init__(self):
        self.waiting, self.lock, self.on = [], threading.Lock(), True
        self.thread = threading.Thread(target=self.work, daemon=True)
        self.thread.start()

    def submit(self, function, *args):
        future = Future()
        with self.lock:
            self.waiting.append((future, function, args))
        return future

    def work(self):
        while self.on:
            time.sleep(0.005)  # several are waiting by now
            with self.lock:
                random.shuffle(self.waiting)
                job = self.waiting.pop() if self.waiting else None
            if job:
                try:
                    job[0].set_result(job[1](*job[2]))
                except BaseException as err:
                    job[0].set_exception(err)


def test_a_run_is_collect_records_in_a_folder(data, reference_run, tmp_path):
    result = data.run(tmp_path / "r")
    collection = collect_records(data.client(), data.inventory, data.catalog, **OPTIONS)
    for record, back in zip(sorted(collection, key=lambda r: r[0].stats.tng.record_id),
                            read_records(tmp_path / "r"), strict=True):
        for tr, other in zip(record, back, strict=True):
            np.testing.assert_array_equal(tr.data, other.data)
            assert tr.stats.tng == other.stats.tng
            assert tr.stats.processing == other.stats.processing
    for key in ("units", "accepted", "recordings", "no data"):
        assert result.counts[key] == collection.counts[key], key
    assert contents(tmp_path / "r") == reference_run
    assert "16 records" in str(result)


@pytest.mark.parametrize("options", [
    {"workers": 3}, {"workers": 2, "processes": True}, {"executor": "shuffled"},
    {"executor": "theirs"}], ids=str)
def test_same_bytes_whoever_does_the_work(data, reference_run, tmp_path, options):
    executors = {"shuffled": Shuffled, "theirs": lambda: ThreadPoolExecutor(2)}
    if "executor" in options:
        options = {"executor": executors[options["executor"]]()}
    data.run(tmp_path / "r", **options)
    assert contents(tmp_path / "r") == reference_run
    if "executor" in options:  # not shut down: it is the caller's
        assert options["executor"].submit(int, "3").result() == 3


@pytest.mark.parametrize("seed", range(3))
def test_recordings_filed_twice(data, tmp_path, seed):
    """Of twins the first of the plan stays, whichever was done first."""
    random.seed(seed)
    plain = data.run(tmp_path / "plain", Twice(data.client()))
    mixed = data.run(tmp_path / "mixed", Twice(data.client()), executor=Shuffled())
    assert 2 <= plain.counts["accepted"] < 8
    assert plain.counts == mixed.counts
    assert contents(tmp_path / "plain") == contents(tmp_path / "mixed")
    collection = collect_records(Twice(data.client()), data.inventory, data.catalog, **OPTIONS)
    assert len(list(collection)) == plain.counts["accepted"]
    lines = (tmp_path / "plain" / "rejected.txt").read_text().splitlines()
    assert sorted(lines) == sorted(
        f"{name}\t{r.code}\t{r.text}" for name, r in collection.rejected)


def test_stopped_runs_go_on_and_repeat_nothing(data, reference_run, tmp_path):
    asked = []
    for stop in (3, 5, 1, 9):
        def before(station, starttime, left=[stop]):  # noqa: B006
            left[0] -= 1
            if left[0] == 0:
                raise KeyboardInterrupt

        client = Wrapped(data.client(), before)
        with pytest.raises(KeyboardInterrupt):
            data.run(tmp_path / "r", client)
        asked += client.asked[:-1]
        with Manifest(tmp_path / "r") as manifest:
            statuses = manifest.statuses()
        # what was finished is committed; what was out with the workers, two or so, is not
        assert statuses["done"] <= len(asked)
    last = Wrapped(data.client())
    data.run(tmp_path / "r", last)
    assert contents(tmp_path / "r") == reference_run
    assert len(last.asked) == 32 - statuses["done"]
    again = Wrapped(data.client())
    assert data.run(tmp_path / "r", again).counts["accepted"] == 16
    assert again.asked == []
    assert contents(tmp_path / "r") == reference_run


def test_a_bad_unit_stops_nothing(data, reference_run, tmp_path):
    def before(station, starttime):
        if station == "S001" and starttime.julday % 3 == 0:
            raise OSError("tape is torn")

    result = data.run(tmp_path / "r", Wrapped(data.client(), before), workers=2)
    assert result.counts["failed"] == len(result.failed) > 3
    assert not result.complete
    assert result.counts["accepted"] < 16
    assert all("OSError: tape is torn" in reason for _, reason in result.failed)
    assert result.failed[0][0] in str(result)
    lines = (tmp_path / "r" / "failed.txt").read_text().splitlines()
    assert lines == [f"{name}\t{reason}" for name, reason in result.failed]
    # without --retry-failed they stay as they are, and nothing is asked for
    client = Wrapped(data.client())
    assert data.run(tmp_path / "r", client).failed == result.failed
    assert client.asked == []
    assert data.run(tmp_path / "r", client, retry_failed=True).complete
    assert len(client.asked) == len(result.failed)
    assert contents(tmp_path / "r") == reference_run


def test_the_second_run_on_a_folder_is_refused(data, reference_run, tmp_path):
    refused = []

    def before(station, starttime):
        if not refused:
            refused.append(True)
            with pytest.raises(TNGException, match="another run is at work"):
                data.run(tmp_path / "r")

    assert data.run(tmp_path / "r", Wrapped(data.client(), before)).complete
    assert refused
    assert contents(tmp_path / "r") == reference_run


@pytest.mark.parametrize(("options", "word"), [
    ({"window": 25.0}, "window was 20.0, is 25.0"),
    ({"stations": ["SM.S001"]}, "stations was None, is"),
    ({"freqmin": 0.3}, "freqmin was None, is 0.3")])
def test_other_settings_are_refused(data, tmp_path, options, word):
    data.run(tmp_path / "r", stations=None)
    before = contents(tmp_path / "r")
    with pytest.raises(TNGInputError, match=word):
        data.run(tmp_path / "r", **options)
    assert contents(tmp_path / "r") == before


def test_other_metadata_are_refused(data, tmp_path):
    data.run(tmp_path / "r")
    changed = data.inventory.copy()
    changed[0][0].channels[0].azimuth = 5.0
    with pytest.raises(TNGInputError, match="inventory was"):
        collect_folder(data.client(), tmp_path / "r", changed, data.catalog, **OPTIONS)
    with pytest.raises(TNGInputError, match="catalog was"):
        collect_folder(data.client(), tmp_path / "r", data.inventory, data.catalog[1:], **OPTIONS)
    # the same metadata, put together anew, are the same
    same = data.inventory.copy()
    same.created, same.sender = same.created + 100, "somebody"
    assert collect_folder(data.client(), tmp_path / "r", same, data.catalog, **OPTIONS).complete


def test_a_folder_with_something_else_is_refused(data, tmp_path):
    (tmp_path / "r" / "SM.S001").mkdir(parents=True)
    (tmp_path / "r" / "SM.S001" / "a.mseed").write_bytes(b"precious")
    with pytest.raises(TNGInputError, match="records that no run made"):
        data.run(tmp_path / "r")
    (tmp_path / "s").mkdir()
    (tmp_path / "s" / NAME).write_text("this is no database" * 100)
    with pytest.raises(TNGException, match="file is not a database"):
        data.run(tmp_path / "s")


def test_bad_arguments_leave_no_files(data, tmp_path):
    for options, error, word in [
            ({"workers": 0}, TNGInputError, "workers"),
            ({"workers": 2.5}, TNGInputError, "workers"),
            ({"executor": "dask"}, TypeError, "executor"),
            ({"shard": "9/8"}, TNGInputError, "shard"),
            ({"shard": "half"}, TNGInputError, "shard"), ({"windw": 3}, TypeError, "windw"),
            ({"stations": ["XX.NO"]}, TNGInputError, "XX.NO")]:
        with pytest.raises(error, match=word):
            data.run(tmp_path / "r", **options)
    with pytest.raises(TypeError, match="get_waveforms"):
        collect_folder("sds/", tmp_path / "r", data.inventory, data.catalog)
    assert not (tmp_path / "r").exists()


def test_progress_without_a_terminal(data, tmp_path, caplog, monkeypatch):
    monkeypatch.setattr("obspy_tng.runs.loop.LOG_EVERY", 0.0)
    with caplog.at_level(logging.INFO, "obspy_tng"):
        data.run(tmp_path / "r", progress=True)
    lines = [r.getMessage() for r in caplog.records if "units/s" in r.getMessage()]
    assert lines[-1].startswith("collect: 32 of 32 units")
    assert "0 s left" in lines[-1]


def test_units_remember_what_they_read(data, tmp_path):
    for name in "ab":
        data.run(tmp_path / name)
    rows = []
    for name in "ab":
        with Manifest(tmp_path / name) as manifest:
            rows.append(manifest._db.execute("SELECT id, input_hash, files, seconds FROM units "
                                             "ORDER BY position").fetchall())
            assert manifest.about("settings")["window"] == 20.0
    assert [row[:3] for row in rows[0]] == [row[:3] for row in rows[1]]
    hashes = [row[1] for row in rows[0]]
    assert None not in hashes
    assert len(set(hashes)) == 32  # samples of every recording, spans of every day
    assert all(row[3] > 0 for row in rows[0])


def test_two_recordings_of_one_second_in_one_unit(data, tmp_path):
    """Two recorders digitised one recording: the first record is kept, the other is listed."""
    origin = data.catalog[0].origins[0].time
    stream = data.client().get_waveforms("SM", "S001", "*", "?N?", origin, origin + 60)
    for name, last in (("a", None), ("b", stream[0].stats.endtime - 0.5)):
        for tr in stream.slice(None, last):
            tr.data = tr.data * 1.01 if name == "b" else tr.data
            tr.data = tr.data.astype(np.int32)
            (tmp_path / "archive").mkdir(exist_ok=True)
            tr.write(str(tmp_path / "archive" / f"{name}.{tr.id}.mseed"), format="MSEED")
    result = collect_folder(FileClient(str(tmp_path / "archive"), "flat"), tmp_path / "records",
                            data.inventory, **OPTIONS)
    assert result.complete
    assert (result.counts["accepted"], result.counts["rejected"]) == (1, 1)
    assert "same_second" in (tmp_path / "records" / "rejected.txt").read_text()
    record, = read_records(tmp_path / "records")
    assert record[0].stats.npts == 1000
