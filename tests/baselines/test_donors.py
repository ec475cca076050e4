"""Donor noise: few-shot, conditional, new."""

import numpy as np
import pytest

from obspy_tng import simulate_network
from obspy_tng.baselines import DonorNoise
from obspy_tng.exceptions import TNGInputError
from obspy_tng.records.info import record_info
from obspy_tng.records.record import group_by_station, record_to_array
from obspy_tng.signal import evolutionary


def test_matched_levels_are_those_asked_for():
    rng = np.random.default_rng(3)
    bank = evolutionary.filter_bank(3000, 50.0, freqmin=10 / 60)
    x = rng.standard_normal((3, 3000)) * np.hanning(3000)
    levels = evolutionary.band_levels(bank, x)
    # Parseval: the squared gains of the bands sum to one
    energy = np.exp(levels).sum(-1) * 2
    np.testing.assert_allclose(energy, np.square(x).sum(-1), rtol=0.02)
    target = levels + np.sin(np.arange(len(bank)) / 4)
    out = evolutionary.match_band_levels(bank, x, target)
    assert np.abs(evolutionary.band_levels(bank, out) - target)[:, 1:-1].max() < 0.05


def test_levels_that_fall_steeply_are_met_too():
    """As above the corner of a low-pass: white noise to 20 units of ln energy in an octave."""
    bank = evolutionary.filter_bank(3000, 50.0, freqmin=10 / 60)
    x = np.random.default_rng(4).standard_normal((3, 3000)) * np.hanning(3000)
    fall = 20 * np.maximum(np.log2(bank.center_frequencies / 10), 0)
    target = evolutionary.band_levels(bank, x) - fall
    out = evolutionary.match_band_levels(bank, x, target)
    error = np.abs(evolutionary.band_levels(bank, out) - target)
    assert error[:, 1:-2].max() < 0.1
    assert error.max() < 1.5


@pytest.fixture(scope="module")
def network():
    return simulate_network(4, 25, seed=8, sampling_rate=50.0, window=60.0,
                            f0=[0.7, 1.2, 2.5, 5.0])


@pytest.fixture(scope="module")
def few_shot(network):
    """The station with f0 = 5 Hz, of which three records are known."""
    groups = group_by_station(network.records)
    generator = DonorNoise(50.0, 60.0).fit([r for s in list(groups)[:3] for r in groups[s]])
    return generator.enroll(groups["SM.S004"][:3], network.inventory), groups["SM.S004"]


def test_three_records_are_enough_for_the_site_frequency(few_shot):
    from obspy_tng import hvsr
    generator, real = few_shot
    streams = generator.generate("SM.S004", 30, seed=0)
    assert hvsr(streams).peak.f0 == pytest.approx(hvsr(real).peak.f0, rel=0.15)
    sources = {st[0].stats.tng.sources[0] for st in streams}
    assert len(sources) > 10  # many donors


def test_the_earthquake_asked_for(few_shot):
    generator, real = few_shot
    residuals = []
    for i, record in enumerate(real):
        info = record_info(record)
        (st,) = generator.generate("SM.S004", 1, seed=i, magnitude=info["magnitude"],
                                   distance=info["distance"])
        residuals.append(np.log(record_to_array(st).std(-1) / record_to_array(record).std(-1)))
    # three records leave the station term uncertain, event terms scatter
    assert np.abs(np.mean(residuals)) < 0.5
    strong = generator.generate("SM.S004", 10, seed=0, magnitude=6.5, distance=30.0)
    weak = generator.generate("SM.S004", 10, seed=0, magnitude=4.5, distance=120.0)
    ratio = np.log([record_to_array(s).std() for s in strong]).mean() - np.log(
        [record_to_array(s).std() for s in weak]).mean()
    assert ratio > 1.5


def test_same_seed_and_no_copies(few_shot):
    generator, real = few_shot
    a, b = (generator.generate("SM.S004", 3, seed=5) for _ in range(2))
    for x, y in zip(a, b, strict=True):
        np.testing.assert_array_equal(x[1].data, y[1].data)
    x = record_to_array(a[0])[1]
    for record in real[:3]:
        y = record_to_array(record)[1]
        top = np.abs(np.correlate(x, y, "full")).max() / np.linalg.norm(x) / np.linalg.norm(y)
        assert top < 0.6


def test_what_it_needs(network):
    with pytest.raises(TNGInputError, match="fit"):
        DonorNoise(50.0, 60.0).enroll(network.records[:4]).generate("SM.S001", 1)
    blind = [r.copy() for r in network.records[:15]]
    for record in blind:
        for tr in record:
            tr.stats.tng.magnitude = None
    with pytest.raises(TNGInputError, match="magnitude and a distance"):
        DonorNoise(50.0, 60.0).fit(blind)
    generator = DonorNoise(50.0, 60.0).fit(network.records)
    with pytest.raises(TNGInputError, match="together"):
        generator.generate("SM.S001", 1, magnitude=5.0)
