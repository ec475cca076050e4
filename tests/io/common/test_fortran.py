"""Numbers as Fortran wrote them, against the numbers that were written."""

import numpy as np
import pytest

from obspy_tng.exceptions import TNGInputError
from obspy_tng.io.common.fortran import (
    field_width,
    first_lines,
    header_numbers,
    numeric_block,
    parse_block,
    parse_table,
    to_float,
    to_int,
    without_cut_number,
)


@pytest.fixture
def values():
    return 100 * np.random.default_rng(0).standard_normal(37)


def written(values, width, decimals, a_line=8):
    fields = [f"{value:{width}.{decimals}f}" for value in values]
    return "".join("".join(fields[i:i + a_line]) + "\n"
                   for i in range(0, len(fields), a_line)).encode()


def test_fields_that_touch(values):
    block = written(values, 9, 4) + b"/& end of the record\n"
    found = parse_block(numeric_block(block), 37, 9)
    np.testing.assert_allclose(found, values, atol=6e-5)


def test_commas_and_exponents():
    assert to_float("-1,5") == -1.5
    assert to_float("1.5D-03") == 1.5e-3
    assert [to_float(text) for text in ("", "x", None, "1e999", "--1")] == [None] * 5
    assert to_int("7000.") == 7000
    assert to_int("7000.5") is None
    np.testing.assert_allclose(parse_block(b"1,5 2,5\n-3,5\n"), [1.5, 2.5, -3.5])


def test_header_numbers_by_position():
    assert header_numbers(["  1  2 -9", "     4"], 3, missing=(-9,)) == [1, 2, None, None, 4]
    assert [field_width(text) for text in ("8F9.4", "(1P,5E14.7)", "2(2X,F8.3)", "A8", None)] == [
        9, 14, 10, None, None]


def test_what_is_no_number():
    with pytest.raises(TNGInputError, match=r"not a number in '1\.0 abc'"):
        parse_block(b"1.0 abc\n")
    with pytest.raises(TNGInputError, match="2 columns of 4 characters are expected"):
        parse_table(b" 1.0 x.0\n", 2, 4)


def test_tables(values):
    table = values[:36].reshape(-1, 3)
    np.testing.assert_allclose(parse_table(written(values[:36], 10, 4, 3), 3), table, atol=6e-5)
    gaps = parse_table(b" 1.0     3.0\n 4.0 5.0\n", 3, 4)
    np.testing.assert_array_equal(gaps, [[1, np.nan, 3], [4, 5, np.nan]])
    assert parse_table(b"\n", 3).shape == (0, 3)


def test_a_file_cut_in_a_number(values):
    """Wherever a file ends, no number comes out that was not written."""
    block = written(values, 9, 4)
    whole = parse_block(block, width=9)
    for cut in range(len(block) - 60, len(block)):
        part = without_cut_number(block[:cut], False, 9)
        found = parse_block(part, width=9) if part.strip() else np.empty(0)
        np.testing.assert_array_equal(found, whole[:len(found)])
        assert len(found) >= cut * 37 // len(block) - 2


def test_lines():
    assert first_lines(b"a\nb\nc", 2) == b"a\nb\n"
    assert first_lines(b"a\nb", 5) == b"a\nb"
    assert first_lines(b"a", 0) == b""


def test_commas_between_numbers():
    np.testing.assert_array_equal(parse_block(b"1.5E-3,-2.0,3.25\n4.,5.\n", 5),
                                  [1.5e-3, -2.0, 3.25, 4.0, 5.0])
    np.testing.assert_array_equal(parse_block(b"1,5 -2,0\n", 2), [1.5, -2.0])  # decimal commas
    np.testing.assert_array_equal(parse_block(b"1.5, -2.0, 3.\n", 3), [1.5, -2.0, 3.0])


@pytest.mark.parametrize("block", [b"1.5 2,5 3.5\n", b"1.5\n-,25E-3\n", b"0,5\n 1.5"])
def test_decimal_commas_beside_points(block):
    """One number of two: which was meant is not known."""
    with pytest.raises(TNGInputError, match="decimal commas beside decimal points"):
        parse_block(block, 2)


def test_exponents_of_three_digits_have_no_letter():
    """Samples of a tapered beginning: Fortran then leaves out the E."""
    block = b"  .1234567-104 -.1234567E-03  .1234567+101\n"
    np.testing.assert_allclose(parse_block(block, 3, 14), [.1234567e-104, -.1234567e-3,
                                                          .1234567e101], rtol=1e-15)
    np.testing.assert_array_equal(parse_block(b"  12-123\n", 2, 4), [12, -123])  # two integers


def test_fields_that_touch_and_are_not_as_wide_as_usual():
    """Before a sign a number ends, if that gives as many as there have to be."""
    block = b"-.1000000E-03-.2000000E-03-.3000000E-03\n .4000000E-03-.5000000E-03\n"
    np.testing.assert_allclose(parse_block(block, 5, 15), [-1e-4, -2e-4, -3e-4, 4e-4, -5e-4])
    with pytest.raises(TNGInputError, match="not a number"):
        parse_block(block, 6, 15)
