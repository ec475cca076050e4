"""A record as bytes: always the same."""

import hashlib
import io
import json

import numpy as np
import pytest
from obspy import UTCDateTime, read
from obspy.core import AttribDict

from obspy_tng.records.packing import pack_array, pack_record, to_json, write_packed
from obspy_tng.records.synthetic import synthetic_record


def record(**tng):
    return synthetic_record(np.random.default_rng(0).standard_normal((3, 500)), 100.0, "XX.A",
                            tng={"record_id": "XX.A/1:2", **tng})


def test_same_record_same_bytes():
    packed = pack_record(record())
    assert pack_record(record()) == packed
    assert pack_record(record(seed=1)).content == packed.content  # MiniSEED has no metadata
    assert pack_record(record(seed=1)).sidecar != packed.sidecar
    assert packed.path == "XX.A/XX.A_1_2.mseed"
    assert packed.peaks == tuple(float(np.abs(tr.data).max()) for tr in record())
    about = json.loads(packed.sidecar)
    assert about["sha256"] == packed.sha256 == hashlib.sha256(packed.content).hexdigest()
    back = read(io.BytesIO(packed.content))
    for tr, other in zip(record(), back, strict=True):
        np.testing.assert_array_equal(tr.data, other.data)


def test_arrays(tmp_path):
    packed = pack_array("features", "a b", np.arange(3.0), {"n": 3})
    write_packed(packed, tmp_path)
    np.testing.assert_array_equal(np.load(tmp_path / "features" / "a_b.npy"), [0, 1, 2])
    assert json.loads((tmp_path / "features" / "a_b.json").read_text()) == {"n": 3}


def test_json_of_what_stats_hold():
    value = {"a": np.float32(1.5), "b": np.arange(2), "c": (1, 2), "d": AttribDict(x=1),
             "t": UTCDateTime(2020, 1, 1)}
    assert json.loads(to_json(value)) == {"a": 1.5, "b": [0, 1], "c": [1, 2], "d": {"x": 1},
                                          "t": "2020-01-01T00:00:00.000000Z"}
    with pytest.raises(TypeError, match=r"stats\.tng cannot hold object"):
        to_json({"a": object()})
