"""
The reliability and clarity criteria of [SESAME2004]_.

.. [SESAME2004] SESAME European project (2004). Guidelines for the implementation of
   the H/V spectral ratio technique on ambient vibrations: measurements, processing
   and interpretation. WP12, deliverable D23.12.
"""

import numpy as np

from .._checks import count, positive
from ..exceptions import TNGInputError

RELIABILITY = ("reliability_window", "reliability_cycles", "reliability_std")
CLARITY = ("clarity_below", "clarity_above", "clarity_amplitude", "clarity_curves",
           "clarity_f0_std", "clarity_std")
# Table of thresholds: upper end of the range of f0 in Hz, epsilon (share of f0), theta
# (factor) of the standard deviations of f0 and of the amplitude at f0.
F0_LIMITS = np.array([0.2, 0.5, 1.0, 2.0])
EPSILON = np.array([0.25, 0.20, 0.15, 0.10, 0.05])
THETA = np.array([3.0, 2.5, 2.0, 1.78, 1.58])


def sesame_criteria(frequencies, amplitude, f0, std=None, f0_std=None, window_length=None,
                    n_windows=None):
    """
    SESAME criteria for picked peaks.

    Reliability: ``reliability_window``: f0 > 10 / window length;
    ``reliability_cycles``: f0 times total length > 200; ``reliability_std``: the
    factor exp(std) stays below 2 (3 for f0 < 0.5 Hz) from f0/2 to 2 f0.

    Clarity: ``clarity_below``, ``clarity_above``: the curve falls below a0 / 2
    between f0/4 and f0, and between f0 and 4 f0; ``clarity_amplitude``: a0 > 2;
    ``clarity_curves``: the curves one standard deviation up and down peak within
    5 % of f0; ``clarity_f0_std``: f0_std below epsilon(f0); ``clarity_std``:
    exp(std) at f0 below theta(f0).

    ``reliable`` needs all three of the first, ``clear`` five of the six others.

    :param frequencies: Hz ``(nfreq,)``, ascending.
    :param amplitude: HVSR curves ``(..., nfreq)``.
    :param f0: Hz ``(...)``, NaN where there is no peak.
    :param std: standard deviation of ln amplitude ``(..., nfreq)``, NaN where it is not known, or
        None.
    :param f0_std: standard deviation of f0 in Hz ``(...)``, likewise.
    :param window_length: s, or None.
    :param n_windows: number of windows, or None.
    :return: dict name -> float array ``(...)``: 1 fulfilled, 0 not, NaN not known.
    :raises TNGInputError: if ``std`` has another shape than ``amplitude``, and for bad values.
    """
    if window_length is not None:
        positive("window_length", window_length)
    if n_windows is not None:
        count("n_windows", n_windows, least=1)
    for name, value in (("std", std), ("f0_std", f0_std)):
        if value is not None and (np.asarray(value, dtype=np.float64) < 0).any():
            raise TNGInputError(f"{name} must not be negative, got {np.nanmin(value):g}")
    frequencies = np.asarray(frequencies, dtype=np.float64)
    shape = np.shape(f0)
    curves = np.asarray(amplitude, dtype=np.float64).reshape(-1, len(frequencies))
    f0 = np.asarray(f0, dtype=np.float64).reshape(-1, 1)
    known = np.isfinite(f0[:, 0])
    index = np.abs(frequencies - np.where(np.isfinite(f0), f0, frequencies[0])).argmin(axis=1)
    a0 = np.take_along_axis(curves, index[:, None], axis=1)

    result = {name: np.full(len(curves), np.nan) for name in (*RELIABILITY, *CLARITY)}
    if window_length is not None:
        result["reliability_window"] = f0[:, 0] > 10 / window_length
        if n_windows is not None:
            result["reliability_cycles"] = f0[:, 0] * window_length * n_windows > 200
    # any() over the frequencies of a range: False where the range has no frequency
    half = curves < a0 / 2
    result["clarity_below"] = (half & (frequencies >= f0 / 4) & (frequencies <= f0)).any(axis=1)
    result["clarity_above"] = (half & (frequencies >= f0) & (frequencies <= 4 * f0)).any(axis=1)
    result["clarity_amplitude"] = a0[:, 0] > 2
    row = np.searchsorted(F0_LIMITS, f0[:, 0], side="right")
    if f0_std is not None:
        spread = np.broadcast_to(f0_std, shape).reshape(-1)
        limit = EPSILON[row.clip(max=4)] * f0[:, 0]
        result["clarity_f0_std"] = np.where(np.isfinite(spread), spread < limit, np.nan)
    if std is not None:
        result |= _of_std(frequencies, curves, f0, index, row, _like(std, amplitude))
    result = {name: np.where(known, value, np.nan) for name, value in result.items()}
    result["reliable"] = _verdict([result[name] for name in RELIABILITY], 3)
    result["clear"] = _verdict([result[name] for name in CLARITY], 5)
    return {name: value.reshape(shape) for name, value in result.items()}


