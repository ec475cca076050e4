"""Levels of the digitiser: steps, flat tops, stretches at one value."""

import numpy as np
import pytest
from scipy import signal

from obspy_tng.records.quality import clipped_samples, digitiser_step, stuck_samples


def test_plateaus_of_a_film_are_not_a_stuck_digitiser():
    """Digitised by hand: plateaus between jumps that are small against the peak."""
    time = np.arange(6000) / 200
    x = np.round(np.sin(9 * time) * np.exp(-((time - 12) / 5) ** 2), 3)
    x[5000:5020] = 0.021
    assert stuck_samples(x) == 0
    x[5000:5020] = 0.3
    assert stuck_samples(x) == 20


def test_coarse_digitiser_is_not_clipped():
    """Steps of 0.24 gal under a peak of 3 gal are coarse, but not flat tops."""
    rng = np.random.default_rng(0)
    sos = signal.butter(2, [0.2, 3.0], "band", fs=100, output="sos")
    for _ in range(100):
        x = signal.sosfilt(sos, rng.normal(size=6000))
        x = 0.24 * np.round(3 * x / np.abs(x).max() / 0.24)
        assert clipped_samples(x) == 0
        assert stuck_samples(x) == 0
        assert digitiser_step(x) == pytest.approx(0.24, rel=1e-3)


def test_clipping_is_found():
    rng = np.random.default_rng(0)
    sos = signal.butter(2, [0.2, 10.0], "band", fs=100, output="sos")
    found = 0
    for _ in range(100):
        x = signal.sosfilt(sos, rng.normal(size=6000))
        assert clipped_samples(x) == 0
        found += clipped_samples(np.clip(x, -np.inf, 0.7 * x.max())) > 0
        assert clipped_samples(np.clip(x, -0.5 * x.max(), 0.5 * x.max())) > 50
    assert found == 100
    for count in range(20):  # and on a coarse digitiser, whose peaks are flat anyway
        x = signal.sosfilt(sos, rng.normal(size=6000))
        x = np.round(50 * x / np.abs(x).max())
        assert clipped_samples(x) == 0
        assert clipped_samples(np.clip(x, -20, 20)) > 10, count


def test_one_float_spike_is_no_flat_top():
    assert clipped_samples(np.random.default_rng(0).normal(size=5000) ** 3) == 0
