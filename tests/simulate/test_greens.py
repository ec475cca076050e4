"""Wavenumber integration against closed forms: statics, rays, surface waves."""

import numpy as np
import pytest

from obspy_tng.simulate.column import surface_response
from obspy_tng.simulate.crust import Crust
from obspy_tng.simulate.greens import (
    WavenumberGrid,
    displacement,
    greens_functions,
    to_time,
    wavenumber_kernels,
)
from obspy_tng.simulate.source import moment_tensor, radiation_pattern

ALPHA, BETA, DENSITY = 6000.0, 3500.0, 2800.0


def crust(thickness=(), alpha=(ALPHA,), beta=(BETA,), density=(DENSITY,), quality=1e6):
    q = np.full(len(alpha), quality)
    return Crust(*(np.array(x, dtype=float) for x in (thickness, alpha, beta, density)), q, q)


def spectra(layers, depth, distance, grid):
    kernels = wavenumber_kernels(layers, [depth], grid)[0]
    return greens_functions(kernels, grid, distance)


def okada(strike, dip, rake, depth, distance, azimuth):
    """Static surface displacement of a point dislocation of moment 1 (Okada 1985, eqs 8, 9)."""
    mu = DENSITY * BETA ** 2
    ratio = BETA ** 2 / (ALPHA ** 2 - BETA ** 2)        # mu / (lam + mu)
    angle = np.radians(strike) - azimuth                 # counterclockwise from the strike
    x, y, d = distance * np.cos(angle), distance * np.sin(angle), depth
    sin, cos = np.sin(np.radians(dip)), np.cos(np.radians(dip))
    r = np.sqrt(x * x + y * y + d * d)
    p, q = y * cos + d * sin, y * sin - d * cos
    i1 = ratio * y * (1 / (r * (r + d) ** 2) - x * x * (3 * r + d) / (r ** 3 * (r + d) ** 3))
    i2 = ratio * x * (1 / (r * (r + d) ** 2) - y * y * (3 * r + d) / (r ** 3 * (r + d) ** 3))
    i3 = ratio * x / r ** 3 - i2
    i4 = -ratio * x * y * (2 * r + d) / (r ** 3 * (r + d) ** 2)
    i5 = ratio * (1 / (r * (r + d)) - x * x * (2 * r + d) / (r ** 3 * (r + d) ** 2))
    slip = np.array([3 * x * x * q / r ** 5 + i1 * sin, 3 * x * y * q / r ** 5 + i2 * sin,
                     3 * x * d * q / r ** 5 + i4 * sin])
    thrust = np.array([3 * x * p * q / r ** 5 - i3 * sin * cos,
                       3 * y * p * q / r ** 5 - i1 * sin * cos,
                       3 * d * p * q / r ** 5 - i5 * sin * cos])
    rake = np.radians(rake)
    ux, uy, uz = -(np.cos(rake) * slip + np.sin(rake) * thrust) / (2 * np.pi * mu)
    return np.array([uz, ux * np.cos(angle) + uy * np.sin(angle),
                     ux * np.sin(angle) - uy * np.cos(angle)])


@pytest.mark.parametrize("mechanism", [(30, 90, 0), (120, 45, 90), (200, 60, -120)])
def test_statics(mechanism):
    """At the lowest frequency the displacement is that of Okada (1985), near field and all."""
    grid = WavenumberGrid.make(crust(), 2e3, 300e3, 1000.0, 0.0011)
    for distance in (6e3, 15e3):
        functions = spectra(crust(), 8e3, distance, grid)
        for azimuth in (0.4, 2.5, 4.0):
            got = displacement(functions, moment_tensor(*mechanism), azimuth)[:, 0]
            expected = okada(*mechanism, 8e3, distance, azimuth)
            np.testing.assert_allclose(got.real, expected, atol=0.02 * np.abs(expected).max())


@pytest.fixture(scope="module")
def far():
    """A half-space at 25 km, source 20 km deep, up to 4 Hz."""
    grid = WavenumberGrid.make(crust(), 20e3, 150e3, 16.0, 4.0)
    return grid, spectra(crust(), 20e3, 25e3, grid)


