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
    peaks = np.empty((len(horizontals), len(periods), len(_DIRECTIONS)))
    for part in _parts(len(horizontals), 2 * data.shape[-1]):
        for index, pairs in _responses(horizontals[part].reshape(-1, data.shape[-1]),
                                       sampling_rate, periods, damping, interpolation):
            peaks[part, index] = _rotated_peaks(pairs)
    values = np.percentile(peaks, percentiles, axis=-1)
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
            section = _recursion(periods[index], damping, factor * sampling_rate)
            yield index, scipy.signal.sosfilt(section, pairs, axis=-1)


@lru_cache(maxsize=512)
def _recursion(period, damping, sampling_rate):
    """Recursion of the oscillator, ground acceleration -> pseudo-acceleration: one section."""
    omega = 2 * np.pi / period
    b, a, _ = scipy.signal.cont2discrete(
        ([omega ** 2], [1, 2 * damping * omega, omega ** 2]), 1 / sampling_rate, method="foh")
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
# directions of the corners of the polygon in _outer_samples
_CORNERS = _DIRECTIONS[::9].astype(np.float32)
# By so much that polygon is made smaller, as a share of the root mean square: far more than the
# rounding of single precision.
_MARGIN = 1e-4


def _rotated_peaks(pairs):
    """
    Peak responses along each of 180 azimuths.

    :param pairs: complex array ``(n, npts)``, north + i east.
    :return: array ``(n, 180)``.
    """
    at = np.empty((len(pairs), len(_DIRECTIONS)), dtype=int)
    for row, response, samples in zip(at, pairs, _outer_samples(pairs), strict=True):
        north_east = response[samples].view(np.float64).reshape(-1, 2)
        row[:] = samples[np.abs(_DIRECTIONS @ north_east.T).argmax(axis=1)]
    at = at.clip(1, pairs.shape[-1] - 2)
    before, peak, after = (np.take_along_axis(pairs, at + step, axis=-1) for step in (-1, 0, 1))
    cosine, sine = _DIRECTIONS.T
    return np.abs(_vertex(*(x.real * cosine + x.imag * sine for x in (before, peak, after))))


def _outer_samples(pairs):
    """
    Indices of the samples that can be the largest along an azimuth.

    Otherwise all samples would be needed for 180 azimuths. A sample within a polygon whose
    corners are other samples (and their opposites) is nowhere the largest. The polygon is found
    among the samples that are far from the origin, in axes that are scaled so that the motion is
    about as large in all directions. Samples nearer than its edges are left out first, then
    those inside. Single precision is enough, with a margin.

    :param pairs: complex array ``(n, npts)``, north + i east.
    :return: iterator of n int arrays.
    """
    motion = np.empty((2, *pairs.shape), dtype=np.float32)
    motion[0], motion[1] = pairs.real, pairs.imag
    lean, *sizes = _scale(pairs[:, ::8])
    distance = motion[0] * lean
    motion[1] -= distance
    motion[0] *= sizes[0]
    motion[1] *= sizes[1]
    np.square(motion[0], out=distance)
    distance += np.square(motion[1])

    count = np.arange(len(_CORNERS))
    corners = np.empty((len(pairs), len(count) + 1, 2), dtype=np.float32)
    far = FAR ** 2 * distance.max(axis=-1)
    for number, row in enumerate(distance):
        some = motion[:, number, np.flatnonzero(row >= far[number])]
        along = _CORNERS @ some
        chosen = np.abs(along).argmax(axis=1)
        corners[number, :-1] = (some[:, chosen] * np.sign(along[count, chosen])).T
    corners[:, -1] = -corners[:, 0]  # the other half of the polygon is the opposite of this one
    edges = np.diff(corners, axis=1)
    lengths = np.sqrt(np.square(edges).sum(-1, keepdims=True))
    lengths[lengths == 0] = np.inf  # of a corner that stands twice, or of no motion
    normals = np.stack([edges[..., 1], -edges[..., 0]], axis=-1) / lengths
    offsets = np.abs((normals * corners[:, 1:]).sum(-1, keepdims=True)) - _MARGIN
    offsets[np.isinf(lengths)] = np.inf
    nearest = np.square(offsets.min(axis=(1, 2)).clip(0))
    for number, row in enumerate(distance):
        some = np.flatnonzero(row >= nearest[number])
        beyond = np.abs(normals[number] @ motion[:, number, some]) > offsets[number]
        yield some[beyond.any(axis=0)] if len(some) else np.zeros(1, dtype=int)


def _scale(pairs):
    """
    Axes in which the motion is about 1: ``size * north``, ``other_size * (east - lean * north)``.

    :param pairs: complex array ``(n, npts)``, north + i east.
    :return: ``(lean, size, other_size)``, float32 arrays ``(n, 1)``. One size is at most 100 times
        the other, so that rounding to single precision stays below the margin.
    """
    north, east = pairs.real, pairs.imag
    nn, ne, ee = (np.einsum("nt,nt->n", *two)[:, None] / pairs.shape[-1] for two in
                  ((north, north), (north, east), (east, east)))
    least = 1e-4 * (nn + ee)
    least[least == 0] = 1
    nn, ee = nn + least, ee + least
    scale = ne / nn, nn ** -0.5, (ee - ne ** 2 / nn) ** -0.5
    return [values.astype(np.float32) for values in scale]
