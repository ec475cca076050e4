"""Differences of means and spreads, in closed form."""

from types import SimpleNamespace

import numpy as np
import pytest
from scipy.stats import ks_2samp

from obspy_tng.evaluation.metrics.differences import (
    correlation_misfit,
    curve_bias,
    curve_rms,
    curve_sd_ratio,
    ks_distance,
    mean_difference,
    rms,
    spread_ratio,
)


def sets(seed=0):
    """Two sets of curves: the second is twice as wide, and higher by 1, 2 and -3."""
    real = np.random.default_rng(seed).standard_normal((20, 3))
    other = real.mean(0) + 2 * (real - real.mean(0)) + [1, 2, -3]
    return SimpleNamespace(curve=real), SimpleNamespace(curve=other)


def test_arrays():
    real, other = (some.curve for some in sets())
    np.testing.assert_allclose(mean_difference(real, other), [1, 2, -3], atol=1e-12)
    np.testing.assert_allclose(spread_ratio(real, other), 2)
    assert spread_ratio(real[:, 0], other[:, 0]) == pytest.approx(2)
    assert rms([3.0, -4.0]) == pytest.approx(np.sqrt(12.5))


def test_copies_of_one_record_have_no_spread():
    """Numbers of which only the rounding differs: not known, instead of anything at all."""
    copies = np.full((7, 3), 0.1) * [1, 2, 3]
    assert copies.std(axis=0, ddof=1).max() > 0
    varied = sets()[0].curve
    assert np.isnan(spread_ratio(copies, varied)).all()
    assert np.isnan(correlation_misfit(varied, copies))
    assert np.isnan(correlation_misfit(copies, varied))
    assert correlation_misfit(varied, 3 * varied) == pytest.approx(0, abs=1e-12)


def test_curves():
    real, other = sets()
    assert curve_bias(real, other, quantity="curve") == pytest.approx(0, abs=1e-12)
    assert curve_rms(real, other, quantity="curve") == pytest.approx(np.sqrt(14 / 3))
    assert curve_sd_ratio(real, other, quantity="curve") == pytest.approx(2)


def test_too_few_records_have_no_value():
    real, other = (some.curve for some in sets())
    assert np.isnan(mean_difference(real, other[:1])).all()
    assert np.isfinite(mean_difference(real[:2], other[:2])).all()
    assert np.isnan(spread_ratio(real[:2], other)).all()
    assert np.isnan(spread_ratio(np.ones((5, 3)), other)).all()  # real records do not vary


def test_kolmogorov_smirnov():
    rng = np.random.default_rng(0)
    for n, m in ((1, 1), (5, 40), (30, 30)):
        first, second = rng.standard_normal(n).round(1), rng.standard_normal(m).round(1) + 0.3
        assert ks_distance(first, second) == pytest.approx(ks_2samp(first, second).statistic)
    assert np.isnan(ks_distance(np.array([1.0, np.nan]), np.array([1.0])))
