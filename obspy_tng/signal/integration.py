"""Integration of accelerograms in time, and records that end at rest."""

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
    # bell k is sin^2 times cos(k pi t / window): its spectrum ends at (2 + k / 2) / window
    phase = np.linspace(0, np.pi, npts)
    count = int(min(max(2 * lowest - 3, 2), 9))
    bells = np.sin(phase) ** 2 * np.cos(np.arange(count)[:, None] * phase)
    return data - _least_drift(data, bells, sampling_rate) @ bells


def _least_drift(data, bells, sampling_rate):
    """
    Amplitudes of the bells for least displacement under the end conditions.

    :param data: acceleration ``(..., npts)``.
    :param bells: ``(count, npts)``.
    :return: array ``(..., count)``.
    """
    def motion(acceleration):
        velocity = integrate(acceleration, sampling_rate)
        displacement = integrate(velocity, sampling_rate)
        return displacement, np.stack([velocity[..., -1], displacement[..., -1]], axis=-1)

    displacement, final = motion(data)
    drift, drift_final = motion(bells)
    # equations of about the same size: unit displacement of the bells, unit end conditions
    size = np.linalg.norm(drift, axis=-1, keepdims=True)
    drift, drift_final = drift / size, drift_final / size
    unit = np.abs(drift_final).max(axis=0)
    drift_final, final = drift_final / unit, final / unit
    # Lagrange: normal equations of least squares, bordered by the end conditions
    system = np.block([[drift @ drift.T, drift_final], [drift_final.T, np.zeros((2, 2))]])
    wanted = np.concatenate([displacement @ drift.T, final], axis=-1)
    solution = np.linalg.solve(system, wanted[..., None])[..., :len(bells), 0]
    return solution / size[:, 0]
