"""
Errors of decoded records that do not depend on phases: band powers and coherence
=================================================================================

Both are means over the records of a batch.
"""

from functools import lru_cache
from itertools import pairwise

import torch
import torch.nn.functional as F

from .timesnet import at_least_float32

#: added to powers before the logarithm; that of a standardised record of white noise is 1
SPECTRAL_FLOOR = 1e-4
#: power below which a band is taken as incoherent
COHERENCE_FLOOR = 1e-12
#: record length over window length of the spectral error
WINDOWS = (1, 6, 24)


def spectral_error(decoded, x):
    """
    Difference of logarithmic band powers, without phase: of the whole record, and of
    windows of a sixth and a 24th of it.

    Power is averaged over sixths of an octave and four windows before the logarithm.
    Without averaging, the scatter of single bins (a standard deviation of 1.3 in ln) hides the
    differences between stations.

    :param decoded: ``(batch, time, 3)``, standardised.
    :param x: ``(batch, time, 3)``, standardised.
    :return: scalar, mean absolute difference in ln power.
    """
    errors = [(band_power(decoded, n) - band_power(x, n)).abs().mean() for n in WINDOWS]
    return sum(errors) / len(errors)


def band_power(x, divisor):
    """
    Logarithm of the power in sixths of an octave.

    :param x: ``(batch, time, 3)``.
    :param divisor: length of the series over that of the Hann windows, which overlap by three
        quarters; 1 takes the whole series without a window.
    :return: ``(batch * 3, bands, windows / 4)``, ln; white noise of variance 1 has 0.
    """
    series = at_least_float32(x).transpose(1, 2).reshape(-1, x.shape[1])
    if divisor == 1:
        nfft = x.shape[1]
        power = torch.view_as_real(torch.fft.rfft(series)).square().sum(-1)[..., None] / nfft
    else:
        nfft = max(16, 2 * round(x.shape[1] / divisor / 2))
        window = torch.hann_window(nfft, dtype=series.dtype, device=x.device)
        spectrum = torch.stft(series, nfft, nfft // 4, window=window, return_complex=True)
        power = torch.view_as_real(spectrum).square().sum(-1) / window.square().sum()
        power = F.avg_pool1d(power, 4, ceil_mode=True)
    return torch.log(bands_of(nfft).to(power) @ power + SPECTRAL_FLOOR)


@lru_cache(maxsize=32)
def bands_of(nfft):
    """
    Averages over sixths of an octave, at least one bin wide, from the third bin to Nyquist.

    :param nfft: length of the transform.
    :return: ``(bands, nfft // 2 + 1)``, rows that sum to 1.
    """
    edges = [3]
    while edges[-1] <= nfft // 2:
        edges.append(max(edges[-1] + 1, round(edges[-1] * 2 ** (1 / 6))))
    bands = torch.zeros(len(edges) - 1, nfft // 2 + 1)
    for row, (first, last) in zip(bands, pairwise(edges), strict=True):
        row[first:last] = 1
    return bands / bands.sum(1, keepdim=True)


def coherence_error(decoded, x):
    """
    Difference of the squared coherences of the components, per sixth of an octave of the
    whole record.

    :param decoded: ``(batch, time, 3)``, standardised.
    :param x: ``(batch, time, 3)``, standardised.
    :return: scalar, mean absolute difference over the three pairs.
    """
    return (coherence(decoded) - coherence(x)).abs().mean()


def coherence(x):
    """
    Squared coherence of the three pairs of components in sixths of an octave.

    :param x: ``(batch, time, 3)``.
    :return: ``(batch, 3, bands)``, 0 to 1; 1 where a band has one bin.
    """
    spectrum = torch.fft.rfft(at_least_float32(x).transpose(1, 2), norm="ortho")
    spectrum = torch.view_as_real(spectrum)
    first, second = spectrum[:, [0, 0, 1]], spectrum[:, [1, 2, 2]]
    bands = bands_of(x.shape[1]).to(spectrum).T
    power = spectrum.square().sum(-1) @ bands + COHERENCE_FLOOR
    amplitude = power[:, [0, 0, 1]].sqrt() * power[:, [1, 2, 2]].sqrt()
    real = (first * second).sum(-1) @ bands
    imaginary = (first[..., 1] * second[..., 0] - first[..., 0] * second[..., 1]) @ bands
    # divided before it is squared: float32 may not hold the square of a power
    return (real / amplitude).square() + (imaginary / amplitude).square()
