"""Band terms against a known truth."""

import numpy as np
import pytest

from obspy_tng.exceptions import TNGInputError
from obspy_tng.groundmotion import band_levels
from obspy_tng.groundmotion.band_levels import (
    fit_band_levels,
    predictors,
    source_contrasts,
    to_contrasts,
    to_levels,
)

BANDS = 6
FREQUENCIES = 0.5 * 2.0 ** (np.arange(BANDS) / 6)


def truth(rng, stations=8, events=40, residual=0.3, phi_s2s=1.0):
    """Levels with known coefficients, station and event terms, every event everywhere."""
    d = 3 * BANDS
    coefficients = np.zeros((4, d))
    coefficients[0], coefficients[1, :BANDS], coefficients[2, :BANDS] = rng.normal(), -0.5, -1.5
    coefficients[3, :BANDS] = -0.5
    station = rng.normal(0, phi_s2s, (stations, d))
    event = np.repeat(rng.normal(0, 0.6, (events, 3)), BANDS, axis=1)
    m, r, z = rng.uniform(4, 7, events), rng.uniform(20, 400, events), rng.uniform(5, 60, events)
    rows = [(i, j) for i in range(stations) for j in range(events)]
    contrasts = np.array([predictors(m[j:j + 1], r[j:j + 1], z[j:j + 1])[0] @ coefficients
                          + source_contrasts(m[j:j + 1], FREQUENCIES)[0]
                          + station[i] + event[j] + rng.normal(0, residual, d) for i, j in rows])
    of_event = [j for _, j in rows]
    data = {"levels": to_levels(contrasts), "stations": [f"s{i}" for i, _ in rows],
            "events": [f"e{j}" for j in of_event], "magnitudes": m[of_event],
            "distances": r[of_event], "depths": z[of_event], "frequencies": FREQUENCIES}
    return data, coefficients, station


def part(data, index):
    return {k: v if k == "frequencies" else
            v[index] if isinstance(v, np.ndarray) else [v[i] for i in index]
            for k, v in data.items()}


def records_of(data, station):
    return [i for i, s in enumerate(data["stations"]) if s == station]


def arguments(chosen):
    return [chosen[k] for k in ("levels", "events", "magnitudes", "distances", "depths")]


def test_contrasts_and_back():
    levels = np.random.default_rng(0).normal(size=(4, 3, BANDS))
    contrasts = to_contrasts(levels)
    np.testing.assert_allclose(to_levels(contrasts), levels)
    np.testing.assert_allclose(contrasts[:, BANDS:2 * BANDS],
                               levels[:, 1:].mean(1) - levels[:, 0])


def test_terms_recover_their_truth():
    data, coefficients, station = truth(np.random.default_rng(0))
    model = fit_band_levels(**data)
    np.testing.assert_allclose(model.coefficients[1, :BANDS], coefficients[1, :BANDS], atol=0.3)
    # few stations: their variance is blended with a prior
    found = np.stack([model.station(*arguments(part(data, records_of(data, f"s{i}")))).delta_s2s
                      for i in range(8)])
    np.testing.assert_allclose(found - found.mean(0), station - station.mean(0), atol=0.25)
    assert model.phi_ss == pytest.approx(np.full(3 * BANDS, 0.3), rel=0.15)
    assert np.median(model.tau) == pytest.approx(0.6, rel=0.3)


def test_records_are_predicted_without_bias():
    """Strong earthquakes are recorded at more stations, and weak ones still count as records."""
    rng = np.random.default_rng(7)
    data, *_ = truth(rng, stations=10, events=60)
    level = (to_contrasts(data["levels"]) - source_contrasts(data["magnitudes"], FREQUENCIES))[:, 0]
    strength = level - predictors(data["magnitudes"], data["distances"], data["depths"]) \
        @ np.linalg.lstsq(predictors(data["magnitudes"], data["distances"], data["depths"]),
                          level, rcond=None)[0]
    names = np.array(data["events"])
    event = {e: strength[names == e].mean() for e in set(names)}
    kept = [i for i, e in enumerate(names) if rng.random() < 1 / (1 + np.exp(-4 * event[e]))]
    chosen = part(data, kept)
    model = fit_band_levels(**chosen)
    missed = np.concatenate([
        np.array([model.predict(m, r, z) for m, r, z in zip(
            *(own[k] for k in ("magnitudes", "distances", "depths")), strict=True)])
        + model.station(*arguments(own)).delta_s2s - to_contrasts(own["levels"])
        for own in (part(chosen, records_of(chosen, s)) for s in sorted(set(chosen["stations"])))])
    assert np.abs(missed.mean(0)[:BANDS]).max() < 0.05


def test_station_sharpens_with_records_and_uses_known_events():
    data, *_ = truth(np.random.default_rng(1))
    target = records_of(data, "s0")
    rest = [i for i, s in enumerate(data["stations"]) if s != "s0"]
    model = fit_band_levels(**part(data, rest))
    everything = model.station(*arguments(part(data, target))).delta_s2s
    errors, widths = [], []
    for n in (1, 3, 30):
        args = arguments(part(data, target[:n]))
        term = model.station(*args)
        errors.append(np.sqrt(np.mean((term.delta_s2s - everything) ** 2)))
        widths.append(np.trace(term.covariance))
        unknown = model.station(args[0], [f"new{i}" for i in range(n)], *args[2:])
        assert np.trace(unknown.covariance) > widths[-1]
        blind = model.station(*args[:2], np.full(n, np.nan), *args[3:])
        assert np.trace(blind.covariance) > widths[-1]
    assert errors[0] > errors[1] > errors[2]
    assert widths[0] > widths[1] > widths[2]
    assert errors[2] < 0.1


