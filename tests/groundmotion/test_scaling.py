"""Scaling with magnitude and distance: closed forms."""

import numpy as np
import pytest

from obspy_tng.groundmotion import scaling
from obspy_tng.groundmotion.brune import corner_frequency
from obspy_tng.simulate.source import effective_distance


def test_saturation_is_that_of_the_stochastic_method():
    for magnitude in (4.0, 6.0, 7.5):
        assert scaling.source_distance(magnitude, 30.0, 12.0) == pytest.approx(
            effective_distance(1e3 * np.hypot(30.0, 12.0), magnitude) / 1e3)


def test_distance_and_back():
    for magnitude, distance, depth in ((4.0, 10.0, 5.0), (7.0, 300.0, 60.0), (8.0, 1.0, 20.0)):
        r = scaling.source_distance(magnitude, distance, depth)
        assert scaling.epicentral_distance(magnitude, r, depth) == pytest.approx(distance)
    assert scaling.epicentral_distance(7.0, 5.0, 20.0) == 1.0   # nearer than the focus


def test_predictors():
    x = scaling.predictors(np.array([7.0]), np.array([0.0]), np.array([np.nan]))[0]
    ratio = np.hypot(20.0, 10.0) / 200.0
    np.testing.assert_allclose(x, [1.0, 1.0, np.log(ratio), ratio - 1])


def test_source_energy_is_that_of_brune_spectra():
    frequencies = np.array([0.1, 1.0, 10.0])

    def energy(m):
        return 2 * np.log(10 ** (1.5 * m) / (1 + (frequencies / corner_frequency(m)) ** 2))

    np.testing.assert_allclose(scaling.source_levels(np.array([4.5]), frequencies)[0],
                               energy(4.5) - energy(6.0))
