"""One record checked as physics: polarity, moment, decay, resonance, scattered energy."""

from dataclasses import replace
from functools import cache

import numpy as np
import pytest
from obspy import UTCDateTime
from scipy.ndimage import uniform_filter1d
from scipy.stats import kurtosis

from obspy_tng.groundmotion.brune import seismic_moment
from obspy_tng.signal import bandpass
from obspy_tng.simulate import SoilProfile, arrivals, simulate_network
from obspy_tng.simulate.column import site_response
from obspy_tng.simulate.crust import Crust
from obspy_tng.simulate.greens import WavenumberGrid, greens_functions, wavenumber_kernels
from obspy_tng.simulate.path import CROSSOVER, LongWaves
from obspy_tng.simulate.scenario import Earthquake, SimulatedSite
from obspy_tng.simulate.source import radiation_pattern, rupture_spectrum
from obspy_tng.simulate.waveforms import TRIGGER_STEPS, synthesize

ALPHA, BETA, DENSITY = 6060.0, 3500.0, 2800.0
HALF_SPACE = SoilProfile([], [BETA], [ALPHA], [DENSITY], [0.0])


def uniform(**changes):
    """Uniform rock as two layers, without scattering or loss unless asked for."""
    two = np.ones(2)
    return Crust(np.array([80e3]), ALPHA * two, BETA * two, DENSITY * two, 1e6 * two, 1e6 * two,
                 **{"quality": 1e6, "scattering": 1e-9, "broadening": 1e-3, **changes})


@cache
def station(crust_key=()):
    crust = uniform(**dict(crust_key))
    site = SimulatedSite("SM.R", 0.0, 0.0, HALF_SPACE, None, BETA, local_scattering=0.0,
                         noise_level=-5.0, step=1e-12, self_noise=1e-12)
    return site, crust, site_response(site, crust, 50.0, 3000)


def record(mechanism, azimuth, distance=40.0, magnitude=4.0, depth=20.0, seed=0, long_waves=None,
           **crust):
    quake = Earthquake("smi:x/1", UTCDateTime(0), 0.0, 0.0, depth, magnitude, mechanism=mechanism)
    site, rock, response = station(tuple(crust.items()))
    return synthesize(quake, site, rock, response, (distance, azimuth, azimuth),
                      np.random.default_rng(seed), variability=0.0, long_waves=long_waves)


def test_first_motion_is_that_of_the_mechanism():
    """Up where the mechanism pushes, down where it pulls; SH to the side it should."""
    rng = np.random.default_rng(2)
    takeoff = 180 - np.degrees(np.arctan2(40, 20))
    for _ in range(12):
        mechanism, azimuth = (rng.uniform(0, 360), rng.uniform(30, 90),
                              rng.uniform(-180, 180)), rng.uniform(0, 360)
        p, _, sh = radiation_pattern(*mechanism, azimuth, takeoff)
        data, info = record(mechanism, azimuth)
        side = np.cos(np.radians(azimuth)) * data[2] - np.sin(np.radians(azimuth)) * data[1]
        for motion, index, factor in ((data[0], info["p_index"], p), (side, info["s_index"], sh)):
            if abs(factor) > 0.2:
                velocity = np.cumsum(motion[index - 3:index + 25])
                first = velocity[np.argmax(np.abs(velocity) > 0.3 * np.abs(velocity).max())]
                assert np.sign(first) == np.sign(factor)


def test_arrival_times():
    """P and S come when straight rays do."""
    data, info = record((30, 70, 20), 100.0)
    r = np.hypot(40e3, 20e3)
    assert info["start"] + 5.0 == pytest.approx(r / ALPHA, abs=1e-3)
    assert (info["s_index"] - info["p_index"]) / 50 == pytest.approx(
        r / BETA - r / ALPHA, abs=0.03)
    assert np.abs(data[:, :info["p_index"] - 4]).max() < 1e-6 * np.abs(data).max()


