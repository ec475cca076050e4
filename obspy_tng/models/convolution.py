"""
Convolution of maps with large kernels, by tiles
================================================

An 11 x 11 kernel costs 121 multiplications for each output sample and pair of
channels when it is applied directly. Here a map is cut into overlapping tiles
(overlap-save), tiles and kernel are transformed by a discrete Fourier transform,
multiplied, and transformed back: 4 to 9 multiplications instead [Mathieu2014]_.
The result is the direct one to about 5e-7 of its maximum in float32.

It is fast on a processor because all steps are matrix multiplications:

* transforms of tiles this small are products with constant matrices, applied to
  the leading axes of ``(rows, columns, tile, channel)``, so that nothing is
  transposed, any tile size will do, and outputs that are not needed are not computed;
* for each frequency, the products over all tiles are one matrix product over
  channels, and complex numbers are multiplied with three real products instead
  of four (Gauss), whose sums are part of the constant matrices;
* buffers stay below the size at which the C library returns them to the system
  and every use begins with page faults.

:func:`choose_tile` chooses the form.

.. [Mathieu2014] Mathieu, M., Henaff, M., LeCun, Y. (2014), Fast training of
   convolutional networks through FFTs, ICLR.
"""

import math
from functools import lru_cache
from itertools import pairwise

import torch
import torch.nn.functional as F

from .tiles import Tiles, divide, matrices

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
                outputs = _TiledConvolution.apply(spectrum, bias, kernel, tile,
                                                 *[x.to(weight.dtype) for x in inputs])
        for i, y in zip(members, outputs, strict=True):
            results[i] = y
    return results


@lru_cache(maxsize=4096)
def choose_tile(shape, kernel, channels, out, share=None):
    """
    The tile with which a map is convolved, by a count of products and bytes.

    Where transforms are kept, the choice does not depend on the batch, and neither does the
    result of a record.

    :param shape: rows and columns of the map.
    :param kernel: taps along rows and columns.
    :param channels: of the map.
    :param out: channels of the result.
    :param share: number of maps among which the cost of transforming the kernel is
        divided; None if the transform is kept.
    :return: tile (rows, columns), or None where the direct convolution is faster.
    """
    tile = tuple(_size(*x) for x in zip(shape, kernel, TILE, strict=True))
    products, moved, blocks = count_operations(shape, kernel, tile, channels, out)
    cost = products + BYTE_COST * moved + CALL_COST * (blocks + 1)
    if share is not None:
        # there, and back in the gradient, while the rest is done three times
        transform = 3 * tile[0] * (tile[1] // 2 + 1) * channels * out
        cost += transform * (2 * kernel[0] + 16 * BYTE_COST) / share
    return tile if cost < math.prod(shape) * math.prod(kernel) * channels * out else None


def count_operations(shape, kernel, tile, channels, out):
    """
    What the convolution of one float32 map by tiles costs, the kernel's transform kept.

    :return: multiplications (each with an addition), bytes moved between matrix products,
        number of blocks.
    """
    (n1, m1), (n2, m2) = (divide(*x) for x in zip(shape, tile, kernel, strict=True))
    (rows, columns), tiles, half = tile, n1 * n2, tile[1] // 2 + 1
    planes = 3 * rows * half
    blocks = -(-tiles // block_size(tile, channels, out, 4))
    products = tiles * (planes * channels * out
                        + channels * (2 * half * rows * columns + 2 * planes * rows)
                        + out * (2 * half * m1 * m2 + 2 * planes * m1))
    moved = 4 * (blocks * planes * channels * out
                 + tiles * (channels + out) * (2 * planes + rows * columns))
    return products, moved, blocks


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
    _, columns, _ = matrices(tile[1], kernel[1], 1, False, weight.dtype, weight.device)
    _, rows, _ = matrices(tile[0], kernel[0], 1, True, weight.dtype, weight.device)
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


class _TiledConvolution(torch.autograd.Function):
    """
    Convolution of maps by tiles, given the transform of the kernel.

    Keeps the maps themselves for the gradient, and transforms them again.
    """

    @staticmethod
    def forward(ctx, spectrum, bias, kernel, tile, *maps):
        ctx.save_for_backward(spectrum, *maps)
        ctx.sizes = kernel, tile
        results = [x.new_empty(*x.shape[:3], len(bias)) for x in maps]
        for x, result in zip(maps, results, strict=True):
            for part, tiles, blocks in _parts(x, spectrum, kernel, tile):
                samples, valid = tiles.gather(x[part]), []
                for block in blocks:
                    values, products = tiles.forward(samples[:, :, block]), None
                    for i in range(3):
                        product = torch.bmm(tiles.plane(i, values), spectrum[i])
                        products = tiles.to_samples(i, product, products)
                    valid.append(tiles.inverse(products))
                tiles.join(valid, bias, result[part])
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
        for x, gradient, to_map in zip(maps, gradients, to_maps, strict=True):
            for part, tiles, blocks in _parts(x, spectrum, *ctx.sizes):
                samples, errors = tiles.gather(x[part]), tiles.join_adjoint(gradient[part])
                to_samples = []
                for block in blocks:
                    values = tiles.forward(samples[:, :, block])
                    error, to_values = tiles.inverse_adjoint(errors[:, :, block]), None
                    for i in range(3):
                        plane = tiles.to_samples_adjoint(i, error)
                        if wants_spectrum:
                            to_spectrum[i].baddbmm_(tiles.plane(i, values).transpose(1, 2), plane)
                        if to_map is not None:
                            product = torch.bmm(plane, spectrum[i].transpose(1, 2))
                            to_values = tiles.plane_adjoint(i, product, to_values)
                    if to_map is not None:
                        to_samples.append(tiles.forward_adjoint(to_values))
                if to_map is not None:
                    tiles.gather_adjoint(to_samples, to_map[part])
        return to_spectrum, to_bias, None, None, *to_maps


def block_size(tile, channels, out, itemsize):
    """Number of tiles of which one plane of transforms fits a buffer."""
    frequencies = tile[0] * (tile[1] // 2 + 1)
    return max(1, BLOCK_BYTES // (frequencies * max(channels, out) * itemsize))


def _parts(x, spectrum, kernel, tile):
    """
    Maps of one size, part by part.

    :return: yields a slice of the maps, how they are cut into tiles, and slices of the
        tiles of nearly equal size, as large as a block may be.
    """
    channels, out = spectrum.shape[2:]
    most = block_size(tile, channels, out, x.element_size())
    step = max(1, most // Tiles(x[:1], kernel, tile).number)
    for start in range(0, len(x), step):
        part = slice(start, start + step)
        tiles = Tiles(x[part], kernel, tile)
        number = -(-tiles.number // most)
        bounds = [tiles.number * i // number for i in range(number + 1)]
        yield part, tiles, [slice(*pair) for pair in pairwise(bounds)]


def _size(length, taps, usual):
    """Tile size along an axis of a map."""
    whole = length + taps // 2
    if whole <= taps:
        return whole
    return next((size for size in SHORT if size >= whole), max(usual, 2 * taps - 2))
