"""
Site frequency f0 from HVSR curves.

A forced maximum is no site frequency: at rock sites, or where the sediments are
deeper than the record is long, a curve has no clear peak. :func:`pick_f0` then
gives NaN and the reason.

.. [Cox2020] Cox, B. R., Cheng, T., Vantassel, J. P. and Manuel, L. (2020). A statistical
   representation and frequency-domain window-rejection algorithm for single-station
   HVSR measurements. Geophys. J. Int. 221, 2170-2183.
"""

from dataclasses import dataclass, field

import numpy as np
import scipy

from .._checks import as_samples, ascending, one_of, positive
from ..exceptions import TNGInputError
from .sesame import sesame_criteria

#: Hz, where the published evaluation of TimesNet-Gen looks for f0
PAPER_BAND = (1.0, 20.0)


@dataclass(frozen=True)
class F0Pick:
    """
    Picked site frequency of one or more curves.

    ``f0`` in Hz, ``a0`` the amplitude there and ``prominence`` (a0 over the higher of
    the two surrounding minima) have the shape of the curves without their frequency
    axis, plain numbers of one curve; NaN where no peak is clear. ``reason`` says there why,
    and is empty elsewhere. ``criteria`` holds the SESAME criteria, see
    :func:`~obspy_tng.signal.sesame.sesame_criteria`.
    """

    f0: np.ndarray
    a0: np.ndarray
    prominence: np.ndarray
    reason: np.ndarray
    criteria: dict = field(default_factory=dict)

    @property
    def found(self):
        """True where a clear peak was found."""
        return np.isfinite(self.f0)

    def __repr__(self):
        if np.ndim(self.f0) == 0:
            return (f"<F0Pick: {self.f0:.3g} Hz, amplitude {self.a0:.2f}, prominence "
                    f"{self.prominence:.2f}>" if self.found else f"<F0Pick: none, {self.reason}>")
        return f"<F0Pick of {np.size(self.f0)} curves: {int(self.found.sum())} with a clear peak>"


def pick_f0(frequencies, amplitude, freqmin=None, freqmax=None, min_amplitude=2.0,
            min_prominence=1.5, std=None, f0_std=None, window_length=None, n_windows=None,
            mode=None):
    """
    Pick the site frequency: the highest local maximum, if it is clear.

    :param frequencies: Hz ``(nfreq,)``, ascending.
    :param amplitude: HVSR curves ``(..., nfreq)``.
    :param freqmin: Hz, lower end of the search; default 10 / window_length, below which
        no peak is reliable ([SESAME2004]_), or the first frequency if that is not known.
    :param freqmax: Hz, upper end of the search; default the last frequency.
    :param min_amplitude: smallest amplitude of a peak; 2 by [SESAME2004]_.
    :param min_prominence: smallest ratio of a peak to the higher of the two minima
        that part it from higher ground (or from the end of the search band); 1.5 is
        between one and two standard deviations of single-record curves.
    :param std: standard deviation of ln amplitude, like ``amplitude``, for the SESAME
        criteria; None if unknown.
    :param f0_std: standard deviation of f0 over the windows in Hz, for the criteria.
    :param window_length: s, for the search and the criteria.
    :param n_windows: number of windows or records, for the criteria.
    :param mode: None, or ``"paper"``: the maximum in 1-20 Hz, whatever it is.
    :return: :class:`F0Pick`
    :raises TNGInputError: for bad values.

    .. rubric:: Example

    >>> f = np.geomspace(0.1, 40, 400)
    >>> pick = pick_f0(f, 1 + 4 * np.exp(-(np.log(f / 1.2) / 0.2) ** 2))
    >>> round(float(pick.f0), 1), round(float(pick.a0), 1), str(pick.reason)
    (1.2, 5.0, '')
    >>> str(pick_f0(f, np.full(400, 1.1)).reason)
    'no local maximum between 0.1 and 40 Hz'
    """
    if freqmin is None and window_length is not None and mode is None:
        freqmin = 10 / positive("window_length", window_length)
    frequencies, amplitude, band = _curves(frequencies, amplitude, freqmin, freqmax, mode)
    min_amplitude = positive("min_amplitude", min_amplitude)
    if positive("min_prominence", min_prominence) < 1:
        raise TNGInputError(f"min_prominence is a ratio of at least 1, got {min_prominence!r}")
    flat = amplitude.reshape(-1, amplitude.shape[-1])
    if mode == "paper":
        picks = [(int(curve[band].argmax()), np.nan, "") for curve in flat]
    else:
        picks = [_highest_peak(frequencies[band], curve[band], min_amplitude, min_prominence)
                 for curve in flat]
    shape = amplitude.shape[:-1]
    index = np.array([-1 if pick[0] is None else band.start + pick[0] for pick in picks], int)
    found = index >= 0
    f0 = np.where(found, frequencies[index], np.nan)
    a0 = np.where(found, flat[np.arange(len(flat)), index], np.nan)
    criteria = sesame_criteria(frequencies, amplitude, f0.reshape(shape), std=std, f0_std=f0_std,
                               window_length=window_length, n_windows=n_windows)
    return F0Pick(*(_shaped(values, shape) for values in (
        f0, a0, np.array([pick[1] for pick in picks], float),
        np.array([pick[2] for pick in picks], object))),
        {name: _shaped(value, shape) for name, value in criteria.items()})


