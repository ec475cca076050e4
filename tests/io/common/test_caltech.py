"""The layout of Caltech's tapes: text, integers, reals, samples."""

import io

import numpy as np
import pytest

from obspy_tng.exceptions import TNGInputError
from obspy_tng.io.common.caltech import (
    read_pairs,
    split_header,
    stated_interval,
    stated_points,
    stated_unit,
)
from obspy_tng.io.common.reading import Record
from obspy_tng.io.common.textfile import TextFile


def record(text, strict=True):
    return Record(TextFile(io.BytesIO(text.encode())).records()[0], False, strict)


def test_header():
    text = "A STATION\nAN EARTHQUAKE\n" + 7 * f"{7:5d}{-999:5d}\n" + f"{1.5:10.3f}{-2.0:10.3f}\n"
    header = split_header(record(text + "DATA\n"), 2, 1, missing=(-999,))
    assert header.text == "A STATION\nAN EARTHQUAKE"
    assert header.integers[:4] == [7, None, 7, None]
    assert header.reals[:3] == [1.5, -2.0, None]
    assert header.row == 10
    assert header.plain()["text"] == ["A STATION", "AN EARTHQUAKE"]
    assert len(header.plain()["integers"]) == 100
    with pytest.raises(TNGInputError, match="ends inside the integer header"):
        split_header(record("A\nB\n    1\n"), 2, 1)


def test_pairs_of_time_and_acceleration():
    times = 0.01 * np.arange(50)
    pairs = np.column_stack([times, np.sin(30 * times)]).ravel()
    text = "".join("".join(f"{x:7.3f}" for x in pairs[i:i + 10]) + "\n" for i in range(0, 100, 10))
    interval, late, samples = read_pairs(record(text), 0, 50)
    assert interval == pytest.approx(0.01)
    assert late == 0
    np.testing.assert_allclose(samples[:50], np.sin(30 * times), atol=1e-3)
    with pytest.raises(TNGInputError, match="pairs of time and acceleration"):
        read_pairs(record(text), 0, 60)


@pytest.mark.parametrize(("function", "text", "value"), [
    (stated_points, "NO. OF POINTS: 12", 12), (stated_points, "POINTS", None),
    (stated_unit, "UNIT IS CM/SEC/SEC", "CM/SEC/SEC"), (stated_unit, "no words of it", None),
    (stated_interval, "AT EQUAL INTERVALS OF 0.02 SEC", 0.02),
    (stated_interval, "at 50 samples/sec", 0.02), (stated_interval, "", None)])
def test_words_of_the_header(function, text, value):
    assert function(text) == value
