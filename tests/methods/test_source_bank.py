"""Source records of a bank: what is turned, what is drawn."""

import numpy as np
import pytest

from obspy_tng import simulate_network
from obspy_tng.groundmotion.scenario import Scenario
from obspy_tng.groundmotion.window_levels import drawn_share, packaged_window_levels
from obspy_tng.methods.bank_levels import fit_bank_levels
from obspy_tng.methods.bank_noise import bank_noise
from obspy_tng.methods.source_bank import SourceBank, choose
from obspy_tng.records.enrolled import Enrolled
from obspy_tng.records.info import record_info
from obspy_tng.records.record import group_by_station, record_to_array
from obspy_tng.signal import significant_duration
from obspy_tng.signal.energy_windows import energy_onset
from obspy_tng.signal.evolutionary import band_levels, filter_bank

RATE, WINDOW = 50.0, 40.0


@pytest.fixture(scope="module")
def sources():
    filters, bank = filter_bank(int(RATE * WINDOW), RATE, freqmin=10 / WINDOW), {}
    for station, records in group_by_station(simulate_network(
            2, 10, seed=3, sampling_rate=RATE, window=WINDOW).records).items():
        data = np.stack([record_to_array(r) for r in records])
        bank[station] = Enrolled({"data": data, "levels": band_levels(filters, data)},
                                 [record_info(r) for r in records])
    return SourceBank(bank, filters, fit_bank_levels(bank, filters))


def test_levels_of_a_turned_record_are_those_of_its_samples(sources):
    for angle in (0.3, -2.0):
        levels, _ = sources._turned(1, angle)
        z, n, e = sources._source(1).data
        turned = np.stack([z, np.cos(angle) * n - np.sin(angle) * e,
                           np.sin(angle) * n + np.cos(angle) * e])
        np.testing.assert_allclose(levels, band_levels(sources.filters, turned), atol=0.05)


def test_a_record_that_is_not_turned_keeps_levels_and_residual(sources):
    levels, residual = sources._turned(4, 0.0)
    np.testing.assert_allclose(levels, sources._source(4).levels, atol=1e-9)
    np.testing.assert_allclose(residual, sources.records.residuals[4], atol=1e-9)


def test_turned_by_a_right_angle_the_ratio_of_the_horizontals_has_the_other_sign(sources):
    _, residual = sources._turned(4, np.pi / 2)
    bands = len(sources.filters)
    own = sources.records.residuals[4]
    np.testing.assert_allclose(residual[:2 * bands], own[:2 * bands], atol=1e-9)
    np.testing.assert_allclose(residual[2 * bands:], -own[2 * bands:], atol=1e-9)


def test_small_earthquakes_drown_in_noise(sources):
    station = sources.records.stations[0]
    floor, rngs = sources._floors.floors[station], [np.random.default_rng(i) for i in range(12)]
    small = Scenario(1.0, 100.0)
    delta = sources.fitted.station_term(station, "mean", rngs[0])
    data, _ = sources.draw_all(station, rngs, [small] * 12)
    bands = floor > -50
    above = (band_levels(sources.filters, data) - floor)[:, bands]
    assert (sources.fitted.expected(small, delta).reshape(3, -1)[0]
            < floor.mean(0))[bands.all(0)].any()
    assert above.min(1).mean() > -3  # the floor of one draw scatters
    assert ((above.mean(1) > -1) & (above.mean(1) < 1.5)).all()


def test_a_batch_is_its_singles(sources):
    station = sources.records.stations[0]
    asked = [Scenario(5.0, 60.0), Scenario(6.0, 90.0, 20.0), Scenario()] * 2
    batch, notes = sources.draw_all(station, [np.random.default_rng(i) for i in range(6)], asked)
    for i in range(6):
        alone, note = sources.draw_all(station, [np.random.default_rng(i)], [asked[i]])
        np.testing.assert_array_equal(batch[i], alone[0])
        assert [notes[i]] == note


def test_chosen_with_the_probabilities_given():
    probability = np.array([0.5, 0.0, 0.2, 0.3])
    found = [choose(probability, np.random.default_rng(i)) for i in range(4000)]
    share = np.bincount(found, minlength=4) / len(found)
    np.testing.assert_allclose(share, probability, atol=0.03)
    assert share[1] == 0


