"""
Levels of the three components
==============================

The level of a component is the logarithm of its standard deviation over the
window. Levels are modelled separately from the waveforms, jointly for Z, N and E,
so that their ratios (and therefore the HVSR) vary as in real records::

    level = station term + b (M - 6) + c ln R / R0 + residual

fitted by least squares if magnitude and distance are known for enough records, and
without the second and third term otherwise. The covariance of a station is shrunk
towards the pooled one, which has the weight of :data:`PRIOR_RECORDS` records.
"""

from dataclasses import dataclass

import numpy as np

from ..exceptions import TNGInputError
from .scaling import predictors
from .scenario import Coverage, Scenario

#: weight of the pooled covariance, in records
PRIOR_RECORDS = 5
#: standard deviation (ln units) and correlation of levels without a pooled covariance
DEFAULT_SD, DEFAULT_CORRELATION = 1.0, 0.9
#: records with known magnitude and distance that a regression needs
REGRESSION_RECORDS = 20


@dataclass(frozen=True)
class LevelModel:
    """
    Joint distribution of the levels ``(Z, N, E)`` per station.

    :param means: dict station -> array (3,), mean level (of standard deviations in m/s^2).
    :param covariances: dict station -> array (3, 3), of all its records.
    :param terms: dict station -> array (3,), station term of the regression.
    :param slopes: array (2, 3), magnitude and distance coefficients, or None.
    :param residual: array (3, 3), covariance of the regression's residuals, or None.
    :param coverage: :class:`~obspy_tng.groundmotion.scenario.Coverage` of the regression's data,
        or None.
    """

    means: dict
    covariances: dict
    terms: dict
    slopes: np.ndarray | None
    residual: np.ndarray | None
    coverage: Coverage | None

    def check(self, scenarios):
        """
        Warn of scenarios that are far outside of the coverage of the data.

        :param scenarios: list of requested :class:`~obspy_tng.groundmotion.scenario.Scenario`.
        :raises TNGInputError: if one is beyond the limits, or if only one of magnitude and distance
            is given.
        """
        for scenario in dict.fromkeys(scenarios):
            if scenario.given and self.coverage is not None:
                # the regression does not know depths
                self.coverage.check(Scenario(scenario.magnitude, scenario.distance))

    def draw(self, station, rng, scenario, contrasts=None):
        """
        Draw the levels of one realization.

        :param station: station id.
        :param rng: ``numpy.random.Generator``.
        :param scenario: requested :class:`~obspy_tng.groundmotion.scenario.Scenario`.
        :param contrasts: array (3,), ln levels of the components of the waveform; only their
            differences are used, and the common level is drawn given them. None draws all
            three levels.
        :return: array (3,), standard deviations of Z, N and E in m/s^2.
        :raises TNGInputError: if the model cannot take magnitude and distance.
        """
        if not scenario.given:
            mean, covariance = self.means[station], self.covariances[station]
        else:
            mean, covariance = self._conditional(station, scenario)
        covariance = covariance + 1e-9 * np.eye(3)
        if contrasts is None:
            return np.exp(mean + np.linalg.cholesky(covariance) @ rng.standard_normal(3))
        # Gaussian conditioning of the common level (the mean) on the two contrasts
        common, differences = np.full(3, 1 / 3), np.array([[-1.0, 1, 0], [-1, 0, 1]])
        inverse = np.linalg.inv(differences @ covariance @ differences.T)
        gain = common @ covariance @ differences.T @ inverse
        level = common @ mean + gain @ (differences @ (contrasts - mean))
        spread = common @ covariance @ common - gain @ differences @ covariance @ common
        level += np.sqrt(spread) * rng.standard_normal()
        return np.exp(level + contrasts - contrasts.mean())

    def _conditional(self, station, scenario):
        if self.slopes is None:
            raise TNGInputError("this generator cannot take magnitude and distance: fewer than "
                                f"{REGRESSION_RECORDS} of its records have both")
        if station not in self.terms:
            raise TNGInputError(f"no record of {station} has a magnitude and a distance, "
                                "so that generate() cannot take them there")
        return self.terms[station] + _slope_predictors(*scenario.arrays[:2])[0] @ self.slopes, \
            self.residual


def fit_levels(levels, magnitudes, distances):
    """
    Fit a :class:`LevelModel`.

    :param levels: dict station -> array (n, 3), ln standard deviation of Z, N, E.
    :param magnitudes: dict station -> array (n,), NaN where unknown.
    :param distances: dict station -> array (n,), epicentral, km, NaN where unknown.
    :return: :class:`LevelModel`.
    """
    means = {s: x.mean(0) for s, x in levels.items()}
    scatter = {s: (x - means[s]).T @ (x - means[s]) for s, x in levels.items()}
    prior = DEFAULT_SD ** 2 * (DEFAULT_CORRELATION + (1 - DEFAULT_CORRELATION) * np.eye(3))
    freedom = sum(len(x) - 1 for x in levels.values())
    pooled = (PRIOR_RECORDS * prior + sum(scatter.values())) / (PRIOR_RECORDS + freedom)
    covariances = {s: (PRIOR_RECORDS * pooled + scatter[s]) / (PRIOR_RECORDS + len(x) - 1)
                   for s, x in levels.items()}
    return LevelModel(means, covariances, *_regress(levels, magnitudes, distances))


def _slope_predictors(magnitudes, distances):
    """M - 6 and ln R / R0, array (n, 2)."""
    return predictors(magnitudes, distances, np.full(len(distances), np.nan))[:, 1:3]


def _regress(levels, magnitudes, distances):
    """Station terms, slopes, residual covariance and coverage, or ({}, None, None, None)."""
    known = {s: np.isfinite(magnitudes[s]) & np.isfinite(distances[s]) for s in levels}
    stations = [s for s in levels if known[s].any()]
    n = sum(int(known[s].sum()) for s in stations)
    if n < REGRESSION_RECORDS or n <= len(stations) + 2:
        return {}, None, None, None
    y = np.concatenate([levels[s][known[s]] for s in stations])
    magnitude, distance = (np.concatenate([values[s][known[s]] for s in stations])
                           for values in (magnitudes, distances))
    x = _slope_predictors(magnitude, distance)
    index = np.repeat(np.arange(len(stations)), [int(known[s].sum()) for s in stations])
    if (np.ptp(x, axis=0) < 0.1).any():  # one earthquake, or one distance: no slope
        return {}, None, None, None
    design = np.column_stack([np.eye(len(stations))[index], x])
    solution = np.linalg.lstsq(design, y, rcond=None)[0]
    misfit = y - design @ solution
    residual = misfit.T @ misfit / (n - design.shape[1])
    terms = dict(zip(stations, solution[:len(stations)], strict=True))
    return terms, solution[len(stations):], residual, \
        Coverage.of(magnitude, distance, np.full(n, np.nan))
