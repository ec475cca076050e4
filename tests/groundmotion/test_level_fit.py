"""Fits against a known truth."""

import dataclasses

import numpy as np
import pytest

from obspy_tng.exceptions import TNGInputError
from obspy_tng.groundmotion import level_fit
from obspy_tng.groundmotion.band_levels import fixed_contrasts, to_contrasts
from obspy_tng.groundmotion.level_fit import fit_band_levels
from obspy_tng.groundmotion.scaling import predictors, source_levels
from obspy_tng.groundmotion.scenario import Scenario

from .networks import BANDS, FREQUENCIES, SCENARIOS, network, part, records_of, term_of


def test_terms_recover_their_truth():
    data, coefficients, station = network(np.random.default_rng(0))
    model = fit_band_levels(**data)
    np.testing.assert_allclose(model.coefficients[1, :BANDS], coefficients[1, :BANDS], atol=0.3)
    found = np.stack([term_of(model, part(data, records_of(data, f"s{i}"))).delta_s2s
                      for i in range(8)])
    np.testing.assert_allclose(found - found.mean(0), station - station.mean(0), atol=0.25)
    assert model.phi_ss == pytest.approx(np.full(3 * BANDS, 0.3), rel=0.15)
    assert np.median(model.tau) == pytest.approx(0.6, rel=0.3)


def test_few_records_per_event_leave_phi_unbiased():
    found = [fit_band_levels(**network(np.random.default_rng(seed), 6, 60, residual=0.6,
                                       seen=0.35)[0]) for seed in range(4)]
    assert np.mean([model.phi_ss for model in found]) == pytest.approx(0.6, rel=0.05)
    assert np.mean([model.tau for model in found]) == pytest.approx(0.6, rel=0.15)


def test_correlation_of_events_is_estimated():
    """The truth is one term for all bands; residuals have no correlation."""
    model = fit_band_levels(**network(np.random.default_rng(1), events=80)[0])
    events, residuals = (m[0, 1:BANDS] for m in (model.event_correlation,
                                                 model.residual_correlation))
    assert events.min() > 0.9
    assert residuals.mean() < 0.45   # shrunk to a prior of 0.5 to 0.8


def test_records_are_predicted_without_bias():
    """Strong earthquakes are recorded at more stations, and weak ones still count as records."""
    rng = np.random.default_rng(7)
    data, *_ = network(rng, stations=10, events=60)
    x = predictors(*(data[k] for k in SCENARIOS))
    level = (to_contrasts(data["levels"])
             - fixed_contrasts(data["magnitudes"], FREQUENCIES))[:, 0]
    strength = level - x @ np.linalg.lstsq(x, level, rcond=None)[0]
    names = np.array(data["events"])
    event = {e: strength[names == e].mean() for e in set(names)}
    kept = [i for i, e in enumerate(names) if rng.random() < 1 / (1 + np.exp(-4 * event[e]))]
    chosen = part(data, kept)
    model = fit_band_levels(**chosen)
    missed = np.concatenate([
        model.expected(*(own[k] for k in SCENARIOS)) + term_of(model, own).delta_s2s
        - to_contrasts(own["levels"])
        for own in (part(chosen, records_of(chosen, s)) for s in sorted(set(chosen["stations"])))])
    assert np.abs(missed.mean(0)[:BANDS]).max() < 0.06


def test_the_hvsr_does_not_follow_chance_slopes():
    data, *_ = network(np.random.default_rng(8), stations=2, events=8, residual=0.5)
    prior = fit_band_levels(**network(np.random.default_rng(9))[0])
    model = fit_band_levels(**data, prior=prior)
    plain = np.linalg.lstsq(predictors(*(data[k] for k in SCENARIOS)),
                            to_contrasts(data["levels"]), rcond=None)[0]
    hvsr = slice(BANDS, 2 * BANDS)   # the truth has none
    assert np.abs(model.coefficients[1:, hvsr]).max() < 0.2 * np.abs(plain[1:, hvsr]).max()


