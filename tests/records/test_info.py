"""Metadata of records: identifiers and sources."""

import numpy as np
import pytest
from obspy import UTCDateTime
from obspy.core import AttribDict

from obspy_tng.exceptions import TNGInputError
from obspy_tng.records.folder import read_records, write_records
from obspy_tng.records.info import (
    RECORD_FIELDS,
    info_values,
    record_id,
    record_info,
    remember_id,
    source_of,
)
from obspy_tng.records.synthetic import synthetic_record


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


def test_info_of_a_record():
    record = synthetic_record(np.eye(3, 100), 100.0, "XX.A", tng={"magnitude": 6.5, "seed": 3})
    info = record_info(record)
    assert set(info) == {*RECORD_FIELDS, "starttime"}
    assert (info["magnitude"], info["distance"]) == (6.5, None)
    assert info["record_id"] == "XX.A.20000101T000000"
    assert UTCDateTime(info["starttime"]) == record[0].stats.starttime
    np.testing.assert_array_equal(info_values([info, info], "magnitude"), [6.5, 6.5])
    assert np.isnan(info_values([info], "distance")).all()


def test_sources_survive_the_loss_of_metadata():
    """Instrument X at location SY is that of generated records; others are what they say."""
    record = synthetic_record(np.eye(3, 100), 100.0, "XX.A")
    for tr in record:
        del tr.stats["tng"]
    assert source_of(record) == "generated"
    for tr in record:
        tr.stats.location = ""
    assert source_of(record) is None
    record[0].stats.tng = AttribDict({"source": "simulated"})
    assert source_of(record) == "simulated"


def made_of_arrays(number, starttime):
    return [synthetic_record(np.random.default_rng(i).standard_normal((3, 200)), 100.0, "XX.A",
                             starttime) for i in range(number)]


def test_records_of_arrays_without_a_start_time_stay_apart(tmp_path):
    """ObsPy gives them all 1 January 1970: five records were one on disk, and in an evaluation."""
    records = made_of_arrays(5, UTCDateTime(0))
    names = {record_id(record) for record in records}
    assert len(names) == 5
    assert write_records(records, tmp_path) == 5
    assert {record_id(record) for record in read_records(tmp_path)} == names


def test_different_records_of_one_id_are_refused(tmp_path):
    first, second = made_of_arrays(2, UTCDateTime(2001, 1, 1))
    seen = {}
    for record in (first, first.copy()):
        remember_id(record, seen)  # the same one again
    with pytest.raises(TNGInputError, match="T000000 and different samples"):
        remember_id(second, seen)
    with pytest.raises(TNGInputError, match="start times of their own"):
        write_records([first, second], tmp_path)
    second[0].stats.tng.record_id = "XX.A.two"
    remember_id(second, seen)
