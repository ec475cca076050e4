"""
Levels of the digitiser: its step, flat tops, crowded tops, and stretches at one value.

The kernels take the samples as the digitiser gave them, before filters and resampling hide
flat tops and steps: float arrays ``(npts,)``, not constant.
"""

import numpy as np

from ..samples import stretches

# Values closer than this share of the range count as one level. Conversion to
# counts or gal leaves steps of a coarse digitiser unequal in the last digit.
_LEVEL = 1e-4
# A digitiser counts as stuck where so many samples are equal between two jumps of
# more than so many steps. Four or five such samples are common in good records.
_STUCK_SAMPLES, _STUCK_JUMP = 8, 8.0
# Film that was digitised by hand has plateaus, left by jumps of up to 3.5 % of the peak (RENADIC,
# USC); where digitisers were stuck, jumps were 16 to 37 % of it.
_STUCK_SHARE = 0.05
# Half-cycles within this share of the highest are at the top; fewer than so many steps of
# the digitiser below the top, or so few half-cycles, tell nothing.
_TOP, _TOP_STEPS, _TOP_CYCLES = 0.97, 100, 4
# Bits of digitisers; counts above this share of a full scale are near it.
_BITS, _NEAR = (12, 14, 16, 18, 19, 20, 22, 24, 32), 0.9


def digitiser_step(data):
    """
    Distance between neighbouring levels of a quantised signal.

    :param data: array ``(npts,)``, not constant.
    :return: step in the units of ``data``, never below 1e-4 of the range (finer
        steps make no difference here).

    .. rubric:: Example

    >>> t = np.arange(1000)
    >>> float(digitiser_step(24 * np.round(5 * np.sin(0.05 * t))))
    24.0
    """
    low, span = float(np.min(data)), float(np.ptp(data))
    levels = np.unique(np.round((np.asarray(data, dtype=float) - low) / (_LEVEL * span)))
    return float(np.median(np.diff(levels))) * _LEVEL * span


def clipped_samples(data, step=None):
    """
    Number of samples in flat tops at the maximum or the minimum.

    Two signs are looked for, because a smooth peak on a coarse digitiser is flat too.
    A smooth peak is left one step at a time: where n samples of a parabola lie within
    one step, the next ones are at most ((n + 1) / (n - 1))^2 steps lower; flanks steeper
    than that (plus one step of rounding) cut a peak off. And the outermost level of a
    smooth signal is no more frequent than the next ones (at most twice, in 305 records
    of old and new digitisers); where it is 2.5 times as frequent, peaks pile up there.

    :param data: array ``(npts,)``, not constant.
    :param step: :func:`digitiser_step` of them, where it is known.
    :return: number of samples; 0 where nothing looks flat.

    .. rubric:: Example

    >>> x = np.sin(0.3 * np.arange(1000))
    >>> clipped_samples(x), clipped_samples(np.clip(x, -0.8, 2)) > 50
    (0, True)
    >>> clipped_samples(np.round(6 * x))       # coarse, not clipped
    0
    """
    data = np.asarray(data, dtype=float)
    step = step or digitiser_step(data)
    lengths = np.concatenate([_flat_tops(data, step), _flat_tops(-data, step)])
    if len(lengths) >= 3 or (lengths >= 3).any():
        return int(lengths.sum())
    return _piled_up(data, step) + _piled_up(-data, step)


def stuck_samples(data, step=None):
    """
    Longest stretch of equal samples that begins and ends with a jump.

    :param data: array ``(npts,)``, not constant.
    :param step: :func:`digitiser_step` of them, where it is known.
    :return: number of samples; 0 where there is no such stretch of 8 or more.

    .. rubric:: Example

    >>> x = np.round(1000 * np.sin(0.1 * np.arange(1000)))
    >>> stuck_samples(x)
    0
    >>> x[500:520] = 0
    >>> stuck_samples(x)
    20
    """
    data = np.asarray(data, dtype=float)
    jumps = np.diff(data)
    at = np.flatnonzero(jumps)
    if len(at) < 2:
        return 0
    lengths = np.diff(at)
    sizes = np.abs(jumps[at])
    least = max(_STUCK_JUMP * (step or digitiser_step(data)),
                _STUCK_SHARE * np.abs(data - np.median(data)).max())
    stuck = (lengths >= _STUCK_SAMPLES) & (np.minimum(sizes[:-1], sizes[1:]) > least)
    return int(lengths[stuck].max(initial=0))


