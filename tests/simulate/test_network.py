"""Simulated networks: their promises, and their motions against ground-motion models."""

import numpy as np
import pytest
from obspy.geodetics import gps2dist_azimuth

from obspy_tng import TNGInputError, signal
from obspy_tng.records.info import record_info
from obspy_tng.records.record import check_record
from obspy_tng.signal import hvsr
from obspy_tng.signal.intensity import significant_duration
from obspy_tng.simulate import simulate_arrays, simulate_network, simulate_records


@pytest.fixture(scope="module")
def network():
    """Three stations, one of them on rock, and four earthquakes."""
    return simulate_network(3, 4, seed=7, f0=[0.5, 3.0, None], window=40.0)


def test_records_are_records(network):
    assert len(network.records) == 12
    assert [len(network.catalog), len(network.inventory[0])] == [4, 3]
    seen = set()
    for record in network.records:
        check_record(record, 100.0, 4000)
        info = record_info(record)
        assert info["source"] == "simulated"
        assert None not in info.values()
        seen.add(info["record_id"])
        station = network.inventory.select(station=record[0].stats.station)[0][0]
        event = next(e for e in network.catalog if e.resource_id.id == info["event_id"])
        origin = event.preferred_origin()
        meters, *_ = gps2dist_azimuth(origin.latitude, origin.longitude,
                                      station.latitude, station.longitude)
        assert info["distance"] == pytest.approx(meters / 1e3)
        assert 10 <= info["distance"] <= 150
        assert info["magnitude"] == event.preferred_magnitude().mag
        assert 0.3 < info["energy_kept"] <= 1
        copy = record.copy().remove_sensitivity(network.inventory)
        np.testing.assert_array_equal(copy[0].data, record[0].data)
    assert len(seen) == 12
    assert network.sites["SM.S002"].f0 == pytest.approx(3.0, rel=1e-4)
    assert network.sites["SM.S003"].f0 is None


def samples(records):
    return {r[0].stats.tng.record_id: np.stack([tr.data for tr in r]) for r in records}


def test_same_seed_same_records_however_many(network):
    """More stations and more earthquakes leave the others as they were."""
    known = samples(network.records)
    more = samples(simulate_network(4, 6, seed=7, f0=[0.5, 3.0, None, 1.0], window=40.0).records)
    assert set(known) < set(more)
    for key, data in known.items():
        np.testing.assert_array_equal(data, more[key])
    other = samples(simulate_network(1, 1, seed=8, f0=[0.5], window=40.0).records)
    assert not np.array_equal(next(iter(other.values())), next(iter(known.values())))


def test_iterators_give_the_same_records(network):
    options = {"seed": 7, "f0": [0.5, 3.0, None], "window": 40.0}
    known = samples(network.records)
    streamed = samples(simulate_records(3, 4, **options))
    assert set(streamed) == set(known)
    for site, data, infos in simulate_arrays(3, 4, **options):
        assert data.shape == (4, 3, 4000)
        for one, info in zip(data, infos, strict=True):
            assert info["record_id"].startswith(site.station)
            np.testing.assert_array_equal(one, known[info["record_id"]])
            np.testing.assert_array_equal(one, streamed[info["record_id"]])


def test_events_are_shared():
    """One earthquake is larger than average at all stations, another smaller."""
    levels = np.array([[np.log(np.abs(x[1:]).max()) for x in data] for _, data, _ in
                       simulate_arrays(6, 12, seed=1, f0=[None] * 6, magnitude=(5, 5),
                                       distance=(60, 64), depth=(10, 10))])
    between = np.var(levels.mean(axis=0))
    within = np.mean(np.var(levels, axis=0, ddof=1))
    assert between > 2 * within / 6
    assert 0.3 < np.sqrt(between + within) < 1.2


F0 = [0.4, 1.0, 2.0, 5.0, None]


def test_hvsr_peaks_at_f0():
    """Medians over 30 records: a broad peak wanders by some percent, most hardly move."""
    frequencies = np.geomspace(0.15, 20, 500)
    off = []
    for site, data, _ in simulate_arrays(len(F0), 30, seed=1, f0=F0, sampling_rate=50.0,
                                         window=80.0):
        f, curves = hvsr(data, 50.0, frequencies)
        median = np.median(curves, axis=0)
        if site.f0 is None:
            assert median.max() < 2, "rock must have no clear peak"
        else:
            off.append(abs(np.log(f[np.argmax(median)] / site.f0)))
            assert median.max() > 2
    assert np.median(off) < 0.04
    assert max(off) < 0.12


def bssa14_pga(magnitude, distance, velocity):
    """PGA in m/s^2 of Boore et al. (2014, Earthq. Spectra 30), linear site term only."""
    past = magnitude - 5.5
    event = 0.4473 + np.where(past <= 0, 1.431 * past + 0.05053 * past ** 2, -0.1662 * past)
    r = np.hypot(distance, 4.5)
    path = (-1.134 + 0.1917 * (magnitude - 4.5)) * np.log(r) - 0.008088 * (r - 1)
    return 9.80665 * np.exp(event + path - 0.6 * np.log(min(velocity, 1500) / 760))


