"""
Source records of a bank: enrolled waveforms that new records are made of.

:class:`SourceBank` puts together which record is chosen, what band levels the new one gets
(:mod:`obspy_tng.groundmotion.source_records`) and how its waveform is made
(:mod:`obspy_tng.signal.source_waveform`). It needs no network.
"""

from dataclasses import dataclass
from functools import cached_property

import numpy as np

from ..exceptions import TNGInputError
from ..groundmotion import band_levels
from ..groundmotion.source_records import SourceRecords, sound_components
from ..records.record import earthquakes, info_values
from ..signal.source_waveform import Source, SourceWaveforms


@dataclass(frozen=True)
class BankLevels:
    """
    Band levels of all stations of a bank.

    :param model: :class:`~obspy_tng.groundmotion.band_levels.BandLevelModel`.
    :param terms: dict station id -> :class:`~obspy_tng.groundmotion.band_levels.StationTerm`.
    """

    model: band_levels.BandLevelModel
    terms: dict

    @cached_property
    def _drawers(self):
        return {station: self.model.drawer(term) for station, term in self.terms.items()}

    def expected(self, station, magnitude, distance, depth):
        """Contrasts ``(D,)`` that scenario and station explain; depth in km or NaN."""
        scenario = np.array([[magnitude], [distance], [depth]], dtype=float)
        return self.model.expected(*scenario)[0] + self.terms[station].delta_s2s

    def draw(self, station, magnitude, distance, depth, rng):
        """Band levels ``(3, bands)`` of a record, with event term and residual."""
        return self._drawers[station](magnitude, distance, depth, rng)

    def residuals(self, levels, stations, magnitudes, distances, depths):
        """Contrasts ``(n, D)`` of records less what scenario and station explain."""
        return (band_levels.to_contrasts(levels)
                - self.model.expected(magnitudes, distances, depths)
                - np.stack([self.terms[station].delta_s2s for station in stations]))


class SourceBank:
    """
    New records from the waveforms of a bank.

    :param bank: dict station id -> :class:`~obspy_tng.station_generator.Enrolled` with arrays
        ``data`` (n, 3, npts) and ``levels`` (n, 3, bands).
    :param filters: :class:`~obspy_tng.signal.evolutionary.FilterBank` of the levels.
    :param fitted: :class:`BankLevels`.
    """

    def __init__(self, bank, filters, fitted):
        self.fitted, self.filters = fitted, filters
        self._bank = bank
        self._rows = [(station, i) for station, enrolled in bank.items()
                      for i in range(len(enrolled))]
        infos = [bank[station].infos[i] for station, i in self._rows]
        self.names = [info["record_id"] for info in infos]
        magnitudes, distances, depths = (info_values(infos, key)
                                         for key in ("magnitude", "distance", "depth"))
        stations = np.array([station for station, _ in self._rows])
        levels = np.stack([bank[station].arrays["levels"][i] for station, i in self._rows])
        residuals = fitted.residuals(levels, stations, magnitudes, distances, depths)
        # models that were saved without waveforms have none, or zeros
        there = np.array(["data" in bank[station].arrays
                          and bool(bank[station].arrays["data"][i].any())
                          for station, i in self._rows])
        usable = there & sound_components(levels, stations, filters.center_frequencies)
        self.records = SourceRecords(stations, magnitudes, distances, depths, residuals,
                                     usable if usable.any() else there)
        self._waveforms = SourceWaveforms(filters)
        self._p_indices = {station: [info["p_index"] for info in enrolled.infos
                                     if info["p_index"] is not None]
                           for station, enrolled in bank.items()}

    @property
    def any_usable(self):
        """Whether there is a waveform to make new ones of."""
        return bool(self.records.usable.any())

    def draw(self, station, magnitude, distance, depth, rng):
        """
        A new record.

        :param station: id of a station of the bank.
        :param magnitude: magnitude.
        :param distance: epicentral distance, km.
        :param depth: km, NaN where not known.
        :param rng: ``numpy.random.Generator``, the only source of randomness.
        :return: float32 array ``(3, npts)``, ZNE, m/s^2; record id of the source record.
        """
        i = self.records.choose(station, magnitude, distance, rng)
        scenario = (station, magnitude, distance, depth)
        levels = self.records.levels(i, self.fitted.expected(*scenario),
                                     self.fitted.draw(*scenario, rng))
        data = self._waveforms.make(self._source(i), levels, rng,
                                    self.records.stretch(i, distance, depth),
                                    self._p_index(station, i, rng))
        return data, self.names[i]

    def draw_all(self, station, rngs, condition):
        """
        New records for a scenario, one for each generator.

        :param station: id of a station of the bank.
        :param rngs: list of ``numpy.random.Generator``.
        :param condition: :class:`~obspy_tng.groundmotion.scenario.Condition`; without an
            earthquake each record has that of a record of the station, else of any.
        :return: array ``(len(rngs), 3, npts)``, and a list of dicts for ``stats.tng``.
        """
        data, notes = [], []
        for rng in rngs:
            if condition.magnitude is None:
                magnitude, distance, depth = self.draw_scenario(station, rng)
            else:
                magnitude, distance = condition.magnitude, condition.distance
                depth = condition.depth
            samples, source = self.draw(station, magnitude, distance,
                                        np.nan if depth is None else depth, rng)
            data.append(samples)
            notes.append({"sampler": "source", "sources": [source],
                          "drawn_magnitude": float(magnitude),
                          "drawn_distance": float(distance)})
        return np.stack(data), notes

    def draw_scenario(self, station, rng):
        """
        The scenario of an enrolled record.

        :param station: station id, whose records come first.
        :param rng: ``numpy.random.Generator``.
        :return: magnitude, epicentral distance (km) and depth (km, NaN where unknown); of the
            model of band levels where no record knows its own.
        """
        records = self.records
        known = np.isfinite(records.magnitudes) & np.isfinite(records.distances)
        own = np.flatnonzero(known & (records.stations == station))
        choice = own if len(own) else np.flatnonzero(known)
        if len(choice):
            i = rng.choice(choice)
            return records.magnitudes[i], records.distances[i], records.depths[i]
        model = self.fitted.model
        _, magnitude, ln_ratio, _ = rng.multivariate_normal(model.predictor_mean,
                                                            model.predictor_covariance)
        return 6 + magnitude, band_levels.REFERENCE_DISTANCE * np.exp(ln_ratio), np.nan

    def _p_index(self, station, i, rng):
        """Where P arrives: as in records of the station, whose recorder sets it; None: as it is."""
        own = self._p_indices[station]
        if self.records.stations[i] == station or not len(own):
            return None
        return int(rng.choice(own))

    def _source(self, i):
        station, row = self._rows[i]
        enrolled, rate = self._bank[station], self.filters.sampling_rate
        data, p_index = enrolled.arrays["data"][row], enrolled.infos[row]["p_index"]
        return Source(data, enrolled.arrays["levels"][row], p_index, zeros_at_end(data) / rate,
                      0.0 if p_index is None else self.records.ps_seconds(i) * rate)


