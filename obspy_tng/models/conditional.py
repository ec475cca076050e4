"""
The station-conditioned TimesNet-Gen
====================================

The model of the first two versions of the paper: TimesBlocks that see the
station as one-hot channels in their folded maps, a mean over time, a variational
bottleneck, and TimesBlocks back to a record.

A bottleneck of 64 to 256 numbers after a mean over time cannot carry the phases of
18,000 samples: with the paper's squared error alone the decoder returns what
all records have in common, close to silence. Two corrections, both stated here because
the paper does not have them: ``spectral`` adds a distance of band powers, for which
phases do not matter (0 is the paper); and in the decoder the bottleneck scales the position
table beside being added to it, so that z can set the level of a band.
"""

from dataclasses import asdict, dataclass

import torch
import torch.nn.functional as F
from torch import nn

from ..exceptions import TNGInputError
from .losses import (
    divergence,
    draw_latent,
    kl_loss,
    kl_weight,
    reconstruction_error,
    spectral_error,
)
from .released import Embedding, standardize
from .timesnet import TimesBlock, at_least_float32

PHASES = ("reconstruct", "condition")


@dataclass(frozen=True)
class ConditionalConfig:
    """
    Sizes and loss of the conditional model.

    :param seq_len: samples of a record.
    :param stations: ids of the stations that have a code of their own; filled by training.
        All others have the code zero, which the first phase trains.
    :param d_model: channels of the series.
    :param d_ff: channels between the Inception layers of a TimesBlock.
    :param e_layers: TimesBlocks of the encoder.
    :param d_layers: TimesBlocks of the decoder.
    :param z_dim: size of the bottleneck, 64 to 256 as published.
    :param station_dim: size of the station embedding appended to z.
    :param position_std: initial standard deviation of the encoder's position table.
    :param carrier: initial values of the decoder's table: "white" noise of standard
        deviation 1 as published for the encoder's, or "bands" of noise (:func:`band_noise`).
        All that distinguishes one sample from the next in the decoder comes from this
        table: it is the carrier that the blocks shape.
    :param reconstruction: "squared" or "absolute".
    :param spectral: weight of :func:`~obspy_tng.models.losses.spectral_error`; 0 as published.
    :param beta: weight of the divergence (0.05 as published).
    :param warmup: epochs of the first phase over which beta rises (30 as published).
    :param free_bits: nats per dimension (1e-3 as published).
    :param label_dropout: share of the second phase's records that are shown without their
        station, so that the code zero stays usable for stations enrolled later.
    """

    seq_len: int = 6000
    stations: tuple = ()
    d_model: int = 64
    d_ff: int = 64
    e_layers: int = 2
    d_layers: int = 2
    num_kernels: int = 6
    top_k: int = 2
    z_dim: int = 128
    station_dim: int = 16
    dropout: float = 0.1
    position_std: float = 0.02
    carrier: str = "bands"
    reconstruction: str = "squared"
    spectral: float = 1.0
    beta: float = 0.05
    warmup: int = 30
    free_bits: float = 1e-3
    label_dropout: float = 0.1

    def __post_init__(self):
        object.__setattr__(self, "stations", tuple(self.stations))
        check_config(self, ("seq_len", "d_model", "d_ff", "e_layers", "d_layers", "num_kernels",
                            "top_k", "z_dim", "station_dim"),
                     ("position_std", "spectral", "beta", "warmup", "free_bits"),
                     ("dropout", "label_dropout"))
        if self.top_k > self.seq_len // 2:
            raise TNGInputError(f"top_k must be at most seq_len // 2 = {self.seq_len // 2}, "
                                f"got {self.top_k}")
        for key, allowed in (("reconstruction", ("squared", "absolute")),
                             ("carrier", ("white", "bands"))):
            if getattr(self, key) not in allowed:
                raise TNGInputError(f"{key} must be one of {allowed}, got "
                                    f"{getattr(self, key)!r}")


