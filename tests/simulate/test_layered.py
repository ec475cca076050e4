"""Plane waves in layers against closed forms."""

import numpy as np
import pytest

from obspy_tng.simulate import SoilProfile, transfer_function
from obspy_tng.simulate.column import surface_response
from obspy_tng.simulate.layered import Waves, above, below, complex_velocity
from obspy_tng.simulate.matrices import invert, multiply

ALPHA, BETA, DENSITY = 6000.0, 3500.0, 2800.0


def half_space(slowness):
    omega, one = 2 * np.pi * np.array([1.0 + 0j]), np.array([1e9])
    layers = (np.array([]), [ALPHA], [BETA], [DENSITY], one, one)
    return surface_response(layers, omega, slowness)[:, :, 0]


@pytest.mark.parametrize("slowness", [1e-9, 0.05e-3, 0.1e-3, 0.15e-3])
def test_free_surface(slowness):
    """Aki and Richards (2002), problem 5.6: P and SV of unit amplitude under a free surface."""
    xi, eta = np.sqrt(ALPHA ** -2 - slowness ** 2), np.sqrt(BETA ** -2 - slowness ** 2)
    bend = BETA ** -2 - 2 * slowness ** 2
    rayleigh = bend ** 2 + 4 * slowness ** 2 * xi * eta
    up, out = 2 * ALPHA / BETA ** 2 * xi * bend, 4 * ALPHA / BETA ** 2 * slowness * xi * eta
    sv_out, sv_down = 2 / BETA * eta * bend, 4 / BETA * slowness * xi * eta
    expected = np.array([[up, -sv_down, 0], [out, sv_out, 0], [0, 0, 2 * rayleigh]]) / rayleigh
    np.testing.assert_allclose(half_space(slowness), expected, atol=1e-6)


def test_vertical_waves_are_those_of_the_transfer_function():
    """SH, SV and P straight up against Haskell's layers, written on their own."""
    profile = SoilProfile([12.0, 30.0], [180.0, 400.0, 1500.0], [700.0, 1600.0, 3000.0],
                          [1700.0, 1900.0, 2300.0], [0.03, 0.02, 0.0])
    f = np.array([0.7, 2.0, 5.0, 11.0])
    # the profile's velocities are v sqrt(1 + 2i xi): 1 + i xi to first order
    quality = 0.5 / np.append(profile.damping[:-1], 1e-9)
    response = surface_response(
        (profile.thickness, profile.vp, profile.vs, profile.density, quality, quality),
        2 * np.pi * f + 0j, 1e-9)
    for row, wave in ((0, "P"), (1, "S"), (2, "S")):
        np.testing.assert_allclose(response[row, row], 2 * transfer_function(profile, f, wave),
                                   rtol=0.02)


def test_reflection_conserves_energy():
    """What an interface reflects and lets through is what came, for P and for SV."""
    omega, slowness = 2 * np.pi * np.array([1.0 + 0j]), 0.1e-3
    upper = Waves.make(-omega * slowness, omega, 5000.0, 2900.0, 2600.0)
    lower = Waves.make(-omega * slowness, omega, 7000.0, 4000.0, 3000.0)
    stiffness = multiply(lower.down_stress, invert(lower.down))
    reflected = upper.reflected_up(stiffness)
    motion = tuple(a + b for a, b in zip(upper.down, multiply(upper.up, reflected), strict=True))
    passed = multiply(invert(lower.down), motion)
    flux = {(name, wave): density * np.imag(vertical[0]) for name, layer, density in
            (("upper", upper, 2600.0), ("lower", lower, 3000.0))
            for wave, vertical in (("P", layer.p), ("S", layer.s))}
    for column, wave in ((0, "P"), (1, "S")):
        out = sum(abs(reflected[2 * row + column][0]) ** 2 * flux["upper", kind]
                  + abs(passed[2 * row + column][0]) ** 2 * flux["lower", kind]
                  for row, kind in ((0, "P"), (1, "S")))
        assert out == pytest.approx(flux["upper", wave], rel=1e-9)


def test_interfaces_that_are_none():
    """A half-space cut into layers reflects nothing inside, and is as one at the surface."""
    omega = 2 * np.pi * np.array([0.3, 2.0]) - 0.1j
    wave = Waves.make(1e-4 + 0j, omega, ALPHA, BETA, DENSITY)
    thickness = np.array([300.0, 1000.0])
    for psv, sh in below([wave] * 3, thickness):
        np.testing.assert_allclose([*psv, sh], np.zeros((5, 2)), atol=1e-12)
    whole, cut = above([wave], [])[0], above([wave] * 3, thickness)[-1]
    moved = whole.at(wave, thickness.sum())
    for name in ("reflection", "surface", "reflection_sh", "surface_sh"):
        np.testing.assert_allclose(getattr(cut, name), getattr(moved, name), rtol=1e-9)


def test_anelastic_dispersion():
    """Q is as said, and velocity grows by ln(f) / (pi Q)."""
    v = complex_velocity(3000.0, 50.0, 2 * np.pi * np.array([1.0, 10.0]))
    np.testing.assert_allclose(v.real / (2 * v.imag), 50.0, rtol=0.03)
    assert v[1].real / v[0].real - 1 == pytest.approx(np.log(10) / (np.pi * 50), rel=1e-9)
