"""TimesNet blocks against slow, literal versions."""

import numpy as np
import pytest
import torch
import torch.nn.functional as F

from obspy_tng.models.timesnet import Inception, TimesBlock, dominant_periods


def literal_inception(module, x):
    """One convolution per kernel, then the mean: the published form."""
    return torch.stack([kernel(x) for kernel in module.kernels], dim=-1).mean(-1)


def literal_block(block, x):
    """The published TimesBlock, one record at a time, one period at a time."""
    out = []
    for record in x:
        length, channels = record.shape
        amplitude = torch.fft.rfft(record, dim=0).abs().mean(-1)
        amplitude[0] = 0
        top = amplitude.topk(block.top_k).indices
        weights = torch.softmax(amplitude[top], 0)
        total = record.clone()
        for weight, b in zip(weights, top, strict=True):
            period = length // int(b)
            padded = -(-length // period) * period
            maps = F.pad(record, (0, 0, 0, padded - length)).reshape(
                1, padded // period, period, channels).permute(0, 3, 1, 2)
            maps = literal_inception(block.conv[0], maps)
            maps = literal_inception(block.conv[2], block.conv[1](maps))
            total += weight * maps.permute(0, 2, 3, 1).reshape(-1, channels)[:length]
        out.append(total)
    return torch.stack(out)


@pytest.mark.parametrize("shape", [(3, 20, 30), (3, 60, 5), (3, 2, 400), (3, 1, 7), (3, 400, 1)])
def test_inception_is_the_mean_of_its_kernels(shape):
    torch.manual_seed(0)
    module = Inception(3, 4, num_kernels=6).double()
    x = torch.randn(2, *shape).double()
    torch.testing.assert_close(module(x), literal_inception(module, x), rtol=1e-12, atol=1e-12)


def test_inception_gradient_is_that_of_the_literal_form():
    torch.manual_seed(0)
    module = Inception(2, 3, num_kernels=3).double()
    x = torch.randn(1, 2, 9, 8).double()
    grads = []
    for form in (module, lambda y: literal_inception(module, y)):
        module.zero_grad()
        form(x).square().sum().backward()
        grads.append([p.grad.clone() for p in module.parameters()])
    for a, b in zip(*grads, strict=True):
        torch.testing.assert_close(a, b, rtol=1e-10, atol=1e-10)


def test_block_equals_the_literal_form():
    torch.manual_seed(1)
    block = TimesBlock(4, 5, num_kernels=3, top_k=3).double()
    x = torch.randn(5, 97, 4).double()
    torch.testing.assert_close(block(x), literal_block(block, x), rtol=1e-10, atol=1e-10)


def test_batch_of_n_equals_n_singles():
    torch.manual_seed(2)
    block = TimesBlock(4, 4, num_kernels=2).double()
    x = torch.randn(6, 120, 4).double()
    single = torch.cat([block(r[None]) for r in x])
    torch.testing.assert_close(block(x), single, rtol=1e-12, atol=1e-12)


def test_gradients_numerically():
    torch.manual_seed(3)
    block = TimesBlock(2, 2, num_kernels=2, top_k=1).double()
    # one clear period, so that a finite difference does not change the choice
    t = torch.arange(24).double()
    x = (torch.sin(2 * np.pi * t / 6)[None, :, None] * torch.tensor([1.0, 2.0]).double()
         + 0.05 * torch.randn(1, 24, 2).double()).requires_grad_()
    assert torch.autograd.gradcheck(block, (x,), eps=1e-6, atol=1e-6)


def test_dominant_period_of_a_sine():
    t = torch.arange(600.0)
    x = torch.stack([torch.sin(2 * np.pi * t / 50), torch.sin(2 * np.pi * t / 20)])[..., None]
    periods, weights = dominant_periods(x, 1)
    assert periods == [[50], [20]]
    assert weights.tolist() == [[1.0], [1.0]]
    # over the batch both records get the same period
    assert len({tuple(row) for row in dominant_periods(x, 1, "batch")[0]}) == 1


def test_silent_series_do_not_divide_by_zero():
    periods, weights = dominant_periods(torch.zeros(1, 50, 2), 2)
    assert all(p >= 1 for p in periods[0])
    assert torch.isfinite(weights).all()


def test_extra_channels_reach_the_maps():
    torch.manual_seed(4)
    block = TimesBlock(3, 4, num_kernels=2, extra_channels=2)
    x = torch.randn(2, 60, 3)
    a = block(x, torch.tensor([[1.0, 0], [1, 0]]))
    b = block(x, torch.tensor([[1.0, 0], [0, 1]]))
    torch.testing.assert_close(a[0], b[0])
    assert (a[1] - b[1]).abs().max() > 1e-3
