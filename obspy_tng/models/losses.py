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

import torch

from .timesnet import at_least_float32


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
