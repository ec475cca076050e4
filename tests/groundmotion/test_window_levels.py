"""When the energy of records comes: the model and what is drawn."""

import numpy as np
import pytest

from obspy_tng.groundmotion.window_levels import (
    LARGEST_CHANGE,
    MOST_DRAWN,
    SHAPE,
    WITHIN,
    BankWindowLevels,
    WindowLevelModel,
    drawn_share,
    learn_window_levels,
    packaged_window_levels,
    relative,
    save_window_levels,
    scenario_terms,
)

CELLS = np.prod(SHAPE)


@pytest.fixture(scope="module")
def truth():
    """A model, and 1,200 records drawn from it."""
    rng = np.random.default_rng(0)
    components = rng.standard_normal((3, *SHAPE))
    components = (components - components[..., 3:6].mean(-1, keepdims=True)).reshape(3, -1)
    components *= np.array([[1.0], [0.7], [0.5]])
    model = WindowLevelModel(0.3 * np.ones((3, CELLS)), components)
    u = rng.standard_normal((1200, 3))
    scenario = rng.uniform(4, 7, 1200), rng.uniform(10, 200, 1200), np.full(1200, 10.0)
    y = scenario_terms(*scenario) @ model.coefficients + u @ components
    y += 0.1 * rng.standard_normal(y.shape)
    return model, scenario, u, y.reshape(-1, *SHAPE)


def test_learned_is_what_records_were_drawn_from(truth):
    model, scenario, _, y = truth
    y = y.copy()
    y[:200, :, :, 7:] = np.nan  # shorter records
    y[200:400, :, 0] = np.nan
    found = learn_window_levels(y, *scenario)
    ours, known = (m.components.T @ m.components for m in (found, model))
    assert np.linalg.norm(ours - known) < 0.25 * np.linalg.norm(known)
    np.testing.assert_allclose(relative(found.coefficients.reshape(-1, *SHAPE)), 0, atol=0.35)


def test_scores_are_those_of_the_record(truth):
    model, scenario, u, y = truth
    known = scenario_terms(*scenario)
    found = np.stack([model.scores(row, at) for row, at in zip(y[:50], known, strict=False)])
    np.testing.assert_allclose(found, u[:50], atol=0.1)


def test_the_mean_of_a_station_is_shrunk():
    model = WindowLevelModel(np.zeros((3, CELLS)), np.zeros((2, CELLS)))
    assert (model.station_mean(np.empty((0, 2))) == 0).all()
    # prior variance 0.4, that of the mean of two records 0.3
    np.testing.assert_allclose(model.station_mean(np.array([[3.0, 7.0], [4.0, 7.0]])), [2.0, 4.0])


def test_relative_levels_do_not_depend_on_the_level():
    y = np.random.default_rng(1).standard_normal(SHAPE)
    y[0, 0] = np.nan
    np.testing.assert_allclose(relative(y + np.arange(9)[:, None]), relative(y), atol=1e-12)


def bank(truth, n):
    model, scenario, _, y = truth
    return BankWindowLevels(model, np.array(["A"] * n), y[:n], *(v[:n] for v in scenario))


def test_with_many_source_records_nothing_changes(truth):
    sources = bank(truth, 20)
    p = np.full(20, 1 / 20)
    assert drawn_share(p) == 0
    change = sources.draw("A", 3, p, np.random.default_rng(0))
    np.testing.assert_allclose(change, 0, atol=1e-12)


def test_with_few_the_scores_vary_as_those_of_a_station(truth):
    model, *_, y = truth
    sources, p = bank(truth, 2), np.array([0.5, 0.5])
    assert drawn_share(p) == MOST_DRAWN
    found = []
    for k in range(600):
        rng = np.random.default_rng(k)
        change = sources.draw("A", 0, p, rng)
        found.append(model.scores(y[0] + change, sources.known[0]))
    found = np.array(found)
    np.testing.assert_allclose(found.var(0), MOST_DRAWN * WITHIN, rtol=0.25)
    kept = np.sqrt(1 - MOST_DRAWN) * (sources.scores[0] - sources.means["A"])
    np.testing.assert_allclose(found.mean(0), sources.means["A"] + kept, atol=0.15)


def test_a_change_is_limited_and_of_the_seed(truth):
    sources, p = bank(truth, 2), np.array([1.0, 0.0])
    first, again = (sources.draw("A", 1, p, np.random.default_rng(5)) for _ in range(2))
    np.testing.assert_array_equal(first, again)
    assert np.abs(first).max() <= LARGEST_CHANGE


def test_unknown_scenarios_are_those_of_the_reference():
    assert (scenario_terms([np.nan], [np.nan], [np.nan])[0, 1:] == 0).all()
    assert np.isfinite(scenario_terms([5.0], [0.0], [0.0])).all()


def test_the_model_in_the_package_is_plausible():
    model = packaged_window_levels()
    near, far = (scenario_terms([6.0], [r], [10.0])[0] @ model.coefficients for r in (20.0, 300.0))
    # energy spreads with distance: more of it before and long after t05
    assert ((far - near).reshape(SHAPE)[1, 3:7, [1, 7]] > 1).all()


def test_saved_is_what_was_learned(truth, tmp_path):
    save_window_levels(truth[0], tmp_path / "model.npz")
    with np.load(tmp_path / "model.npz") as arrays:
        np.testing.assert_allclose(arrays["components"], truth[0].components, rtol=1e-6)
