"""The simulation checked as physics: closed forms, published numbers, and its own promises."""

import numpy as np
import pytest
from obspy import UTCDateTime, read_events, read_inventory
from obspy.clients.filesystem.sds import Client
from obspy.geodetics import gps2dist_azimuth

from obspy_tng import TNGInputError
from obspy_tng.groundmotion import brune
from obspy_tng.records.record import check_record, record_info
from obspy_tng.signal import hvsr
from obspy_tng.signal.intensity import significant_duration
from obspy_tng.simulate import (
    SoilProfile,
    simulate_arrays,
    simulate_network,
    simulate_records,
    source,
    transfer_function,
    waveforms,
    write_sds,
)
from obspy_tng.simulate.scenario import Earthquake, SimulatedSite
from obspy_tng.simulate.soil import (
    draw_profile,
    draw_rock,
    fundamental_frequency,
    theoretical_hvsr,
    vs30,
)

HALF_SPACE = SoilProfile([], [3500.0], [6060.0], [2800.0], [0.0])


@pytest.fixture(scope="module")
def network():
    """Three stations, one of them on rock, and four earthquakes."""
    return simulate_network(3, 4, seed=7, f0=[0.5, 3.0, None], window=40.0)


# -- source and path --------------------------------------------------------

def test_spectrum_against_boore_in_cgs():
    """Boore (2003), eqs 4 to 7, in the units of the paper, with nothing shared."""
    magnitude, kilometers, bars, kappa = 6.3, 25.0, 120.0, 0.04
    f = np.geomspace(0.01, 40, 200)
    moment = 10 ** (1.5 * magnitude + 16.1)                         # dyne cm
    corner = 4.906e6 * 3.5 * (bars / moment) ** (1 / 3)
    constant = 0.4472 * 2 / (4 * np.pi * 2.8 * 3.5 ** 3) * 1e-20    # 0.4472: sqrt(2/5)/sqrt(2)
    expected = (constant * moment / (1 + (f / corner) ** 2) / kilometers
                * np.exp(-np.pi * f * kilometers / (180 * f ** 0.45 * 3.5) - np.pi * kappa * f)
                * (2 * np.pi * f) ** 2)                             # cm/s
    got = source.point_source_spectrum(f, magnitude, kilometers * 1e3, bars * 1e5, kappa)
    np.testing.assert_allclose(np.abs(got), expected / 100, rtol=1e-3)


def test_omega_squared():
    """Displacement: flat, half at the corner, falling with the square of frequency."""
    corner = brune.corner_frequency(5.0, 5e6)
    f = corner * np.array([1e-3, 1.0, 100.0, 200.0])
    a = np.abs(source.point_source_spectrum(f, 5.0, 1.0, 5e6, kappa=0.0))
    displacement = a / (2 * np.pi * f) ** 2
    assert displacement[1] == pytest.approx(0.5 * displacement[0], rel=1e-4)
    assert np.log2(displacement[3] / displacement[2]) == pytest.approx(-2, abs=0.01)


def test_corner_scales_with_moment():
    assert brune.corner_frequency(6.0) / brune.corner_frequency(4.0) == pytest.approx(0.1)


def test_spreading_is_continuous_and_slows_down():
    r = np.array([10e3, 20e3, 39.999e3, 40.001e3, 160e3])
    g = source.geometric_spreading(r)
    assert g[0] / g[1] == pytest.approx(2)
    assert g[2] == pytest.approx(g[3], rel=1e-3)
    assert g[3] / g[4] == pytest.approx(2, rel=1e-3)


@pytest.mark.parametrize(("km", "seconds"), [(7, 2.4), (45, 8.4), (125, 10.9), (175, 17.4),
                                             (270, 34.2), (370, 49.8)])
def test_path_duration_is_published(km, seconds):
    assert source.path_duration(km * 1e3) == pytest.approx(seconds)


