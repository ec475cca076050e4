"""Fourier amplitude spectra: a closed form, Parseval, orientation."""

import numpy as np
from obspy.signal.konnoohmachismoothing import konno_ohmachi_smoothing_window

from obspy_tng.signal import (
    eas,
    fas,
)

RATE = 100.0


def test_fas_of_a_gaussian_pulse():
    """exp(-t^2 / 2 s^2) has the spectrum s sqrt(2 pi) exp(-(2 pi f s)^2 / 2)."""
    time = np.arange(4000) / RATE - 20
    freqs, amplitude = fas(np.exp(-0.5 * (time / 0.1) ** 2), RATE)
    np.testing.assert_allclose(amplitude, 0.1 * np.sqrt(2 * np.pi)
                               * np.exp(-0.5 * (2 * np.pi * freqs * 0.1) ** 2), atol=1e-12)


def test_fas_parseval(records):
    freqs, amplitude = fas(records, RATE, nfft=8192)
    weights = np.where((freqs == 0) | (freqs == 50), 1, 2)
    np.testing.assert_allclose((weights * amplitude ** 2).sum(-1) * freqs[1],
                               (records ** 2).sum(-1) / RATE)


def test_eas_does_not_depend_on_orientation(records):
    angle = np.radians(37)
    turned = records.copy()
    turned[:, 1] = np.cos(angle) * records[:, 1] + np.sin(angle) * records[:, 2]
    turned[:, 2] = -np.sin(angle) * records[:, 1] + np.cos(angle) * records[:, 2]
    np.testing.assert_allclose(eas(turned, RATE)[1], eas(records, RATE)[1], rtol=1e-10,
                               atol=1e-9)
    _, smooth = eas(records, RATE, frequencies=[1.0, 10.0])
    bins, raw = eas(records, RATE)
    window = konno_ohmachi_smoothing_window(bins, 10.0, 188.5, normalize=True)
    np.testing.assert_allclose(smooth[:, 1], raw @ window, rtol=1e-10)
