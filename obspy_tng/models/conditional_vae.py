"""
The station-conditioned TimesNet-Gen
====================================

The model of the first two versions of the paper: TimesBlocks with the station as
one-hot channels in their folded maps, a mean over time, a variational bottleneck, and
TimesBlocks that decode a record.

Its published form gives silence. A bottleneck of 64 to 256 numbers cannot represent the
phases of 18,000 samples, and a squared error with unknown phases has its minimum at zero
signal. There are three corrections, each with the published form as an option:

* ``carrier="noise"`` ("table"): repeated over time, the bottleneck is the same for every
  sample. A learned table would make all records alike. Instead, noise is drawn for every
  record and shaped by z (:mod:`~obspy_tng.models.excitation`).
* ``spectral`` (0): the loss is a distance of band powers and of the components'
  coherence, which do not depend on phases. With "noise" there is no squared error.
* ``pooling="powers"`` ("mean"): the mean over time of a series that oscillates about zero is
  nearly zero for every record. The mean of its power in each band is a further input.
"""

from dataclasses import dataclass

import torch
import torch.nn.functional as F
from torch import nn

from .._checks import one_of
from ..exceptions import TNGInputError
from .autoencoder import Embedding, standardize
from .excitation import NoiseExcitation
from .losses import divergence, draw_latent, kl_loss, kl_weight, reconstruction_error
from .spectral_error import WINDOWS, band_power, coherence_error, spectral_error
from .timesnet import TimesBlock, at_least_float32
from .variational import PHASES, Stations, VariationalConfig, latent_layer, shown_labels

#: initial weights of the decoder's blocks, as a share of the usual ones
DAMPING = 0.1


@dataclass(frozen=True)
class ConditionalConfig(VariationalConfig):
    """
    Sizes and loss of the conditional model, beside those of
    :class:`~obspy_tng.models.variational.VariationalConfig` (``z_dim`` 64 to 256 as published).

    :param d_model: channels of the series.
    :param d_ff: channels between the Inception layers of a TimesBlock.
    :param e_layers: TimesBlocks of the encoder.
    :param d_layers: TimesBlocks of the decoder.
    :param num_kernels: kernels of an Inception layer.
    :param top_k: periods of a TimesBlock.
    :param dropout: share of values that are dropped in training.
    :param hidden: size of the layer between z and the decoder's series.
    :param position_std: initial standard deviation of the encoder's position table.
    :param pooling: input of the bottleneck from the encoder's series: its "mean" over time, as
        published, or also its "powers" in bands.
    :param carrier: input of the decoder that varies with time: a learned "table", the same for
        all records; or "noise", drawn for each record
        (:class:`~obspy_tng.models.excitation.NoiseExcitation`).
    :param reconstruction: "squared" or "absolute"; with the carrier "noise" there is none.
    :param spectral: weight of :func:`~obspy_tng.models.spectral_error.spectral_error` and
        :func:`~obspy_tng.models.spectral_error.coherence_error`; 0 as published.
    :raises TNGInputError: for a value out of range.
    """

    d_model: int = 64
    d_ff: int = 64
    e_layers: int = 2
    d_layers: int = 2
    num_kernels: int = 6
    top_k: int = 2
    dropout: float = 0.1
    hidden: int = 256
    position_std: float = 0.02
    pooling: str = "powers"
    carrier: str = "noise"
    reconstruction: str = "squared"
    spectral: float = 1.0

    counts = (*VariationalConfig.counts, "d_model", "d_ff", "e_layers", "d_layers",
              "num_kernels", "top_k", "hidden")
    weights = (*VariationalConfig.weights, "position_std", "spectral")
    shares = (*VariationalConfig.shares, "dropout")

    def __post_init__(self):
        super().__post_init__()
        if self.top_k > self.seq_len // 2:
            raise TNGInputError(f"top_k must be at most seq_len // 2 = {self.seq_len // 2}, "
                                f"got {self.top_k}")
        if self.carrier == "noise" and not self.spectral:
            raise TNGInputError("spectral must be > 0 with carrier='noise', which has no other "
                                "error, got 0")
        for key, allowed in (("reconstruction", ("squared", "absolute")),
                             ("pooling", ("mean", "powers")),
                             ("carrier", ("table", "noise"))):
            one_of(key, getattr(self, key), allowed)


