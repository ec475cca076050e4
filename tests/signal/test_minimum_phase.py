"""Minimum-phase filters against closed forms."""

import numpy as np

from obspy_tng.signal import minimum_phase


def test_zeros_outside_the_circle_are_turned_in():
    """Of all filters with these gains, the one whose impulse response comes first."""
    outside, inside = np.fft.rfft([0.5, 1.0], 512), np.fft.rfft([1.0, 0.5], 512)
    found = minimum_phase.minimum_phase(np.log(np.abs(outside)), 512)
    np.testing.assert_allclose(found, inside, atol=1e-9)


def test_causal():
    """A ripple of the gain is an echo, behind the impulse and never before it."""
    bins = np.arange(1025)
    response = minimum_phase.minimum_phase(np.cos(2 * np.pi * bins * 3 / 1024), 2048)
    impulse = np.fft.irfft(response, 2048)
    assert np.abs(impulse[1024:]).max() < 1e-6 * np.abs(impulse).max()


def test_lines_between():
    at = np.array([0.5, 1.0, 2.0, 2 * np.sqrt(2), 4.0, 9.0])
    weights = minimum_phase.lines_between(np.array([1.0, 2.0, 4.0]), at)
    np.testing.assert_allclose(np.array([0.0, 1.0, 3.0]) @ weights, [0, 0, 1, 2, 3, 3])
