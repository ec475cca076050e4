"""Levels of components: shrinkage, regression and conditional draws in closed form."""

import numpy as np
import pytest

from obspy_tng.exceptions import TNGInputError
from obspy_tng.groundmotion.component_levels import PRIOR_RECORDS, fit_levels
from obspy_tng.groundmotion.scaling import source_distance
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


def test_draws_have_the_mean_and_the_covariance():
    levels = {"A": draw(200, 4)}
    model = fit_levels(levels, unknown(levels), unknown(levels))
    rng = np.random.default_rng(0)
    drawn = np.log([model.draw("A", rng, Scenario()) for _ in range(4000)])
    np.testing.assert_allclose(drawn.mean(0), model.means["A"], atol=0.05)
    np.testing.assert_allclose(np.cov(drawn.T), model.covariances["A"], atol=0.06)


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


def test_slopes_of_magnitude_and_distance():
    rng = np.random.default_rng(5)
    magnitudes, distances = rng.uniform(4, 7, 80), np.exp(rng.uniform(2, 5, 80))
    r = source_distance(magnitudes, distances, np.full(80, np.nan))
    slope = 1.2 * magnitudes - np.log(r)
    levels = {"A": slope[:, None] + 0.01 * rng.standard_normal((80, 3))}
    model = fit_levels(levels, {"A": magnitudes}, {"A": distances})
    np.testing.assert_allclose(model.slopes, [[1.2] * 3, [-1] * 3], atol=0.01)
    found = np.log(model.draw("A", rng, Scenario(6.5, 20.0)))
    expected = 1.2 * 6.5 - np.log(source_distance(6.5, 20.0, np.nan))
    np.testing.assert_allclose(found, expected, atol=0.1)


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
