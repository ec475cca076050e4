"""
Levels of frequency bands: earthquake, station and the rest
===========================================================

The ln energy of each band and component of a record is split into::

    level = a + b (M - 6) + c ln sqrt(R^2 + h^2) + event term + station term + residual

by a mixed model (best linear unbiased prediction, [Abrahamson_Youngs1992]_): terms are
shrunk by the ratio of their variance to that of the residual, and those
variances are found by iteration. The station term of a new station follows from any
number of its records by Bayes' rule; an event that other stations recorded too
is known, and what remains of its records says more about the ground.

.. [Abrahamson_Youngs1992] Abrahamson, N. A. and Youngs, R. R. (1992). A stable
   algorithm for regression analyses using the random effects model. Bull. Seismol.
   Soc. Am. 82(1), 505-510.
"""

from dataclasses import dataclass

import numpy as np

from .exceptions import TNGInputError
from .levels import SATURATION

#: weight of the prior station covariance, in stations
PRIOR_STATIONS = 20
#: where there is no prior: standard deviation (ln energy; 0.7 is a factor 1.4 in
#: amplitude) and correlation length (octaves) of station terms
DEFAULT_SD, DEFAULT_LENGTH = 1.0, 0.5
#: loading of covariances relative to their mean variance: they are estimated from
#: fewer records than they have rows
LOADING = 0.03
ITERATIONS = 15
#: fewest records with known magnitude and distance
FEWEST_RECORDS = 12


@dataclass(frozen=True)
class TermModel:
    """
    Mixed model of band levels; D is the number of components times bands.

    :param coefficients: array (3, D): a, b, c.
    :param stations: dict station -> station term (D,).
    :param events: dict event -> event term (D,).
    :param station_covariance: array (D, D).
    :param event_covariance: array (D, D).
    :param residual_covariance: array (D, D).
    :param predictor_mean: array (3,), mean predictors of the records.
    :param predictor_covariance: array (3, 3), of the predictors: for records whose
        magnitude or distance is not known.
    """

    coefficients: np.ndarray
    stations: dict
    events: dict
    station_covariance: np.ndarray
    event_covariance: np.ndarray
    residual_covariance: np.ndarray
    predictor_mean: np.ndarray
    predictor_covariance: np.ndarray

    def predict(self, magnitude, distance):
        """
        Level of an average station and event.

        :param magnitude: magnitude.
        :param distance: epicentral distance in km.
        :return: array (D,).
        """
        return predictors([magnitude], [distance])[0] @ self.coefficients

    def station_posterior(self, levels, events, magnitudes, distances):
        """
        Station term from the records of one station.

        :param levels: array (n, D).
        :param events: n event ids; those of the model are known, others are not.
        :param magnitudes: array (n,), NaN where unknown.
        :param distances: array (n,), km, NaN where unknown.
        :return: mean (D,) and covariance (D, D) of the station term.
        """
        precision = np.linalg.inv(self.station_covariance)
        weighted = np.zeros(levels.shape[1])
        inverses = {}
        known = np.isfinite(magnitudes) & np.isfinite(distances)
        for i, event in enumerate(events):
            x = predictors(magnitudes[i:i + 1], distances[i:i + 1])[0] if known[i] \
                else self.predictor_mean
            rest = levels[i] - x @ self.coefficients - self.events.get(event, 0.0)
            case = (event in self.events, bool(known[i]))
            if case not in inverses:
                inverses[case] = np.linalg.inv(self._noise(*case))
            precision = precision + inverses[case]
            weighted = weighted + inverses[case] @ rest
        covariance = np.linalg.inv(precision)
        return covariance @ weighted, covariance

    def _noise(self, event_known, predictors_known):
        """Covariance of a record about its station term."""
        noise = self.residual_covariance
        if not event_known:
            noise = noise + self.event_covariance
        if not predictors_known:
            noise = noise + self.coefficients.T @ self.predictor_covariance @ self.coefficients
        return noise


