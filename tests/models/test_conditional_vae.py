"""The station-conditioned model."""

import numpy as np
import torch

from obspy_tng.models.spectral_error import (
    coherence,
)

from .tiny_models import build, records


@torch.no_grad()
def test_records_of_one_z_differ_as_real_ones_do():
    """The same spectrum and envelope, other phases; the same noise, the same record."""
    torch.manual_seed(0)
    model = build("conditional", seq_len=3000).eval()
    z, labels, noise = torch.zeros(2, 4), torch.tensor([1, 1]), torch.randn(2, 3000, 3)
    first, second = model.decode(z, labels, noise)
    assert abs(np.corrcoef(first[:, 0], second[:, 0])[0, 1]) < 0.2
    torch.testing.assert_close(model.decode(z, labels, noise)[0], first)
    assert not torch.allclose(model.decode(z, labels)[0], first, atol=0.1)


@torch.no_grad()
def test_components_pass_apart_at_first():
    model = build("conditional", seq_len=3000).eval()
    decoded = model.decode(torch.randn(8, 4), torch.zeros(8, dtype=int))
    assert coherence(decoded)[..., 20:].mean() < 0.15


@torch.no_grad()
def test_the_station_reaches_every_block():
    """The code changes encoder and decoder; without stations there is none."""
    model = build("conditional").eval()
    x = records(1)
    mu = [model.encode(x, torch.tensor([i]))[0] for i in range(3)]
    z, noise = torch.zeros(1, 4), torch.randn(1, 96, 3)
    out = [model.decode(z, torch.tensor([i]), noise) for i in range(3)]
    for values in (mu, out):
        assert not torch.allclose(values[0], values[1])
        assert not torch.allclose(values[1], values[2])
    model.stations.embedding.weight.zero_()  # what is left comes through the maps
    again = [model.decode(z, torch.tensor([i]), noise) for i in range(3)]
    assert not torch.allclose(again[1], again[2])
    first = model.decoder.blocks[0].conv[0].kernels[0].weight
    assert first.shape[1] == 6 + 2
    assert build("conditional", stations=()).decoder.blocks[0].conv[0].kernels[0].weight.shape[1] \
        == 6


def test_overfits_eight_records():
    """Wide enough for records of 96 samples, and with nothing in the way, it learns by heart."""
    model = build("conditional", d_model=48, d_ff=48, z_dim=16, dropout=0.0, spectral=0.0,
                  beta=0.0, num_kernels=1, carrier="table")
    x, labels = records(8), torch.arange(8) % 3
    optimizer = torch.optim.AdamW(model.parameters(), lr=1e-2, weight_decay=0)
    schedule = torch.optim.lr_scheduler.OneCycleLR(optimizer, 1e-2, 800)
    model.eval()  # z is its mean
    for _ in range(800):
        optimizer.zero_grad()
        model.loss(x, labels)["loss"].backward()
        torch.nn.utils.clip_grad_norm_(model.parameters(), 1.0)
        optimizer.step()
        schedule.step()
    with torch.no_grad():
        mu, _, means, stdev = model.encode(x, labels)
        target = (x - means) / stdev
        error = (model.decode(mu, labels) - target).flatten(1).norm(dim=1)
        error = error / target.flatten(1).norm(dim=1)
    assert error.max() <= 0.05
