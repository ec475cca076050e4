"""What counts as samples, for raw traces and for records."""

import numpy as np
import pytest
from obspy import Trace

from obspy_tng.records.rejection import RecordRejectedError
from obspy_tng.records.samples import plain_samples, stretches


@pytest.mark.parametrize("dtype", ["int16", "int32", ">i4", "uint8", "float16", "float32", ">f8"])
def test_numbers_of_any_type(dtype):
    data = np.arange(10).astype(dtype)
    given = Trace(np.ma.masked_array(data, np.zeros(10, bool)))
    found = plain_samples(given)
    assert found.dtype == np.float64
    np.testing.assert_array_equal(found, np.arange(10))
    found[0] = 99
    assert given.data[0] == 0  # a copy


@pytest.mark.parametrize(("data", "code"), [
    (np.ma.masked_array(np.arange(4.0), [0, 1, 0, 0]), "gap"), (np.arange(1.0), "too_few_samples"),
    (np.array([1.0, np.nan, 3.0]), "not_finite"), (np.array([1.0, np.inf]), "not_finite"),
    (np.array(["a", "b"]), "not_finite"), (np.array([True, False]), "not_finite"),
    (np.array([1j, 2.0]), "not_finite"), (np.array([1, None], dtype=object), "not_finite")])
def test_what_is_no_number(data, code):
    tr = Trace()
    tr.data = data
    with pytest.raises(RecordRejectedError) as error:
        plain_samples(tr)
    assert error.value.rejection.code == code


def test_stretches_that_begin_and_end_anywhere():
    for flags, expected in (([], []), ([False] * 3, []), ([True] * 3, [(0, 3)]),
                            ([True, False, True, True, False], [(0, 1), (2, 4)])):
        found = zip(*(edge.tolist() for edge in stretches(np.array(flags, bool))), strict=True)
        assert list(found) == expected