def criteria_in_words(criteria):
    """
    How many criteria a peak fulfils, and which it does not.

    :param criteria: dict of one peak from :func:`sesame_criteria`.
    :return: str

    .. rubric:: Example

    >>> f = np.geomspace(0.1, 40, 400)
    >>> peak = sesame_criteria(f, 1 + 4 * np.exp(-(np.log(f / 1.2) / 0.2) ** 2), 1.2,
    ...                        window_length=60.0, n_windows=2)
    >>> criteria_in_words(peak)
    'reliability 1 of 3, clarity 3 of 6; not met: reliability_cycles; not known: \
reliability_std, clarity_curves, clarity_f0_std, clarity_std'
    """
    text = ", ".join(f"{kind} {sum(criteria[name] == 1 for name in names)} of {len(names)}"
                     for kind, names in (("reliability", RELIABILITY), ("clarity", CLARITY)))
    names = (*RELIABILITY, *CLARITY)
    for word, some in (("not met", [name for name in names if criteria[name] == 0]),
                       ("not known", [name for name in names if np.isnan(criteria[name])])):
        text += f"; {word}: {', '.join(some)}" if some else ""
    return text


def _like(std, amplitude):
    """Standard deviations as (ncurves, nfreq), checked."""
    std = np.asarray(std, dtype=np.float64)
    if std.shape != np.shape(amplitude):
        raise TNGInputError(f"std must have the shape of amplitude, {np.shape(amplitude)}, got "
                            f"{std.shape}")
    return std.reshape(-1, std.shape[-1])


def _of_std(frequencies, curves, f0, index, row, std):
    """The three criteria that need the standard deviation of the curves."""
    near = (frequencies >= f0 / 2) & (frequencies <= 2 * f0)
    factor = np.exp(std)
    limit = np.where(f0 > 0.5, 2.0, 3.0)
    # search for the peak of the shifted curves around f0, not at other peaks
    shifted = [np.where(near, curves * np.exp(sign * std), -np.inf).argmax(axis=1)
               for sign in (1, -1)]
    at_f0 = np.take_along_axis(factor, index[:, None], axis=1)[:, 0]
    found = {
        "reliability_std": ~(near & (factor >= limit)).any(axis=1),
        "clarity_curves": np.all([np.abs(frequencies[i] / f0[:, 0] - 1) <= 0.05 for i in shifted],
                                 axis=0),
        "clarity_std": at_f0 < THETA[row.clip(max=4)],
    }
    known = ~(near & np.isnan(std)).any(axis=1)  # that of a single curve is NaN
    return {name: np.where(known, value, np.nan) for name, value in found.items()}


def _verdict(criteria, needed):
    """1 if enough criteria hold, 0 if too few can, NaN if it is not decided."""
    criteria = np.stack(criteria)
    held = np.nansum(criteria, axis=0)
    open_ = np.isnan(criteria).sum(axis=0)
    return np.where(held >= needed, 1.0, np.where(held + open_ < needed, 0.0, np.nan))
