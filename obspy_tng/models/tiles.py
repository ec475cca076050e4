"""
Tiles of maps and their Fourier transforms as matrix products
=============================================================

The parts of which :mod:`~obspy_tng.models.convolution` is made. Transforms act on the
leading axes of ``(rows, columns, tile, channel)``: first along columns, where samples are
real, then along rows, where the values are complex.
"""

import math
from functools import lru_cache

import torch
import torch.nn.functional as F


class Tiles:
    """
    How maps of one size are cut into tiles, transformed, and put together again.

    Every step has its adjoint, with which gradients go back. Tiles are
    ``(rows, columns, tile, channel)``.

    :param x: maps ``(n, rows, columns, channel)``.
    :param kernel: taps along rows and columns, odd.
    :param tile: rows and columns of a tile.
    """

    def __init__(self, x, kernel, tile):
        self.tile = tile
        self.reach = kernel[0] // 2, kernel[1] // 2
        (self.n1, self.m1), (self.n2, self.m2) = (
            divide(*a) for a in zip(x.shape[1:3], tile, kernel, strict=True))
        self.half = tile[1] // 2 + 1
        self.columns = matrices(tile[1], kernel[1], self.m2, False, x.dtype, x.device)
        self.rows = matrices(tile[0], kernel[0], self.m1, True, x.dtype, x.device)
        self.number = len(x) * self.n1 * self.n2

    def _padded(self):
        """Rows and columns of the map with what the tiles cover beyond its end."""
        return ((self.n1 - 1) * self.m1 + self.tile[0], (self.n2 - 1) * self.m2 + self.tile[1])

    def gather(self, x):
        """Maps -> overlapping tiles ``(rows, columns, tile, channel)``."""
        (height, width), (top, left) = self._padded(), self.reach
        n, rows, columns, channels = x.shape
        x = F.pad(x, (0, 0, left, width - left - columns, top, height - top - rows))
        s = x.stride()
        x = x.as_strided((*self.tile, n, self.n1, self.n2, channels),
                         (s[1], s[2], s[0], self.m1 * s[1], self.m2 * s[2], s[3]))
        return x.reshape(*self.tile, self.number, channels)

    def gather_adjoint(self, blocks, x):
        """Tiles, added where they overlap, -> maps ``x``."""
        (height, width), (top, left) = self._padded(), self.reach
        n, rows, columns, channels = x.shape
        tiles = _joined(blocks).view(*self.tile, n, self.n1, self.n2, channels)
        strips = tiles.new_zeros(n, self.n1, self.tile[0], width, channels)
        for j in range(self.n2):
            strips[:, :, :, j * self.m2:j * self.m2 + self.tile[1]] += \
                tiles[:, :, :, :, j].permute(2, 3, 0, 1, 4)
        whole = tiles.new_zeros(n, height, width, channels)
        for i in range(self.n1):
            whole[:, i * self.m1:i * self.m1 + self.tile[0]] += strips[:, i]
        x.copy_(whole[:, top:top + rows, left:left + columns])

    def forward(self, tiles):
        """Tiles -> transformed along columns ``(row and re or im, frequency, tile, channel)``."""
        values = torch.matmul(self.columns[0], tiles.flatten(2))
        return values.view(2 * self.tile[0], self.half, *tiles.shape[2:])

    def forward_adjoint(self, values):
        tiles = values.view(self.tile[0], 2 * self.half, -1)
        return torch.matmul(self.columns[0].T, tiles).view(*self.tile, *values.shape[2:])

    def plane(self, i, values):
        """One of the three factors of a tile ``(frequencies, tile, channel)``."""
        return torch.mm(self.rows[0][i], values.flatten(1)).view(-1, *values.shape[2:])

    def plane_adjoint(self, i, plane, total=None):
        return _add_product(self.rows[0][i].T, plane, total)

    def to_samples(self, i, plane, total=None):
        """Inverse transform along rows of one of the three products, added to the others'."""
        return _add_product(self.rows[2][i], plane, total)

    def to_samples_adjoint(self, i, values):
        return torch.mm(self.rows[2][i].T, values.flatten(1)).view(-1, *values.shape[2:])

    def inverse(self, values):
        """Inverse transform along columns -> the valid part of each tile."""
        tiles = torch.matmul(self.columns[2], values.view(self.m1, 2 * self.half, -1))
        return tiles.view(self.m1, self.m2, *values.shape[2:])

    def inverse_adjoint(self, tiles):
        values = torch.matmul(self.columns[2].T, tiles.flatten(2))
        return values.view(2 * self.m1, self.half, *tiles.shape[2:])

    def join(self, blocks, bias, y):
        """Valid parts side by side, plus the bias, -> maps ``y``."""
        n, rows, columns, out = y.shape
        tiles = _joined(blocks).view(self.m1, self.m2, n, self.n1, self.n2, out)
        whole = tiles.new_empty(n, self.n1, self.m1, self.n2, self.m2, out)
        torch.add(tiles.permute(2, 3, 0, 4, 1, 5), bias, out=whole)
        y.copy_(whole.view(n, self.n1 * self.m1, self.n2 * self.m2, out)[:, :rows, :columns])

    def join_adjoint(self, y):
        n, rows, columns, out = y.shape
        y = F.pad(y, (0, 0, 0, self.n2 * self.m2 - columns, 0, self.n1 * self.m1 - rows))
        y = y.view(n, self.n1, self.m1, self.n2, self.m2, out).permute(2, 4, 0, 1, 3, 5)
        return y.reshape(self.m1, self.m2, self.number, out)