def predictors(magnitudes, distances):
    """
    Predictors of the earthquake.

    :param magnitudes: array (n,).
    :param distances: array (n,), epicentral, km.
    :return: array (n, 3): 1, M - 6, ln sqrt(R^2 + h^2) with h = 10 km.
    """
    r = np.sqrt(np.square(distances) + SATURATION ** 2)
    return np.column_stack([np.ones(len(r)), np.asarray(magnitudes) - 6.0, np.log(r)])


def fit_terms(levels, stations, events, magnitudes, distances, bands_per_octave=6, prior=None):
    """
    Fit a :class:`TermModel`.

    :param levels: array (n, components, bands), ln energy.
    :param stations: n station ids.
    :param events: n event ids.
    :param magnitudes: array (n,).
    :param distances: array (n,), epicentral, km.
    :param bands_per_octave: of the levels; only for the default prior.
    :param prior: TermModel of other stations (a simulated network, say) whose
        station covariance is blended with that of these; None: a default.
    :return: :class:`TermModel`
    :raises TNGInputError: for too few records.
    """
    if len(levels) < FEWEST_RECORDS:
        raise TNGInputError(f"band terms need at least {FEWEST_RECORDS} records with magnitude "
                            f"and distance, got {len(levels)}")
    y = levels.reshape(len(levels), -1)
    fixed = predictors(magnitudes, distances)
    groups = [_indicator(stations), _indicator(events)]
    design = np.hstack([fixed, *(columns for _, columns in groups)])
    sizes = [fixed.shape[1], *(columns.shape[1] for _, columns in groups)]
    solution, inverse, freedom = _solve(y, design, sizes)
    _, station_terms, event_terms = np.split(solution, np.cumsum(sizes)[:-1])
    misfit = y - design @ solution
    residual = misfit.T @ misfit / freedom

    def covariance(terms, first):
        # the terms' own scatter, and what shrinking took from it
        taken = np.trace(inverse[first:first + len(terms), first:first + len(terms)]) / len(terms)
        return terms.T @ terms / len(terms) + taken * residual

    of_stations = covariance(station_terms, sizes[0])
    base = prior.station_covariance if prior else _default_prior(levels.shape[1:],
                                                                 bands_per_octave)
    k = len(station_terms)
    blended = (k * of_stations + PRIOR_STATIONS * base) / (k + PRIOR_STATIONS)
    return TermModel(solution[:sizes[0]], dict(zip(groups[0][0], station_terms, strict=True)),
                     dict(zip(groups[1][0], event_terms, strict=True)), _loaded(blended),
                     _loaded(covariance(event_terms, sizes[0] + sizes[1])), _loaded(residual),
                     fixed.mean(0), np.cov(fixed.T))


def _indicator(names):
    unique = sorted(set(names))
    column = {name: i for i, name in enumerate(unique)}
    return unique, np.eye(len(unique))[[column[name] for name in names]]


def _solve(y, design, sizes):
    """Ridge solution with variance ratios found by iteration; inverse matrix, freedom."""
    ratios = np.array([1.0, 1.0])
    for _ in range(ITERATIONS):
        penalty = np.repeat([1e-6, *ratios], sizes)
        inverse = np.linalg.inv(design.T @ design + np.diag(penalty))
        solution = inverse @ (design.T @ y)
        freedom = len(y) - np.trace(design @ inverse @ design.T)
        noise = np.square(y - design @ solution).sum() / freedom / y.shape[1]
        for i, first in enumerate(np.cumsum(sizes)[:-1]):
            part = slice(first, first + sizes[i + 1])
            variance = (np.square(solution[part]).mean()
                        + noise * np.trace(inverse[part, part]) / sizes[i + 1])
            ratios[i] = noise / variance
    return solution, inverse, freedom


def _default_prior(shape, bands_per_octave):
    """Independent components, correlated along ln f."""
    components, bands = shape
    lag = np.abs(np.subtract.outer(np.arange(bands), np.arange(bands))) / bands_per_octave
    return np.kron(np.eye(components), DEFAULT_SD ** 2 * np.exp(-lag / DEFAULT_LENGTH))


def _loaded(covariance):
    size = len(covariance)
    return covariance + LOADING * np.trace(covariance) / size * np.eye(size)