def _shaped(values, shape):
    """Values of curves of a shape; of one curve a plain number."""
    values = np.reshape(values, shape)
    return values if shape else values.item()


def _curves(frequencies, amplitude, freqmin, freqmax, mode):
    """Frequencies, curves and the slice of the search band, checked."""
    one_of("mode", mode, (None, "paper"))
    frequencies = ascending("frequencies", frequencies)
    if len(frequencies) < 3:
        raise TNGInputError(f"a peak needs at least 3 frequencies (center_frequencies), got "
                            f"{len(frequencies)}")
    amplitude = as_samples(amplitude, 3).astype(np.float64, copy=False)
    if amplitude.shape[-1] != len(frequencies):
        raise TNGInputError(f"amplitude must have {len(frequencies)} values on its last axis, one "
                            f"per frequency, got shape {amplitude.shape}")
    if (amplitude < 0).any():
        raise TNGInputError("amplitude must not be negative: HVSR is a ratio of amplitudes")
    low, high = PAPER_BAND if mode == "paper" else frequencies[[0, -1]]
    low = low if freqmin is None else positive("freqmin", freqmin)
    high = high if freqmax is None else positive("freqmax", freqmax)
    band = slice(np.searchsorted(frequencies, low), np.searchsorted(frequencies, high, "right"))
    if band.stop - band.start < 3:
        raise TNGInputError(f"freqmin and freqmax: fewer than 3 of the frequencies "
                            f"({frequencies[0]:g} to {frequencies[-1]:g} Hz) lie between {low:g} "
                            f"and {high:g} Hz")
    return frequencies, amplitude, band


def _highest_peak(frequencies, curve, min_amplitude, min_prominence):
    """Index of the highest clear peak or None, prominence ratio, and why there is none."""
    log_curve = np.log(np.maximum(curve, np.finfo(float).tiny))
    peaks, found = scipy.signal.find_peaks(log_curve, prominence=0)
    if len(peaks) == 0:
        return None, np.nan, (f"no local maximum between {frequencies[0]:.3g} and "
                              f"{frequencies[-1]:.3g} Hz")
    prominences = np.exp(found["prominences"])
    clear = (prominences >= min_prominence) & (curve[peaks] >= min_amplitude)
    if clear.any():
        best = np.flatnonzero(clear)[curve[peaks[clear]].argmax()]
        return peaks[best], prominences[best], ""
    best = curve[peaks].argmax()
    amplitude, frequency = curve[peaks[best]], frequencies[peaks[best]]
    if amplitude < min_amplitude:
        why = f"amplitude {amplitude:.2f} is below {min_amplitude:g}"
    else:
        why = f"prominence {prominences[best]:.2f} is below {min_prominence:g}"
    return None, np.nan, f"highest maximum, at {frequency:.3g} Hz: {why}"


