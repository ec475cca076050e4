"""Source spectrum of Brune (1970): seismic moment, stress drop and corner frequency."""

import numpy as np

VELOCITY = {"P": 6060.0, "S": 3500.0}       # m/s, between source and site
# P corners are higher than S corners by less than vp/vs (Madariaga 1976; Kaneko and
# Shearer 2014, GJI 197, 1002-1015).
CORNER_RATIO = {"P": 1.4, "S": 1.0}
STRESS_DROP = 8e6           # Pa, median [Atkinson_Silva2000]
# Earthquakes below this magnitude have less, by so many powers of ten per unit: the form is that
# of [YenierAtkinson2015]; with these numbers simulated PGA and PSA of M 3.6 to 5 are as strong as
# those of the NGA-West2 models, relative to larger earthquakes.
SMALL, RISES = 5.25, 0.3


def seismic_moment(magnitude):
    """
    Seismic moment, with the constant of the IASPEI standard.

    :param magnitude: moment magnitude.
    :return: N m.
    """
    return 10 ** (1.5 * np.asarray(magnitude, dtype=np.float64) + 9.1)


def median_stress_drop(magnitude):
    """
    Median stress drop: that of [Atkinson_Silva2000]_, less for small earthquakes.

    :param magnitude: moment magnitude.
    :return: Pa.

    .. rubric:: Example

    >>> print((median_stress_drop([4.25, 5.25, 7.0]) / 1e6).round(1))
    [4. 8. 8.]
    """
    small = np.maximum(SMALL - np.asarray(magnitude, dtype=np.float64), 0.0)
    return STRESS_DROP * 10 ** (-RISES * small)


def corner_frequency(magnitude, stress_drop=None, wave="S"):
    """
    Corner frequency of [Brune1970]_.

    :param magnitude: moment magnitude.
    :param stress_drop: Pa; None: :func:`median_stress_drop`.
    :param wave: "S" or "P"; the P corner is 1.4 times as high.
    :return: Hz.

    .. rubric:: Example

    >>> print(round(float(corner_frequency(6.0)), 2))
    0.32
    """
    if stress_drop is None:
        stress_drop = median_stress_drop(magnitude)
    # 0.49 is 2.34 / (2 pi) times (16/7)^(1/3).
    return (0.4906 * VELOCITY["S"] * CORNER_RATIO[wave]
            * np.cbrt(stress_drop / seismic_moment(magnitude)))
