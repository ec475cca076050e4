"""Moved source records: few-shot, conditional, new, the same in any batch."""

import numpy as np
import pytest

from obspy_tng import simulate_network
from obspy_tng.baselines import MovedSourceRecord
from obspy_tng.evaluation.cross_correlations import highest_correlations
from obspy_tng.exceptions import TNGInputError
from obspy_tng.records.record import group_by_station, record_to_array


@pytest.fixture(scope="module")
def network():
    return simulate_network(3, 16, seed=8, sampling_rate=50.0, window=40.0, f0=[0.9, 2.0, 5.0])


@pytest.fixture(scope="module")
def generator(network):
    return MovedSourceRecord(50.0, 40.0).fit(network.records, network.inventory)


def samples(streams):
    return np.stack([record_to_array(st) for st in streams])


def test_the_station_keeps_its_frequency(network, generator):
    from obspy_tng import hvsr
    real = group_by_station(network.records)["SM.S003"]
    streams = generator.generate_like("SM.S003", real, 30, seed=0)
    assert hvsr(streams).peak.f0 == pytest.approx(hvsr(real).peak.f0, rel=0.15)
    assert len({st[0].stats.tng.sources[0] for st in streams}) > 5


def test_the_earthquake_asked_for(generator):
    strong, weak = (samples(generator.generate("SM.S001", 10, seed=0, magnitude=m, distance=r))
                    for m, r in ((6.5, 30.0), (4.5, 120.0)))
    assert np.log(strong.std((1, 2)) / weak.std((1, 2))).mean() > 1.5


def test_no_copies(network, generator):
    real = samples(network.records)
    made = samples(generator.generate("SM.S002", 12, seed=1))
    highest = highest_correlations(made, real).max(1)
    floor = highest_correlations(real, real)
    np.fill_diagonal(floor, 0)
    assert np.median(highest) < np.median(floor.max(1)) + 0.15
    assert highest.max() < 0.9


def test_same_seed_same_record_in_any_batch(generator):
    many = samples(generator.generate("SM.S002", 4, seed=5))
    one = samples(generator.generate("SM.S002", 1, seed=5, first=2))
    np.testing.assert_array_equal(many[2], one[0])


def test_provenance(generator):
    tng = generator.generate("SM.S002", 1, seed=5, magnitude=5.0, distance=50.0)[0][0].stats.tng
    assert tng.sampler == "source"
    assert tng.sources[0].startswith("SM.")


def test_bad_input(network, generator):
    with pytest.raises(TNGInputError, match="together"):
        generator.generate("SM.S002", 1, magnitude=5.0)
    few = MovedSourceRecord(50.0, 40.0).fit(network.records[:3])
    with pytest.raises(TNGInputError, match="12 are needed"):
        few.generate(next(iter(few.stations)), 1)
