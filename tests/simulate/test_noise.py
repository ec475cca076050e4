"""Noise of the ground: between Peterson's models."""

import numpy as np
import pytest
from obspy.signal.spectral_estimation import get_nhnm, get_nlnm

from obspy_tng.simulate.noise import LOWEST, noise_spectrum


@pytest.mark.parametrize(("level", "model"), [(0.0, get_nlnm), (1.0, get_nhnm)])
def test_ends_are_the_models(level, model):
    periods, decibel = model()
    inside = (periods < 1 / LOWEST) & (periods > 0.12)
    found = 10 * np.log10(noise_spectrum(1 / periods[inside], level))
    np.testing.assert_allclose(found, decibel[inside], atol=1e-6)


def test_people_add_most_between_their_frequencies():
    frequencies = np.array([0.1, 0.6, 1.0, 2.0, 10.0])
    added = 10 * np.log10(noise_spectrum(frequencies, 0.5, human=20.0)
                          / noise_spectrum(frequencies, 0.5))
    np.testing.assert_allclose(added, [0, 18, 18.8486, 20, 14], atol=1e-4)


def test_zero_frequency_is_finite():
    assert np.isfinite(noise_spectrum(np.array([0.0, 50.0]), 0.5, 10.0)).all()
