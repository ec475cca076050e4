"""
Evolutionary cross-spectrum of a record, and noise shaped by it.

A record is split into overlapping bands whose squared gains sum to one
(power-complementary). Each band is a complex signal with a sampling rate just above
its width. In each band the 3x3 covariance of the components changes slowly with
time: this is the evolutionary cross-spectrum [Priestley1965]_. Gaussian noise with
this covariance in each band has the spectrum, envelope, dispersion and component
correlation of the record, but an independent waveform [Shinozuka_Deodatis1991]_.

* :func:`filter_bank` - the bands; :meth:`FilterBank.analyse` and
  :meth:`FilterBank.synthesise` are exact inverses.
* :func:`local_covariance` - the evolutionary cross-spectrum of one record.
* :func:`shaped_noise` - one realization with given covariances; :func:`finish_record` turns
  it into a record.

.. [Priestley1965] Priestley, M. B. (1965). Evolutionary spectra and
   non-stationary processes. J. R. Stat. Soc. B 27(2), 204-229.
.. [Shinozuka_Deodatis1991] Shinozuka, M. and Deodatis, G. (1991). Simulation of
   stochastic processes by spectral representation. Appl. Mech. Rev. 44(4), 191-204.
"""

from dataclasses import dataclass

import numpy as np
from scipy.fft import fft, ifft, irfft, next_fast_len, rfft
from scipy.ndimage import gaussian_filter1d

from ..exceptions import TNGInputError
from .integration import end_at_rest
from .processing import bandpass, taper

# A band is sampled this many times faster than its support requires, so that
# a covariance that changes within the band's correlation time does not alias.
OVERSAMPLING = 2
# Shortest window, s and samples, and periods of the lowest band in it: in shorter ones neither
# P and S nor enough bands have room.
SHORTEST_WINDOW, FEWEST_SAMPLES, PERIODS = 1.0, 100, 10
# Relative loading of the diagonal before a Cholesky factor is taken; smoothed
# over less than a correlation time, a covariance is close to rank one.
LOADING = 1e-6
# s that the start of a record is tapered over
START_TAPER = 0.5
# Newton's method for the gains of a filter: steps, largest change of ln gain in one, and loading
# (where levels fall steeply a band's energy lies in its flank, and its own gain does little).
NEWTON_STEPS, LARGEST_STEP, GAIN_LOADING = 6, 3.0, 0.01


