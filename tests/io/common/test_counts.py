"""Whether all samples are there, and what stands beside them."""

import warnings

import numpy as np
import pytest

from obspy_tng.exceptions import TNGInputError, TNGWarning
from obspy_tng.io.common.counts import (
    beside_times,
    check_complete,
    check_count,
    evenly_rising,
    without_times,
)


def test_counts():
    check_count(4, 4, "record", True)
    check_count(4, None, "record", True)
    check_complete(True, "record", True)
    for check, arguments in ((check_count, (3, 4)), (check_complete, (False,))):
        with pytest.raises(TNGInputError, match="record"):
            check(*arguments, "record", True)
        with pytest.warns(TNGWarning, match="record"):
            check(*arguments, "record", False)


@pytest.mark.parametrize("strict", [True, False])
def test_a_file_without_samples_is_not_said_to_have_some(strict):
    with pytest.raises(TNGInputError, match="record: the file holds no samples before") as error:
        check_count(0, 4, "record", strict, "END")
    assert "strict=False" not in str(error.value)


def test_a_column_of_times_is_left_out():
    table = np.column_stack([0.01 * np.arange(6), np.arange(12.0).reshape(6, 2) % 5])
    with pytest.warns(TNGWarning, match="XX: a column of times"):
        np.testing.assert_array_equal(beside_times(table, "XX"), table[:, 1:])
    assert beside_times(table[:, 1:], "XX") is None
    with pytest.warns(TNGWarning, match="XX: a column of times"):
        np.testing.assert_array_equal(without_times(table[:, :2].ravel(), 6, "XX"), table[:, 1])


def test_two_numbers_are_no_column_of_times():
    with warnings.catch_warnings():
        warnings.simplefilter("error")
        assert not any(evenly_rising(np.arange(float(n))) for n in range(3))
