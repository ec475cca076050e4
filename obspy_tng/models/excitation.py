"""
Excitation of the decoder: noise shaped by the bottleneck
=========================================================

The paper repeats the decoded bottleneck over time, which makes all samples alike, and decodes a
record with TimesBlocks. Here white noise is drawn for every record and split into bands. The
bottleneck determines the level and the envelope of each band of each component. The sum is
an evolutionary process [Priestley1965]_ with random phases, so that no two records are equal,
and with a spectrum and an envelope that follow from z.
"""

import torch
import torch.nn.functional as F
from torch import nn

from .timesnet import at_least_float32

#: bands per octave, as in the spectral error: a resonance of 5 % damping is about as wide
PER_OCTAVE = 6
#: centre of the lowest band, in periods per record
LOWEST = 4
#: resolution of the envelope, whose knots are interpolated
GROUPS, KNOTS = 8, 24


class NoiseExcitation(nn.Module):
    """
    White noise to excitation.

    :param features: number of inputs that determine the excitation.
    :param seq_len: samples of a record.
    """

    def __init__(self, features, seq_len):
        super().__init__()
        self.register_buffer("gains", band_gains(seq_len), persistent=False)
        self.bands = len(self.gains)
        self.levels = nn.Linear(features, 3 * self.bands)
        self.envelope = nn.Linear(features, 3 * GROUPS * KNOTS)

    def forward(self, h, noise):
        """
        :param h: ``(batch, features)``.
        :param noise: white noise ``(batch, seq_len, 3)``.
        :return: excitation ``(batch, seq_len, 3)``; the components are independent.
        """
        envelope = at_least_float32(self.envelope(h)).reshape(-1, 3, GROUPS, KNOTS)
        envelope = F.interpolate(envelope, (self.bands, noise.shape[1]), mode="bilinear",
                                 align_corners=True)
        # only its shape matters; with a maximum of 1 it cannot overflow
        envelope = (envelope - envelope.amax(-1, keepdim=True)).exp()
        shaped = self._analyse(noise) * envelope
        # The energy of a band follows z without the scatter of the noise: z contains the scatter
        # among records already, which would be counted twice.
        levels = at_least_float32(self.levels(h)).reshape(-1, 3, self.bands).exp()
        return torch.einsum("bkft,bkf->btk", shaped, levels / band_rms(shaped))

    def _analyse(self, x):
        """Series ``(batch, time, 3)`` -> bands ``(batch, 3, bands, time)``."""
        spectrum = torch.fft.rfft(at_least_float32(x).transpose(1, 2))
        return torch.fft.irfft(spectrum[:, :, None] * self.gains, x.shape[1])

    @torch.no_grad()
    def calibrate(self, x):
        """
        Initialise with the mean ln levels of some records.

        :param x: standardised records ``(n, seq_len, 3)``.
        """
        levels = torch.cat([band_rms(self._analyse(part)).log() for part in x.split(8)]).mean(0)
        self.levels.bias.copy_(levels.flatten())


def band_rms(x):
    """Root mean square over the last axis, never quite 0."""
    return x.square().mean(-1).add(1e-12).sqrt()


def band_gains(length):
    """
    Gains of overlapping bands that add up to one, with flanks of squared cosines, a sixth of
    an octave but at least two bins apart; the lowest reaches down to the first bin, the last
    to Nyquist.

    :param length: samples of the series.
    :return: ``(bands, length // 2 + 1)``, 0 at zero frequency.
    """
    last = length // 2
    centres = [float(min(LOWEST, last))]
    while centres[-1] < last:
        centres.append(min(float(last), max(centres[-1] + 2, centres[-1] * 2 ** (1 / PER_OCTAVE))))
    centres = torch.tensor(centres, dtype=torch.float64)
    bins = torch.arange(last + 1, dtype=torch.float64)
    above = torch.searchsorted(centres, bins.clamp(max=last)).clamp(1, len(centres) - 1)
    low, high = centres[above - 1], centres[above]
    position = above - 1 + ((bins - low) / (high - low)).clamp(min=0)
    distance = (position - torch.arange(len(centres))[:, None]).abs()
    gains = torch.cos(torch.pi / 2 * distance.clamp(max=1)).square()
    gains[:, 0] = 0
    return gains.float()