def test_rays_and_polarity(far):
    """P and S pulses are those of far-field rays under a free surface, sign and all."""
    grid, functions = far
    distance = np.hypot(20e3, 25e3)
    takeoff = np.pi - np.arctan2(25e3, 20e3)
    layers = (np.array([]), [ALPHA], [BETA], [DENSITY], [1e9], [1e9])
    rate, width = 64.0, 0.18
    time = np.arange(round(grid.duration * rate)) / rate
    # a Ricker pulse, which the slow near field does not resemble
    pulse = (grid.omega * width) ** 2 * np.exp(-0.5 * (grid.omega * width) ** 2)
    rng = np.random.default_rng(5)
    for _ in range(6):
        mechanism = rng.uniform(0, 360), rng.uniform(20, 90), rng.uniform(-180, 180)
        azimuth = rng.uniform(0, 2 * np.pi)
        motion = to_time(pulse / (1j * grid.omega) * displacement(
            functions, moment_tensor(*mechanism), azimuth), grid, rate)
        p, sv, sh = radiation_pattern(*mechanism, np.degrees(azimuth), np.degrees(takeoff))
        for speed, incident in ((ALPHA, [p, 0, 0]), (BETA, [0, -sv, sh])):
            slowness = np.sin(takeoff) / speed
            surface = surface_response(layers, np.array([2 * np.pi + 0j]), slowness)[:, :, 0]
            expected = surface @ incident / (4 * np.pi * DENSITY * speed ** 3 * distance)
            shifted = (time - distance / speed) / width
            shape = (1 - shifted ** 2) * np.exp(-0.5 * shifted ** 2)
            area = motion @ shape / (shape @ shape) * width * np.sqrt(2 * np.pi)
            scale = np.abs(surface).max() / (4 * np.pi * DENSITY * speed ** 3 * distance)
            if speed == ALPHA:
                np.testing.assert_allclose(area, expected.real, atol=0.1 * scale)
            else:   # SV beyond its critical angle turns its phase: SH is left
                np.testing.assert_allclose(area[2], expected[2].real, atol=0.1 * scale)


def phase_velocity(functions, grid, distances, low, high, guess):
    """From the phase that a surface wave gains between two distances."""
    f = grid.frequencies
    inside = (f >= low) & (f <= high)
    step = np.unwrap(np.angle(functions[1] / functions[0])[inside])
    omega = 2 * np.pi * f[inside]
    turns = np.rint((omega * (distances[1] - distances[0]) / guess + step) / (2 * np.pi))
    return f[inside], -omega * (distances[1] - distances[0]) / (step - 2 * np.pi * turns)


def test_rayleigh_wave_of_a_half_space():
    """Its velocity is the root of Rayleigh's equation: 0.9194 beta for a Poisson solid."""
    layers = crust(alpha=(BETA * 3 ** 0.5,))
    grid = WavenumberGrid.make(layers, 2e3, 1500e3, 120.0, 0.8)
    near, distant = (spectra(layers, 2e3, r, grid)[0] for r in (150e3, 200e3))
    _, velocity = phase_velocity((near, distant), grid, (150e3, 200e3), 0.3, 0.8, 3218)
    np.testing.assert_allclose(velocity, 0.9194 * BETA, rtol=0.01)


def test_love_wave_of_a_layer():
    """Its velocity is the root of Love's equation for one layer over a half-space."""
    h, b1, b2, r1, r2 = 5e3, 2800.0, 4000.0, 2600.0, 3100.0
    layers = crust((h,), (4900.0, 7000.0), (b1, b2), (r1, r2))
    grid = WavenumberGrid.make(layers, 2e3, 350e3, 200.0, 0.2)
    near, distant = (spectra(layers, 2e3, r, grid)[7] for r in (250e3, 300e3))
    f, velocity = phase_velocity((near, distant), grid, (250e3, 300e3), 0.08, 0.2, 3200)
    for frequency, got in zip(f[::6], velocity[::6], strict=True):
        c = np.linspace(b1 * 1.0001, b2 * 0.9999, 20001)
        eta1, eta2 = np.sqrt(b1 ** -2 - c ** -2), np.sqrt(c ** -2 - b2 ** -2)
        phase = 2 * np.pi * frequency * h * eta1
        love = (r1 * b1 ** 2 * eta1 * np.sin(phase) - r2 * b2 ** 2 * eta2 * np.cos(phase))
        root = c[np.flatnonzero(love[:-1] * love[1:] < 0)[0]]
        assert got == pytest.approx(root, rel=0.01)


def test_nothing_before_p(far):
    grid, functions = far
    pulse = np.exp(-0.5 * (grid.omega * 0.18) ** 2)
    motion = to_time(displacement(functions, moment_tensor(10, 60, 40), 1.0) * pulse, grid, 64.0)
    first = round((np.hypot(20e3, 25e3) / ALPHA - 0.7) * 64)
    assert np.abs(motion[:, :first]).max() < 0.01 * np.abs(motion).max()


def test_depths_and_distances_one_by_one():
    """A source among others is as if alone."""
    layers = crust((2e3, 10e3), (4e3, 6e3, 8e3), (2e3, 3.5e3, 4.5e3), (2.4e3, 2.8e3, 3.3e3), 200.0)
    grid = WavenumberGrid.make(layers, 5e3, 60e3, 30.0, 0.5)
    together = wavenumber_kernels(layers, [5e3, 12e3, 25e3], grid)
    alone = wavenumber_kernels(layers, [12e3], grid)
    np.testing.assert_array_equal(together[1], alone[0])