def test_pga_is_that_of_a_ground_motion_model():
    """Right to 1.4 in the mean, 1.8 in any unit of magnitude; scatter 0.5 to 1 in ln."""
    residuals, magnitudes = [], []
    for site, data, infos in (part for seed in range(5) for part in simulate_arrays(
            2, 12, seed=seed, f0=[None] * 2)):
        m, r = np.array([[i["magnitude"], i["distance"]] for i in infos]).T
        pga = np.sqrt(np.prod(np.abs(data[:, 1:]).max(axis=-1), axis=-1))
        residuals.append(np.log(pga / bssa14_pga(m, r, site.vs30)))
        magnitudes.append(m)
    residuals, magnitudes = np.concatenate(residuals), np.concatenate(magnitudes)
    assert abs(residuals.mean()) < np.log(1.4)
    for low in (4, 5, 6):
        assert abs(residuals[np.floor(magnitudes) == low].mean()) < np.log(1.8), low
    assert 0.5 < residuals.std() < 1.0


@pytest.mark.parametrize("magnitude", [6.0, 7.0])
def test_long_periods_are_those_of_ground_motion_models(magnitude):
    """PGA and PSA at 0.2 and 3 s of rock against the mean of three NGA-West2 models."""
    pygmm = pytest.importorskip("pygmm", reason="the oracle pygmm is not installed")
    periods, ratios = np.array([0.01, 0.2, 3.0]), []
    for seed in range(4):
        for site, data, infos in simulate_arrays(2, 4, seed=seed, f0=[None] * 2, window=80.0,
                                                 magnitude=(magnitude, magnitude),
                                                 distance=(20, 80), depth=(10, 10)):
            _, psa = signal.rotd(data.astype(float), 100.0, periods, (50,))
            for row, info in zip(psa[50], infos, strict=True):
                top = 10.0 - 0.5 * {6.0: 8.0, 7.0: 14.0}[magnitude]
                scenario = pygmm.Scenario(
                    mag=magnitude, dist_jb=info["distance"], dist_x=info["distance"],
                    dist_rup=np.hypot(info["distance"], top), depth_tor=top, depth_hyp=10.0,
                    dip=90, v_s30=min(site.vs30, 1300), mechanism="SS", width=2 * (10 - top),
                    region="california", depth_1_0=None, depth_2_5=None)
                models = [model(scenario) for model in (
                    pygmm.BooreStewartSeyhanAtkinson2014, pygmm.CampbellBozorgnia2014,
                    pygmm.ChiouYoungs2014)]
                ratios.append(np.log(row) - np.mean([np.log(9.81 * np.interp(
                    np.log(periods), np.log(m.periods), m.spec_accels)) for m in models], axis=0))
    mean = np.mean(ratios, axis=0)
    assert (np.abs(mean) < np.log([1.6, 1.6, 2.2])).all(), np.exp(mean)


def test_durations_grow_with_distance_and_on_deep_soil():
    """
    D5-95 of rock: 15 s near the source, 30 to 45 s far off, as broadband stations on old crust
    record; longer in a deep basin.
    """
    medians = {}
    for f0 in (None, 0.4):
        for distance in ((20.0, 40.0), (120.0, 160.0)):
            values = [significant_duration(data[:, 1], 100.0) for _, data, _ in simulate_arrays(
                3, 6, seed=4, f0=[f0] * 3, magnitude=(5, 5.5), distance=distance, window=120.0)]
            medians[f0, distance[0]] = np.median(values)
    assert 7 < medians[None, 20.0] < 25
    assert 20 < medians[None, 120.0] < 60
    assert medians[None, 120.0] > 1.5 * medians[None, 20.0]
    assert medians[0.4, 20.0] > 1.2 * medians[None, 20.0]


def test_old_recorders():
    """Coarse steps, little before P, and no record of what is too weak."""
    net = simulate_network(3, 20, seed=0, old_recorders=1.0, magnitude=(2, 4))
    assert 5 < len(net.records) < 60
    for record in net.records:
        step = net.sites[f"SM.{record[0].stats.station}"].step
        assert 6e-4 <= step <= 5e-3
        counts = record[0].data / np.float32(step)
        np.testing.assert_allclose(counts, np.rint(counts), atol=1e-3)
        p_index = record[0].stats.tng.p_index
        assert p_index is None or 0 <= p_index < 300


def test_low_rate_and_empty():
    net = simulate_network(1, 1, sampling_rate=20.0, window=30.0, f0=[1.0])
    assert net.records[0][0].id == "SM.S001..BNZ"
    assert simulate_network(2, 0).records == []
    assert simulate_network(0, 2, f0=[]).records == []


@pytest.mark.parametrize(("options", "error", "match"), [
    ({"n_stations": -1}, TNGInputError, "n_stations"),
    ({"n_events": 2.0}, TypeError, "n_events"),
    ({"seed": None}, TypeError, "seed"),
    ({"sampling_rate": 0}, TNGInputError, "sampling_rate"),
    ({"window": float("nan")}, TNGInputError, "window"),
    ({"f0": [1.0]}, TNGInputError, "one value per station"),
    ({"f0": [1.0, 50.0]}, TNGInputError, "between 0.1 and 20"),
    ({"f0": 1.0}, TypeError, "f0"),
    ({"magnitude": (7, 4)}, TNGInputError, "magnitude"),
    ({"distance": 50}, TypeError, "distance"),
    ({"depth": (0, 10, 20)}, TNGInputError, "depth"),
    ({"network": "SIM"}, TNGInputError, "network"),
    ({"rock": 1.5}, TNGInputError, "rock"),
    ({"variability": "much"}, TypeError, "variability"),
    ({"windows": 60}, TypeError, "windows"),
])
def test_bad_input_raises(options, error, match):
    options = {"n_stations": 2, "n_events": 1, **options}
    with pytest.raises(error, match=match):
        simulate_network(**options)
    with pytest.raises(error, match=match):
        simulate_records(**options)
