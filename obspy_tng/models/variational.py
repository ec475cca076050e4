"""
Common parts of the variational models
======================================

The conditional model (:mod:`~obspy_tng.models.conditional_vae`) and the spectrogram VAE
(:mod:`~obspy_tng.models.spectrogram_vae`) share the settings of the bottleneck and of its
divergence, the codes of stations, and the two phases of training.
"""

from dataclasses import asdict, dataclass
from typing import ClassVar

import torch
import torch.nn.functional as F
from torch import nn

from .._checks import count, within

#: phases of training: without stations, then with them
PHASES = ("reconstruct", "condition")


@dataclass(frozen=True)
class VariationalConfig:
    """
    Settings that all variational models have; each model adds its own.

    :param seq_len: samples of a record.
    :param stations: ids of the stations with a code; set by training. All others have the
        code zero, which the first phase trains.
    :param z_dim: size of the bottleneck.
    :param station_dim: size of the station's vector, appended to z.
    :param beta: weight of the divergence (0.05 as published).
    :param warmup: epochs of the first phase over which beta rises (30 as published).
    :param free_bits: nats per dimension (1e-3 as published).
    :param label_dropout: share of the second phase's records that have the code zero, so that
        it remains usable for stations that are enrolled later.
    :raises TNGInputError: for a value out of range.
    """

    seq_len: int = 6000
    stations: tuple = ()
    z_dim: int = 128
    station_dim: int = 16
    beta: float = 0.05
    warmup: int = 30
    free_bits: float = 1e-3
    label_dropout: float = 0.1

    #: names of the settings that are integers >= 1, numbers >= 0, and numbers in [0, 1)
    counts: ClassVar[tuple[str, ...]] = ("seq_len", "z_dim", "station_dim")
    weights: ClassVar[tuple[str, ...]] = ("beta", "warmup", "free_bits")
    shares: ClassVar[tuple[str, ...]] = ("label_dropout",)

    def __post_init__(self):
        object.__setattr__(self, "stations", tuple(self.stations))
        for key in self.counts:
            object.__setattr__(self, key, count(key, getattr(self, key), least=1))
        for keys, limit in ((self.weights, float("inf")), (self.shares, 1)):
            for key in keys:
                within(key, getattr(self, key), 0, limit, "[)")

    def as_dict(self):
        """The settings as a JSON-able dict."""
        return {**asdict(self), "stations": list(self.stations)}


class Stations(nn.Module):
    """
    Inputs of the network for stations: a one-hot code and a learned vector.

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


def shown_labels(labels, phase, dropout):
    """
    The labels that are used in a phase: none in the first, most in the second.

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

    The initial variances are small (exp(-4)): if z were only noise at first, the decoder would
    learn to ignore it, and the divergence would collapse.
    """
    layer = nn.Linear(features, 2 * z_dim)
    nn.init.constant_(layer.bias[z_dim:], -4.0)
    return layer
