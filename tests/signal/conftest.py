"""Noise and shaking that the tests of several kernels take."""

import numpy as np
import pytest

from obspy_tng.signal import bandpass

RATE = 100.0


@pytest.fixture(scope="module")
def noise():
    return np.random.default_rng(0).standard_normal((2, 3, 6000))


@pytest.fixture(scope="module")
def shaking(noise):
    """Band-passed noise under an envelope: quiet ends, strong part from 15 to 30 s."""
    time = np.arange(6000) / RATE
    return bandpass(noise * np.exp(-((time - 22) / 6) ** 2), RATE, 0.3, 20)


@pytest.fixture(scope="module")
def records():
    """Coloured noise with different levels on Z, N and E."""
    rng = np.random.default_rng(1)
    data = rng.standard_normal((6, 3, 6000)).cumsum(axis=-1) * 0.1
    return (data - data.mean(axis=-1, keepdims=True)) * [[1.0], [2.0], [3.0]]
