"""Scaling with magnitude and distance: closed forms."""

import numpy as np
import pytest

from obspy_tng.groundmotion import scaling
from obspy_tng.groundmotion.brune import corner_frequency


def test_saturation_is_that_of_equivalent_point_sources():
    """The mean (of the logarithm) of [YenierAtkinson2014] and [YenierAtkinson2015]."""
    for magnitude in (4.0, 6.0, 7.0, 8.0):
        mean = 10 ** (0.5 * (-1.72 + 0.43 * magnitude) + 0.5 * (-0.405 + 0.235 * magnitude))
        # above 7, the growth of the second relation
        depth = mean * 10 ** (0.5 * (0.235 - 0.43) * max(magnitude - 7.0, 0.0))
        assert scaling.effective_depth(magnitude) == pytest.approx(depth, rel=1e-3)
        top = max(12.0 - 0.5 * 10 ** (-1.01 + 0.32 * magnitude), 0.0)
        assert scaling.source_distance(magnitude, 30.0, 12.0) == pytest.approx(
            np.sqrt(30.0 ** 2 + top ** 2 + depth ** 2), rel=1e-3)


def test_distance_and_back():
    for magnitude, distance, depth in ((4.0, 10.0, 5.0), (7.0, 300.0, 60.0), (8.0, 1.0, 20.0)):
        r = scaling.source_distance(magnitude, distance, depth)
        assert scaling.epicentral_distance(magnitude, r, depth) == pytest.approx(distance)
    assert scaling.epicentral_distance(7.0, 5.0, 20.0) == 1.0   # nearer than the rupture


def test_predictors():
    x = scaling.predictors(np.array([7.0]), np.array([0.0]), np.array([np.nan]))[0]
    ratio = np.hypot(scaling.rupture_top(7.0, 20.0), 10 ** (-1.0625 + 0.3325 * 7)) / 200.0
    np.testing.assert_allclose(x, [1.0, 1.0, np.log(ratio), ratio - 1])


def test_source_energy_is_that_of_brune_spectra():
    frequencies = np.array([0.1, 1.0, 10.0])

    def energy(m):
        return 2 * np.log(10 ** (1.5 * m) / (1 + (frequencies / corner_frequency(m)) ** 2))

    np.testing.assert_allclose(scaling.source_levels(np.array([4.5]), frequencies)[0],
                               energy(4.5) - energy(6.0))


def test_large_ruptures_grow_less_than_points():
    """[AtkinsonSilva2000]: far above the corners energy has the power (1 - e) fa^2 + e fb^2."""
    def plateau(m):
        a, b, e = 10 ** (2.181 - 0.496 * m), 10 ** (2.41 - 0.408 * m), 10 ** (0.605 - 0.255 * m)
        return 2 * np.log(10 ** (1.5 * m) * ((1 - e) * a ** 2 + e * b ** 2))

    whole = scaling.source_levels(np.array([7.0, 8.0]), np.array([1e-4, 1e3]), 7.0)
    assert whole[1, 1] - whole[0, 1] == pytest.approx(plateau(8.0) - plateau(7.0), abs=1e-3)
    assert whole[1, 1] - whole[0, 1] < 0.93 * np.log(10)
    assert whole[1, 0] - whole[0, 0] == pytest.approx(3 * np.log(10), abs=1e-3)   # the moment
