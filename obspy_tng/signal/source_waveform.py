"""
A new waveform from a source record.

The time axis of the source record is warped (:mod:`~obspy_tng.signal.time_warp`); beyond its edges
the record is continued by mirrored noise and coda (:mod:`~obspy_tng.signal.record_edges`). One
minimum-phase filter per component then changes its band levels
(:mod:`~obspy_tng.signal.minimum_phase`). The gain of the filter is the difference between the new
levels and those of the source record, corrected for the effect of the warp on the spectrum (which
blurs its steep flanks). The flank of the anti-alias filter, where the spectrum falls by many orders
of magnitude towards the Nyquist frequency, is levelled before the warp and restored after it:
warped as it is, its level would follow the local speed of the warp. Above :data:`FLANK` a record is
mostly noise, and is warped without moving its frequencies. The levels of the finished
record, after tapers, are then matched: without this step they scatter by 0.3 in ln energy about
those that were asked for, each component for itself, and the HVSR with them.
"""

import numpy as np
from scipy.fft import irfft, next_fast_len, rfft, rfftfreq
from scipy.sparse import csr_array
from scipy.special import ndtr

from .energy_windows import EnergyWindows, energy_onset
from .evolutionary import FilterBank, filter_bank
from .integration import without_drift
from .minimum_phase import lines_between, minimum_phase
from .record_edges import PICK_ERROR, UNKNOWN_LEAD, edge_taper, extend, untapered
from .source_recipe import PreparedSource, Recipe
from .time_warp import (
    PERIODS,
    baseband,
    dominant_frequency,
    oversampled,
    remodulated,
    values_at,
    warped_times,
)

#: bands in which the spectrum is corrected: per octave, octaves below the lowest band level
REPAIR_BANDS, REPAIR_OCTAVES = 4, 2
#: bands of repair on a linear axis from this share of the Nyquist frequency to all of it: an
#: anti-alias filter lowers the spectrum there by many orders of magnitude
FLANK, FLANK_BANDS = 0.7, 14
#: shares of the Nyquist frequency: between which the band that keeps its frequencies begins,
#: standard deviation of the transition at :data:`FLANK`, and the carrier of the band
TOP, TRANSITION, CARRIER = (0.5, 0.62), 0.02, 0.85
#: s about P in which the speed of a warp stays near 1: there both parts of the spectrum are in
#: phase, and the filters that divide it do not ring before P
STILL = 0.7
#: share of the Nyquist frequency up to which band levels are moved: above it all components move as
#: the highest of these bands does, so that the flank keeps the shape that the recorder gave it
HIGHEST_LEVEL = 0.8
#: passes in which the gains of repair are found: bands overlap, and one pass leaves a third
PASSES = 3
#: passes in which levels are matched before the record is cut to its window, and after
MATCHES, FINAL_MATCHES = 2, 1
#: most passes after that where a level above the strongest band is missed by the largest step: the
#: ends of warped records fill the spectrum of low-passed data, and are tapered only afterwards
FURTHER_MATCHES = 5
#: largest change of a level, up and down, and in one pass of matching, ln amplitude
LARGEST_GAIN, LARGEST_CUT, LARGEST_STEP = 4.0, 16.0, 1.0
#: s before P for the taper of added noise where the arrival of P is not known: records begin more
#: gently than the shortest taper
UNKNOWN_NOISE_LEAD = 1.0
#: zeros appended before filtering, as a share of the record: the filters ring at low frequencies
#: for longer than a quarter of it, and what does not fit comes back before the first arrival
PAD = 1.0
#: share of the window that a warp may reach beyond either edge of the source record
REACH = 0.4
#: largest gain that levels the flank of a source record, ln amplitude: rounding errors lie below
LARGEST_RISE = 14.0
#: share of the Nyquist frequency by which spectra are continued above it, for warps that slow down
IMAGE = 0.3
#: records that are made at once
CHUNK = 4


