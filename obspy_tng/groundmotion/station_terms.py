"""
Posterior of a station's term, and new band levels.

The prior of a station's term delta_s2s is that of the region plus site-to-site variability. All
enrolled stations constrain the term of the region. The records of a station, however few, then
give the posterior. With many stations the region is known, and the prior is that of a station in
it. A single station keeps the level of its records.
"""

from dataclasses import dataclass
from functools import cached_property

import numpy as np

from .band_levels import BandLevelModel, to_levels
from .censoring import equivalent_data, impute_rest, without_noise
from .level_fit import smooth_bands
from .scaling import REFERENCE_DISTANCE, REFERENCE_MAGNITUDE, epicentral_distance
from .scenario import Scenario
from .site_terms import SiteTerm

#: weight of the usual scatter, in records
PRIOR_RECORDS = 8
#: variance of data that noise hides, before steps of Newton's method that find what they tell
HIDDEN, NEWTON = 1e4, 2
#: largest standard normal by which scenarios that are not known are drawn
LARGEST_DEVIATION = 2.5


@dataclass(frozen=True)
class Evidence:
    """
    Likelihood of a station's term from its records, without a prior.

    :param precision: array (D, D), inverse covariance of the term.
    :param weighted: array (D,), precision times the term.
    :param rest: array (n, D), records less what an average station has.
    :param known: array (n,), whether magnitude and distance are known.
    :param censored: boolean array (n, D), what noise hides of them.
    """

    precision: np.ndarray
    weighted: np.ndarray
    rest: np.ndarray
    known: np.ndarray
    censored: np.ndarray


@dataclass(frozen=True)
class StationTerm:
    """
    Posterior of a station's term.

    :param delta_s2s: array (D,), mean.
    :param covariance: array (D, D).
    :param scatter_ratio: array (D,), standard deviation of the station's records about its mean
        (earthquakes and residuals), relative to that of the model.
    :param inferred: array (k, 3), most probable M - 6, ln R / R0 and R / R0 - 1 of the records
        whose scenario is not known.
    :param inferred_covariance: array (3, 3), of their errors.
    """

    delta_s2s: np.ndarray
    covariance: np.ndarray
    scatter_ratio: np.ndarray
    inferred: np.ndarray
    inferred_covariance: np.ndarray

    @property
    def sd(self):
        """Posterior standard deviations of level and HVSR, ln amplitude, rms over the bands."""
        variances = np.diag(self.covariance).reshape(3, -1)
        return tuple(float(0.5 * np.sqrt(part.mean())) for part in variances[:2])

    def draw(self, rng):
        """A term from the posterior, array (D,)."""
        factor = np.linalg.cholesky(self.covariance)
        return self.delta_s2s + factor @ rng.standard_normal(len(factor))


@dataclass(frozen=True)
class StationLevels:
    """
    Distribution of the band levels of a station's records.

    :param model: :class:`~obspy_tng.groundmotion.band_levels.BandLevelModel`.
    :param term: :class:`StationTerm`.
    """

    model: BandLevelModel
    term: StationTerm

    @cached_property
    def _factors(self):
        """Cholesky factors of event terms and of residuals at this station."""
        ratio, model = self.term.scatter_ratio, self.model
        return [np.linalg.cholesky(np.outer(sd * ratio, sd * ratio) * correlation)
                for sd, correlation in ((model.tau, model.event_correlation),
                                        (model.phi_ss, model.residual_correlation))]

    def draw_scenario(self, rng):
        """
        Scenario of a new record, if no record has a known one.

        Band levels roughly determine magnitude and distance of an earthquake. The scenario is that
        of one of the records, drawn with its uncertainty.

        :param rng: ``numpy.random.Generator``.
        :return: :class:`~obspy_tng.groundmotion.scenario.Scenario`.
        """
        mean = self.term.inferred[rng.integers(len(self.term.inferred))]
        noise = np.clip(rng.standard_normal(3), -LARGEST_DEVIATION, LARGEST_DEVIATION)
        x = mean + np.linalg.cholesky(self.term.inferred_covariance) @ noise
        magnitude = REFERENCE_MAGNITUDE + x[0]
        return Scenario(float(magnitude), epicentral_distance(
            magnitude, REFERENCE_DISTANCE * np.exp(x[1])))

    def draw(self, scenario, delta_s2s, rng):
        """
        Band levels of a new record.

        :param scenario: :class:`~obspy_tng.groundmotion.scenario.Scenario` with magnitude and
            distance.
        :param delta_s2s: array (D,), the station's term: its mean, or a draw from it.
        :param rng: ``numpy.random.Generator``.
        :return: array (3, bands), ln energy of Z, N, E.
        """
        event, residual = self._factors
        noise = rng.standard_normal((2, len(delta_s2s)))
        return to_levels(self.model.expected(*scenario.arrays)[0] + delta_s2s
                         + event @ noise[0] + residual @ noise[1])


