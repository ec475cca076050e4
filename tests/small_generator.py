"""A small network, and the released architecture fitted to it: made once for several modules."""

from functools import cache

import numpy as np

from obspy_tng import simulate_network
from obspy_tng.signal import integrate

QUICK = {"epochs": 2, "finetune_epochs": 1}


@cache
def small_network():
    """Three stations with ten records each."""
    return simulate_network(n_stations=3, n_events=10, seed=5, sampling_rate=50.0, window=40.0)


@cache
def fitted_released():
    """The released architecture, trained for three epochs; not to be changed by a test."""
    from obspy_tng import TNGGenerator  # torch: only where it is needed
    network = small_network()
    return TNGGenerator(50.0, 40.0, "released", training=QUICK, device="cpu").fit(
        network.records, inventory=network.inventory, progress=False)


def arrays(streams):
    """Samples of Streams, ``(n, 3, npts)``."""
    return np.array([[tr.data for tr in st] for st in streams])


def ends_at_rest(data, sampling_rate):
    """Whether velocity and displacement of records ``(..., npts)`` end at zero, to float32."""
    velocity = integrate(data, sampling_rate)
    displacement = integrate(velocity, sampling_rate)
    return all((np.abs(motion[..., -1]) <= least * np.abs(motion).max(-1)).all()
               for motion, least in ((velocity, 1e-3), (displacement, 1e-2)))
