"""
Response spectra of single-degree-of-freedom oscillators, and RotDnn.

The oscillator is the exact solution for piecewise linear acceleration
([Nigam1969]_), which is a recursion of second order (the first-order hold of
control theory) and needs no padding for any period. Straight lines between
the samples, however, reduce the energy at higher frequencies (3 % at a tenth
of the sampling rate, 19 % at a quarter), which at 100 Hz lowers PSA below 0.15 s
([BooreGoulet2014]_). By default the record is therefore interpolated as a
band-limited signal: it is sampled more finely for short periods, and first
divided by the spectrum of the straight lines.

.. [Nigam1969] Nigam, N. C. and Jennings, P. C. (1969). Calculation of response
   spectra from strong-motion earthquake records. Bull. Seism. Soc. Am. 59, 909-922.
.. [BooreGoulet2014] Boore, D. M. and Goulet, C. A. (2014). The effect of sampling rate
   and anti-aliasing filters on high-frequency response spectra. Bull. Earthq. Eng. 12,
   203-216.
.. [Boore2010] Boore, D. M. (2010). Orientation-independent, nongeometric-mean measures of
   seismic intensity from two horizontal components of motion. Bull. Seism. Soc. Am. 100,
   1830-1835.
"""

from functools import lru_cache

import numpy as np
import scipy.fft
from scipy.signal import cont2discrete, sosfilt

from .._checks import as_records, as_samples, ascending, one_of, positive, within
from ..exceptions import TNGInputError

# Pseudo-acceleration is computed and divided by powers of omega for the other quantities.
QUANTITIES = {"psa": 0, "psv": 1, "sd": 2}
INTERPOLATIONS = ("bandlimited", "linear")
# Samples per oscillator period, at least. The peak between samples is taken from a
# parabola: right to 0.1 % for white noise up to the Nyquist frequency (worst of six).
SAMPLES_PER_PERIOD = 16
# Finest sampling, in samples per sample of the record; beyond, the oscillator follows
# the ground, and the record's own highest frequency has 8 samples a period or more.
FINEST = {"bandlimited": 4, "linear": 8}
# samples of zeros between the ends of the record when it is interpolated
GUARD = 128
# Along most azimuths the peak is a sample at least so far off, as a share of the farthest.
FAR = .7
# numbers of an array that are processed together (8 MB)
CHUNK = 1_000_000


def default_periods(n=31):
    """
    Logarithmically spaced oscillator periods, 0.01 to 10 s.

    :param n: number of periods.
    :return: float64 array ``(n,)`` in s.
    """
    return np.geomspace(0.01, 10, n)


def response_spectra(data, sampling_rate, periods=None, damping=0.05, quantity="psa",
                     interpolation="bandlimited"):
    """
    Response spectra of every trace.

    :param data: acceleration ``(..., npts)`` in m/s^2.
    :param sampling_rate: Hz.
    :param periods: s, ascending; default :func:`default_periods`.
    :param damping: share of critical, between 0 and 1; 0.05 is usual.
    :param quantity: ``"psa"`` (m/s^2), ``"psv"`` (m/s) or ``"sd"`` (m).
    :param interpolation: ``"bandlimited"``, or ``"linear"`` for straight lines between
        the samples, as [Nigam1969]_.
    :return: periods in s ``(nper,)`` and peak responses ``(..., nper)``, float64.

    .. rubric:: Example

    >>> acc = np.sin(2 * np.pi * np.arange(4000) / 100)    # resonance at 1 s
    >>> periods, psa = response_spectra(acc, 100.0, [1.0])
    >>> round(float(psa[0]), 1)                            # 1 / (2 * 0.05)
    10.0
    """
    data = as_samples(data, 16)
    sampling_rate, periods, damping = _oscillators(sampling_rate, periods, damping)
    one_of("quantity", quantity, QUANTITIES)
    one_of("interpolation", interpolation, INTERPOLATIONS)
    data = _with_free_vibration(data, sampling_rate, periods)
    traces = data.reshape(-1, data.shape[-1])
    peaks = np.empty((len(traces), len(periods)))
    for part in _parts(len(traces), data.shape[-1]):
        for index, pairs in _responses(traces[part], sampling_rate, periods, damping,
                                       interpolation):
            found = np.stack([_peaks(pairs.real), _peaks(pairs.imag)], axis=1).ravel()
            peaks[part, index] = found[:len(traces[part])]
    peaks *= (periods / (2 * np.pi)) ** QUANTITIES[quantity]
    return periods, peaks.reshape(*data.shape[:-1], len(periods))