def test_radiation_pattern():
    """Mean squares over the sphere, and the textbook directions of a strike-slip fault."""
    rng = np.random.default_rng(0)
    azimuth, takeoff = rng.uniform(0, 360, 200_000), np.degrees(np.arccos(rng.uniform(-1, 1,
                                                                                       200_000)))
    for mechanism in ((0, 90, 0), (30, 50, 110)):
        p, sv, sh = source.radiation_pattern(*mechanism, azimuth, takeoff)
        assert np.mean(p ** 2) == pytest.approx(4 / 15, rel=0.01)
        assert np.mean(sv ** 2 + sh ** 2) == pytest.approx(2 / 5, rel=0.01)
    np.testing.assert_allclose(source.radiation_pattern(0, 90, 0, 45, 90), [1, 0, 0], atol=1e-12)
    np.testing.assert_allclose(source.radiation_pattern(0, 90, 0, 0, 90), [0, 0, 1], atol=1e-12)


# -- site -------------------------------------------------------------------

@pytest.mark.parametrize("wave", ["S", "P"])
def test_one_layer_closed_form(wave):
    profile = SoilProfile([40.0], [250.0, 1200.0], [700.0, 2500.0], [1800.0, 2300.0], [0, 0])
    f = np.linspace(0, 30, 500)
    speed = profile.vs if wave == "S" else profile.vp
    contrast = 1800 * speed[0] / (2300 * speed[1])
    kh = 2 * np.pi * f * 40.0 / speed[0]
    expected = 1 / np.sqrt(np.cos(kh) ** 2 + (contrast * np.sin(kh)) ** 2)
    np.testing.assert_allclose(np.abs(transfer_function(profile, f, wave)), expected, rtol=1e-12)


def test_one_damped_layer():
    """f0 = vs/4H; amplitude 1 / (contrast + pi/2 damping) (Roesset 1977), to first order."""
    profile = SoilProfile([25.0], [200.0, 1000.0], [800.0, 2000.0], [2000.0, 2000.0],
                          [0.03, 0.0])
    f0 = fundamental_frequency(profile)
    assert f0 == pytest.approx(200 / 4 / 25, rel=0.01)
    amplitude = abs(transfer_function(profile, np.array([f0])))[0]
    assert amplitude == pytest.approx(1 / (0.2 + np.pi / 2 * 0.03), rel=0.02)


def test_many_layers_against_propagator_matrices():
    """Displacement and stress carried down layer by layer, written out independently."""
    profile = draw_profile(0.8, np.random.default_rng(3))
    f = np.array([0.2, 0.8, 2.3, 7.7, 19.0])
    expected = []
    for omega in 2 * np.pi * f:
        state = np.array([1.0, 0.0], dtype=complex)         # free surface
        for h, v, rho, xi in zip(profile.thickness, profile.vs[:-1], profile.density[:-1],
                                 profile.damping[:-1], strict=True):
            v = v * np.sqrt(1 + 2j * xi)
            k, mu = omega / v, rho * v ** 2
            state = np.array([[np.cos(k * h), np.sin(k * h) / (mu * k)],
                              [-mu * k * np.sin(k * h), np.cos(k * h)]]) @ state
        mu_k = profile.density[-1] * profile.vs[-1] * omega
        up = 0.5 * (state[0] + state[1] / (1j * mu_k))
        expected.append(1 / (2 * up))
    np.testing.assert_allclose(np.abs(transfer_function(profile, f)), np.abs(expected), rtol=1e-9)


def test_waves_arrive_after_their_travel_time():
    """The phase is a delay: the pulse comes out after H / v, and nothing before."""
    profile = SoilProfile([100.0], [200.0, 200.0 * 1.001], [400.0, 401.0], [2000.0, 2000.0],
                          [0, 0])
    f = np.fft.rfftfreq(1000, 0.01)
    pulse = np.fft.irfft(transfer_function(profile, f), 1000)
    assert np.argmax(np.abs(pulse)) == 50


