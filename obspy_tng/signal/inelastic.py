"""
Inelastic response of bilinear oscillators.

An oscillator of period T yields at 1/R of the force that it would need to stay elastic (constant
strength ratio R). Its largest displacement over that of the elastic one, C_R, measures the demand
of a record on a structure beyond its response spectrum: records with the same spectrum differ in
their phases and durations ([RuizGarcia2003]_, [Burks2014]_).

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
# traces times samples that are worked on together (64 MB), steps that are kept
CHUNK, HISTORY = 8_000_000, 64


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

    The oscillator is ``x'' + c x' + s x + (k - s) z = -g`` with the elastic stiffness ``k`` and
    that after yielding ``s``; ``z`` is the part of ``x`` that yields, within ``yielding`` of 0.
    With constant average acceleration, velocity and acceleration drop out of the steps of length
    ``h``. For ``D = 1 / h^2 + c / (2 h) + s / 4``, ``X = D x`` and ``Z = (k - s) z / 4``::

        X[i+1] + Z[i+1] = p X[i] - 2 Z[i] + q X[i-1] - Z[i-1] - (g[i+1] + 2 g[i] + g[i-1]) / 4

    :param ground: acceleration ``g`` ``(n, npts)``.
    :param step: h in s.
    :param yielding: displacement at which they yield ``(n, nper)``, m.
    :return: array ``(n, nper)``
    """
    omega = 2 * np.pi / periods[:, None]  # arrays of the oscillators are (nper, n)
    soft, half = hardening * omega ** 2, damping * omega / step
    divisor = 1 / step ** 2 + half + soft / 4
    p, q = (2 / step ** 2 - soft / 2) / divisor, -(1 / step ** 2 - half + soft / 4) / divisor
    rest = (omega ** 2 - soft) / 4
    share = rest / divisor  # of a change of X, by which Z changes until it yields
    kept, gained = 1 / (1 + share), share / (1 + share)
    highest = rest * yielding.T
    lowest = -highest
    # at rest at the first sample, with the acceleration that it asks for
    change = p - 1
    x, z, before, turn, largest = (np.zeros(highest.shape) for _ in range(5))
    history = np.empty((HISTORY, *highest.shape))
    for first in range(1, ground.shape[-1], HISTORY):
        # a step reads one sample of all traces: contiguous, which is much faster
        some = np.ascontiguousarray(ground[:, max(first - 2, 0):first + HISTORY].T)
        if first == 1:
            some = np.concatenate([-some[:1], some])
        load = -0.25 * (some[2:] + 2 * some[1:-1] + some[:-2])
        for now, rows in zip(load, history, strict=False):
            # NumPy's overhead counts here, so everything is written in place
            np.multiply(change, x, out=turn)
            turn += before
            turn += now
            turn -= z
            turn -= z
            np.multiply(q, x, out=before)
            before -= z
            z *= kept
            np.add(x, turn, out=rows)
            turn *= gained
            z += turn
            np.minimum(z, highest, out=z)
            np.maximum(z, lowest, out=z)
            rows -= z
            x = rows
        x = x.copy()  # its row is written again
        np.maximum(largest, np.abs(history[:len(load)]).max(axis=0), out=largest)
    return (largest / divisor).T
