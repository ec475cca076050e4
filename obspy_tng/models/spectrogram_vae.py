"""
The baseline's network: a variational autoencoder of spectrograms
=================================================================

Convolutions over amplitude and phase spectrograms of the three components, a
variational bottleneck, the station's vector appended to it, and convolutions
back. The paper publishes neither settings nor sizes; chosen here: Hann windows of 512
samples with hops of 128 (10 s at 50 Hz: fine enough for sites of 0.2 Hz), ln
amplitude and the cosine and sine of the phase as nine channels, four convolutions of
stride 2; squared errors of ln amplitude weighted by 1/frequency.

.. [Griffin1984] Griffin, D. W., Lim, J. S. (1984), Signal estimation from modified
   short-time Fourier transform, IEEE Trans. Acoust. Speech Signal Process., 32, 236-243.
"""

from dataclasses import dataclass
from itertools import pairwise

import torch
from torch import nn

from ..exceptions import TNGInputError
from .autoencoder import standardize
from .losses import divergence, draw_latent, kl_loss, kl_weight
from .timesnet import at_least_float32
from .variational import PHASES, Stations, VariationalConfig, latent_layer, shown_labels

#: amplitude (standardised records, spectra normalised for white noise of 1) added before ln
FLOOR = 1e-3
#: typical mean and standard deviation of ln amplitude, so that the inputs of the network are near 1
LOG_MEAN, LOG_STDEV = -3.0, 3.0


@dataclass(frozen=True)
class SpectrogramConfig(VariationalConfig):
    """
    Sizes and loss of the spectrogram VAE, beside those of
    :class:`~obspy_tng.models.variational.VariationalConfig`.

    :param nfft: samples of a window.
    :param hop: samples between windows.
    :param channels: of the first convolution; doubled by each of the next.
    :param layers: convolutions of stride 2 on either side.
    :param phase_weight: of the phase error, itself weighted by amplitude.
    :raises TNGInputError: for a value out of range.
    """

    nfft: int = 512
    hop: int = 128
    channels: int = 32
    layers: int = 4
    phase_weight: float = 0.25

    counts = (*VariationalConfig.counts, "nfft", "hop", "channels", "layers")
    weights = (*VariationalConfig.weights, "phase_weight")

    def __post_init__(self):
        super().__post_init__()
        if not 2 * self.hop <= self.nfft <= self.seq_len:
            raise TNGInputError(f"nfft must be between 2 * hop = {2 * self.hop} and seq_len = "
                                f"{self.seq_len}, got {self.nfft}")


