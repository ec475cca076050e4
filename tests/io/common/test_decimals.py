"""Numbers by the column: the same bits as ``float()``."""

import tracemalloc

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from obspy_tng.io.common.decimals import fields_to_floats, words_to_floats
from obspy_tng.io.common.fortran import (
    field_width,
    numeric_block,
    parse_block,
    parse_table,
    without_cut_number,
)


@pytest.mark.parametrize("form", ["%10.4f", "%.6f", "%15.7E", "%14.7e", "%10.3E", "%8.1f", "%d",
                                  "%25.17e", "%.3g", "%20.12f"])
def test_same_bits_as_float(form):
    rng = np.random.default_rng(0)
    values = rng.normal(size=20000) * 10.0 ** rng.uniform(-6, 3, 20000)
    words = [form % value for value in values]
    truth = np.array([float(word) for word in words])
    np.testing.assert_array_equal(words_to_floats("\n".join(words).encode()), truth)
    width = max(map(len, words))
    for justify in (str.rjust, str.ljust):
        text = "".join(justify(word, width) for word in words).encode()
        fields = np.frombuffer(text, dtype=np.uint8).reshape(-1, width)
        np.testing.assert_array_equal(fields_to_floats(fields), truth)


@settings(max_examples=200, deadline=None, derandomize=True)
@given(st.lists(st.floats(-1e300, 1e300) | st.integers(-10 ** 9, 10 ** 9), min_size=1,
                max_size=20), st.sampled_from(["%r", "%.3f", "%.17e", "%12.5E"]))
def test_any_numbers(values, form):
    words = [form % value for value in values]
    np.testing.assert_array_equal(words_to_floats(" ".join(words).encode()),
                                  [float(word) for word in words])


@pytest.mark.parametrize("text", [b"1.5-2.5", b"1.2.3", b"100.1234200.5678", b"- 1", b"1e400",
                                  b"**", b".", b"E5", b"1_0", b"nan", b"0x1", b"1.5E", b"--1"])
def test_not_numbers(text):
    assert words_to_floats(b" 1.0 2.0 " + text) is None
    assert words_to_floats(text) is None


def test_one_long_word_costs_no_memory():
    """An array of words is as wide as the longest: a damaged line must not be in one."""
    tracemalloc.start()
    assert words_to_floats(b"1.0 " * 20000 + b"9." * 500000) is None
    assert tracemalloc.get_traced_memory()[1] < 200e6
    tracemalloc.stop()


def test_a_tiny_number_among_others():
    """ASA files have ``6.4E-40`` in fields of F10.5."""
    text = b"   0.03973  -0.13460   6.4E-40\n  -1.03973 -12.13460  -0.00001"
    np.testing.assert_array_equal(words_to_floats(text), [float(w) for w in text.split()])


def test_blank_fields():
    fields = np.frombuffer(b" 1.50     -2.5 ", dtype=np.uint8).reshape(3, 5)
    np.testing.assert_array_equal(fields_to_floats(fields), [1.5, np.nan, -2.5])


@pytest.mark.parametrize(("text", "width"), [
    ("3F10.4", 10), ("3E16.7", 16), ("(8F9.6)", 9), ("3E15.6E3", 15), ("3D16.8", 16),
    ("3G14.6", 14), ("1P,3E14.6", 14), ("1P3E14.6", 14), ("3(1X,F9.4)", 10), ("*", None),
    ("", None), ("3F2.1", None)])
def test_widths(text, width):
    assert field_width(text) == width


@pytest.mark.parametrize("form", ["%10.4f", "%16.7E", "%15.6e", "%9.2f"])
def test_a_number_that_was_cut_is_dropped(form):
    rows = np.random.default_rng(1).normal(size=(30, 3)) * 50
    text = "\n".join("".join(form % value for value in row) for row in rows).encode()
    width = len(form % 1.0)
    for cut in range(1, width):
        block = without_cut_number(text[:-cut], False, width)
        read = parse_block(block, None, width)
        assert len(read) in (88, 89)
        np.testing.assert_array_equal(
            read, [float(form % value) for value in rows.ravel()[:len(read)]])
    assert without_cut_number(text, False, width) == text
    assert without_cut_number(text[:-1], True, width) == text[:-1]


def test_words_wider_than_the_stated_fields():
    """Blanks count more than a width: these fields of 15 characters would be numbers too."""
    words = [f"{value:18.10f}" for value in np.random.default_rng(2).normal(size=60)]
    block = "\n".join("".join(words[i:i + 5]) for i in range(0, 60, 5)).encode()
    np.testing.assert_array_equal(parse_block(block, 60, 15), [float(word) for word in words])


def test_blocks_end_at_words_and_rules():
    assert numeric_block(b" 1.0 2.0\n\n 3.0\n2 POINTS\n 4.0") == b" 1.0 2.0\n\n 3.0\n"
    assert parse_block(b" 1.0 2.0\n-----\n 9.0").tolist() == [1.0, 2.0]
    assert parse_table(b" 1.0 2.0\n 3.0 4.0\n-------\n", 2).tolist() == [[1, 2], [3, 4]]
    assert numeric_block(b"") == b""
    assert parse_table(b"\n\n", 2).shape == (0, 2)
