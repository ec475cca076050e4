"""
Losses of the variational models
================================

All are means over the records of a batch, so that the sum over parts of a batch does not
depend on how it is divided.

.. [Burda2016] Burda, Y., Grosse, R., Salakhutdinov, R. (2016), Importance
   weighted autoencoders, ICLR.
.. [Kingma2016] Kingma, D. P., Salimans, T., Jozefowicz, R., Chen, X., Sutskever, I.,
   Welling, M. (2016), Improved variational inference with inverse autoregressive flow,
   NeurIPS.
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


def draw_latent(mu, logvar):
    """A draw from ``N(mu, exp(logvar))``, differentiable; shapes ``(batch, z)``."""
    return mu + torch.exp(0.5 * logvar) * torch.randn_like(mu)


def divergence(mu, logvar):
    """
    Kullback-Leibler divergence of ``N(mu, exp(logvar))`` from ``N(0, 1)``.

    :param mu: ``(batch, z)``.
    :param logvar: ``(batch, z)``.
    :return: ``(batch, z)``, nats, one number per dimension.
    """
    return 0.5 * (mu.square() + logvar.exp() - 1 - logvar)


def kl_loss(mu, logvar, free_bits):
    """
    Divergence in the loss: per dimension at least ``free_bits`` [Kingma2016]_, mean over
    dimensions (the paper does not say whether mean or sum; with its weight of 0.05 a sum would
    dominate a squared error of at most 1).

    :param mu: ``(batch, z)``.
    :param logvar: ``(batch, z)``.
    :param free_bits: nats; below this value a dimension has no gradient.
    :return: scalar.
    """
    return divergence(mu, logvar).clamp(min=free_bits).mean()


def kl_weight(epoch, beta, warmup):
    """
    Weight of the divergence, rising linearly to ``beta`` over ``warmup`` epochs.

    :param epoch: from 0; None: the warm-up is over.
    :return: float
    """
    return beta if epoch is None or warmup == 0 else beta * min(1.0, (epoch + 1) / warmup)


def active_units(mu, threshold=0.01):
    """
    Number of latent dimensions that distinguish records [Burda2016]_.

    :param mu: means of the posteriors ``(records, z)``, tensor or array.
    :param threshold: least variance over the records.
    :return: int
    """
    return int((torch.as_tensor(mu).var(0) > threshold).sum())


def reconstruction_error(decoded, x, kind="squared"):
    """
    Error of standardised records.

    :param decoded: ``(batch, time, 3)``.
    :param x: ``(batch, time, 3)``.
    :param kind: "squared" or "absolute".
    :return: scalar; 1 for silence ("squared").
    """
    error = at_least_float32(decoded) - x
    return error.square().mean() if kind == "squared" else error.abs().mean()


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
