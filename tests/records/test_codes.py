"""Codes of channels, and codes that cannot be part of a path."""

import numpy as np
import pytest

from obspy_tng import prepare_record
from obspy_tng.records.codes import check_codes, mseed_id, split_channel
from obspy_tng.records.folder import write_records
from obspy_tng.records.record import check_station
from obspy_tng.records.rejection import RecordRejectedError
from obspy_tng.records.sds import write_sds
from obspy_tng.records.synthetic import synthetic_record

from .made_up import peaks, recording, shaking


@pytest.mark.parametrize(("code", "sensor", "component"), [
    ("HNZ", "HN", "Z"), ("HN1", "HN", "1"), ("EW", "KNET", "E"), ("NS", "KNET", "N"),
    ("UD", "KNET", "Z"), ("UD2", "KNET2", "Z"), ("NS1", "KNET1", "N"), ("EWZ", "EW", "Z")])
def test_split_channel(code, sensor, component):
    assert split_channel(code) == (sensor, component)


def test_knet_codes_make_the_same_record():
    data = shaking()
    want = prepare_record(recording(data), units="m/s^2", window=40)
    got = prepare_record(recording(data, codes=("UD", "NS", "EW")), units="m/s^2", window=40)
    assert (peaks(got) == peaks(want)).all()
    assert [tr.id for tr in got] == [tr.id for tr in want]


@pytest.mark.parametrize("code", ["a/b", "a b", "<b>", "-rf", "..", "a\\b", "a\0", "é", "*", ""])
def test_codes_that_cannot_be_part_of_a_path(code, tmp_path):
    with pytest.raises(RecordRejectedError) as error:
        check_codes("x", network=code)
    assert error.value.rejection.code == "bad_code"
    with pytest.raises(ValueError, match="code"):
        check_station(f"XX.{code}")
    stream = recording(shaking(), location=code if code else "-")
    with pytest.raises(RecordRejectedError):
        prepare_record(stream, units="m/s^2", window=40)
    record = synthetic_record(np.eye(3, 500), 100.0, "XX.S1")
    for tr in record:
        tr.stats.station = code
    for write in (write_records, write_sds):
        with pytest.raises(ValueError, match="code"):
            write([record], tmp_path / "out")
    record = synthetic_record(np.eye(3, 500), 100.0, "XX.S1")
    if code:
        for tr in record:
            tr.stats.location = code
        with pytest.raises(ValueError, match="code"):
            write_sds([record], tmp_path / "sds")
    assert not [p for p in tmp_path.rglob("*") if p.is_file() and p.suffix == ".mseed"]


def test_ids_that_miniseed_cuts():
    assert mseed_id("XX.A.00.HNZ") == "XX.A.00.HNZ"
    assert mseed_id("PEER.RSN1234.000.HNZ") == "PE.RSN12.00.HNZ"