def rotd(data, sampling_rate, periods=None, percentiles=(50, 100), damping=0.05,
         interpolation="bandlimited"):
    """
    RotDnn: percentiles over all azimuths of the horizontal response ([Boore2010]_).

    Pseudo-acceleration for 180 azimuths, 1 degree apart.

    :param data: acceleration ``(..., 3, npts)`` in m/s^2, ZNE; Z is not used.
    :param sampling_rate: Hz.
    :param periods: s, ascending; default :func:`default_periods`.
    :param percentiles: numbers from 0 to 100: 50 gives RotD50, 100 RotD100.
    :param damping: share of critical, between 0 and 1.
    :param interpolation: see :func:`response_spectra`.
    :return: periods in s ``(nper,)``, and a dict percentile -> ``(..., nper)`` in m/s^2.
    """
    data = as_records(data)
    sampling_rate, periods, damping = _oscillators(sampling_rate, periods, damping)
    one_of("interpolation", interpolation, INTERPOLATIONS)
    percentiles = tuple(percentiles)
    if not percentiles or not all(0 <= p <= 100 for p in percentiles):
        raise TNGInputError(f"percentiles must be numbers from 0 to 100, got {percentiles!r}")
    data = _with_free_vibration(data, sampling_rate, periods)
    horizontals = data.reshape(-1, *data.shape[-2:])[:, 1:]
    values = np.empty((len(percentiles), len(horizontals), len(periods)))
    for part in _parts(len(horizontals), 2 * data.shape[-1]):
        for index, pairs in _responses(horizontals[part].reshape(-1, data.shape[-1]),
                                       sampling_rate, periods, damping, interpolation):
            values[:, part, index] = np.percentile(_rotated_peaks(pairs), percentiles, axis=-1)
    shape = (*data.shape[:-2], len(periods))
    return periods, {p: v.reshape(shape) for p, v in zip(percentiles, values, strict=True)}


def _oscillators(sampling_rate, periods, damping):
    """Sampling rate, periods and damping, checked."""
    sampling_rate = positive("sampling_rate", sampling_rate)
    periods = default_periods() if periods is None else ascending("periods", periods)
    return sampling_rate, periods, within("damping", damping, 0, 1, "()")


def _with_free_vibration(data, sampling_rate, periods):
    """Data and zeros for half of the longest period, in which an oscillator may yet peak."""
    zeros = int(np.ceil(0.5 * periods[-1] * sampling_rate)) + 1
    return np.concatenate([data, np.zeros((*data.shape[:-1], zeros), data.dtype)], axis=-1)


