"""What stands for missing samples: found at its length, and nothing in good motion."""

import numpy as np
import pytest

from obspy_tng.records.quality.filled import bridged_seconds, held_seconds, repeated_seconds

from .conftest import RATE, STEP


def test_good_motion(motion):
    coarse = np.round(motion / np.abs(motion).max() * 30)
    for data, step in ((motion, STEP), (coarse, 1.0)):
        assert bridged_seconds(data, RATE, step) == 0
        assert held_seconds(data, RATE) == 0
        assert repeated_seconds(data, RATE) == 0


@pytest.mark.parametrize("seconds", [0.5, 2.0])
def test_bridges_have_their_length(motion, seconds):
    first, last = 2600, 2600 + round(100 * seconds)
    motion[first:last + 1] = np.linspace(motion[first], motion[last], last - first + 1)
    assert bridged_seconds(motion, RATE, STEP) == pytest.approx(seconds, abs=0.03)


@pytest.mark.parametrize("value", [0.0, None])
@pytest.mark.parametrize("seconds", [0.5, 3.0])
def test_held_values_in_the_coda(motion, value, seconds):
    """The coda is too quiet for a bridge."""
    last = 7000 + round(RATE * seconds)
    motion[7000:last] = motion[7000] if value is None else value
    assert bridged_seconds(motion, RATE, 1e-4 * np.ptp(motion)) == 0
    assert held_seconds(motion, RATE) == pytest.approx(seconds, abs=0.02)


def test_held_values_at_the_ends_and_of_coarse_digitisers(motion):
    motion[:300] = motion[300]
    assert held_seconds(motion, RATE) == 0
    coarse = np.round(motion / np.abs(motion).max() * 20)
    coarse[7000:7100] = coarse[7000]
    assert held_seconds(coarse, RATE) == 0


@pytest.mark.parametrize("where", [2400, 6000])
@pytest.mark.parametrize("npts", [40, 100, 400])
def test_packets_that_come_twice(motion, npts, where):
    counts = np.round(motion / np.abs(motion).max() * 1e6)
    for data in (motion.copy(), counts):
        data[where:where + npts] = data[2000:2000 + npts]
        assert repeated_seconds(data, RATE) == pytest.approx(npts / RATE, abs=0.02)
    # one sample more or less is not the same
    data = motion.copy()
    data[where:where + 40] = data[2000:2040] * (1 + 1e-6)
    assert repeated_seconds(data, RATE) == 0
