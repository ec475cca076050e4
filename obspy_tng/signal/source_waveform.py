"""
A new waveform from a source record.

The time axis of the source record is warped (:mod:`~obspy_tng.signal.time_warp`); beyond its
edges the record is continued by mirrored noise and coda (:mod:`~obspy_tng.signal.record_edges`).
One minimum-phase filter per component then changes its band levels
(:mod:`~obspy_tng.signal.minimum_phase`). The gain of the filter is the difference between the new
levels and those of the source record, corrected for the effect of the warp on the spectrum (which
blurs the steep flank below the lowest frequencies of interest). The levels of the finished record,
after tapers, are then matched: without this step they scatter by 0.3 in ln energy about those that
were asked for, each component for itself, and the HVSR with them.
"""

from dataclasses import dataclass

import numpy as np
from scipy.fft import irfft, rfft

from .evolutionary import FilterBank, filter_bank
from .intensity import time_of_energy
from .minimum_phase import lines_between, minimum_phase
from .record_edges import edge_taper, extend, untapered
from .time_warp import PERIODS, dominant_frequency, resample_at, warped_times

#: bands in which the spectrum is corrected: per octave, octaves below the lowest band level
REPAIR_BANDS, REPAIR_OCTAVES = 4, 2
#: passes in which the gains of repair are found: bands overlap, and one pass leaves a third
PASSES = 3
#: passes in which levels are matched before the record is cut to its window, and after
MATCHES, FINAL_MATCHES = 2, 1
#: largest change of a level, up and down, and in one pass of matching, ln amplitude
LARGEST_GAIN, LARGEST_CUT, LARGEST_STEP = 4.0, 12.0, 1.0
#: s before P where the arrival of P is not known (triggered recordings begin about there)
UNKNOWN_LEAD = 0.2
#: share of the window that a warp may reach beyond either edge of the source record
REACH = 0.4


@dataclass(frozen=True)
class Source:
    """
    The parts of a source record that a new waveform is made from.

    :param data: array ``(3, npts)``, ZNE, m/s^2.
    :param levels: band levels ``(3, bands)`` of the record.
    :param p_index: sample of the arrival of P, None where it is not known.
    :param padded: s of zeros at its end.
    :param ps_samples: samples from P to S, 0 where not known.
    """

    data: np.ndarray
    levels: np.ndarray
    p_index: int | None = None
    padded: float = 0.0
    ps_samples: float = 0.0

    @property
    def onset(self):
        """Sample that a warp keeps in place: P, else where 5 % of the energy have come (t05)."""
        if self.p_index is not None:
            return self.p_index
        return round(float(time_of_energy(np.square(self.data, dtype=float).sum(0))))


