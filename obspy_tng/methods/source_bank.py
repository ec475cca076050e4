"""
Source records of a bank: enrolled waveforms from which new records are made.

:class:`SourceBank` combines the choice of a record, the band levels of the new one
(:mod:`obspy_tng.groundmotion.source_records`) and its waveform
(:mod:`obspy_tng.signal.source_waveform`). It needs no network.
"""

import dataclasses

import numpy as np

from ..groundmotion.source_records import SourceRecords, sound_components
from ..signal.source_waveform import Source, SourceWaveforms


class SourceBank:
    """
    New records from the waveforms of a bank.

    :param bank: dict station id -> :class:`~obspy_tng.station_generator.Enrolled` with arrays
        ``data`` (n, 3, npts) and ``levels`` (n, 3, bands).
    :param filters: :class:`~obspy_tng.signal.evolutionary.FilterBank` of the levels.
    :param fitted: :class:`~obspy_tng.methods.bank_levels.BankLevels`.
    """

    def __init__(self, bank, filters, fitted):
        self.fitted, self.filters = fitted, filters
        self._bank = bank
        self._rows = [(station, i) for station, enrolled in bank.items()
                      for i in range(len(enrolled))]
        self.names = [bank[station].infos[i]["record_id"] for station, i in self._rows]
        levels = np.stack([bank[station].arrays["levels"][i] for station, i in self._rows])
        # models that were saved without waveforms have none, or zeros
        there = np.array(["data" in bank[station].arrays
                          and bool(bank[station].arrays["data"][i].any())
                          for station, i in self._rows])
        usable = there & sound_components(levels, fitted.stations, filters.center_frequencies)
        self.records = SourceRecords(fitted.stations, fitted.magnitudes, fitted.distances,
                                     fitted.depths, fitted.residuals(levels),
                                     usable if usable.any() else there)
        self._waveforms = SourceWaveforms(filters)
        self._p_indices = np.array([np.nan if (p := bank[station].infos[i]["p_index"]) is None
                                    else p for station, i in self._rows])

    @property
    def any_usable(self):
        """Whether there is a waveform from which new ones can be made."""
        return bool(self.records.usable.any())

    def draw(self, station, scenario, delta_s2s, rng):
        """
        A new record.

        :param station: id of a station of the bank.
        :param scenario: :class:`~obspy_tng.groundmotion.scenario.Scenario` with magnitude and
            distance.
        :param delta_s2s: array (3 bands,), the station's term.
        :param rng: ``numpy.random.Generator``, the only source of randomness.
        :return: float32 array ``(3, npts)``, ZNE, m/s^2; record id of the source record.
        """
        probability = self.records.probabilities(station, scenario)
        i = choose(probability, rng)
        levels = self.records.levels(
            i, self.fitted.expected(scenario, delta_s2s),
            self.fitted.draw_levels(station, scenario, delta_s2s, rng),
            probability)
        data = self._waveforms.make(self._source(i), levels, rng,
                                    self.records.stretch(i, scenario),
                                    self._onset(station, scenario, i, rng),
                                    self.records.lengthen(i, scenario))
        return data, self.names[i]

    def draw_all(self, station, rngs, asked, station_uncertainty="mean"):
        """
        New records for a scenario, one for each generator.

        :param station: id of a station of the bank.
        :param rngs: list of ``numpy.random.Generator``.
        :param asked: :class:`~obspy_tng.groundmotion.scenario.Scenario`; without magnitude and
            distance each record has those of a record of the station.
        :param station_uncertainty: "mean" or "drawn", see
            :meth:`~obspy_tng.methods.bank_levels.BankLevels.station_term`.
        :return: array ``(len(rngs), 3, npts)``, and a list of dicts for ``stats.tng``.
        """
        delta_s2s = self.fitted.station_term(station, station_uncertainty, rngs[0])
        data, notes = [], []
        for rng in rngs:
            scenario = self.fitted.draw_scenario(station, asked, rng)
            samples, source = self.draw(station, scenario, delta_s2s, rng)
            data.append(samples)
            notes.append({"sampler": "source", "sources": [source],
                          "station_uncertainty": station_uncertainty,
                          **self.fitted.notes(station, scenario)})
        return np.stack(data), notes

    def _onset(self, station, scenario, i, rng):
        """
        Where the onset of a source record of another station comes; None: where it is.

        As in a record of the station, whose recorder sets it: P where it is known of both, else
        t05 of a record of a similar scenario.
        """
        own = np.flatnonzero(self.records.stations == station)
        if self.records.stations[i] == station or not len(own):
            return None
        if np.isfinite(self._p_indices[i]):
            own = own[np.isfinite(self._p_indices[own])]
            return int(self._p_indices[rng.choice(own)]) if len(own) else None
        weight = self.records.weights(scenario)[own]
        total = weight.sum()
        j = rng.choice(own, p=weight / total if total > 0 else None)
        return dataclasses.replace(self._source(j), p_index=None).onset

    def _source(self, i):
        station, row = self._rows[i]
        enrolled, rate = self._bank[station], self.filters.sampling_rate
        data, p_index = enrolled.arrays["data"][row], enrolled.infos[row]["p_index"]
        return Source(data, enrolled.arrays["levels"][row], p_index, zeros_at_end(data) / rate,
                      0.0 if p_index is None else self.records.ps_seconds(i) * rate)


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


def zeros_at_end(data):
    """
    Number of zeros at the end of a record that was padded to the length of the window.

    :param data: array ``(3, npts)``.
    :return: int; 0 for a single zero at the end of a taper.

    .. rubric:: Example

    >>> zeros_at_end(np.array([[1.0, 2.0, 0.0, 0.0], [3.0, 0.0, 0.0, 0.0]]))
    2
    """
    last = np.flatnonzero(data.any(axis=0))
    count = data.shape[-1] - 1 - (last[-1] if len(last) else -1)
    return int(count) if count > 1 else 0