def station_evidence(model, levels, events, magnitudes, distances, depths, noise=None):
    """
    Likelihood of the records of one station.

    :param model: :class:`~obspy_tng.groundmotion.band_levels.BandLevelModel`.
    :param levels: array (n, 3, bands), ln energy of Z, N, E.
    :param events: n event ids; those of the model are known, others are not.
    :param magnitudes: array (n,), NaN where unknown.
    :param distances: array (n,), epicentral, km, NaN where unknown.
    :param depths: array (n,), km, NaN where unknown.
    :param noise: array (n, 3, bands), band levels of the noise; None: there is none.
    :return: :class:`Evidence`
    """
    known = np.isfinite(magnitudes) & np.isfinite(distances)
    motion = without_noise(levels, noise)
    rest, censored = motion.contrasts - model.expected(magnitudes, distances, depths), \
        motion.censored
    terms, counts = zip(*(model.events.get(event, (0.0, 0)) for event in events), strict=True) \
        if len(events) else ((), ())
    cases = list(zip(counts, known.tolist(), strict=True))
    covariances = {case: model.record_covariance(*case) for case in set(cases)}
    of_event = np.reshape([term + np.zeros(rest.shape[1]) for term in terms], rest.shape)
    found = _evidence(rest - of_event, np.where(censored, HIDDEN, 0.0), cases, covariances)
    if censored.any():
        sd = np.sqrt([np.diag(covariances[case]) for case in cases])
        prior = np.linalg.inv(model.station_covariance + model.region_covariance)
        for _ in range(NEWTON):
            delta_s2s = np.linalg.solve(prior + found[0], found[1])
            found = _evidence(*equivalent_data(rest - of_event, censored, delta_s2s, sd), cases,
                              covariances)
    return Evidence(*found, impute_rest(rest, censored), known, censored)


def _evidence(data, more, cases, covariances):
    """
    Precision and weighted mean of records.

    :param data: array (n, D), records less what is expected.
    :param more: array (n, D), variances in addition to the covariance of a record.
    :param cases: n keys of ``covariances``.
    :param covariances: dict of arrays (D, D).
    :return: arrays (D, D) and (D,).
    """
    precision, weighted = np.zeros((data.shape[1],) * 2), np.zeros(data.shape[1])
    plain = {case: np.linalg.inv(covariance) for case, covariance in covariances.items()}
    for case, record, extra in zip(cases, data, more, strict=True):
        inverse = plain[case] if not extra.any() else np.linalg.inv(
            covariances[case] + np.diag(extra))
        precision += inverse
        weighted += inverse @ record
    return precision, weighted


def station_terms(model, evidence, sites=None):
    """
    Posterior of every station's term, given the records of all.

    :param model: :class:`~obspy_tng.groundmotion.band_levels.BandLevelModel`.
    :param evidence: dict station -> :class:`Evidence`.
    :param sites: dict station -> :class:`~obspy_tng.groundmotion.site_terms.SiteTerm`; stations
        without one have the prior of all.
    :return: dict station -> :class:`StationTerm`.
    """
    sites, size = sites or {}, len(model.phi_s2s)
    priors = {station: sites.get(station) or SiteTerm.unknown(model) for station in evidence}
    # what each station tells of the region: its term has the variance of stations besides
    of_region = {}
    for station, own in evidence.items():
        prior = priors[station]
        site = np.linalg.inv(prior.covariance_of(model))
        gain = site @ np.linalg.inv(own.precision + site)
        of_region[station] = (gain @ own.precision,
                              gain @ (own.weighted - own.precision @ prior.mean))
    total = [sum(parts) for parts in zip(*of_region.values(), strict=True)]
    unseen = np.linalg.inv(model.region_covariance + 1e-6 * np.eye(size))
    terms = {}
    for station, own in evidence.items():
        precision, weighted = (t - o for t, o in zip(total, of_region[station], strict=True))
        region, prior = np.linalg.inv(unseen + precision), priors[station]
        terms[station] = _posterior(model, own, region @ weighted + prior.mean,
                                    region + prior.covariance_of(model))
    return terms


def _posterior(model, own, mean, covariance):
    """:class:`StationTerm` of a Gaussian prior and a station's :class:`Evidence`."""
    prior = np.linalg.inv(covariance)
    posterior = np.linalg.inv(prior + own.precision)
    posterior = 0.5 * (posterior + posterior.T)
    delta_s2s = posterior @ (prior @ mean + own.weighted)
    deviation, spread = own.rest - delta_s2s, np.diag(posterior)
    inferred, errors = infer_predictors(model, deviation[~own.known])
    # Scatter of records about the station's mean, earthquakes included: where a station's
    # HVSR hardly changes, earthquakes do not change it either. That of few records says
    # little and is shrunk to the usual one.
    deviation[~own.known] -= inferred @ model.slopes[1:]
    explained = np.einsum("id,ij,jd->d", model.slopes[1:], errors, model.slopes[1:])
    squares = np.square(deviation) + spread + np.where(own.known[:, None], 0.0, explained)
    usual = np.square(model.tau) + np.square(model.phi_ss)
    squares = np.where(own.censored, usual, squares)
    sums = smooth_bands(squares.sum(0) / usual, model.frequencies)
    ratio = np.sqrt((PRIOR_RECORDS + sums) / (PRIOR_RECORDS + len(squares)))
    return StationTerm(delta_s2s, posterior, ratio, inferred + model.predictor_mean[1:], errors)


def infer_predictors(model, deviation):
    """
    Predictors of records whose scenario is not known, relative to their mean.

    :param model: BandLevelModel.
    :param deviation: array (k, D), records less those of the station's mean scenario.
    :return: arrays (k, 3) and (3, 3): means and covariance of their errors.
    """
    prior = model.predictor_covariance[1:, 1:] + 1e-9 * np.eye(3)
    gain = np.linalg.solve(model.record_covariance(0), model.slopes[1:].T)
    errors = np.linalg.inv(np.linalg.inv(prior) + model.slopes[1:] @ gain)
    return deviation @ gain @ errors, errors
