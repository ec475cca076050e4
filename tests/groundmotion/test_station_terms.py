"""Station terms: Bayes' rule, the region, calibration, new levels."""

import dataclasses

import numpy as np
import pytest

from obspy_tng.groundmotion.band_levels import to_contrasts, to_levels
from obspy_tng.groundmotion.level_fit import fit_band_levels
from obspy_tng.groundmotion.scaling import predictors
from obspy_tng.groundmotion.scenario import Scenario
from obspy_tng.groundmotion.station_terms import StationLevels, station_terms

from .networks import (
    BANDS,
    SCENARIOS,
    evidence,
    network,
    network_of,
    part,
    records_of,
    term_of,
)

HVSR = slice(BANDS, 2 * BANDS)


def test_station_sharpens_with_records_and_uses_known_events():
    data, *_ = network(np.random.default_rng(1))
    target = records_of(data, "s0")
    model = fit_band_levels(**part(data, [i for i, s in enumerate(data["stations"]) if s != "s0"]))
    everything = term_of(model, part(data, target)).delta_s2s
    errors, widths = [], []
    for n in (1, 3, 30):
        few = part(data, target[:n])
        term = term_of(model, few)
        errors.append(np.sqrt(np.mean((term.delta_s2s - everything) ** 2)))
        widths.append(np.trace(term.covariance))
        unknown = term_of(model, {**few, "events": [f"new{i}" for i in range(n)]})
        assert np.trace(unknown.covariance) > widths[-1]
        blind = term_of(model, {**few, "magnitudes": np.full(n, np.nan)})
        assert np.trace(blind.covariance) > widths[-1]
    assert errors[0] > errors[1] > errors[2]
    assert widths[0] > widths[1] > widths[2]
    assert errors[2] < 0.1


def test_shrinkage_beats_the_mean_of_three_records():
    """Where stations differ little and records much, the mean of three is a bad guess."""
    gain = []
    for seed in range(6):
        data, *_ = network(np.random.default_rng(seed), residual=0.8, phi_s2s=0.25)
        rest = [i for i, s in enumerate(data["stations"]) if s != "s0"]
        model = fit_band_levels(**part(data, rest))
        target = records_of(data, "s0")
        hvsr = to_contrasts(data["levels"])[:, HVSR]
        others = {s: evidence(model, part(data, records_of(data, s))) for s in ("s1", "s2", "s3")}
        term = station_terms(model, {**others, "s0": evidence(model, part(data, target[:3]))})
        guess = term["s0"].delta_s2s[HVSR] + model.coefficients[0, HVSR]
        truth_of = hvsr[target].mean(0)
        gain.append([np.mean(np.square(x - truth_of)) for x in (guess, hvsr[target[:3]].mean(0))])
    shrunk, plain = np.sqrt(np.mean(gain, axis=0))
    assert shrunk < 0.8 * plain


def test_another_station_tells_nothing_of_north_over_east():
    """Its horizontals differ in one sense, those of the new one in the other."""
    rng = np.random.default_rng(3)
    data, *_ = network(rng, stations=2, phi_s2s=0.2)
    off = np.where(np.equal(data["stations"], "s0"), -1.0, 1.0)
    data["levels"] = data["levels"] + 0.5 * off[:, None, None] * [[0.0], [1.0], [-1.0]]
    own, other = records_of(data, "s0"), records_of(data, "s1")
    model = fit_band_levels(**part(data, other + own[:3]))
    term = station_terms(model, {"s1": evidence(model, part(data, other)),
                                 "s0": evidence(model, part(data, own[:3]))})["s0"]
    found = (term.delta_s2s + model.coefficients[0])[2 * BANDS:]
    truth = to_contrasts(data["levels"])[own, 2 * BANDS:]
    assert abs(model.coefficients[0, 2 * BANDS:]).max() < 0.2
    # about what the mean of its three records is
    assert np.std(found - truth.mean(0)) < 0.3
    assert abs((found - truth.mean(0)).mean()) < abs((truth[:3] - truth.mean(0)).mean()) + 0.2


