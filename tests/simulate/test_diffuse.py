"""The diffuse field: its energy, its times, and its motion at the surface."""

from dataclasses import replace
from types import SimpleNamespace

import numpy as np
import pytest
from scipy.stats import kurtosis

from obspy_tng.simulate import diffuse
from obspy_tng.simulate.arrivals import BANDS
from obspy_tng.simulate.crust import draw_crust
from obspy_tng.simulate.scattering import energy_density

ALPHA, BETA = 6062.0, 3500.0
DISTANCE = 60e3
FIRST = {"P": DISTANCE / ALPHA, "S": DISTANCE / BETA}


def coda(wave, time, crust):
    return diffuse.coda(wave, DISTANCE, FIRST, time, crust, (BETA, BETA), np.ones(len(BANDS)))


@pytest.fixture(scope="module")
def crust():
    """Q of coda in proportion to frequency: all bands lose the same."""
    return replace(draw_crust(np.random.default_rng(0)), quality=100.0, scattering=8e-6,
                   exponent=1 - diffuse.CODA_EXPONENT, scattering_exponent=0.0)


def test_coda_is_energy_of_radiative_transfer(crust):
    """Fluence through a sphere of the radius of the direct wave, less absorption and leakage."""
    time = np.array([20.0, 30.0, 50.0])
    density = energy_density("S", "S", DISTANCE, time, 8e-6, BETA)
    quality = 100.0 * diffuse.CODA_PIVOT ** -diffuse.CODA_EXPONENT
    lost = np.exp(-(2 * np.pi / quality + diffuse.LEAKAGE) * (time - FIRST["S"]))
    expected = diffuse.TURNED_BACK * 4 * np.pi * DISTANCE ** 2 * BETA * density * lost
    for band in coda("S", time, crust)[1]:
        np.testing.assert_allclose(band, expected, rtol=0.05)


def test_s_scattered_to_p_comes_between_p_and_s(crust):
    power = coda("S", np.array([FIRST["P"] - 0.1, 0.5 * (FIRST["P"] + FIRST["S"])]), crust)
    assert not power[..., 0].any()
    assert (power[0, :, 1] > 0).all()
    assert not coda("P", np.array([FIRST["P"] - 0.1]), crust).any()


def test_high_frequencies_fade_faster_where_q_is_constant(crust):
    power = coda("S", np.array([20.0, 60.0]), replace(crust, exponent=0.0)).sum(0)
    assert power[-1, 1] / power[-1, 0] < power[0, 1] / power[0, 0]


def test_the_ground_near_the_station_keeps_energy():
    """What it scatters is what it was given, and the wave loses it, but for the gain."""
    rate, nfft = 20.0, 8192
    impulses = np.zeros((2, len(BANDS), nfft))
    impulses[0, :, 100], impulses[1, :, 300] = 1.0, np.arange(1, 7)
    power = diffuse.near_station(impulses, 1.5, rate)
    np.testing.assert_allclose(power.sum((0, 2)) / rate, 1 + np.arange(1, 7), rtol=1e-3)
    assert not power[..., :100].any()
    p_share = power[0, 3, 300:].sum() / power[:, 3, 300:].sum()
    assert diffuse.NEAR_P["S"][3] < p_share < diffuse.NEAR_P["P"][3]
    near, passed = diffuse.near_shares(0.7)
    for wave in "PS":
        np.testing.assert_allclose(passed[wave] ** 2 * (1 + near[wave]),
                                   1 + diffuse.GAIN[wave] * 0.7 * np.sqrt(BANDS / 5))
    near, passed = diffuse.near_shares(0.0)
    assert not near["S"].any()
    np.testing.assert_array_equal(passed["P"], 1)


@pytest.fixture(scope="module")
def motion():
    """Up, radial and transverse motion over ground that passes everything as it is."""
    nfft, rate = 40000, 50.0
    columns = np.zeros((3, 3, nfft // 2 + 1), np.complex64)
    columns[0, 0] = columns[1, 1] = columns[2, 2] = 1
    # Rayleigh waves alone have the steepest column
    response = SimpleNamespace(nfft=nfft, sampling_rate=rate,
                               waves=lambda _, number: columns if number else 0 * columns)
    power = np.full((2, len(BANDS), nfft), 4.0)
    spectra = diffuse.diffuse_motion(np.random.default_rng(0), power, nfft // 2, response, 0)
    return np.fft.irfft(spectra, nfft), power, rate


def test_motion_has_its_power_in_all_directions(motion):
    """P moves the vertical, S the horizontals, radial and transverse alike after S."""
    data, power, rate = motion
    half = data.shape[1] // 2
    vertical, radial, transverse = np.square(data[:, half:]).mean(1) * rate / power[0, 0, 0]
    sv, sh = 0.12 + 0.21, 0.12 + 0.22
    assert radial == pytest.approx(0.5 * (sv + sh), rel=0.1)
    assert transverse == pytest.approx(radial, rel=0.1)
    assert vertical == pytest.approx(1, rel=0.1)
    assert np.abs(np.corrcoef(data[:, half:]) - np.eye(3)).max() < 0.03


def test_motion_before_s_is_along_the_ray(motion):
    """SV, which alone moves the radial here, goes along; SH moves across it."""
    data, _, _ = motion
    half = data.shape[1] // 2
    before, after = (np.square(data[1:, part]).mean(1) for part in
                     (slice(0, half), slice(half, None)))
    sv, sh, along = 0.12 + 0.21, 0.12 + 0.22, diffuse.ALONG[0]
    assert before[0] / after[0] == pytest.approx(
        2 * (along * sv + (1 - along) * sh) / (sv + sh), rel=0.1)


def test_motion_is_gaussian(motion):
    assert np.abs(kurtosis(motion[0], axis=1)).max() < 0.1
