"""
When the energy of a record comes, by component, octave and time, and how to change it.

A record is the sum of octave-wide bands, whose gains are raised cosines in ln frequency that add up
to one. The ln mean powers of each band in windows about t05, where 5 % of the energy have come, are
the **window levels** of the record. A smooth gain of each band changes them. The bands keep their
phases, and without a change the record stays as it is, to rounding.
"""

from dataclasses import dataclass, field
from itertools import pairwise

import numpy as np
from scipy.fft import irfft, next_fast_len, rfft

from .intensity import time_of_energy

#: Hz, centres of the octaves that records may have
OCTAVES = 2.0 ** np.arange(9) / 6
#: s after t05, limits of the windows; the first begins and the last ends with the record
LIMITS = (-8.0, -2.5, 0.0, 2.5, 7.0, 14.0, 26.0, 45.0)
WINDOWS = len(LIMITS) + 1
#: s after t05, where the gain of a window is that of its change
CENTERS = (-11.0, -5.0, -1.2, 1.2, 4.7, 10.5, 20.0, 35.0, 55.0)
#: windows before the onset; passes in which their share of the energy is kept, and the largest
#: change of their levels in a pass
EARLY, PASSES, LARGEST_STEP = 3, 4, 3.0
#: s, shortest part of a window that counts
SHORTEST = 1.0
#: shares of a record at its ends that are left out: tapers
TAPERS = (0.02, 0.05)
#: periods of the lowest octave in a record, least; highest one relative to the sampling rate
PERIODS, HIGHEST = 20, 0.45


@dataclass(frozen=True)
class EnergyWindows:
    """
    Window levels of records of one length and rate.

    :param npts: samples of a record.
    :param sampling_rate: Hz.

    .. rubric:: Example

    >>> windows = EnergyWindows(3000, 50.0)
    >>> x = np.random.default_rng(0).standard_normal((3, 3000))
    >>> louder = np.zeros((3, len(OCTAVES), WINDOWS))
    >>> louder[..., 5] = 2.0
    >>> change = windows.levels(windows.changed(x, 500, louder), 500) - windows.levels(x, 500)
    >>> float(np.nanmean(change[..., 5]).round(1)), float(np.nanmean(change[..., 7]).round(1))
    (1.5, 0.0)
    """

    npts: int
    sampling_rate: float
    #: which of :data:`OCTAVES` the records have
    present: np.ndarray = field(init=False)

    def __post_init__(self):
        lowest = PERIODS * self.sampling_rate / self.npts
        # a record of 120 s has the lowest, whatever its rate
        present = np.array([0.99 * lowest <= f <= HIGHEST * self.sampling_rate for f in OCTAVES])
        if not present.any():  # a narrow record is one band
            present[np.abs(np.log(OCTAVES / lowest)).argmin()] = True
        nfft = next_fast_len(self.npts + self.npts // 4, real=True)
        bins = np.arange(nfft // 2 + 1) / nfft * self.sampling_rate
        place = np.log2(np.maximum(bins, 1e-9) / OCTAVES[present][0])
        apart = np.abs(np.clip(place, 0, present.sum() - 1) - np.arange(present.sum())[:, None])
        gains = np.cos(0.5 * np.pi * np.minimum(apart, 1)) ** 2
        for name, value in (("present", present), ("_nfft", nfft),
                            ("_gains", gains.astype(np.float32))):
            object.__setattr__(self, name, value)

    def bands(self, data):
        """Octave bands of a record ``(3, npts)``: float32 array ``(3, bands, npts)``."""
        spectrum = rfft(np.asarray(data, dtype=np.float32), self._nfft)
        return irfft(spectrum[:, None] * self._gains, self._nfft)[..., :self.npts]

    def levels(self, data, onset):
        """
        Window levels of a record.

        :param data: array ``(3, npts)``.
        :param onset: t05 in samples.
        :return: array ``(3, 9 octaves, 9 windows)``, ln mean power; NaN where the record has no
            such octave or window.
        """
        found = np.full((3, len(OCTAVES), WINDOWS), np.nan)
        power = np.cumsum(np.square(self.bands(data), dtype=float), axis=-1)
        first, last = int(TAPERS[0] * self.npts), int((1 - TAPERS[1]) * self.npts) - 1
        limits = onset + np.array(LIMITS) * self.sampling_rate
        limits = np.clip(np.round([first, *limits, last]).astype(int), first, last)
        for k, (a, b) in enumerate(pairwise(limits)):
            if b - a >= SHORTEST * self.sampling_rate:
                mean = (power[..., b] - power[..., a]) / (b - a)
                found[:, self.present, k] = np.log(mean + np.finfo(float).tiny)
        return found

    def changed(self, data, onset, change):
        """
        A record with other window levels, about, and the same share of its energy before the onset.

        :param data: array ``(3, npts)``.
        :param onset: t05 in samples.
        :param change: array ``(3, 9 octaves, 9 windows)`` to add to the window levels; linear
            between the centres of the windows. Those before the onset also get what keeps the
            share, so that t05 stays where it is.
        :return: float32 array ``(3, npts)``.
        """
        bands, change = self.bands(data), np.array(change, dtype=float)
        since = (np.arange(self.npts) - onset) / self.sampling_rate
        hats = np.stack([np.interp(since, CENTERS, row) for row in np.eye(WINDOWS)])
        wanted = _odds(data, since < 0)
        for again in reversed(range(PASSES)):
            gain = np.exp(0.5 * change[:, self.present] @ hats).astype(np.float32)
            made = (bands * gain).sum(axis=1)
            if again:
                off = wanted - _odds(made, since < 0)
                change[..., :EARLY] += np.clip(off, -LARGEST_STEP, LARGEST_STEP)
        return made


def _odds(data, early):
    """ln of the energy in some samples over that in the others."""
    energy = np.square(data, dtype=float).sum(0)
    tiny = np.finfo(float).tiny
    return np.log((energy[early].sum() + tiny) / (energy[~early].sum() + tiny))


def energy_onset(data):
    """t05 of records ``(..., 3, npts)`` in samples, of all components together: array ``(...)``."""
    return time_of_energy(np.square(data, dtype=float).sum(-2))
