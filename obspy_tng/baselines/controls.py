"""
Controls: generators without a network, which show what the metrics can detect.

All reuse enrolled records. A learned generator must be better than these controls, and a
metric that accepts a control does not detect its faults.

* :class:`ResampledReal` - enrolled records unchanged: perfect except for novelty.
* :class:`MeanOfRaw` - mean of k standardised records: equivalent to averaging in the
  latent space of the released autoencoder, whose decoder is linear.
* :class:`RandomAllPass` - an enrolled record with its phase scrambled.
* :class:`ShapedNoise` - noise with the evolutionary cross-spectrum of an
  enrolled record.
"""

import numpy as np
from scipy.fft import irfft, next_fast_len, rfft

from .._checks import count, one_of, within
from ..signal import bandpass, evolutionary, taper
from ..station_generator import StationGenerator


class _Control(StationGenerator):
    """A generator whose realizations are made one by one from stored records."""

    def _draw(self, station, rngs, scenarios):
        enrolled = self._enrolled(station)
        drawn = [self._realize(enrolled.arrays["data"], rng) for rng in rngs]
        data = np.stack([samples for samples, _ in drawn])
        notes = [{"sampler": self.name,
                  "sources": [enrolled.infos[i]["record_id"] for i in sources]}
                 for _, sources in drawn]
        return data, notes

    def _realize(self, data, rng):
        """One realization ``(3, npts)`` and the indices of its source records."""
        raise NotImplementedError


class ResampledReal(_Control):
    """
    Enrolled records, drawn at random and returned unchanged.

    All metrics except novelty must be as for real records.
    """

    name = "resampled real"

    def _realize(self, data, rng):
        source = rng.integers(len(data))
        return data[source], [source]


class MeanOfRaw(_Control):
    """
    Mean of ``k`` standardised records (no network).

    :param k: records averaged (default 5, the paper's); drawn with
        replacement, so that a station with few records still varies.
    :param amplitudes: ``"paper"`` multiplies the mean waveform by the mean of
        the k standard deviations, as the paper does: unrelated records cancel
        and the result is too weak by sqrt(k). ``"restored"`` standardises the
        mean again and gives it the levels of one enrolled record.
    """

    def __init__(self, sampling_rate=100.0, window=60.0, k=5, amplitudes="paper"):
        super().__init__(sampling_rate, window)
        self.k = count("k", k, least=1)
        self.amplitudes = one_of("amplitudes", amplitudes, ("paper", "restored"))

    @property
    def name(self):
        """``"mean of 5"``, or ``"mean of 5, restored"``."""
        return f"mean of {self.k}" + (", restored" if self.amplitudes == "restored" else "")

    def _realize(self, data, rng):
        sources = rng.integers(len(data), size=self.k)
        waves, means, stdevs = standardise(data[sources])
        wave = waves.mean(0)
        if self.amplitudes == "paper":
            return wave * stdevs.mean(0) + means.mean(0), sources
        levels = rng.integers(self.k)
        wave = wave - wave.mean(-1, keepdims=True)
        wave = wave / wave.std(-1, keepdims=True)
        return wave * stdevs[levels] + means[levels], sources


class RandomAllPass(_Control):
    """
    An enrolled record through a random all-pass filter.

    The Fourier amplitudes, and therefore all spectral ratios, remain; the phases are
    those of a burst of noise. All components have the same filter, so that their phase
    differences remain.

    :param duration: length of the burst in s (default 12).
    """

    name = "all-pass"

    def __init__(self, sampling_rate=100.0, window=60.0, duration=12.0):
        super().__init__(sampling_rate, window)
        self.duration = within("duration", duration, 0, window, "(]")

    def _realize(self, data, rng):
        source = rng.integers(len(data))
        length = round(self.duration * self.sampling_rate)
        nfft = next_fast_len(self.npts + length, real=True)
        burst = np.zeros(nfft)
        burst[:length] = rng.standard_normal(length) * np.hanning(length)
        phase = rfft(burst)
        phase /= np.abs(phase)
        wave = irfft(rfft(data[source].astype(float), nfft) * phase, nfft)
        return strongest_window(wave, self.npts), [source]


class ShapedNoise(_Control):
    """
    Noise with the evolutionary cross-spectrum of one enrolled record.

    The 3x3 covariance of the components, in 1/6-octave bands and slowly
    changing with time (:mod:`obspy_tng.signal.evolutionary`); the waveform is
    new. It has no impulsive arrivals, and its records only resemble the enrolled ones.

    :param smoothing: smoothing of the covariance in correlation times of the
        band (default 0.5).
    """

    name = "shaped noise"

    def __init__(self, sampling_rate=100.0, window=60.0, smoothing=0.5):
        super().__init__(sampling_rate, window)
        self.smoothing = within("smoothing", smoothing, 0, 100, "(]")
        self._filters = evolutionary.FilterBank.of_window(self.npts, self.sampling_rate)

    def _realize(self, data, rng):
        source = rng.integers(len(data))
        noise = evolutionary.noise_like(self._filters, data[source].astype(float), rng,
                                        self.smoothing)
        # The lowest band extends to zero frequency, where records have no energy.
        noise = taper(noise, self.sampling_rate, side="right")
        return bandpass(noise, self.sampling_rate, freqmin=6 / self.window), [source]


def standardise(data):
    """
    Standardise records per component.

    :param data: array ``(..., npts)``.
    :return: ``(waves, means, stdevs)``; the last two ``(..., 1)``.
    """
    data = np.asarray(data, dtype=float)
    means = data.mean(-1, keepdims=True)
    stdevs = data.std(-1, keepdims=True)
    return (data - means) / stdevs, means, stdevs


def strongest_window(data, npts):
    """
    The stretch of ``npts`` samples with the most energy over all components.

    :param data: array ``(3, n)``, n >= npts.
    :param npts: samples to keep.
    :return: array ``(3, npts)``.
    """
    energy = np.concatenate([[0.0], np.cumsum((data**2).sum(0))])
    start = int(np.argmax(energy[npts:] - energy[:-npts]))
    return data[:, start:start + npts]
