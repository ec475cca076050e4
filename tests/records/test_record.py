"""Splits by event, station ids, start times of synthetic records."""

import itertools

import numpy as np
import pytest
from obspy import Stream, UTCDateTime
from obspy.core import AttribDict

from obspy_tng import simulate_network
from obspy_tng.exceptions import TNGInputError
from obspy_tng.records.folder import read_records, write_records
from obspy_tng.records.record import (
    band_code,
    earthquakes,
    group_by_station,
    realization_starttime,
    record_id,
    record_info,
    split_by_event,
    station_id,
    synthetic_record,
)
from obspy_tng.records.sds import write_sds


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


def test_records_of_unknown_start_time_stay_apart_on_disk(tmp_path):
    """All PEER AT2 files begin at once; their ids come from the samples, and are kept."""
    records = [synthetic_record(np.random.default_rng(i).standard_normal((3, 200)), 100.0, "RSN.A",
                                tng={"magnitude": 6.0}) for i in range(2)]
    for record in records:
        for tr in record:
            tr.stats.at2 = AttribDict({"starttime_known": False})
    names = [record_id(record) for record in records]
    assert write_records(records, tmp_path) == 2
    again = list(read_records(tmp_path))
    assert sorted(record_id(record) for record in again) == sorted(names)
    assert "record_id" not in records[0][0].stats.tng  # the caller's are not changed


def test_codes_that_miniseed_cuts(tmp_path):
    record = synthetic_record(np.random.default_rng(0).standard_normal((3, 200)), 100.0,
                              "PEER.RSN1234")
    write_records([record], tmp_path / "records")
    assert [tr.id for tr in next(read_records(tmp_path / "records"))] == [tr.id for tr in record]
    with pytest.raises(TNGInputError, match="MiniSEED would cut"):
        write_sds([record], tmp_path / "archive")


def test_split_by_event():
    records = simulate_network(3, 8, seed=0, sampling_rate=20.0, window=20.0).records
    first, second = split_by_event(records, 0.5, seed=1)
    assert len(first) + len(second) == len(records)
    events = [{record_info(r)["event_id"] for r in side} for side in (first, second)]
    assert not events[0] & events[1]
    assert len(events[0]) == 4
    assert [r[0].id for r in first] == [r[0].id for r in split_by_event(records, 0.5, seed=1)[0]]
    with pytest.raises(TNGInputError, match="fraction"):
        split_by_event(records, 1.5)


def test_grouping():
    records = simulate_network(2, 2, seed=0, sampling_rate=20.0, window=20.0).records
    groups = group_by_station(records)
    assert {s: len(g) for s, g in groups.items()} == {"SM.S001": 2, "SM.S002": 2}
    assert group_by_station(groups) == groups
    with pytest.raises(TNGInputError, match="one station"):
        station_id(Stream([*records[0].traces, groups["SM.S002"][0][0]]))


def test_realizations_do_not_overlap():
    starts = [realization_starttime(i, 60.0) for i in range(3)]
    assert all(b - a > 60 for a, b in itertools.pairwise(starts))
    assert all(t.second == 0 for t in starts)


@pytest.mark.parametrize(("rate", "code"), [(200, "H"), (100, "H"), (50, "B"), (250, "C"),
                                            (1000, "F"), (5, "M"), (0.5, "L")])
def test_band_codes(rate, code):
    assert band_code(rate) == code
