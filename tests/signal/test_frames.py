"""The cross-spectrum on frames: levels, definiteness, and noise that has what was asked for."""

import numpy as np
import pytest

from obspy_tng.signal import evolutionary, frames
from obspy_tng.signal.intensity import time_of_energy

RATE, NPTS = 50.0, 2000


@pytest.fixture(scope="module")
def bank():
    return evolutionary.filter_bank(NPTS, RATE, freqmin=10 * RATE / NPTS)


def products(spectra):
    """Packed spectra -> Hermitian matrices (..., 3, 3) with the bands and frames first."""
    matrix = np.zeros((*spectra.shape[2:], 3, 3), dtype=complex)
    for i in range(3):
        matrix[..., i, i] = spectra[0, i]
    for row, (i, j) in enumerate(frames.PAIRS):
        matrix[..., i, j] = spectra[0, 3 + 2 * row] + 1j * spectra[0, 4 + 2 * row]
        matrix[..., j, i] = matrix[..., i, j].conj()
    return matrix


def test_spectra_are_normalised_products(bank):
    x = np.random.default_rng(0).standard_normal((2, 3, NPTS)) * np.hanning(NPTS)
    spectra, levels = frames.frame_cross_spectra(bank, x)
    np.testing.assert_allclose(spectra[:, :3].mean(-1), 1, rtol=1e-5)
    np.testing.assert_allclose(levels, evolutionary.band_levels(bank, x), rtol=1e-9)
    # means of products of one vector with itself: no negative eigenvalue
    assert np.linalg.eigvalsh(products(spectra)).min() > -1e-4
    single, _ = frames.frame_cross_spectra(bank, x[1:])
    np.testing.assert_array_equal(single[0], spectra[1])


