"""
Pairs of time and acceleration, as digitised from film
======================================================
"""

import numpy as np

from ...exceptions import TNGInputError

# Films were digitised at up to about 600 points a second; higher rates than
# this are a broken time column.
MAX_RATE = 2000.0
_STEP = 100.0


def evenly_sampled(pairs):
    """
    Linear interpolation of unevenly spaced points to an even rate.

    The rate is the mean rate of the points, rounded up to the next 100 Hz, and the largest
    point lies on a sample, so that the peak that was digitised survives.

    :param pairs: float array ``(n, 2)`` of time in s and acceleration.
    :return: tuple (rate in Hz, time of the first sample after the first point in s, samples).
    :raises TNGInputError: if the times do not increase.

    .. rubric:: Example

    >>> rate, first, samples = evenly_sampled(np.array([[0, 0], [0.012, 3.0], [0.03, 0.0]]))
    >>> print(rate, round(first, 3), samples)
    100.0 0.002 [0.5        3.         1.33333333]
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
    peak = times[np.argmax(np.abs(values))] - times[0]
    first = peak - np.floor(peak * rate + 1e-6) / rate
    count = int(np.floor((span - first) * rate + 1e-6)) + 1
    samples = np.interp(times[0] + first + np.arange(count) / rate, times, values)
    return float(rate), max(float(first), 0.0), samples
