"""
Source records of a bank: enrolled waveforms from which new records are made.

:class:`SourceBank` combines the choice of a record, the band levels of the new one
(:mod:`obspy_tng.groundmotion.source_records`) and its waveform
(:mod:`obspy_tng.signal.source_waveform`). It needs no network.
"""

import dataclasses
from functools import cached_property, lru_cache

import numpy as np
from scipy.fft import rfft

from ..groundmotion.band_levels import to_contrasts, to_levels
from ..groundmotion.noise_floor import with_floor
from ..groundmotion.scenario import Scenario
from ..groundmotion.source_records import SourceRecords, sound_components
from ..groundmotion.window_levels import SHAPE, BankWindowLevels, drawn_share
from ..signal.energy_windows import energy_onset
from ..signal.record_edges import zeros_at_end
from ..signal.source_recipe import Recipe, Source
from ..signal.source_waveform import CHUNK, REACH, SourceWaveforms
from ..signal.time_warp import OVERSAMPLING

#: largest angle (degrees) by which horizontals are turned: records of near scenarios share about
#: the azimuth
LARGEST_TURN = 30.0
#: a turned component has at least this much less energy than the weakest component, ln energy
LEAST_TURNED = 3.0
#: P of a source record is moved to at most this many times its lead: the noise before it is
#: mirrored to and fro
MOST_LEAD = 3.0
#: bytes of oversampled source records that are kept for further records
CACHE_BYTES = 64e6


@dataclasses.dataclass(frozen=True)
class Case:
    """
    What all new records of a station and a scenario have in common.

    :param scenario: :class:`~obspy_tng.groundmotion.scenario.Scenario`.
    :param probability: array (n,), of the source records.
    :param expected: contrasts ``(3 bands,)`` that scenario and station explain.
    :param notes: dict for ``stats.tng``.
    """

    scenario: Scenario
    probability: np.ndarray
    expected: np.ndarray
    notes: dict


