"""Tiles: Fourier transforms as matrix products against NumPy's, and adjoints."""

import numpy as np
import pytest
import torch

from obspy_tng.models.tiles import Tiles, divide, matrices

CPU = torch.device("cpu")


def draw(*shape, seed=0):
    return torch.as_tensor(np.random.default_rng(seed).standard_normal(shape))


@pytest.mark.parametrize("length", [1, 7, 30, 100])
@pytest.mark.parametrize(("size", "taps"), [(8, 3), (16, 11), (32, 1)])
def test_tiles_cover_an_axis(length, size, taps):
    number, valid = divide(length, size, taps)
    assert number * valid >= length
    assert (number - 1) * valid < length  # none of them is idle
    if number > 1:
        assert valid == size - taps + 1


@pytest.mark.parametrize("size", [8, 9])
def test_columns_are_the_real_transform(size):
    forward, _, inverse = matrices(size, 3, size, False, torch.float64, CPU)
    x = draw(size)
    expected = np.fft.rfft(x.numpy())
    values = forward @ x
    np.testing.assert_allclose(values.numpy(), np.concatenate([expected.real, expected.imag]),
                               atol=1e-12)
    np.testing.assert_allclose((inverse @ values).numpy(), x.numpy(), atol=1e-12)


def test_rows_multiply_complex_numbers_with_three_products():
    """Circular correlation of complex samples with a complex kernel, as NumPy makes it."""
    size, taps = 8, 3
    forward, kernel, inverse = matrices(size, taps, size, True, torch.float64, CPU)
    x, k = draw(size, 2), draw(taps, 2, seed=1)
    products = (forward @ x.flatten()) * (kernel @ k.flatten())
    found = sum(part @ product for part, product in zip(inverse, products, strict=True))
    complex_x, complex_k = (torch.view_as_complex(a).numpy() for a in (x, k))
    expected = np.fft.ifft(np.fft.fft(complex_x) * np.conj(np.fft.fft(np.conj(complex_k), size)))
    np.testing.assert_allclose(found.view(size, 2).numpy(),
                               np.stack([expected.real, expected.imag], 1), atol=1e-12)


@pytest.mark.parametrize("tile", [(8, 8), (8, 16)])
def test_each_step_has_its_adjoint(tile):
    """<A x, y> = <x, A' y> for random x and y."""
    x = draw(2, 13, 9, 3)
    tiles = Tiles(x, (3, 5), tile)

    gathered = tiles.gather(x)
    y = draw(*gathered.shape, seed=1)
    back = torch.empty_like(x)
    tiles.gather_adjoint([y], back)
    torch.testing.assert_close((gathered * y).sum(), (x * back).sum())

    for step, adjoint, value in ((tiles.forward, tiles.forward_adjoint, gathered),
                                 (tiles.inverse, tiles.inverse_adjoint,
                                  draw(2 * tiles.m1, tiles.half, tiles.number, 3))):
        made = step(value)
        y = draw(*made.shape, seed=2)
        torch.testing.assert_close((made * y).sum(), (value * adjoint(y)).sum())

    whole = torch.empty(2, 13, 9, 3, dtype=torch.float64)
    valid = draw(tiles.m1, tiles.m2, tiles.number, 3)
    tiles.join([valid], torch.zeros(3, dtype=torch.float64), whole)
    y = draw(*whole.shape, seed=3)
    torch.testing.assert_close((whole * y).sum(), (valid * tiles.join_adjoint(y)).sum())
