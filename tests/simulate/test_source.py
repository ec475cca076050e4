"""The source against closed forms and published numbers."""

from types import SimpleNamespace

import numpy as np
import pytest

from obspy_tng.groundmotion.brune import corner_frequency
from obspy_tng.simulate import source


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


def test_moment_tensor_radiates_the_same():
    """l M l, s M l and t M l along a ray are the factors of P, SV and SH."""
    rng = np.random.default_rng(1)
    for _ in range(20):
        mechanism = rng.uniform(0, 360), rng.uniform(0, 90), rng.uniform(-180, 180)
        azimuth, takeoff = rng.uniform(0, 360), rng.uniform(0, 180)
        xx, yy, zz, xy, xz, yz = source.moment_tensor(*mechanism)
        tensor = np.array([[xx, xy, xz], [xy, yy, yz], [xz, yz, zz]])
        phi, i = np.radians([azimuth, takeoff])
        ray = np.array([np.sin(i) * np.cos(phi), np.sin(i) * np.sin(phi), np.cos(i)])
        sv = np.array([np.cos(i) * np.cos(phi), np.cos(i) * np.sin(phi), -np.sin(i)])
        sh = np.array([-np.sin(phi), np.cos(phi), 0])
        np.testing.assert_allclose(
            source.radiation_pattern(*mechanism, azimuth, takeoff),
            [ray @ tensor @ ray, sv @ tensor @ ray, sh @ tensor @ ray], atol=1e-12)
        assert np.trace(tensor) == pytest.approx(0, abs=1e-12)
        assert np.sum(tensor ** 2) == pytest.approx(2)


@pytest.mark.parametrize("magnitude", [3.0, 5.0, 7.0, 8.0])
def test_two_corners_keep_high_frequencies(magnitude):
    """Plateau 1; at high frequencies the spectrum of Brune (1970); in between less."""
    corner = corner_frequency(magnitude, 1e7)
    f = corner * np.array([1e-4, 1.0, 300.0])
    ours = np.abs(source.moment_rate_spectrum(f, magnitude, 1e7))
    brune = 1 / (1 + (f / corner) ** 2)
    np.testing.assert_allclose(ours[[0, 2]], brune[[0, 2]], rtol=0.05)
    lower, upper, share = source.corners(magnitude, 1e7)
    assert lower < corner < upper
    assert 0 < share <= 1


def test_corners_of_atkinson_and_silva():
    """Their lower corner and share, and nearly their upper corner at their stress drop."""
    lower, upper, share = source.corners(7.0, 8e6)
    assert lower == pytest.approx(10 ** (2.181 - 0.496 * 7))
    assert share == pytest.approx(10 ** (0.605 - 0.255 * 7))
    assert upper == pytest.approx(10 ** (2.41 - 0.408 * 7), rel=0.15)


def quake(magnitude, seed=0):
    rng = np.random.default_rng(seed)
    return SimpleNamespace(magnitude=magnitude, stress_drop=1e7,
                           subevents=source.draw_rupture(rng, magnitude, (30, 60, 20), 15.0))


@pytest.mark.parametrize("magnitude", [4.0, 6.0, 7.5])
def test_rupture_keeps_moment_and_energy(magnitude):
    """The plateau is exact; above it the mean square of many ruptures is that of one pulse."""
    f = np.fft.rfftfreq(20000, 0.01)
    pulse = np.abs(source.moment_rate_spectrum(f, magnitude, 1e7)) ** 2
    power = np.mean([np.abs(source.rupture_spectrum(f, quake(magnitude, seed))) ** 2
                     for seed in range(40)], axis=0)
    assert power[0] == pytest.approx(1)
    high = (f > 5) & (f < 20)
    assert power[high].sum() == pytest.approx(pulse[high].sum(), rel=0.25)


def test_sum_and_transform_agree():
    """Subevents by a Fourier transform and one by one."""
    f = np.fft.rfftfreq(4000, 0.01)
    one = source.rupture_spectrum(f, quake(6.5))
    other = source.rupture_spectrum(f.astype(complex), quake(6.5))
    low = f < 25
    np.testing.assert_allclose(one[low], other[low], atol=0.03 * np.abs(other).max())


def test_rupture_is_a_plane_of_the_right_size():
    """Delays are causal and subsonic, places lie on the plane, below the ground."""
    for seed in range(10):
        parts = np.array(source.draw_rupture(np.random.default_rng(seed), 7.0, (40, 50, 90), 12.0))
        delay, weight, north, east, down = parts.T
        strike, dip = np.radians([40, 50])
        normal = np.array([-np.sin(dip) * np.sin(strike), np.sin(dip) * np.cos(strike),
                           -np.cos(dip)])
        np.testing.assert_allclose(parts[:, 2:] @ normal, 0, atol=1e-6)
        assert weight.sum() == pytest.approx(1)
        np.testing.assert_allclose(delay, np.linalg.norm(parts[:, 2:], axis=1) / 2800)
        assert (12e3 + down >= 499).all()
        assert np.hypot(north, east).max() < 50e3
    directions = np.array([0.0, 1 / 3500, 0.0])
    assert (delay - parts[:, 2:] @ directions >= -1e-9).all()
