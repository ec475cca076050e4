"""
Common parts of the variational models: stations, phases, the layer of the bottleneck.
"""

import torch
import torch.nn.functional as F
from torch import nn

from .._checks import count, within

PHASES = ("reconstruct", "condition")


def check_config(config, counts, weights, shares):
    """Raise TNGInputError unless counts are integers >= 1, weights >= 0, shares in [0, 1)."""
    for key in counts:
        object.__setattr__(config, key, count(key, getattr(config, key), least=1))
    for keys, limit in ((weights, float("inf")), (shares, 1)):
        for key in keys:
            within(key, getattr(config, key), 0, limit, "[)")


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
