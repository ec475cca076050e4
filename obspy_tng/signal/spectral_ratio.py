"""
Horizontal-to-vertical spectral ratio of arrays.

The ways to combine the horizontals are those of hvsrpy ([Vantassel2020]_).

.. [Vantassel2020] Vantassel, J. P. (2020). jpvantassel/hvsrpy. Zenodo,
   doi:10.5281/zenodo.3666956.
"""

import numpy as np
import scipy
import scipy.fft

from .._checks import as_records, ascending, one_of, positive, within
from ..exceptions import TNGInputError
from .f0 import PAPER_BAND
from .processing import subtract_trend, taper_window, trend_basis
from .smoothing import WINDOWS, smoother
from .spectra import transform_length

# horizontals that follow from the two amplitude spectra alone
COMBINE = {
    "geometric_mean": lambda n, e: np.sqrt(n * e),
    "quadratic_mean": lambda n, e: np.sqrt(0.5 * (n * n + e * e)),
    "arithmetic_mean": lambda n, e: 0.5 * (n + e),
    "vector_summation": lambda n, e: np.sqrt(n * n + e * e),
    "maximum": np.maximum,
}
HORIZONTALS = (*COMBINE, "azimuth", "rotdpp")
# Names that hvsrpy has for values and options of hvsr(), for hints in error messages.
_HVSRPY_VALUES = {
    "squared_average": "quadratic_mean", "root_mean_square": "quadratic_mean",
    "effective_amplitude_spectrum": "quadratic_mean",
    "total_horizontal_energy": "vector_summation", "maximum_horizontal_value": "maximum",
    "single_azimuth": "azimuth", "rotdpp_computation": "rotdpp",
    "konno_and_ohmachi": "konno_ohmachi"}
HVSRPY_OPTIONS = {
    "method_to_combine_horizontals": "horizontal", "azimuth_in_degrees": "azimuth",
    "ppth_percentile_for_rotdpp_computation": "percentile",
    "window_length_in_seconds": "window_length", "window_type_and_width": "taper",
    "center_frequencies_in_hz": "center_frequencies", "operator": "smoothing",
    "fft_settings": "nfft", "search_range_in_hz": "freqmin and freqmax"}
# azimuths of rotdpp, degrees clockwise from north, as in hvsrpy
AZIMUTHS = np.arange(0, 180, 5)
# Spectra smoothed by one matrix product, and records transformed at a time: measured
# to be fastest, since the first fill the matrix product and the second stay in the cache.
SMOOTHED_TOGETHER = 256
TRANSFORMED_TOGETHER = 4
# the published evaluation of TimesNet-Gen
PAPER_PAD = 6000
PAPER_HIGHPASS = 0.05


def default_center_frequencies(sampling_rate, n=400):
    """
    Logarithmically spaced frequencies from 0.1 Hz to 0.8 of the Nyquist frequency.

    :param sampling_rate: Hz, above 0.25.
    :param n: number of frequencies.
    :return: float64 array ``(n,)`` in Hz.
    """
    highest = 0.4 * positive("sampling_rate", sampling_rate)
    if highest <= 0.1:
        raise TNGInputError(f"sampling_rate is {sampling_rate:g} Hz: 0.8 Nyquist is not above "
                            "0.1 Hz; give center_frequencies")
    return np.geomspace(0.1, highest, n)