def test_the_region_is_what_stations_share():
    """Another region is stronger by 4: one record tells most of it, other stations nearly all."""
    rng = np.random.default_rng(2)
    data, *_ = network(rng, phi_s2s=0.5, tau=0.3)
    model = dataclasses.replace(fit_band_levels(**data), events={}, free=0.0)
    there = {**data, "levels": data["levels"] + 4.0}
    first = [records_of(data, f"s{i}")[i] for i in range(8)]
    alone = np.array([term_of(model, part(there, [i])).delta_s2s[:BANDS].mean() for i in first])
    together = station_terms(model, {i: evidence(model, part(there, [i])) for i in first})
    truth = np.array([term_of(model, part(there, records_of(there, f"s{i}"))).delta_s2s[
        :BANDS].mean() for i in range(8)])
    near = np.array([term.delta_s2s[:BANDS].mean() for term in together.values()])
    assert abs(alone.mean() - truth.mean()) < 0.4
    assert abs(near.mean() - truth.mean()) < 0.25
    assert np.trace(together[first[0]].covariance) < np.trace(
        term_of(model, part(there, first[:1])).covariance)


def drawn_from(model, scenario, delta_s2s, rng, n, ratio=1.0):
    """Levels of n records of a station, drawn from the model."""
    sd = ratio * np.array([model.tau, model.phi_ss])
    noise = [rng.standard_normal((n, len(s))) @ np.linalg.cholesky(np.outer(s, s) * c).T
             for s, c in zip(sd, (model.event_correlation, model.residual_correlation),
                             strict=True)]
    return to_levels(model.expected(*(np.repeat(a, n) for a in scenario.arrays))
                     + delta_s2s + sum(noise))


@pytest.mark.parametrize("n", [1, 2, 3, 10])
def test_posterior_and_prediction_are_calibrated(n):
    """Truth less estimate over its sd has sd 1: of the term, and of new records."""
    rng = np.random.default_rng(n)
    model = dataclasses.replace(fit_band_levels(**network(rng)[0]), events={}, free=0.0)
    scenario, d = Scenario(6.0, 100.0, 20.0), 3 * BANDS
    prior = np.linalg.cholesky(model.station_covariance + model.region_covariance
                               + 1e-9 * np.eye(d))
    posterior, predictive = [], []
    for _ in range(400):
        truth = prior @ rng.standard_normal(d)
        levels = drawn_from(model, scenario, truth, rng, n + 1)
        data = {"levels": levels[:n], "events": [None] * n,
                **{k: np.repeat(a, n) for k, a in zip(SCENARIOS, scenario.arrays, strict=True)}}
        term = term_of(model, data)
        new = to_contrasts(levels[n]) - model.expected(*scenario.arrays)[0] - term.delta_s2s
        variance = np.diag(term.covariance)
        posterior.append((truth - term.delta_s2s) / np.sqrt(variance))
        predictive.append(new / np.sqrt(variance + np.square(model.tau) + np.square(model.phi_ss)))
    assert np.std(posterior) == pytest.approx(1, abs=0.05)
    assert np.std(predictive) == pytest.approx(1, abs=0.05)


@pytest.mark.slow
@pytest.mark.parametrize("n", [1, 2, 3, 10])
def test_prediction_is_calibrated_with_a_fitted_model(n):
    """The same where variances, slopes, event terms and correlations are estimated."""
    truth = dataclasses.replace(
        fit_band_levels(**network(np.random.default_rng(0), events=100)[0]),
        phi_s2s=np.repeat([1.0, 1.0, 0.7], BANDS), tau=np.repeat([0.8, 0.2, 0.7], BANDS),
        phi_ss=np.repeat([0.3, 0.2, 0.7], BANDS))
    z = []
    for seed in range(72):
        data = network_of(truth, np.random.default_rng([n, seed]))
        own = {s: records_of(data, s) for s in sorted(set(data["stations"]))}
        for station in ("s0", "s1"):
            known = {**own, station: own[station][:n]}
            model = fit_band_levels(**part(data, [i for rows in known.values() for i in rows]))
            term = station_terms(model, {s: evidence(model, part(data, rows))
                                         for s, rows in known.items()})[station]
            new = part(data, own[station][n:])
            missed = (to_contrasts(new["levels"]) - term.delta_s2s
                      - model.expected(*(new[k] for k in SCENARIOS)))
            scatter = term.scatter_ratio * np.hypot(model.tau, model.phi_ss)
            z.append(missed / np.sqrt(np.diag(term.covariance) + np.square(scatter)))
    assert np.sqrt(np.square(np.concatenate(z)).mean()) == pytest.approx(1, abs=0.05)


