"""
Evolutionary cross-spectrum on a common grid of frames, for networks that model it.

The bands of a filter bank (:mod:`~obspy_tng.signal.evolutionary`) have different sampling
rates. Here all are averaged over the same frames, a fixed number per record, so that a
record is one array: for each band and frame the mean products of the three components.
The number of independent samples in a frame depends on the band: less than a hundredth in
the narrowest, several in the widest (:func:`frame_weights`). For a Gaussian model with a
slowly changing covariance the mean products are sufficient, as periodograms are in
Whittle's likelihood [Whittle1953]_.

* :func:`frame_cross_spectra` - records to mean products and band levels.
* :func:`simulate_frames` - one realization of noise with a given covariance per band and frame;
  :func:`deconvolve_power` - powers corrected for the spread of the filters
  (:func:`filter_spread`).
* :func:`with_bands` - arrays with another number of bands.
* :func:`align_frames` - frames that are aligned at t05 (:func:`~.intensity.time_of_energy`).

.. [Whittle1953] Whittle, P. (1953). Estimation and information in stationary time
   series. Ark. Mat. 2, 423-434.
.. [Richardson1972] Richardson, W. H. (1972). Bayesian-based iterative method of image
   restoration. J. Opt. Soc. Am. 62(1), 55-59.
"""

from functools import lru_cache

import numpy as np
from scipy.fft import fft, ifft, irfft, rfft

from .evolutionary import OVERSAMPLING

#: frames of a record with its padding: 128 of them over the record itself
FRAMES = 160
#: frame of t05 in aligned records
ANCHOR = 32
# order of the cross products: pairs of components, as in the lower triangle
PAIRS = ((1, 0), (2, 0), (2, 1))
# of the deconvolution
STEPS = 20


def frame_weights(bank, frames=FRAMES):
    """
    Independent (complex) samples of each band in one frame.

    :param bank: :class:`~obspy_tng.signal.evolutionary.FilterBank`.
    :param frames: number of frames.
    :return: array ``(bands,)``; times ``frames`` they sum to the bins of the transform.
    """
    return np.array([np.square(gain).sum() for gain in bank.gains]) / frames


