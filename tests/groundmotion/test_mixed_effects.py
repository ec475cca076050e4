"""Mixed-effects models: statsmodels, direct REML, closed forms of balanced data."""

import numpy as np
import pytest

from obspy_tng.groundmotion import mixed_effects
from obspy_tng.groundmotion.mixed_effects import Design, indicator, reml, solve


def crossed(rng, stations=12, events=25, sd=(1.0, 0.7, 0.4), columns=1, seen=0.6):
    names = [(s, e) for s in range(stations) for e in range(events) if rng.random() < seen]
    of_station, of_event = (indicator(column)[1] for column in zip(*names, strict=True))
    fixed = np.column_stack([np.ones(len(names)), rng.normal(size=len(names))])
    y = (fixed @ [[1.0], [0.5]] + sd[0] * of_station @ rng.normal(size=(stations, columns))
         + sd[1] * of_event @ rng.normal(size=(of_event.shape[1], columns))
         + sd[2] * rng.normal(size=(len(names), columns)))
    return y, Design(fixed, of_station, of_event)


def log_reml(y, design, variances):
    """Restricted likelihood, written down directly."""
    v = (variances[0] * design.of_station @ design.of_station.T
         + variances[1] * design.of_event @ design.of_event.T + variances[2] * np.eye(len(y)))
    inverse = np.linalg.inv(v)
    information = design.fixed.T @ inverse @ design.fixed
    rest = y - design.fixed @ np.linalg.solve(information, design.fixed.T @ inverse @ y)
    return -0.5 * (np.linalg.slogdet(v)[1] + np.linalg.slogdet(information)[1]
                   + rest @ inverse @ rest)


def test_variances_maximise_the_restricted_likelihood(monkeypatch):
    monkeypatch.setattr(mixed_effects, "ITERATIONS", 200)
    y, design = crossed(np.random.default_rng(0))
    found = reml(y, design, np.full((2, 1), np.inf))[:, 0]
    best = log_reml(y[:, 0], design, found)
    for k in range(3):
        for factor in (0.97, 1.03):
            other = found * np.where(np.arange(3) == k, factor, 1.0)
            assert log_reml(y[:, 0], design, other) < best


def test_against_statsmodels():
    from statsmodels.regression import mixed_linear_model as mixedlm
    y, design = crossed(np.random.default_rng(1), stations=8, events=15)
    other = mixedlm.MixedLM(
        y[:, 0], design.fixed, np.zeros(len(y)), exog_vc=mixedlm.VCSpec(
            ["event", "station"], [[[f"e{i}" for i in range(design.of_event.shape[1])]],
                                   [[f"s{i}" for i in range(design.of_station.shape[1])]]],
            [[design.of_event], [design.of_station]])).fit(reml=True)
    event, station = other.vcomp
    found = reml(y, design, np.full((2, 1), np.inf))
    np.testing.assert_allclose(found[:, 0], [station, event, other.scale], rtol=0.02)
    effects = solve(y, design, found, np.full((2, 1), np.inf))
    np.testing.assert_allclose(effects.fixed[:, 0], other.fe_params, atol=2e-3)
    terms = np.array(next(iter(other.random_effects.values())))
    expected = np.concatenate([effects.events[:, 0], effects.stations[:, 0]])
    np.testing.assert_allclose(sorted(terms), sorted(expected), atol=0.01)


def test_errors_of_effects_are_those_of_the_joint_gaussian():
    """Covariances of the full system, without elimination, whichever part is eliminated."""
    rng = np.random.default_rng(2)
    for stations, events in ((4, 9), (9, 4)):
        y, design = crossed(rng, stations, events, seen=0.9)
        variances = np.array([[0.5], [0.3], [0.2]])
        effects = np.hstack([design.fixed, design.of_station, design.of_event])
        count = design.of_station.shape[1], design.of_event.shape[1]
        penalty = np.diag(np.repeat([0.0, 0.4, 0.2 / 0.3], [2, *count]))
        covariance = 0.2 * np.linalg.inv(effects.T @ effects + penalty)
        found = solve(y, design, variances, np.full((2, 1), np.inf))
        np.testing.assert_allclose(found.fixed_covariance[0], covariance[:2, :2], rtol=1e-4)
        np.testing.assert_allclose(
            np.concatenate([found.station_variance, found.event_variance])[:, 0],
            np.diag(covariance)[2:], rtol=1e-4)
        np.testing.assert_allclose(found.fitted, effects @ covariance @ effects.T @ y / 0.2,
                                   atol=1e-4)


def test_few_records_per_event_leave_phi_unbiased():
    """Raw residuals over the REML variance would give 0.43 to 0.49 for 0.60."""
    for share, events in ((0.2, 80), (0.33, 60)):   # 1.6 and 2.6 records of each event
        y, design = crossed(np.random.default_rng(3), 8, events, (1.0, 0.8, 0.6), 40, share)
        found = np.sqrt(reml(y, design, np.full((2, 40), np.inf)).mean(1))
        assert found[2] == pytest.approx(0.6, rel=0.04)
        assert found[1] == pytest.approx(0.8, rel=0.06)


def test_columns_in_parts_are_the_same(monkeypatch):
    y, design = crossed(np.random.default_rng(4), columns=5)
    variances, free = np.ones((3, 5)), np.full((2, 5), np.inf)
    whole = solve(y, design, variances, free)
    monkeypatch.setattr(mixed_effects, "CHUNK", 400)
    parts = solve(y, design, variances, free)
    np.testing.assert_allclose(parts.events, whole.events)
    np.testing.assert_allclose(parts.fixed_covariance, whole.fixed_covariance)


def test_priors_of_variances_count_as_told():
    y, design = crossed(np.random.default_rng(5), 3, 20)
    prior = np.array([[4.0], [0.49], [0.16]])
    none, some = (reml(y, design, np.full((2, 1), np.inf), prior, weights)
                  for weights in ((0, 0, 0), (1000.0, 0, 0)))
    assert some[0, 0] == pytest.approx(4.0, rel=0.02)
    np.testing.assert_allclose(some[2], none[2], rtol=0.05)
