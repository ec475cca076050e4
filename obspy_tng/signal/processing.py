"""
Trends, tapers, filters and resampling of accelerograms, over the last axis.

The functions follow strong-motion practice ([Boore2005]_, [BooreBommer2005]_):
filters work on zero-padded data with room for their transients. Integration is in
:mod:`obspy_tng.signal.integration`.

.. [Boore2005] Boore, D. M. (2005). On pads and filters: processing
   strong-motion data. Bull. Seism. Soc. Am. 95, 745-750.
.. [BooreBommer2005] Boore, D. M. and Bommer, J. J. (2005). Processing of
   strong-motion accelerograms. Soil Dyn. Earthq. Eng. 25, 93-115.
"""

from fractions import Fraction
from functools import lru_cache

import numpy as np
import scipy

from .._checks import as_samples, count, one_of, positive, within
from ..exceptions import TNGInputError


def detrend(data, kind="linear"):
    """
    Remove the mean or the least-squares straight line.

    :param data: array ``(..., npts)``.
    :param kind: ``"linear"`` or ``"constant"``.
    :return: new array, shape and dtype (float32 or float64) as ``data``.

    .. rubric:: Example

    >>> np.allclose(detrend(3.0 + 2.0 * np.arange(50)), 0)
    True
    """
    data = as_samples(data)
    one_of("kind", kind, ("linear", "constant"))
    return subtract_trend(data, trend_basis(data.shape[-1], kind, data.dtype))


def trend_basis(npts, kind, dtype=np.float64):
    """
    Orthogonal functions of time that make up a trend.

    :param npts: samples.
    :param kind: ``"linear"`` or ``"constant"``.
    :param dtype: float32 or float64.
    :return: array ``(2, npts)`` or ``(1, npts)``.
    """
    constant = np.ones((1, npts), dtype=dtype)
    if kind == "constant":
        return constant
    # a time axis centred on zero is orthogonal to the constant
    return np.concatenate([constant, np.linspace(-1, 1, npts, dtype=dtype)[None]])


def subtract_trend(data, basis):
    """
    :func:`detrend` without checks, for loops that have made them.

    :param data: array ``(..., npts)``.
    :param basis: see :func:`trend_basis`.
    :return: new array.
    """
    coefficients = data @ basis.T / (basis ** 2).sum(axis=1)
    trend = coefficients @ basis
    return np.subtract(data, trend, out=trend)


def taper(data, sampling_rate, max_percentage=0.05, max_length=None, side="both"):
    """
    Taper the ends with half a cosine bell.

    :param data: array ``(..., npts)``.
    :param sampling_rate: Hz.
    :param max_percentage: tapered share of the window at one end, 0 to 0.5.
    :param max_length: tapered length at one end in s; the shorter of both counts.
    :param side: ``"left"``, ``"right"`` or ``"both"``.
    :return: new array, shape and dtype as ``data``.
    """
    data = as_samples(data)
    sampling_rate = positive("sampling_rate", sampling_rate)
    one_of("side", side, ("left", "right", "both"))
    npts = data.shape[-1]
    length = within("max_percentage", max_percentage, 0, 0.5) * npts
    if max_length is not None:
        length = min(length, positive("max_length", max_length) * sampling_rate)
    return data * taper_window(npts, int(length), side).astype(data.dtype)


def taper_window(npts, length, side="both"):
    """
    Ones with cosine ends.

    :param npts: samples.
    :param length: samples of one cosine end.
    :param side: ``"left"``, ``"right"`` or ``"both"``.
    :return: float64 array ``(npts,)``; 0 at the outermost sample of a tapered end.
    """
    window = np.ones(npts)
    if length > 0:
        ramp = 0.5 - 0.5 * np.cos(np.pi * np.arange(length) / length)
        if side != "right":
            window[:length] = ramp
        if side != "left":
            window[npts - length:] *= ramp[::-1]
    return window


