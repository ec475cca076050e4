"""Layered ground against closed forms, and random profiles against what they promise."""

import numpy as np
import pytest

from obspy_tng import TNGInputError
from obspy_tng.simulate import SoilProfile, transfer_function
from obspy_tng.simulate.soil import (
    draw_profile,
    draw_rock,
    fundamental_frequency,
    theoretical_hvsr,
    vs30,
)

HALF_SPACE = SoilProfile([], [3500.0], [6060.0], [2800.0], [0.0])


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


