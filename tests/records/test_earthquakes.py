"""Listings of one earthquake, and splits by earthquake."""

import numpy as np
import pytest
from obspy import UTCDateTime

from obspy_tng import simulate_network
from obspy_tng.exceptions import TNGInputError
from obspy_tng.records.earthquakes import earthquakes, split_by_event
from obspy_tng.records.info import record_info


def info(event, start, name="r"):
    return {"event_id": event, "record_id": name, "starttime": str(UTCDateTime(2020, 1, 1) + start)}


def test_an_earthquake_listed_twice_is_one():
    keys = earthquakes([info("a", 0), info("b", 100), info("b", 250), info("c", 400),
                        info("d", 700), info(None, 5000, "x"), info(None, 9000, "y")])
    assert keys[0] == keys[1] == keys[2]
    assert len(set(keys)) == 5   # c is near a second listing, not near the first


def test_a_sequence_is_no_chain():
    """Shocks 170 s apart differ in place or size, or are at least no more than two in one."""
    rng = np.random.default_rng(0)
    shocks = [{**info(f"e{i}", 170 * i, f"XX.A.{i}"), "magnitude": float(rng.uniform(4, 6.5)),
               "distance": float(rng.uniform(10, 200))} for i in range(30)]
    assert len(set(earthquakes(shocks))) >= 27
    blind = [info(f"e{i}", 170 * i) for i in range(30)]
    assert len(set(earthquakes(blind))) == 15


def test_listings_that_disagree_are_two_earthquakes():
    def pair(**second):
        one = {**info("a", 0, "XX.A.1"), "magnitude": 5.0, "distance": 100.0}
        return len(set(earthquakes([one, {**one, **info("b", 20, "XX.A.2"), **second}])))

    assert pair(magnitude=5.3, distance=110.0) == 1
    assert pair(magnitude=None, distance=None) == 1
    assert pair(magnitude=6.0) == 2
    assert pair(distance=180.0) == 2
    assert pair(distance=180.0, record_id="XX.B.2") == 1   # another station may be farther


def test_unknown_start_times_do_not_merge():
    infos = [{"event_id": name, "record_id": name} for name in "ab"]
    assert earthquakes(infos) == ["a", "b"]
    infos = [{**i, "starttime": str(UTCDateTime(10))} for i in infos]  # as AT2 files begin
    assert earthquakes(infos) == ["a", "b"]


def test_split_by_event():
    records = simulate_network(3, 8, seed=0, sampling_rate=20.0, window=20.0).records
    first, second = split_by_event(records, 0.5, seed=1)
    assert len(first) + len(second) == len(records)
    events = [{record_info(r)["event_id"] for r in side} for side in (first, second)]
    assert not events[0] & events[1]
    assert len(events[0]) == 4
    assert [r[0].id for r in first] == [r[0].id for r in split_by_event(records, 0.5, seed=1)[0]]
    by_station = {"SM.S001": records[:8], "others": records[8:]}
    assert len(split_by_event(by_station, 0.5, seed=1)[0]) == len(first)
    with pytest.raises(TNGInputError, match="fraction"):
        split_by_event(records, 1.5)
    for seed in (-1, None, 1.5):
        with pytest.raises(TNGInputError, match="seed must be an integer >= 0"):
            split_by_event(records, 0.5, seed)
    for bad in (records[0], None, [records]):
        with pytest.raises(TypeError, match="records must be an iterable of Streams"):
            split_by_event(bad)
