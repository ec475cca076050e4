"""
What all enrolled records tell ``architecture="tng"``: levels, durations and coherencies of
stations, and who lends a z.
"""

from dataclasses import dataclass, field

import numpy as np

from ...exceptions import TNGInputError
from ...groundmotion import band_levels, scenario
from ...groundmotion.coherency import CoherencyModel, cholesky_coefficients, fit_coherencies
from ...groundmotion.durations import DurationModel, fit_durations
from ...records.record import earthquakes, info_values
from ...signal import frames

#: weight of a record of the station itself beside those of others
OWN_WEIGHT = 10.0
#: records near the earthquake asked for with which half of the draws are from the prior
PRIOR_WEIGHT = 2.0


@dataclass
class BankModel:
    """What drawing needs of all enrolled records: levels, durations, z, earthquakes."""

    model: band_levels.BandLevelModel
    terms: dict
    magnitudes: np.ndarray
    distances: np.ndarray
    depths: np.ndarray
    stations: np.ndarray
    names: list
    mu: np.ndarray
    logvar: np.ndarray
    t05s: np.ndarray
    delay: float
    decoded: np.ndarray
    durations: DurationModel
    coherencies: CoherencyModel
    drawers: dict = field(default_factory=dict)

    def drawer(self, station):
        """The function that draws a station's levels, made once."""
        if station not in self.drawers:
            self.drawers[station] = self.model.drawer(self.terms[station])
        return self.drawers[station]

    def draw_scenario(self, station, rng):
        """Magnitude, distance and depth of a record of the station, else of any."""
        known = np.isfinite(self.magnitudes) & np.isfinite(self.distances)
        own = np.flatnonzero(known & (self.stations == station))
        choice = own if len(own) else np.flatnonzero(known)
        if len(choice):
            i = rng.choice(choice)
            return self.magnitudes[i], self.distances[i], self.depths[i]
        _, magnitude, ln_ratio, _ = rng.multivariate_normal(self.model.predictor_mean,
                                                            self.model.predictor_covariance)
        return 6 + magnitude, band_levels.REFERENCE_DISTANCE * np.exp(ln_ratio), np.nan

    def t05(self, station, magnitude, distance, rng, source_record=None):
        """
        When a record's energy sets in (s): as in the record of the station that lends its z (one
        that sets in late has less of the window to go on in), else as in one of about that
        magnitude and distance; corrected for what differs in distance.
        """
        own = np.flatnonzero(self.stations == station)
        if source_record is not None and self.stations[source_record] == station:
            i = source_record
        else:
            separation = self._scenario_distance(magnitude, distance)[own]
            known = np.isfinite(separation).any()
            weight = np.exp(-0.5 * (separation - separation.min())) if known else np.ones(len(own))
            i = own[rng.choice(len(own), p=weight / weight.sum())]
        farther = distance - self.distances[i] if np.isfinite(self.distances[i]) else 0.0
        return max(self.t05s[i] + self.delay * farther, 0.5 * min(self.t05s[own]))

    def cholesky_coefficients(self, station, rng):
        """Couplings of a new record of the station, ``(6, network's bands)``."""
        return cholesky_coefficients(self.coherencies.draw(station, rng))

    def duration(self, station, magnitude, distance, t05, rng, source_record, decoded):
        """
        ln duration of a new record, see :mod:`obspy_tng.groundmotion.durations`; with the z of a
        record of another station it is as much longer or shorter than usual as that one is at
        home.
        """
        if source_record is not None:
            at_home = self.durations.stations[self.stations[source_record]][0]
            decoded = self.durations.stations[station][0] + self.decoded[source_record] - at_home
        return self.durations.draw(station, decoded, t05, magnitude, distance, rng)

    def _scenario_distance(self, magnitude, distance):
        return scenario.scenario_distance(self.magnitudes, self.distances, magnitude, distance)

    def source_record(self, station, magnitude, distance, rng):
        """Index of a record that lends its z, or None for the prior."""
        weight = np.exp(-0.5 * self._scenario_distance(magnitude, distance))
        weight *= np.where(self.stations == station, OWN_WEIGHT, 1.0)
        total = weight.sum() + PRIOR_WEIGHT
        choice = rng.choice(len(weight) + 1, p=np.append(weight, PRIOR_WEIGHT) / total)
        return None if choice == len(weight) else choice


def bank_model(bank, filters, prior, decoded):
    """
    Fit levels, durations and coherencies to a bank.

    :param bank: dict station -> :class:`~obspy_tng.station_generator.Enrolled`.
    :param filters: :class:`~obspy_tng.signal.evolutionary.FilterBank`.
    :param prior: :class:`~obspy_tng.groundmotion.band_levels.BandLevelModel` of simulated
        stations, or None.
    :param decoded: dict station -> ln durations of what is decoded of its records.
    :return: :class:`BankModel`.
    :raises TNGInputError: if nothing is known of earthquakes in general.
    """
    infos = [info for enrolled in bank.values() for info in enrolled.infos]
    stations = np.repeat(list(bank), [len(e) for e in bank.values()])
    events = np.array(earthquakes(infos))
    values = [info_values(infos, key) for key in ("magnitude", "distance", "depth")]
    arrays = {key: np.concatenate([e.arrays[key] for e in bank.values()])
              for key in bank[stations[0]].arrays if key != "data"}
    known = np.flatnonzero(np.isfinite(values[0]) & np.isfinite(values[1]))
    if len(known) >= band_levels.FEWEST_RECORDS:
        model = band_levels.fit_band_levels(arrays["levels"][known], stations[known], events[known],
                                    *(v[known] for v in values), filters.center_frequencies,
                                    prior)
    elif prior is not None:
        model = prior
    else:
        raise TNGInputError(
            f"only {len(known)} enrolled records know their magnitude and distance, and this "
            f"model has no prior of levels: {band_levels.FEWEST_RECORDS} are needed")
    terms = {}
    for station in bank:
        own = np.flatnonzero(stations == station)
        # an event that only this station recorded is no news about it
        elsewhere = set(events[stations != station])
        names = [e if e in elsewhere else None for e in events[own]]
        terms[station] = model.station(arrays["levels"][own], names,
                                       *(v[own] for v in values))
    decoded = np.concatenate([decoded[station] for station in bank])
    window, coherency = filters.npts / filters.sampling_rate, arrays["coherency"]
    samples = frames.with_bands(frames.frame_weights(filters, 1), coherency.shape[-1], 0)
    return BankModel(model, terms, *values, stations,
                     [info["record_id"] for info in infos], arrays["mu"], arrays["logvar"],
                     arrays["onset"], _delay(arrays["onset"], values[1], stations), decoded,
                     fit_durations(decoded, arrays["duration"], arrays["onset"] / window,
                                   stations, *values[:2]),
                     fit_coherencies(coherency[:, ::2] + 1j * coherency[:, 1::2],
                                     1 / np.outer(arrays["fill"], samples), stations))


def _delay(t05, distances, stations):
    """By how much the energy comes later with distance (s/km), within stations; at least 0."""
    known = np.isfinite(distances)
    x, y = distances[known], t05[known]
    for station in set(stations[known]):
        own = stations[known] == station
        x, y = (np.where(own, v - v[own].mean(), v) for v in (x, y))
    # S after P comes 0.1 to 0.15 s later with every km; more is chance
    return float(np.clip((x @ y) / max(x @ x, 1.0), 0.0, 0.15)) \
        if known.sum() >= band_levels.FEWEST_RECORDS else 0.0
