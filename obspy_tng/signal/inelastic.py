"""
Inelastic response of bilinear oscillators.

An oscillator of period T yields at 1/R of the force that it would need to stay elastic (constant
strength ratio R). Its largest displacement over that of the elastic one, C_R, says how
hard a record is on a structure beyond what its response spectrum tells: records of the same
spectrum differ by their phases and their durations ([RuizGarcia2003]_, [Burks2014]_).

The equation of motion is integrated by Newmark's constant average acceleration, which is stable
for any step; the restoring force is piecewise linear in the displacement, so each step has a
closed solution and nothing is iterated.

.. [RuizGarcia2003] Ruiz-García, J. and Miranda, E. (2003). Inelastic displacement ratios for
   evaluation of existing structures. Earthq. Eng. Struct. Dyn. 32, 1237-1258.
.. [Burks2014] Burks, L. S. and Baker, J. W. (2014). Validation of ground-motion simulations through
   simple proxies for the response of engineering systems. Bull. Seism. Soc. Am. 104(4), 1930-1946.
"""

import numpy as np

from .._checks import as_samples, ascending, positive
from ..exceptions import TNGInputError
from .response import bandlimited, response_spectra

#: steps per period, at least (the method lengthens the period by 0.2 % then), and samples
#: per sample of the record, at most
STEPS_PER_PERIOD, FINEST = 40, 16
# oscillators times samples that are worked on together (32 MB)
CHUNK = 4_000_000


def inelastic_ratio(data, sampling_rate, periods, strength_ratio=4.0, hardening=0.03,
                    damping=0.05):
    """
    Inelastic over elastic displacement of bilinear oscillators, ``C_R``.

    :param data: acceleration ``(..., npts)`` in m/s^2.
    :param sampling_rate: Hz.
    :param periods: s, ascending, at least four samples long.
    :param strength_ratio: R, elastic force over yield force, at least 1.
    :param hardening: stiffness after yielding as a share of that before, 0 (elastoplastic)
        to below 1.
    :param damping: share of critical, of the elastic stiffness; below 1.
    :return: periods in s ``(nper,)`` and ratios ``(..., nper)``, float64; NaN for a trace of
        zeros.
    :raises TNGInputError: for values that are not possible.

    .. rubric:: Example

    >>> pulse = np.zeros(500)
    >>> pulse[10:12] = 1.0
    >>> _, ratio = inelastic_ratio(pulse, 100.0, [2.0], 3.0, hardening=0.0, damping=0.0)
    >>> ratio.round(2)                   # equal energy: (R^2 + 1) / (2 R)
    array([1.67])
    """
    data = as_samples(data, 16)
    sampling_rate, periods = positive("sampling_rate", sampling_rate), ascending("periods", periods)
    if periods[0] * sampling_rate < 4 * (1 - 1e-9):
        raise TNGInputError(f"periods must be at least four samples, {4 / sampling_rate:g} s, got "
                            f"{periods[0]:g}")
    if positive("strength_ratio", strength_ratio) < 1:
        raise TNGInputError(f"strength_ratio must be at least 1, got {strength_ratio!r}")
    if not 0 <= hardening < 1:
        raise TNGInputError(f"hardening must be from 0 to below 1, got {hardening!r}")
    if not 0 <= damping < 1:
        raise TNGInputError(f"damping must be from 0 to below 1, got {damping!r}")
    traces = data.reshape(-1, data.shape[-1])
    _, elastic = response_spectra(traces, sampling_rate, periods, max(damping, 1e-9),
                                  quantity="sd")
    found = np.empty((len(traces), len(periods)))
    wanted = np.ceil(STEPS_PER_PERIOD / (periods * sampling_rate))
    factors = np.minimum(np.exp2(np.ceil(np.log2(np.maximum(wanted, 1)))), FINEST).astype(int)
    for factor in np.unique(factors):
        at = np.flatnonzero(factors == factor)
        size = max(1, CHUNK // (factor * data.shape[-1]))
        for first in range(0, len(traces), size):
            part = slice(first, first + size)
            ground = traces[part].astype(np.float64)
            if factor > 1:
                ground = bandlimited(ground, factor)
            found[part, at] = _largest(ground, 1 / (factor * sampling_rate), periods[at],
                                       elastic[part, at] / strength_ratio, hardening, damping)
    found = np.divide(found, elastic, out=np.full_like(found, np.nan), where=elastic > 0)
    return periods, found.reshape(*data.shape[:-1], len(periods))


def _largest(ground, step, periods, yielding, hardening, damping):
    """
    Largest displacement of the oscillators, m.

    :param ground: acceleration ``(n, npts)``.
    :param yielding: displacement at which they yield ``(n, nper)``, m.
    :return: array ``(n, nper)``
    """
    omega = 2 * np.pi / periods
    stiff, soft = omega ** 2, hardening * omega ** 2
    # x'' + viscous x' + soft x + (stiff - soft) z = -ground; z: the part of x that yields
    viscous = 2 * damping * omega
    inertia = 4 / step ** 2 + 2 * viscous / step
    x, v, z, largest = (np.zeros((len(ground), len(periods))) for _ in range(4))
    a = -np.broadcast_to(ground[:, :1], x.shape)
    for acceleration in ground.T[1:, :, None]:
        load = (4 / step ** 2 * x + 4 / step * v + a + viscous * (2 / step * x + v)
                - acceleration)
        # as if it did not yield in this step: z goes along with x
        trial = (load - (stiff - soft) * (z - x)) / (inertia + stiff)
        moved = z + trial - x
        held = np.clip(moved, -yielding, yielding)
        # where it yields z is known, and the rest is linear in x again
        after = np.where(moved == held, trial, (load - (stiff - soft) * held) / (inertia + soft))
        velocity = 2 / step * (after - x) - v
        a = 4 / step ** 2 * (after - x) - 4 / step * v - a
        x, v, z = after, velocity, held
        np.maximum(largest, np.abs(x), out=largest)
    return largest
