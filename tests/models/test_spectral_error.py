"""Band powers and coherences against slow loops; what the error sees, and what it does not."""

from itertools import pairwise

import numpy as np
import pytest
import torch

from obspy_tng.models.spectral_error import (
    band_power,
    bands_of,
    coherence,
    coherence_error,
    spectral_error,
)


def test_band_power_against_a_slow_loop():
    x = np.random.default_rng(0).standard_normal((2, 96, 3))
    window = 0.5 - 0.5 * np.cos(2 * np.pi * np.arange(16) / 16)
    bands = [[3], [4], [5], [6], [7], [8]]
    for row, series in zip(band_power(torch.as_tensor(x), 6), x.swapaxes(1, 2).reshape(6, 96),
                           strict=True):
        padded = np.pad(series, 8, mode="reflect")
        power = [np.abs(np.fft.rfft(window * padded[4 * i:4 * i + 16])) ** 2 / (window ** 2).sum()
                 for i in range(25)]
        for frame in range(7):
            some = np.mean(power[4 * frame:4 * frame + 4], axis=0)
            np.testing.assert_allclose(row[:, frame],
                                       np.log([some[b].mean() + 1e-4 for b in bands]), atol=1e-6)


def test_bands():
    bands = bands_of(6000)
    torch.testing.assert_close(bands.sum(1), torch.ones(len(bands)))
    assert (bands > 0).sum(0)[3:].eq(1).all()
    assert 40 < len(bands) < 60


def test_spectral_error_does_not_see_phase_but_sees_scale():
    noise = torch.randn(1, 9600, 3)
    assert spectral_error(noise, noise) == 0
    assert spectral_error(-noise, noise) == 0
    assert spectral_error(np.e * noise, noise).item() == pytest.approx(2, abs=0.02)
    assert spectral_error(torch.randn(1, 9600, 3), noise) < 0.6  # other phases, same spectrum


def test_coherence_against_a_slow_loop():
    x = np.random.default_rng(0).standard_normal((2, 96, 3))
    x[..., 1] = 2 * x[..., 0]
    found = coherence(torch.as_tensor(x))
    edges = [3, 4, 5, 6, 7, 8, 9, 10, 11, 12, 13, 15, 17, 19, 21, 24, 27, 30, 34, 38, 43, 48, 54]
    assert found.shape == (2, 3, len(edges) - 1)
    for i, record in enumerate(x):
        f = np.fft.rfft(record.T)
        for pair, (j, k) in enumerate(((0, 1), (0, 2), (1, 2))):
            for band, (low, high) in enumerate(pairwise(edges)):
                a, b = f[j, low:high], f[k, low:high]
                expected = abs((a * b.conj()).sum()) ** 2 / (
                    (abs(a) ** 2).sum() * (abs(b) ** 2).sum())
                assert found[i, pair, band].item() == pytest.approx(expected, abs=1e-9)
    torch.testing.assert_close(found[:, 0], torch.ones_like(found[:, 0]))
    assert coherence_error(torch.as_tensor(3 * x), torch.as_tensor(x)) < 1e-9


@pytest.mark.parametrize("scale", [0.0, 1e-12, 1e-6, 1e6, 1e12])
def test_gradient_of_coherence_is_finite_for_every_scale(scale):
    x = (scale * torch.randn(2, 96, 3)).requires_grad_()
    coherence_error(x, torch.randn(2, 96, 3)).backward()
    assert x.grad.isfinite().all()