def hvsr(data, sampling_rate, center_frequencies=None, bandwidth=40.0, mode=None, *,
         smoothing=None, horizontal="geometric_mean", smooth_first=False, azimuth=None,
         percentile=50, detrend="linear", taper=0.05, nfft=None):
    """
    Horizontal-to-vertical spectral ratio of three-component records.

    Detrend, taper, Fourier amplitudes, horizontals combined, both smoothed, ratio.

    :param data: array ``(..., 3, npts)`` in ZNE order; any unit, since it cancels.
    :param sampling_rate: Hz.
    :param center_frequencies: Hz, ascending, up to the Nyquist frequency; default
        :func:`default_center_frequencies`.
    :param bandwidth: b of the smoothing window; 40 is usual ([SESAME2004]_).
    :param mode: None, or ``"paper"``: the published evaluation of TimesNet-Gen, to 1e-7
        (linear detrend, 6000 zeros on both sides, Butterworth high-pass of order 2 at
        0.05 Hz forwards and backwards, log-Gaussian smoothing at every bin, 1-20 Hz).
    :param smoothing: ``"konno_ohmachi"`` (default) or ``"log_gaussian"`` (default in
        paper mode).
    :param horizontal: ``"geometric_mean"``, ``"quadratic_mean"``, ``"arithmetic_mean"``,
        ``"vector_summation"``, ``"maximum"``, ``"azimuth"`` (one direction) or
        ``"rotdpp"`` (percentile over azimuths, every 5 degrees).
    :param smooth_first: smooth the components before they are combined; default is
        after, as in hvsrpy and in the published evaluation.
    :param azimuth: degrees clockwise from north, -360 to 360, for ``horizontal="azimuth"``.
    :param percentile: 0 to 100, for ``horizontal="rotdpp"``; 50 is the median.
    :param detrend: ``"linear"``, ``"constant"`` or None.
    :param taper: share of the window tapered at one end, 0 to 0.5; 0.05 is hvsrpy's
        Tukey window of width 0.1.
    :param nfft: length of the transform in samples; default npts. Records of nearly
        equal lengths share one smoothing matrix if they share nfft.
    :return: frequencies in Hz ``(nfreq,)`` and ratios ``(..., nfreq)``.
    :raises TNGInputError: for a bad value, or a vertical component without energy.

    .. rubric:: Example

    >>> noise = np.random.default_rng(0).standard_normal((3, 6000))
    >>> freqs, amp = hvsr(noise * [[1.0], [2.0], [2.0]], 100.0)
    >>> amp.shape, float(np.median(amp).round(1))
    ((400,), 1.9)
    """
    data = as_records(data)
    sampling_rate = positive("sampling_rate", sampling_rate)
    one_of("mode", mode, (None, "paper"))
    before, after, count = _combination(horizontal, azimuth, percentile, smooth_first)
    if mode == "paper":
        smoothing = smoothing or "log_gaussian"
        bins, spectra = _paper_spectra(data.shape[-1], sampling_rate)
        if center_frequencies is None:
            center_frequencies = bins[(bins >= PAPER_BAND[0]) & (bins <= PAPER_BAND[1])]
    else:
        smoothing = smoothing or "konno_ohmachi"
        bins, spectra = _plain_spectra(data.shape[-1], data.dtype, sampling_rate, detrend,
                                       taper, nfft)
        if center_frequencies is None:
            center_frequencies = default_center_frequencies(sampling_rate)
    centers = ascending("center_frequencies", center_frequencies, high=0.5 * sampling_rate)
    smooth = smoother(_choice("smoothing", smoothing, WINDOWS), bins, centers,
                      positive("bandwidth", bandwidth))

    records = data.reshape(-1, *data.shape[-2:])
    ratio = np.empty((len(records), len(centers)), dtype=data.dtype)
    size = -(-SMOOTHED_TOGETHER // count)
    for first in range(0, len(records), size):
        chunk = records[first:first + size]
        rough = np.empty((count, len(chunk), len(bins)), dtype=data.dtype)
        for part in range(0, len(chunk), TRANSFORMED_TOGETHER):
            some = slice(part, part + TRANSFORMED_TOGETHER)
            rough[:, some] = before(spectra(chunk[some]))
        vertical, *horizontals = smooth(rough)
        if not (vertical > 0).all():
            raise TNGInputError("data: the vertical component of a record has no energy at some "
                                "centre frequency, so that the ratio is not defined")
        ratio[first:first + size] = after(*horizontals) / vertical
    return centers, ratio.reshape(*data.shape[:-2], len(centers))


def _choice(name, value, allowed):
    """A value out of a set of names; with a hint where it is hvsrpy's."""
    if not isinstance(value, str):
        raise TypeError(f"{name} must be a name, got {type(value).__name__}")
    if value in _HVSRPY_VALUES:
        raise TNGInputError(f"{name}={value!r} is hvsrpy's name; here it is "
                            f"{_HVSRPY_VALUES[value]!r}")
    return one_of(name, value, allowed)


def _combination(horizontal, azimuth, percentile, smooth_first):
    """
    What is done to the spectra before and after smoothing.

    :return: function of complex spectra (n, 3, nbins) -> sequence of amplitude spectra
        to smooth, the vertical first; function of the smoothed others -> horizontal
        spectrum; and the number of spectra to smooth.
    """
    _choice("horizontal", horizontal, HORIZONTALS)
    if (horizontal == "azimuth") != (azimuth is not None):
        raise TNGInputError(f"azimuth must be given with horizontal='azimuth' and only then, got "
                            f"azimuth={azimuth!r} with horizontal={horizontal!r}")
    within("percentile", percentile, 0, 100)
    if azimuth is not None:
        within("azimuth", azimuth, -360, 360)
    if horizontal not in COMBINE:
        azimuths = np.radians(AZIMUTHS if azimuth is None else [azimuth])
        return (lambda spectra: _turned(spectra, azimuths),
                lambda *turned: np.percentile(turned, percentile, axis=0), 1 + len(azimuths))
    mean = COMBINE[horizontal]
    if smooth_first:
        return lambda spectra: np.abs(spectra).swapaxes(0, 1), mean, 3

    def before(spectra):
        amplitude = np.abs(spectra)
        return amplitude[:, 0], mean(amplitude[:, 1], amplitude[:, 2])
    return before, lambda smoothed: smoothed, 2


def _turned(spectra, azimuths):
    """Amplitudes of the vertical and of the horizontal motion along each azimuth."""
    vertical, north, east = spectra.swapaxes(0, 1)
    return np.abs([vertical, *(np.cos(a) * north + np.sin(a) * east for a in azimuths)])


def _plain_spectra(npts, dtype, sampling_rate, detrend, taper, nfft):
    """Frequencies, and function of records (n, 3, npts) -> complex spectra (n, 3, nbins)."""
    one_of("detrend", detrend, (None, "linear", "constant"))
    within("taper", taper, 0, 0.5)
    nfft = transform_length(nfft, npts)
    length = int(taper * npts)
    ramp = taper_window(npts, length)[:length].astype(dtype)
    basis = None if detrend is None else trend_basis(npts, detrend, dtype)

    def spectra(records):
        records = records.copy() if basis is None else subtract_trend(records, basis)
        records[..., :length] *= ramp
        records[..., npts - length:] *= ramp[::-1]
        return scipy.fft.rfft(records, nfft, axis=-1)
    return scipy.fft.rfftfreq(nfft, 1 / sampling_rate), spectra


def _paper_spectra(npts, sampling_rate):
    """The same as :func:`_plain_spectra`, as in the published evaluation."""
    if PAPER_BAND[1] >= 0.5 * sampling_rate:
        raise TNGInputError(f"mode='paper' needs a sampling_rate above {2 * PAPER_BAND[1]:g} Hz, "
                            f"got {sampling_rate:g} Hz")
    nfft = npts + 2 * PAPER_PAD
    frequencies = scipy.fft.rfftfreq(nfft, 1 / sampling_rate)[:nfft // 2]
    b, a = scipy.signal.butter(2, PAPER_HIGHPASS, "highpass", fs=sampling_rate)
    # The filter forwards and backwards is a product: its ringing has decayed when the zeros end,
    # to 1e-12 at 50 Hz and 1e-6 at 100 Hz, and lies far below the band of 1 to 20 Hz.
    gain = np.square(np.abs(scipy.signal.freqz(b, a, frequencies, fs=sampling_rate)[1]))
    basis = trend_basis(npts, "linear", np.float64)

    def spectra(records):
        spectrum = scipy.fft.rfft(subtract_trend(records, basis), nfft, axis=-1)
        return spectrum[..., :nfft // 2] * gain
    return frequencies, spectra
