"""
Correlation of spectral accelerations at two periods.

A record that is strong at one period is strong at its neighbours as well. The model of
[Baker_Jayaram2008]_ is for the residuals of ground-motion models of shallow crustal earthquakes,
0.01 to 10 s; it has been found to hold in other regions too.

.. [Baker_Jayaram2008] Baker, J. W. and Jayaram, N. (2008). Correlation of spectral acceleration
   values from NGA ground motion models. Earthq. Spectra 24(1), 299-317.
"""

import numpy as np

from .._checks import ascending

PERIOD_RANGE = (0.01, 10.0)


def baker_jayaram(periods, others=None):
    """
    Correlation coefficients of ln spectral acceleration ([Baker_Jayaram2008]_, section 4).

    :param periods: s, ascending, 0.01 to 10.
    :param others: likewise; None: the same periods.
    :return: array ``(nper, nothers)``.
    :raises TNGInputError: for periods that the model is not for.

    .. rubric:: Example

    >>> baker_jayaram([0.2, 1.0], [1.0]).round(3)
    array([[0.444],
           [1.   ]])
    """
    low, high = PERIOD_RANGE[0] * (1 - 1e-9), PERIOD_RANGE[1] * (1 + 1e-9)
    first = ascending("periods", periods, low, high)
    second = first if others is None else ascending("others", others, low, high)
    shorter = np.minimum(first[:, None], second)
    longer = np.maximum(first[:, None], second)
    c1 = 1 - np.cos(np.pi / 2 - 0.366 * np.log(longer / np.maximum(shorter, 0.109)))
    short = np.minimum(longer, 0.2)  # c2 is 0 beyond; keeps exp from overflowing
    c2 = np.where(longer < 0.2,
                  1 - 0.105 * (1 - 1 / (1 + np.exp(100 * short - 5)))
                  * (longer - shorter) / (longer - 0.0099), 0.0)
    c3 = np.where(longer < 0.109, c2, c1)
    c4 = c1 + 0.5 * (np.sqrt(c3) - c3) * (1 + np.cos(np.pi * shorter / 0.109))
    return np.select([longer <= 0.109, shorter > 0.109, longer < 0.2],
                     [c2, c1, np.minimum(c2, c4)], c4)
