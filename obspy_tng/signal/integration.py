"""Integration of accelerograms in time, and records that end at rest."""

from functools import lru_cache

import numpy as np
import scipy

from .._checks import as_samples, positive
from .processing import taper_window

# s of the taper at the start in end_at_rest
START_TAPER = 0.5


def integrate(data, sampling_rate):
    """
    Integrate in time from rest, with the trapezoidal rule.

    :param data: array ``(..., npts)``, e.g. acceleration in m/s^2.
    :param sampling_rate: Hz.
    :return: float64 array ``(..., npts)``, e.g. velocity in m/s; 0 at the first sample.

    .. rubric:: Example

    >>> integrate([1.0, 1.0, 1.0], 10.0)
    array([0. , 0.1, 0.2])
    """
    data = as_samples(data).astype(np.float64, copy=False)
    step = 1 / positive("sampling_rate", sampling_rate)
    return scipy.integrate.cumulative_trapezoid(data, dx=step, axis=-1, initial=0)


def end_at_rest(data, sampling_rate, freqmin=None):
    """
    Correct acceleration so that velocity and displacement end at zero.

    The start is tapered over 0.5 s (records begin with noise, which a longer taper would
    remove), the end over 5 % of the window, and :func:`without_drift` does the rest. Above
    ``freqmin`` only the tapers change the Fourier spectrum.

    :param data: acceleration ``(..., npts)``, npts at least 100.
    :param sampling_rate: Hz.
    :param freqmin: Hz, the lowest frequency of interest; default 3 / window. It is
        limited to the range from 2.5 / window to 6 / window.
    :return: float64 array ``(..., npts)``; :func:`integrate` of it, once and
        twice, ends at zero to rounding.

    .. rubric:: Example

    >>> acc = end_at_rest(np.random.default_rng(0).standard_normal(6000), 100.0)
    >>> vel = integrate(acc, 100.0)
    >>> dis = integrate(vel, 100.0)
    >>> bool(abs(vel[-1]) < 1e-9 * abs(vel).max()), bool(abs(dis[-1]) < 1e-9 * abs(dis).max())
    (True, True)
    """
    data = as_samples(data, 100).astype(np.float64, copy=False)
    sampling_rate, npts = positive("sampling_rate", sampling_rate), data.shape[-1]
    data = data * taper_window(npts, min(npts // 20, round(START_TAPER * sampling_rate)), "left")
    data *= taper_window(npts, npts // 20, "right")
    return without_drift(data, sampling_rate, freqmin)


def without_drift(data, sampling_rate, freqmin=None):
    """
    Correct tapered acceleration so that velocity and displacement end at zero.

    A few smooth bells over the whole window are subtracted. Their amplitudes are such that
    velocity and displacement end at zero and that the displacement has least energy (it drifts if
    the window cuts the motion off). The spectrum of the bells lies below ``freqmin``.

    :param data: acceleration ``(..., npts)``, npts at least 100.
    :param sampling_rate: Hz.
    :param freqmin: Hz, see :func:`end_at_rest`.
    :return: float64 array ``(..., npts)``.

    .. rubric:: Example

    >>> t = np.arange(1000) / 100
    >>> dis = integrate(integrate(without_drift(np.sin(t), 100.0), 100.0), 100.0)
    >>> bool(abs(dis[-1]) < 1e-9 * abs(dis).max())
    True
    """
    data = as_samples(data, 100).astype(np.float64, copy=False)
    sampling_rate, npts = positive("sampling_rate", sampling_rate), data.shape[-1]
    lowest = 3.0 if freqmin is None else positive("freqmin", freqmin) * npts / sampling_rate
    bells, amplitudes = _least_drift(npts, int(min(max(2 * lowest - 3, 2), 9)))
    return data - data @ amplitudes @ bells


@lru_cache(8)
def _least_drift(npts, count):
    """
    Bells, and what gives their amplitudes for least displacement under the end conditions.

    Amplitudes are linear in the acceleration, and the same for any sampling rate.

    :param npts: samples of a record.
    :param count: number of bells.
    :return: bells ``(count, npts)``; array ``(npts, count)``: acceleration times it is amplitudes.
    """
    # bell k is sin^2 times cos(k pi t / window): its spectrum ends at (2 + k / 2) / window
    phase = np.linspace(0, np.pi, npts)
    bells = np.sin(phase) ** 2 * np.cos(np.arange(count)[:, None] * phase)
    displacement = integrate(integrate(bells, npts), npts)
    # unit displacement of the bells, so that the equations are of about the same size
    size = np.linalg.norm(displacement, axis=-1, keepdims=True)
    displacement /= size
    # rows whose products with an acceleration are the final velocity and displacement, and the
    # products of its displacement with those of the bells
    last = np.zeros(npts)
    last[-1] = 1.0
    of_velocity = _adjoint(last)
    of_displacement = _adjoint(_adjoint(np.vstack([last, displacement])))
    ends, products = np.stack([of_velocity, of_displacement[0]]), of_displacement[1:]
    final = ends @ (bells / size).T
    # Lagrange: normal equations of least squares, bordered by the end conditions
    system = np.block([[displacement @ displacement.T, final.T], [final, np.zeros((2, 2))]])
    solution = np.linalg.solve(system, np.concatenate([products, ends]))
    return bells, np.ascontiguousarray((solution[:count] / size).T)


def _adjoint(values):
    """Transpose of :func:`integrate` at a rate of npts Hz, of arrays ``(..., npts)``."""
    after = np.cumsum(values[..., ::-1], axis=-1)[..., ::-1]  # from each sample to the last
    found = after - 0.5 * values
    found[..., 0] = 0.5 * (after[..., 0] - values[..., 0])
    return found / values.shape[-1]