def test_vs30():
    profile = SoilProfile([10.0, 10.0, 50.0], [100.0, 200.0, 400.0, 800.0], [1e3] * 4,
                          [2e3] * 4, [0.02] * 4)
    assert vs30(profile) == pytest.approx(30 / (10 / 100 + 10 / 200 + 10 / 400))
    assert vs30(HALF_SPACE) == 3500


@pytest.mark.parametrize("f0", [0.1, 0.3, 1.0, 5.0, 12.0, 20.0])
def test_drawn_profiles_have_the_f0_asked_for(f0):
    f = f0 * np.geomspace(0.3, 10, 4000)
    for seed in range(10):
        profile = draw_profile(f0, np.random.default_rng(seed))
        assert fundamental_frequency(profile) == pytest.approx(f0, rel=1e-4)
        curve = theoretical_hvsr(profile, f)
        assert f[np.argmax(curve)] == pytest.approx(f0, rel=0.02)
        assert curve.max() >= 4


def test_drawn_rock_has_no_peak():
    f = np.geomspace(0.1, 20, 500)
    for seed in range(10):
        curve = theoretical_hvsr(draw_rock(np.random.default_rng(seed)), f)
        assert curve.max() < 1.6 * curve.min()


@pytest.mark.parametrize("changed", [
    {"thickness": [1.0, 2.0]}, {"thickness": [np.nan]}, {"vs": [-1.0, 500.0]},
    {"vp": [100.0, 800.0]}, {"density": [0.0, 2000.0]}, {"damping": [0.01]}])
def test_impossible_profiles_raise(changed):
    good = {"thickness": [10.0], "vs": [200.0, 500.0], "vp": [400.0, 900.0],
            "density": [1800.0, 2000.0], "damping": [0.02, 0.01]}
    SoilProfile(**good)
    with pytest.raises(TNGInputError):
        SoilProfile(**{**good, **changed})


def test_wave_must_be_known():
    with pytest.raises(TNGInputError, match="wave must be"):
        transfer_function(HALF_SPACE, [1.0], "SV")


# -- one record -------------------------------------------------------------

def records_on_rock(magnitude, distance, n, depth=10.0, window=120.0):
    """``n`` records of one average earthquake due north, on the source's own rock."""
    earthquake = Earthquake("smi:x/1", UTCDateTime(0), 0.0, 0.0, depth, magnitude)
    site = SimulatedSite("SM.R", 0.0, 0.0, HALF_SPACE, None, 3500.0, noise_level=-5.0,
                         step=1e-12, self_noise=1e-9)
    response = waveforms.site_response(site, 100.0, round(window * 100))
    data = [waveforms.synthesize(earthquake, site, response, (distance, 0.0, 0.0),
                                 np.random.default_rng(i), variability=0.0)[0] for i in range(n)]
    return np.stack(data).astype(np.float64), site


def test_record_spectrum_is_that_of_the_source():
    """Transverse motion: S, 0.3 of its energy as coda, and a little converted P."""
    data, _ = records_on_rock(5.5, 60.0, 80)
    f = np.fft.rfftfreq(data.shape[-1], 0.01)
    power = np.mean(np.abs(np.fft.rfft(data[:, 2]) * 0.01) ** 2, axis=0)
    distance = source.effective_distance(1e3 * np.hypot(60, 10), 5.5)
    shear, p = (np.abs(source.point_source_spectrum(f, 5.5, distance, wave=wave)) ** 2
                for wave in "SP")
    expected = shear * (1 + 0.3 * np.exp(-0.06 * f)) + 0.07 * p
    for low, high in ((0.2, 0.5), (0.5, 1), (1, 2), (2, 5), (5, 10), (10, 20), (20, 35)):
        band = (f >= low) & (f < high)
        assert power[band].sum() == pytest.approx(expected[band].sum(), rel=0.12), (low, high)


