"""One component a file: what is refused, and what generated records say of themselves."""

import io

import numpy as np
import pytest
from obspy import Stream, Trace
from obspy.core import AttribDict

from obspy_tng.exceptions import TNGInputError
from obspy_tng.io.common.writing import acceleration, provenance, write_each
from obspy_tng.records.synthetic import synthetic_record


def trace(data=(1.0, 2.0), units=None, channel="HNZ"):
    tr = Trace(np.asarray(data), {"network": "XX", "station": "A", "channel": channel})
    if units:
        tr.stats.at2 = AttribDict({"units": units})
    return tr


def test_acceleration():
    np.testing.assert_array_equal(acceleration(trace(units="m/s^2"), "AT2"), [1, 2])
    with pytest.raises(TNGInputError, match=r"AT2: XX\.A\.\.HNZ is in 'm/s', must be in 'm/s\^2'"):
        acceleration(trace(units="m/s"), "AT2")
    for bad in ((), (1.0, np.nan), np.ma.masked_equal([1.0, 2.0], 2)):
        tr = trace()
        tr.data = np.ma.asanyarray(bad) if np.ma.isMaskedArray(bad) else np.asarray(bad)
        with pytest.raises(TNGInputError, match="empty or has gaps"):
            acceleration(tr, "AT2")


def test_provenance():
    assert provenance(trace()) == ""
    record = synthetic_record(np.eye(3, 9), 100.0, "XX.A", tng={"model": "a b", "seed": 3})
    assert provenance(record[0]) == ("SYNTHETIC RECORD OF OBSPY_TNG MODEL=a_b SEED=3 "
                                     "REALIZATION=UNKNOWN")


def test_files(tmp_path):
    def text(tr):
        return tr.stats.channel

    both = Stream([trace(), trace(channel="HNN")])
    write_each(both, tmp_path / "r.txt", text, "X")
    assert {p.name: p.read_text() for p in tmp_path.iterdir()} == {"r.HNZ.txt": "HNZ",
                                                                   "r.HNN.txt": "HNN"}
    write_each(both[:1], tmp_path / "one.txt", text, "X")
    assert (tmp_path / "one.txt").read_text() == "HNZ"
    buffer = io.BytesIO()
    write_each(both[:1], buffer, text, "X")
    assert buffer.getvalue() == b"HNZ"
    with pytest.raises(TNGInputError, match="takes one trace, got 2"):
        write_each(both, buffer, text, "X")
    with pytest.raises(TNGInputError, match="several traces have the same channel code"):
        write_each(Stream([trace(), trace()]), tmp_path / "two.txt", text, "X")
    assert not list(tmp_path.glob("two*"))
