"""Durations given those of decoded envelopes: bias, spread, stations, unknown earthquakes."""

import numpy as np
import pytest

from obspy_tng.groundmotion import durations
from obspy_tng.groundmotion.scenario import Scenario


def truth(rng, stations=6, records=25):
    """Durations that follow the model, and envelopes that are blurred and vary too much."""
    names = np.repeat([f"XX.S{i}" for i in range(stations)], records)
    magnitude, distance = rng.uniform(4, 7, len(names)), np.exp(rng.uniform(3, 6, len(names)))
    common = np.repeat(rng.normal(3.5, 0.3, stations), records)
    decoded = common + rng.normal(0, 0.25, len(names))
    onset = rng.uniform(0.1, 0.4, len(names))
    term = np.repeat(rng.normal(0, 0.08, stations), records)
    wanted = (common - 0.15 + term + 0.5 * (decoded - common) - 0.4 * onset
              + 0.12 * np.log(distance / 150) + rng.normal(0, 0.13, len(names)))
    return decoded, wanted, onset, names, magnitude, distance


def test_draws_have_the_spread_of_records_and_no_bias():
    rng = np.random.default_rng(0)
    decoded, wanted, onset, names, magnitude, distance = truth(rng)
    depth = np.full(len(names), 20.0)
    model = durations.fit_durations(decoded, wanted, onset, names, magnitude, distance, depth)
    missed = model.coefficients[1:] - [0.5, -0.4, 0, 0.12]
    assert (np.abs(missed) < [0.07, 0.2, 0.07, 0.07]).all()
    assert model.residual_sd == pytest.approx(0.13, abs=0.015)
    drawn = np.array([model.draw(*case, Scenario(m, r, 20.0), rng) for *case, m, r in zip(
        names, decoded, onset, magnitude, distance, strict=True)])
    drawn += rng.normal(0, durations.NOISE_SD, len(drawn))
    for station in set(names):
        own = names == station
        assert drawn[own].mean() == pytest.approx(wanted[own].mean(), abs=0.08)
    assert drawn.std() == pytest.approx(wanted.std(), rel=0.1)
    # the envelopes are longer, and differ more within a station
    assert decoded.mean() - drawn.mean() > 0.1


def test_few_records_stay_near_the_prior():
    model = durations.fit_durations(np.array([3.0, 3.1]), np.array([4.0, 4.1]), np.full(2, 0.2),
                                    ["XX.S"] * 2, *np.full((3, 2), np.nan))
    assert model.coefficients[1] == pytest.approx(durations.PRIOR_MEAN[1], abs=0.1)
    rng = np.random.default_rng(0)
    drawn = np.mean([model.draw("XX.S", 3.05, 0.2, Scenario(), rng) for _ in range(200)])
    assert 3.4 < drawn < 4.05   # towards what was seen
    again = durations.fit_durations(*np.full((3, 40), [[3.0], [4.0], [0.2]]), ["XX.S"] * 40,
                                    *np.full((3, 40), np.nan))
    later = np.mean([again.draw("XX.S", 3.0, 0.2, Scenario(), rng) for _ in range(200)])
    assert later == pytest.approx(4.0, abs=0.06)


def test_ln_duration_is_of_the_horizontals():
    data = np.zeros((1, 3, 2000))
    data[0, 0] = 5.0
    data[0, 1:, 500:1500] = 1.0
    assert durations.ln_duration(data, 50.0)[0] == pytest.approx(
        np.mean(np.log([0.7 * 20, 0.9 * 20])), abs=0.01)
