"""Losses of the variational models, against PyTorch and in closed form."""

import numpy as np
import pytest
import torch

from obspy_tng.models.losses import active_units, divergence, kl_loss, kl_weight


def test_divergence_against_torch():
    mu, logvar = torch.randn(5, 7), torch.randn(5, 7)
    expected = torch.distributions.kl_divergence(
        torch.distributions.Normal(mu, torch.exp(0.5 * logvar)), torch.distributions.Normal(0, 1))
    torch.testing.assert_close(divergence(mu, logvar), expected)
    assert kl_loss(torch.zeros(2, 7), torch.zeros(2, 7), 1e-3).item() == pytest.approx(1e-3)


def test_warm_up():
    assert [round(kl_weight(e, 0.05, 30), 6) for e in (0, 14, 29, 100, None)] == [
        round(0.05 / 30, 6), 0.025, 0.05, 0.05, 0.05]


def test_active_units():
    mu = np.zeros((50, 3))
    mu[:, 1] = np.linspace(-1, 1, 50)
    assert active_units(mu) == 1
