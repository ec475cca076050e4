"""
Counts that overflow: beyond a digitiser's range they begin again at its other end.

Neighbouring samples then differ by most of the range. A few samples of strong ground motion at a
low rate may do so as well, where the peaks happen to reach the range of a digitiser. What tells
them apart is whether each sample follows from those around it: of an overflow it does so better
once the range is added or subtracted, of ground motion far worse.
"""

import numpy as np
from numpy.lib.stride_tricks import sliding_window_view

from .levels import reach

# Bits of counts that overflow; shares of the full scale that they reach at both ends, and that a
# jump across the range has.
_WHOLE, _ENDS, _ACROSS = (12, 16, 24, 32), (0.9, 0.95), 1.4
# Samples on both sides of one that tell it, and samples before the first and behind the last jump
# of which their weights are found.
_ORDER, _REACH = 8, 250
# Shares of the full scale: smallest jumps that are taken for one across the range. With the first,
# all true changes are smaller; with the last, all jumps between are true ones.
_LEAST_ACROSS = (1.0, 1.2, _ACROSS)
# How many times less the mean square error of ground motion as it is must be: it rarely reaches
# both ends, and an overflow that is taken for it is worse than a record less.
_CLEARLY = 4.0


def overflows(data):
    """
    Number of jumps from one end of a digitiser's range to the other.

    Of 600 simulated traces at 50 Hz, a third of whose energy is above half the Nyquist frequency,
    scaled to the full range, 17 have such jumps, and 2 count as an overflow; of 436 of the same
    traces with an overflow, 93 % do. Both recordings of Gujarat and all made-up ones at 100 Hz do,
    with unwrapped samples that are 3 to 140 times as near to what their neighbours say.

    :param data: array ``(npts,)`` of counts, with their offset; of digitisers that count from zero,
        too.
    :return: number; 0 of anything but whole numbers that come close to both ends of the range, and
        of ground motion.

    .. rubric:: Example

    >>> x = np.round(40000 * np.sin(0.1 * np.arange(200)))
    >>> overflows(x), overflows((x + 32768) % 65536 - 32768)
    (0, 13)
    """
    low, high = float(data.min()), float(data.max())
    for bits in _WHOLE:
        full = 2.0 ** (bits - 1)
        ends = reach(low, high, full)
        if not (_ENDS[0] * full <= min(ends) and _ENDS[1] * full <= max(ends) <= full):
            continue
        jumps = np.flatnonzero(np.abs(np.diff(data)) > _ACROSS * full)
        # it comes back by a second jump
        if len(jumps) > 1 and (data == np.round(data)).all():
            part = data[max(0, jumps[0] - _REACH):jumps[-1] + _REACH]
            return len(jumps) if _smoother_unwrapped(part / full) else 0
    return 0


def _smoother_unwrapped(data):
    """
    Whether samples beside jumps follow from their neighbours once the jumps are taken out.

    Not if they follow clearly better as they are.

    :param data: array ``(npts,)``, the full scale is 1.
    :return: bool; True where too few samples are away from jumps to tell.
    """
    changes = np.diff(data)
    around = sliding_window_view(data, 2 * _ORDER + 1)
    beside = sliding_window_view(np.abs(changes) > _LEAST_ACROSS[0], 2 * _ORDER).any(axis=1)
    if np.count_nonzero(~beside) < 8 * _ORDER:
        return True
    others = np.arange(2 * _ORDER + 1) != _ORDER
    weights, *_ = np.linalg.lstsq(around[~beside][:, others], around[~beside][:, _ORDER],
                                  rcond=None)

    def error(samples):
        rows = sliding_window_view(samples, 2 * _ORDER + 1)[beside]
        return np.square(rows[:, _ORDER] - rows[:, others] @ weights).mean()

    unwrapped = [np.concatenate([[0.0], np.cumsum(
        changes - 2 * np.sign(changes) * (np.abs(changes) > least))]) + data[0]
        for least in _LEAST_ACROSS]
    return bool(min(map(error, unwrapped)) < _CLEARLY * error(data))
