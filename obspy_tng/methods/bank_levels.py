"""
Band levels of a bank: scenarios, station terms and levels of new records.

:class:`BankLevels` is common to all methods that draw band levels. It does not depend on
waveforms.
"""

from dataclasses import dataclass, replace

import numpy as np

from .._random import shared_rng
from ..exceptions import TNGInputError, warn
from ..groundmotion.band_levels import BandLevelModel, to_levels
from ..groundmotion.censoring import impute_rest, without_noise
from ..groundmotion.floor_match import match_floors
from ..groundmotion.level_fit import FEWEST_RECORDS, fit_band_levels
from ..groundmotion.scenario import FAR_DISTANCE, FAR_MAGNITUDE, Coverage, draw_known
from ..groundmotion.site_terms import site_terms
from ..groundmotion.source_records import sound_components
from ..groundmotion.station_terms import (
    StationLevels,
    infer_predictors,
    station_evidence,
    station_terms,
)
from ..records.earthquakes import earthquakes
from ..records.info import info_values
from .bank_noise import BankNoise, bank_noise

#: choices of a station's term from its posterior
UNCERTAINTIES = ("mean", "drawn")


@dataclass(frozen=True)
class BankLevels:
    """
    Band levels of all stations of a bank.

    :param model: :class:`~obspy_tng.groundmotion.band_levels.BandLevelModel`.
    :param by_station: dict station id ->
        :class:`~obspy_tng.groundmotion.station_terms.StationLevels`.
    :param coverage: scenarios of the records and of the prior.
    :param stations: array (n,), station of each record.
    :param magnitudes: array (n,), NaN where unknown.
    :param distances: array (n,), epicentral, km, NaN where unknown.
    :param depths: array (n,), km, NaN where unknown.
    :param usable: Hz, lowest and highest frequency that the bands and the records have.
    :param noise: :class:`~obspy_tng.methods.bank_noise.BankNoise`.
    """

    model: BandLevelModel
    by_station: dict
    coverage: Coverage
    stations: np.ndarray
    magnitudes: np.ndarray
    distances: np.ndarray
    depths: np.ndarray
    usable: tuple
    noise: BankNoise

    def check(self, scenarios):
        """
        Warn of scenarios that are far outside of the coverage of the data or very far from the
        enrolled records, and of any if no record has a known one: how strong they are is then known
        from simulated networks alone.

        :param scenarios: list of :class:`~obspy_tng.groundmotion.scenario.Scenario`.
        :raises TNGInputError: if one is not possible, or if only one of magnitude and distance
            is given.
        """
        given = [asked for asked in dict.fromkeys(scenarios) if asked.given]
        known = np.isfinite(self.magnitudes + self.distances).any()
        if given and len(self.magnitudes) and not known:
            warn("no enrolled record has a magnitude and a distance: the level of a "
                 "scenario can be several times too high or too low "
                 "(stats.tng.station_sd); give them to the records if they are known")
        for asked in given:
            self.coverage.check(asked, "; stats.tng.scaling_sd says how sure the scaling is")
            if not known or self.coverage.extrapolated(asked):
                continue
            recorded = Coverage.of(self.magnitudes, self.distances, self.depths)
            if not recorded.near(asked, FAR_MAGNITUDE, FAR_DISTANCE):
                warn(f"magnitude {asked.magnitude:g} at {asked.distance:g} km is far from "
                     f"the enrolled records ({recorded}): from there on it is scaled as "
                     "simulated networks are; stats.tng.scaling_sd says how sure that is")

    def draw_scenario(self, station, asked, rng):
        """
        The scenario of a new record: the requested one, else that of a record of the station.

        If no record of the station has a known scenario, it is inferred from their levels.

        :param station: station id.
        :param asked: :class:`~obspy_tng.groundmotion.scenario.Scenario`.
        :param rng: ``numpy.random.Generator``.
        :return: Scenario with magnitude and distance.
        """
        if asked.given:
            return asked
        own = self.stations == station
        found = draw_known(*(np.where(own, v, np.nan) for v in (
            self.magnitudes, self.distances, self.depths)), rng)
        if found is not None:
            return found
        if not own.any():
            raise TNGInputError(f"station {station!r} has no records whose earthquakes could be "
                                "taken: give magnitude and distance")
        return self.by_station[station].draw_scenario(rng)

    def station_term(self, station, uncertainty, rng):
        """
        A station's term.

        :param station: station id.
        :param uncertainty: ``"mean"`` of the posterior, or ``"drawn"`` from it, once for all
            realizations of a seed.
        :param rng: generator of any of the realizations.
        :return: array (3 bands,).
        """
        term = self.by_station[station].term
        return term.delta_s2s if uncertainty == "mean" else term.draw(shared_rng(rng))

    def draw_levels(self, station, scenario, delta_s2s, rng):
        """
        Band levels of the ground motion of a new record.

        :param station: station id.
        :param scenario: Scenario with magnitude and distance.
        :param delta_s2s: array (3 bands,), of :meth:`station_term`.
        :param rng: ``numpy.random.Generator``.
        :return: array (3, bands), ln energy of Z, N, E.
        """
        return self.by_station[station].draw(scenario, delta_s2s, rng)

    def with_noise(self, station, levels, rng):
        """
        Band levels of ground motion and noise.

        :param station: station id.
        :param levels: array (3, bands), of the motion.
        :param rng: ``numpy.random.Generator``.
        :return: array (3, bands), ln energy.
        """
        return np.logaddexp(levels, self.noise.floors.draw(station, rng))

    def expected(self, scenario, delta_s2s):
        """Contrasts ``(3 bands,)`` that scenario and station explain."""
        return self.model.expected(*scenario.arrays)[0] + delta_s2s

    def residuals(self, levels):
        """
        What scenario and station do not explain of the ground motion of all records.

        :param levels: array (n, 3, bands), of motion and noise.
        :return: contrasts (n, 3 bands); where noise hides the motion, as in other bands.
        """
        motion = without_noise(levels, self.noise.hidden)
        found = (motion.contrasts
                 - self.model.expected(self.magnitudes, self.distances, self.depths)
                 - np.stack([self.by_station[s].term.delta_s2s for s in self.stations]))
        found = impute_rest(found, motion.censored)
        unknown = ~np.isfinite(self.magnitudes + self.distances)
        inferred, _ = infer_predictors(self.model, found[unknown])
        found[unknown] -= inferred @ self.model.slopes[1:]
        return found

    def notes(self, station, scenario):
        """
        Fields of ``stats.tng`` on a record's levels.

        :return: dict: drawn scenario; ``extrapolated``, whether it is far outside of the
            coverage of the data, and ``scaling_sd``, the standard deviation of the scaling to it;
            ``station_sd`` and ``station_hvsr_sd``, posterior standard deviations of the
            station's level and HVSR (all in ln amplitude); ``freqmin`` and ``freqmax``, Hz, where
            the record may be used.
        """
        level, hvsr = self.by_station[station].term.sd
        return {"drawn_magnitude": float(scenario.magnitude),
                "drawn_distance": float(scenario.distance),
                "extrapolated": self.coverage.extrapolated(scenario),
                "scaling_sd": round(self.model.scaling_sd(scenario), 3),
                "station_sd": round(level, 3), "station_hvsr_sd": round(hvsr, 3),
                "freqmin": self.usable[0], "freqmax": self.usable[1]}