class Blocks(nn.Module):
    """
    TimesBlocks with station codes, and a LayerNorm between them.

    There is none after the last block: it would equalise the energy of all samples, which
    the mean over time should measure, and spread the decoder's energy over all frequencies.
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
        self.summary = nn.Linear(config.d_model, 3)
        features = self._features(torch.zeros(1, config.seq_len, config.d_model)).shape[1]
        self.register_buffer("pooled_mean", torch.zeros(features))
        self.register_buffer("pooled_stdev", torch.ones(features))
        self.to_latent = latent_layer(features, config.z_dim)
        self.from_latent = nn.Sequential(
            nn.Linear(config.z_dim + config.station_dim, config.hidden), nn.GELU(),
            nn.Dropout(config.dropout))
        self.repeated = nn.Linear(config.hidden, config.d_model)
        self.decoder = Blocks(config, config.d_layers)
        self.projection = nn.Linear(config.d_model, 3)
        if config.carrier == "noise":
            self.excitation = NoiseExcitation(config.hidden, config.seq_len)
            self.carrier = nn.Linear(3, config.d_model, bias=False)
        else:
            self.carrier = nn.Parameter(torch.randn(1, config.seq_len, config.d_model))
        self._start_as_identity()

    @torch.no_grad()
    def _start_as_identity(self):
        """
        Initialise embeddings as the identity and blocks near zero.

        Random weights would mix the components, which become coherent, and weak bands of one
        component would be masked by the others.
        """
        inputs = {self.summary: self.embedding.value_embedding}
        if self.config.carrier == "noise":
            inputs[self.projection] = self.carrier
            for block in self.decoder.blocks:
                for kernel in block.conv[2].kernels:
                    kernel.weight *= DAMPING
        for output, layer in inputs.items():
            nn.init.orthogonal_(layer.weight)
            output.weight.copy_(layer.weight.T)
            nn.init.zeros_(output.bias)

    def settings(self):
        """Constructor arguments as a JSON-able dict."""
        return self.config.as_dict()

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
        """Standardised records -> what is kept of the encoder's series over time."""
        return self._features(self.encoder(self.embedding(z), self.stations.codes(labels)))

    def _features(self, series):
        """Series ``(batch, time, d_model)`` -> its mean, and ln powers by band and window."""
        mean = at_least_float32(series).mean(1)
        if self.config.pooling == "mean":
            return mean
        whole, *windows = (band_power(self.summary(series), n) for n in WINDOWS)
        # for the envelope in windows, half octaves are fine enough
        coarse = [F.avg_pool1d(p.transpose(1, 2), min(3, p.shape[1])) for p in windows]
        return torch.cat([mean, *(p.reshape(len(mean), -1) for p in (whole, *coarse))], dim=1)

    @torch.no_grad()
    def calibrate(self, x, batch_size=8):
        """
        Scale the inputs of the bottleneck to unit variance over some records, before training,
        and initialise the excitation with their mean levels.

        The means over time of an untrained encoder differ little between records. Below the
        noise of z the decoder would learn to ignore them.

        :param x: records ``(n, seq_len, 3)`` in gal.
        :param batch_size: records at a time.
        """
        pooled = torch.cat([self._pooled(standardize(part)[0],
                                         torch.zeros(len(part), dtype=torch.long, device=x.device))
                            for part in x.split(batch_size)])
        self.pooled_mean.copy_(pooled.mean(0))
        self.pooled_stdev.copy_(pooled.std(0, unbiased=False).clamp(min=1e-6))
        if self.config.carrier == "noise":
            self.excitation.calibrate(standardize(x)[0])

    def decode(self, z, labels, noise=None):
        """
        :param z: ``(batch, z_dim)``.
        :param labels: ``(batch,)``.
        :param noise: white noise ``(batch, seq_len, 3)``; None draws it with torch.
        :return: standardised records ``(batch, seq_len, 3)``.
        """
        h = self.from_latent(torch.cat([z, self.stations.vectors(labels)], dim=1))
        series = self.repeated(h)[:, None]
        if self.config.carrier == "noise":
            if noise is None:
                noise = torch.randn(len(z), self.config.seq_len, 3, dtype=z.dtype, device=z.device)
            series = series + self.carrier(self.excitation(h, noise))
        else:
            series = series + self.carrier
        return self.projection(self.decoder(at_least_float32(series),
                                            self.stations.codes(labels)))

    def loss(self, x, labels, phase="condition", epoch=None):
        """
        Training loss of a batch: reconstruction + spectral + beta KL.

        With the carrier "noise" there is no reconstruction error: the phases of the decoded record
        are independent of those of the target, so that the squared error is the sum of both
        powers, with its minimum at silence.

        :param x: records ``(batch, seq_len, 3)`` in gal.
        :param labels: ``(batch,)``.
        :param phase: "reconstruct" (without stations) or "condition".
        :param epoch: for the warm-up of the first phase; None: it is over.
        :return: dict with the scalar ``loss``, and its parts for the log: ``kl`` in nats,
            ``reconstruction``, ``spectral``.
        """
        c = self.config
        labels = shown_labels(labels, phase, c.label_dropout if self.training else 0.0)
        mu, logvar, means, stdev = self.encode(x, labels)
        target = (x - means) / stdev
        decoded = self.decode(draw_latent(mu, logvar) if self.training else mu, labels)
        error = (reconstruction_error(decoded, target, c.reconstruction)
                 if c.carrier == "table" else decoded.new_zeros(()))
        spectral = (spectral_error(decoded, target) + coherence_error(decoded, target)
                    if c.spectral else error.new_zeros(()))
        beta = kl_weight(epoch if phase == "reconstruct" else None, c.beta, c.warmup)
        loss = error + c.spectral * spectral + beta * kl_loss(mu, logvar, c.free_bits)
        return {"loss": loss, "reconstruction": error.detach(), "spectral": spectral.detach(),
                "kl": divergence(mu, logvar).sum(1).mean().detach()}
