"""
What stands in the place of missing samples: straight lines, held values, repeated packets.

Array kernels: float samples ``(npts,)`` as the digitiser gave them, less their median.
"""

import numpy as np
from numpy.lib.stride_tricks import sliding_window_view

from ..samples import stretches

BRIDGE = 0.25  # s, the shortest bridge
HELD, RARELY = 0.5, 0.05  # s of equal samples; share of equal neighbours beside them
STRETCH, LEVELS = 32, 100  # samples that are compared with all others; least levels of a trace
_ODD = np.uint64(0x9E3779B97F4A7C15)


def bridged_seconds(data, sampling_rate, step):
    """
    Longest straight line, a quarter of a second or more, in the middle of motion.

    Straight is what bends by no more than a step of the digitiser from sample to sample,
    where the second before and the second behind bend by more than ten times as much.

    :param data: array ``(npts,)``.
    :param sampling_rate: Hz.
    :param step: of the digitiser.
    :return: s; 0 where there is none.

    .. rubric:: Example

    >>> x = np.random.default_rng(0).standard_normal(1000)
    >>> x[400:500] = np.linspace(x[400], x[500], 100)
    >>> bridged_seconds(x, 100.0, 1e-3)
    1.0
    """
    bends = np.abs(data[2:] - 2 * data[1:-1] + data[:-2])
    allowed = 1.01 * step
    first, last = stretches(bends <= allowed)
    long = last - first >= max(8, int(BRIDGE * sampling_rate))
    if not long.any():
        return 0.0
    first, last = first[long], last[long]
    inside, power = _beside(bends ** 2, first, last, int(sampling_rate))
    found = inside & (power.min(axis=0) > (10 * allowed) ** 2)
    return float((last - first + 2)[found].max(initial=0) / sampling_rate)


def _beside(values, first, last, reach):
    """Whether stretches are in the middle, and mean values of so many samples on both sides."""
    total = np.concatenate([[0.0], np.cumsum(values)])
    before, behind = np.maximum(first - reach, 0), np.minimum(last + reach, len(values))
    inside = (first - before >= reach // 2) & (behind - last >= reach // 2)
    return inside, np.stack([(total[first] - total[before]) / np.maximum(first - before, 1),
                             (total[behind] - total[last]) / np.maximum(behind - last, 1)])


def held_seconds(data, sampling_rate):
    """
    Longest stretch of equal samples, half a second or more, where neighbours rarely are equal.

    A gap that was filled with zeros, or with the last sample, shows in the quiet coda too, where
    nothing bends (:func:`bridged_seconds`). Rarely is in 5 % of the second before, and of the
    second behind; the few levels of old digitisers are equal more often.

    :param data: array ``(npts,)``.
    :param sampling_rate: Hz.
    :return: s; 0 where there is none.

    .. rubric:: Example

    >>> x = np.random.default_rng(0).standard_normal(1000)
    >>> x[400:500] = 0
    >>> held_seconds(x, 100.0)
    1.0
    """
    same = data[1:] == data[:-1]
    first, last = stretches(same)
    long = last - first >= HELD * sampling_rate - 1
    if not long.any():
        return 0.0
    first, last = first[long], last[long]
    inside, share = _beside(same.astype(float), first, last, int(sampling_rate))
    found = inside & (share.max(axis=0) < RARELY)
    return float((last - first + 1)[found].max(initial=0) / sampling_rate)


def repeated_seconds(data, sampling_rate):
    """
    Length of what comes twice: the same samples, one by one, somewhere else in the trace.

    Recorders and transfers repeat packets. Stretches of 32 samples are compared; three quarters of
    them must differ from each other, as quiet ones do not. Traces of few levels do not count.

    :param data: array ``(npts,)``.
    :param sampling_rate: Hz.
    :return: s; 0 where there is none.

    .. rubric:: Example

    >>> x = np.random.default_rng(0).standard_normal(1000)
    >>> before = repeated_seconds(x, 100.0)
    >>> x[600:700] = x[500:600]
    >>> before, repeated_seconds(x, 100.0)
    (0.0, 1.0)
    """
    count = len(data) - STRETCH + 1
    if count < 2:
        return 0.0
    # a number for each stretch: sums of hashed samples times powers, less those before it
    bits = np.ascontiguousarray(data, dtype=np.float64).view(np.uint64).copy()
    bits ^= bits >> np.uint64(32)
    bits *= _ODD
    bits ^= bits >> np.uint64(29)
    powers = np.cumprod(np.full(len(data), _ODD, dtype=np.uint64))
    total = np.concatenate([np.zeros(1, np.uint64), np.cumsum(bits * powers, dtype=np.uint64)])
    inverse = np.cumprod(np.full(count, pow(int(_ODD), -1, 2 ** 64), dtype=np.uint64))
    keys = (total[STRETCH:] - total[:count]) * inverse
    ordered = np.sort(keys)
    twice = ordered[1:][ordered[1:] == ordered[:-1]]
    if not len(twice) or len(np.unique(data)) < LEVELS:
        return 0.0
    at = np.flatnonzero(np.isin(keys, twice))
    stretches = sliding_window_view(data, STRETCH)[at]
    values = np.sort(stretches, axis=1)
    rich = (np.diff(values, axis=1) > 0).sum(axis=1) >= 0.75 * STRETCH
    if not rich.any():
        return 0.0
    _, index, number = np.unique(stretches[rich], axis=0, return_inverse=True, return_counts=True)
    again = at[rich][number[index.ravel()] > 1]
    if not len(again):
        return 0.0
    covered = np.zeros(len(data), bool)
    for start in again:
        covered[start:start + STRETCH] = True
    return float(covered.sum() / 2 / sampling_rate)
