"""Checks of arguments: what passes comes back as a plain number, what does not is named."""

import numpy as np
import pytest

from obspy_tng._checks import (
    ascending,
    check_memory,
    count,
    known_names,
    one_of,
    positive,
    within,
)
from obspy_tng.exceptions import TNGInputError


@pytest.mark.parametrize(("check", "value", "expected"), [
    (lambda v: count("n", v), np.int64(3), 3), (lambda v: count("n", v, least=2), 2, 2),
    (lambda v: positive("x", v), np.float32(0.5), 0.5),
    (lambda v: within("x", v, 0, 1), 1, 1.0), (lambda v: within("x", v, 0, 1, "[)"), 0, 0.0),
    (lambda v: one_of("x", v, ("a", None)), None, None)])
def test_passes(check, value, expected):
    found = check(value)
    assert found == expected
    assert type(found) is type(expected)


@pytest.mark.parametrize(("check", "values", "message"), [
    (lambda v: count("n", v), (-1, 1.0, True, "3", None), r"n must be an integer >= 0, got "),
    (lambda v: count("n", v, " or None", least=2), (1,), r"n must be an integer >= 2 or None"),
    (lambda v: positive("x", v), (0, -1, np.nan, np.inf), r"x must be a finite number above 0"),
    (lambda v: within("x", v, 0, 1), (-0.1, 1.1, np.nan, "a", True, None),
     r"x must be a number in \[0, 1\], got "),
    (lambda v: within("x", v, 0, 1, "(]"), (0,), r"x must be a number in \(0, 1\], got 0"),
    (lambda v: within("x", v, 0, 1, "[)"), (1.0,), r"x must be a number in \[0, 1\), got 1.0"),
    (lambda v: one_of("x", v, ("a", "b")), ("c",), r"x must be one of 'a', 'b', got 'c'"),
    (lambda v: ascending("x", v), ([2, 1], [], [0, 1], [[1, 2]]), r"x must ")])
def test_refuses(check, values, message):
    for value in values:
        with pytest.raises(TNGInputError, match=message):
            check(value)


def test_wrong_type():
    with pytest.raises(TypeError, match="x must be a number, got str"):
        positive("x", "a")


def test_check_memory():
    check_memory(1000, 72_000)
    with pytest.raises(TNGInputError, match=r"n=10{12} records need 7.2e\+07 GB, the machine has"):
        check_memory(10**12, 72_000)


def test_known_names():
    stations = [f"XX.S{i:03d}" for i in range(50)]
    assert known_names("XX.S0499", stations).startswith("XX.S049, ")
    assert known_names(None, stations).endswith("XX.S009 and 40 more")
    assert known_names("xx.s007 ", stations[:9]).startswith("XX.S007, XX.S000")