def test_corner_of_records():
    """The corner that best fits the records, attenuation taken off, is Brune's."""
    data, _ = records_on_rock(5.0, 40.0, 60)
    f = np.fft.rfftfreq(data.shape[-1], 0.01)
    band = (f > 0.1) & (f < 20)
    spectrum = np.sqrt(np.mean(np.abs(np.fft.rfft(data[:, 2])) ** 2, axis=0))[band]
    f = f[band]
    distance = source.effective_distance(1e3 * np.hypot(40, 10), 5.0)
    q = 180 * f ** 0.45
    plateau = spectrum / f ** 2 * np.exp(np.pi * f * (distance / q / 3500 + 0.03))
    trial = np.geomspace(0.3, 3, 200)
    misfit = [np.std(np.log(plateau * (1 + (f / fc) ** 2))) for fc in trial]
    assert trial[np.argmin(misfit)] == pytest.approx(brune.corner_frequency(5.0), rel=0.15)


def test_decay_with_distance():
    """Beyond the crossover, spectra of S fall as sqrt(R) times the attenuation."""
    levels = []
    for distance in (50.0, 200.0):
        data, _ = records_on_rock(6.0, distance, 60)
        f = np.fft.rfftfreq(data.shape[-1], 0.01)
        band = (f > 1.0) & (f < 1.2)
        levels.append(np.sqrt(np.mean(np.abs(np.fft.rfft(data[:, 2])[:, band]) ** 2)))
    near, far = (source.effective_distance(1e3 * np.hypot(r, 10), 6.0) for r in (50, 200))
    f = 1.1
    expected = np.sqrt(near / far) * np.exp(-np.pi * f ** 0.55 * (far - near) / 180 / 3500)
    assert levels[1] / levels[0] == pytest.approx(expected, rel=0.1)


def test_moveout_and_silence_before_p():
    net = simulate_network(2, 6, seed=3, f0=[None, 2.0], magnitude=(6, 6.5), distance=(20, 120))
    jumps = []
    for record in net.records:
        tng, rate = record[0].stats.tng, record[0].stats.sampling_rate
        r = np.hypot(tng.distance, tng.depth)
        layers = net.sites[f"SM.{record[0].stats.station}"].profile
        through = [np.sum(layers.thickness / v[:-1]) for v in (layers.vp, layers.vs)]
        assert (tng.s_index - tng.p_index) / rate == pytest.approx(
            r / 3.5 - r / 6.06 + through[1] - through[0], abs=0.02)
        event = next(e for e in net.catalog if e.resource_id.id == tng.event_id)
        onset = record[0].stats.starttime + tng.p_index / rate - event.origins[0].time
        assert onset == pytest.approx(r / 6.06 + through[0], abs=0.02)
        z = record[0].data
        before, after = z[:tng.p_index - 12], z[tng.p_index:tng.p_index + 300]
        assert np.std(after) > 10 * np.std(before)
        east, second = record[2].data, round(rate)
        jumps.append(np.std(east[tng.s_index:tng.s_index + 2 * second])
                     / np.std(east[tng.s_index - 2 * second:tng.s_index]))
    assert np.median(jumps) > 2


# -- networks ---------------------------------------------------------------

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
        assert 0.5 < info["energy_kept"] <= 1
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


F0 = [0.3, 0.55, 1.0, 1.8, 3.5, 6.5, 12.0, None]


def test_hvsr_peaks_at_f0():
    """Many long records: the peak of a median of 20 minutes still wanders by 4 %."""
    frequencies = np.geomspace(0.15, 20, 500)
    for site, data, _ in simulate_arrays(len(F0), 150, seed=0, f0=F0, sampling_rate=50.0,
                                         window=120.0):
        f, curves = hvsr(data, 50.0, frequencies)
        median = np.median(curves, axis=0)
        if site.f0 is None:
            assert median.max() < 2, "rock must have no clear peak"
        else:
            assert f[np.argmax(median)] == pytest.approx(site.f0, rel=0.05)
            assert median.max() > 2


