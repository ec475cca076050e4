"""
Elastic design spectra of codes, from their parameters.

.. [EN1998] EN 1998-1:2004. Eurocode 8: Design of structures for earthquake resistance.
   Part 1: General rules, seismic actions and rules for buildings. 3.2.2.2.
.. [ASCE7] ASCE/SEI 7-16 (2017). Minimum design loads and associated criteria for buildings
   and other structures. 11.4.6.
"""

import numpy as np

from .._checks import ascending, one_of, positive, within
from ..exceptions import TNGInputError
from ..signal.intensity import STANDARD_GRAVITY
from .targets import Target

# Tables 3.2 and 3.3 of EN 1998-1: spectrum type -> ground type -> S, TB, TC, TD (s)
EUROCODE8 = {
    1: {"A": (1.0, 0.15, 0.4, 2.0), "B": (1.2, 0.15, 0.5, 2.0), "C": (1.15, 0.20, 0.6, 2.0),
        "D": (1.35, 0.20, 0.8, 2.0), "E": (1.4, 0.15, 0.5, 2.0)},
    2: {"A": (1.0, 0.05, 0.25, 1.2), "B": (1.35, 0.05, 0.25, 1.2), "C": (1.5, 0.10, 0.25, 1.2),
        "D": (1.8, 0.10, 0.30, 1.2), "E": (1.6, 0.05, 0.25, 1.2)},
}


def eurocode8(ag, ground, spectrum_type=1, damping=0.05, periods=None):
    """
    Horizontal elastic response spectrum of Eurocode 8 ([EN1998]_, recommended values).

    :param ag: design ground acceleration on ground A, m/s^2 (importance factor included).
    :param ground: ground type, ``"A"`` to ``"E"``.
    :param spectrum_type: 1, or 2 where earthquakes of surface magnitude up to 5.5 govern.
    :param damping: share of critical; the correction is not below 0.55.
    :param periods: s, ascending, up to 4; default 50 from 0.02 to 4.
    :return: :class:`~obspy_tng.suites.targets.Target` without sd, of ``"geomean"``: the code's
        spectrum is that of either horizontal component.
    :raises TNGInputError: for values that the code does not have.

    .. rubric:: Example

    >>> eurocode8(2.0, "C", periods=[0.2, 0.6, 2.0]).psa.round(3)
    array([5.75 , 5.75 , 1.725])
    """
    ag = positive("ag", ag)
    one_of("spectrum_type", spectrum_type, EUROCODE8)
    one_of("ground", ground, EUROCODE8[spectrum_type])
    damping = within("damping", damping, 0, 1, "()")
    soil, tb, tc, td = EUROCODE8[spectrum_type][ground]
    t = ascending("periods", np.geomspace(0.02, 4, 50) if periods is None else periods,
                  high=4 * (1 + 1e-9))
    eta = max(np.sqrt(10 / (5 + 100 * damping)), 0.55)
    plateau = 2.5 * eta
    shape = np.select([t <= tb, t <= tc, t <= td],
                      [1 + t / tb * (plateau - 1), plateau, plateau * tc / t],
                      plateau * tc * td / t ** 2)
    return Target(t, np.log(ag * soil * shape), component="geomean", damping=damping,
                  label=f"Eurocode 8 type {spectrum_type}, ground {ground}",
                  scenario={"ag": ag, "ground": ground, "spectrum_type": spectrum_type})


def asce7(sds, sd1, tl, periods=None):
    """
    Design response spectrum of ASCE 7 ([ASCE7]_); ``.scaled(1.5)`` is that of the MCE_R.

    :param sds: design acceleration at short periods, g.
    :param sd1: design acceleration at 1 s, g.
    :param tl: s, long-period transition.
    :param periods: s, ascending; default 50 from 0.02 to 10.
    :return: :class:`~obspy_tng.suites.targets.Target` without sd, of ``"rotd100"``.
    :raises TNGInputError: for values that are not possible.

    .. rubric:: Example

    >>> (asce7(1.0, 0.6, 8.0, [0.06, 0.3, 1.0, 10.0]).psa / 9.80665).round(3)
    array([0.7  , 1.   , 0.6  , 0.048])
    """
    sds, sd1, tl = positive("sds", sds), positive("sd1", sd1), positive("tl", tl)
    t = ascending("periods", np.geomspace(0.02, 10, 50) if periods is None else periods)
    ts = sd1 / sds
    if ts >= tl:
        raise TNGInputError(f"sd1 / sds must be below tl, got {ts:g} s and {tl:g} s")
    t0 = 0.2 * ts
    value = np.select([t < t0, t <= ts, t <= tl],
                      [sds * (0.4 + 0.6 * t / t0), np.full(t.shape, sds), sd1 / t],
                      sd1 * tl / t ** 2)
    return Target(t, np.log(value * STANDARD_GRAVITY), component="rotd100", label="ASCE 7",
                  scenario={"sds": sds, "sd1": sd1, "tl": tl})