class SourceWaveforms:
    """
    Makes waveforms for one filter bank.

    :param filters: :class:`~obspy_tng.signal.evolutionary.FilterBank` of the band levels.
    """

    def __init__(self, filters: FilterBank):
        self.filters = filters
        window = filters.npts / filters.sampling_rate
        self.repair = filter_bank(filters.npts, filters.sampling_rate,
                                  filters.center_frequencies[0] / 2 ** REPAIR_OCTAVES,
                                  REPAIR_BANDS)
        if self.repair.nfft != filters.nfft:
            raise ValueError("both banks pad records alike")
        bins = np.arange(filters.nfft // 2 + 1) / filters.nfft * filters.sampling_rate
        self._lines = lines_between(filters.center_frequencies, bins).astype(np.float32)
        self._repair_lines = lines_between(self.repair.center_frequencies, bins).astype(np.float32)
        self._gains, self._repair_gains = _square_gains(filters), _square_gains(self.repair)
        # band levels of white noise of variance 1
        self._white = np.log(filters.npts / filters.nfft * np.array(
            [np.square(gain).sum() for gain in filters.gains]))
        self._most = int(REACH * filters.npts)
        self._longest_step = window / 20 * filters.sampling_rate

    def make(self, source, levels, rng, stretch=1.0, onset=None, lengthen=1.0, noise=None):
        """
        One new waveform.

        :param source: :class:`Source`.
        :param levels: band levels ``(3, bands)`` that it should have.
        :param rng: ``numpy.random.Generator``.
        :param stretch: factor of the time from P to S.
        :param onset: sample where the source record's onset should come; None: where it is.
        :param lengthen: factor of the time after S.
        :param noise: band levels ``(3, bands)`` of stationary noise to add; None: no noise.
        :return: float32 array ``(3, npts)``.
        """
        rate, npts = self.filters.sampling_rate, self.filters.npts
        lead = UNKNOWN_LEAD if source.p_index is None else source.p_index / rate
        first, end = untapered(npts, rate, lead, source.padded)
        origin = source.onset
        place = origin if onset is None else onset
        step = min(PERIODS / dominant_frequency(source.data, rate) * rate, self._longest_step)
        times = warped_times(rng, npts, step, place,
                             (place, place + source.ps_samples, stretch),
                             lengthen=lengthen) + origin - place
        longer = extend(source.data.astype(np.float32, copy=False), first, end, self._most)
        data = resample_at(longer, times - first + self._most)
        if source.p_index is not None:
            lead = place / rate
        window = edge_taper(npts, rate, lead)
        made = self._filtered(data, source, levels, window)
        return made if noise is None else made + window * self._stationary(noise, rng)

    def _stationary(self, levels, rng):
        """Gaussian noise with given band levels, float32 ``(3, npts)``."""
        nfft = self.filters.nfft
        white = rng.standard_normal((3, nfft), dtype=np.float32)
        ln_gain = (0.5 * np.clip(levels - self._white, -60.0, None)).astype(np.float32)
        return irfft(rfft(white) * np.exp(ln_gain @ self._lines), nfft)[:, :self.filters.npts]

    def _filtered(self, data, source, levels, window):
        """
        The levels changed to the requested ones, and the spectrum corrected for the warp.

        :param data: the warped record ``(3, npts)``.
        :param source: :class:`Source`.
        :param levels: ``(3, bands)``.
        :param window: taper ``(npts,)``.
        :return: float32 array ``(3, npts)``.
        """
        spectrum = rfft(data, self.filters.nfft)
        power, repair = self._repaired(_power(spectrum), source)
        gains = np.clip(0.5 * (levels - source.levels), -LARGEST_CUT,
                        LARGEST_GAIN).astype(np.float32)
        for _ in range(MATCHES):
            gains += self._missing(levels, power * np.exp(2 * gains @ self._lines))
        for _ in range(FINAL_MATCHES):
            made = self._made(spectrum, gains @ self._lines + repair, window)
            gains += self._missing(levels, _power(rfft(made, self.filters.nfft)))
        return self._made(spectrum, gains @ self._lines + repair, window)

    def _made(self, spectrum, ln_gain, window):
        """A filtered and tapered record ``(3, npts)``."""
        nfft = self.filters.nfft
        return irfft(spectrum * minimum_phase(ln_gain, nfft), nfft)[..., :len(window)] * window

    def _repaired(self, power, source):
        """Power spectrum with the coarse band levels of the source record, and ln of the gain."""
        wanted = self._repair_levels(_power(rfft(source.data.astype(np.float32),
                                                 self.filters.nfft)))
        gains = np.zeros_like(wanted)
        for _ in range(PASSES):
            here = self._repair_levels(power * np.exp(2 * gains @ self._repair_lines))
            gains = np.clip(gains + 0.5 * (wanted - here), -LARGEST_GAIN, LARGEST_GAIN)
        ln_gain = gains @ self._repair_lines
        return power * np.exp(2 * ln_gain), ln_gain

    def _missing(self, levels, power):
        """Change of gain ``(3, bands)`` towards the requested levels."""
        here = np.log(power @ self._gains.T / self.filters.nfft + np.finfo(np.float32).tiny)
        return np.clip(0.5 * (levels - here), -LARGEST_STEP, LARGEST_STEP).astype(np.float32)

    def _repair_levels(self, power):
        """ln energy of each band of repair, ``(3, bands)``, of a power spectrum."""
        return np.log(power @ self._repair_gains.T + np.finfo(np.float32).tiny)


def _square_gains(bank):
    """Squared gains of all bands, array ``(bands, bins)``."""
    found = np.zeros((len(bank), bank.nfft // 2 + 1), np.float32)
    for row, start, gain in zip(found, bank.starts, bank.gains, strict=True):
        row[start:start + len(gain)] = np.square(gain)
    return found


def _power(spectrum):
    return np.square(spectrum.real) + np.square(spectrum.imag)
