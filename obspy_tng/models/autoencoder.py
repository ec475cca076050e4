"""
The released TimesNet-Gen autoencoder
=====================================

The network of the published checkpoint [TimesNetGen]_: an embedding, TimesBlocks
with one shared LayerNorm, and a linear decoder. Its latent has the length of
the record, and since the decoder is linear, a generated record (the decoded mean of
latents) is exactly the mean of standardised reconstructions.

.. [TimesNetGen] Yilmaz, B., Cilgin, B. M., Akagündüz, E., Tileylioglu, S. (2025),
   TimesNet-Gen: Deep learning-based site specific strong motion generation,
   arXiv:2512.04694.
"""

from dataclasses import asdict, dataclass

import torch
from torch import nn

from .._checks import count, one_of, within
from ..exceptions import TNGInputError
from .timesnet import TimesBlock, at_least_float32

#: added to the variance when a record is standardised, (gal)^2, as published
VARIANCE_FLOOR = 1e-5


@dataclass(frozen=True)
class ReleasedConfig:
    """
    Sizes of the released autoencoder; the defaults are the published ones.

    :param seq_len: samples of a record.
    :param d_model: channels of the series.
    :param d_ff: channels between the Inception layers of a TimesBlock.
    :param e_layers: number of TimesBlocks.
    :param num_kernels: kernels of an Inception layer.
    :param top_k: number of periods of a TimesBlock.
    :param dropout: share of values that are dropped in training.
    :param periods: "record" (default) or "batch" (published behaviour), see
        :func:`obspy_tng.models.timesnet.dominant_periods`.
    :param position_std: standard deviation of the position table's initial values.
        The published value of 1 is as large as the standardised record itself. The part that
        training does not remove is the same in every generated record. Small networks
        train much faster from 0.02.
    """

    seq_len: int = 6000
    d_model: int = 128
    d_ff: int = 256
    e_layers: int = 2
    num_kernels: int = 6
    top_k: int = 2
    dropout: float = 0.1
    periods: str = "record"
    position_std: float = 1.0

    def __post_init__(self):
        for key in ("seq_len", "d_model", "d_ff", "e_layers", "num_kernels", "top_k"):
            object.__setattr__(self, key, count(key, getattr(self, key), least=1))
        if self.top_k > self.seq_len // 2:
            raise TNGInputError(f"top_k must be at most seq_len // 2 = {self.seq_len // 2}, "
                                f"got {self.top_k}")
        within("dropout", self.dropout, 0, 1, "[)")
        one_of("periods", self.periods, ("record", "batch"))


def standardize(x):
    """
    Standardise records component by component.

    :param x: ``(batch, time, 3)`` in gal.
    :return: standardised records, means ``(batch, 1, 3)`` and standard deviations
        ``(batch, 1, 3)``, ``sqrt(population variance + 1e-5)``.
    """
    means = x.mean(1, keepdim=True)
    stdev = torch.sqrt(x.var(1, keepdim=True, unbiased=False) + VARIANCE_FLOOR)
    return (x - means) / stdev, means, stdev


class Embedding(nn.Module):
    """Linear map of the three components plus a learned table of positions."""

    def __init__(self, config):
        super().__init__()
        self.value_embedding = nn.Linear(3, config.d_model)
        self.position_embedding = nn.Parameter(
            config.position_std * torch.randn(1, config.seq_len, config.d_model))
        self.dropout = nn.Dropout(config.dropout)

    def forward(self, x):
        return self.dropout(self.value_embedding(x) + self.position_embedding)


class ReleasedAutoencoder(nn.Module):
    """
    The published autoencoder; parameter names are those of the published file.

    Records are ``(batch, seq_len, 3)`` in gal with the components E, N, U.

    :param config: :class:`ReleasedConfig`.
    """

    config_class = ReleasedConfig
    phases = ("reconstruct", "denoise")

    def __init__(self, config):
        super().__init__()
        self.config = config
        self.enc_embedding = Embedding(config)
        self.model = nn.ModuleList(
            TimesBlock(config.d_model, config.d_ff, config.num_kernels, config.top_k,
                       config.periods) for _ in range(config.e_layers))
        self.layer_norm = nn.LayerNorm(config.d_model)
        self.projection = nn.Linear(config.d_model, 3)

    def settings(self):
        """Constructor arguments as a JSON-able dict."""
        return asdict(self.config)

    def encode(self, x):
        """
        :param x: records ``(batch, seq_len, 3)`` in gal.
        :return: latents ``(batch, seq_len, d_model)``, means and standard deviations
            ``(batch, 1, 3)`` in gal.
        """
        z, means, stdev = standardize(x)
        z = self.enc_embedding(z)
        for block in self.model:
            z = self.layer_norm(block(z))
        return z, means, stdev

    def decode(self, latents, means=None, stdev=None):
        """
        :param latents: ``(batch, seq_len, d_model)``.
        :param means: ``(batch, 1, 3)``; None leaves the record standardised.
        :param stdev: ``(batch, 1, 3)``.
        :return: records ``(batch, seq_len, 3)``.
        """
        z = self.projection(latents)
        return z if means is None else z * stdev + means

    def forward(self, x):
        """Reconstruct records ``(batch, seq_len, 3)`` in gal."""
        return self.decode(*self.encode(x))

    def loss(self, x, phase="reconstruct", epoch=None, measure="standardized"):
        """
        Training loss of a batch.

        :param x: records ``(batch, seq_len, 3)`` in gal.
        :param phase: "reconstruct", or "denoise": Gaussian noise with the standard
            deviation of each latent dimension (over batch and time) is added
            before decoding.
        :param epoch: not used.
        :param measure: "standardized" (default; all records have equal weight) or
            "waveform" (as published: squared error in gal^2, which the few strongest
            records dominate).
        :return: dict with the scalar ``loss`` and what else should be logged.
        """
        one_of("measure", measure, ("standardized", "waveform"))
        latents, means, stdev = self.encode(x)
        if phase == "denoise":
            spread = latents.detach().std(dim=(0, 1))
            latents = latents + torch.randn_like(latents) * spread
        error = at_least_float32(self.decode(latents) - (x - means) / stdev)
        per_record = error.square().mean((1, 2))
        loss = (error * stdev).square().mean() if measure == "waveform" else per_record.mean()
        return {"loss": loss, "relative_error": per_record.mean().sqrt().detach()}