def test_shrinkage_beats_the_mean_of_three_records():
    """Where stations differ little and records much, the mean of three is a bad guess."""
    gain = []
    for seed in range(6):
        data, *_ = truth(np.random.default_rng(seed), residual=0.8, phi_s2s=0.25)
        rest = [i for i, s in enumerate(data["stations"]) if s != "s0"]
        model = fit_band_levels(**part(data, rest))
        target = records_of(data, "s0")
        hvsr = to_contrasts(data["levels"])[:, BANDS:2 * BANDS]
        few = part(data, target[:3])
        term = model.station(*arguments(few)).delta_s2s[BANDS:2 * BANDS]
        guess = term + model.coefficients[0, BANDS:2 * BANDS]
        truth_of = hvsr[target].mean(0)
        gain.append([np.mean(np.square(x - truth_of))
                     for x in (guess, hvsr[target[:3]].mean(0))])
    shrunk, plain = np.sqrt(np.mean(gain, axis=0))
    assert shrunk < 0.8 * plain


def test_drawn_levels_have_the_scatter_of_records():
    data, *_ = truth(np.random.default_rng(3))
    model = fit_band_levels(**data)
    term = model.station(*arguments(part(data, records_of(data, "s1"))))
    draw, rng = model.drawer(term), np.random.default_rng(0)
    drawn = to_contrasts(np.array([draw(6.0, 100.0, 20.0, rng) for _ in range(2000)]))
    np.testing.assert_allclose(drawn.mean(0), model.predict(6.0, 100.0, 20.0) + term.delta_s2s,
                               atol=0.1)
    np.testing.assert_allclose(
        drawn.std(0), np.hypot(model.tau, model.phi_ss) * term.scatter_ratio, rtol=0.1)
    assert not np.allclose(model.predict(6.0, 100.0, 5.0), model.predict(6.0, 100.0, 150.0))


def test_a_quiet_station_draws_less_scatter():
    """Neither residuals nor earthquakes move the HVSR of a station whose records agree."""
    data, *_ = truth(np.random.default_rng(7))
    model = fit_band_levels(**data)
    calm = part(data, records_of(data, "s1"))
    contrasts = to_contrasts(calm["levels"])
    calm["levels"] = to_levels(contrasts.mean(0) + 0.4 * (contrasts - contrasts.mean(0)))
    term = model.station(*arguments(calm))
    draw, rng = model.drawer(term), np.random.default_rng(0)
    drawn = to_contrasts(np.array([draw(6.0, 100.0, 20.0, rng) for _ in range(500)]))
    hvsr = slice(BANDS, 2 * BANDS)
    real = to_contrasts(calm["levels"])[:, hvsr].std(0)
    # shrunk to the usual scatter as by eight records among forty
    assert np.mean(drawn[:, hvsr].std(0) / real) == pytest.approx(
        np.sqrt((32 * 0.16 + 8) / 40 / 0.16), rel=0.25)


def test_the_hvsr_does_not_follow_chance_slopes():
    data, *_ = truth(np.random.default_rng(8), stations=2, events=8, residual=0.5)
    prior = fit_band_levels(**truth(np.random.default_rng(9))[0])
    model = fit_band_levels(**data, prior=prior)
    plain = np.linalg.lstsq(predictors(*(data[k] for k in ("magnitudes", "distances", "depths"))),
                            to_contrasts(data["levels"]), rcond=None)[0]
    hvsr = slice(BANDS, 2 * BANDS)   # the truth has none
    assert np.abs(model.coefficients[1:, hvsr]).max() < 0.2 * np.abs(plain[1:, hvsr]).max()


def test_slopes_of_few_records_lean_on_the_prior():
    data, *_ = truth(np.random.default_rng(4))
    prior = fit_band_levels(**data)
    few, *_ = truth(np.random.default_rng(5), stations=2, events=7)
    few["magnitudes"] = np.full(14, 5.0) + 0.01 * few["magnitudes"]   # no range to learn from
    model = fit_band_levels(**few, prior=prior)
    np.testing.assert_allclose(model.coefficients[1, :BANDS], prior.coefficients[1, :BANDS],
                               atol=0.3)


def test_too_few_records():
    data, *_ = truth(np.random.default_rng(2), stations=2, events=3)
    with pytest.raises(TNGInputError, match="at least 12"):
        fit_band_levels(**data)


def test_many_events_are_drawn_from(monkeypatch):
    data, *_ = truth(np.random.default_rng(6))
    monkeypatch.setattr(band_levels, "MOST_EVENTS", 25)
    model = fit_band_levels(**data)
    assert len(model.events) == 40   # all of them have terms; the variances are of 25
    assert np.median(model.phi_ss) == pytest.approx(0.3, rel=0.2)


def test_small_earthquakes_are_extrapolated_along_a_source():
    """From magnitudes of 6 to 7.5 a straight line leads to a 4 that is far too strong."""
    rng = np.random.default_rng(11)
    data, *_ = truth(rng, events=60)
    large = part(data, [i for i, m in enumerate(data["magnitudes"]) if m > 5.5])
    model = fit_band_levels(**large)
    few = [i for i, m in enumerate(data["magnitudes"]) if m < 4.6]
    found = np.mean([model.predict(data["magnitudes"][i], data["distances"][i], data["depths"][i])
                     + model.station(*arguments(part(large, records_of(
                         large, data["stations"][i])))).delta_s2s - to_contrasts(data["levels"])[i]
                     for i in few], axis=0)
    middle, large, small = source_contrasts(np.array([5.5, 6.5, 4.5]), FREQUENCIES)[:, :BANDS]
    bend = middle - (large - middle) - small   # by how much a straight line would miss
    assert np.abs(found[:BANDS]).max() < 0.3 * bend.min()
