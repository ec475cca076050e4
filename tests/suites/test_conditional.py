"""Conditional spectra: conditional normal distribution, pygmm."""

import numpy as np
import pytest
from pygmm.baker_jayaram_2008 import calc_cond_mean_spectrum

from obspy_tng.exceptions import TNGInputError
from obspy_tng.suites import Target, conditional_target
from obspy_tng.suites.correlations import baker_jayaram

PERIODS = np.geomspace(0.05, 5, 15)
SCENARIO = Target(PERIODS, np.log(3 / (1 + PERIODS ** 2)), 0.6 + 0.03 * np.log(PERIODS))


def test_conditional_normal():
    """Mean and covariance of a multivariate normal, given one of its values."""
    at, epsilon = 7, 1.4
    found = conditional_target(SCENARIO, PERIODS[at], epsilon=epsilon)
    whole = SCENARIO.covariance
    column = whole[:, at] / whole[at, at]
    value = epsilon * SCENARIO.ln_sd[at]
    np.testing.assert_allclose(found.ln_mean, SCENARIO.ln_mean + column * value)
    expected = whole - np.outer(column, whole[at])
    np.testing.assert_allclose(found.covariance, expected, atol=1e-12)
    assert found.ln_sd[at] == 0
    assert found.scenario == {"conditioning_period": PERIODS[at], "epsilon": epsilon}


def test_pygmm_and_a_period_in_between():
    period, psa = 0.77, 4.0
    found = conditional_target(SCENARIO, period, psa=psa)
    same = SCENARIO.at(found.periods)
    mean, sd = calc_cond_mean_spectrum(found.periods, same.ln_mean, same.ln_sd, period,
                                       np.log(psa))
    np.testing.assert_allclose(found.ln_mean, mean, atol=1e-9)
    np.testing.assert_allclose(found.ln_sd, sd, atol=1e-7)
    assert found.at([period]).psa[0] == pytest.approx(psa)
    rho = baker_jayaram(found.periods, [period])[:, 0]
    np.testing.assert_allclose(found.ln_sd ** 2, same.ln_sd ** 2 * (1 - rho ** 2), atol=1e-12)


def test_correlation_of_the_target():
    """A conditional normal, whatever the correlation, and given two values one after the other."""
    rng = np.random.default_rng(0)
    root = rng.standard_normal((4, 4))
    covariance = root @ root.T
    sd = np.sqrt(np.diag(covariance))
    target = Target([0.1, 0.3, 1.0, 3.0], rng.standard_normal(4), sd,
                    covariance / np.outer(sd, sd))
    first = conditional_target(target, 0.3, epsilon=1.0)
    second = conditional_target(first, 3.0, epsilon=-0.5)
    given, others = [1, 3], [0, 2]
    weights = covariance[np.ix_(others, given)] @ np.linalg.inv(covariance[np.ix_(given, given)])
    apart = (second.ln_mean - target.ln_mean)[given]
    np.testing.assert_allclose(second.ln_mean[others], target.ln_mean[others] + weights @ apart)
    np.testing.assert_allclose(second.covariance[np.ix_(others, others)],
                               covariance[np.ix_(others, others)]
                               - weights @ covariance[np.ix_(given, others)], atol=1e-12)
    np.testing.assert_allclose(second.ln_sd[given], 0, atol=1e-7)
    independent = Target(PERIODS, SCENARIO.ln_mean, 0.6, np.eye(len(PERIODS)))
    found = conditional_target(independent, PERIODS[7], epsilon=2.0)
    np.testing.assert_allclose(np.delete(found.ln_mean, 7), np.delete(SCENARIO.ln_mean, 7))


def test_bad_values():
    with pytest.raises(TNGInputError, match="either psa or epsilon"):
        conditional_target(SCENARIO, 1.0)
    with pytest.raises(TNGInputError, match="no ln_sd"):
        conditional_target(Target(PERIODS, np.zeros(15)), 1.0, epsilon=1)
    with pytest.raises(TNGInputError, match="period must be a number"):
        conditional_target(SCENARIO, 9.0, epsilon=1)
    with pytest.raises(TNGInputError, match="epsilon must be"):
        conditional_target(SCENARIO, 1.0, epsilon=np.nan)
    with pytest.raises(TNGInputError, match="ln_sd 0 at 1 s"):
        conditional_target(conditional_target(SCENARIO, 1.0, epsilon=1), 1.0, psa=2.0)