def test_drawn_levels_have_the_scatter_of_records():
    data, *_ = network(np.random.default_rng(3))
    model = fit_band_levels(**data)
    term = term_of(model, part(data, records_of(data, "s1")))
    station, rng, scenario = StationLevels(model, term), np.random.default_rng(0), \
        Scenario(6.0, 100.0, 20.0)
    drawn = to_contrasts(np.array([station.draw(scenario, term.delta_s2s, rng)
                                   for _ in range(2000)]))
    expected = model.expected(*scenario.arrays)[0]
    np.testing.assert_allclose(drawn.mean(0), expected + term.delta_s2s, atol=0.1)
    np.testing.assert_allclose(
        drawn.std(0), np.hypot(model.tau, model.phi_ss) * term.scatter_ratio, rtol=0.1)


def test_a_drawn_term_widens_to_the_prediction():
    data, *_ = network(np.random.default_rng(5), residual=0.6)
    model = fit_band_levels(**data)
    term = term_of(model, part(data, records_of(data, "s1")[:2]))
    drawn = np.array([term.draw(np.random.default_rng(i)) for i in range(2000)])
    np.testing.assert_allclose(drawn.mean(0), term.delta_s2s, atol=0.1)
    np.testing.assert_allclose(np.cov(drawn.T), term.covariance, atol=0.12)
    level, hvsr = term.sd
    assert level == pytest.approx(0.5 * drawn.std(0)[:BANDS].mean(), rel=0.1)
    assert hvsr == pytest.approx(0.5 * drawn.std(0)[HVSR].mean(), rel=0.1)


def test_a_quiet_station_draws_less_scatter():
    """Neither residuals nor earthquakes move the HVSR of a station whose records agree."""
    data, *_ = network(np.random.default_rng(7))
    model = fit_band_levels(**data)
    calm = part(data, records_of(data, "s1"))
    contrasts = to_contrasts(calm["levels"])
    calm["levels"] = to_levels(contrasts.mean(0) + 0.4 * (contrasts - contrasts.mean(0)))
    ratio = term_of(model, calm).scatter_ratio[HVSR]
    # shrunk to the usual scatter as by eight records among forty-eight
    assert ratio.mean() == pytest.approx(np.sqrt((40 * 0.16 + 8) / 48), rel=0.2)


def test_unknown_scenarios_are_not_counted_twice():
    """Scatter of magnitude and distance belongs to the scenario, which then is drawn."""
    rng = np.random.default_rng(4)
    data, *_ = network(rng, residual=0.4)
    model = dataclasses.replace(fit_band_levels(**data), events={})
    own = part(data, records_of(data, "s2"))
    truth = predictors(*(own[k] for k in SCENARIOS))
    blind = {**own, **{k: np.full(40, np.nan) for k in SCENARIOS}}
    term = term_of(model, blind)
    assert 0.7 < term.scatter_ratio[:BANDS].mean() < 1.3
    station = StationLevels(model, term)
    drawn = [station.draw_scenario(rng) for _ in range(600)]
    magnitudes = np.array([s.magnitude for s in drawn])
    assert magnitudes.std() == pytest.approx(truth[:, 1].std(), rel=0.35)
    levels = to_contrasts(np.array([station.draw(s, term.delta_s2s, rng) for s in drawn]))
    real = to_contrasts(own["levels"]).std(0)[:BANDS]
    np.testing.assert_allclose(levels.std(0)[:BANDS], real, rtol=0.25)