def fit_bank_levels(bank, filters, prior=None, sites=None):
    """
    Fit band levels to a bank.

    Records with a dead or polluted component are left out.

    :param bank: dict station id -> :class:`~obspy_tng.records.enrolled.Enrolled` with an array
        ``levels`` (n, 3, bands).
    :param filters: :class:`~obspy_tng.signal.evolutionary.FilterBank` of the levels.
    :param prior: :class:`~obspy_tng.groundmotion.band_levels.BandLevelModel` of other
        stations, or None.
    :param sites: dict station id -> :class:`~obspy_tng.groundmotion.site_terms.Site`; these
        stations need no records.
    :return: :class:`BankLevels`
    :raises TNGInputError: for too few records with magnitude and distance and no prior.
    """
    infos = [info for enrolled in bank.values() for info in enrolled.infos]
    stations = np.repeat(list(bank), [len(enrolled) for enrolled in bank.values()])
    levels = np.concatenate([enrolled.arrays["levels"] for enrolled in bank.values()])
    sound = sound_components(levels, stations, filters.center_frequencies)
    events = np.array(earthquakes(infos))
    values = [info_values(infos, key) for key in ("magnitude", "distance", "depth")]
    known = np.isfinite(values[0]) & np.isfinite(values[1])
    noise = bank_noise(bank, filters, sites)
    chosen = np.flatnonzero(sound & known)
    enough = len(chosen) >= FEWEST_RECORDS
    if enough:
        model = fit_band_levels(levels[chosen], stations[chosen], events[chosen],
                                *(v[chosen] for v in values), filters.center_frequencies, prior,
                                noise.hidden[chosen])
    elif prior is not None:
        model = prior
    else:
        raise TNGInputError(
            f"only {len(chosen)} enrolled records have a magnitude and a distance, and there is "
            f"no prior of band levels: {FEWEST_RECORDS} are needed")
    evidence, sites = {}, sites or {}
    for station in dict.fromkeys([*bank, *sites]):
        own = np.flatnonzero((stations == station) & (sound | ~sound[stations == station].any()))
        # an event that only this station recorded has no independent event term
        elsewhere = set(events[stations != station])
        names = [event if event in elsewhere else None for event in events[own]]
        evidence[station] = station_evidence(model, levels[own], names, *(v[own] for v in values),
                                             noise.hidden[own])
    terms = station_terms(model, evidence, site_terms(sites, set(bank), model))
    if enough:
        noise = replace(noise, floors=_matched_floors(
            noise.floors, model, terms, levels[chosen], stations[chosen], events[chosen],
            [v[chosen] for v in values]))
    return BankLevels(model, {station: StationLevels(model, term)
                              for station, term in terms.items()},
                      _covered(model, prior, values), stations, *values, _usable(infos, filters),
                      noise)


def _matched_floors(floors, model, terms, levels, stations, events, values):
    """Noise floors with which scenarios and station terms explain the levels of the records."""
    motion = to_levels(model.expected(*values) + np.stack(
        [terms[station].delta_s2s for station in stations]))
    return match_floors(floors, levels, motion, model.level_sd(), stations, events)


def _covered(model, prior, values):
    """Coverage of the model, of its prior and of the records with a known scenario."""
    coverage = model.coverage
    if prior is not None:
        coverage = coverage | prior.coverage
    if np.isfinite(values[0] + values[1]).any():
        coverage = coverage | Coverage.of(*values)
    return coverage


def _usable(infos, filters):
    """Lowest and highest frequency of the bands and of most records, Hz."""
    found = []
    for key, edge, strict in (("freqmin", 0, max), ("freqmax", -1, min)):
        corners = info_values(infos, key)
        corners = corners[np.isfinite(corners)]
        edge = float(filters.center_frequencies[edge])
        found.append(strict(edge, float(np.median(corners))) if len(corners) else edge)
    return tuple(found)