def _parts(count, npts):
    """Slices of traces whose finest interpolation fits the memory bound."""
    size = max(1, CHUNK // (max(FINEST.values()) * npts))
    return [slice(first, first + size) for first in range(0, count, size)]


def _responses(data, sampling_rate, periods, damping, interpolation):
    """
    Pseudo-acceleration histories, one period after the other.

    :param data: array ``(n, npts)``.
    :return: iterator of (index of the period, complex array ``(ceil(n / 2), npts * factor)``):
        two traces are filtered as real and imaginary part, which takes little longer than one.
    """
    wanted = SAMPLES_PER_PERIOD / (periods * sampling_rate)
    factors = np.exp2(np.ceil(np.log2(np.maximum(wanted, 1) - 1e-9))).astype(int)
    factors = np.minimum(factors, FINEST[interpolation])
    finer = bandlimited if interpolation == "bandlimited" else _straight_lines
    for factor in np.unique(factors):
        fine = finer(data, factor)
        pairs = np.zeros(((len(data) + 1) // 2, fine.shape[-1]), dtype=complex)
        pairs.real = fine[::2]
        pairs.imag[:len(data) // 2] = fine[1::2]
        for index in np.flatnonzero(factors == factor):
            yield index, sosfilt(_recursion(periods[index], damping, factor * sampling_rate), pairs,
                                 axis=-1)


@lru_cache(maxsize=512)
def _recursion(period, damping, sampling_rate):
    """Recursion of the oscillator, ground acceleration -> pseudo-acceleration: one section."""
    omega = 2 * np.pi / period
    b, a, _ = cont2discrete(([omega ** 2], [1, 2 * damping * omega, omega ** 2]),
                            1 / sampling_rate, method="foh")
    return np.concatenate([b[0], a])[None]


def bandlimited(data, factor):
    """
    Samples, ``factor`` times as many, that straight lines turn into the band-limited signal.

    :param data: array ``(..., npts)``.
    :param factor: int, above 1.
    :return: float64 array ``(..., npts * factor)``.
    """
    npts = data.shape[-1]
    nfft = scipy.fft.next_fast_len(npts + GUARD, real=True)
    spectrum = scipy.fft.rfft(data, nfft, axis=-1)
    # straight lines between samples multiply the spectrum by sinc^2
    spectrum *= factor / np.sinc(np.arange(spectrum.shape[-1]) / (nfft * factor)) ** 2
    fine = scipy.fft.irfft(spectrum, nfft * factor, axis=-1)[..., :npts * factor]
    return fine.astype(np.float64, copy=False)


def _straight_lines(data, factor):
    """Linear interpolation to ``factor`` times the sampling rate."""
    data = data.astype(np.float64, copy=False)
    share = np.arange(factor) / factor
    fine = data[..., :-1, None] * (1 - share) + data[..., 1:, None] * share
    return np.concatenate([fine.reshape(*data.shape[:-1], -1), data[..., -1:]], axis=-1)


def _vertex(before, peak, after):
    """Extreme value of the parabola through three samples, of which the middle one is extreme."""
    curvature = before - 2 * peak + after
    slope = after - before
    # a peak at the very end of the record may not be an extreme: then no correction
    inside = np.abs(slope) < np.abs(curvature)
    return peak - np.where(inside, slope ** 2 / (8 * np.where(inside, curvature, 1)), 0)


def _peaks(response):
    """Largest value, whatever its sign, of each response ``(n, npts)``."""
    at = np.abs(response).argmax(axis=-1)[:, None]
    at = at.clip(1, response.shape[-1] - 2)
    before, peak, after = (np.take_along_axis(response, at + step, axis=-1)[:, 0]
                           for step in (-1, 0, 1))
    return np.abs(_vertex(before, peak, after))


_AZIMUTHS = np.radians(np.arange(180))
_DIRECTIONS = np.stack([np.cos(_AZIMUTHS), np.sin(_AZIMUTHS)], axis=1)


def _rotated_peaks(pairs):
    """
    Peak responses along each of 180 azimuths.

    :param pairs: complex array ``(n, npts)``, north + i east.
    :return: array ``(n, 180)``.
    """
    at = np.stack([samples[np.abs(_DIRECTIONS @ _components(response[samples])).argmax(axis=1)]
                   for response, samples in zip(pairs, _outer_samples(pairs), strict=True)])
    at = at.clip(1, pairs.shape[-1] - 2)
    before, peak, after = (np.take_along_axis(pairs, at + step, axis=-1) for step in (-1, 0, 1))
    cosine, sine = _DIRECTIONS.T
    return np.abs(_vertex(*(x.real * cosine + x.imag * sine for x in (before, peak, after))))


def _outer_samples(pairs):
    """
    Indices of the samples that can be the largest along an azimuth.

    Otherwise all samples would be needed for 180 azimuths. The axes are scaled so that the motion
    is about as large in all directions; a sample that is nearer to the origin than the smallest
    peak along an azimuth is then none itself. Samples far off give a lower bound of that peak.

    :param pairs: complex array ``(n, npts)``, north + i east.
    :return: list of n int arrays.
    """
    north, east = pairs.real.copy(), pairs.imag.copy()
    products = [np.einsum("nt,nt->n", *two) for two in ((north, north), (north, east),
                                                        (east, east))]
    covariance = np.stack([*products[:2], *products[1:]], axis=-1).reshape(-1, 2, 2)
    covariance[:, [0, 1], [0, 1]] += (1e-12 * (products[0] + products[2])
                                      + np.finfo(float).tiny)[:, None]
    scale = np.linalg.cholesky(covariance)
    east -= (scale[:, 1, 0] / scale[:, 0, 0])[:, None] * north
    north /= scale[:, 0, 0, None]
    east /= scale[:, 1, 1, None]
    distance = np.square(north, out=north)
    distance += np.square(east, out=east)

    far = distance >= FAR ** 2 * distance.max(axis=-1, keepdims=True)
    some = [_components(response[mask]) for response, mask in zip(pairs, far, strict=True)]
    few = np.stack([one[:, np.abs(_DIRECTIONS[::15] @ one).argmax(axis=1)] for one in some])
    # of unit vectors along the azimuths, in the scaled axes
    lengths = np.sqrt(np.square(_DIRECTIONS @ scale).sum(axis=-1))
    least = (np.abs(_DIRECTIONS @ few).max(axis=-1) / lengths).min(axis=-1)
    return [np.flatnonzero(row >= bound) for row, bound in
            zip(distance, (1 - 1e-9) * least ** 2, strict=True)]


def _components(samples):
    """North and east ``(2, n)`` of complex samples."""
    return np.stack([samples.real, samples.imag])
