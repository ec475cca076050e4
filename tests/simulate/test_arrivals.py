"""Scattered arrivals: their energy, their times, and their motion at the surface."""

from types import SimpleNamespace

import numpy as np
import pytest

from obspy_tng.simulate import arrivals
from obspy_tng.simulate.arrivals import BANDS, SH_STEEP, Arrivals


def test_trains_have_the_energy_asked_for():
    """Shares of an energy add up to it."""
    level = np.linspace(1, 2, len(BANDS))
    train = arrivals.forward(np.random.default_rng(0), SH_STEEP, 1.0, 10.0, 0.5, level)
    np.testing.assert_allclose(np.square(train.amplitude).sum(0), level ** 2)
    assert train.time.min() >= 10


def test_basin_waves_trail():
    site = SimpleNamespace(basin_delay=20.0, basin_level=1.0, basin_frequency=0.5)
    delays = np.concatenate([arrivals.basin_waves(np.random.default_rng(i), site, 100.0).time
                             for i in range(20)]) - 100
    assert delays.min() > 0
    assert delays.mean() == pytest.approx(20, rel=0.1)


def test_weights_of_bands_add_up():
    weights = arrivals.band_weights(1000, 100.0)
    np.testing.assert_allclose(weights.sum(0), 1, atol=1e-6)
    at = np.argmin(np.abs(np.fft.rfftfreq(1000, 0.01) - BANDS[3]))
    assert weights[3, at] == pytest.approx(1, abs=0.02)


def test_one_pulse_at_the_surface():
    """An SH wave along the direct one moves the transverse component, at its sample."""
    nfft, rate = 256, 50.0
    response = SimpleNamespace(nfft=nfft, sampling_rate=rate,
                               waves=lambda *_: np.ones((3, 3, nfft // 2 + 1), np.complex64))

    def motion(azimuth):
        one = Arrivals(np.array([SH_STEEP]), np.array([1.0]), np.array([azimuth]),
                       np.full((1, len(BANDS)), 2.0))
        return np.fft.irfft(arrivals.surface_motion(one, response, 0), nfft)

    expected = np.zeros((3, nfft))
    expected[2, 50] = 2
    np.testing.assert_allclose(motion(0.0), expected, atol=1e-5)
    np.testing.assert_allclose(motion(np.pi / 2)[1], -expected[2], atol=1e-5)
    late = Arrivals(np.array([SH_STEEP]), np.array([100.0]), np.zeros(1),
                    np.ones((1, len(BANDS))))
    assert not arrivals.surface_motion(late, response, 0).any()