@pytest.mark.parametrize("magnitude", [3.5, 4.5, 5.5])
def test_level_of_long_and_short_periods(magnitude):
    """SH is the moment rate over 4 pi rho beta^3 R, doubled at the surface, at any frequency."""
    azimuth, mechanism = 60.0, (60, 90, 0)      # on the node of P, in the lobe of SH
    takeoff = 180 - np.degrees(np.arctan2(40, 20))
    sh = radiation_pattern(*mechanism, azimuth, takeoff)[2]
    spectra = []
    for seed in range(4):   # of forward scattering
        data, _ = record(mechanism, azimuth, magnitude=magnitude, seed=seed)
        side = np.cos(np.radians(azimuth)) * data[2] - np.sin(np.radians(azimuth)) * data[1]
        spectra.append(np.abs(np.fft.rfft(side) * 0.02)[1:])
    f = np.fft.rfftfreq(len(side), 0.02)
    displacement = np.sqrt(np.mean(np.square(spectra), axis=0)) / (2 * np.pi * f[1:]) ** 2
    quake = Earthquake("smi:x/1", UTCDateTime(0), 0.0, 0.0, 20.0, magnitude)
    distance = np.hypot(np.hypot(40e3, 20e3), 1e3 * 10 ** (-0.405 + 0.235 * magnitude))
    expected = (2 * sh * seismic_moment(magnitude) / (4 * np.pi * DENSITY * BETA ** 3 * distance)
                * np.abs(rupture_spectrum(f[1:], quake)))
    # the pulse is a little less than all of it; forward scattering has the rest
    for low, high in ((0.3, 0.6), (1, 2), (4, 8), (8, 16)):
        band = (f[1:] >= low) & (f[1:] < high)
        assert np.sum(displacement[band]) == pytest.approx(np.sum(expected[band]), rel=0.3)


def test_whole_field_and_rays_agree():
    """Over the crossover both give the same S: in uniform rock they are the same waves."""
    crust = uniform()
    grid = WavenumberGrid.make(crust, 20e3, 100e3, 60.0, CROSSOVER[1])
    kernels = wavenumber_kernels(crust, [20e3], grid)[0]
    whole = LongWaves(grid, greens_functions(kernels, grid, 40e3))
    f = np.fft.rfftfreq(3000, 0.02)
    band = (f > 0.35) & (f < 0.9)
    for azimuth in (60.0, 200.0):
        one, _ = record((60, 90, 0), azimuth, magnitude=5.0)
        two, _ = record((60, 90, 0), azimuth, magnitude=5.0, long_waves=whole)
        side = [np.cos(np.radians(azimuth)) * x[2] - np.sin(np.radians(azimuth)) * x[1]
                for x in (one, two)]
        rays, both = (np.fft.rfft(x)[band] for x in side)
        assert np.sum(np.abs(both) ** 2) == pytest.approx(np.sum(np.abs(rays) ** 2), rel=0.3)
        assert abs(np.vdot(rays, both)) > 0.85 * np.linalg.norm(rays) * np.linalg.norm(both)


def test_absorption():
    """What distance takes beyond spreading is exp(-pi f t / Q), and it is causal."""
    f = np.fft.rfftfreq(3000, 0.02)
    lossy = np.fft.rfft(record((60, 90, 0), 60.0, quality=100.0, exponent=0.5)[0][2])
    free = np.fft.rfft(record((60, 90, 0), 60.0)[0][2])
    time = np.hypot(40e3, 20e3) / BETA
    for low, high in ((1, 2), (3, 5), (8, 12)):
        band = (f >= low) & (f < high)
        ratio = np.linalg.norm(lossy[band]) / np.linalg.norm(free[band])
        middle = np.sqrt(low * high)
        assert np.log(ratio) == pytest.approx(-np.pi * middle ** 0.5 * time / 100, rel=0.2)