def _add_product(matrix, plane, total):
    """Matrix applied along rows of ``(row and column frequency, tile, channel)``, added up."""
    rows = plane.view(matrix.shape[1], -1, *plane.shape[1:])
    if total is None:
        total = rows.new_zeros(len(matrix), *rows.shape[1:])
    total.view(len(matrix), -1).addmm_(matrix, rows.flatten(1))
    return total


def _joined(blocks):
    return blocks[0] if len(blocks) == 1 else torch.cat(blocks, dim=2)


def divide(length, size, taps):
    """
    Number of tiles along an axis and valid samples in each.

    What wraps around the end of a tile spoils its last ``taps - 1`` samples; if one
    tile holds the whole axis, half of what wraps around is zeros.
    """
    if size >= length + taps // 2:
        return 1, size - taps // 2
    return -(-length // (size - taps + 1)), size - taps + 1


@lru_cache(maxsize=256)
@torch.inference_mode(False)  # or they could not be used in training later
def matrices(size, taps, valid, is_complex, dtype, device):
    """
    Constant matrices of one axis: transform of a tile, of a kernel, inverse transform.

    Along columns (``is_complex=False``), real samples become ``(re, im) x half the
    frequencies``. Along rows, ``(sample, re or im)`` becomes Gauss's three planes: for tiles
    (re + im, re, im), for kernels (re, im - re, re + im), whose products k1, k2, k3 give
    re = k1 - k3 and im = k1 + k2. Kernels are conjugated: networks correlate.
    """
    n = torch.arange(size, dtype=torch.float64)
    frequencies = n if is_complex else n[:size // 2 + 1]
    angle = 2 * math.pi / size * (torch.outer(frequencies, n) % size)
    cos, sin = angle.cos(), angle.sin()
    if is_complex:
        re, im = torch.stack([cos, sin], -1), torch.stack([-sin, cos], -1)
        tile = torch.stack([re + im, re, im]).flatten(2)
        re, im = (torch.stack(x, -1)[:, :taps] for x in ([cos, -sin], [sin, cos]))
        kernel = torch.stack([re, im - re, re + im]).flatten(2)
        re, im = (torch.stack(x, 1)[:valid] / size for x in ([cos, sin], [-sin, cos]))
        inverse = torch.stack([re + im, im, -re]).flatten(1, 2)
    else:
        tile = torch.cat([cos, -sin])
        kernel = torch.cat([cos, sin])[:, :taps]
        # the other half of the frequencies are conjugates
        twice = torch.full((len(frequencies), 1), 2.0, dtype=torch.float64)
        twice[0] = 1
        if size % 2 == 0:
            twice[-1] = 1
        inverse = torch.cat([twice * cos, -twice * sin])[:, :valid].T / size
    return tuple(x.to(device, dtype).contiguous() for x in (tile, kernel, inverse))
