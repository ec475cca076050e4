"""
Models that ``architecture="tng"`` fits to all enrolled records.

:class:`BankModel` has a method for each step of drawing a record: levels
(:class:`~obspy_tng.methods.bank_levels.BankLevels`), source record, t05, coherencies and duration.
None of them depends on waveforms.
"""

from dataclasses import dataclass
from functools import cached_property

import numpy as np

from ...groundmotion.coherency import CoherencyModel, cholesky_coefficients, fit_coherencies
from ...groundmotion.durations import DurationModel, fit_durations
from ...groundmotion.level_fit import FEWEST_RECORDS
from ...groundmotion.scenario import scenario_distance
from ...signal import frames
from ..bank_levels import BankLevels

#: weight of a record of the same station relative to those of others
OWN_WEIGHT = 10.0
#: records with a similar scenario with which half of the draws are from the prior
PRIOR_WEIGHT = 2.0


@dataclass(frozen=True)
class BankModel:
    """
    Models fitted to all enrolled records, and what is kept of each record.

    :param levels: scenarios, station terms and band levels.
    :param durations: of ln durations.
    :param coherencies: of components.
    :param names: n record ids.
    :param mu: array (n, z_dim), and
    :param logvar: array (n, z_dim), of the encoder.
    :param t05s: array (n,), s.
    :param decoded: array (n,), ln durations of the decoded envelopes.
    """

    levels: BankLevels
    durations: DurationModel
    coherencies: CoherencyModel
    names: list
    mu: np.ndarray
    logvar: np.ndarray
    t05s: np.ndarray
    decoded: np.ndarray

    def source_record(self, station, scenario, rng):
        """Index of the source record of z, or None for the prior."""
        weight = np.exp(-0.5 * self._scenario_distance(scenario))
        weight *= np.where(self.levels.stations == station, OWN_WEIGHT, 1.0)
        total = weight.sum() + PRIOR_WEIGHT
        choice = rng.choice(len(weight) + 1, p=np.append(weight, PRIOR_WEIGHT) / total)
        return None if choice == len(weight) else int(choice)

    def t05(self, station, scenario, source_record, rng):
        """
        t05 of a new record, s.

        It is that of the source record, if this is of the station (t05 and duration are not
        independent in a window), else that of a record of similar scenario; both are corrected
        for the difference in distance.
        """
        own = np.flatnonzero(self.levels.stations == station)
        if source_record is not None and self.levels.stations[source_record] == station:
            i = source_record
        else:
            separation = self._scenario_distance(scenario)[own]
            known = np.isfinite(separation).any()
            weight = np.exp(-0.5 * (separation - separation.min())) if known else np.ones(len(own))
            i = own[rng.choice(len(own), p=weight / weight.sum())]
        farther = scenario.distance - self.levels.distances[i]
        farther = farther if np.isfinite(farther) else 0.0
        return max(self.t05s[i] + self._delay * farther, 0.5 * min(self.t05s[own]))

    def cholesky_coefficients(self, station, rng):
        """Coherencies of a new record of the station, as coefficients ``(6, network's bands)``."""
        return cholesky_coefficients(self.coherencies.draw(station, rng))

    def duration(self, station, scenario, t05, source_record, decoded, rng):
        """
        Ln duration of a new record, see :mod:`obspy_tng.groundmotion.durations`.

        :param station: station id.
        :param scenario: :class:`~obspy_tng.groundmotion.scenario.Scenario`.
        :param t05: share of the window.
        :param source_record: index, or None.
        :param decoded: ln duration of the decoded envelope. With a source record of another
            station, its deviation from the mean of that station is used.
        :param rng: ``numpy.random.Generator``.
        """
        if source_record is not None:
            there = self.durations.stations[self.levels.stations[source_record]][0]
            decoded = self.durations.stations[station][0] + self.decoded[source_record] - there
        return self.durations.draw(station, decoded, t05, scenario, rng)

    def _scenario_distance(self, scenario):
        return scenario_distance(self.levels.magnitudes, self.levels.distances,
                                 self.levels.depths, scenario)

    @cached_property
    def _delay(self):
        """Delay of t05 with distance (s/km), within stations; at least 0."""
        known = np.isfinite(self.levels.distances)
        x, y = self.levels.distances[known], self.t05s[known]
        stations = self.levels.stations[known]
        for station in set(stations):
            own = stations == station
            x, y = (np.where(own, v - v[own].mean(), v) for v in (x, y))
        # the time from P to S increases by 0.1 to 0.15 s per km; more is chance
        return float(np.clip((x @ y) / max(x @ x, 1.0), 0.0, 0.15)) \
            if known.sum() >= FEWEST_RECORDS else 0.0


def fit_bank(bank, filters, levels, decoded):
    """
    Fit durations and coherencies to a bank.

    :param bank: dict station -> :class:`~obspy_tng.records.enrolled.Enrolled`.
    :param filters: :class:`~obspy_tng.signal.evolutionary.FilterBank`.
    :param levels: :class:`~obspy_tng.methods.bank_levels.BankLevels` of the bank.
    :param decoded: dict station -> ln durations of the decoded envelopes of its records.
    :return: :class:`BankModel`.
    """
    first = next(iter(bank.values()))
    arrays = {key: np.concatenate([e.arrays[key] for e in bank.values()])
              for key in first.arrays if key != "data"}
    decoded = np.concatenate([decoded[station] for station in bank])
    window, coherency = filters.npts / filters.sampling_rate, arrays["coherency"]
    samples = frames.with_bands(frames.frame_weights(filters, 1), coherency.shape[-1], 0)
    return BankModel(
        levels=levels,
        durations=fit_durations(decoded, arrays["duration"], arrays["onset"] / window,
                                levels.stations, levels.magnitudes, levels.distances,
                                levels.depths),
        coherencies=fit_coherencies(coherency[:, ::2] + 1j * coherency[:, 1::2],
                                    1 / np.outer(arrays["fill"], samples), levels.stations),
        names=[info["record_id"] for enrolled in bank.values() for info in enrolled.infos],
        mu=arrays["mu"], logvar=arrays["logvar"], t05s=arrays["onset"], decoded=decoded)