class SpectrogramVAE(nn.Module):
    """
    The spectrogram VAE; records and labels as in
    :class:`~obspy_tng.models.conditional_vae.ConditionalModel`.

    :param config: :class:`SpectrogramConfig`.
    """

    config_class = SpectrogramConfig
    phases = PHASES

    def __init__(self, config):
        super().__init__()
        self.config = config
        c = config
        self.register_buffer("window", torch.hann_window(c.nfft), persistent=False)
        # octaves have equal weight, as in HVSR; equal bins would favour the highest octaves
        octaves = 1 / torch.arange(c.nfft // 2 + 1).clamp(min=1)
        self.register_buffer("octaves", (octaves / octaves.mean())[:, None], persistent=False)
        # maps are padded to a multiple of 2 ** layers
        step = 2 ** c.layers
        self.shape = (c.nfft // 2 + 1, c.seq_len // c.hop + 1)
        self.padded = tuple(-(-n // step) * step for n in self.shape)
        widths = [c.channels * 2 ** i for i in range(c.layers)]
        self.encoder = nn.Sequential(*[
            layer for n, m in zip([9, *widths], widths, strict=False)
            for layer in (nn.Conv2d(n, m, 4, stride=2, padding=1), nn.GroupNorm(1, m), nn.GELU())])
        self.small = (widths[-1], *(n // step for n in self.padded))
        flat = self.small[0] * self.small[1] * self.small[2]
        self.to_latent = latent_layer(flat, c.z_dim)
        self.stations = Stations(len(c.stations), c.station_dim)
        self.from_latent = nn.Sequential(nn.Linear(c.z_dim + c.station_dim, flat), nn.GELU())
        back = [*widths[::-1], c.channels]
        self.decoder = nn.Sequential(*[
            layer for n, m in pairwise(back)
            for layer in (nn.ConvTranspose2d(n, m, 4, stride=2, padding=1), nn.GroupNorm(1, m),
                          nn.GELU())], nn.Conv2d(c.channels, 9, 3, padding=1))

    def settings(self):
        """Constructor arguments as a JSON-able dict."""
        return self.config.as_dict()

    def spectrogram(self, x):
        """Standardised records ``(batch, seq_len, 3)`` -> complex ``(batch, 3, bins, frames)``."""
        series = at_least_float32(x).transpose(1, 2)
        spectrum = torch.stft(series.reshape(-1, x.shape[1]), self.config.nfft, self.config.hop,
                              window=self.window.to(series.dtype), return_complex=True)
        return spectrum.reshape(len(x), 3, *spectrum.shape[1:]) / self._norm

    def waveform(self, spectrum):
        """The inverse of :meth:`spectrogram`."""
        series = torch.istft(spectrum.flatten(0, 1) * self._norm, self.config.nfft,
                             self.config.hop, window=self.window.to(spectrum.real.dtype),
                             length=self.config.seq_len)
        return series.reshape(len(spectrum), 3, -1).transpose(1, 2)

    @property
    def _norm(self):
        return self.window.square().sum().sqrt()

    def calibrate(self, x):
        """Nothing to do: every map has been scaled to numbers near 1."""

    def encode(self, x, labels):
        """
        See :meth:`~obspy_tng.models.conditional_vae.ConditionalModel.encode`.

        The label makes no difference here.
        """
        z, means, stdev = standardize(x)
        return *self._posterior(features(self.spectrogram(z))), means, stdev

    def _posterior(self, maps):
        padding = (0, self.padded[1] - self.shape[1], 0, self.padded[0] - self.shape[0])
        h = self.encoder(nn.functional.pad(maps, padding))
        mu, logvar = at_least_float32(self.to_latent(h.flatten(1))).chunk(2, dim=1)
        return mu, logvar.clamp(-10, 10)

    def decode_features(self, z, labels):
        """Latents ``(batch, z_dim)`` -> nine maps ``(batch, 9, bins, frames)``."""
        h = self.from_latent(torch.cat([z, self.stations.vectors(labels)], dim=1))
        maps = self.decoder(h.reshape(-1, *self.small))
        return at_least_float32(maps[:, :, :self.shape[0], :self.shape[1]])

    def decode(self, z, labels, iterations=0, start=None):
        """
        :param z: ``(batch, z_dim)``.
        :param labels: ``(batch,)``.
        :param iterations: of Griffin and Lim's phase retrieval [Griffin1984]_; 0 takes
            the decoded phases.
        :param start: phases ``(batch, 3, bins, frames)`` in rad to begin it with; None: the
            decoded ones.
        :return: standardised records ``(batch, seq_len, 3)``.
        """
        maps = self.decode_features(z, labels)
        amplitude = (LOG_MEAN + LOG_STDEV * maps[:, :3]).exp() - FLOOR
        amplitude = amplitude.clamp(min=0)
        phase = torch.atan2(maps[:, 6:], maps[:, 3:6]) if start is None else start
        wave = self.waveform(torch.polar(amplitude, phase))
        for _ in range(iterations):
            wave = self.waveform(torch.polar(amplitude, self.spectrogram(wave).angle()))
        return wave

    def loss(self, x, labels, phase="condition", epoch=None):
        """
        Training loss: squared error of ln amplitude, phase error, beta KL; arguments as
        :meth:`~obspy_tng.models.conditional_vae.ConditionalModel.loss`.
        """
        c = self.config
        labels = shown_labels(labels, phase, c.label_dropout if self.training else 0.0)
        spectrum = self.spectrogram(standardize(x)[0])
        maps = features(spectrum)
        mu, logvar = self._posterior(maps)
        decoded = self.decode_features(draw_latent(mu, logvar) if self.training else mu, labels)
        error = (self.octaves * (decoded[:, :3] - maps[:, :3]).square()).mean()
        unit = nn.functional.normalize(torch.stack([decoded[:, 3:6], decoded[:, 6:]]), dim=0)
        missed = 1 - unit[0] * maps[:, 3:6] - unit[1] * maps[:, 6:]
        weight = spectrum.abs() / spectrum.abs().mean((1, 2, 3), keepdim=True)
        missed = (weight * missed).mean()
        beta = kl_weight(epoch if phase == "reconstruct" else None, c.beta, c.warmup)
        loss = error + c.phase_weight * missed + beta * kl_loss(mu, logvar, c.free_bits)
        return {"loss": loss, "amplitude": error.detach(), "phase_error": missed.detach(),
                "kl": divergence(mu, logvar).sum(1).mean().detach()}


def features(spectrum):
    """
    Inputs of the network from spectrograms.

    :param spectrum: complex ``(batch, 3, bins, frames)``.
    :return: ``(batch, 9, bins, frames)``: scaled ln amplitude, cosine, sine of the phase.
    """
    amplitude = spectrum.abs()
    unit = spectrum / amplitude.clamp(min=1e-20)
    return torch.cat([(torch.log(amplitude + FLOOR) - LOG_MEAN) / LOG_STDEV, unit.real,
                      unit.imag], dim=1)