def bssa14_pga(magnitude, distance, velocity):
    """PGA in m/s^2 of Boore et al. (2014, Earthq. Spectra 30), linear site term only."""
    past = magnitude - 5.5
    event = 0.4473 + np.where(past <= 0, 1.431 * past + 0.05053 * past ** 2, -0.1662 * past)
    r = np.hypot(distance, 4.5)
    path = (-1.134 + 0.1917 * (magnitude - 4.5)) * np.log(r) - 0.008088 * (r - 1)
    return 9.80665 * np.exp(event + path - 0.6 * np.log(min(velocity, 1500) / 760))


def test_pga_is_that_of_a_ground_motion_model():
    """Right to a factor 1.5 in the mean, 2.5 in any unit of magnitude; scatter 0.5 to 1 in ln."""
    residuals, magnitudes = [], []
    for site, data, infos in simulate_arrays(6, 100, seed=2, f0=[None] * 6):
        m, r = np.array([[i["magnitude"], i["distance"]] for i in infos]).T
        pga = np.sqrt(np.prod(np.abs(data[:, 1:]).max(axis=-1), axis=-1))
        residuals.append(np.log(pga / bssa14_pga(m, r, site.vs30)))
        magnitudes.append(m)
    residuals, magnitudes = np.concatenate(residuals), np.concatenate(magnitudes)
    assert abs(residuals.mean()) < np.log(1.5)
    for low in (4, 5, 6):
        assert abs(residuals[np.floor(magnitudes) == low].mean()) < np.log(2.5), low
    assert 0.5 < residuals.std() < 1.0


def test_durations_grow_with_distance_and_on_deep_soil():
    """D5-95 of rock near source plus path duration; much longer in a deep basin."""
    medians = {}
    for f0 in (None, 0.4):
        for distance in ((20.0, 40.0), (120.0, 160.0)):
            values = [significant_duration(data[:, 1], 100.0) for _, data, _ in simulate_arrays(
                5, 10, seed=4, f0=[f0] * 5, magnitude=(5, 5.5), distance=distance, window=120.0)]
            medians[f0, distance[0]] = np.median(values)
    assert 5 < medians[None, 20.0] < 15                 # 1/fc + path duration: 8 s
    assert 10 < medians[None, 120.0] < 35               # 16 s
    assert medians[None, 120.0] > 1.5 * medians[None, 20.0]
    assert medians[0.4, 20.0] > 1.3 * medians[None, 20.0]


def test_old_recorders():
    """Coarse steps, little before P, and no record of what is too weak."""
    net = simulate_network(4, 25, seed=0, old_recorders=1.0, magnitude=(3, 6))
    assert 10 < len(net.records) < 100
    for record in net.records:
        step = net.sites[f"SM.{record[0].stats.station}"].step
        assert 6e-4 <= step <= 5e-3
        counts = record[0].data / np.float32(step)
        np.testing.assert_allclose(counts, np.rint(counts), atol=1e-3)
        assert record[0].stats.tng.p_index < 300


def test_archive_round_trip(network, tmp_path):
    write_sds(network, tmp_path / "net")
    client = Client(str(tmp_path / "net" / "sds"))
    inventory = read_inventory(str(tmp_path / "net" / "stations.xml"))
    catalog = read_events(str(tmp_path / "net" / "events.xml"))
    assert [e.resource_id.id for e in catalog] == [e.resource_id.id for e in network.catalog]
    for record in network.records:
        s = record[0].stats
        raw = client.get_waveforms(s.network, s.station, "*", "HN*", s.starttime - 5,
                                   s.endtime + 5)
        assert len(raw) == 3
        assert raw[0].data.dtype == np.int32
        raw.remove_sensitivity(inventory)
        step = network.sites[f"SM.{s.station}"].step
        for tr in record:
            back = raw.select(id=tr.id)[0]
            assert abs(back.stats.starttime - s.starttime) < 1e-4
            np.testing.assert_allclose(back.data, tr.data, atol=0.51 * step)
    with pytest.raises(TNGInputError, match="already"):
        write_sds(network, tmp_path / "net")


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
