"""
Conditional spectra: the distribution at other periods, given the acceleration at one.

.. [Baker2011] Baker, J. W. (2011). Conditional mean spectrum: tool for ground-motion selection.
   J. Struct. Eng. 137(3), 322-331.
.. [Lin2013] Lin, T., Harmsen, S. C., Baker, J. W. and Luco, N. (2013). Conditional spectrum
   computation incorporating multiple causal earthquakes and ground-motion prediction models.
   Bull. Seism. Soc. Am. 103(2A), 1103-1116.
"""

from dataclasses import replace

import numpy as np

from .._checks import positive, within
from ..exceptions import TNGInputError
from .correlations import baker_jayaram


def conditional_target(target, period, psa=None, epsilon=None):
    """
    Conditional mean spectrum with its covariance ([Baker2011]_).

    ``ln_mean + ln_sd * correlation * epsilon`` in the mean, and the covariance of ln given the
    value at the period, with the correlation of the target ([Baker_Jayaram2008]_ unless it has
    one of its own).

    :param target: :class:`~obspy_tng.suites.targets.Target` of a scenario, with its sd.
    :param period: s, conditioning period, within those of the target.
    :param psa: pseudo-acceleration at the period, m/s^2; or
    :param epsilon: how many standard deviations it is above the median.
    :return: Target, which has the period among its own; the sd there is 0.
    :raises TNGInputError: without sd, for a period at which it is 0 or that the target does not
        have, or unless one of ``psa`` and ``epsilon`` is given.

    .. rubric:: Example

    >>> from obspy_tng.suites.targets import Target
    >>> scenario = Target.from_psa([0.1, 1.0, 3.0], [4.0, 2.0, 0.5], ln_sd=0.7)
    >>> given = conditional_target(scenario, 1.0, epsilon=2.0)
    >>> (given.psa / scenario.psa).round(2), given.ln_sd.round(2)
    (array([1.48, 4.06, 2.34]), array([0.67, 0.  , 0.56]))
    """
    if target.ln_sd is None:
        raise TNGInputError("target has no ln_sd, which a conditional spectrum needs")
    if (psa is None) == (epsilon is None):
        raise TNGInputError(f"give either psa or epsilon, got {psa!r} and {epsilon!r}")
    low, high = target.periods[[0, -1]]
    period = within("period", period, low * (1 - 1e-6), high * (1 + 1e-6))
    if not np.isclose(target.periods, period, rtol=1e-6).any():
        target = target.at(np.sort(np.append(target.periods, period)))
    at = int(np.argmin(np.abs(target.periods - period)))
    if target.ln_sd[at] == 0:
        raise TNGInputError(f"target has the ln_sd 0 at {period:g} s: nothing is left to be given "
                            "there")
    if epsilon is None:
        epsilon = (np.log(positive("psa", psa)) - target.ln_mean[at]) / target.ln_sd[at]
    epsilon = within("epsilon", epsilon, -np.inf, np.inf, "()")
    rho = (baker_jayaram(target.periods, target.periods[[at]])[:, 0]
           if target.correlation is None else target.correlation[:, at])
    covariance = target.covariance - np.outer(rho * target.ln_sd, rho * target.ln_sd)
    covariance[at] = covariance[:, at] = 0.0
    sd = np.sqrt(np.maximum(np.diag(covariance), 0))
    scale = np.where(sd > 0, sd, 1)
    correlation = np.clip(covariance / np.outer(scale, scale), -1, 1)
    np.fill_diagonal(correlation, 1.0)
    return replace(target, ln_mean=target.ln_mean + target.ln_sd * rho * epsilon, ln_sd=sd,
                   correlation=correlation, label=f"{target.label}, given {period:g} s",
                   scenario={**target.scenario, "conditioning_period": period,
                             "epsilon": epsilon})
