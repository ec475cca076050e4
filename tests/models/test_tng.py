"""The station bottleneck: its pooling, its gradients, its training."""

from itertools import pairwise

import numpy as np
import pytest
import torch

from obspy_tng.exceptions import TNGInputError
from obspy_tng.models.tng import (
    StationBottleneckConfig,
    StationBottleneckModel,
)
from obspy_tng.models.whittle import whittle_loss

from .cross_spectra import spectra

TINY = {"bands": 6, "frames": 20, "d_model": 4, "d_ff": 4, "z_dim": 3, "station_dim": 2,
        "level_dim": 3, "groups": 2, "hidden": 8, "num_kernels": 2, "d_layers": 1}


def inputs(n=5, seed=0):
    packed, _ = spectra(n, 6, 20, seed)
    packed = packed / packed[:, :3].mean((1, 2, 3))[:, None, None, None]
    g = torch.Generator().manual_seed(seed)
    return (packed.float(), torch.randn(n, 18, generator=g), torch.randn(n, 6, generator=g),
            place(n))


def place(n, end=16):
    """Records that lie on the first frames."""
    inside = (torch.arange(20) < end).float()
    return torch.stack([inside, inside * torch.linspace(-0.5, 0.5, 20)]).repeat(n, 1, 1)


def tiny(seed=0):
    torch.manual_seed(seed)
    return StationBottleneckModel(StationBottleneckConfig(**TINY)).eval()


def test_pooling_does_not_know_order_and_sharpens():
    model = tiny()
    summaries = torch.randn(6, 4)
    mean, variance = model.pool(summaries, torch.ones(1, 6))
    shuffled = model.pool(summaries[torch.tensor([3, 0, 5, 1, 2, 4])], torch.ones(1, 6))
    torch.testing.assert_close(mean, shuffled[0])
    widths = [model.pool(summaries[:n], torch.ones(1, n))[1].mean() for n in range(7)]
    assert widths[0] == 1   # nothing known: the prior
    assert all(a > b for a, b in pairwise(widths))
    assert variance.shape == (1, 2)


def test_a_record_alone_equals_the_batch():
    model = tiny()
    batch = model.encoder(*inputs())
    for i in range(5):
        single = model.encoder(*(x[i:i + 1] for x in inputs()))
        for a, b in zip(single, batch, strict=True):
            torch.testing.assert_close(a[0], b[i], rtol=1e-4, atol=1e-5)


def test_decoded_powers_have_mean_one():
    model = tiny()
    power, coefficients = model.decoder(torch.randn(2, 3), torch.randn(2, 2), torch.randn(2, 9),
                                        place(2))
    # outside of the record there is nothing
    torch.testing.assert_close(power[..., :16].exp().sum(-1) / 20, torch.ones(2, 3, 6))
    assert coefficients.shape == (2, 6, 6, 20)


def test_what_is_outside_of_the_record_does_not_count():
    model = tiny()
    spectra_, levels, event, where = inputs(4)
    labels = torch.tensor([0, 0, 1, 1])
    losses = []
    for value in (0.1, 3.0):
        changed = spectra_.clone()
        changed[:, :3, :, 16:] *= value
        # what the encoder makes of it is another matter
        power, coefficients = model.decoder(torch.ones(4, 3), torch.ones(4, 2), torch.ones(4, 9),
                                            where)
        losses.append(whittle_loss(power, coefficients, changed, where[:, None, 0]))
    torch.testing.assert_close(*losses)
    assert torch.isfinite(model.loss(spectra_, levels, event, where, labels)["loss"])


def test_training_lowers_the_loss_and_reaches_every_weight():
    model, data = tiny().train(), inputs(8)
    labels = torch.tensor([0, 0, 0, 0, 1, 1, 1, 1])
    optimizer = torch.optim.Adam(model.parameters(), 1e-2)
    losses = []
    for step in range(60):
        torch.manual_seed(step)
        loss = model.loss(*data, labels)["loss"]
        optimizer.zero_grad()
        loss.backward()
        if step == 0:
            assert not [n for n, p in model.named_parameters() if p.grad is None]
        optimizer.step()
        losses.append(float(loss.detach()))
    assert np.mean(losses[-5:]) < np.mean(losses[:5]) - 0.01
    assert np.isfinite(losses).all()


def test_gradients_numerically():
    """In float64, on the parts that do not choose periods."""
    torch.manual_seed(0)
    power = torch.randn(1, 3, 2, 3, dtype=torch.float64, requires_grad=True)
    coefficients = torch.randn(1, 6, 2, 3, dtype=torch.float64, requires_grad=True)
    packed, _ = spectra(1, 2, 3)
    assert torch.autograd.gradcheck(
        lambda a, b: whittle_loss(a, b, packed, torch.ones(2, 1).double()), (power, coefficients))


@pytest.mark.parametrize(("size", "message"), [
    ({"z_dim": 0}, "z_dim"), ({"groups": 7}, "groups"), ({"top_k": 11}, "top_k"),
    ({"d_model": 2.5}, "d_model")])
def test_bad_sizes(size, message):
    with pytest.raises(TNGInputError, match=message):
        StationBottleneckConfig(**{**TINY, **size})
