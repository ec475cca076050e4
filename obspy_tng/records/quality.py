"""
Checks of raw traces: is this a complete, unclipped, resolved recording?

All of them look at the samples as the digitiser gave them, before filters and
resampling hide flat tops and steps.
"""

import numpy as np

from ..exceptions import TNGInputError
from .record import MASKED

# Values closer than this share of the range count as one level. Conversion to
# counts or gal leaves steps of a coarse digitiser unequal in the last digit.
_LEVEL = 1e-4
# A digitiser counts as stuck where so many samples are equal between two jumps of
# more than so many steps. Four or five such samples are common in good records.
_STUCK_SAMPLES, _STUCK_JUMP = 8, 8.0


def check_trace(tr, min_steps=3.0):
    """
    Check one raw trace.

    :param tr: Trace of counts or physical units.
    :param min_steps: least peak, in steps of the digitiser; see :func:`digitiser_step`.
    :raises TNGInputError: on a masked, too short, non-finite, constant, clipped,
        stuck or too coarsely digitised trace.
    """
    data = tr.data
    name = f"{tr.id} {tr.stats.starttime}"
    if np.ma.isMaskedArray(data):
        raise TNGInputError(f"{name}: {MASKED}")
    if np.ndim(data) != 1 or len(data) < 2:
        raise TNGInputError(f"{name}: needs at least 2 samples, got {np.size(data)}")
    if not np.isfinite(data).all():
        raise TNGInputError(f"{name}: {np.count_nonzero(~np.isfinite(data))} samples are NaN "
                            "or infinite")
    if np.ptp(data) == 0:
        raise TNGInputError(f"{name}: constant trace (all samples {data[0]:g})")
    clipped = clipped_samples(data)
    if clipped:
        raise TNGInputError(f"{name}: clipped trace, {clipped} samples in flat tops at "
                            f"{np.min(data):g} or {np.max(data):g}")
    stuck = stuck_samples(data)
    if stuck:
        raise TNGInputError(f"{name}: the digitiser was stuck at one value for {stuck} samples")
    peak = np.abs(data - np.median(data)).max() / digitiser_step(data)
    if peak < 0.95 * min_steps:  # steps of old digitisers are not quite equal
        raise TNGInputError(f"{name}: coarse quantisation, the peak is {peak:.1f} steps of the "
                            f"digitiser, min_steps={min_steps:g} are needed")


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


def clipped_samples(data):
    """
    Number of samples in flat tops at the maximum or the minimum.

    Two signs are looked for, because a smooth peak on a coarse digitiser is flat too.
    A smooth peak is left one step at a time: where n samples of a parabola lie within
    one step, the next ones are at most ((n + 1) / (n - 1))^2 steps lower; flanks steeper
    than that (plus one step of rounding) cut a peak off. And the outermost level of a
    smooth signal is no more frequent than the next ones (at most twice, in 305 records
    of old and new digitisers); where it is 2.5 times as frequent, peaks pile up there.

    :param data: array ``(npts,)``, not constant.
    :return: number of samples; 0 where nothing looks flat.

    .. rubric:: Example

    >>> x = np.sin(0.3 * np.arange(1000))
    >>> clipped_samples(x), clipped_samples(np.clip(x, -0.8, 2)) > 50
    (0, True)
    >>> clipped_samples(np.round(6 * x))       # coarse, not clipped
    0
    """
    data = np.asarray(data, dtype=float)
    step = digitiser_step(data)
    lengths = np.concatenate([_flat_tops(data, step), _flat_tops(-data, step)])
    if len(lengths) >= 3 or (lengths >= 3).any():
        return int(lengths.sum())
    return _piled_up(data, step) + _piled_up(-data, step)


def stuck_samples(data):
    """
    Longest stretch of equal samples that begins and ends with a jump.

    :param data: array ``(npts,)``, not constant.
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
    sizes = np.abs(jumps[at]) / digitiser_step(data)
    stuck = ((lengths >= _STUCK_SAMPLES)
             & (np.minimum(sizes[:-1], sizes[1:]) > _STUCK_JUMP))
    return int(lengths[stuck].max(initial=0))


def _flat_tops(data, step):
    """Lengths of the runs at the maximum of ``data`` that no smooth peak makes."""
    top = np.concatenate([[False], data == data.max(), [False]])
    first, last = np.flatnonzero(np.diff(top)).reshape(-1, 2).T
    inside = (first > 0) & (last < len(data)) & (last - first > 1)
    first, last = first[inside], last[inside]
    n = last - first
    drop = data.max() - np.maximum(data[first - 1], data[last])
    return n[drop > (((n + 1) / (n - 1)) ** 2 + 1) * step * (1 + 1e-6)]


def _piled_up(data, step):
    """Samples at the maximum, if it is far more frequent than the levels below it."""
    level = np.round((data.max() - data) / step)
    counts = [np.count_nonzero(level == k) for k in range(4)]
    tops = np.count_nonzero(np.diff(np.concatenate([[False], level == 0, [False]])) == 1) // 2
    return counts[0] if tops >= 2 and counts[0] >= max(6, 2.5 * max(counts[1:])) else 0
