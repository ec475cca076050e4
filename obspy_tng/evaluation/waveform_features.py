"""
Features of records that a classifier can tell real from generated ones by.

Five groups, each with a name in words for every feature:

============== ==================================================================================
levels         ln energy of narrow bands of Z, N, E; peak acceleration and velocity
timing         when shares of the energy have come, by band and component; no levels
onsets         how sudden a record is: short over long mean, steepest rise, crest factor, kurtosis
polarization   components against each other at the first arrival, the onset, the strongest part
               and in the coda: rectilinearity, vertical share, correlation; no levels
texture        second differences over steps from one sample to seconds (tails, sign changes), the
               edges of the record, how rough its spectrum is within bands, how irregular the
               phase, how it falls towards the Nyquist frequency, and how much and how fast its
               spectrogram varies in time; no levels
============== ==================================================================================
"""

from dataclasses import dataclass
from itertools import pairwise

import numpy as np
from scipy.fft import irfft, rfft, rfftfreq
from scipy.ndimage import uniform_filter1d
from scipy.signal import butter, sosfiltfilt, stft

COMPONENTS = "ZNE"
#: octaves of a band, least and most bands
BAND_OCTAVES, LEAST_BANDS, MOST_BANDS = 1.7, 2, 5
#: narrow bands of levels in each band
NARROW = 4
#: shares of the energy whose times are features
SHARES = (0.02, 0.05, 0.25, 0.5, 0.75, 0.95)
#: s: short and long mean, time of the steepest rise, windows of polarization
SHORT, LONG, RISE, WINDOW = 0.3, 3.0, 0.2, 3.0
#: shares of the energy at which components are compared, and what they are
MOMENTS = {0.005: "first arrival", 0.05: "onset", 0.5: "strong part", 0.95: "coda"}
PAIRS = ((0, 1), (0, 2), (1, 2))
#: s at the start (a negative number: at the end) that count as an edge
EDGES = {"first 0.1 s": 0.1, "first 2 s": 2.0, "last 5 s": -5.0}
#: shares of the Nyquist frequency: each part of the spectrum is compared with the part before
FLANK = (0.76, 0.8, 0.84, 0.88, 0.92, 0.96, 1.0)
#: ln power over that of the middle of the spectrum, 60 dB, below which nothing is compared: single
#: precision soon rounds there
LEAST_FLANK = -14.0
#: shares of the Nyquist frequency between which the spectrogram is averaged, and its samples
SPECTROGRAM_SHARES = (0.05, 0.1, 0.2, 0.3, 0.4, 0.5, 0.6, 0.7, 0.8, 0.85, 0.9, 0.95, 1.0)
SEGMENT, HOP = 128, 32
TINY = 1e-20


@dataclass(frozen=True)
class Bands:
    """
    Frequency bands in which features are taken; the whole record is the first "band".

    :param edges: Hz, ascending array.
    :param sampling_rate: Hz.
    """

    edges: np.ndarray
    sampling_rate: float

    @classmethod
    def between(cls, freqmin, freqmax, sampling_rate):
        """Bands of about :data:`BAND_OCTAVES` octaves from ``freqmin`` to ``freqmax``, Hz."""
        count = round(np.log2(freqmax / freqmin) / BAND_OCTAVES)
        count = min(max(count, LEAST_BANDS), MOST_BANDS)
        return cls(np.geomspace(freqmin, freqmax, count + 1), sampling_rate)

    @property
    def names(self):
        """Name of each band, the whole record first."""
        return ["all frequencies", *(f"{a:.2g}-{b:.2g} Hz" for a, b in
                                     pairwise(self.edges))]

    def filtered(self, data):
        """Records ``(n, 3, npts)`` in each band, the whole record first; a generator of arrays."""
        yield data
        for low, high in pairwise(self.edges):
            sos = butter(3, (low, min(high, 0.49 * self.sampling_rate)), "bandpass",
                         fs=self.sampling_rate, output="sos")
            yield sosfiltfilt(sos, data, axis=-1)


def waveform_features(data, bands):
    """
    All features of some records.

    :param data: float array ``(n, 3, npts)``, ZNE, m/s^2.
    :param bands: :class:`Bands`.
    :return: dict group -> array ``(n, features)``, in the order of :func:`feature_names`.
    """
    data = np.asarray(data, dtype=float)
    rate = bands.sampling_rate
    power = np.square(data).sum(1)
    total = np.cumsum(power, axis=-1)
    total /= total[:, -1:] + TINY
    spectrum = rfft(data)
    found = {"levels": [_levels(data, spectrum, bands)], "timing": [], "onsets": [],
             "polarization": [],
             "texture": [_texture(data, rate), _spectral_texture(spectrum, data.shape[-1], bands),
                         _spectrogram_texture(data)]}
    for band in bands.filtered(data):
        square = np.square(band)
        energy = np.zeros((*band.shape[:-1], band.shape[-1] + 1))
        np.cumsum(square, axis=-1, out=energy[..., 1:])
        found["timing"].append(_timing(energy, total, rate))
        found["onsets"].append(_onsets(band, square, energy, rate))
        found["polarization"].append(_polarization(band, total, rate))
    return {group: np.nan_to_num(np.concatenate(parts, axis=1), posinf=0, neginf=0)
            for group, parts in found.items()}


