"""Smoothing windows: against ObsPy, closed forms, and the cache."""

import numpy as np
import pytest
from obspy.signal.konnoohmachismoothing import konno_ohmachi_smoothing_window

from obspy_tng.exceptions import TNGInputError
from obspy_tng.signal import konno_ohmachi_weights, log_gaussian_weights, smoother, smoothing

FREQUENCIES = np.arange(3001) / 60.0
CENTERS = np.geomspace(0.1, 40, 400)


@pytest.mark.parametrize("bandwidth", [20.0, 40.0, 188.5])
def test_window_is_obspys(bandwidth):
    centers = np.r_[1.0, 2 / 3, CENTERS[::25]]
    centers.sort()
    ours = konno_ohmachi_weights(FREQUENCIES, centers, bandwidth)
    expected = [konno_ohmachi_smoothing_window(FREQUENCIES, center, bandwidth, normalize=True)
                for center in centers]
    np.testing.assert_allclose(ours, expected, rtol=0, atol=1e-10)


def test_log_gaussian_is_its_formula():
    row = log_gaussian_weights(FREQUENCIES, [2.0], 40.0)[0]
    expected = np.array([0] + [np.exp(-40 * np.log(f / 2) ** 2) for f in FREQUENCIES[1:]])
    np.testing.assert_allclose(row, expected / expected.sum(), rtol=1e-12)


def test_log_gaussian_is_wider_than_konno_ohmachi():
    """By a factor of 2.3, as the reference says: half widths on a fine axis."""
    fine = np.geomspace(0.5, 2, 20001)
    widths = [np.ptp(np.log(fine[w[0] > w[0].max() / 2]))
              for w in (log_gaussian_weights(fine, [1.0]), konno_ohmachi_weights(fine, [1.0]))]
    assert widths[0] / widths[1] == pytest.approx(2.3, abs=0.1)


@pytest.mark.parametrize("weigh", [konno_ohmachi_weights, log_gaussian_weights])
def test_rows_sum_to_one_and_zero_frequency_counts_not(weigh):
    weights = weigh(FREQUENCIES, CENTERS)
    np.testing.assert_allclose(weights.sum(axis=1), 1, rtol=1e-12)
    assert (weights[:, 0] == 0).all()
    assert (weights >= 0).all()


@pytest.mark.parametrize("weigh", [konno_ohmachi_weights, log_gaussian_weights])
@pytest.mark.parametrize("bandwidth", [5.0, 40.0, 400.0])
@pytest.mark.parametrize("centers", [np.linspace(1, 20, 1000), CENTERS, [0.5, 1.0, 9.0]])
def test_smoother_is_the_matrix(weigh, bandwidth, centers):
    """Though it smooths at few of the frequencies; also spectra that fall by a factor of 10^8."""
    spectra = np.random.default_rng(0).random((2, 3, 3001))
    spectra[1] /= 1 + (FREQUENCIES / 2) ** 6
    smooth = smoother(weigh.__name__.removesuffix("_weights"), FREQUENCIES, centers, bandwidth)
    expected = spectra @ weigh(FREQUENCIES, centers, bandwidth).T
    np.testing.assert_allclose(smooth(spectra)[0], expected[0], rtol=1e-11)
    np.testing.assert_allclose(smooth(spectra)[1], expected[1], rtol=1e-7)
    single = smooth(spectra.astype(np.float32))
    assert single.dtype == np.float32
    np.testing.assert_allclose(single, expected, rtol=1e-6)


def test_few_windows_determine_the_others():
    """As many as samples that resolve a window whose Fourier transform ends at 4 b / ln(10)."""
    smooth = smoother("konno_ohmachi", FREQUENCIES, CENTERS)
    needed = np.log(40 / 0.1) * 4 * 40 / np.log(10) / np.pi
    assert smooth.weights.shape[1] == pytest.approx(needed, rel=0.15)


def test_smoother_is_made_once():
    first = smoother("konno_ohmachi", FREQUENCIES, CENTERS)
    assert smoother("konno_ohmachi", FREQUENCIES.copy(), list(CENTERS)) is first
    assert smoother("konno_ohmachi", FREQUENCIES, CENTERS, 30.0) is not first


def test_cache_is_bounded(monkeypatch):
    monkeypatch.setattr(smoothing, "_cache", type(smoothing._cache)())
    monkeypatch.setattr(smoothing, "CACHE_BYTES", 3 * 8 * 3000 * 120)
    for bandwidth in range(20, 30):
        smoother("konno_ohmachi", FREQUENCIES, CENTERS, bandwidth)
    assert 1 <= len(smoothing._cache) <= 3


@pytest.mark.parametrize(("call", "message"), [
    (lambda: konno_ohmachi_weights(FREQUENCIES, [0.0]), "center_frequencies"),
    (lambda: konno_ohmachi_weights(FREQUENCIES, [2.0, 1.0]), "ascending"),
    (lambda: konno_ohmachi_weights(FREQUENCIES, [1.0], -1.0), "bandwidth"),
    (lambda: konno_ohmachi_weights(-FREQUENCIES, [1.0]), "frequencies"),
    (lambda: log_gaussian_weights(FREQUENCIES, [1e-9]), "no frequency inside"),
    (lambda: smoother("boxcar", FREQUENCIES, [1.0]), "smoothing")])
def test_bad_values(call, message):
    with pytest.raises(TNGInputError, match=message):
        call()
