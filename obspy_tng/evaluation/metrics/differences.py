"""
Differences of means and spreads, which several questions share.

The functions named ``curve_...`` are metrics of any quantity of a
:class:`~obspy_tng.evaluation.recordset.RecordSet` that has one row for each record, a response
spectrum for example.
"""

import numpy as np

#: standard deviation of logarithms that is rounding
NO_SPREAD = 1e-6


def mean_difference(real, other):
    """
    Difference of means, other minus real.

    :param real: array ``(n, ...)``.
    :param other: array ``(m, ...)``.
    :return: array ``(...)``; NaN with fewer than two records on a side.
    """
    if min(len(real), len(other)) < 2:
        return np.full(np.shape(real)[1:], np.nan)[()]
    return np.mean(other, axis=0) - np.mean(real, axis=0)


def spread_ratio(real, other):
    """
    Ratio of standard deviations, other over real.

    :param real: array ``(n, ...)``.
    :param other: array ``(m, ...)``.
    :return: array ``(...)``; NaN with fewer than three records on a side or
        where the real records do not vary.
    """
    if min(len(real), len(other)) < 3:
        return np.full(np.shape(real)[1:], np.nan)[()]
    scale = np.std(real, axis=0, ddof=1)
    varied = np.ptp(real, axis=0) > 0  # the sd of equal numbers is not quite 0
    with np.errstate(divide="ignore", invalid="ignore"):
        return np.where(varied, np.std(other, axis=0, ddof=1) / scale, np.nan)[()]


def rms(values):
    """
    Root of the mean square.

    :param values: array.
    :return: float
    """
    return float(np.sqrt(np.mean(np.square(values))))


def correlation_misfit(real, other):
    """
    Rms difference of the correlation coefficients between all columns.

    :param real: array ``(n, columns)`` of logarithms.
    :param other: array ``(m, columns)``.
    :return: float; NaN where a column of either does not vary, as of copies of one record.
    """
    if any((np.std(values, axis=0) < NO_SPREAD).any() for values in (real, other)):
        return np.nan
    upper = np.triu_indices(real.shape[1], 1)
    return rms(np.corrcoef(other.T)[upper] - np.corrcoef(real.T)[upper])


def curve_rms(real, other, quantity):
    """
    Root mean square of the difference of the mean curves.

    :param real: RecordSet.
    :param other: RecordSet.
    :param quantity: name of a quantity of a RecordSet, array ``(n, columns)``.
    :return: float, in the unit of the quantity.
    """
    return rms(mean_difference(getattr(real, quantity), getattr(other, quantity)))


def curve_bias(real, other, quantity):
    """
    Mean over the columns of the difference of the mean curves, other minus real.

    :param real: RecordSet.
    :param other: RecordSet.
    :param quantity: see :func:`curve_rms`; may also be an array ``(n,)``.
    :return: float, in the unit of the quantity.
    """
    return float(np.mean(mean_difference(getattr(real, quantity), getattr(other, quantity))))


def curve_sd_ratio(real, other, quantity):
    """
    Mean over the columns of the ratio of standard deviations, other over real.

    :param real: RecordSet.
    :param other: RecordSet.
    :param quantity: see :func:`curve_bias`.
    :return: float
    """
    return float(np.mean(spread_ratio(getattr(real, quantity), getattr(other, quantity))))


def ks_distance(first, second):
    """
    Kolmogorov-Smirnov distance of two samples, without its probability, which takes longer.

    :param first: array ``(n,)``.
    :param second: array ``(m,)``.
    :return: float, 0 to 1, largest difference of the cumulative shares; NaN where a value is.

    .. rubric:: Example

    >>> ks_distance(np.array([1.0, 2.0]), np.array([1.5, 3.0]))
    0.5
    """
    every = np.concatenate([first, second])
    if np.isnan(every).any():
        return np.nan
    shares = [np.searchsorted(np.sort(values), every, side="right") / len(values)
              for values in (first, second)]
    return float(np.abs(shares[0] - shares[1]).max())
