"""
TimesNet blocks: time series as 2-D maps of their own periods
=============================================================

A TimesBlock finds the dominant periods of a series, folds the series into a
map with one period per row, convolves the map in two dimensions and adds the
unfolded results of its periods, weighted by their amplitudes [Wu2023]_.
Series here are ``(batch, time, channel)``, and only in this folder.

.. [Wu2023] Wu, H., Hu, T., Liu, Y., Zhou, H., Wang, J., Long, M. (2023),
   TimesNet: Temporal 2D-variation modeling for general time series analysis,
   ICLR.
"""

import torch
import torch.nn.functional as F
from torch import nn

from .convolution import convolve


class Inception(nn.Module):
    """
    Mean of 2-D convolutions with kernels 1, 3, ..., ``2 * num_kernels - 1``.

    The mean is linear in the kernels, so it is computed as one convolution with
    the mean of the zero-padded kernels, and that by
    :func:`~obspy_tng.models.convolution.convolve`: exact, in training too, and many
    times faster than one convolution per kernel.

    Without gradients, the merged kernel and its transforms are kept until the weights
    change in place (optimiser, ``load_state_dict``, ``to``), gradients are computed, or
    :meth:`train` or :meth:`eval` is called; call the latter after writing to ``.data``.

    :param in_channels: channels of the input map.
    :param out_channels: channels of the output map.
    :param num_kernels: number of kernels, 6 as published.
    """

    def __init__(self, in_channels, out_channels, num_kernels=6):
        super().__init__()
        self.kernels = nn.ModuleList(
            nn.Conv2d(in_channels, out_channels, 2 * i + 1, padding=i) for i in range(num_kernels))
        for kernel in self.kernels:
            nn.init.kaiming_normal_(kernel.weight, mode="fan_out", nonlinearity="relu")
            nn.init.zeros_(kernel.bias)
        self._kept = _Kept()

    def merged(self):
        """
        The one convolution that equals the mean of all.

        :return: weight ``(out, in, K, K)`` with ``K = 2 * num_kernels - 1``, bias ``(out,)``.
        """
        reach = len(self.kernels) - 1
        weight = sum(F.pad(k.weight, (reach - i,) * 4) for i, k in enumerate(self.kernels))
        bias = sum(k.bias for k in self.kernels)
        return weight / len(self.kernels), bias / len(self.kernels)

    def train(self, mode=True):
        self._kept.clear()
        return super().train(mode)

    def convolve(self, maps):
        """List of maps ``(n, rows, columns, in)`` -> list of ``(n, rows, columns, out)``."""
        # parameters made in inference mode have no version counter
        if torch.is_grad_enabled() or any(p.is_inference() for p in self.parameters()):
            self._kept.clear()
            return convolve(maps, *self.merged())
        if not self._kept.holds(self.parameters()):
            self._kept.keep(self.parameters(), self.merged())
        return convolve(maps, *self._kept.merged, self._kept.transforms)

    def forward(self, x):
        """Convolve maps ``(batch, in, rows, columns)`` -> ``(batch, out, rows, columns)``."""
        return self.convolve([x.permute(0, 2, 3, 1)])[0].permute(0, 3, 1, 2)


class _Kept:
    """Merged kernel and transforms of an Inception layer in inference; copies are empty."""

    def __init__(self):
        self.clear()

    def __reduce__(self):
        return _Kept, ()

    def clear(self):
        self._parameters, self.merged, self.transforms = None, None, {}

    def keep(self, parameters, merged):
        # Aliases, so that no other tensor can get the address of a compared one.
        self.clear()
        self._parameters = [(p.detach(), p._version) for p in parameters]
        self.merged = merged

    def holds(self, parameters):
        """Whether the parameters are the kept ones, not written to since."""
        return self._parameters is not None and all(
            p.data_ptr() == kept.data_ptr() and p.dtype == kept.dtype and p._version == version
            for p, (kept, version) in zip(parameters, self._parameters, strict=True))


