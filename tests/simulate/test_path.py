"""What all waves of one record have in common: handover, losses, scattered long waves."""

import numpy as np
import pytest
from obspy import UTCDateTime

from obspy_tng.simulate import path
from obspy_tng.simulate.column import site_response
from obspy_tng.simulate.crust import draw_crust
from obspy_tng.simulate.path import CROSSOVER, Path, handover
from obspy_tng.simulate.scenario import Earthquake, draw_site


@pytest.fixture(scope="module")
def station():
    rng = np.random.default_rng(4)
    crust, site = draw_crust(rng), draw_site(rng, "XX.S1", 10.0, 2.0)
    return site, crust, site_response(site, crust, 20.0, 2400)


def make(station, distance=200.0, seed=0):
    quake = Earthquake("smi:x/1", UTCDateTime(0), 0.0, 0.0, 10.0, 5.0, mechanism=(20, 60, 90))
    return Path(quake, *station, (distance, 30.0, 30.0), np.random.default_rng(seed), 5.0)


def test_handover_is_complete():
    np.testing.assert_array_equal(handover(np.array([0.1, CROSSOVER[0], CROSSOVER[1], 5.0])),
                                  [0, 0, 1, 1])
    assert handover(np.sqrt(np.prod(CROSSOVER))) == pytest.approx(0.5)


def test_scattered_long_waves_keep_their_energy(station):
    """On average over many trains; what comes directly falls as exp(-g R)."""
    factors = np.array([make(station, seed=i).long_scattering()[:, 1:100] for i in range(300)])
    assert np.mean(np.abs(factors) ** 2) == pytest.approx(1, abs=0.03)
    one = make(station)
    frequencies = one.response.frequencies[1:100]
    direct = np.exp(-station[1].scattering_at(np.maximum(frequencies, 0.05)) * one.distance)
    np.testing.assert_allclose(factors.mean((0, 1)), np.sqrt(direct), atol=0.12)
    assert np.abs(make(station, 1.0).long_scattering() - 1).mean() < np.abs(factors - 1).mean()


def test_scattered_long_waves_are_causal_and_last(station):
    """The train begins with the wave, and its energy falls to 1/e in the time that it should."""
    one = make(station)
    energy = np.mean([np.square(np.fft.irfft(make(station, seed=i).long_scattering(),
                                             one.response.nfft))[:, 1:].mean(0)
                      for i in range(60)], axis=0)
    time = np.arange(1, len(energy) + 1) / 20.0
    lasts = path.LONG_TRAIN[0] + path.LONG_TRAIN[1] * one.first["S"]
    assert np.sum(time * energy) / energy.sum() == pytest.approx(lasts, rel=0.2)


def test_reflections_at_the_surface_lose_high_frequencies(station):
    """Twice the weathered ground's kappa for each, and longer pulses."""
    one = make(station, 120.0)
    rays = {ray.bounces: ray for ray in one.rays["S"] if ray.name == "multiple"}
    left, _, spread = zip(*(one.losses(rays[times]) for times in (1, 2)), strict=True)
    way = (rays[2].time - rays[1].time) * one.velocity["S"]
    scattered = np.exp(-0.5 * path.LOSS["S"] * one.crust.scattering_at(path.BANDS) * way)
    np.testing.assert_allclose(left[1] / left[0] / scattered, np.exp(
        -2 * np.pi * path.BANDS * path.WEATHERED["S"]), rtol=1e-6)
    assert spread[1] > spread[0] + path.BOUNCED


def test_paths_differ_unless_all_are_average(station):
    """Scattering and broadening have a scatter of their own; without variability there is none."""
    ratios = np.log([[one.crust.scattering / station[1].scattering,
                      one.crust.broadening / station[1].broadening]
                     for one in (make(station, seed=i) for i in range(400))])
    np.testing.assert_allclose(ratios.std(0), path.PATH_SCATTER, rtol=0.15)
    np.testing.assert_allclose(ratios.mean(0), 0, atol=0.08)
    quake = Earthquake("smi:x/1", UTCDateTime(0), 0.0, 0.0, 10.0, 5.0, mechanism=(20, 60, 90))
    one = Path(quake, *station, (200.0, 30.0, 30.0), np.random.default_rng(0), 5.0, 0.0)
    assert one.crust.scattering == station[1].scattering
    np.testing.assert_array_equal(one.stochastic, 1)


def test_random_radiation_keeps_the_energy(station):
    factors = np.array([make(station, seed=i).stochastic for i in range(3000)])
    np.testing.assert_allclose(factors.mean(0), 1, atol=0.15)
    np.testing.assert_allclose(np.log(factors).std(0), path.STOCHASTIC, rtol=0.06)


def test_onsets_are_in_order(station):
    one = make(station)
    assert 5.0 <= one.onset("P") < one.onset("S")
    assert one.onset("P") < 8.0
