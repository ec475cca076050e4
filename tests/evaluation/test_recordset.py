"""Quantities of records against slow loops and SciPy, those of a part against the whole."""

from itertools import pairwise

import numpy as np
import pytest
from scipy.signal import coherence

from .made_up import AXES, NPTS, RATE, records, waves


@pytest.fixture(scope="module")
def real():
    return records(waves(30))


def test_intensity_against_slow_loops(real):
    some = real.take([3, 7])
    values = some.intensity
    for i, data in enumerate(some.data.astype(float)):
        energy = np.cumsum(data[1] ** 2 + data[2] ** 2)
        energy /= energy[-1]
        times = [np.searchsorted(energy, p) / RATE for p in (0.05, 0.75, 0.95)]
        assert np.exp(values["d5_95"][i]) == pytest.approx(times[2] - times[0], abs=0.05)
        assert np.exp(values["d5_75"][i]) == pytest.approx(times[1] - times[0], abs=0.05)
        assert np.exp(values["pga"][i]) == pytest.approx(
            np.sqrt(np.abs(data[1]).max() * np.abs(data[2]).max()), rel=1e-5)
        assert some.husid[i, -1] == pytest.approx(1)
        assert some.husid[i, 99] == pytest.approx(energy[NPTS // 2 - 1], abs=1e-3)


def test_quantities_of_part_and_batch(real):
    """A part has the values of the whole; measured alone they are the same."""
    alone = records(real.data[[4, 2]])
    part = real.take([4, 2])
    assert len(part) == 2
    for name in ("hvsr", "f0", "f0_paper", "rotd50", "eas", "husid", "coherence", "correlation",
                 "arrivals", "above_corner", "pre_event"):
        whole = getattr(real, name)[[4, 2]]
        assert np.array_equal(getattr(part, name), whole), name
        assert np.allclose(getattr(alone, name), whole, rtol=1e-6), name
    assert real.take([1, 2, 3]).take([2]).infos[0]["record_id"] == "a3"


def test_coherence(real):
    """Welch's method as in SciPy, averaged in third octaves."""
    data = real.data.astype(float)
    freqs, expected = coherence(data[:, [0, 0, 1]], data[:, [1, 2, 2]], RATE, nperseg=NPTS // 8)
    edges = AXES.freqmin * 2.0 ** np.arange(0, np.log2(AXES.freqmax / AXES.freqmin), 1 / 3)
    bands = [expected[..., (freqs >= a) & (freqs < b)] for a, b in pairwise(edges)]
    expected = np.stack([band.mean(-1) for band in bands if band.shape[-1]], -1)
    np.testing.assert_allclose(real.coherence, expected, rtol=1e-9)