def test_scattering_takes_from_the_pulse_and_gives_to_the_coda():
    """More scattering: less in the first second of S, more in the coda, which decays."""
    shares, decays = [], []
    for g in (2e-6, 1e-5, 3e-5):
        energy = np.mean([np.square(record((60, 90, 0), 60.0, seed=seed, scattering=g)[0]).sum(0)
                          for seed in range(6)], axis=0)
        _, info = record((60, 90, 0), 60.0, scattering=g)
        s = info["s_index"]
        late = energy[s + 500:s + 1500].sum()
        shares.append(late / energy[s - 5:s + 50].sum())
        decays.append(energy[s + 250:s + 500].sum() / energy[s + 1500:s + 1750].sum())
    assert shares[0] < shares[1] < shares[2]
    assert min(decays) > 1.5


def test_a_triggered_recorder_starts_where_the_motion_is_strong():
    """With steps between P and S it misses P; the rest of the record is the same motion."""
    site, crust, response = station()
    quake = Earthquake("smi:x/1", UTCDateTime(0), 0.0, 0.0, 20.0, 4.0, mechanism=(0, 60, 90))
    data, info = synthesize(quake, site, crust, response, (40.0, 60.0, 60.0),
                            np.random.default_rng(0), variability=0.0)
    s = info["s_index"]
    early, late = (np.abs(data[0, part]).max() for part in (slice(0, s - 5), slice(s - 5, None)))
    assert late > 1.5 * early
    old = replace(site, old=True, step=0.5 * (early + late) / TRIGGER_STEPS)
    cut, notes = synthesize(quake, old, crust, response, (40.0, 60.0, 60.0),
                            np.random.default_rng(0), 0.5, variability=0.0)
    assert notes["p_index"] < 0
    assert 15 < notes["s_index"] <= 25 + 100
    assert notes["start"] == pytest.approx(info["start"] + (s - notes["s_index"]) / 50, abs=0.021)
    np.testing.assert_allclose(cut[:, 50:1000], data[:, s - notes["s_index"] + 50:][:, :950],
                               atol=0.51 * old.step)


def test_coda_is_diffuse():
    """Late in the record motion is Gaussian in narrow bands, as that of very many waves is."""
    net = simulate_network(2, 6, seed=3, f0=[None, 2.0], magnitude=(4, 4.5), distance=(15, 50),
                           window=40.0)
    excess = []
    for stream in net.records:
        s = stream[0].stats.tng.s_index
        for tr in stream:
            part = bandpass(tr.data.astype(float), 100.0, 8.0, 20.0)[s + 500:s + 1100]
            excess.append(kurtosis(part / np.sqrt(uniform_filter1d(part ** 2, 200))))
    assert -0.6 < np.median(excess) < 0.4
    assert np.max(excess) < 2


def test_trains_keep_the_energy_given_to_them():
    rng = np.random.default_rng(0)
    level = np.linspace(1, 2, len(arrivals.BANDS))
    forward = arrivals.forward(rng, arrivals.SH_STEEP, 1.0, 10.0, 0.5, level)
    np.testing.assert_allclose((forward.amplitude ** 2).sum(0), level ** 2)
    assert forward.time.min() >= 10


def test_bands_add_up():
    weights = arrivals.band_weights(1000, 100.0)
    np.testing.assert_allclose(weights.sum(axis=0), 1, rtol=1e-5)


def test_s_comes_first_on_the_vertical():
    """Converted at the base of soft layers, S is on the vertical before it is on the others."""
    net = simulate_network(1, 10, seed=5, f0=[0.5], magnitude=(4, 5), distance=(20, 60))
    leads = []
    for stream in net.records:
        index = stream[0].stats.tng.s_index
        slow = [np.cumsum(np.square(tr.data[index - 300:index + 500])) for tr in stream]
        times = [np.searchsorted(x, 0.3 * x[-1]) for x in slow]
        leads.append(0.5 * (times[1] + times[2]) - times[0])
    assert np.median(leads) > 20
