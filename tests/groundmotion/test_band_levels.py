"""Contrasts, and the scaling of a model outside of its data."""

import numpy as np
import pytest

from obspy_tng.groundmotion.band_levels import (
    NORTH_EAST_SD,
    level_predictors,
    prior_model,
    to_contrasts,
    to_levels,
)
from obspy_tng.groundmotion.scaling import effective_depth, predictors, source_levels
from obspy_tng.groundmotion.scenario import Coverage, Scenario

from .networks import BANDS, FREQUENCIES

D = 3 * BANDS


def model(anelastic=0.7):
    coefficients = np.zeros((4, D))
    coefficients[1, :BANDS], coefficients[2, :BANDS] = 0.8, -1.0
    coefficients[3] = anelastic
    covariance = np.diag([0.0, 1.0, 0.5, 0.5])
    covariance[2, 3] = covariance[3, 2] = 0.45
    return prior_model(FREQUENCIES, coefficients, *np.ones((3, D)), 0.2,
                       np.array([1.0, 0.0, 0.0, 0.2]), covariance,
                       Coverage((4.0, 7.0), (40.0, 400.0)))


def test_north_over_east_is_a_matter_of_stations_not_of_regions():
    prior = prior_model(FREQUENCIES, np.zeros((4, D)), np.repeat([1.0, 1.0, 0.2], BANDS),
                        *np.ones((2, D)), 0.2, np.array([1.0, 0.0, 0.0, 0.2]), np.eye(4),
                        Coverage((4.0, 7.0), (40.0, 400.0)))
    assert prior.phi_s2s.tolist() == [1.0] * 2 * BANDS + [NORTH_EAST_SD] * BANDS
    region = prior.region_covariance
    assert (np.diag(region)[:2 * BANDS] > 0).all()
    assert not region[2 * BANDS:].any()
    assert not region[:, 2 * BANDS:].any()


def level(m, magnitude, distance):
    return m.expected(*Scenario(magnitude, distance, 10.0).arrays)[0, :BANDS]


def test_contrasts_and_back():
    levels = np.random.default_rng(0).normal(size=(4, 3, BANDS))
    contrasts = to_contrasts(levels)
    np.testing.assert_allclose(to_levels(contrasts), levels)
    np.testing.assert_allclose(contrasts[:, BANDS:2 * BANDS],
                               levels[:, 1:].mean(1) - levels[:, 0])


def test_energy_decays_everywhere_though_coefficients_say_otherwise():
    m = model()
    assert (m.coefficients[3] <= 0).all()
    distances = np.geomspace(1, 20000, 60)
    for part in range(3):
        levels = np.array([to_levels(m.expected(*Scenario(6.0, r, 10.0).arrays)[0])[part]
                           for r in distances])
        assert (np.diff(levels, axis=0) < 0).all()


def test_a_positive_slope_is_taken_out_where_the_records_are():
    before, after = 0.7 * 0.2, model().coefficients[:4, 0] @ [1.0, 0.0, 0.0, 0.2]
    assert after == pytest.approx(before)                        # at the mean predictors
    slope = model().coefficients[2, 0]
    assert slope == pytest.approx(-1.0 + 0.7 * 0.45 / 0.5)     # on average over the records


def test_beyond_the_magnitudes_of_the_records_the_source_alone_scales():
    m = model()
    inside = level(m, 6.5, 100.0) - level(m, 5.5, 100.0)
    outside = level(m, 8.2, 1000.0) - level(m, 7.2, 1000.0)
    np.testing.assert_allclose(inside - np.diff(source_levels(
        np.array([5.5, 6.5]), FREQUENCIES), axis=0)[0], 0.8, atol=0.05)
    np.testing.assert_allclose(outside, np.diff(source_levels(
        np.array([7.2, 8.2]), FREQUENCIES, 7.0), axis=0)[0], atol=0.05)


def test_near_the_source_spreading_is_that_of_equivalent_point_sources():
    """Amplitudes fall off as R^-1.3 within 50 km [YenierAtkinson2015], whatever happens beyond."""
    m = model(0.0)
    top = 10.0 - 0.5 * 10 ** 0.59
    r = [np.sqrt(x ** 2 + top ** 2 + effective_depth(5.0) ** 2) for x in (5.0, 15.0)]
    np.testing.assert_allclose(level(m, 5.0, 5.0) - level(m, 5.0, 15.0),
                               2.0 * 1.3 * np.log(r[1] / r[0]))
    x = predictors(np.array([5.0, 5.0]), np.array([20.0, 300.0]), np.array([10.0, 10.0]))
    near, far = level_predictors(x)
    ratio = np.exp(near[4] + np.log(50.0))
    assert ratio == pytest.approx(np.sqrt(20.0 ** 2 + top ** 2 + effective_depth(5.0) ** 2))
    assert far[4] == 0
    np.testing.assert_allclose(far[:4], x[1])


def test_the_scaling_is_less_sure_far_from_the_records():
    m = model(0.0)
    sd = [m.scaling_sd(Scenario(*s)) for s in ((6.0, 200.0), (7.5, 200.0), (6.0, 1000.0))]
    assert sd[0] < 0.2 < sd[1] < sd[2]
    assert sd[1] == pytest.approx(0.5 * 0.3 * 1.5, rel=0.3)   # slope sd 0.3 in ln energy
