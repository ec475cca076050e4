"""Records in a folder: round trips, damage, writes that fail."""

import json

import numpy as np
import pytest
from obspy import Stream

from obspy_tng.exceptions import TNGInputError
from obspy_tng.records.folder import read_record, read_records, write_records
from obspy_tng.records.synthetic import synthetic_record


def test_damaged_and_unfinished_records(tmp_path):
    with pytest.raises(TNGInputError, match="no records"):
        read_records(tmp_path)
    record = synthetic_record(np.random.default_rng(0).normal(size=(3, 500)), 50.0, "YY.G")
    write_records([record], tmp_path)
    data, = tmp_path.rglob("*.mseed")
    sidecar, = tmp_path.rglob("*.json")
    good, text = data.read_bytes(), sidecar.read_text()
    rng = np.random.default_rng(0)
    for i in range(50):
        damaged = bytearray(good)
        if i % 2:
            damaged[rng.integers(len(damaged))] ^= 1 << rng.integers(8)
        else:
            damaged = damaged[:rng.integers(len(damaged))]
        data.write_bytes(damaged)
        with pytest.raises(TNGInputError, match="damaged"):
            read_record(data)
    data.write_bytes(good)
    for bad in ("", "{", "[]", "{}", '{"format": "x"}', text[:-20],
                json.dumps({**json.loads(text), "format": "obspy_tng record 99"})):
        sidecar.write_text(bad)
        with pytest.raises(TNGInputError):
            list(read_records(tmp_path))
    sidecar.write_text(text)
    assert read_record(sidecar)[0].stats.tng.units == "m/s^2"
    data.unlink()
    with pytest.raises(TNGInputError, match="no such record"):
        read_record(data)
    with pytest.raises(TNGInputError):
        write_records([Stream(record[:2])], tmp_path)


def test_write_fails_without_leaving_half(tmp_path):
    class Odd:
        pass

    record = synthetic_record(np.random.default_rng(0).normal(size=(3, 500)), 50.0, "YY.G",
                              tng={"odd": Odd()})
    with pytest.raises(TypeError, match="Odd"):
        write_records([record], tmp_path)
    with pytest.raises(TNGInputError, match="no records"):
        read_records(tmp_path)