@dataclass(frozen=True, eq=False)   # arrays neither compare nor hash as one; banks are themselves
class FilterBank:
    """
    Power-complementary bands for records of one length; see :func:`filter_bank`.

    :param npts: samples of a record.
    :param nfft: samples after zero-padding (the response of the narrowest band extends there).
    :param sampling_rate: Hz.
    :param center_frequencies: Hz, one per band; the first band extends down to
        zero frequency, the last one up to Nyquist.
    :param starts: first FFT bin of each band.
    :param gains: per band, its gain on the FFT bins from ``starts`` on.
    :param lengths: coefficients per band, over the padded record.
    """

    npts: int
    nfft: int
    sampling_rate: float
    center_frequencies: np.ndarray
    starts: tuple
    gains: tuple
    lengths: tuple

    @classmethod
    def of_window(cls, npts, sampling_rate):
        """
        The bands of the band levels of records of one length: ten periods of the lowest fit in.

        :param npts: samples of a record.
        :param sampling_rate: Hz.
        :return: :class:`FilterBank`
        :raises TNGInputError: for a window that is too short.

        .. rubric:: Example

        >>> FilterBank.of_window(6000, 100.0).center_frequencies[0].round(3)
        np.float64(0.167)
        """
        shortest = max(SHORTEST_WINDOW, FEWEST_SAMPLES / sampling_rate)
        if npts < shortest * sampling_rate - 1e-6:
            raise TNGInputError(f"window must be at least {shortest:g} s at {sampling_rate:g} Hz "
                                f"({FEWEST_SAMPLES} samples and {SHORTEST_WINDOW:g} s), got "
                                f"{npts / sampling_rate:g} s")
        return filter_bank(npts, sampling_rate, PERIODS / (npts / sampling_rate))

    def __len__(self):
        return len(self.gains)

    @property
    def bandwidths(self):
        """Equivalent width of each band in Hz, the integral of its squared gain."""
        return np.array([(g**2).sum() for g in self.gains]) * self.sampling_rate / self.nfft

    @property
    def white_levels(self):
        """Band levels of white noise of variance 1, ``(bands,)``."""
        return np.log(self.bandwidths * self.npts / self.sampling_rate)

    def rate(self, band):
        """Coefficients per second of a band."""
        return self.lengths[band] * self.sampling_rate / self.nfft

    def padded(self, pad):
        """The same bands for records with other padding, see :func:`filter_bank`."""
        lowest, next_one = self.center_frequencies[:2]
        return filter_bank(self.npts, self.sampling_rate, lowest,
                           round(1 / np.log2(next_one / lowest)), pad)

    def analyse(self, data):
        """
        Split records into bands.

        :param data: real array ``(..., npts)``.
        :return: list of complex arrays ``(..., lengths[band])`` in units of
            ``data``: the mean square of a band, times two, is its share of the
            mean square of the zero-padded record.
        """
        spectrum = rfft(data, self.nfft)
        bands = []
        for start, gain, length in zip(self.starts, self.gains, self.lengths, strict=True):
            piece = spectrum[..., start:start + len(gain)] * gain
            bands.append(ifft(piece, length) * (length / self.nfft))
        return bands

    def synthesise(self, bands):
        """
        Combine bands into records.

        :param bands: list as from :meth:`analyse`.
        :return: real array ``(..., npts)``.
        """
        shape = np.shape(bands[0])[:-1]
        spectrum = np.zeros((*shape, self.nfft // 2 + 1), dtype=complex)
        for band, start, gain in zip(bands, self.starts, self.gains, strict=True):
            piece = fft(band) * (self.nfft / band.shape[-1])
            spectrum[..., start:start + len(gain)] += piece[..., :len(gain)] * gain
        return irfft(spectrum, self.nfft)[..., :self.npts]


def filter_bank(npts, sampling_rate, freqmin=0.1, bands_per_octave=6, pad=0.25):
    """
    Bands of constant relative width with cosine flanks on a log axis.

    :param npts: samples of a record.
    :param sampling_rate: Hz.
    :param freqmin: centre of the lowest band in Hz (default 0.1, the usual
        high-pass corner of digital strong-motion records).
    :param bands_per_octave: bands per octave (default 6: a resonance peak of
        5 % damping is about as wide as a band).
    :param pad: zeros appended, as a share of the record (default 0.25).
    :return: :class:`FilterBank`
    :raises TNGInputError: if ``freqmin`` is not below half the Nyquist frequency.

    .. rubric:: Example

    >>> bank = filter_bank(3000, 50.0)
    >>> x = np.random.default_rng(0).standard_normal((3, 3000))
    >>> bool(np.allclose(bank.synthesise(bank.analyse(x)), x))
    True
    """
    nyquist = sampling_rate / 2
    if not 0 < freqmin < nyquist / 2:
        raise TNGInputError(f"freqmin must be between 0 and {nyquist / 2:g} Hz "
                            f"(half the Nyquist frequency), got {freqmin!r}")
    nfft = next_fast_len(int(np.ceil(npts * (1 + pad))), real=True)
    nfft += nfft % 2
    frequencies = np.fft.rfftfreq(nfft, 1 / sampling_rate)
    nbands = int(np.floor(np.log2(nyquist / freqmin) * bands_per_octave)) + 1
    with np.errstate(divide="ignore"):
        # position on the band axis: 0 at the lowest centre, 1 at the next
        axis = np.clip(np.log2(frequencies / freqmin) * bands_per_octave, 0, nbands - 1)
    starts, gains, lengths = [], [], []
    for band in range(nbands):
        inside = np.flatnonzero(np.abs(axis - band) < 1)
        gain = np.cos(np.pi / 2 * (axis[inside] - band))
        if len(inside) == 0:
            raise TNGInputError(f"bands_per_octave {bands_per_octave!r} leaves no FFT bin in the "
                                f"band at {freqmin:g} Hz of a record of {npts / sampling_rate:g} s")
        starts.append(int(inside[0]))
        gains.append(gain)
        lengths.append(next_fast_len(max(8, OVERSAMPLING * len(inside))))
    centers = freqmin * 2.0 ** (np.arange(nbands) / bands_per_octave)
    return FilterBank(npts, nfft, float(sampling_rate), centers, tuple(starts), tuple(gains),
                      tuple(lengths))


def local_covariance(bank, bands, smoothing=0.5):
    """
    Evolutionary cross-spectrum: the 3x3 covariance of each band against time.

    :param bank: :class:`FilterBank`.
    :param bands: list from :meth:`FilterBank.analyse`, arrays ``(3, length)``.
    :param smoothing: width of the Gaussian smoothing (twice its standard
        deviation) in correlation times of the band, 1 / bandwidth (default
        0.5: shorter copies the record, longer blurs its envelope, which
        the band filter has blurred by one correlation time already).
    :return: list of Hermitian arrays ``(length, 3, 3)``, units of data squared.
    """
    covariances = []
    bandwidths = bank.bandwidths
    for k, band in enumerate(bands):
        product = np.einsum("it,jt->tij", band, band.conj())
        sigma = 0.5 * smoothing / bandwidths[k] * bank.rate(k)
        covariances.append(gaussian_filter1d(product, sigma, axis=0, mode="nearest"))
    return covariances


def covariance_factors(covariances):
    """
    Lower Cholesky factors of local covariances.

    :param covariances: list of Hermitian arrays ``(length, 3, 3)``.
    :return: list of arrays of the same shapes.
    """
    factors = []
    for covariance in covariances:
        level = np.trace(covariance, axis1=1, axis2=2).real
        floor = LOADING * np.maximum(level, level.max() * LOADING) + np.finfo(float).tiny
        factors.append(np.linalg.cholesky(covariance + floor[:, None, None] * np.eye(3)))
    return factors


def shaped_noise(bank, factors, rng):
    """
    One realization of Gaussian noise with given local covariances.

    :param bank: :class:`FilterBank`.
    :param factors: list from :func:`covariance_factors`.
    :param rng: ``numpy.random.Generator``.
    :return: array ``(3, npts)``; its expected energy per band and component
        is that of the record (of its zero-padded length).
    """
    bands = []
    for k, factor in enumerate(factors):
        length = len(factor)
        noise = rng.standard_normal((2, 3, length))
        white = (noise[0] + 1j * noise[1]) * np.sqrt(0.5)
        # The band filter keeps sum(gain^2) of the `length` bins of white noise.
        scale = np.sqrt(length / (bank.gains[k] ** 2).sum())
        bands.append(np.einsum("tij,jt->it", factor, white) * scale)
    return bank.synthesise(bands)


def noise_like(bank, data, rng, smoothing=0.5):
    """
    Noise shaped by the evolutionary cross-spectrum of one record.

    :param bank: :class:`FilterBank`.
    :param data: record ``(3, npts)``.
    :param rng: ``numpy.random.Generator``.
    :param smoothing: see :func:`local_covariance`.
    :return: array ``(3, npts)``.
    """
    covariances = local_covariance(bank, bank.analyse(data), smoothing)
    return shaped_noise(bank, covariance_factors(covariances), rng)


def band_levels(bank, data):
    """
    Natural logarithm of the energy of each band.

    :param bank: :class:`FilterBank`.
    :param data: real array ``(..., npts)``.
    :return: array ``(..., bands)``, ln of units of data squared.
    """
    energies = [np.square(np.abs(band)).sum(-1) * (bank.nfft / band.shape[-1])
                for band in bank.analyse(np.asarray(data, dtype=float))]
    return np.log(np.stack(energies, axis=-1) + np.finfo(float).tiny)


def match_band_levels(bank, data, levels):
    """
    Filter a record so that its bands have given levels.

    The gain of the filter is real. Between the centres of the bands its logarithm is linear in
    ln f, so that spectra remain smooth where levels fall steeply. Its values at the centres
    follow from Newton's method. The remaining error is due to the cut at the end of the
    record: a few percent above the lowest bands. The scatter of noise does not add to that
    of the levels if they are matched.

    :param bank: :class:`FilterBank`.
    :param data: real array ``(..., npts)`` that begins and ends near zero.
    :param levels: array ``(..., bands)``, see :func:`band_levels`.
    :return: array ``(..., npts)``.
    """
    lines = _lines_between_centers(bank)
    slices = [slice(start, start + len(gain)) for start, gain in
              zip(bank.starts, bank.gains, strict=True)]
    near = [slice(max(band - 1, 0), band + 2) for band in range(len(bank))]
    spectrum = rfft(data, bank.nfft)
    power = np.square(np.abs(spectrum)) / bank.nfft
    gains = np.zeros(np.shape(levels))
    parts = np.zeros((*gains.shape, len(bank)))
    for _ in range(NEWTON_STEPS):
        filtered = power * np.exp(2 * gains @ lines.T)
        # energy of each band by the centres that its bins lie between
        for band, (bins, centers) in enumerate(zip(slices, near, strict=True)):
            parts[..., band, centers] = (filtered[..., bins] * np.square(bank.gains[band])) \
                @ lines[bins, centers]
        energies = parts.sum(-1) + np.finfo(float).tiny
        missing = 0.5 * (levels - np.log(energies))[..., None]
        shares = parts / energies[..., None]
        turned = np.swapaxes(shares, -1, -2)
        step = np.linalg.solve(turned @ shares + GAIN_LOADING * np.eye(len(bank)),
                               turned @ missing)[..., 0]
        gains += np.clip(step, -LARGEST_STEP, LARGEST_STEP)
    return irfft(spectrum * np.exp(gains @ lines.T), bank.nfft)[..., :bank.npts]


def finish_record(bank, noise, levels):
    """
    Turn shaped noise into a record with given levels that begins and ends at rest.

    :param bank: :class:`FilterBank`.
    :param noise: array ``(3, npts)``.
    :param levels: array ``(3, bands)``, see :func:`band_levels`.
    :return: array ``(3, npts)``.
    """
    # records begin with noise, and P may come soon; the cut at the end has more energy at high
    # frequencies than any record
    noise = taper(noise, bank.sampling_rate, max_length=START_TAPER, side="left")
    data = match_band_levels(bank, taper(noise, bank.sampling_rate, side="right"), levels)
    # The lowest band extends to zero frequency, where records have no energy.
    data = bandpass(data, bank.sampling_rate, freqmin=6 * bank.sampling_rate / bank.npts)
    return end_at_rest(data, bank.sampling_rate)


def _lines_between_centers(bank):
    """Weights ``(bins, bands)`` that run linearly in ln f from one centre to the next."""
    centers = np.log(bank.center_frequencies)
    bins = np.arange(bank.nfft // 2 + 1) * bank.sampling_rate / bank.nfft
    at = np.interp(np.log(np.maximum(bins, bank.center_frequencies[0])), centers,
                   np.arange(len(bank)))
    return np.maximum(0, 1 - np.abs(at[:, None] - np.arange(len(bank))))