def test_slopes_of_few_records_lean_on_the_prior():
    data, *_ = network(np.random.default_rng(4))
    prior = fit_band_levels(**data)
    few, *_ = network(np.random.default_rng(5), stations=2, events=7)
    few["magnitudes"] = np.full(14, 5.0) + 0.01 * few["magnitudes"]   # no range to learn from
    model = fit_band_levels(**few, prior=prior)
    np.testing.assert_allclose(model.coefficients[1, :BANDS], prior.coefficients[1, :BANDS],
                               atol=0.3)


@pytest.mark.parametrize("seed", range(4))
def test_levels_decay_whatever_noise_says(seed):
    """A floor of noise at all distances makes the plain regression rise again."""
    data, *_ = network(np.random.default_rng(seed), stations=3, events=15)
    data["levels"] = np.logaddexp(data["levels"], data["levels"].mean())
    for prior in (None, fit_band_levels(**network(np.random.default_rng(9))[0])):
        model = fit_band_levels(**data, prior=prior)
        assert (model.coefficients[3, :BANDS] <= 1e-6).all()
        assert (model.coefficients[2, :BANDS] <= -0.5 + 1e-6).all()
        far = np.array([model.expected(*Scenario(6.0, r).arrays)[0, :BANDS]
                        for r in (50, 200, 800, 3000, 20000)])
        assert (np.diff(far, axis=0) < 0).all()


def test_one_station_alone_splits_its_scatter_as_the_prior():
    """With a record of every earthquake the two variances are one."""
    data, *_ = network(np.random.default_rng(3), stations=1, events=60)
    prior = fit_band_levels(**network(np.random.default_rng(4))[0])
    model = fit_band_levels(**data, prior=dataclasses.replace(
        prior, tau=np.full(18, 0.6), phi_ss=np.full(18, 0.3)))
    assert np.hypot(model.tau, model.phi_ss).mean() == pytest.approx(np.hypot(0.6, 0.3), rel=0.15)
    assert (model.tau / model.phi_ss).mean() == pytest.approx(2.0, rel=0.3)


def test_too_few_records():
    data, *_ = network(np.random.default_rng(2), stations=2, events=3)
    with pytest.raises(TNGInputError, match="at least 12"):
        fit_band_levels(**data)


def test_variances_of_large_networks_are_those_of_some_stations(monkeypatch):
    data, *_ = network(np.random.default_rng(6), stations=12, events=40)
    monkeypatch.setattr(level_fit, "MOST_STATIONS", 6)
    model = fit_band_levels(**data)
    assert len(model.events) == 40   # all of them have terms
    assert np.median(model.phi_ss) == pytest.approx(0.3, rel=0.2)


def test_small_earthquakes_are_extrapolated_along_a_source():
    """From magnitudes of 6 to 7.5 a straight line leads to a 4 that is far too strong."""
    rng = np.random.default_rng(11)
    data, *_ = network(rng, events=60)
    large = part(data, [i for i, m in enumerate(data["magnitudes"]) if m > 5.5])
    model = fit_band_levels(**large)
    few = part(data, [i for i, m in enumerate(data["magnitudes"]) if m < 4.6])
    terms = {s: term_of(model, part(large, records_of(large, s))).delta_s2s
             for s in set(data["stations"])}
    found = (model.expected(*(few[k] for k in SCENARIOS))
             + np.array([terms[s] for s in few["stations"]])
             - to_contrasts(few["levels"])).mean(0)
    middle, large, small = source_levels(np.array([5.5, 6.5, 4.5]), FREQUENCIES)
    bend = middle - (large - middle) - small   # by how much a straight line would miss
    # the truth's own slope (-0.5) is not followed beyond the records
    assert np.abs(found[:BANDS]).max() < 0.5 * bend.min()