def test_weights_count_independent_samples(bank):
    weights = frames.frame_weights(bank)
    assert weights.shape == (len(bank),)
    # power-complementary bands share out all bins, zero frequency and Nyquist included
    assert weights.sum() * frames.FRAMES == pytest.approx(bank.nfft // 2 + 1, rel=1e-6)


def test_noise_has_the_covariance_asked_for(bank):
    rng = np.random.default_rng(1)
    shape = (len(bank), frames.FRAMES)
    time = np.arange(frames.FRAMES)
    envelope = -0.5 * np.square((time - 50) / 20.0)
    power = np.broadcast_to(envelope - np.log(np.exp(envelope).mean()), (3, *shape))
    coefficients = np.zeros((6, *shape))
    coefficients[0], coefficients[5] = 1.5, 0.8   # p real, r imaginary
    total = 0
    for _ in range(60):
        noise = frames.simulate_frames(bank, power, coefficients, rng)
        spectra, _ = frames.frame_cross_spectra(bank, noise[None])
        total = total + spectra
    mean = (total / 60)[0, :, 8:40].mean(1)   # bands that have many samples
    strong = slice(35, 65)
    assert np.corrcoef(np.log(mean[0, 20:90]), envelope[20:90])[0, 1] > 0.98
    coherence = np.hypot(mean[3], mean[4]) / np.sqrt(mean[0] * mean[1])
    assert np.median(coherence[strong]) == pytest.approx(1.5 / np.hypot(1, 1.5), abs=0.05)
    # east and north share r times what north does not share with the vertical
    shared = (mean[7] + 1j * mean[8]) / np.sqrt(mean[1] * mean[2])
    assert np.median(np.angle(shared[strong])) == pytest.approx(np.pi / 2, abs=0.1)
    assert np.median(np.abs(shared[strong])) == pytest.approx(
        0.8 / np.hypot(1, 0.8) / np.hypot(1, 1.5), abs=0.05)
    quiet = np.hypot(mean[5], mean[6]) / np.sqrt(mean[0] * mean[2])
    assert np.median(quiet[strong]) < 0.1   # q is zero: east and vertical share nothing


def test_noise_depends_on_its_generator_alone(bank):
    power, coefficients = np.zeros((3, len(bank), 160)), np.zeros((6, len(bank), 160))
    one, two, other = (frames.simulate_frames(bank, power, coefficients,
                                              np.random.default_rng(seed))
                       for seed in (0, 0, 1))
    np.testing.assert_array_equal(one, two)
    assert np.abs(one - other).max() > 0.1


@pytest.mark.parametrize("start", [100, 700, 1500])
def test_records_are_aligned_and_turned_back(bank, start):
    """Wherever it begins, its energy sets in at the anchor, and where it did in its noise."""
    rng = np.random.default_rng(0)
    time = np.arange(NPTS)
    x = rng.standard_normal((1, 3, NPTS)) * np.where(time < start, 1e-3,
                                                     np.exp(-(time - start) / 200))
    onset = time_of_energy(np.square(x).sum(1))
    shifts, place = frames.align_frames(bank, onset)
    spectra, levels = frames.frame_cross_spectra(bank, x, shifts=shifts)
    np.testing.assert_allclose(levels, evolutionary.band_levels(bank, x), rtol=1e-9)
    wide = spectra[0, :3, 25:].mean((0, 1))   # bands that are quick
    assert abs(int(np.argmax(wide > 0.5 * wide.max())) - frames.ANCHOR) <= 1
    assert place[0, 0].sum() == pytest.approx(NPTS / bank.nfft * frames.FRAMES, abs=1)
    assert place[0, 1].min() == pytest.approx(-0.5, abs=0.01)
    assert wide[place[0, 0] == 0].max() < 0.05 * wide.max()
    power = np.log(spectra[0, :3] + 1e-7)
    power[:, :25] = -20   # quick bands only
    noise = frames.simulate_frames(bank, power, np.zeros((6, *power.shape[1:])), rng, shifts[0])
    again = time_of_energy(np.square(noise).sum(0))
    assert again == pytest.approx(onset[0], abs=2 * bank.nfft / frames.FRAMES)


def test_time_of_energy_is_between_frames():
    assert time_of_energy(np.array([0.0, 1.0, 3.0]), 0.5) == pytest.approx(2 + 1 / 3)
    both = time_of_energy(np.array([[1.0, 1, 1, 1], [0, 0, 0, 4]]), 0.5)
    np.testing.assert_allclose(both, [2, 3.5])


def test_bands_of_another_number():
    x = np.arange(12.0).reshape(1, 4, 3)
    np.testing.assert_array_equal(frames.with_bands(x, 2, 1), x[:, :2])
    more = frames.with_bands(x, 6, 1)
    np.testing.assert_array_equal(more[:, :4], x)
    np.testing.assert_array_equal(more[:, 4:], np.repeat(x[:, 3:], 2, axis=1))
    assert len(frames.frame_cross_spectra(evolutionary.filter_bank(4000, 50.0, 10 / 80), np.ones(
        (1, 3, 4000)))[1][0, 0]) == len(evolutionary.filter_bank(2000, 50.0, 10 / 40)) + 6


def test_noise_is_as_short_as_the_envelope_asked_for():
    """Filters ring for the inverse of their width: without deconvolution it would be longer."""
    bank = evolutionary.filter_bank(6000, RATE, freqmin=10 / 120)
    time = np.arange(frames.FRAMES)
    short = np.where((time >= 40) & (time < 50), 1.0, 1e-6) * np.ones((3, len(bank), 1))
    kernel = frames.filter_spread(bank)
    np.testing.assert_allclose(kernel.sum(1), 1)
    assert kernel[12, 0] < 0.1 < 0.7 < kernel[40, 0]   # 0.33 Hz and 8.5 Hz
    # what a record with that envelope shows in its bands
    wanted = np.fft.irfft(np.fft.rfft(short) * np.fft.rfft(kernel), frames.FRAMES)
    wanted /= wanted.mean(-1, keepdims=True)
    deconvolved = frames.deconvolve_power(bank, wanted)
    np.testing.assert_allclose(deconvolved.mean(-1), 1, rtol=1e-6)
    assert deconvolved.min() >= 0
    rng, mean = np.random.default_rng(0), 0
    for _ in range(80):
        wave = frames.simulate_frames(bank, np.log(wanted), np.zeros((6, *wanted.shape[1:])), rng)
        mean = mean + frames.frame_cross_spectra(bank, wave[None])[0][0, :3].mean(0) / 80

    def width(power):
        share = np.cumsum(power) / power.sum()
        return np.diff(np.interp([0.05, 0.95], share, time))[0]

    # 0.42, 0.84 and 2.7 Hz; without deconvolution 1.5, 1.4 and 1.1 times as wide
    for band, most in ((14, 1.25), (20, 1.15), (30, 1.05)):
        assert 0.95 < width(mean[band]) / width(wanted[0, band]) < most
