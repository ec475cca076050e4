"""
Time warps: a record whose time axis is locally stretched and compressed.

Arrivals, their polarisation, their order and their sharpness remain. A change of speed by ``rate``
over some periods shifts phases by a large part of a cycle, so that the waveform differs. A warp is
no filter and cannot create energy before an arrival.

* :func:`smooth_noise` - a slowly varying random function of time.
* :func:`dominant_frequency` - the frequency that determines how fast a warp varies.
* :func:`warped_times` - positions of the samples of a new record in the old one.
* :func:`resample_at` - band-limited interpolation at these positions, in two steps for records
  that are warped often: :func:`oversampled` and :func:`values_at`.
* :func:`baseband` and :func:`remodulated` - the same for the top of the spectrum, whose frequencies
  stay where they are.
"""

import numpy as np
from scipy.fft import fft, ifft, irfft, next_fast_len, rfft, rfftfreq
from scipy.linalg.lapack import dgtsv

#: relative standard deviation of the local speed of a warp, over :data:`PERIODS` periods of the
#: dominant frequency: half a cycle of phase, after which two waveforms hardly correlate. The same
#: change of phase within fewer periods is audible as a chirp: spectrograms get rougher in time
RATE, PERIODS = 0.025, 20.0
#: the same over longer times (as so many times the length above)
SLOW_RATE, SLOW_TIMES = 0.035, 3.0
#: smallest and largest local speed
SPEEDS = (0.55, 1.6)
#: samples per sample that are interpolated by Fourier transform, before cubics
OVERSAMPLING = 4
# samples beyond either end that interpolation and the transform need
_MARGIN = 32


def smooth_noise(rng, npts, step):
    """
    Gaussian noise that varies over ``step`` samples: a cubic spline through independent values.

    :param rng: ``numpy.random.Generator``.
    :param npts: number of samples.
    :param step: samples between independent values, above 0.
    :return: array ``(npts,)``, of standard deviation about 1.
    """
    knots = int(np.ceil(npts / step)) + 4
    values = rng.standard_normal(knots)
    slopes, rise = _spline_slopes(values), np.diff(values)
    # each interval's polynomial, highest power first
    cubic = np.stack([slopes[:-1] + slopes[1:] - 2 * rise,
                      3 * rise - 2 * slopes[:-1] - slopes[1:], slopes[:-1], values[:-1]])
    # a spline is less accurate at its ends: start one step inside
    at = np.arange(npts) / step + 1
    i = at.astype(int)
    at -= i
    a, b, c, d = (row.take(i) for row in cubic)
    return ((a * at + b) * at + c) * at + d


def _spline_slopes(values):
    """
    Slopes at the knots of the cubic spline through values at distance 1.

    The third derivative is continuous at the second and at the last but one knot ("not a knot").
    """
    rise = np.diff(values)
    right = np.concatenate([[2.5 * rise[0] + 0.5 * rise[1]], 3 * (rise[:-1] + rise[1:]),
                            [2.5 * rise[-1] + 0.5 * rise[-2]]])
    lower, middle, upper = np.ones(len(rise)), np.full(len(values), 4.0), np.ones(len(rise))
    middle[[0, -1]], lower[-1], upper[0] = 1, 2, 2
    *_, slopes, _ = dgtsv(lower, middle, upper, right)
    return slopes


def dominant_frequency(data, sampling_rate):
    """
    Energy-weighted geometric mean frequency of the horizontals.

    :param data: records ``(..., 3, npts)``, ZNE.
    :param sampling_rate: Hz.
    :return: array ``(...)``, Hz.

    .. rubric:: Example

    >>> t = np.arange(4000) / 100
    >>> f = dominant_frequency(np.stack([0 * t, np.sin(12.5664 * t), np.sin(12.5664 * t)]), 100.0)
    >>> round(float(f), 1)
    2.0
    """
    power = np.square(np.abs(rfft(np.asarray(data, dtype=float)[..., 1:, :]))).sum(-2)[..., 1:]
    frequencies = rfftfreq(np.shape(data)[-1], 1 / sampling_rate)[1:]
    return np.exp((power * np.log(frequencies)).sum(-1) / power.sum(-1))


def warped_times(rng, npts, step, origin, stretch=(0, 0, 1.0), rate=RATE, lengthen=1.0, still=0.0):
    """
    Position of each sample of a new record in the old one.

    :param rng: ``numpy.random.Generator``.
    :param npts: samples of a record.
    :param step: samples over which the local speed varies, see :func:`smooth_noise`.
    :param origin: sample that does not move (the arrival of P).
    :param stretch: ``(first, last, factor)``: between these samples of the old record, time
        is also stretched by the factor (P to S of another distance).
    :param rate: standard deviation of the local speed; the slower ones are in proportion.
    :param lengthen: factor of the time after ``last`` (the duration of another magnitude).
    :param still: samples about the origin in which the random speed stays near 1.
    :return: increasing array ``(npts,)``, samples of the old record.

    .. rubric:: Example

    >>> times = warped_times(np.random.default_rng(0), 1000, 50, 200, rate=0)
    >>> bool(np.allclose(times, np.arange(1000)))
    True
    """
    slow = SLOW_RATE / RATE * smooth_noise(rng, npts, SLOW_TIMES * step)
    change = rate * (smooth_noise(rng, npts, step) + slow)
    if still:
        change *= 1 - np.exp(-0.5 * ((np.arange(npts) - origin) / still) ** 2)
    speed = np.clip(1 + change, *SPEEDS)
    first, last, factor = stretch
    end = first + (last - first) * factor
    later = max(int(min(end, npts)), int(first))
    speed[int(first):later] /= factor
    speed[later:] /= lengthen
    times = np.cumsum(speed)
    return times - times[origin] + origin


