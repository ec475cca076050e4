"""Films: the traces of one share their instants, and keep their peaks."""

import numpy as np
import pytest

from obspy_tng.exceptions import TNGInputError
from obspy_tng.io.common.film import evenly_sampled


def digitised(seed, rate=237.0, begin=0.0):
    rng = np.random.default_rng(seed)
    times = begin + np.cumsum(rng.uniform(0.8, 1.2, 5000)) / rate
    return np.column_stack([times, np.sin(40 * times) * np.exp(-((times - 9) / 4) ** 2)])


def test_traces_of_a_film_share_rate_and_instants():
    found = [evenly_sampled(digitised(seed, 237.0 + seed, 0.001 * seed)) for seed in range(6)]
    assert {rate for rate, _, _ in found} == {200.0}
    for rate, first, _ in found:
        assert first * rate == pytest.approx(round(first * rate), abs=1e-9)


def test_samples_and_peak():
    pairs = digitised(1)
    rate, first, samples = evenly_sampled(pairs)
    times = first + np.arange(len(samples)) / rate
    truth = np.interp(times, *pairs.T)
    peak = np.abs(samples).argmax()
    assert samples[peak] == pairs[np.abs(pairs[:, 1]).argmax(), 1]
    np.testing.assert_allclose(np.delete(samples, peak), np.delete(truth, peak), atol=1e-12)
    assert abs(times[peak] - pairs[np.abs(pairs[:, 1]).argmax(), 0]) <= 0.5 / rate + 1e-9


def test_even_points_stay_as_they_are():
    times = np.arange(1000) * 0.005
    values = np.random.default_rng(0).normal(size=1000)
    rate, first, samples = evenly_sampled(np.column_stack([times.round(3), values]))
    assert (rate, first) == (200.0, 0.0)
    np.testing.assert_allclose(samples, values, atol=1e-12)


@pytest.mark.parametrize("pairs", [[[0, 1]], [[0, 1], [0, 2]], [[1, 1], [0, 2]],
                                   [[0, 1], [1e-5, 2]], [[0, 1], [1e5, 2]]])
def test_broken_times(pairs):
    with pytest.raises(TNGInputError):
        evenly_sampled(np.array(pairs, dtype=float))
