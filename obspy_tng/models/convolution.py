"""
Convolution of maps with large kernels, by tiles
================================================

An 11 x 11 kernel costs 121 multiplications for each output sample and pair of
channels when it is applied directly. Here a map is cut into overlapping tiles
(overlap-save), tiles and kernel are transformed by a discrete Fourier transform,
multiplied, and transformed back: 3 to 7 multiplications instead [Mathieu2014]_.
The result is the direct one to about 4e-7 of its maximum in float32.

What makes it fast on a processor is that all of it is matrix multiplication:

* transforms of tiles this small are products with constant matrices, applied to
  the leading axes of ``(rows, columns, tile, channel)``, so that nothing is
  transposed, any tile size will do, and outputs that are not needed are not computed;
* for each frequency, the products over all tiles are one matrix product over
  channels, and complex numbers are multiplied with three real products instead
  of four (Gauss), whose sums are part of the constant matrices;
* buffers stay below the size at which the C library returns them to the system
  and every use begins with page faults.

:func:`choose_tile` is the one place where the form is chosen.

.. [Mathieu2014] Mathieu, M., Henaff, M., LeCun, Y. (2014), Fast training of
   convolutional networks through FFTs, ICLR.
"""

import math
from functools import lru_cache

import torch
import torch.nn.functional as F

#: tile of 11 x 11 kernels, rows and columns: of all sizes up to 32 it was the best or nearly so
#: on every long grid, and one tile for most grids is one transform of the kernel to keep
TILE = (20, 32)
#: tile sizes for axes that one tile can hold
SHORT = (12, 16, 20)
#: largest buffer of a block of tiles in bytes; larger ones are returned to the system by
#: the GNU C library after use (its dynamic mmap threshold ends at 32 MiB)
BLOCK_BYTES = 31 * 2**20
#: kept kernel transforms of one layer in bytes
CACHE_BYTES = 2**28
#: cost of moving one byte, and of a call, in multiplications of a large matrix product or a
#: direct convolution; fitted to times of 80 layers and grids
BYTE_COST, CALL_COST = 4, 4e6