class SourceBank:
    """
    New records from the waveforms of a bank.

    :param bank: dict station id -> :class:`~obspy_tng.records.enrolled.Enrolled` with arrays
        ``data`` (n, 3, npts) and ``levels`` (n, 3, bands).
    :param filters: :class:`~obspy_tng.signal.evolutionary.FilterBank` of the levels.
    :param fitted: :class:`~obspy_tng.methods.bank_levels.BankLevels`.
    :param windows: :class:`~obspy_tng.groundmotion.window_levels.WindowLevelModel`, which lets new
        records of few source records differ in when their energy comes; None: they do not.
    """

    def __init__(self, bank, filters, fitted, windows=None):
        self.fitted, self.filters = fitted, filters
        self._bank = bank
        self._rows = [(station, i) for station, enrolled in bank.items()
                      for i in range(len(enrolled))]
        self.names = [bank[station].infos[i]["record_id"] for station, i in self._rows]
        self._levels = levels = np.stack([bank[station].arrays["levels"][i]
                                          for station, i in self._rows])
        # models that were saved without waveforms have none, or zeros
        there = np.array(["data" in bank[station].arrays
                          and bool(bank[station].arrays["data"][i].any())
                          for station, i in self._rows])
        usable = there & sound_components(levels, fitted.stations, filters.center_frequencies)
        self._p_indices = np.array([np.nan if (p := bank[station].infos[i]["p_index"]) is None
                                    else p for station, i in self._rows], dtype=float)
        stay = there & np.isnan(self._p_indices)
        self.records = SourceRecords(fitted.stations, fitted.magnitudes, fitted.distances,
                                     fitted.depths, fitted.residuals(levels),
                                     usable if usable.any() else there,
                                     np.array([self._t05(i) if fixed else np.nan
                                               for i, fixed in enumerate(stay)]))
        self._waveforms = SourceWaveforms(filters)
        self._prepared = self._cache()
        self._noise, self._floors = fitted.noise.levels, fitted.noise.floors
        # of records without waveforms there is nothing to measure, and none is drawn
        self._cross = np.zeros(levels[:, 0].shape)
        for i in np.flatnonzero(there):
            self._cross[i] = horizontal_energy(filters, self._source(i).data)
        self._windows = windows

    def _cache(self):
        """:meth:`_prepare` that keeps the last source records, as many as there is room for."""
        # oversampled float32, with what a warp may reach beyond the edges
        size = 3 * 4 * OVERSAMPLING * (1 + 2 * REACH) * self.filters.npts
        return lru_cache(1 + int(CACHE_BYTES / size))(self._prepare)

    def __getstate__(self):
        """Without the cache: a copy, and a generator in another process, begin with their own."""
        return {key: value for key, value in vars(self).items() if key != "_prepared"}

    def __setstate__(self, state):
        vars(self).update(state)
        self._prepared = self._cache()

    @cached_property
    def _window_levels(self):
        """Window levels of the bank, :class:`BankWindowLevels`; computed on first use."""
        levels = np.full((len(self.names), *SHAPE), np.nan)
        for i in np.flatnonzero(self.records.usable):
            data = self._source(i).data
            levels[i] = self._waveforms.energy_windows.levels(data, energy_onset(data))
        r = self.records
        return BankWindowLevels(self._windows, r.stations, levels, r.magnitudes, r.distances,
                                r.depths)

    @property
    def any_usable(self):
        """Whether there is a waveform from which new ones can be made."""
        return bool(self.records.usable.any())

    def _case(self, station, scenario, delta_s2s):
        """What all new records of a scenario have in common, :class:`Case`."""
        return Case(scenario, self.records.probabilities(station, scenario),
                    self.fitted.expected(scenario, delta_s2s),
                    self.fitted.notes(station, scenario))

    def _recipe(self, station, case, delta_s2s, rng):
        """
        Source record and band levels of a new record.

        :param station: id of a station of the bank.
        :param case: :class:`Case`.
        :param delta_s2s: array (3 bands,), the station's term.
        :param rng: ``numpy.random.Generator``, the only source of randomness.
        :return: :class:`~obspy_tng.signal.source_recipe.Recipe`, record id of the source record.
        """
        i = choose(case.probability, rng)
        angle = np.radians(LARGEST_TURN) * rng.uniform(-1, 1)
        source_levels, residual = self._turned(i, angle)
        levels = self.records.levels(
            residual, case.expected,
            self.fitted.draw_levels(station, case.scenario, delta_s2s, rng), case.probability)
        levels, added = with_floor(levels, self._floors.draw(station, rng), source_levels,
                                   np.minimum(self._noise[i], source_levels))
        onset, envelope = self._onset(station, i, rng), None
        if self._windows is not None and drawn_share(case.probability) > 0:
            envelope = self._window_levels.draw(station, i, case.probability, rng)
        return Recipe(self._prepared(i), source_levels, levels, rng, angle,
                      self._stretch(i, case.scenario), onset,
                      self.records.lengthen(i, case.scenario), added, envelope), self.names[i]

    def _turned(self, i, angle):
        """
        Levels of a source record with its horizontals turned, as if the waves came from another
        azimuth.

        The site's ratio of north and east does not turn with them, and is left out of the residual.

        :param i: its index.
        :param angle: rad.
        :return: its band levels ``(3, bands)`` and its residual ``(3 bands,)``.
        """
        levels, (c, s) = self._levels[i], (np.cos(angle), np.sin(angle))
        expected = to_levels(to_contrasts(levels) - self.records.residuals[i])
        site = np.stack([0 * expected[0], *(expected[1:] - expected[1:].mean(0))])
        residual = to_contrasts(self._turned_levels(i, levels - site, c, s) - (expected - site))
        return self._turned_levels(i, levels, c, s), residual

    def _turned_levels(self, i, levels, c, s):
        (z, n, e), both = np.exp(levels), 2 * c * s * self._cross[i]
        energy = np.stack([z, c * c * n + s * s * e - both, s * s * n + c * c * e + both])
        return np.log(np.maximum(energy, np.exp(levels.min(0) - LEAST_TURNED)))

    def draw_all(self, station, rngs, scenarios, station_uncertainty="mean"):
        """
        New records of a station, one for each generator.

        :param station: id of a station of the bank.
        :param rngs: list of ``numpy.random.Generator``.
        :param scenarios: the :class:`~obspy_tng.groundmotion.scenario.Scenario` asked for, one per
            generator; without magnitude and distance it has those of a record of the station.
        :param station_uncertainty: "mean" or "drawn", see
            :meth:`~obspy_tng.methods.bank_levels.BankLevels.station_term`.
        :return: array ``(len(rngs), 3, npts)``, and a list of dicts for ``stats.tng``.
        """
        delta_s2s = self.fitted.station_term(station, station_uncertainty, rngs[0])
        data, notes, cases = [], [], {}
        for k in range(0, len(rngs), CHUNK):
            recipes = []
            for rng, asked in zip(rngs[k:k + CHUNK], scenarios[k:k + CHUNK], strict=True):
                scenario = self.fitted.draw_scenario(station, asked, rng)
                if scenario not in cases:
                    cases[scenario] = self._case(station, scenario, delta_s2s)
                case = cases[scenario]
                recipe, source = self._recipe(station, case, delta_s2s, rng)
                recipes.append(recipe)
                notes.append({"sampler": "source", "sources": [source],
                              "station_uncertainty": station_uncertainty, **case.notes})
            data.append(self._waveforms.make_all(recipes))
        return np.concatenate(data), notes

    def _onset(self, station, i, rng):
        """
        Where P of a source record of another station comes; None: where it is.

        As in a record of the station, whose recorder sets it. Where P is not known, mostly in
        triggered records, which begin with it, the record begins where it did: moved, it would
        begin with a mirror image of itself. Noise before P is repeated a few times at most.
        """
        own = self._p_indices[self.records.stations == station]
        own = own[own <= MOST_LEAD * self._p_indices[i]]
        if self.records.stations[i] == station or not len(own):
            return None
        return int(rng.choice(own))

    def _stretch(self, i, scenario):
        """Factor of the time from P to S; 1 where it is not known when P comes."""
        return 1.0 if np.isnan(self._p_indices[i]) else self.records.stretch(i, scenario)

    def _t05(self, i):
        """t05 of a record, s."""
        station, row = self._rows[i]
        return float(energy_onset(self._bank[station].arrays["data"][row])
                     / self.filters.sampling_rate)

    def _prepare(self, i):
        return self._waveforms.prepare(self._source(i))

    def _source(self, i):
        station, row = self._rows[i]
        enrolled, rate = self._bank[station], self.filters.sampling_rate
        data, p_index = enrolled.arrays["data"][row], enrolled.infos[row]["p_index"]
        return Source(data, enrolled.arrays["levels"][row], p_index, zeros_at_end(data) / rate,
                      energy_onset(data) if p_index is None
                      else self.records.ps_seconds(i) * rate)