def feature_names(bands, npts):
    """
    What each feature is, in words.

    :param bands: :class:`Bands`.
    :param npts: samples of a record.
    :return: dict group -> list of str.
    """
    narrow = _narrow_edges(bands)
    names = {"levels": [f"ln energy {c} at {f:.2g} Hz" for f in np.sqrt(narrow[1:] * narrow[:-1])
                        for c in COMPONENTS]
             + [f"ln {peak} {c}" for peak in ("PGA", "PGV") for c in COMPONENTS],
             "timing": [], "onsets": [], "polarization": [],
             "texture": [f"{what} of changes over {step / bands.sampling_rate:.2g} s, {c}"
                         for step in _steps(npts) for what in ("tails", "outliers", "sign changes")
                         for c in COMPONENTS]
             + [f"ln rms of the {edge} over that of the record, {c}"
                for edge in EDGES for c in COMPONENTS]
             + [f"{what}, {c}, {low:.2g}-{high:.2g} Hz" for low, high in pairwise(narrow)
                for what in ("roughness of the ln spectrum", "irregularity of the phase")
                for c in COMPONENTS]
             + [f"fall of the ln spectrum before {share:.0%} of the Nyquist frequency, {c}"
                for share in FLANK[2:] for c in COMPONENTS]
             + [f"{what} of the ln spectrogram in time, {c}, {low:.0%} to {high:.0%} of the "
                "Nyquist frequency" for low, high in pairwise(SPECTROGRAM_SHARES)
                for what in ("scatter", "roughness") for c in COMPONENTS]}
    for band in bands.names:
        names["timing"] += [f"time of {share:.0%} of the energy after the onset, {c}, {band}"
                            for share in SHARES for c in COMPONENTS]
        names["onsets"] += [f"{what}, {c}, {band}" for what in (
            f"largest mean of {SHORT:g} s over that of {LONG:g} s before",
            f"steepest rise of the ln envelope in {RISE:g} s", "crest factor", "kurtosis")
            for c in COMPONENTS]
        names["polarization"] += [f"{what} at the {moment}, {band}" for what in (
            "rectilinearity", "planarity", "vertical share", "ln energy over the strong part's",
            *(f"correlation {COMPONENTS[i]}{COMPONENTS[j]}" for i, j in PAIRS))
            for moment in MOMENTS.values()]
    return names


def _narrow_edges(bands):
    return np.geomspace(bands.edges[0], bands.edges[-1], NARROW * (len(bands.edges) - 1) + 1)


def _levels(data, spectrum, bands):
    npts, rate = data.shape[-1], bands.sampling_rate
    frequencies = rfftfreq(npts, 1 / rate)
    power, edges = np.square(np.abs(spectrum)), _narrow_edges(bands)
    out = [np.log(power[..., (frequencies >= a) & (frequencies < b)].sum(-1) + TINY)
           for a, b in pairwise(edges)]
    integral = np.zeros(len(frequencies), dtype=complex)
    integral[1:] = 1 / (2j * np.pi * frequencies[1:])
    velocity = irfft(spectrum * integral, npts)
    out += [np.log(np.abs(x).max(-1) + TINY) for x in (data, velocity)]
    return np.concatenate(out, axis=1)


def _timing(energy, total, rate):
    """Times from the energy before each sample, of a band ``(n, 3, npts + 1)`` and of all."""
    onset = np.argmax(total >= 0.05, axis=-1)
    wanted = (energy[..., -1:] + TINY) * np.array(SHARES)
    # a search in each trace, instead of comparing all samples
    at = np.array([[np.searchsorted(*pair) for pair in zip(*both, strict=True)]
                   for both in zip(energy[..., 1:], wanted, strict=True)])
    at[at == energy.shape[-1] - 1] = 0  # a trace of zeros
    times = (at - onset[:, None, None]) / rate
    return np.arcsinh(times).swapaxes(1, 2).reshape(len(times), -1)


def _onsets(band, square, energy, rate):
    """Of a band, its squares, and the energy before each sample ``(n, 3, npts + 1)``."""
    variance, kurtosis = _moments(band)
    variance += TINY ** 2
    short, long, rise = (max(int(s * rate), 2) for s in (SHORT, LONG, RISE))
    last = band.shape[-1] - short
    after = energy[..., long + short:last + short] - energy[..., long:last]
    before = energy[..., long:last] - energy[..., :last - long]
    before += 1e-3 * long * variance[..., None]
    after /= before
    # the ln envelope rises most where the mean of the squares grows by the largest factor
    mean = uniform_filter1d(square, rise, axis=-1)
    mean += 1e-4 * variance[..., None]
    peak = np.maximum(band.max(-1), -band.min(-1))
    out = [np.log(long / short * after.max(-1)),
           0.5 * np.log((mean[..., rise:] / mean[..., :-rise]).max(-1)),
           np.log(peak / np.sqrt(variance) + TINY), np.log(kurtosis + 3.5)]
    return np.concatenate(out, axis=1)