def test_similar_probabilities_choose_the_same():
    """Records of one seed change little with the scenario (by inversion: a third of them)."""
    rng = np.random.default_rng(0)
    p = rng.dirichlet(np.ones(50))
    q = p * np.exp(0.1 * rng.standard_normal(50))
    same = np.mean([choose(p, np.random.default_rng(i)) == choose(q / q.sum(),
                                                                  np.random.default_rng(i))
                    for i in range(500)])
    assert same > 0.85


def test_p_of_another_station_comes_where_the_station_has_it(sources):
    station, other = dict.fromkeys(sources.records.stations)
    i = int(np.flatnonzero(sources.records.stations == other)[0])
    own = set(sources._p_indices[sources.records.stations == station].astype(int))
    assert sources._onset(station, i, np.random.default_rng(0)) in own
    assert sources._onset(other, i, np.random.default_rng(0)) is None


def test_p_is_not_moved_far_beyond_the_noise_that_was_recorded(sources, monkeypatch):
    p = np.full(len(sources._p_indices), 900.0)
    p[0] = 100
    monkeypatch.setattr(sources, "_p_indices", p)
    other = sources.records.stations[-1]
    assert sources._onset(other, 0, np.random.default_rng(0)) is None
    p[-1] = 250
    assert {sources._onset(other, 0, np.random.default_rng(k)) for k in range(20)} == {250}


def test_a_triggered_record_of_another_station_is_not_moved(sources, monkeypatch):
    """Where P is not known, the record begins about with it: moved, it would begin mirrored."""
    station, other = dict.fromkeys(sources.records.stations)
    i = int(np.flatnonzero(sources.records.stations == other)[0])
    unknown = sources._p_indices.copy()
    unknown[i] = np.nan
    monkeypatch.setattr(sources, "_p_indices", unknown)
    assert sources._onset(station, i, np.random.default_rng(0)) is None


def test_without_a_pick_energy_begins_when_it_did_and_lasts_longer(sources, monkeypatch):
    """A larger earthquake lengthens what follows t05, not the time before it."""
    i = 3
    station, row = sources._rows[i]
    monkeypatch.setitem(sources._bank[station].infos[row], "p_index", None)
    unknown = sources._p_indices.copy()
    unknown[i] = np.nan
    monkeypatch.setattr(sources, "_p_indices", unknown)
    far = Scenario(8.0, 20 * sources.records.distances[i])
    assert sources._stretch(i, far) == 1
    source, usual = sources._source(i), np.random.default_rng
    longer = [[energy_onset(sources._waveforms.make(source, source.levels, usual(seed),
                                                    lengthen=factor)) for seed in range(8)]
              for factor in (1.0, 2.0)]
    onset = energy_onset(source.data)
    assert onset > RATE
    assert np.diff(np.mean(longer, axis=1))[0] < 0.3 * onset


def few(sources, count, windows):
    """A bank of some records of one station."""
    station = sources.records.stations[0]
    kept = sources._bank[station]
    bank = {station: Enrolled({k: v[:count] for k, v in kept.arrays.items()}, kept.infos[:count])}
    return SourceBank(bank, sources.filters, sources.fitted.__class__(
        **{**vars(sources.fitted), **{name: getattr(sources.fitted, name)[:count] for name in (
            "stations", "magnitudes", "distances", "depths")},
           "noise": bank_noise(bank, sources.filters)}), windows), station


def test_from_one_record_the_energy_comes_at_other_times_each_time(sources):
    found = {}
    for windows in (None, packaged_window_levels()):
        bank, station = few(sources, 1, windows)
        data, _ = bank.draw_all(station, [np.random.default_rng(i) for i in range(80)],
                                [Scenario(5.0, 60.0)] * 80)
        assert np.isfinite(data).all()
        found[windows is None] = np.log(significant_duration(data, RATE)).std(0).mean()
    assert found[False] > 1.5 * found[True]


def test_with_many_source_records_window_levels_change_nothing(sources):
    station = sources.records.stations[0]
    scenario = Scenario(float(np.median(sources.records.magnitudes)),
                        float(np.median(sources.records.distances)))
    assert drawn_share(sources.records.probabilities(station, scenario)) == 0
    other = SourceBank(sources._bank, sources.filters, sources.fitted, packaged_window_levels())
    first, second = (bank.draw_all(station, [np.random.default_rng(3)], [scenario])[0]
                     for bank in (sources, other))
    np.testing.assert_array_equal(first, second)