def crowded_tops(data, step=None):
    """
    Share of the large half-cycles that end just below the highest one.

    A soft limit (an analogue stage before the digitiser, a filter behind it) leaves no
    flat tops, but many large half-cycles then end within 3 % of one level. Large are those
    above half the highest. Of 2,235 traces of four networks 8 had four such half-cycles, at
    most 7 % of the large ones, but for two that are clipped (24 and 39 %).

    :param data: array ``(npts,)``, less its median.
    :param step: :func:`digitiser_step` of them, where it is known.
    :return: share, of the side where it is larger; 0 of coarse data or few half-cycles.

    .. rubric:: Example

    >>> t = np.arange(4000) / 100
    >>> x = np.sin(2 * np.pi * 3 * t) * np.exp(-t / 10)
    >>> crowded_tops(x) < 0.1, crowded_tops(np.tanh(4 * x)) > 0.3
    (True, True)
    """
    high, low = data.max(), -data.min()
    if max(high, low) < _TOP_STEPS * (step or digitiser_step(data)):
        return 0.0
    # a cheap look first: clipped half-cycles dwell at the top
    sides = [np.count_nonzero(side > _TOP * top) > 0.03 * np.count_nonzero(side > 0.5 * top)
             for side, top in ((data, high), (-data, low)) if top > 0]
    if not any(sides):
        return 0.0
    negative = np.signbit(data)
    first = np.concatenate([[0], np.flatnonzero(negative[1:] != negative[:-1]) + 1])
    peaks, below = np.maximum.reduceat(np.abs(data), first), negative[first]
    shares = [0.0]
    for side in (peaks[~below], peaks[below]):
        at_top = np.count_nonzero(side > _TOP * side.max(initial=0))
        if at_top >= _TOP_CYCLES:
            shares.append(at_top / np.count_nonzero(side > 0.5 * side.max()))
    return float(max(shares))


def near_full_scale(data):
    """
    True for whole numbers that come within 10 % of the full scale of a digitiser.

    :param data: array ``(npts,)`` of counts, with their offset; of digitisers that count from zero,
        too.
    :return: bool

    .. rubric:: Example

    >>> near_full_scale(np.array([3.0, -8.2e6, 10.0])), near_full_scale(np.array([3.0, 7e6]))
    (True, False)
    >>> near_full_scale(np.array([32768.0, 700.0, 40000.0]))       # 16 bits from zero
    True
    """
    low, high = float(data.min()), float(data.max())
    for full in (2.0 ** (bits - 1) for bits in _BITS):
        if _NEAR * full <= max(reach(low, high, full)) <= full:
            return bool((data == np.round(data)).all())
    return False


def reach(low, high, full):
    """
    How far counts go below and above their rest.

    :param low, high: smallest and largest count, with their offset.
    :param full: full scale of the digitiser; counted from zero, rest is in the middle, at ``full``.
    :return: two numbers.

    .. rubric:: Example

    >>> reach(-7.0, 5.0, 8.0), reach(1.0, 13.0, 8.0)
    ((7.0, 5.0), (7.0, 5.0))
    """
    rest = full if 0 <= low < full < high else 0.0
    return rest - low, high - rest


def _flat_tops(data, step):
    """Lengths of the runs at the maximum of ``data`` that no smooth peak makes."""
    first, last = stretches(data == data.max())
    inside = (first > 0) & (last < len(data)) & (last - first > 1)
    first, last = first[inside], last[inside]
    n = last - first
    drop = data.max() - np.maximum(data[first - 1], data[last])
    return n[drop > (((n + 1) / (n - 1)) ** 2 + 1) * step * (1 + 1e-6)]


def _piled_up(data, step):
    """Samples at the maximum, if it is far more frequent than the levels below it."""
    level = np.round((data.max() - data) / step)
    counts = [np.count_nonzero(level == k) for k in range(4)]
    tops = len(stretches(level == 0)[0])
    return counts[0] if tops >= 2 and counts[0] >= max(6, 2.5 * max(counts[1:])) else 0
