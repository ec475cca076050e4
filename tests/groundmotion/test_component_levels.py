"""Levels of components: shrinkage, regression and conditional draws in closed form."""

import warnings

import numpy as np
import pytest

from obspy_tng.exceptions import TNGInputError, TNGWarning
from obspy_tng.groundmotion.component_levels import PRIOR_RECORDS, fit_levels
from obspy_tng.groundmotion.scaling import predictors
from obspy_tng.groundmotion.scenario import Scenario

COVARIANCE = np.array([[0.5, 0.4, 0.35], [0.4, 0.6, 0.45], [0.35, 0.45, 0.55]])


def unknown(levels):
    return {station: np.full(len(x), np.nan) for station, x in levels.items()}


def draw(n, seed, mean=(-3.0, -2.0, -2.2)):
    return np.random.default_rng(seed).multivariate_normal(mean, COVARIANCE, n)


def test_covariance_of_many_records_is_theirs_and_of_one_is_pooled():
    levels = {"A": draw(3000, 1), "B": draw(1, 2)}
    model = fit_levels(levels, unknown(levels), unknown(levels))
    np.testing.assert_allclose(model.covariances["A"], COVARIANCE, atol=0.06)
    np.testing.assert_allclose(model.covariances["B"], COVARIANCE, atol=0.06)
    np.testing.assert_allclose(model.means["B"], levels["B"][0])


def test_shrinkage_in_numbers():
    """Weight n - 1 for a station's own records and :data:`PRIOR_RECORDS` for the pooled ones."""
    levels = {"A": draw(4, 3)}
    model = fit_levels(levels, unknown(levels), unknown(levels))
    own = np.cov(levels["A"].T)
    prior = np.full((3, 3), 0.9) + 0.1 * np.eye(3)
    pooled = (PRIOR_RECORDS * prior + 3 * own) / (PRIOR_RECORDS + 3)
    np.testing.assert_allclose(model.covariances["A"],
                               (PRIOR_RECORDS * pooled + 3 * own) / (PRIOR_RECORDS + 3))


def test_contrasts_are_kept_and_the_level_is_drawn_given_them():
    levels = {"A": draw(200, 4)}
    model = fit_levels(levels, unknown(levels), unknown(levels))
    rng, contrasts = np.random.default_rng(0), np.array([5.0, 5.8, 5.5])
    drawn = np.log([model.draw("A", rng, Scenario(), contrasts) for _ in range(4000)])
    np.testing.assert_allclose(drawn - drawn[:, :1], np.tile([0, 0.8, 0.5], (4000, 1)),
                               atol=1e-12)
    # Gaussian conditioning written out: joint covariance of the level and the two differences
    rows = np.array([[1 / 3] * 3, [-1, 1, 0], [-1, 0, 1]])
    joint = rows @ model.covariances["A"] @ rows.T
    mean = rows @ model.means["A"]
    gain = joint[0, 1:] @ np.linalg.inv(joint[1:, 1:])
    assert drawn.mean() == pytest.approx(mean[0] + gain @ ([0.8, 0.5] - mean[1:]), abs=0.05)
    assert drawn.mean(1).var() == pytest.approx(joint[0, 0] - gain @ joint[1:, 0], rel=0.08)


def test_what_cannot_take_a_scenario_says_so():
    levels = {"A": draw(30, 6), "B": draw(2, 7)}
    some = unknown(levels)
    with pytest.raises(TNGInputError, match="fewer than 20 of its records have both"):
        fit_levels(levels, some, some).draw("A", np.random.default_rng(0), Scenario(6.0, 30.0))
    known = {"A": np.linspace(4, 7, 30), "B": some["B"]}
    distances = {"A": np.random.default_rng(0).uniform(10, 100, 30), "B": some["B"]}
    with pytest.raises(TNGInputError, match="no record of B has a magnitude and a distance"):
        fit_levels(levels, known, distances).draw("B", np.random.default_rng(0),
                                                  Scenario(6.0, 30.0))


def test_a_scenario_far_outside_of_the_data_warns():
    levels, magnitudes, distances = synthetic_levels(np.random.default_rng(8), [60, 60])
    model = fit_levels(levels, magnitudes, distances)
    inside = float(magnitudes[0].mean()), float(np.median(distances[0]))
    with warnings.catch_warnings():
        warnings.simplefilter("error")
        # the regression does not know depths
        model.check([Scenario(), Scenario(*inside), Scenario(*inside, 300.0)])
    with pytest.warns(TNGWarning, match="magnitude 9 at .* is extrapolated: the data cover"):
        model.check([Scenario(), Scenario(9.0, inside[1])])
    with pytest.raises(TNGInputError, match="beyond the range"):
        model.check([Scenario(inside[0], 19000.0)])
    blind = {"A": draw(30, 6)}
    fit_levels(blind, unknown(blind), unknown(blind)).check([Scenario(9.0, 5.0)])


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