def check_config(config, counts, weights, shares):
    """Raise TNGInputError unless counts are integers >= 1, weights >= 0, shares in [0, 1)."""
    for key in counts:
        value = getattr(config, key)
        if isinstance(value, bool) or not isinstance(value, int) or value < 1:
            raise TNGInputError(f"{key} must be a positive integer, got {value!r}")
    for keys, limit in ((weights, float("inf")), (shares, 1)):
        for key in keys:
            value = getattr(config, key)
            if isinstance(value, bool) or not isinstance(value, int | float) \
                    or not 0 <= value < limit:
                raise TNGInputError(f"{key} must be a number in [0, {limit:g}), got {value!r}")


class Stations(nn.Module):
    """
    Stations as the network sees them: a one-hot code, and a learned vector.

    Label 0 is "no station": the code and the vector are zero.

    :param count: stations with a code.
    :param size: size of the vector.
    """

    def __init__(self, count, size):
        super().__init__()
        self.count = count
        self.embedding = nn.Embedding(count + 1, size, padding_idx=0)

    def codes(self, labels):
        """Labels ``(batch,)`` -> ``(batch, count)``, or None without stations."""
        return F.one_hot(labels, self.count + 1)[:, 1:].float() if self.count else None

    def vectors(self, labels):
        """Labels ``(batch,)`` -> ``(batch, size)``."""
        return self.embedding(labels)


class Blocks(nn.Module):
    """
    TimesBlocks with station codes, and a LayerNorm between them.

    None after the last: it would level out, sample by sample, the energies that the mean
    over time is to tell, and spread the decoder's energy over all frequencies.
    """

    def __init__(self, config, layers):
        super().__init__()
        self.blocks = nn.ModuleList(
            TimesBlock(config.d_model, config.d_ff, config.num_kernels, config.top_k,
                       extra_channels=len(config.stations)) for _ in range(layers))
        self.norm = nn.LayerNorm(config.d_model)

    def forward(self, x, codes):
        for block in self.blocks[:-1]:
            x = self.norm(block(x, codes))
        return self.blocks[-1](x, codes)


