"""What recorders add: numbers that follow the size of a fault, and are small in good motion."""

import numpy as np
import pytest

from obspy_tng.records.quality.glitches import (
    baseline_step,
    jump_ratio,
    padded_edge,
    pulse_share,
    spike_ratio,
)

from .conftest import RATE, STEP


def test_good_motion(motion):
    assert spike_ratio(motion, RATE, STEP) < 4
    assert jump_ratio(motion, RATE, STEP) < 2
    assert padded_edge(motion, RATE, STEP) == (0, 0)
    assert baseline_step(motion, RATE) < 0.05
    assert pulse_share(motion, RATE) == 0


@pytest.mark.parametrize("at", [50, 4000, 8900])
def test_spikes_stand_out_as_far_as_they_are_high(motion, at):
    ratios = []
    for height in (2.0, 10.0):
        data = motion.copy()
        data[at] += height * np.abs(motion).max()
        ratios.append(spike_ratio(data, RATE, STEP))
    assert ratios[0] > 8
    assert ratios[1] > 4 * ratios[0]


@pytest.mark.parametrize("width", [30, 3000])
def test_jumps_stand_out_as_far_as_they_are_high(motion, width):
    ratios = []
    for height in (2.0, 10.0):
        data = motion.copy()
        data[3000:3000 + width] += height * np.abs(motion).max()
        ratios.append(jump_ratio(data - np.median(data), RATE, STEP))
    assert ratios[0] > 7
    assert ratios[1] > 3 * ratios[0]


def test_filled_ends(motion):
    strong = motion.copy()
    strong[:2500] = 0  # the motion is strong at 25 s
    begin, end = padded_edge(strong, RATE, STEP)
    assert begin > 0.3
    assert end == 0
    assert padded_edge(strong[::-1], RATE, STEP) == (0, begin)


@pytest.mark.parametrize("size", [0.1, 0.4])
def test_steps_of_the_baseline(motion, size):
    motion[4500:] += size * np.abs(motion).max()
    found = baseline_step(motion, RATE)
    assert found == pytest.approx(size * 1.0 / np.abs(motion).max()
                                  * np.abs(motion).max(), rel=0.35)
    assert baseline_step(motion[:1500], RATE) == 0  # too short to tell


def test_trains_of_pulses():
    t = np.arange(9000) / RATE % 10
    train = np.exp(-2 * t) * np.sin(15 * t)
    rng = np.random.default_rng(0)
    assert pulse_share(train + 1e-3 * rng.standard_normal(9000), RATE) > 0.7
    one = np.where(np.arange(9000) < 1000, train, 0) + 1e-3 * rng.standard_normal(9000)
    assert pulse_share(one, RATE) == 0


def test_a_short_pulse_is_no_jump(motion):
    """P of a small earthquake near by: it comes back within two samples."""
    motion[2000:2003] += np.array([0.6, 1.5, 0.5]) * np.abs(motion).max()
    assert jump_ratio(motion, RATE, STEP) < 3
