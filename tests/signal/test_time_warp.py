"""Time warps against closed forms."""

import numpy as np
import pytest
from scipy.interpolate import CubicSpline

from obspy_tng.signal import time_warp


def test_smooth_noise_has_unit_variance_and_is_smooth():
    noise = np.stack([time_warp.smooth_noise(np.random.default_rng(i), 2000, 50)
                      for i in range(50)])
    assert noise.std() == pytest.approx(1, rel=0.15)
    assert np.abs(np.diff(noise)).max() < 0.2


@pytest.mark.parametrize(("npts", "step"), [(2000, 50.3), (2000, 900.0), (100, 1e5)])
def test_smooth_noise_is_scipys_spline(npts, step):
    knots = int(np.ceil(npts / step)) + 4
    spline = CubicSpline(np.arange(knots) * step, np.random.default_rng(0).standard_normal(knots))
    np.testing.assert_allclose(time_warp.smooth_noise(np.random.default_rng(0), npts, step),
                               spline(np.arange(npts) + step), atol=1e-12)


def test_resampling_is_exact_nearly_to_the_nyquist_frequency():
    """A chirp up to 0.9 of the Nyquist frequency, at irrational times."""
    def chirp(n):
        return np.cos(0.9 * np.pi * n ** 2 / 2 / 1000)
    times = 50 + np.arange(850) * 1.0123
    found = time_warp.resample_at(chirp(np.arange(1000.0)), times)
    np.testing.assert_allclose(found, chirp(times), atol=0.02)


def test_the_image_fills_what_a_slower_time_axis_leaves_empty():
    """White noise at 0.8 of its speed: without the image nothing is left above 0.8 Nyquist."""
    noise = np.random.default_rng(0).standard_normal(4000)
    times = 100 + 0.8 * np.arange(4096)

    def above(image):
        made = time_warp.values_at(time_warp.oversampled(noise, image), times)
        return np.square(np.abs(np.fft.rfft(made * np.hanning(len(made)))[1740:1960])).mean()
    below = np.square(np.abs(np.fft.rfft(time_warp.resample_at(noise, times)
                                         * np.hanning(len(times)))[200:1400])).mean()
    assert above(0.0) < 1e-3 * below
    assert 0.2 < above(0.3) / below < 1.1


def test_times_increase_and_keep_the_origin():
    for seed in range(10):
        times = time_warp.warped_times(np.random.default_rng(seed), 3000, 40, 700)
        assert times[700] == pytest.approx(700)
        assert np.diff(times).min() >= time_warp.SPEEDS[0] - 1e-12
        assert np.diff(times).max() <= time_warp.SPEEDS[1] + 1e-12


def test_stretch_moves_what_comes_later():
    times = time_warp.warped_times(np.random.default_rng(0), 1000, 40, 200, (200, 400, 1.5), rate=0)
    assert times[500] == pytest.approx(400, abs=1)
    assert times[900] == pytest.approx(800, abs=1)


def test_dominant_frequency_of_two_sines():
    """The geometric mean of two sines of one energy."""
    t = np.arange(5000) / 100
    x = np.sin(2 * np.pi * 2 * t) + np.sin(2 * np.pi * 8 * t)
    found = time_warp.dominant_frequency(np.stack([0 * x, x, x]), 100.0)
    assert found == pytest.approx(4, rel=0.01)


def test_the_top_of_a_spectrum_keeps_its_frequencies():
    """A line at 0.9 of the Nyquist frequency, at a speed of 1.1: its distance from the carrier
    grows, not its frequency."""
    x = np.cos(0.9 * np.pi * np.arange(3000))
    band = time_warp.baseband(x, (0.5, 0.6), 0.85)
    times = 300 + 1.1 * np.arange(2000)
    made = time_warp.remodulated(band, times, 300, 0.85)
    share = np.abs(np.fft.rfft(made * np.hanning(2000))).argmax() / 1000
    assert share == pytest.approx(0.85 + 1.1 * 0.05, abs=2e-3)
    # without a warp it is the record again
    same = time_warp.remodulated(band, np.arange(300.0, 2300.0), 300, 0.85)
    np.testing.assert_allclose(same, x[300:2300], atol=1e-3)


def test_energy_of_the_top_moves_with_the_warp():
    rng = np.random.default_rng(0)
    x = rng.standard_normal(3000) * np.exp(-0.5 * ((np.arange(3000) - 2000) / 50) ** 2)
    made = time_warp.remodulated(time_warp.baseband(x, (0.5, 0.6), 0.85),
                                 1000 + 1.25 * np.arange(1500), 1000, 0.85)
    center = (np.arange(1500) * made ** 2).sum() / (made ** 2).sum()
    assert center == pytest.approx(800, abs=20)


def test_a_warp_is_still_about_its_origin():
    times = time_warp.warped_times(np.random.default_rng(0), 2000, 100, 700, still=50)
    free = time_warp.warped_times(np.random.default_rng(0), 2000, 100, 700)
    near = np.abs(np.arange(2000) - 700) < 15
    shift = times - np.arange(2000)
    assert np.ptp(shift[near]) < 0.1 * np.ptp((free - np.arange(2000))[near])
    assert np.ptp(shift) > 5
