"""What a bank keeps of records, and which are refused."""

import numpy as np
import pytest
from obspy import Stream, Trace

from obspy_tng.exceptions import TNGInputError
from obspy_tng.records.enrolled import Enrolled, checked_info, refuse_generated


def record(**tng):
    """A record of three components, whose last 100 of 500 samples are zero."""
    data = np.concatenate([np.ones(400), np.zeros(100)])
    stream = Stream([Trace(data.copy(), {"network": "XX", "station": "A", "channel": "HN" + c})
                     for c in "ZNE"])
    for trace in stream:
        trace.stats.tng = dict(tng)
    return stream


def test_records_are_added_and_arrays_that_earlier_ones_lack_are_zero():
    kept = Enrolled()
    kept.append({"levels": np.ones((2, 3))}, [{"record_id": "a"}, {"record_id": "b"}])
    kept.append({"levels": 2 * np.ones((1, 3)), "data": np.ones((1, 4))}, [{"record_id": "c"}])
    assert len(kept) == 3
    assert kept.arrays["levels"][:, 0].tolist() == [1, 1, 2]
    assert kept.arrays["data"][:, 0].tolist() == [0, 0, 1]


def test_p_must_come_before_the_last_sample_that_was_recorded():
    assert checked_info(record(p_index=np.int64(399)))["p_index"] == 399
    for wrong in (400, -1, 3.5, True):
        with pytest.raises(TNGInputError, match="an integer from 0 to 399"):
            checked_info(record(p_index=wrong))


def test_scenarios_that_no_earthquake_has_are_refused():
    with pytest.raises(TNGInputError, match=r"stats.tng.depth must be between -5 and 800"):
        checked_info(record(magnitude=5.0, distance=30.0, depth=10000.0))
    with pytest.raises(TypeError, match=r"stats.tng.magnitude must be a number"):
        checked_info(record(magnitude="5", distance=30.0))


def test_generated_records_are_named():
    real, made = ({"record_id": source, "source": source} for source in ("recorded", "generated"))
    refuse_generated({"XX.A": (None, [real])})
    with pytest.raises(TNGInputError, match=r"1 records are generated.*first: generated"):
        refuse_generated({"XX.A": (None, [real, made])})
