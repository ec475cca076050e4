"""When the energy of a record comes, and how to change it."""

import numpy as np
import pytest

from obspy_tng.signal.energy_windows import (
    CENTERS,
    OCTAVES,
    WINDOWS,
    EnergyWindows,
    energy_onset,
)

RATE, NPTS = 100.0, 6000


@pytest.fixture(scope="module")
def windows():
    return EnergyWindows(NPTS, RATE)


def noise(seed=0):
    return np.random.default_rng(seed).standard_normal((3, NPTS))


def test_bands_add_up_to_the_record(windows):
    data = noise()
    np.testing.assert_allclose(windows.bands(data).sum(1), data, atol=1e-5)


def test_without_change_a_record_stays_as_it_is(windows):
    data = noise()
    same = windows.changed(data, 2000, np.zeros((3, len(OCTAVES), WINDOWS)))
    np.testing.assert_allclose(same, data, atol=1e-5)


def test_a_sine_is_in_the_octave_of_its_frequency(windows):
    data = np.stack([np.sin(2 * np.pi * f * np.arange(NPTS) / RATE) for f in OCTAVES[2:5]])
    power = np.exp(np.nan_to_num(windows.levels(data, 2000)[:, :, 5], nan=-np.inf))
    for k, row in enumerate(power):
        assert row.argmax() == k + 2
        # mean power of a sine of amplitude one
        assert row.max() == pytest.approx(0.5, rel=0.02)


def test_levels_of_a_burst_are_in_its_window(windows):
    data = 1e-6 * noise()
    data[:, 2300:2600] += noise(1)[:, :300]  # 3 to 6 s after the onset
    levels = windows.levels(data, 2000)
    high = slice(3, 8)
    assert (np.nanargmax(levels[:, high], axis=-1) == 4).all()


def test_levels_of_white_noise_are_the_widths_of_the_octaves(windows):
    levels = windows.levels(noise(), 2000)[:, 4:7, 1:7]
    # the integral of cos^4 over two octaves, in Hz; white noise has 2 / RATE per Hz
    widths = 0.75 * np.log(2) * OCTAVES[4:7]
    np.testing.assert_allclose(np.exp(levels).mean((0, 2)), 2 * widths / RATE, rtol=0.2)


def test_what_the_record_does_not_have_is_not_known(windows):
    levels = windows.levels(noise(), 2000)
    assert np.isnan(levels[:, 0]).all()  # ten seconds of 1/6 Hz
    assert np.isnan(levels[..., -1]).all()  # 45 s after the onset
    assert np.isfinite(levels[:, 1:9, 1:7]).all()


def test_a_change_is_that_of_the_gain(windows):
    data = noise()
    change = np.zeros((3, len(OCTAVES), WINDOWS))
    change[1] = 1.4
    made, late = windows.changed(data, 2000, change), slice(2000 + int(CENTERS[3] * RATE), None)
    np.testing.assert_allclose(made[1, late], np.exp(0.7) * data[1, late], rtol=1e-4, atol=1e-5)
    np.testing.assert_allclose(made[[0, 2], late], data[[0, 2], late], atol=1e-5)


def test_t05_stays_where_it_is(windows):
    data = noise() * np.exp(-np.square((np.arange(NPTS) - 3000) / 800))
    onset = energy_onset(data)
    change = 3 * np.random.default_rng(2).standard_normal((3, len(OCTAVES), WINDOWS))
    made = windows.changed(data, onset, change)
    assert energy_onset(made) == pytest.approx(onset, abs=0.3 * RATE)
    assert np.abs(np.log(np.square(made).mean(-1) / np.square(data).mean(-1))).max() > 0.5


def test_other_windows_are_not_touched(windows):
    data = noise()
    change = np.zeros((3, len(OCTAVES), WINDOWS))
    change[..., 5] = 2.0
    made = windows.changed(data, 2000, change)
    last = slice(2000 + int(CENTERS[6] * RATE), None)
    np.testing.assert_allclose(made[:, last], data[:, last], atol=1e-5)
    at = 2000 + int(CENTERS[5] * RATE)
    np.testing.assert_allclose(made[:, at], np.exp(1.0) * data[:, at], rtol=0.02)


def test_short_and_slow_records_have_one_band():
    windows, data = EnergyWindows(40, 1.0), noise()[:, :40]
    assert windows.present.sum() == 1
    np.testing.assert_allclose(windows.bands(data)[:, 0], data, atol=1e-5)


def test_the_onset_is_t05():
    data = np.zeros((3, NPTS))
    data[:, 1000:2000] = 1.0
    assert energy_onset(data) == pytest.approx(1050, abs=1)
