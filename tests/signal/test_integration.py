"""Integration and records that end at rest: closed forms and physics."""

import numpy as np
import pytest

from obspy_tng.signal import end_at_rest, fas, integrate

RATE = 100.0


def test_integrate_sine():
    """v(t) = (1 - cos wt) / w from rest; the trapezoid is right to (w dt)^2 / 12."""
    omega = 2 * np.pi * 1.5
    time = np.arange(1000) / RATE
    velocity = integrate(np.sin(omega * time), RATE)
    np.testing.assert_allclose(velocity, (1 - np.cos(omega * time)) / omega,
                               atol=2 / omega * (omega / RATE) ** 2 / 12 * 1.1)


def final_ratios(acceleration):
    velocity = integrate(acceleration, RATE)
    displacement = integrate(velocity, RATE)
    return (np.abs(velocity[..., -1]) / np.abs(velocity).max(axis=-1),
            np.abs(displacement[..., -1]) / np.abs(displacement).max(axis=-1))


@pytest.mark.parametrize("freqmin", [None, 0.05])
def test_end_at_rest_ends_at_rest(noise, shaking, freqmin):
    cut = np.roll(shaking, 3500, axis=-1)  # the strong part runs into the end of the window
    for data in (noise, shaking, cut, cut.astype(np.float32), shaking + 0.01):
        velocity, displacement = final_ratios(end_at_rest(data, RATE, freqmin))
        assert velocity.max() < 1e-10
        assert displacement.max() < 1e-9


def test_end_at_rest_after_float32(shaking):
    """Streams and MiniSEED hold float32: still far below 1e-3 of PGV and 1e-2 of PGD."""
    velocity, displacement = final_ratios(end_at_rest(shaking, RATE).astype(np.float32))
    assert velocity.max() < 1e-5
    assert displacement.max() < 1e-4


@pytest.mark.parametrize(("freqmin", "above"), [(None, 3 / 60), (0.05, 0.05), (0.04, 0.04)])
def test_end_at_rest_keeps_the_spectrum(shaking, freqmin, above):
    drifting = shaking + 1e-3 * np.abs(shaking).max() * np.sin(np.linspace(0, np.pi, 6000)) ** 8
    freqs, before = fas(drifting, RATE)
    _, after = fas(end_at_rest(drifting, RATE, freqmin), RATE)
    band = (freqs > max(above, 0.3)) & (freqs < 20)   # where there is a signal
    assert np.abs(after / before - 1)[..., band].max() < 0.01
    # and between the correction and the band it adds no more than 1 % of the strong spectrum
    low = freqs >= above
    assert np.abs(after - before)[..., low].max() < 0.01 * before[..., low].max()


def test_end_at_rest_correction_is_smooth(shaking):
    """Where the ends are quiet, what is taken away is a long wave alone."""
    drifting = shaking + 0.01 * np.abs(shaking).max() * np.sin(np.linspace(0, np.pi, 6000)) ** 8
    correction = drifting - end_at_rest(drifting, RATE)
    inner = correction[..., 60:-300]
    assert np.abs(np.diff(inner)).max() < 0.003 * np.abs(inner).max()
