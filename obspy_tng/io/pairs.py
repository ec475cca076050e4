"""
Pairs of time and acceleration, as digitised from film
======================================================
"""

import numpy as np

from ..exceptions import TNGInputError

# Films were digitised at up to about 600 points a second; higher rates than
# this are a broken time column.
MAX_RATE = 2000.0
_STEP = 100.0


def evenly_sampled(pairs):
    """
    Linear interpolation of unevenly spaced points to an even rate.

    The rate is the mean rate of the points, rounded up to the next 100 Hz, so
    that the peaks that were digitised survive.

    :param pairs: float array ``(n, 2)`` of time in s and acceleration.
    :return: tuple (rate in Hz, samples from the first time on).
    :raises TNGInputError: if the times do not increase.

    .. rubric:: Example

    >>> rate, samples = evenly_sampled(np.array([[0, 0], [0.015, 3.0], [0.02, 1.0]]))
    >>> print(rate, samples)
    100.0 [0. 2. 1.]
    """
    if len(pairs) < 2:
        raise TNGInputError(f"needs at least 2 pairs of time and acceleration, got {len(pairs)}")
    times, values = pairs.T
    span = times[-1] - times[0]
    if (np.diff(times) < 0).any() or span <= 0:
        raise TNGInputError("pairs of time and acceleration: the times do not increase")
    mean_rate = (len(times) - 1) / span
    if mean_rate > MAX_RATE:
        raise TNGInputError(f"pairs of time and acceleration: {mean_rate:.0f} points a second, "
                            f"at most {MAX_RATE:.0f} are allowed")
    rate = max(_STEP, _STEP * np.ceil(mean_rate / _STEP - 1e-6))
    if span * rate > 100 * len(times) + 1000:
        raise TNGInputError(f"pairs of time and acceleration: {len(times)} points in {span:g} s "
                            "are too few")
    grid = times[0] + np.arange(int(np.floor(span * rate + 1e-6)) + 1) / rate
    return float(rate), np.interp(grid, times, values)
