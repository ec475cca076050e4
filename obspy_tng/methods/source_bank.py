"""
Source records of a bank: enrolled waveforms from which new records are made.

:class:`SourceBank` combines the choice of a record, the band levels of the new one
(:mod:`obspy_tng.groundmotion.source_records`) and its waveform
(:mod:`obspy_tng.signal.source_waveform`). It needs no network.
"""

import dataclasses

import numpy as np
from scipy.fft import rfft

from ..groundmotion.band_levels import to_contrasts, to_levels
from ..groundmotion.noise_floor import NO_NOISE, fit_noise_floors, noise_levels, with_floor
from ..groundmotion.source_records import SourceRecords, sound_components
from ..signal.source_waveform import Source, SourceWaveforms

#: largest angle (degrees) by which horizontals are turned: records of near scenarios share about
#: the azimuth
LARGEST_TURN = 30.0
#: a turned component has at least this much less energy than the weakest component, ln energy
LEAST_TURNED = 3.0


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
        # of records without waveforms there is nothing to measure, and none is drawn
        self._noise, self._cross = np.full(levels.shape, NO_NOISE), np.zeros(levels[:, 0].shape)
        for i in np.flatnonzero(there):
            self._noise[i] = self._noise_of(i)
            self._cross[i] = horizontal_energy(filters, self._source(i).data)
        self._floors = fit_noise_floors(self._noise, fitted.stations)

    @property
    def any_usable(self):
        """Whether there is a waveform from which new ones can be made."""
        return bool(self.records.usable.any())

    def draw(self, station, scenario, delta_s2s, rng, probability=None):
        """
        A new record.

        :param station: id of a station of the bank.
        :param scenario: :class:`~obspy_tng.groundmotion.scenario.Scenario` with magnitude and
            distance.
        :param delta_s2s: array (3 bands,), the station's term.
        :param rng: ``numpy.random.Generator``, the only source of randomness.
        :param probability: array (n,), of the source records; None: computed for the scenario.
        :return: float32 array ``(3, npts)``, ZNE, m/s^2; record id of the source record.
        """
        if probability is None:
            probability = self.records.probabilities(station, scenario)
        i = choose(probability, rng)
        source, residual = self._turned(i, np.radians(LARGEST_TURN) * rng.uniform(-1, 1))
        levels = self.records.levels(
            residual, self.fitted.expected(scenario, delta_s2s),
            self.fitted.draw_levels(station, scenario, delta_s2s, rng), probability)
        levels, added = with_floor(levels, self._floors.draw(station, rng), source.levels,
                                   np.minimum(self._noise[i], source.levels))
        data = self._waveforms.make(source, levels, rng, self.records.stretch(i, scenario),
                                    self._onset(station, i, probability, rng),
                                    self.records.lengthen(i, scenario), added)
        return data, self.names[i]

    def _turned(self, i, angle):
        """
        A source record with its horizontals turned, as if the waves came from another azimuth.

        The site's ratio of north and east does not turn with them, and is left out of the residual.

        :param i: its index.
        :param angle: rad.
        :return: :class:`~obspy_tng.signal.source_waveform.Source` and its residual ``(3 bands,)``.
        """
        source, (c, s) = self._source(i), (np.cos(angle), np.sin(angle))
        vertical, north, east = source.data
        data = np.stack([vertical, c * north - s * east, s * north + c * east])
        expected = to_levels(to_contrasts(source.levels) - self.records.residuals[i])
        site = np.stack([0 * expected[0], *(expected[1:] - expected[1:].mean(0))])
        residual = to_contrasts(self._turned_levels(i, source.levels - site, c, s)
                                - (expected - site))
        return dataclasses.replace(source, data=data.astype(np.float32),
                                   levels=self._turned_levels(i, source.levels, c, s)), residual

    def _turned_levels(self, i, levels, c, s):
        (z, n, e), both = np.exp(levels), 2 * c * s * self._cross[i]
        energy = np.stack([z, c * c * n + s * s * e - both, s * s * n + c * c * e + both])
        return np.log(np.maximum(energy, np.exp(levels.min(0) - LEAST_TURNED)))

    def _noise_of(self, i):
        """Noise levels of a record."""
        source = self._source(i)
        return np.minimum(noise_levels(self.filters, source.data, source.p_index, source.padded),
                          source.levels)

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
        data, notes, probability, before = [], [], None, None
        for rng in rngs:
            scenario = self.fitted.draw_scenario(station, asked, rng)
            if scenario != before:
                probability, before = self.records.probabilities(station, scenario), scenario
            samples, source = self.draw(station, scenario, delta_s2s, rng, probability)
            data.append(samples)
            notes.append({"sampler": "source", "sources": [source],
                          "station_uncertainty": station_uncertainty,
                          **self.fitted.notes(station, scenario)})
        return np.stack(data), notes

    def _onset(self, station, i, probability, rng):
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
        total = probability[own].sum()
        j = rng.choice(own, p=probability[own] / total if total > 0 else None)
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