class ConditionalModel(nn.Module):
    """
    The station-conditioned variational model.

    Records are ``(batch, seq_len, 3)`` in gal with the components E, N, U; labels
    ``(batch,)`` are 1 + the position in ``config.stations``, or 0 for no station.

    :param config: :class:`ConditionalConfig`.
    """

    config_class = ConditionalConfig
    phases = PHASES

    def __init__(self, config):
        super().__init__()
        self.config = config
        self.stations = Stations(len(config.stations), config.station_dim)
        self.embedding = Embedding(config)
        self.encoder = Blocks(config, config.e_layers)
        self.register_buffer("pooled_mean", torch.zeros(config.d_model))
        self.register_buffer("pooled_stdev", torch.ones(config.d_model))
        self.to_latent = latent_layer(config.d_model, config.z_dim)
        self.from_latent = nn.Sequential(
            nn.Linear(config.z_dim + config.station_dim, 2 * config.d_model), nn.GELU(),
            nn.Dropout(config.dropout))
        noise = torch.randn(1, config.seq_len, config.d_model)
        self.carrier = nn.Parameter(noise if config.carrier == "white" else band_noise(noise))
        self.decoder = Blocks(config, config.d_layers)
        self.projection = nn.Linear(config.d_model, 3)

    def settings(self):
        """Constructor arguments as a JSON-able dict."""
        return {**asdict(self.config), "stations": list(self.config.stations)}

    def encode(self, x, labels):
        """
        :param x: records ``(batch, seq_len, 3)`` in gal.
        :param labels: ``(batch,)``.
        :return: mean and log variance of z, ``(batch, z_dim)``; means and standard deviations
            of the records, ``(batch, 1, 3)`` in gal.
        """
        z, means, stdev = standardize(x)
        pooled = (self._pooled(z, labels) - self.pooled_mean) / self.pooled_stdev
        # bounded: a little drift of the encoder is large in units of pooled_stdev
        pooled = F.layer_norm(pooled, pooled.shape[1:])
        mu, logvar = at_least_float32(self.to_latent(pooled)).chunk(2, dim=1)
        return mu, logvar.clamp(-10, 10), means, stdev

    def _pooled(self, z, labels):
        """Standardised records -> mean over time of the encoder's series."""
        return self.encoder(self.embedding(z), self.stations.codes(labels)).mean(1)

    @torch.no_grad()
    def calibrate(self, x, batch_size=8):
        """
        Scale what the bottleneck sees to unit variance over some records, before training.

        The means over time of an untrained encoder differ little from record to record; drowned
        in the noise of z they would teach the decoder to do without them.

        :param x: records ``(n, seq_len, 3)`` in gal.
        :param batch_size: records at a time.
        """
        pooled = torch.cat([self._pooled(standardize(part)[0],
                                         torch.zeros(len(part), dtype=torch.long, device=x.device))
                            for part in x.split(batch_size)])
        self.pooled_mean.copy_(pooled.mean(0))
        self.pooled_stdev.copy_(pooled.std(0, unbiased=False).clamp(min=1e-6))

    def decode(self, z, labels):
        """
        :param z: ``(batch, z_dim)``.
        :param labels: ``(batch,)``.
        :return: standardised records ``(batch, seq_len, 3)``.
        """
        h = self.from_latent(torch.cat([z, self.stations.vectors(labels)], dim=1))
        shift, scale = h[:, None].chunk(2, dim=2)
        series = shift + scale * self.carrier
        return self.projection(self.decoder(series, self.stations.codes(labels)))

    def loss(self, x, labels, phase="condition", epoch=None):
        """
        Training loss of a batch: reconstruction + spectral + beta KL.

        :param x: records ``(batch, seq_len, 3)`` in gal.
        :param labels: ``(batch,)``.
        :param phase: "reconstruct" (no station is told) or "condition".
        :param epoch: for the warm-up of the first phase; None: it is over.
        :return: dict with the scalar ``loss``, and its parts for the log: ``kl`` in nats,
            ``reconstruction``, ``spectral``.
        """
        c = self.config
        labels = shown_labels(labels, phase, c.label_dropout if self.training else 0.0)
        mu, logvar, means, stdev = self.encode(x, labels)
        target = (x - means) / stdev
        decoded = self.decode(draw_latent(mu, logvar) if self.training else mu, labels)
        error = reconstruction_error(decoded, target, c.reconstruction)
        spectral = spectral_error(decoded, target) if c.spectral else error.new_zeros(())
        beta = kl_weight(epoch if phase == "reconstruct" else None, c.beta, c.warmup)
        loss = error + c.spectral * spectral + beta * kl_loss(mu, logvar, c.free_bits)
        return {"loss": loss, "reconstruction": error.detach(), "spectral": spectral.detach(),
                "kl": divergence(mu, logvar).sum(1).mean().detach()}


def shown_labels(labels, phase, dropout):
    """
    The labels that a phase shows: none in the first, most in the second.

    :param labels: ``(batch,)``.
    :param phase: one of :data:`PHASES`.
    :param dropout: share that is replaced by 0.
    :return: ``(batch,)``.
    """
    if phase == "reconstruct":
        return torch.zeros_like(labels)
    return labels * (torch.rand(labels.shape, device=labels.device) >= dropout)


def latent_layer(features, z_dim):
    """
    Linear layer for the mean and log variance of z.

    The variances begin small (exp(-4)): a decoder that sees nothing but noise in z at first
    learns to do without it, and the divergence then collapses.
    """
    layer = nn.Linear(features, 2 * z_dim)
    nn.init.constant_(layer.bias[z_dim:], -4.0)
    return layer


def band_noise(noise):
    """
    White noise filtered to one band for each three channels (one of three components can
    then differ from the others), overlapping, evenly spaced in ln frequency from 10
    periods in the series to half of Nyquist; standard deviation 1.

    :param noise: ``(1, time, channel)``.
    :return: the same shape.
    """
    _, length, channels = noise.shape
    bins = torch.arange(length // 2 + 1).clamp(min=0.1).log()[:, None]
    edges = torch.tensor([min(10.0, length / 8), length / 4]).log()
    count = -(-channels // 3)
    centres = torch.linspace(*edges.tolist(), count).repeat_interleave(3)[:channels]
    width = (edges[1] - edges[0]) / count
    shape = torch.exp(-0.5 * ((bins - centres) / width).square())
    bands = torch.fft.irfft(torch.fft.rfft(noise, dim=1) * shape, length, dim=1)
    return bands / bands.std(1, keepdim=True)