def choose(probability, rng):
    """
    An index with given probabilities.

    The largest of ln p plus Gumbel noise: with one seed, similar probabilities choose mostly the
    same index, so that records of one seed change little from scenario to scenario.

    :param probability: array (n,).
    :param rng: ``numpy.random.Generator``.
    :return: int

    .. rubric:: Example

    >>> choose(np.array([0.0, 1.0]), np.random.default_rng(0))
    1
    """
    with np.errstate(divide="ignore"):
        return int(np.argmax(np.log(probability) + rng.gumbel(size=len(probability))))


def horizontal_energy(filters, data):
    """
    Energy that the horizontals have in common, band by band.

    :param filters: :class:`~obspy_tng.signal.evolutionary.FilterBank`.
    :param data: record ``(3, npts)``.
    :return: array ``(bands,)``, the sum of the product of north and east.

    .. rubric:: Example

    >>> from obspy_tng.signal.evolutionary import band_levels, filter_bank
    >>> filters = filter_bank(2000, 50.0, freqmin=0.5)
    >>> data = np.random.default_rng(0).standard_normal((3, 2000))
    >>> data[2] = data[1]
    >>> bool(np.allclose(np.log(horizontal_energy(filters, data)), band_levels(filters, data)[1]))
    True
    """
    north, east = rfft(data[1:], filters.nfft)
    product = (north * east.conj()).real / filters.nfft
    return np.array([(product[start:start + len(gain)] * np.square(gain)).sum()
                     for start, gain in zip(filters.starts, filters.gains, strict=True)])
