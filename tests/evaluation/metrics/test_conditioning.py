"""Residuals of records whose magnitude and distance are known."""

import numpy as np
import pytest

from obspy_tng.evaluation import METRICS
from obspy_tng.evaluation.metrics import (
    conditioning,
)

from ..made_up import records, waves


def conditioned(seed, slope=1.0, offset=0.0, n=60):
    rng = np.random.default_rng(seed)
    magnitude, distance = rng.uniform(4, 7, n), np.exp(rng.uniform(2, 5, n))
    data = waves(n, seed)
    data *= (np.exp(offset + slope * (magnitude - 5.5) - np.log(distance / 40))[:, None, None]
             / np.abs(data).max((1, 2), keepdims=True))
    return {"XX.A": records(data, magnitude=list(magnitude), distance=list(distance))}


@pytest.mark.parametrize("n", [3, 5, 10, 40])
def test_residual_spread_of_a_perfect_generator_is_one(n):
    """Five stations of n records each; the plain ratio is 1.7, 1.3, 1.1 and 1.03."""
    class Known:
        def __init__(self, rng):
            self.m, self.r = rng.uniform(4, 7, n), np.exp(rng.uniform(3, 5, n))
            self.intensity = {"pga": self.m - np.log(self.r) + 0.6 * rng.standard_normal(n)}

        def info(self, key):
            return {"magnitude": self.m, "distance": self.r}[key]

    found = []
    for seed in range(150):
        rng = np.random.default_rng(seed)
        sides = [{k: Known(rng) for k in range(5)} for _ in range(2)]
        found.append(conditioning.residual_spread(*sides, "pga"))
    assert np.exp(np.mean(np.log(found))) == pytest.approx(1, abs=0.06)


def test_conditioning():
    base = conditioned(1)
    good = conditioned(2)
    assert conditioning.residual_bias(base, good, "pga") == pytest.approx(0, abs=0.1)
    assert conditioning.residual_spread(base, good, "pga") == pytest.approx(1, abs=0.3)
    assert conditioning.residual_bias(base, conditioned(3, offset=0.7), "pga") == pytest.approx(
        0.7, abs=0.1)
    flat = conditioned(4, slope=0.0)
    # one standard deviation of a uniform distribution over 3 units
    assert conditioning.residual_trend(base, flat, "pga", 0) == pytest.approx(
        -3 / np.sqrt(12), abs=0.15)
    assert abs(conditioning.residual_trend(base, flat, "pga", 1)) < 0.1


def test_conditioning_without_magnitudes(real):
    for metric in METRICS:
        if metric.question == "Conditioning":
            assert np.isnan(metric.function(conditioned(1), {"XX.A": real}))


def test_regression_table_leaves_out_unknown_earthquakes():
    sets = conditioned(1, n=4)
    some = records(waves(3), magnitude=[5.0, None, 6.0], distance=[10.0, 20.0, 0.0])
    stations, predictors, values = conditioning.regression_table({**sets, "XX.B": some}, "pga")
    assert list(stations) == [0, 0, 0, 0, 1, 1]
    np.testing.assert_allclose(predictors[-2:], [[5, np.log(10)],
                                                 [6, np.log(conditioning.LEAST_DISTANCE)]])
    np.testing.assert_allclose(values[-2:], some.intensity["pga"][[0, 2]])
