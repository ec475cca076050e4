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


def test_bad_values():
    with pytest.raises(TNGInputError, match="either psa or epsilon"):
        conditional_target(SCENARIO, 1.0)
    with pytest.raises(TNGInputError, match="no ln_sd"):
        conditional_target(Target(PERIODS, np.zeros(15)), 1.0, epsilon=1)
    with pytest.raises(TNGInputError, match="must lie above"):
        conditional_target(SCENARIO, 9.0, epsilon=1)
