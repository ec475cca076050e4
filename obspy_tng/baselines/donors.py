"""
Donor noise: a control for few records without a network
========================================================

The time history of band powers of any record can be transferred to another station. The band
levels of this donor are changed to the requested magnitude and distance and to the station term of
the target (:mod:`obspy_tng.groundmotion.band_levels`), and Gaussian noise is shaped by the result.
The station term of the target comes from its enrolled records, however few, and a prior.
"""

import numpy as np

from ..exceptions import TNGInputError
from ..groundmotion import level_fit, scenario
from ..groundmotion.band_levels import to_contrasts, to_levels
from ..groundmotion.station_terms import station_evidence, station_terms
from ..records.earthquakes import earthquakes
from ..records.info import info_values
from ..records.record import group_by_station
from ..signal import evolutionary
from ..station_generator import StationGenerator


class DonorNoise(StationGenerator):
    """
    Noise shaped by donor records, with band levels of the station and the requested scenario.

    ``fit`` takes the records of all stations as donors (and enrols them); ``enroll`` adds
    stations without donors. Donors need a magnitude and a distance.

    :param prior: :class:`~obspy_tng.groundmotion.band_levels.BandLevelModel` of another network
        for the station covariance, e.g. ``fit`` on a simulated one: ``DonorNoise(...).fit(
        simulated).terms``; None: a default.
    """

    name = "donor noise"

    def __init__(self, sampling_rate=100.0, window=60.0, prior=None):
        super().__init__(sampling_rate, window)
        self.prior = prior
        self.terms = None
        self._donors = None
        self._posteriors = {}
        self._filters = evolutionary.FilterBank.of_window(self.npts, self.sampling_rate)

    def fit(self, records, inventory=None, *, allow_generated=False):
        """
        Learn the terms and take the records as donors.

        :param records: iterable of records; those without magnitude or distance are
            enrolled, but are no donors.
        :param inventory: Inventory; optional.
        :param allow_generated: see :meth:`enroll`.
        :return: self
        :raises TNGInputError: if too few records have magnitude and distance.
        """
        records = group_by_station(records)
        checked = self._checked(records, allow_generated)
        joined = self._joined(inventory, records)
        donors = _Donors(self._filters, checked)
        self.terms = level_fit.fit_band_levels(
            donors.levels, donors.stations, donors.events, donors.magnitudes, donors.distances,
            donors.depths, self._filters.center_frequencies, self.prior)
        donors.subtract_terms(self.terms)
        self._donors = donors
        self._add(checked)
        self._source_inventory = joined
        return self

    def _encode(self, station, data, infos):
        self._posteriors = {}
        return {"data": data.astype(np.float32),
                "levels": evolutionary.band_levels(self._filters, data)}

    def _draw(self, station, rngs, scenarios):
        if self.terms is None:
            raise TNGInputError("donor noise needs fit() with the donors' records first")
        term = self._station_term(station)
        drawn = [self._realize(station, term, rng, asked)
                 for rng, asked in zip(rngs, scenarios, strict=True)]
        return np.stack([d for d, _ in drawn]), [note for _, note in drawn]

    def _station_term(self, station):
        """Posterior mean of a station's term."""
        if not self._posteriors:
            evidence = {name: station_evidence(self.terms, enrolled.arrays["levels"],
                                               *_events_of(enrolled.infos))
                        for name, enrolled in self._bank.items()}
            self._posteriors = station_terms(self.terms, evidence)
        return self._posteriors[station].delta_s2s

    def _realize(self, station, term, rng, asked):
        drawn = asked if asked.given else self._any_scenario(station, rng)
        i = self._donors.choose(drawn, rng)
        target = to_levels(self.terms.expected(*drawn.arrays)[0] + term
                           + self._donors.residuals[i])
        wave = evolutionary.noise_like(self._filters, self._donors.data[i].astype(float), rng)
        return evolutionary.finish_record(self._filters, wave, target), {
            "sampler": self.name, "sources": [self._donors.names[i]],
            "drawn_magnitude": float(drawn.magnitude), "drawn_distance": float(drawn.distance)}

    def _any_scenario(self, station, rng):
        """Scenario of an enrolled record, else of a donor."""
        return scenario.draw_known(*_events_of(self._bank[station].infos)[1:], rng) \
            or scenario.draw_known(self._donors.magnitudes, self._donors.distances,
                                   self._donors.depths, rng)


class _Donors:
    """Records with magnitude and distance, and their band levels."""

    def __init__(self, filters, checked):
        rows = [(station, data, info) for station, (block, infos) in checked.items()
                for data, info in zip(block, infos, strict=True)
                if info["magnitude"] is not None and info["distance"] is not None]
        if not rows:
            raise TNGInputError("no record has a magnitude and a distance; donors need both")
        self.stations = [station for station, _, _ in rows]
        self.data = np.stack([data for _, data, _ in rows]).astype(np.float32)
        infos = [info for _, _, info in rows]
        self.names = [info["record_id"] for info in infos]
        self.events, self.magnitudes, self.distances, self.depths = _events_of(infos)
        self.levels = evolutionary.band_levels(filters, self.data)
        self.residuals = None

    def subtract_terms(self, terms):
        """Residuals of the donors' contrasts, without scenario and station term."""
        self.residuals = to_contrasts(self.levels) - terms.expected(
            self.magnitudes, self.distances, self.depths)
        stations = np.array(self.stations)
        rows = {station: np.flatnonzero(stations == station) for station in set(self.stations)}
        evidence = {station: station_evidence(
            terms, self.levels[own], [self.events[i] for i in own], self.magnitudes[own],
            self.distances[own], self.depths[own]) for station, own in rows.items()}
        for station, term in station_terms(terms, evidence).items():
            self.residuals[rows[station]] -= term.delta_s2s

    def choose(self, asked, rng):
        """Index of a donor with a similar scenario."""
        separation = scenario.scenario_distance(self.magnitudes, self.distances, self.depths,
                                                asked)
        weight = np.exp(-0.5 * (separation - separation.min()))
        return rng.choice(len(weight), p=weight / weight.sum())


def _events_of(infos):
    """Event ids; magnitudes, distances and depths (NaN where unknown) of infos."""
    return (earthquakes(infos), *(info_values(infos, key)
                                  for key in ("magnitude", "distance", "depth")))
