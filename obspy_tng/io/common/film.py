"""
Pairs of time and acceleration, as digitised from film
======================================================
"""

import numpy as np

from ...exceptions import TNGInputError

# Films were digitised at up to about 600 points a second; higher rates than
# this are a broken time column.
MAX_RATE = 2000.0
# The three traces of a film are digitised at nearly, not exactly, the same rate: few rates,
# so that they rarely fall on two of them.
_RATES = 100.0 * 2.0 ** np.arange(5)
_TOO_FAST = 1.3  # mean rate of the points over the even one


def evenly_sampled(pairs):
    """
    Linear interpolation of unevenly spaced points to an even rate.

    The rate is 100, 200, 400, 800 or 1600 Hz, the lowest that is not much below the mean rate of
    the points. Samples lie at whole multiples of the interval, so that the traces of one film
    share their sampling times. The sample next to the largest point takes its value: the peak
    that was digitised survives, moved by at most half a sample.

    :param pairs: float array ``(n, 2)`` of time in s and acceleration.
    :return: tuple (rate in Hz, time of the first sample in s, samples).
    :raises TNGInputError: if the times do not increase.

    .. rubric:: Example

    >>> rate, first, samples = evenly_sampled(np.array([[0, 0], [0.012, 3.0], [0.03, 0.0]]))
    >>> print(rate, first, samples.round(3))
    100.0 0.0 [0.    3.    1.667 0.   ]
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
    rate = float(_RATES[np.argmax(mean_rate <= _RATES * _TOO_FAST)])
    if span * rate > 100 * len(times) + 1000:
        raise TNGInputError(f"pairs of time and acceleration: {len(times)} points in {span:g} s "
                            "are too few")
    first = int(np.ceil(times[0] * rate - 1e-6))
    grid = np.arange(first, int(np.floor(times[-1] * rate + 1e-6)) + 1)
    if not len(grid):
        raise TNGInputError("pairs of time and acceleration: shorter than one sample")
    samples = np.interp(grid / rate, times, values)
    largest = np.argmax(np.abs(values))
    samples[min(max(round(times[largest] * rate) - first, 0), len(samples) - 1)] = values[largest]
    return rate, first / rate, samples
