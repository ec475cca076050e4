"""Radiative transfer against closed forms."""

import numpy as np
import pytest

from obspy_tng.simulate.scattering import EDGES, LOSS, RATIO, TIMES, energy_density, walk


def test_energy_is_conserved():
    """What has been scattered, and what has not (exp(-loss)), is all that was radiated."""
    volume = 4 / 3 * np.pi * np.diff(EDGES ** 3)
    for source, (wave, speed) in enumerate((("P", RATIO), ("S", 1.0))):
        total = (walk()[source] * volume).sum(axis=(0, 2))
        np.testing.assert_allclose(total, -np.expm1(-LOSS[wave] * speed * TIMES), atol=0.01)


def test_equipartition():
    """In the end P has 1 / (1 + 2 RATIO^3) of the energy, whatever was radiated."""
    volume = 4 / 3 * np.pi * np.diff(EDGES ** 3)
    for source in range(2):
        energy = (walk()[source, :, -1] * volume).sum(axis=-1)
        assert energy[0] / energy.sum() == pytest.approx(1 / (1 + 2 * RATIO ** 3), abs=0.01)


def test_s_to_s_is_isotropic_scattering():
    """Paasschens (1997), eq. 36, for S waves alone; here a little energy is lost to P."""
    g, v, r = 1e-5, 3500.0, 50e3
    time = np.array([18.0, 22.0, 30.0, 45.0, 70.0])
    x = r / (v * time)
    y = g * v * time * (1 - x ** 2) ** 0.75
    expected = ((1 - x ** 2) ** 0.125 / (4 * np.pi * v * time / (3 * g)) ** 1.5
                * np.exp(-g * v * time) * np.exp(y) * np.sqrt(1 + 2.026 / y))
    got = energy_density("S", "S", r, time, g, v)
    np.testing.assert_allclose(got, expected, rtol=0.2)


def test_causal_and_scaled():
    assert energy_density("S", "P", 60e3, 60e3 / (RATIO * 3500) - 0.1, 1e-5, 3500.0) == 0
    one = energy_density("S", "S", 60e3, np.array([30.0]), 1e-5, 3500.0)
    two = energy_density("S", "S", 30e3, np.array([15.0]), 2e-5, 3500.0)
    np.testing.assert_allclose(two, 8 * one)