def bandpass(data, sampling_rate, freqmin=None, freqmax=None, order=2, zerophase=True):
    """
    Butterworth filter on zero-padded data.

    The pads are ``1.5 * order / freqmin`` s long ([Boore2005]_) and are cut off
    again. Data that do not start and end near zero should be tapered first.

    :param data: array ``(..., npts)``.
    :param sampling_rate: Hz.
    :param freqmin: high-pass corner in Hz; None for none.
    :param freqmax: low-pass corner in Hz, below the Nyquist frequency; None for none.
    :param order: order of the Butterworth filter at each corner.
    :param zerophase: True runs it forwards and backwards: no phase shift, twice the
        order, and -6 dB instead of -3 dB at the corners.
    :return: new array, shape and dtype as ``data``.
    """
    data = as_samples(data)
    sampling_rate = positive("sampling_rate", sampling_rate)
    corners = _corners(freqmin, freqmax, sampling_rate)
    order = count("order", order, least=1)
    kind = ("lowpass" if freqmin is None else "highpass" if freqmax is None else "bandpass")
    sos = butterworth(order, tuple(corners), kind, sampling_rate)
    npad = int(np.ceil(1.5 * order / min(corners) * sampling_rate))
    padded = np.zeros((*data.shape[:-1], data.shape[-1] + 2 * npad))
    padded[..., npad:-npad] = data
    if zerophase:
        filtered = scipy.signal.sosfiltfilt(sos, padded, axis=-1, padtype=None)
    else:
        filtered = scipy.signal.sosfilt(sos, padded, axis=-1)
    return filtered[..., npad:-npad].astype(data.dtype)


@lru_cache(maxsize=64)
def butterworth(order, corners, kind, sampling_rate):
    """
    Second-order sections of a filter, remembered: their design takes longer than most filtering.

    :param order: as :func:`scipy.signal.butter` takes it, as are the others.
    :param corners: one or two frequencies in Hz, a tuple.
    :param kind: ``"lowpass"``, ``"highpass"`` or ``"bandpass"``.
    :param sampling_rate: Hz.
    :return: array ``(sections, 6)``, not to be changed.
    """
    return scipy.signal.butter(order, np.squeeze(corners), kind, fs=sampling_rate, output="sos")


def _corners(freqmin, freqmax, sampling_rate):
    """The given corners as a list, checked."""
    nyquist = 0.5 * sampling_rate
    corners = []
    for name, corner in (("freqmin", freqmin), ("freqmax", freqmax)):
        if corner is not None:
            corners.append(positive(name, corner))
            if corner >= nyquist:
                raise TNGInputError(f"{name} must be below the Nyquist frequency {nyquist:g} Hz, "
                                    f"got {corner:g} Hz")
    if not corners:
        raise TNGInputError("freqmin or freqmax must be given, got None for both")
    if len(corners) == 2 and freqmin >= freqmax:
        raise TNGInputError(f"freqmin must be below freqmax, got {freqmin:g} and {freqmax:g} Hz")
    return corners


def resample(data, sampling_rate, new_rate):
    """
    Change the sampling rate by a rational ratio (polyphase, zero phase).

    The anti-alias filter is a linear-phase FIR filter (Kaiser, 80 dB): flat to
    0.8 and closed at 1.0 of the lower of both Nyquist frequencies, so that the
    default band of :func:`~obspy_tng.signal.hvsr` passes unchanged.

    :param data: array ``(..., npts)``.
    :param sampling_rate: Hz.
    :param new_rate: Hz.
    :return: new array ``(..., ceil(npts * new_rate / sampling_rate))``; the first
        sample keeps its time.
    """
    data = as_samples(data)
    ratio = (Fraction(positive("new_rate", new_rate)).limit_denominator(100000)
             / Fraction(positive("sampling_rate", sampling_rate)).limit_denominator(100000))
    up, down = ratio.numerator, ratio.denominator
    if up == down:
        return data.copy()
    if max(up, down) > 10000:
        raise TNGInputError(f"new_rate / sampling_rate must be a ratio of small integers, got "
                            f"{new_rate:g} / {sampling_rate:g} = {up}/{down}")
    nyquist = 1 / max(up, down)  # of the lower rate, where the upsampled one has 1
    numtaps, beta = scipy.signal.kaiserord(80, 0.2 * nyquist)
    fir = scipy.signal.firwin(numtaps | 1, 0.9 * nyquist, window=("kaiser", beta))
    # pad with the straight line through the ends: a record may start off zero
    return scipy.signal.resample_poly(data, up, down, axis=-1, window=fir,
                                      padtype="line").astype(data.dtype, copy=False)
