"""Convolution by tiles against PyTorch's direct one, in float64 unless stated."""

import copy
import pickle

import pytest
import torch
import torch.nn.functional as F
from hypothesis import given, settings
from hypothesis import strategies as st

from obspy_tng.models import convolution
from obspy_tng.models.convolution import choose_tile, convolve
from obspy_tng.models.timesnet import Inception, TimesBlock

SHAPES = [(1, 1), (1, 7), (7, 1), (2, 9), (6, 6), (30, 4), (5, 90), (37, 41), (100, 3)]


def direct(x, weight, bias):
    """One map (n, rows, columns, channel) with the whole kernel."""
    return F.conv2d(x.permute(0, 3, 1, 2), weight, bias,
                    padding=weight.shape[2] // 2).permute(0, 2, 3, 1)


def make(shape, size=11, n=2, channels=3, out=4, seed=0, dtype=torch.float64):
    torch.manual_seed(seed)
    return (torch.randn(n, *shape, channels, dtype=dtype, requires_grad=True),
            torch.randn(out, channels, size, size, dtype=dtype, requires_grad=True),
            torch.randn(out, dtype=dtype, requires_grad=True))


@pytest.fixture(params=["one block", "many blocks"])
def always_tiled(request, monkeypatch):
    """Tiles even where the direct convolution is faster; blocks of one tile or of all."""
    monkeypatch.setattr(convolution, "BYTE_COST", -1e12)
    if request.param == "many blocks":
        monkeypatch.setattr(convolution, "BLOCK_BYTES", 1)
    choose_tile.cache_clear()
    yield
    choose_tile.cache_clear()


def compare_values_and_gradients(x, weight, bias):
    y, = convolve([x], weight, bias)
    expected = direct(x, weight, bias)
    torch.testing.assert_close(y, expected, rtol=1e-11, atol=1e-11)
    error = torch.randn_like(y)
    for ours, theirs in zip(torch.autograd.grad(y, (x, weight, bias), error),
                            torch.autograd.grad(expected, (x, weight, bias), error), strict=True):
        torch.testing.assert_close(ours, theirs, rtol=1e-10, atol=1e-10)


@pytest.mark.parametrize("size", [1, 3, 5, 11, 15])
@pytest.mark.parametrize("shape", SHAPES)
def test_values_and_gradients(shape, size, always_tiled):
    compare_values_and_gradients(*make(shape, size))


@pytest.mark.parametrize("rows", [12, 16, 20, 33])
@pytest.mark.parametrize("columns", [12, 19, 32])
def test_any_tile(rows, columns, monkeypatch):
    monkeypatch.setattr(convolution, "choose_tile", lambda *args: (rows, columns))
    for shape in ((37, 41), (9, 50), (50, 9)):
        compare_values_and_gradients(*make(shape))


@settings(deadline=None, max_examples=60)
@given(rows=st.integers(1, 70), columns=st.integers(1, 70), n=st.integers(1, 3),
       num_kernels=st.integers(1, 6))
def test_inception_equals_the_loop_over_its_kernels(rows, columns, n, num_kernels):
    """In float32, with the form that is chosen; widths at which tiles are."""
    torch.manual_seed(rows)
    module = Inception(24, 16, num_kernels)
    x = torch.randn(n, 24, rows, columns)
    with torch.no_grad():
        expected = torch.stack([kernel(x) for kernel in module.kernels], -1).mean(-1)
        assert (module(x) - expected).abs().max() < 1e-5 * expected.abs().max()


def test_gradcheck(always_tiled):
    torch.manual_seed(0)
    maps = [torch.randn(1, 3, 9, 2).double().requires_grad_(),
            torch.randn(2, 9, 2, 2).double().requires_grad_()]
    _, weight, bias = make((1, 1), 5, channels=2, out=2)
    assert torch.autograd.gradcheck(lambda w, b, *x: tuple(convolve(x, w, b)),
                                    (weight, bias, *maps))


def test_gradients_that_are_not_asked_for(always_tiled):
    x, weight, bias = make((12, 20))
    expected = torch.autograd.grad(direct(x, weight, bias).square().sum(), weight)[0]
    y, = convolve([x.detach()], weight, bias.detach())
    y.square().sum().backward()
    torch.testing.assert_close(weight.grad, expected)
    assert bias.grad is None


@pytest.mark.parametrize(("kept", "tolerance"), [(True, 2e-6), (False, 1e-5)])
def test_batch_of_n_equals_n_singles(kept, tolerance):
    """Maps of many sizes at once, float32; with kept transforms in the same tiles as well."""
    def transforms():
        return {} if kept else None

    _, weight, bias = make((1, 1), channels=32, out=32, dtype=torch.float32)
    maps = [torch.randn(n, *shape, 32) for n, shape in
            ((3, (300, 20)), (1, (3, 2000)), (2, (100, 60)), (5, (12, 50)))]
    with torch.no_grad():
        for x, y in zip(maps, convolve(maps, weight, bias, transforms()), strict=True):
            singles = torch.cat([convolve([record[None]], weight, bias, transforms())[0]
                                 for record in x])
            assert (y - singles).abs().max() < tolerance * y.abs().max()


def test_the_choice():
    """Tiles at the published size; direct where there is little to gain."""
    for shape in ((3000, 2), (1200, 5), (100, 60), (12, 500), (2, 3000)):
        kernel = tuple(2 * min(5, length - 1) + 1 for length in shape)
        assert choose_tile(shape, kernel, 128, 256) is not None
        assert choose_tile(shape, kernel, 128, 256, 16) is not None
    assert choose_tile((4, 4), (7, 7), 2, 2) is None
    assert choose_tile((100, 60), (1, 1), 128, 256) is None


def inference(module, x):
    with torch.no_grad():
        return module(x)


@pytest.fixture
def layer():
    torch.manual_seed(0)
    return Inception(32, 16, 6).eval(), torch.randn(1, 32, 60, 50)


def changes():
    def load(module):
        module.load_state_dict({k: v + 0.1 for k, v in module.state_dict().items()})

    def assign(module):
        module.load_state_dict({k: v + 0.1 for k, v in module.state_dict().items()}, assign=True)

    def step(module, **kwargs):
        optimizer = torch.optim.AdamW(module.parameters(), lr=0.1, **kwargs)
        module(torch.randn(1, 32, 9, 9)).square().sum().backward()
        optimizer.step()

    def fused(module):
        try:
            step(module, fused=True)
        except RuntimeError as err:  # PyTorch 2.3 has it on CUDA only
            pytest.skip(str(err))

    def data(module):
        module.kernels[0].weight.data.add_(1)
        module.eval()

    def replaced(module):
        module.kernels[5] = torch.nn.Conv2d(32, 16, 11, padding=5)

    return [load, assign, step, fused, data, replaced]


@pytest.mark.parametrize("change", changes(), ids=lambda f: f.__name__)
def test_kept_transforms_are_those_of_the_weights(layer, change):
    module, x = layer
    before = inference(module, x)
    assert module._kept.transforms
    assert torch.equal(inference(module, x), before)
    change(module)
    fresh = Inception(32, 16, 6)
    fresh.load_state_dict(module.state_dict())
    after = inference(module, x)
    torch.testing.assert_close(after, inference(fresh, x), rtol=1e-6, atol=1e-6)
    assert not torch.allclose(after, before, rtol=1e-3)


def test_kept_transforms_stay_here(layer, monkeypatch):
    """They are in no copy and no file, and are bounded."""
    module, x = layer
    expected = inference(module, x)
    assert module._kept.transforms
    for other in (copy.deepcopy(module), pickle.loads(pickle.dumps(module))):
        assert not other._kept.transforms
        torch.testing.assert_close(inference(other, x), expected)
    assert set(module.state_dict()) == {f"kernels.{i}.{k}" for i in range(6)
                                        for k in ("weight", "bias")}
    monkeypatch.setattr(convolution, "CACHE_BYTES", 1)
    inference(module, torch.randn(1, 32, 8, 100))
    assert len(module._kept.transforms) == 1


def test_in_place_change_is_seen_between_calls(layer):
    module, x = layer
    before = inference(module, x)
    with torch.no_grad():
        for p in module.parameters():
            p.mul_(2)
    torch.testing.assert_close(inference(module, x), 2 * before)


def test_inference_mode(layer):
    module, x = layer
    choose_tile.cache_clear()
    convolution.matrices.cache_clear()
    with torch.inference_mode():
        expected = module(x)
    torch.testing.assert_close(inference(module, x), expected)
    module(x).sum().backward()
    with torch.inference_mode():
        made = Inception(32, 16, 6)
        assert made(x).shape == expected.shape


def test_mixed_precision_keeps_the_transforms_in_float32(layer):
    module, x = layer
    expected = inference(module, x)
    with torch.autocast("cpu", torch.bfloat16):
        assert torch.equal(inference(module, x), expected)
        rough = module(x.bfloat16())
    assert (rough - expected).abs().max() < 0.02 * expected.abs().max()


def test_block_in_short_precision():
    block = TimesBlock(16, 16).bfloat16()
    assert block(torch.randn(2, 300, 16).bfloat16()).dtype == torch.bfloat16
