"""What headers say twice."""

import numpy as np
import pytest
from obspy import UTCDateTime

from obspy_tng.exceptions import TNGInputError, TNGWarning
from obspy_tng.io.common.contradictions import (
    check_directions,
    check_length,
    check_peak,
    doubtful_start,
)
from obspy_tng.io.common.orientation import DOWN, UP, Direction, horizontal


def test_lengths():
    for length in (None, 0.0, 20.0, 19.99, 17.0):
        check_length(2000, 0.01, length, "x")
    for length in (10.0, 40.0, 2.0):
        with pytest.raises(TNGInputError, match=r"2000 samples.* take 20 s.*length of"):
            check_length(2000, 0.01, length, "x")


def test_peaks():
    data = np.array([0.1, -2.0, 1.0])
    for stated in (None, 0.0, -2.0, 2.0, 1.9, 9.0):
        assert check_peak(data, stated, "gal", "x") == []
    offset = data + 50.0  # raw samples; the peak is that of the motion
    assert check_peak(offset, 52.0, "gal", "x") == check_peak(offset, 1.7, "gal", "x") == []
    for stated in (0.02, 20.0):
        with pytest.warns(TNGWarning, match="peak in the header"):
            doubt, = check_peak(data, stated, "gal", "x")
        assert "'gal'" in doubt


@pytest.mark.parametrize(("words", "code", "same"), [
    (horizontal(2), horizontal(360), True), (horizontal(90), horizontal(94), True),
    (UP, UP, True), (Direction(), UP, True), (Direction(letter="1"), horizontal(30), True),
    (UP, DOWN, False), (UP, horizontal(0), False), (horizontal(0), horizontal(180), False),
    (horizontal(90), horizontal(340), False)])
def test_directions(words, code, same):
    if same:
        assert check_directions(words, code, "x") == []
        return
    with pytest.warns(TNGWarning, match=r"by the words .* by its code"):
        assert check_directions(words, code, "x")


def test_starts():
    origin = UTCDateTime(2020, 1, 1, 12)
    for start in (None, origin, origin + 1800, origin - 60):
        assert doubtful_start(start, origin) == []
    assert "8.0 h after" in doubtful_start(origin + 8 * 3600, origin)[0]
    assert "5.0 h before" in doubtful_start(origin - 5 * 3600, origin)[0]
