"""The ground under a station: free surface, resonance, recorder."""

from types import SimpleNamespace

import numpy as np
import pytest

from obspy_tng.simulate import column
from obspy_tng.simulate.column import (
    FREQMIN,
    ground_columns,
    lateral_coupling,
    recorder_response,
    site_response,
    surface_response,
)
from obspy_tng.simulate.crust import draw_crust
from obspy_tng.simulate.scenario import draw_site

HALF_SPACE = (np.array([]), *(np.array([x]) for x in (6e3, 3.5e3, 2700.0, 1e6, 1e6)))


@pytest.fixture(scope="module")
def ground():
    rng = np.random.default_rng(3)
    crust, site = draw_crust(rng), draw_site(rng, "XX.S1", 10.0, 2.0)
    return crust, site


def test_free_surface_doubles_vertical_waves():
    response = np.abs(surface_response(HALF_SPACE, 2 * np.pi * np.array([1.0, 10.0]) + 0j, 1e-9))
    for i in range(3):
        np.testing.assert_allclose(response[i, i], 2, rtol=1e-4)
    np.testing.assert_allclose(response[[0, 1], [1, 0]], 0, atol=1e-4)  # P and SV stay apart


def test_columns_resonate_at_the_f0_of_the_station(ground):
    crust, site = ground
    column, = ground_columns(site.profile, crust, site.kappa, site.quality_ratio)
    frequencies = np.geomspace(0.8 * site.f0, 1.25 * site.f0, 200)
    response = np.abs(surface_response(column, 2 * np.pi * frequencies + 0j, 1e-9)[2, 2])
    assert frequencies[response.argmax()] == pytest.approx(site.f0, rel=0.02)
    # vertical S waves lose kappa in the rock
    soil = len(site.profile.thickness)
    thickness, _, vs, _, _, qs = column
    assert np.sum(thickness[soil:] / (vs[soil:-1] * qs[soil:-1])) == pytest.approx(
        site.kappa, rel=0.1)


def test_recorder_passes_its_band():
    rate = 100.0
    response = recorder_response(np.array([0.0, FREQMIN, 5.0, 40.0, 45.0, 50.0]), rate)
    np.testing.assert_allclose(np.abs(response), [0, np.sqrt(0.5), 1, 1, 0.5, 0], atol=1e-3)


def test_response_of_a_station(ground):
    crust, site = ground
    response = site_response(site, crust, 50.0, 1000)
    assert response.noise.shape == (3, 501)
    assert np.isfinite(response.noise).all()
    np.testing.assert_allclose(response.knots.sum(0), 1, atol=1e-6)
    wave = response.waves(0, 0)
    assert wave.shape == (3, 3, len(response.frequencies))
    assert response.waves(0, 0) is wave  # made once
    # causal: nothing arrives before the time through the column
    pulse = np.fft.irfft(wave[2, 2], response.nfft)
    early = int(0.9 * response.delay(0, "S", 0.0) * 50)
    assert np.abs(pulse[:early]).max() < 0.05 * np.abs(pulse).max()


def test_lateral_coupling_spares_long_periods_and_grows():
    """Far below its corner it is the identity; above, components mix by its strength."""
    frequencies = np.array([0.01, 0.1, 10.0, 20.0, 40.0])
    site = SimpleNamespace(f0=2.0)
    all_of_them = np.array([lateral_coupling(frequencies, site, np.random.default_rng(i))
                            for i in range(200)])
    np.testing.assert_allclose(all_of_them[..., 0], np.broadcast_to(np.eye(3), (200, 3, 3)),
                               atol=1e-4)
    mixed = np.sqrt(np.mean(np.abs(all_of_them[:, 1, 0, 2:]) ** 2))
    assert 0.7 * column.COUPLING < mixed < 1.8 * column.COUPLING
    into_vertical = np.sqrt(np.mean(np.abs(all_of_them[:, 0, 1, 2:]) ** 2))
    assert into_vertical == pytest.approx(column.INTO_VERTICAL * mixed, rel=0.2)
