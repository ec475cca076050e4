"""Wavelet packets: an orthogonal transform in order of frequency."""

import numpy as np
import pytest

from obspy_tng.exceptions import TNGInputError
from obspy_tng.signal.wavelet_packets import from_packets, least_asymmetric_filter, packets


def test_filter_is_orthogonal_with_vanishing_moments():
    for moments in (1, 2, 4, 8):
        h = least_asymmetric_filter(moments)
        assert len(h) == 2 * moments
        assert h.sum() == pytest.approx(np.sqrt(2))
        for shift in range(moments):
            product = h[2 * shift:] @ h[:len(h) - 2 * shift]
            assert product == pytest.approx(float(shift == 0), abs=1e-8)
        high = (-1.0) ** np.arange(len(h)) * h[::-1]
        for power in range(min(moments, 4)):
            assert high @ np.arange(len(h)) ** power == pytest.approx(0, abs=1e-5)


def test_known_filters():
    # Daubechies (1992), table 6.1: two moments leave one choice but for its direction
    root = np.sqrt(3)
    published = np.array([1 + root, 3 + root, 3 - root, 1 - root]) / (4 * np.sqrt(2))
    h = least_asymmetric_filter(2)
    assert np.allclose(h, published) or np.allclose(h, published[::-1])


def test_filter_agrees_with_pywavelets():
    pywt = pytest.importorskip("pywt", reason="PyWavelets is not installed")
    for moments in (6, 8):  # the choice of zeros may differ, the amplitude response not
        h, other = least_asymmetric_filter(moments), np.array(pywt.Wavelet(f"sym{moments}").dec_lo)
        assert np.allclose(*(np.abs(np.fft.rfft(x, 64)) for x in (h, other)), atol=1e-6)


def test_exact_inverse_same_energy_same_size():
    for npts in (16, 48, 6000):
        x = np.random.default_rng(npts).standard_normal((2, 3, npts))
        c = packets(x, 4)
        assert c.shape == (2, 3, 16, npts // 16)
        assert np.square(c).sum() == pytest.approx(np.square(x).sum())
        assert np.allclose(from_packets(c), x, atol=1e-12)


def test_inputs_stay_and_batch_is_as_single():
    x = np.random.default_rng(1).standard_normal((4, 320))
    before = x.copy()
    c = packets(x, 3)
    assert np.array_equal(x, before)
    kept = c.copy()
    from_packets(c)
    assert np.array_equal(c, kept)
    assert np.allclose(packets(x[2], 3), c[2])


def test_bands_are_in_order_of_frequency():
    t = np.arange(1600)
    for band in range(16):
        sine = np.sin(np.pi * (band + 0.5) / 16 * t)
        assert np.square(packets(sine, 4)).sum(-1).argmax() == band


def test_bands_of_a_frame_are_of_the_same_time():
    t = np.arange(3200)
    for band in range(16):
        pulse = np.cos(np.pi * (band + 0.5) / 16 * t) * np.exp(-0.5 * ((t - 1600) / 60) ** 2)
        energy = np.square(packets(pulse, 4))[band]
        at = energy @ (np.arange(200) + 0.5) * 16 / energy.sum()
        assert abs(at - 1600) < 40  # samples; two and a half frames


def test_bad_lengths():
    with pytest.raises(TNGInputError, match="multiple of 16"):
        packets(np.zeros(100), 4)
    with pytest.raises(TNGInputError, match="moments"):
        least_asymmetric_filter(0)
