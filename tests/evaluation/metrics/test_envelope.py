"""Envelopes: separate arrivals."""

import numpy as np
import pytest

from ..made_up import NPTS, RATE, figure, records, waves


def test_arrivals_are_counted():
    data = waves(12, 4)
    late = np.roll(data, round(20 * RATE), axis=-1)
    first, second = records(data), records(data[:, :, :] + late)
    assert figure("arrivals", first, second) == pytest.approx(1, abs=0.35)


def test_scatter_of_husid_curves_against_a_loop():
    """Records that begin at random times, and the same at half of the random delays."""
    rng = np.random.default_rng(1)
    pulse = np.zeros((16, 3, NPTS))
    pulse[:, :, :50] = rng.standard_normal((16, 3, 50))
    delays = rng.integers(100, 1200, 16)
    wide, narrow = (records(np.stack([np.roll(p, round(d / k), axis=-1)
                                      for p, d in zip(pulse, delays, strict=True)]))
                    for k in (1, 2))
    sds = [np.mean([np.std([row[i] for row in some.husid], ddof=1)
                    for i in range(some.husid.shape[1])]) for some in (wide, narrow)]
    found = figure("husid_sd_ratio", wide, narrow)
    assert found == pytest.approx(sds[1] / sds[0])
    assert 0.4 < found < 0.6
