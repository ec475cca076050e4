"""
The ratio of RotD100 to RotD50: the strongest direction relative to the median one.

A record of two horizontal components has a response along every azimuth; RotD100 is the
largest, RotD50 the median. Their ratio depends on the period and on little else
([ShahiBaker2014]_). It converts models of the median into design spectra of the largest
direction.

.. [ShahiBaker2014] Shahi, S. K. and Baker, J. W. (2014). NGA-West2 models for ground motion
   directionality. Earthq. Spectra 30(3), 1285-1300.
"""

import numpy as np

from .._checks import ascending

# Table 1 of the article: period (s), mean of ln (RotD100 / RotD50)
_PERIODS = np.array([0.01, 0.02, 0.03, 0.05, 0.075, 0.1, 0.15, 0.2, 0.25, 0.3, 0.4, 0.5, 0.75, 1.0,
                     1.5, 2.0, 3.0, 4.0, 5.0, 7.5, 10.0])
_LN_RATIO = np.array([0.176, 0.175, 0.172, 0.171, 0.172, 0.172, 0.182, 0.187, 0.196, 0.198, 0.206,
                      0.206, 0.213, 0.216, 0.217, 0.218, 0.221, 0.231, 0.235, 0.251, 0.258])
#: standard deviation of ln (RotD100 / RotD50), at all periods
LN_RATIO_SD = 0.08


def rotd100_over_rotd50(periods):
    """
    Median ratio of RotD100 to RotD50 of recorded ground motion ([ShahiBaker2014]_, table 1).

    :param periods: s, ascending, 0.01 to 10 (interpolated in ln period).
    :return: float64 array ``(nper,)``; ln of it scatters by :data:`LN_RATIO_SD`.
    :raises TNGInputError: for periods outside of the table.

    .. rubric:: Example

    >>> rotd100_over_rotd50([0.1, 1.0, 10.0]).round(2)
    array([1.19, 1.24, 1.29])
    """
    periods = ascending("periods", periods, low=0.01 * (1 - 1e-9), high=10 * (1 + 1e-9))
    return np.exp(np.interp(np.log(periods), np.log(_PERIODS), _LN_RATIO))