def convolve(maps, weight, bias, transforms=None):
    """
    Convolutions of maps with one odd kernel, zeros outside ("same" size).

    As ``torch.nn.functional.conv2d(map, weight, bias, padding="same")``, gradients
    included, but channels come last, and the maps can have any sizes: those cut
    into the same tiles share the transform of the kernel.

    :param maps: list of tensors ``(n, rows, columns, in)``.
    :param weight: ``(out, in, K, K)``, K odd.
    :param bias: ``(out,)``.
    :param transforms: dict that keeps the transforms of the kernel from call to call,
        for as long as the weight is the same; None computes them anew.
    :return: list of tensors ``(n, rows, columns, out)``.

    .. rubric:: Example

    >>> import torch
    >>> from obspy_tng.models.convolution import convolve
    >>> weight, bias = torch.randn(32, 16, 11, 11), torch.zeros(32)
    >>> [y.shape for y in convolve([torch.randn(1, 100, 60, 16), torch.randn(2, 3, 7, 16)],
    ...                            weight, bias)]
    [torch.Size([1, 100, 60, 32]), torch.Size([2, 3, 7, 32])]
    """
    out, channels, size = weight.shape[:3]
    groups, results = {}, [None] * len(maps)
    share = sum(len(x) for x in maps)
    for i, x in enumerate(maps):
        # Taps that reach past a small map only ever see its zero padding.
        kernel = tuple(2 * min(size // 2, length - 1) + 1 for length in x.shape[1:3])
        tile = None
        if weight.device.type == "cpu" and weight.dtype in (torch.float32, torch.float64):
            tile = choose_tile(tuple(x.shape[1:3]), kernel, channels, out,
                               None if transforms is not None else share)
        groups.setdefault((kernel, tile), []).append(i)
    for (kernel, tile), members in groups.items():
        inputs = [maps[i] for i in members]
        if tile is None:
            taps = crop(weight, kernel)
            outputs = [F.conv2d(x.permute(0, 3, 1, 2), taps.to(x.dtype), bias.to(x.dtype),
                                padding=(kernel[0] // 2, kernel[1] // 2)).permute(0, 2, 3, 1)
                       for x in inputs]
        else:
            # autocast would round the transforms
            with torch.autocast(weight.device.type, enabled=False):
                spectrum = kernel_transform(weight, kernel, tile, transforms)
                outputs = TiledConvolution.apply(spectrum, bias, kernel, tile,
                                                 *[x.to(weight.dtype) for x in inputs])
        for i, y in zip(members, outputs, strict=True):
            results[i] = y
    return results


@lru_cache(maxsize=4096)
def choose_tile(shape, kernel, channels, out, share=None):
    """
    The tile with which a map is convolved, by a count of products and bytes.

    The batch does not enter: what a record is convolved with does not depend on
    what it is batched with.

    :param shape: rows and columns of the map.
    :param kernel: taps along rows and columns.
    :param channels: of the map.
    :param out: channels of the result.
    :param share: number of maps among which the cost of transforming the kernel is
        divided; None if the transform is kept.
    :return: tile (rows, columns), or None where the direct convolution is faster.
    """
    rows, columns = tile = tuple(_size(*x) for x in zip(shape, kernel, TILE, strict=True))
    (n1, m1), (n2, m2) = (_axis(*x) for x in zip(shape, tile, kernel, strict=True))
    tiles, half = n1 * n2, columns // 2 + 1
    planes = 3 * rows * half
    blocks = len(_blocks(tiles, rows * half, channels, out, 4))
    products = tiles * (planes * channels * out
                        + channels * (2 * half * rows * columns + 2 * planes * rows)
                        + out * (2 * half * m1 * m2 + 2 * planes * m1))
    moved = 4 * (blocks * planes * channels * out
                 + tiles * (channels + out) * (2 * planes + rows * columns))
    cost = products + BYTE_COST * moved + CALL_COST * (blocks + 1)
    if share is not None:
        # there, and back in the gradient, while the rest is done three times
        cost += planes * channels * out * (2 * kernel[0] + 16 * BYTE_COST) / share
    return tile if cost < math.prod(shape) * math.prod(kernel) * channels * out else None


def kernel_transform(weight, kernel, tile, kept=None):
    """
    Transform of a kernel for tiles of one size.

    :param weight: ``(out, in, K, K)``.
    :param kernel: central taps that are used, along rows and columns.
    :param tile: rows and columns.
    :param kept: dict of transforms to take it from and keep it in.
    :return: ``(3, frequencies, in, out)``, the factors of Gauss's three products.
    """
    if kept is not None and (kernel, tile) in kept:
        kept[kernel, tile] = kept.pop((kernel, tile))  # the last used comes last
        return kept[kernel, tile]
    out, channels = weight.shape[:2]
    _, columns, _ = _matrices(tile[1], kernel[1], 1, False, weight.dtype, weight.device)
    _, rows, _ = _matrices(tile[0], kernel[0], 1, True, weight.dtype, weight.device)
    taps = crop(weight, kernel).permute(2, 3, 1, 0).reshape(*kernel, channels * out)
    spectrum = torch.matmul(columns, taps).reshape(2 * kernel[0], -1)
    spectrum = torch.mm(rows.flatten(0, 1), spectrum).view(3, -1, channels, out)
    if kept is not None:
        kept[kernel, tile] = spectrum
        while len(kept) > 1 and sum(x.nbytes for x in kept.values()) > CACHE_BYTES:
            del kept[next(iter(kept))]
    return spectrum


def crop(weight, kernel):
    """The central taps of a weight ``(out, in, K, K)``."""
    start = [(weight.shape[2] - taps) // 2 for taps in kernel]
    return weight[:, :, start[0]:start[0] + kernel[0], start[1]:start[1] + kernel[1]]


class TiledConvolution(torch.autograd.Function):
    """
    Convolution of maps by tiles, given the transform of the kernel.

    Keeps the maps themselves for the gradient, and transforms them again.
    """

    @staticmethod
    def forward(ctx, spectrum, bias, kernel, tile, *maps):
        ctx.save_for_backward(spectrum, *maps)
        ctx.sizes = kernel, tile
        results = []
        for x in maps:
            y = x.new_empty(*x.shape[:3], len(bias))
            for part, cut in _parts(x, spectrum, kernel, tile):
                tiles, blocks = cut.gather(x[part]), []
                for block in cut.blocks:
                    values, products = cut.forward(tiles[:, :, block]), None
                    for i in range(3):
                        product = torch.bmm(cut.plane(i, values), spectrum[i])
                        products = cut.to_samples(i, product, products)
                    blocks.append(cut.inverse(products))
                cut.join(blocks, bias, y[part])
            results.append(y)
        return tuple(results)

    @staticmethod
    @torch.autograd.function.once_differentiable
    def backward(ctx, *gradients):
        spectrum, *maps = ctx.saved_tensors
        wants_spectrum, wants_bias, _, _, *wants_map = ctx.needs_input_grad
        to_spectrum = torch.zeros_like(spectrum) if wants_spectrum else None
        to_bias = sum(g.sum((0, 1, 2)) for g in gradients) if wants_bias else None
        to_maps = [torch.empty_like(x) if wanted else None
                   for x, wanted in zip(maps, wants_map, strict=True)]
        for x, g, to_map in zip(maps, gradients, to_maps, strict=True):
            for part, cut in _parts(x, spectrum, *ctx.sizes):
                errors, tiles, blocks = cut.join_adjoint(g[part]), cut.gather(x[part]), []
                for block in cut.blocks:
                    error, to_values = cut.inverse_adjoint(errors[:, :, block]), None
                    values = cut.forward(tiles[:, :, block])
                    for i in range(3):
                        plane = cut.to_samples_adjoint(i, error)
                        if wants_spectrum:
                            to_spectrum[i].baddbmm_(cut.plane(i, values).transpose(1, 2), plane)
                        if to_map is not None:
                            product = torch.bmm(plane, spectrum[i].transpose(1, 2))
                            to_values = cut.plane_adjoint(i, product, to_values)
                    if to_map is not None:
                        blocks.append(cut.forward_adjoint(to_values))
                if to_map is not None:
                    cut.gather_adjoint(blocks, to_map[part])
        return to_spectrum, to_bias, None, None, *to_maps


class _Cut:
    """How maps ``(n, rows, columns, channel)`` are cut into tiles, and back; with adjoints."""

    def __init__(self, x, kernel, tile, out):
        self.shape, self.tile = x.shape, tile
        self.reach = kernel[0] // 2, kernel[1] // 2
        (self.n1, self.m1), (self.n2, self.m2) = (
            _axis(*a) for a in zip(x.shape[1:3], tile, kernel, strict=True))
        self.half = tile[1] // 2 + 1
        self.columns = _matrices(tile[1], kernel[1], self.m2, False, x.dtype, x.device)
        self.rows = _matrices(tile[0], kernel[0], self.m1, True, x.dtype, x.device)
        self.tiles = len(x) * self.n1 * self.n2
        self.blocks = _blocks(self.tiles, tile[0] * self.half, x.shape[-1], out, x.element_size())

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
        return x.reshape(*self.tile, self.tiles, channels)

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
        return y.reshape(self.m1, self.m2, self.tiles, out)


def _parts(x, spectrum, kernel, tile):
    """Slices of a batch of maps that make about one block of tiles, and their cuts."""
    out = spectrum.shape[-1]
    one = _Cut(x[:1], kernel, tile, out)
    per_block = one.blocks[0].stop
    step = max(1, per_block // one.tiles) if len(one.blocks) == 1 else 1
    for start in range(0, len(x), step):
        part = slice(start, start + step)
        yield part, _Cut(x[part], kernel, tile, out)


def _add_product(matrix, plane, total):
    """Matrix applied along rows of ``(row and column frequency, tile, channel)``, added up."""
    rows = plane.view(matrix.shape[1], -1, *plane.shape[1:])
    if total is None:
        total = rows.new_zeros(len(matrix), *rows.shape[1:])
    total.view(len(matrix), -1).addmm_(matrix, rows.flatten(1))
    return total


def _joined(blocks):
    return blocks[0] if len(blocks) == 1 else torch.cat(blocks, dim=2)


def _blocks(tiles, frequencies, channels, out, itemsize):
    """Slices of the tiles, as alike as possible, whose transforms fit a block's buffer."""
    most = max(1, BLOCK_BYTES // (frequencies * max(channels, out) * itemsize))
    number = -(-tiles // most)
    bounds = [tiles * i // number for i in range(number + 1)]
    return [slice(a, b) for a, b in zip(bounds, bounds[1:], strict=False)]


def _size(length, taps, usual):
    """Tile size along an axis of a map."""
    whole = length + taps // 2
    if whole <= taps:
        return whole
    return next((size for size in SHORT if size >= whole), max(usual, 2 * taps - 2))


def _axis(length, size, taps):
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
def _matrices(size, taps, valid, is_complex, dtype, device):
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