def lognormal_f0(f0):
    """
    Lognormal statistics of site frequencies; values that are NaN do not count.

    :param f0: Hz, array-like.
    :return: dict: ``median`` (exp of the mean of ln f0, Hz), ``std`` (of ln f0, sample
        standard deviation; NaN for n < 2), ``n`` (how many count), ``n_total``, and the
        arithmetic ``f0_std`` (Hz) that the SESAME criteria need.

    .. rubric:: Example

    >>> stats = lognormal_f0([1.0, 4.0, np.nan])
    >>> float(stats["median"]), stats["n"], stats["n_total"]
    (2.0, 2, 3)
    """
    f0 = np.asarray(f0, dtype=np.float64).ravel()
    known = f0[np.isfinite(f0)]
    if (known <= 0).any():
        raise TNGInputError("f0 must be above 0 Hz or NaN")
    logs = np.log(known)
    return {"median": float(np.exp(logs.mean())) if len(known) else np.nan,
            "std": float(logs.std(ddof=1)) if len(known) > 1 else np.nan,
            "n": len(known), "n_total": len(f0),
            "f0_std": float(known.std(ddof=1)) if len(known) > 1 else np.nan}


def reject_windows(frequencies, curves, n=2.0, max_iterations=50, freqmin=None, freqmax=None):
    """
    Frequency-domain window rejection of [Cox2020]_, lognormal.

    Windows whose highest local maximum lies more than n standard deviations from the
    mean of ln f0 are rejected, again and again until mean and deviation settle.
    Windows without a local maximum are rejected from the start.

    :param frequencies: Hz ``(nfreq,)``, ascending.
    :param curves: HVSR ``(nwindows, nfreq)``.
    :param n: standard deviations; 2 by [Cox2020]_.
    :param max_iterations: 50 by [Cox2020]_.
    :param freqmin: Hz, lower end of the search; default the first frequency.
    :param freqmax: Hz, upper end of the search; default the last frequency.
    :return: mask of accepted windows ``(nwindows,)`` and the number of iterations.
    :raises TNGInputError: for bad values.
    """
    frequencies, curves, band = _curves(frequencies, curves, freqmin, freqmax, None)
    if curves.ndim != 2:
        raise TNGInputError(f"curves must have shape (nwindows, nfreq), got {curves.shape}")
    n = positive("n", n)
    inside = frequencies[band]
    peak = _maxima(inside, curves[:, band])
    accepted = np.isfinite(peak)
    before = _spread(inside, curves[:, band], peak, accepted)
    for iteration in range(1, max_iterations + 1):
        if before is None:
            return accepted, iteration - 1
        mean, std, distance = before
        with np.errstate(invalid="ignore"):  # NaN where there is no maximum
            accepted &= np.abs(np.log(peak) - mean) < n * std
        after = _spread(inside, curves[:, band], peak, accepted)
        # the stopping rule of the article: both relative to what they were
        if (after is None or distance == 0
                or (abs(after[2] - distance) / distance < 0.01 and abs(after[1] - std) < 0.01)):
            return accepted, iteration
        before = after
    return accepted, max_iterations


def _maxima(frequencies, curves):
    """Frequency of the highest local maximum of each curve, NaN without one."""
    result = np.full(len(curves), np.nan)
    for i, curve in enumerate(curves):
        peaks, _ = scipy.signal.find_peaks(curve)
        if len(peaks):
            result[i] = frequencies[peaks[curve[peaks].argmax()]]
    return result


def _spread(frequencies, curves, peak, accepted):
    """
    Mean and standard deviation of ln f0, and how far the mean curve's peak is off in Hz.

    :return: tuple of three, or None where there is no spread to speak of.
    """
    if accepted.sum() < 2:
        return None
    logs = np.log(peak[accepted])
    mean_curve = np.log(np.maximum(curves[accepted], np.finfo(float).tiny)).mean(axis=0)
    mean, std = logs.mean(), logs.std(ddof=1)
    mean_peak = _maxima(frequencies, mean_curve[None])[0]
    if std == 0 or np.isnan(mean_peak):
        return None
    return mean, std, abs(np.exp(mean) - mean_peak)