def zeros_at_end(data):
    """
    Samples of zeros at the end of a record, which a window that is too long is padded with.

    :param data: array ``(3, npts)``.
    :return: int; 0 for the single one that a taper ends in.

    .. rubric:: Example

    >>> zeros_at_end(np.array([[1.0, 2.0, 0.0, 0.0], [3.0, 0.0, 0.0, 0.0]]))
    2
    """
    last = np.flatnonzero(data.any(axis=0))
    count = data.shape[-1] - 1 - (last[-1] if len(last) else -1)
    return int(count) if count > 1 else 0


def fit_bank_levels(bank, filters, prior=None):
    """
    Fit band levels to a bank.

    Records with a dead or polluted component are left out.

    :param bank: dict station id -> :class:`~obspy_tng.station_generator.Enrolled` with an array
        ``levels`` (n, 3, bands).
    :param filters: :class:`~obspy_tng.signal.evolutionary.FilterBank` of the levels.
    :param prior: :class:`~obspy_tng.groundmotion.band_levels.BandLevelModel` of other
        stations, or None.
    :return: :class:`BankLevels`
    :raises TNGInputError: for too few records with magnitude and distance and no prior.
    """
    infos = [info for enrolled in bank.values() for info in enrolled.infos]
    stations = np.repeat(list(bank), [len(enrolled) for enrolled in bank.values()])
    levels = np.concatenate([enrolled.arrays["levels"] for enrolled in bank.values()])
    sound = sound_components(levels, stations, filters.center_frequencies)
    events = np.array(earthquakes(infos))
    scenarios = [info_values(infos, key) for key in ("magnitude", "distance", "depth")]
    known = np.flatnonzero(sound & np.isfinite(scenarios[0]) & np.isfinite(scenarios[1]))
    if len(known) >= band_levels.FEWEST_RECORDS:
        model = band_levels.fit_band_levels(levels[known], stations[known], events[known],
                                            *(v[known] for v in scenarios),
                                            filters.center_frequencies, prior)
    elif prior is not None:
        model = prior
    else:
        raise TNGInputError(
            f"only {len(known)} enrolled records know their magnitude and distance, and there is "
            f"no prior of levels: {band_levels.FEWEST_RECORDS} are needed")
    terms = {}
    for station in bank:
        own = np.flatnonzero((stations == station) & (sound | ~sound[stations == station].any()))
        # an event that only this station recorded is no news about it
        elsewhere = set(events[stations != station])
        names = [event if event in elsewhere else None for event in events[own]]
        terms[station] = model.station(levels[own], names, *(v[own] for v in scenarios))
    return BankLevels(model, terms)
