"""Records: station ids, groups, and what is no record."""

import numpy as np
import pytest
from obspy import Stream, UTCDateTime

from obspy_tng import simulate_network
from obspy_tng.exceptions import TNGInputError
from obspy_tng.records.record import (
    check_record,
    check_station,
    group_by_station,
    record_to_array,
    station_id,
)
from obspy_tng.records.synthetic import synthetic_record


def test_grouping():
    records = simulate_network(2, 2, seed=0, sampling_rate=20.0, window=20.0).records
    groups = group_by_station(records)
    assert {s: len(g) for s, g in groups.items()} == {"SM.S001": 2, "SM.S002": 2}
    assert group_by_station(groups) == groups
    with pytest.raises(TNGInputError, match="one station"):
        station_id(Stream([*records[0].traces, groups["SM.S002"][0][0]]))


def record(change=lambda st: None):
    st = synthetic_record(np.random.default_rng(0).standard_normal((3, 200)), 100.0, "XX.A")
    change(st)
    return st


def test_traces_in_order():
    shuffled = record(lambda st: st.reverse())
    traces = check_record(shuffled, 100.0, 200)
    assert [tr.stats.channel[-1] for tr in traces] == list("ZNE")
    assert traces[0] is shuffled[2]  # the caller's own
    array = record_to_array(shuffled)
    np.testing.assert_array_equal(array, [tr.data for tr in traces])
    array[:] = 0
    assert traces[0].data.any()


@pytest.mark.parametrize(("change", "message"), [
    (lambda st: st.pop(0), "component Z is missing"),
    (lambda st: st.append(st[0].copy()), "one trace each"),
    (lambda st: setattr(st[0].stats, "channel", "HX1"), "must end in Z, N and E"),
    (lambda st: setattr(st[1].stats, "sampling_rate", 50.0), "sampling rates differ"),
    (lambda st: st[1].trim(endtime=st[1].stats.endtime - 0.1), "npts differ"),
    (lambda st: setattr(st[2].stats, "starttime", UTCDateTime(2001, 1, 1)), "different times"),
    (lambda st: setattr(st[0], "data", np.ones(200)), "constant trace"),
    (lambda st: setattr(st[0].stats.tng, "units", "gal"), "units are 'gal'"),
    (lambda st: st[0].data.__setitem__(3, np.inf), "1 samples are NaN")])
def test_what_is_no_record(change, message):
    with pytest.raises(TNGInputError, match=message):
        check_record(record(change))


def test_rate_and_length():
    with pytest.raises(TNGInputError, match="sampling_rate is 100 Hz, 50 Hz is needed"):
        check_record(record(), sampling_rate=50.0)
    with pytest.raises(TNGInputError, match="200 samples, 300 are needed"):
        check_record(record(), npts=300)
    with pytest.raises(TypeError, match="must be an obspy Stream, got list"):
        check_record(list(record()))


@pytest.mark.parametrize(("station", "message"), [
    (".A", "has no network code"), ("XX", "must be 'NET.STA'"), ("XX.A.B", "must be 'NET.STA'")])
def test_station_ids(station, message):
    assert check_station("XX.A") == ("XX", "A")
    with pytest.raises(TNGInputError, match=message):
        check_station(station)
