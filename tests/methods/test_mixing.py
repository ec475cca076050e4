"""Samplers' weights and the joint distribution of component levels."""

import numpy as np
import pytest

from obspy_tng._random import realization_rngs
from obspy_tng.exceptions import TNGInputError
from obspy_tng.groundmotion.component_levels import fit_levels
from obspy_tng.groundmotion.scaling import predictors
from obspy_tng.groundmotion.scenario import Scenario
from obspy_tng.methods.mixing import dirichlet_weights, mean_weights


def test_mean_weights():
    w = mean_weights(20, np.random.default_rng(0))
    assert (np.sort(w)[-5:] == 0.2).all()
    assert w.sum() == pytest.approx(1)
    assert (mean_weights(3, np.random.default_rng(0)) == 1 / 3).all()
    with pytest.raises(TNGInputError, match="between 1 and the 3"):
        mean_weights(3, np.random.default_rng(0), k=5)


@pytest.mark.parametrize("alpha", [0.05, 0.5, 5.0])
def test_dirichlet_weights_have_the_closed_form_moments(alpha):
    rng, n = np.random.default_rng(1), 4
    w = np.array([dirichlet_weights(n, rng, alpha=alpha) for _ in range(20000)])
    np.testing.assert_allclose(w.sum(1), 1)
    np.testing.assert_allclose(w.mean(0), 1 / n, atol=0.015)
    variance = (1 / n) * (1 - 1 / n) / (n * alpha + 1)
    np.testing.assert_allclose(w.var(0), variance, rtol=0.06)


def test_tiny_alpha_does_not_underflow():
    w = dirichlet_weights(5, np.random.default_rng(0), alpha=1e-4)
    assert np.isfinite(w).all()
    assert w.sum() == pytest.approx(1)


def synthetic_levels(rng, counts, slopes=((1.0, 1.1, 1.2), (-1.5, -1.4, -1.3)), sd=0.4):
    levels, magnitudes, distances = {}, {}, {}
    for i, n in enumerate(counts):
        m, r = rng.uniform(4, 7, n), rng.uniform(20, 200, n)
        x = predictors(m, r, np.full(n, np.nan))[:, 1:3]
        shared = sd * rng.standard_normal((n, 1))
        levels[i] = i + x @ np.array(slopes) + 0.9 * shared + 0.4 * sd * rng.standard_normal((n, 3))
        magnitudes[i], distances[i] = m, r
    return levels, magnitudes, distances


def test_regression_recovers_its_truth():
    rng = np.random.default_rng(3)
    model = fit_levels(*synthetic_levels(rng, [300, 300, 300]))
    np.testing.assert_allclose(model.slopes, [[1.0, 1.1, 1.2], [-1.5, -1.4, -1.3]], atol=0.1)
    draws = np.log([model.draw(2, rng, Scenario(6.5, 50.0)) for _ in range(4000)])
    expected = 2 + predictors(*Scenario(6.5, 50.0).arrays)[0, 1:3] @ np.array(
        [[1.0, 1.1, 1.2], [-1.5, -1.4, -1.3]])
    np.testing.assert_allclose(draws.mean(0), expected, atol=0.1)
    np.testing.assert_allclose(draws.std(0), 0.4 * np.sqrt(0.97), rtol=0.1)
    assert np.corrcoef(draws.T)[0, 1] == pytest.approx(0.81 / 0.97, abs=0.05)


def test_marginal_levels_of_a_well_known_station():
    rng = np.random.default_rng(4)
    levels, m, r = synthetic_levels(rng, [400])
    draws = np.log([fit_levels(levels, m, r).draw(0, rng, Scenario()) for _ in range(4000)])
    np.testing.assert_allclose(draws.mean(0), levels[0].mean(0), atol=0.1)
    np.testing.assert_allclose(np.cov(draws.T), np.cov(levels[0].T), rtol=0.12)


def test_levels_given_contrasts_have_the_joint_distribution():
    """Contrasts from their own distribution and the level given them: the joint one."""
    rng = np.random.default_rng(7)
    levels, m, r = synthetic_levels(rng, [400])
    model = fit_levels(levels, m, r)
    joint = np.log([model.draw(0, rng, Scenario()) for _ in range(6000)])
    given = np.log([model.draw(0, rng, Scenario(), x) for x in joint + 3.0])
    np.testing.assert_allclose(given.mean(0), joint.mean(0), atol=0.08)
    np.testing.assert_allclose(np.cov(given.T), np.cov(joint.T), rtol=0.1)
    np.testing.assert_allclose(np.diff(given, axis=1), np.diff(joint, axis=1), atol=1e-9)


def test_a_station_with_two_records_borrows_its_scatter():
    rng = np.random.default_rng(5)
    levels, m, r = synthetic_levels(rng, [200, 2])
    levels[1][1] = levels[1][0] + 1e-3  # two nearly equal records say little of the scatter
    model = fit_levels(levels, m, r)
    assert np.sqrt(np.diag(model.covariances[1])).mean() > 0.5 * levels[0].std(0).mean()


def test_without_magnitudes_they_cannot_be_asked_for():
    levels, m, r = synthetic_levels(np.random.default_rng(6), [30])
    model = fit_levels(levels, {0: m[0] * np.nan}, r)
    with pytest.raises(TNGInputError, match="cannot take magnitude"):
        model.draw(0, np.random.default_rng(0), Scenario(5.0, 10.0))


def test_realization_seeds():
    a = [g.standard_normal() for g in realization_rngs(1, "XX.A", 5)]
    assert a[:3] == [g.standard_normal() for g in realization_rngs(1, "XX.A", 3)]
    assert len(set(a)) == 5
    assert a[0] != realization_rngs(1, "XX.B", 1)[0].standard_normal()
    assert a[0] != realization_rngs(2, "XX.A", 1)[0].standard_normal()
