"""
Amplitudes of records that are decoded without their level
==========================================================

The networks of the released and of the conditional model work on standardised components.
``amplitudes="paper"`` gives a record the weighted mean and standard deviation of its source
records, as published, ``"station"`` levels that are drawn for the station.
"""

import numpy as np

from .._checks import one_of
from ..exceptions import TNGInputError
from ..signal import end_at_rest

AMPLITUDES = ("station", "paper")
#: least standard deviation of a decoded component
LEAST = 1e-9


def check_amplitudes(amplitudes, scenarios):
    """
    Refuse a choice that is none, or that cannot take a scenario.

    :param amplitudes: one of :data:`AMPLITUDES`.
    :param scenarios: list of :class:`~obspy_tng.groundmotion.scenario.Scenario`.
    :raises TNGInputError: for another one, and for "paper" with a magnitude.
    """
    one_of("amplitudes", amplitudes, AMPLITUDES)
    if amplitudes == "paper" and any(scenario.given for scenario in scenarios):
        raise TNGInputError("amplitudes='paper' does not take a magnitude; use 'station'")


def published_amplitudes(data, means, deviations, weights):
    """
    A record with the weighted mean and standard deviation of its source records.

    :param data: array ``(3, npts)``, standardised.
    :param means: of the source records, ``(n, 3)``, m/s^2.
    :param deviations: their standard deviations, ``(n, 3)``, m/s^2.
    :param weights: array (n,).
    :return: array ``(3, npts)``, m/s^2.

    .. rubric:: Example

    >>> published_amplitudes(np.ones((1, 2)), np.zeros((2, 1)), np.array([[1.0], [3.0]]),
    ...                      np.array([0.5, 0.5]))
    array([[2., 2.]])
    """
    return data * (weights @ deviations)[:, None] + (weights @ means)[:, None]


def station_amplitudes(data, deviations, sampling_rate):
    """
    A record with given standard deviations that ends at rest.

    :param data: array ``(3, npts)``, of any level.
    :param deviations: array (3,), m/s^2.
    :param sampling_rate: Hz.
    :return: array ``(3, npts)``, m/s^2.
    """
    data = data - data.mean(-1, keepdims=True)
    return end_at_rest(data * (deviations / np.maximum(data.std(-1), LEAST))[:, None],
                       sampling_rate)