def _rates(bank, frames):
    """Coefficients of each band per frame, an integer that covers the band twice over."""
    return [max(1, -(-OVERSAMPLING * len(gain) // frames)) for gain in bank.gains]


def frame_cross_spectra(bank, data, frames=FRAMES, shifts=None):
    """
    Mean products of the components per band and frame.

    :param bank: :class:`~obspy_tng.signal.evolutionary.FilterBank`.
    :param data: records ``(n, 3, npts)``.
    :param frames: number of frames over the zero-padded record.
    :param shifts: circular shift of each padded record to later times, samples, ``(n,)``, see
        :func:`align_frames`; None: no shift.
    :return: float32 array ``(n, 9, bands, frames)``: the powers of Z, N and E, each with mean 1
        over the frames, then real and imaginary parts of the products N Z*, E Z* and E N*
        in the same units; and the levels ``(n, 3, bands)``, ln energy per band as
        :func:`~obspy_tng.signal.evolutionary.band_levels` gives it.

    .. rubric:: Example

    >>> from obspy_tng.signal.evolutionary import filter_bank
    >>> bank = filter_bank(3000, 50.0)
    >>> x = np.random.default_rng(0).standard_normal((2, 3, 3000))
    >>> spectra, levels = frame_cross_spectra(bank, x)
    >>> spectra.shape == (2, 9, len(bank), FRAMES), levels.shape == (2, 3, len(bank))
    (True, True)
    """
    transform = rfft(np.asarray(data, dtype=float), bank.nfft)
    n = len(transform)
    if shifts is not None:
        bins = np.arange(transform.shape[-1]) / bank.nfft
        transform *= np.exp(-2j * np.pi * np.multiply.outer(shifts, bins))[:, None]
    spectra = np.empty((n, 9, len(bank), frames), dtype=np.float32)
    levels = np.empty((n, 3, len(bank)))
    for band, (start, gain, k) in enumerate(zip(bank.starts, bank.gains, _rates(bank, frames),
                                                strict=True)):
        length = frames * k
        y = ifft(transform[..., start:start + len(gain)] * gain, length) * (length / bank.nfft)
        power = np.square(np.abs(y))
        mean = power.mean(-1) + np.finfo(float).tiny
        levels[..., band] = np.log(mean * bank.nfft)
        spectra[:, :3, band] = (power / mean[..., None]).reshape(n, 3, frames, k).mean(-1)
        y /= np.sqrt(mean)[..., None]
        for row, (i, j) in enumerate(PAIRS):
            product = (y[:, i] * y[:, j].conj()).reshape(n, frames, k).mean(-1)
            spectra[:, 3 + 2 * row, band] = product.real
            spectra[:, 4 + 2 * row, band] = product.imag
    return spectra, levels


def with_bands(array, bands, axis):
    """
    An array with a given number of bands: the highest are left out, or the highest is repeated.

    Banks that begin at the same number of periods per record have the same lower bands. The
    length in samples only changes the highest one.

    :param array: any array with an axis of bands.
    :param bands: wanted number of bands.
    :param axis: the axis of bands.
    :return: array with ``bands`` bands.
    """
    return array.take(np.minimum(np.arange(bands), array.shape[axis] - 1), axis)


def align_frames(bank, onsets, frames=FRAMES):
    """
    Positions of records on frames that are aligned at t05.

    The padded record is shifted circularly until t05 is at :data:`ANCHOR`. The common features
    of records, a sudden rise and a slow decay, are then at the same frames. Without the shift
    their average would be a slow rise.

    :param bank: :class:`~obspy_tng.signal.evolutionary.FilterBank`.
    :param onsets: t05 in samples, ``(n,)``.
    :param frames: number of frames.
    :return: int array ``(n,)``, shifts to later times in samples; float32 array
        ``(n, 2, frames)``: whether a frame lies inside of the record, 0 or 1, and its
        time in the record, from -0.5 to 0.5 (0 outside).
    """
    per_frame = bank.nfft / frames
    shifts = np.round(ANCHOR * per_frame - np.asarray(onsets, dtype=float)).astype(int)
    time = ((np.arange(frames) + 0.5) * per_frame - shifts[:, None]) % bank.nfft
    inside = time < bank.npts
    return shifts, np.stack([inside, inside * (time / bank.npts - 0.5)], 1).astype(np.float32)


@lru_cache(maxsize=8)   # the same for every record of a generator
def filter_spread(bank, frames=FRAMES):
    """
    Spread in time of the power of noise by the filter of each band.

    The duration of a filter's response is the inverse of its width: half a minute at 0.3 Hz.

    :param bank: :class:`~obspy_tng.signal.evolutionary.FilterBank`.
    :param frames: number of frames.
    :return: array ``(bands, frames)`` with sums 1: share of the power at each lag, circular.
    """
    shares = np.zeros((len(bank), frames))
    for band, (start, gain, k) in enumerate(zip(bank.starts, bank.gains, _rates(bank, frames),
                                                strict=True)):
        near = slice(max(band - 1, 0), band + 2)   # bands that overlap, as strong as this one
        for other_start, other in zip(bank.starts[near], bank.gains[near], strict=True):
            both = np.zeros(len(gain))
            first, last = max(start, other_start), min(start + len(gain), other_start + len(other))
            both[first - start:last - start] = (gain[first - start:last - start]
                                                * other[first - other_start:last - other_start])
            share = np.square(np.abs(ifft(both, frames * k)))
            # a lag between two frames counts for both
            lag = np.arange(frames * k) / k
            whole = lag.astype(int)
            np.add.at(shares[band], whole, share * (whole + 1 - lag))
            np.add.at(shares[band], (whole + 1) % frames, share * (lag - whole))
    shares /= shares.sum(1, keepdims=True)
    shares.setflags(write=False)
    return shares


def deconvolve_power(bank, power):
    """
    Powers that equal the given ones after the spread by the filters of their bands.

    The deconvolution of [Richardson1972]_ keeps powers positive and their sums unchanged. The
    result is limited by the resolution of the filters.

    :param bank: :class:`~obspy_tng.signal.evolutionary.FilterBank`.
    :param power: positive array ``(..., bands, frames)``.
    :return: array of that shape.
    """
    frames = power.shape[-1]
    filters = rfft(filter_spread(bank, frames))
    # transforms are good to a share of the largest value
    least = power.max(-1, keepdims=True) * 1e-12
    found = power
    for _ in range(STEPS):
        spread = np.maximum(irfft(rfft(found) * filters, frames), least)
        found = found * np.maximum(irfft(rfft(power / spread) * filters.conj(), frames), 0)
    return found


def simulate_frames(bank, log_power, cholesky_coefficients, rng, shift=0):
    """
    One realization of Gaussian noise with a covariance per band and frame.

    The covariance is D V V* D with D the square roots of the powers and V lower triangular
    with rows of norm one, made of ``cholesky_coefficients`` (p, q, r complex): row two (p, 1), row
    three (q, r, 1), each divided by its norm.

    :param bank: :class:`~obspy_tng.signal.evolutionary.FilterBank`.
    :param log_power: ln power of Z, N, E, ``(3, bands, frames)``: what :func:`frame_cross_spectra`
        finds in the mean over many realizations, within the resolution of the bands.
    :param cholesky_coefficients: real and imaginary parts of p, q, r, ``(6, bands, frames)``.
    :param rng: ``numpy.random.Generator``.
    :param shift: circular shift of powers and coefficients in samples, see
        :func:`align_frames`; the noise is shifted back.
    :return: array ``(3, npts)``.
    """
    frames = log_power.shape[-1]
    amplitude = np.sqrt(deconvolve_power(bank, np.exp(log_power)))
    spectrum = np.zeros((3, bank.nfft // 2 + 1), dtype=complex)
    for band, (start, gain, k) in enumerate(zip(bank.starts, bank.gains, _rates(bank, frames),
                                                strict=True)):
        length = frames * k
        noise = rng.standard_normal((2, 3, length))
        white = (noise[0] + 1j * noise[1]) * np.sqrt(0.5 * length / np.square(gain).sum())
        at = ((np.arange(length) + 0.5) / k + shift * frames / bank.nfft) % frames - 0.5
        z, n, e, *parts = (np.interp(at, np.arange(frames), row, period=frames)
                           for row in (*amplitude[:, band], *cholesky_coefficients[:, band]))
        p, q, r = (parts[i] + 1j * parts[i + 1] for i in (0, 2, 4))
        y = np.stack([
            z * white[0],
            n / np.sqrt(1 + np.abs(p) ** 2) * (p * white[0] + white[1]),
            e / np.sqrt(1 + np.abs(q) ** 2 + np.abs(r) ** 2)
            * (q * white[0] + r * white[1] + white[2])])
        piece = fft(y) * (bank.nfft / length)
        spectrum[:, start:start + len(gain)] += piece[:, :len(gain)] * gain
    return irfft(spectrum, bank.nfft)[:, :bank.npts]