def resample_at(data, times):
    """
    Values between the samples.

    The data are oversampled by their Fourier transform, then interpolated by cubics, which is
    exact to 1 % up to the Nyquist frequency.

    :param data: array ``(..., npts)``; it should begin and end near the values that it has at the
        other end, or reach beyond ``times``.
    :param times: array ``(n,)``, in samples; those beyond the ends count as the ends.
    :return: array ``(..., n)``, float32.

    .. rubric:: Example

    >>> x = np.sin(np.arange(400) / 5)
    >>> y = resample_at(x, np.arange(100, 300) + 0.3)
    >>> bool(np.allclose(y, np.sin((np.arange(100, 300) + 0.3) / 5), atol=1e-3))
    True
    """
    return values_at(oversampled(data), times)


def oversampled(data, image=0.0):
    """
    Data at :data:`OVERSAMPLING` times the rate, by their Fourier transform.

    :param data: array ``(..., npts)``.
    :param image: share of the Nyquist frequency, 0 to 1, by which the spectrum is continued beyond
        it, by its mirror image, which fades: where a warp slows the time axis, what was above the
        Nyquist frequency comes below it. An abrupt end would ring before arrivals.
    :return: float32 array ``(..., OVERSAMPLING (npts + 2 margins))``, continued by the values at
        the ends; for :func:`values_at`.
    """
    data = np.asarray(data, dtype=np.float32)
    padded = np.concatenate([np.repeat(data[..., :1], _MARGIN, -1), data,
                             np.repeat(data[..., -1:], _MARGIN, -1)], -1)
    nfft = next_fast_len(padded.shape[-1], real=True)
    nfft += nfft % 2
    spectrum = rfft(padded, nfft)
    if beyond := int(image * (spectrum.shape[-1] - 1)):
        fade = np.cos(np.pi / 2 * np.arange(1, beyond + 1, dtype=np.float32) / (beyond + 1)) ** 2
        spectrum = np.concatenate([spectrum, fade * spectrum[..., -2:-2 - beyond:-1].conj()], -1)
    fine = irfft(spectrum, OVERSAMPLING * nfft)[..., :OVERSAMPLING * padded.shape[-1]]
    return np.ascontiguousarray(OVERSAMPLING * fine)


def values_at(fine, times):
    """
    Values between the samples of oversampled data.

    :param fine: array ``(..., n)``, of :func:`oversampled`.
    :param times: array ``(n,)``, in samples of the data; those beyond the ends count as the ends.
    :return: array ``(..., n)``, float32.
    """
    npts = fine.shape[-1] // OVERSAMPLING - 2 * _MARGIN
    return _cubic(fine, OVERSAMPLING * (np.clip(times, 0, npts - 1) + _MARGIN))


def _cubic(values, at):
    """Values at positions between 1 and three before the end, by a cubic through four of them."""
    i = at.astype(int)
    t = (at - i).astype(np.float32)
    a, b, c, d = (np.take(values, i + k, axis=-1) for k in (-1, 0, 1, 2))
    return b + 0.5 * t * (c - a + t * (2 * a - 5 * b + 4 * c - d + t * (3 * (b - c) + d - a)))


def baseband(data, low, carrier):
    """
    What varies slowly in the top of a spectrum: its analytic signal, lowered by a carrier.

    Where only noise is left, a warp that moves frequencies is conspicuous: a stationary noise is
    quiet and loud by turns. Warped in the baseband, its energy moves in time and not in frequency.

    :param data: array ``(..., npts)``, which should begin and end alike.
    :param low: shares of the Nyquist frequency between which the band begins.
    :param carrier: the share that becomes frequency 0.
    :return: complex64 array ``(..., npts)``; for :func:`remodulated`.
    """
    npts = data.shape[-1]
    spectrum = fft(np.asarray(data, dtype=np.float32))
    share = 2 * np.arange(npts) / npts
    # an abrupt beginning would ring before arrivals
    ramp = 1 - np.cos(np.pi * np.clip((share - low[0]) / (low[1] - low[0]), 0, 1))
    spectrum *= np.where(share < 1, ramp, share == 1).astype(np.float32)
    return ifft(spectrum) * np.exp(-1j * np.pi * carrier * np.arange(npts)).astype(np.complex64)


def remodulated(band, times, first, carrier):
    """
    The top of the spectrum of a warped record.

    :param band: complex array ``(..., npts)``, of :func:`baseband`.
    :param times: array ``(n,)``, in its samples; those beyond the ends count as the ends.
    :param first: sample that the first one of the new record would have without a warp.
    :param carrier: as for :func:`baseband`.
    :return: array ``(..., n)``, float32.

    .. rubric:: Example

    >>> x = np.cos(0.9 * np.pi * np.arange(500))
    >>> y = remodulated(baseband(x, (0.5, 0.6), 0.85), np.arange(100, 400) + 0.3, 100, 0.85)
    >>> bool(abs(np.abs(np.fft.rfft(y * np.hanning(300)))).argmax() == 135)   # 0.9 of 150
    True
    """
    found = _cubic(band, np.clip(times, 1, band.shape[-1] - 3))
    phase = np.pi * carrier * (first + np.arange(len(times)))
    return (found.real * np.cos(phase, dtype=np.float32)
            - found.imag * np.sin(phase, dtype=np.float32))
