"""
Records as frames of whitened wavelet packets, exactly: what a waveform model learns.

1. Each component is divided by its own smooth spectrum, given by its band levels, as a
   minimum-phase filter (:mod:`obspy_tng.signal.minimum_phase`). Filter and inverse are causal:
   nothing moves before P, and the inverse restores the record to rounding.
2. Wavelet packets (:mod:`obspy_tng.signal.wavelet_packets`) of 16 equally wide bands, a frame of
   them every 16 samples.
3. The ln envelopes of five groups of bands, narrow ones at low frequencies, and the coefficients
   divided by their envelopes.

The frames therefore do not contain the levels, which have a model of their own
(:mod:`obspy_tng.groundmotion.band_levels`), and weak parts (P, coda, noise) count as much as strong
ones.
"""

from dataclasses import dataclass

import numpy as np
from scipy.fft import irfft, next_fast_len, rfft

from .evolutionary import FilterBank, band_levels
from .minimum_phase import lines_between, minimum_phase
from .wavelet_packets import from_packets, packets

LEVEL = 4
BANDS = 2**LEVEL
#: first band of each group that has a common envelope
GROUPS = (0, 1, 2, 4, 8)
#: weights of three frames in an envelope: any longer and onsets are blurred
SMOOTHING = (0.25, 0.5, 0.25)
#: power (relative to the mean of the record) that envelopes do not fall below
LEAST_POWER = 1e-6
#: mean and standard deviation of ln envelopes, about
MEAN, SPREAD = -0.9, 1.35
#: channels of a frame: coefficients, envelopes
COEFFICIENTS, ENVELOPES = 3 * BANDS, 3 * len(GROUPS)
CHANNELS = COEFFICIENTS + ENVELOPES
#: passes in which the band levels of a decoded record are corrected, ln energy that may remain
PASSES, CLOSE = 3, 1e-4
#: samples of the filters' transforms relative to those of a record
LONGER = 4
#: share of the frames that count as the quiet ones
QUIET = 0.05


@dataclass(frozen=True)
class PacketFrames:
    """
    Frames of the records of one length and rate.

    :param filters: :class:`~obspy_tng.signal.evolutionary.FilterBank` of the band levels.
    """

    filters: FilterBank

    def __post_init__(self):
        # so long that the response of the filter does not come round again
        nfft = next_fast_len(LONGER * self.filters.npts, real=True)
        nfft += nfft % 2
        bins = np.arange(nfft // 2 + 1) / nfft * self.filters.sampling_rate
        object.__setattr__(self, "_nfft", nfft)
        object.__setattr__(self, "_lines", lines_between(self.filters.center_frequencies, bins))
        # ln energy of white noise of unit power
        object.__setattr__(self, "_white", self.filters.white_levels + np.log(2))

    @property
    def padded(self):
        """Samples of a record with the zeros that complete its last frame."""
        return -(-self.filters.npts // BANDS) * BANDS

    @property
    def count(self):
        """Number of frames."""
        return self.padded // BANDS

    def encode(self, data, levels):
        """
        Frames of a record.

        :param data: array ``(3, npts)``, ZNE.
        :param levels: its band levels ``(3, bands)``.
        :return: float32 array ``(frames, 63)``: coefficients of Z, N and E by band, then ln
            envelopes of Z, N and E by group, about standardised.
        """
        white = self._filtered(np.asarray(data, dtype=float), self._white - levels)
        white /= np.sqrt(np.square(white).mean()) + np.finfo(float).tiny
        found = packets(np.pad(white, ((0, 0), (0, self.padded - white.shape[-1]))), LEVEL)
        envelope = _envelopes(found)
        found = found / np.exp(_per_band(envelope))
        return np.concatenate([found.reshape(COEFFICIENTS, -1),
                               (envelope.reshape(ENVELOPES, -1) - MEAN) / SPREAD]).T \
            .astype(np.float32)

    def decode(self, frames, levels):
        """
        A record of frames.

        :param frames: array ``(frames, 63)``.
        :param levels: band levels ``(3, bands)`` that the record should have.
        :return: array ``(3, npts)``.
        """
        found, envelope = np.split(np.asarray(frames, dtype=float).T, [COEFFICIENTS])
        envelope = envelope.reshape(3, len(GROUPS), -1) * SPREAD + MEAN
        highest = np.log(self.count) / 2
        envelope = np.clip(envelope, 0.5 * np.log(LEAST_POWER), highest)
        white = from_packets(found.reshape(3, BANDS, -1) * np.exp(_per_band(envelope)))
        data = self._filtered(white[:, :self.filters.npts], levels - self._white)
        return self._corrected(data, levels)

    def _filtered(self, data, change):
        """Band levels changed by ``(3, bands)``, by a minimum-phase filter per component."""
        response = minimum_phase(0.5 * change @ self._lines, self._nfft)
        return irfft(rfft(data, self._nfft) * response, self._nfft)[..., :data.shape[-1]]

    def _corrected(self, data, levels):
        """Band levels made those that were asked for: what is generated is not exactly white."""
        for _ in range(PASSES):
            change = np.clip(levels - band_levels(self.filters, data), -6, 6)
            if np.abs(change).max() < CLOSE:
                break
            data = self._filtered(data, change)
        return data


def _envelopes(coefficients):
    """ln rms of groups of bands, smoothed over three frames, ``(3, groups, frames)``."""
    power = np.square(coefficients)
    ends = [*GROUPS[1:], BANDS]
    power = np.stack([power[:, a:b].mean(1) for a, b in zip(GROUPS, ends, strict=True)], axis=1)
    around = np.pad(power, ((0, 0), (0, 0), (1, 1)), mode="edge")
    power = sum(w * around[..., k:k + power.shape[-1]] for k, w in enumerate(SMOOTHING))
    return 0.5 * np.log(power + LEAST_POWER)


def _per_band(envelope):
    """Envelopes of groups ``(3, groups, frames)`` for each band ``(3, 16, frames)``."""
    return np.repeat(envelope, np.diff([*GROUPS, BANDS]), axis=1)


def quietness(frames):
    """
    How quiet the quietest part of a record is.

    :param frames: array ``(n, 63)``, of :meth:`PacketFrames.encode`.
    :return: float, ln rms of the whitened record there, relative to the whole.
    """
    envelope = frames[:, COEFFICIENTS:] * SPREAD + MEAN
    widths = np.tile(np.diff([*GROUPS, BANDS]), 3)
    power = np.exp(2 * envelope) @ widths / widths.sum()
    return 0.5 * float(np.log(np.quantile(power, QUIET) + LEAST_POWER))