class SourceWaveforms:
    """
    Makes waveforms for one filter bank.

    :param filters: :class:`~obspy_tng.signal.evolutionary.FilterBank` of the band levels.
    """

    def __init__(self, filters: FilterBank):
        self.filters = filters = filters.padded(PAD)
        window = filters.npts / filters.sampling_rate
        repair = filter_bank(filters.npts, filters.sampling_rate,
                             filters.center_frequencies[0] / 2 ** REPAIR_OCTAVES,
                             REPAIR_BANDS, PAD)
        bins = np.arange(filters.nfft // 2 + 1) / filters.nfft * filters.sampling_rate
        # amplitudes sum to one, as for parts in phase; a transition that is smooth rings shortly
        top = ndtr((bins / bins[-1] - FLANK) / TRANSITION)
        self._split = (1 - top).astype(np.float32), top.astype(np.float32)
        below = repair.center_frequencies[repair.center_frequencies <= FLANK * bins[-1]]
        # narrower towards the Nyquist frequency, where the spectrum falls fastest
        flank = bins[-1] - (bins[-1] - below[-1]) * np.linspace(1, 0, FLANK_BANDS + 1) ** 1.5
        frequencies = [*below, *(flank[1:] + flank[:-1]) / 2]
        # the levels of higher bands are those of the anti-alias filter
        centers = filters.center_frequencies
        self._count = max(int(np.count_nonzero(centers <= HIGHEST_LEVEL * bins[-1])), 1)
        self._lines = lines_between(centers[:self._count], bins).astype(np.float32)
        self._repair_lines = lines_between(frequencies, bins).astype(np.float32)
        self._gains = csr_array(_square_gains(filters)[:self._count])
        inside = (bins > flank[:-1, None]) & (bins <= flank[1:, None])
        self._repair_gains = csr_array(np.concatenate([_square_gains(repair)[:len(below)],
                                                       inside.astype(np.float32)]))
        # ln energy of each band of repair where every bin has energy 1
        self._repair_widths = np.log(self._repair_gains.sum(1))
        self._white = filters.white_levels
        self._above = np.array(frequencies) > centers[self._count - 1]
        # noise may go round: it needs no padding
        self._noise_length = next_fast_len(filters.npts + filters.npts % 2, real=True)
        bins = rfftfreq(self._noise_length, 1 / filters.sampling_rate)
        self._noise_lines = np.concatenate([
            lines_between(centers[:self._count], bins),
            lines_between(frequencies, bins)[self._above]]).astype(np.float32)
        self.energy_windows = EnergyWindows(filters.npts, filters.sampling_rate)
        self._most = int(REACH * filters.npts)
        self._longest_step = window / 20 * filters.sampling_rate

    def prepare(self, source):
        """
        Compute what depends only on a source record.

        :param source: :class:`~obspy_tng.signal.source_recipe.Source`.
        :return: :class:`PreparedSource`.
        """
        rate, npts = self.filters.sampling_rate, self.filters.npts
        lead = None if source.p_index is None else source.p_index / rate
        first, end = untapered(npts, rate, lead, source.padded)
        quiet = None if source.p_index is None else source.p_index - int(PICK_ERROR * rate)
        # in double precision: rounding errors, which last from the first sample to the last, would
        # be raised to the level of the signal
        data = source.data.astype(float)
        # tapered as new records are: an end that is cut in the signal fills the flank
        spectrum = rfft(data * edge_taper(npts, rate, UNKNOWN_LEAD if lead is None else lead),
                        self.filters.nfft)
        product = (spectrum[1] * spectrum[2].conj()).real
        energies = _band_sums(np.concatenate([_power(spectrum), product[None]]),
                              self._repair_gains)
        spectrum = rfft(data, self.filters.nfft)
        spectrum *= minimum_phase(self._level_flank(energies), self.filters.nfft)
        data = irfft(spectrum, self.filters.nfft)[..., :npts].astype(np.float32)
        extended = extend(data, first, end, self._most, quiet)
        return PreparedSource(
            source, source.onset,
            min(PERIODS / dominant_frequency(source.data, rate) * rate, self._longest_step),
            first - self._most, oversampled(extended, IMAGE), baseband(extended, TOP, CARRIER),
            energies)

    def _level_flank(self, energies):
        """ln gain ``(bins,)`` that levels the flank of all components together."""
        level = self._ln_density(energies[:3].sum(0))
        fall = np.zeros_like(level)
        fall[-FLANK_BANDS:] = np.clip(0.5 * (level[-FLANK_BANDS:] - level[-FLANK_BANDS - 1]),
                                      -LARGEST_RISE, 0)
        return -fall @ self._repair_lines

    def _ln_density(self, energies):
        """ln energy per bin of each band of repair."""
        return np.log(energies + np.finfo(np.float32).tiny) - self._repair_widths

    def make(self, source, levels, rng, stretch=1.0, onset=None, lengthen=1.0, noise=None):
        """
        One new waveform.

        :param source: :class:`~obspy_tng.signal.source_recipe.Source`.
        :param levels: band levels ``(3, bands)`` that it should have.
        :param rng: ``numpy.random.Generator``.
        :param stretch, onset, lengthen, noise: see :class:`Recipe`.
        :return: float32 array ``(3, npts)``.
        """
        return self.make_all([Recipe(self.prepare(source), source.levels, levels, rng, 0.0,
                                     stretch, onset, lengthen, noise)])[0]

    def make_all(self, recipes):
        """
        New waveforms.

        :param recipes: list of :class:`Recipe`.
        :return: float32 array ``(len(recipes), 3, npts)``.
        """
        made = np.empty((len(recipes), 3, self.filters.npts), np.float32)
        for k in range(0, len(recipes), CHUNK):
            made[k:k + CHUNK] = self._chunk(recipes[k:k + CHUNK])
        return made

    def _chunk(self, recipes):
        low, top = self._split
        warped = np.stack([self._warped(recipe) for recipe in recipes], axis=1)
        spectrum = rfft(warped, self.filters.nfft)
        spectrum = low * spectrum[0] + top * spectrum[1]
        for k, recipe in enumerate(recipes):
            if recipe.envelope is not None:
                spectrum[k] = self._changed(spectrum[k], recipe.envelope)
        windows = np.stack([self._window(r, UNKNOWN_LEAD) for r in recipes])[:, None]
        made = self._filtered(
            spectrum, np.stack([turned_energies(r.source.energies, r.angle) for r in recipes]),
            np.stack([r.source_levels for r in recipes]), np.stack([r.levels for r in recipes]),
            windows)
        for k, recipe in enumerate(recipes):
            if recipe.noise is not None:
                made[k] += self._window(recipe, UNKNOWN_NOISE_LEAD) * self._stationary(recipe)
        return without_drift(made, self.filters.sampling_rate, self.filters.center_frequencies[0])

    def _warped(self, recipe):
        """The source record and its top on a warped time axis, turned, ``(2, 3, npts)``."""
        source = recipe.source
        place = source.onset if recipe.onset is None else recipe.onset
        first = source.onset - place - source.first
        times = first + warped_times(recipe.rng, self.filters.npts, source.step, place,
                                     (place, place + source.source.ps_samples, recipe.stretch),
                                     lengthen=recipe.lengthen,
                                     still=STILL * self.filters.sampling_rate)
        # where even the continued record ends, it is mirrored once more
        last = source.top.shape[-1] - 1
        times = last - np.abs(last - times)
        vertical, north, east = np.stack([
            values_at(source.fine, times), remodulated(source.top, times, first, CARRIER)], axis=1)
        c, s = np.cos(recipe.angle, dtype=np.float32), np.sin(recipe.angle, dtype=np.float32)
        return np.stack([vertical, c * north - s * east, s * north + c * east], axis=1)

    def _changed(self, spectrum, envelope):
        """The spectrum ``(3, bins)`` of a record whose window levels are changed."""
        data = irfft(spectrum, self.filters.nfft)[..., :self.filters.npts]
        return rfft(self.energy_windows.changed(data, energy_onset(data), envelope),
                    self.filters.nfft)

    def _window(self, recipe, unknown):
        """Taper of the ends, ``(npts,)``; ``unknown`` is the lead in s without a pick of P."""
        rate, source = self.filters.sampling_rate, recipe.source
        place = source.onset if recipe.onset is None else recipe.onset
        return edge_taper(self.filters.npts, rate,
                          unknown if source.source.p_index is None else place / rate)

    def _stationary(self, recipe):
        """Gaussian noise with given band levels and the source's flank, float32 ``(3, npts)``."""
        gains = 0.5 * np.clip(recipe.noise - self._white, -60.0, None)[:, :self._count]
        # above the topmost band the noise falls as the source record does
        source = recipe.source
        level = self._ln_density(source.energies[:3])
        last = (source.source.levels - self._white)[:, self._count - 1, None]
        fall = 0.5 * (level[:, self._above] - np.log(self.filters.npts) - last)
        gain = np.exp(np.concatenate([gains, fall], axis=-1).astype(np.float32)
                      @ self._noise_lines)
        gain *= np.float32(np.sqrt(self._noise_length / 2))
        parts = recipe.rng.standard_normal((*gain.shape, 2), dtype=np.float32)
        parts *= gain[..., None]
        return irfft(parts.view(np.complex64)[..., 0],
                     self._noise_length)[..., :self.filters.npts]

    def _filtered(self, spectrum, energies, source_levels, levels, window):
        """
        The levels changed to the requested ones, and the spectrum corrected for the warp.

        :param spectrum: of warped records, ``(n, 3, bins)``.
        :param energies: of the source records, ``(n, 3, bands of repair)``.
        :param source_levels: ``(n, 3, bands)``.
        :param levels: ``(n, 3, bands)``.
        :param window: tapers ``(n, 1, npts)``.
        :return: float32 array ``(n, 3, npts)``.
        """
        levels, source_levels = levels[..., :self._count], source_levels[..., :self._count]
        power, repair = self._repaired(_power(spectrum), energies)
        gains = np.clip(0.5 * (levels - source_levels), -LARGEST_CUT,
                        LARGEST_GAIN).astype(np.float32)
        for _ in range(MATCHES):
            gains += self._missing(levels, power * np.exp(2 * gains @ self._lines))
        for _ in range(FINAL_MATCHES):
            made = self._made(spectrum, gains @ self._lines + repair, window)
            step = self._missing(levels, _power(rfft(made, self.filters.nfft)))
            gains += step
        rows, above = np.arange(len(levels)), _above_strongest(levels)
        for _ in range(FURTHER_MATCHES):
            far = ((np.abs(step) >= LARGEST_STEP) & above[rows]).any(axis=(1, 2))
            if not far.any():
                break
            rows = rows[far]
            ln_gain = gains[rows] @ self._lines + repair[rows]
            made = self._made(spectrum[rows], ln_gain, window[rows])
            step = self._missing(levels[rows], _power(rfft(made, self.filters.nfft)))
            gains[rows] += step
        return self._made(spectrum, gains @ self._lines + repair, window)

    def _made(self, spectrum, ln_gain, window):
        """Filtered and tapered records ``(n, 3, npts)``."""
        nfft = self.filters.nfft
        response = minimum_phase(ln_gain, nfft)
        # a product that NumPy may compute in place depends on the number of records by a bit
        np.multiply(spectrum, response, out=response)
        return irfft(response, nfft)[..., :window.shape[-1]] * window

    def _repaired(self, power, energies):
        """Power spectra with the coarse band levels of the source records, and ln of the gain."""
        wanted = np.log(energies + np.finfo(np.float32).tiny).astype(np.float32)
        gains = np.zeros_like(wanted)
        for _ in range(PASSES):
            here = self._repair_levels(power * np.exp(2 * gains @ self._repair_lines))
            gains = np.clip(gains + 0.5 * (wanted - here), -LARGEST_CUT, LARGEST_GAIN)
        ln_gain = gains @ self._repair_lines
        return power * np.exp(2 * ln_gain), ln_gain

    def _missing(self, levels, power):
        """Change of gain ``(n, 3, bands)`` towards the requested levels."""
        here = np.log(_band_sums(power, self._gains) / self.filters.nfft
                      + np.finfo(np.float32).tiny)
        return np.clip(0.5 * (levels - here), -LARGEST_STEP, LARGEST_STEP).astype(np.float32)

    def _repair_levels(self, power):
        """ln energy of each band of repair, ``(n, 3, bands)``, of power spectra."""
        return np.log(_band_sums(power, self._repair_gains) + np.finfo(np.float32).tiny)


def turned_energies(energies, angle):
    """
    Energies of a record with its horizontals turned.

    :param energies: array ``(4, bands)``, of Z, N, E, and of the product of N and E.
    :param angle: rad, from east towards north.
    :return: array ``(3, bands)``, of Z, N, E.

    .. rubric:: Example

    >>> turned_energies(np.array([[1.0], [2.0], [3.0], [0.0]]), np.pi / 2).ravel().round(9).tolist()
    [1.0, 3.0, 2.0]
    """
    (z, n, e, both), c, s = energies, np.cos(angle), np.sin(angle)
    return np.maximum([z, c * c * n + s * s * e - 2 * c * s * both,
                       s * s * n + c * c * e + 2 * c * s * both], 0)


def _above_strongest(levels):
    """Boolean array ``(n, 1, bands)``: bands above the strongest of each record ``(3, bands)``."""
    return np.arange(levels.shape[-1]) > levels.max(axis=1).argmax(axis=-1)[:, None, None]


def _square_gains(bank):
    """Squared gains of all bands, array ``(bands, bins)``."""
    found = np.zeros((len(bank), bank.nfft // 2 + 1), np.float32)
    for row, start, gain in zip(found, bank.starts, bank.gains, strict=True):
        row[start:start + len(gain)] = np.square(gain)
    return found


def _band_sums(power, gains):
    """Energies ``(..., bands)`` of power spectra; ``gains`` is sparse, ``(bands, bins)``."""
    rows = gains @ power.reshape(-1, power.shape[-1]).T
    return np.ascontiguousarray(rows.T).reshape(*power.shape[:-1], len(rows))


def _power(spectrum):
    return np.square(spectrum.real) + np.square(spectrum.imag)
