"""Records of a kind that any target can be fitted with: noise of a varied level and colour."""

import numpy as np
import pytest

from obspy_tng.records.synthetic import realization_starttime, synthetic_record
from obspy_tng.signal import bandpass

RATE, NPTS = 50.0, 1500


def noise_record(rng, number, station="XR.AL01", level=0.0, **tng):
    """Noise under an envelope, level and slope of the spectrum drawn at random."""
    time = np.arange(NPTS) / RATE
    data = bandpass(rng.standard_normal((3, NPTS)), RATE, 0.2, 20)
    slow = bandpass(rng.standard_normal((3, NPTS)), RATE, 0.2, 2)
    shape = np.exp(-((time - 10) / rng.uniform(3, 6)) ** 2)
    factor = np.exp(level + 0.5 * rng.standard_normal())
    data = factor * shape * (data + rng.uniform(0.3, 1.5) * slow)
    return synthetic_record(data, RATE, station, realization_starttime(10 * number, NPTS / RATE),
                            {"record_id": f"{station}.noise.{number}", "seed": 0, **tng})


class Noise:
    """A generator without a network: realization i depends on seed and i alone."""

    def __init__(self):
        self.asked = []

    def generate(self, station, n, *, seed, first=0, **scenario):
        self.asked.append((n, first, scenario))
        return [noise_record(np.random.default_rng([seed, i]), i, station, **scenario)
                for i in range(first, first + n)]


@pytest.fixture
def generator():
    return Noise()


@pytest.fixture(scope="session")
def noise_records():
    return [noise_record(np.random.default_rng([7, i]), i, f"XR.AL0{1 + i % 3}", magnitude=6.0,
                         distance=50.0 + i, event_id=f"quake{i % 10}") for i in range(60)]