def _moments(data):
    """Variance and excess kurtosis over the last axis; the kurtosis of a constant is NaN."""
    square = np.square(data - data.mean(-1, keepdims=True))
    fourth, second = np.einsum("...t,...t->...", square, square), square.sum(-1)
    kurtosis = np.divide(data.shape[-1] * fourth, np.square(second),
                         out=np.full(second.shape, np.nan), where=second > 0) - 3
    return second / data.shape[-1], kurtosis


def _polarization(band, total, rate):
    window = min(int(WINDOW * rate), band.shape[-1] - 1)
    moments = []
    for share in MOMENTS:
        start = np.argmax(total >= share, axis=-1)
        start = np.clip(start - (window // 2 if share == 0.5 else window if share > 0.5 else 0),
                        0, band.shape[-1] - window)
        part = np.take_along_axis(band, (start[:, None] + np.arange(window))[:, None], axis=-1)
        moments.append(part @ part.swapaxes(-1, -2) + TINY * np.eye(3))
    covariance = np.stack(moments, axis=1)   # record, moment, 3, 3
    values = np.linalg.eigvalsh(covariance)
    energy = np.einsum("nmii->nm", covariance)
    diagonal = np.sqrt(np.einsum("nmii->nmi", covariance))
    out = [1 - values[..., 1] / values[..., 2], 1 - values[..., 0] / values[..., 1],
           np.log(covariance[..., 0, 0] / energy), np.log(energy / energy[:, 2:3]),
           *(np.abs(covariance[..., i, j]) / (diagonal[..., i] * diagonal[..., j])
             for i, j in PAIRS)]
    return np.concatenate(out, axis=1)


def _steps(npts):
    return [2 ** k for k in range(int(np.log2(npts / 16)))]


def _texture(data, rate):
    out, twice = [], 2 * data
    for step in _steps(data.shape[-1]):
        change = data[..., 2 * step:] + data[..., :-2 * step]
        change -= twice[..., step:-step]
        variance, kurtosis = _moments(change)
        signs = change[..., ::step] > 0
        far = np.abs(change, out=change) > 2 * np.sqrt(variance)[..., None]
        out += [np.log(kurtosis + 3.5), far.mean(-1), (signs[..., 1:] != signs[..., :-1]).mean(-1)]
    variance = data.var(-1) + TINY ** 2
    for seconds in EDGES.values():
        count = int(np.ceil(abs(seconds) * rate))
        part = data[..., :count] if seconds > 0 else data[..., -count:]
        out.append(0.5 * np.log(np.square(part).mean(-1) / variance + 1e-12))
    return np.concatenate(out, axis=1)


def _spectral_texture(spectrum, npts, bands):
    frequencies = rfftfreq(npts, 1 / bands.sampling_rate)
    ln_power = np.log(np.square(np.abs(spectrum)) + TINY)
    turns = spectrum[..., 1:] * spectrum[..., :-1].conj()
    turns /= np.abs(turns) + TINY
    out = []
    for low, high in pairwise(_narrow_edges(bands)):
        inside = np.flatnonzero((frequencies >= low) & (frequencies < high))
        if len(inside) < 4:  # too few lines to have a texture
            out += 2 * [np.zeros(spectrum.shape[:2])]
            continue
        axis = inside - inside.mean()
        part = ln_power[..., inside] - ln_power[..., inside].mean(-1, keepdims=True)
        part -= (part @ axis / (axis @ axis + TINY))[..., None] * axis
        out += [part.std(-1),
                np.log1p(TINY - np.abs(turns[..., inside[:-1]].mean(-1)).clip(0, 1 - 1e-6))]
    share = frequencies / frequencies[-1]
    middle = ln_power[..., (share > 0.4) & (share < 0.6)].mean(-1)
    flank = [np.maximum(ln_power[..., (share > low) & (share <= high)].mean(-1) - middle,
                        LEAST_FLANK) for low, high in pairwise(FLANK)]
    out += [part - before for before, part in pairwise(flank)]
    return np.concatenate(out, axis=1)


def _spectrogram_texture(data):
    """How the spectrum varies in time: a warped or filtered record does it otherwise."""
    length = min(SEGMENT, data.shape[-1] // 4)
    share, _, spectrum = stft(data, fs=2.0, nperseg=length, boundary=None, padded=False,
                              noverlap=length - length * HOP // SEGMENT)
    power = np.square(np.abs(spectrum))
    # 120 dB below the mean of the record
    power += 1e-12 * power.mean((1, 2, 3), keepdims=True) + TINY
    ln_power = np.log(power, out=power)
    scatter, roughness = ln_power.std(-1), np.abs(np.diff(ln_power, axis=-1)).mean(-1)
    out = []
    for low, high in pairwise(SPECTROGRAM_SHARES):
        inside = (share > low) & (share <= high)
        out += [part[..., inside].mean(-1) if inside.any() else np.zeros(part.shape[:2])
                for part in (scatter, roughness)]
    return np.concatenate(out, axis=1)
