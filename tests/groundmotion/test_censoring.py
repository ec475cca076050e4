"""Levels that noise hides: truncated normal distributions, and fits with a known truth."""

import numpy as np
import pytest
from scipy.stats import truncnorm

from obspy_tng.groundmotion.censoring import impute, impute_rest, without_noise
from obspy_tng.groundmotion.level_fit import fit_band_levels

from .networks import BANDS, SCENARIOS, network


def test_noise_is_subtracted_and_what_it_hides_is_a_bound():
    motion, noise = np.full((1, 3, 2), 2.0), np.stack([[[-1.0, 3.0]] * 3])
    found = without_noise(np.logaddexp(motion, noise), noise)
    np.testing.assert_allclose(found.levels[..., 0], 2.0)
    np.testing.assert_allclose(found.levels[..., 1], np.logaddexp(2.0, 3.0))
    np.testing.assert_array_equal(found.censored, [[False, True] * 3])


def test_a_dead_vertical_hides_the_ratio_alone():
    noise = np.full((1, 3, 1), -10.0)
    noise[0, 0] = 0.0
    assert without_noise(np.zeros((1, 3, 1)), noise).censored.tolist() == [[False, True, False]]


@pytest.mark.parametrize("bound", [-9.0, -1.0, 0.5, 4.0])
def test_moments_are_those_of_a_truncated_normal(bound):
    truth = truncnorm(-np.inf, (bound - 0.3) / 0.7, 0.3, 0.7)
    found, variance = impute(np.full((1, 3), bound), np.full((1, 3), True), np.full((1, 3), 0.3),
                             np.full(3, 0.7))
    np.testing.assert_allclose(found[0], [truth.mean(), 0.3, 0.3], rtol=1e-6)
    np.testing.assert_allclose(variance[0], [truth.var(), 0.49, 0.49], rtol=1e-2)


def test_hidden_residuals_are_those_of_other_bands_and_no_larger_than_seen():
    rest = np.array([[1.0, 0.4, 9.0, 0, 0, 0, 0, 0, 0.5]])
    censored = np.zeros((1, 9), bool)
    censored[0, [1, 2, 8]] = True
    assert impute_rest(rest, censored).tolist() == [[1.0, 0.4, 1.0, 0, 0, 0, 0, 0, 0.0]]


def drowned(data, noise):
    """Records of a network, with noise."""
    level = np.full(data["levels"].shape, noise)
    return {**data, "levels": np.logaddexp(data["levels"], level)}, level


@pytest.mark.parametrize("share", [0.3, 0.6])
def test_scaling_is_that_of_the_motion_where_records_drown_in_noise(share):
    """Far and small earthquakes drown; taken for motion the noise flattens all slopes."""
    data, *_ = network(np.random.default_rng(0), stations=10, events=60)
    truth = fit_band_levels(**data)
    noisy, noise = drowned(data, np.quantile(data["levels"], share) - 1.0)
    plain, found = fit_band_levels(**noisy), fit_band_levels(**noisy, noise=noise)
    far = [np.array([v]) for v in (4.5, 350.0, 15.0)]

    def error(model):
        return np.abs((model.expected(*far) - truth.expected(*far))[0, :BANDS]).max()

    assert error(plain) > 2.0   # ln energy
    assert error(found) < 0.25 * error(plain)
    assert np.abs(found.phi_ss - truth.phi_ss)[:BANDS].max() < 0.3
    assert np.abs(found.tau - truth.tau)[:BANDS].max() < 0.25


def test_without_noise_the_fit_is_the_same():
    data, *_ = network(np.random.default_rng(3))
    a = fit_band_levels(**data)
    b = fit_band_levels(**data, noise=np.full(data["levels"].shape, -100.0))
    np.testing.assert_allclose(a.coefficients, b.coefficients, rtol=1e-12)
    assert set(SCENARIOS) < set(data)
