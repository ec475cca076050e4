"""Counts that overflowed, and ground motion that reaches the range of a digitiser by chance."""

import numpy as np
import pytest
from scipy.signal import cheby2, sosfilt

from obspy_tng.records.quality.overflow import overflows

from ..made_up import shaking

RATE = 50.0


def rough_motion(seed):
    """Noise up to the corner of a recorder's filter, which rings about as a record of soft soil."""
    rng = np.random.default_rng(seed)
    t = np.arange(3000) / RATE
    noise = rng.standard_normal(3000) * np.exp(-np.square((t - 20) / 6))
    return sosfilt(cheby2(8, 60, 0.9, output="sos"), noise)


def test_ground_motion_that_reaches_both_ends():
    """Changes by most of the range within a sample are rare, and no overflow."""
    jumps = 0
    for seed in range(150):
        data = rough_motion(seed)
        # both ends are reached, so that each record is as near to an overflow as can be
        data = np.round(32700 * np.where(data > 0, data / data.max(), data / -data.min()))
        jumps += np.count_nonzero(np.abs(np.diff(data)) > 1.4 * 32768) > 1
        assert overflows(data) == 0
    assert jumps >= 5


@pytest.mark.parametrize("over", [1.02, 1.2, 1.6])
@pytest.mark.parametrize("bits", [12, 16, 24, 32])
@pytest.mark.parametrize("offset", [0.0, 0.03])
def test_wrapped_counts(over, bits, offset):
    full = 2 ** (bits - 1)
    for row in shaking(12000):
        counts = np.round((row / np.abs(row).max() * over + offset) * full)
        wrapped = (counts + full) % (2 * full) - full
        across = np.count_nonzero(np.abs(np.diff(wrapped)) > 1.4 * full)
        if across > 1 and -wrapped.min() > 0.95 * full and wrapped.max() > 0.95 * full:
            assert overflows(wrapped) == across
            assert overflows(wrapped + full) == across    # counted from zero
        assert overflows(counts) == overflows(counts + full) == 0
        assert overflows(wrapped + 0.5) == 0    # no counts


def test_a_known_overflow():
    """A sine wave: twice a period beyond each end, exactly."""
    x = np.round(40000 * np.sin(0.1 * np.arange(200)))
    wrapped = (x + 32768) % 65536 - 32768
    assert overflows(wrapped) == np.count_nonzero(np.abs(np.diff(wrapped)) > 30000) == 13