def at_least_float32(x):
    """The tensor itself, or as float32 where mixed precision made it shorter."""
    return x.float() if x.dtype in (torch.float16, torch.bfloat16) else x


def dominant_periods(x, top_k, periods="record"):
    """
    Dominant periods of series and their weights.

    :param x: ``(batch, time, channel)``.
    :param top_k: number of periods.
    :param periods: "record" chooses them for each series alone; "batch" from the
        mean amplitude over the batch, as the public code does (the result of a series
        then depends on the other series of the batch).
    :return: periods in samples, list (batch) of lists (top_k); weights
        ``(batch, top_k)``, the softmax of each series' own amplitudes.
    """
    amplitude = torch.fft.rfft(at_least_float32(x), dim=1).abs().mean(-1)
    ranking = amplitude.mean(0, keepdim=True) if periods == "batch" else amplitude
    ranking = torch.cat([torch.zeros_like(ranking[:, :1]), ranking[:, 1:]], dim=1)
    bins = ranking.detach().topk(top_k, dim=1).indices.expand(len(x), -1)
    weights = torch.softmax(amplitude.gather(1, bins), dim=1)
    length = x.shape[1]
    # a flat series may rank bin 0; its period is then the whole length
    return [[length // max(b, 1) for b in row] for row in bins.tolist()], weights


class TimesBlock(nn.Module):
    """
    One TimesNet block, with the residual connection.

    :param d_model: channels of the series.
    :param d_ff: channels between the two Inception layers.
    :param num_kernels: kernels of an Inception layer.
    :param top_k: number of periods.
    :param periods: see :func:`dominant_periods`.
    :param extra_channels: channels that :meth:`forward` concatenates to the folded
        maps before the first Inception layer (one-hot stations).
    """

    def __init__(self, d_model, d_ff, num_kernels=6, top_k=2, periods="record",
                 extra_channels=0):
        super().__init__()
        self.top_k, self.periods = top_k, periods
        self.conv = nn.Sequential(Inception(d_model + extra_channels, d_ff, num_kernels),
                                  nn.GELU(), Inception(d_ff, d_model, num_kernels))

    def forward(self, x, extra=None):
        """
        :param x: series ``(batch, time, d_model)``.
        :param extra: ``(batch, extra_channels)``, constant over the maps, or None.
        :return: ``(batch, time, d_model)``.
        """
        periods, weights = dominant_periods(x, self.top_k, self.periods)
        if extra is not None:
            extra = extra[:, None].expand(-1, x.shape[1], -1)
            inputs = torch.cat([x, extra.to(x.dtype)], dim=-1)
        else:
            inputs = x
        # Series that share a period make one map.
        members = {}
        for i, row in enumerate(periods):
            for j, period in enumerate(row):
                members.setdefault(period, []).append((i, j))
        index = torch.tensor([pair for pairs in members.values() for pair in pairs],
                             device=x.device).T
        parts = inputs[index[0]].split([len(pairs) for pairs in members.values()])
        first, activation, second = self.conv
        maps = [fold(part, period) for part, period in zip(parts, members, strict=True)]
        # In training all maps share the kernel's transforms; otherwise these are kept, and
        # one map after the other needs less memory.
        groups = [maps] if torch.is_grad_enabled() else [[y] for y in maps]
        maps = [y for group in groups
                for y in second.convolve([activation(y) for y in first.convolve(group)])]
        series = torch.cat([y.flatten(1, 2)[:, :x.shape[1]] for y in maps])
        weighted = series * weights[index[0], index[1], None, None]
        return x.index_add(0, index[0], weighted.to(x.dtype))


def fold(x, period):
    """Series ``(n, time, channel)`` -> maps ``(n, rows, period, channel)``, zeros at the end."""
    n, length, channels = x.shape
    rows = -(-length // period)
    return F.pad(x, (0, 0, 0, rows * period - length)).view(n, rows, period, channels)
