"""Source spectrum of Brune (1970): seismic moment and corner frequency."""

import numpy as np

VELOCITY = {"P": 6060.0, "S": 3500.0}       # m/s, between source and site
# P corners are higher than S corners by less than vp/vs (Madariaga 1976; Kaneko and
# Shearer 2014, GJI 197, 1002-1015).
CORNER_RATIO = {"P": 1.4, "S": 1.0}
STRESS_DROP = 8e6           # Pa, median [Atkinson_Silva2000]


def seismic_moment(magnitude):
    """
    Seismic moment, with the constant of the IASPEI standard.

    :param magnitude: moment magnitude.
    :return: N m.
    """
    return 10 ** (1.5 * np.asarray(magnitude, dtype=np.float64) + 9.1)


def corner_frequency(magnitude, stress_drop=STRESS_DROP, wave="S"):
    """
    Corner frequency of [Brune1970]_.

    :param magnitude: moment magnitude.
    :param stress_drop: Pa; default [Atkinson_Silva2000]_.
    :param wave: "S" or "P"; the P corner is 1.4 times as high.
    :return: Hz.

    .. rubric:: Example

    >>> print(round(float(corner_frequency(6.0)), 2))
    0.32
    """
    # 0.49 is 2.34 / (2 pi) times (16/7)^(1/3).
    return (0.4906 * VELOCITY["S"] * CORNER_RATIO[wave]
            * np.cbrt(stress_drop / seismic_moment(magnitude)))
