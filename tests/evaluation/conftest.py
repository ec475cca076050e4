"""A simulated network, controls that know half of it, and the evaluations of them."""

import pytest

from obspy_tng import evaluate, simulate_network
from obspy_tng.evaluation import cross_evaluate
from obspy_tng.records.earthquakes import split_by_event
from obspy_tng.records.record import group_by_station

from .made_up import CONTROLS, RATE, WINDOW


@pytest.fixture(scope="package")
def network():
    return simulate_network(n_stations=3, n_events=36, seed=4, sampling_rate=RATE, window=WINDOW,
                            f0=[0.8, 2.5, 7.0]).records


@pytest.fixture(scope="package")
def halves(network):
    return [group_by_station(half) for half in split_by_event(network, seed=1)]


@pytest.fixture(scope="package")
def generated(halves):
    known = [r for group in halves[0].values() for r in group]
    return {name: {s: control(RATE, WINDOW).enroll(known).generate(s, 15, seed=2)
                   for s in halves[0]}
            for name, control in CONTROLS.items() if name != "all-pass"}


@pytest.fixture(scope="package")
def evaluation(halves, generated):
    had, real = halves
    return evaluate(real, generated, floor=had, enrolled=had,
                    reconstructed={"mean of 5": {s: real[s] for s in real}}, repeats=8)


@pytest.fixture(scope="package")
def crossed(network):
    makers = {name: lambda known, control=control: control(RATE, WINDOW).enroll(known)
              for name, control in CONTROLS.items()}
    return cross_evaluate(network, makers, n=15, splits=2, repeats=12)
