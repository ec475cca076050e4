"""
Band levels: event, station and residual
========================================

The ln energy of each band of a record (band level) is split into::

    band level = source(M, f) + a + b (M - 6) + c ln(R / R0) + d (R / R0 - 1) + e ln(R / 50 km)
                 + event term + station term + residual

with the terms of c and d as at 50 km within this distance, and that of e only there,

by a mixed-effects model ([Abrahamson_Youngs1992]_), with R as in
:mod:`obspy_tng.groundmotion.scaling`. The source is that of [Brune1970]_: energy increases by a
factor of 1000 per magnitude unit below its corner frequency, and by ten above. Band levels are
transformed to three contrasts: the mean of the horizontals ("level"), horizontals over vertical
(the HVSR), and north over east. Each contrast and band has its own standard deviations:

========= ============================================================
tau       of event terms
phi_s2s   of station terms delta_s2s, from site to site
phi_ss    of residuals at one station
========= ============================================================

all in ln energy, twice those of ln amplitude. Terms are correlated along ln f
(:mod:`obspy_tng.groundmotion.correlation`). A station that amplifies the horizontals also has a
larger HVSR, which does not depend on the strength of the earthquake and therefore constrains the
level.

A :class:`BandLevelModel` is either the prior, learned from simulated networks, or fitted to records
(:mod:`obspy_tng.groundmotion.level_fit`). The posterior of a station with few records is in
:mod:`obspy_tng.groundmotion.station_terms`. Regions differ by more than stations do. A common
term of the region therefore has a wide prior, so that the level of a single record counts.

Outside of the recorded magnitudes b does not apply: only the source scales. The spreading e near
the source has a narrow prior, so that far records do not tell what is near. Energy never increases
with distance.

Of response spectra phi_ss is about 0.45 in all regions [RodriguezMarek2013]_; docs/theory.rst has
what is found for Mexico City.

.. [RodriguezMarek2013] Rodriguez-Marek, A., Cotton, F., Abrahamson, N. A. et al. (2013). A model
   for single-station standard deviation using data from various tectonic regions. Bull. Seismol.
   Soc. Am. 103(6), 3149-3163.
"""

from dataclasses import dataclass
from functools import cached_property

import numpy as np

from .correlation import Decay, contrast_correlation, contrast_shares
from .scaling import (
    NEAR_DISTANCE,
    NEAR_SPREADING,
    REFERENCE_DISTANCE,
    REFERENCE_MAGNITUDE,
    predictors,
    source_levels,
)
from .scenario import Coverage

#: contrasts of the levels of Z, N, E: horizontals, horizontals over vertical, north over east
CONTRASTS = np.array([[0.0, 0.5, 0.5], [-1.0, 0.5, 0.5], [0.0, 1.0, -1.0]])
LEVELS = np.linalg.inv(CONTRASTS)
#: correlation of station terms along ln f, and of a station's level with its HVSR
STATION_DECAYS, STATION_CORRELATION = (Decay(1.0), Decay(1.0), Decay(0.5)), 0.7
#: least prior standard deviation of a station's term of north over east. Stations on layers, as
#: simulated ones are, have hardly any; real ones have valleys, topography and instruments
NORTH_EAST_SD = 0.6
#: the same of event terms and of residuals, without data
EVENT_DECAY = Decay(3.0)
RESIDUAL_DECAYS = (Decay(1.2, 0.65), Decay(1.5, 0.2), Decay(1.5, 0.2))
#: standard deviation of a region's term (ln energy), and its correlation along ln f; its variance
#: besides, also of the HVSR, relative to that of station terms
REGION_SD, REGION_DECAY, REGION_FREE = 5.0, Decay(5.0), 0.5
#: slope of the level with ln R, of energy: geometric spreading lies between that of surface waves
#: (-1) and of body waves (-2)
SPREADING = -1.6
#: prior variances of b, c, d and e of each contrast: of the level about the prior's; of the HVSR
#: and of north over east about none, since a few stations' chance slopes are wrong for another one.
#: With a wider one of d twenty earthquakes at 20 to 140 km make energy hardly decay up to 300 km
SLOPE_VARIANCES = np.array([[0.09, 0.01, 0.001], [0.3, 0.01, 0.001], [0.1, 1e-6, 1e-6],
                            [0.25, 1e-6, 1e-6]])


@dataclass(frozen=True)
class BandLevelModel:
    """
    Mixed model of band levels; D is three contrasts times bands.

    :param frequencies: Hz, centres of the bands.
    :param coefficients: array (5, D): a, b, c, d and e, of :func:`level_predictors`.
    :param coefficient_covariance: array (D, 5, 5), of their errors.
    :param phi_s2s: array (D,), standard deviation of station terms.
    :param tau: array (D,), of event terms.
    :param phi_ss: array (D,), of residuals.
    :param event_correlation: array (D, D).
    :param residual_correlation: array (D, D).
    :param free: variance of the mean over stations about a, relative to ``phi_s2s`` squared;
        the region's term, which is common to all stations, is separate.
    :param predictor_mean: array (4,), mean predictors of the records.
    :param predictor_covariance: array (4, 4).
    :param coverage: :class:`~obspy_tng.groundmotion.scenario.Coverage` of the records.
    :param events: dict event -> (term (D,), number of its records).
    :param event_variances: dict number of records -> variance (D,) of errors of event terms.
    """

    frequencies: np.ndarray
    coefficients: np.ndarray
    coefficient_covariance: np.ndarray
    phi_s2s: np.ndarray
    tau: np.ndarray
    phi_ss: np.ndarray
    event_correlation: np.ndarray
    residual_correlation: np.ndarray
    free: float
    predictor_mean: np.ndarray
    predictor_covariance: np.ndarray
    coverage: Coverage
    events: dict
    event_variances: dict

    @property
    def bands(self):
        """Number of bands."""
        return len(self.frequencies)

    @cached_property
    def station_covariance(self):
        """Array (D, D), of station terms from site to site."""
        return np.outer(self.phi_s2s, self.phi_s2s) * contrast_correlation(
            STATION_DECAYS, STATION_CORRELATION, self.frequencies)

    @cached_property
    def region_covariance(self):
        """Array (D, D), of the term that all stations share; none of north over east."""
        found = self.free * self.station_covariance
        found[2 * self.bands:] = found[:, 2 * self.bands:] = 0
        found[:self.bands, :self.bands] += REGION_SD ** 2 * REGION_DECAY.matrix(self.frequencies)
        return found

    def record_covariance(self, count, scenario_known=True):
        """
        Covariance of a record about its station's mean and its event's estimated term.

        :param count: records that its event's term is estimated from; 0: it is not.
        :param scenario_known: False: magnitude and distance scatter too, as in the records.
        :return: array (D, D).
        """
        event_sd = np.sqrt(self.event_variances[count]) if count else self.tau
        found = (np.outer(self.phi_ss, self.phi_ss) * self.residual_correlation
                 + np.outer(event_sd, event_sd) * self.event_correlation)
        if not scenario_known:
            found = found + self.slopes.T @ self.predictor_covariance @ self.slopes
        return found

    def level_sd(self):
        """Standard deviation of the levels of a new earthquake at a known station, (3, bands)."""
        blocks = self.record_covariance(0).reshape(3, self.bands, 3, self.bands)
        return np.sqrt(np.einsum("ca,aibi,cb->ci", LEVELS, blocks, LEVELS))

    def expected(self, magnitudes, distances, depths):
        """
        Contrasts of an average station and event.

        :param magnitudes: array (n,), NaN where unknown.
        :param distances: array (n,), epicentral, km, NaN where unknown.
        :param depths: array (n,), km, NaN where unknown.
        :return: array (n, D); where magnitude or distance are unknown, those of the mean
            predictors.
        """
        known = np.isfinite(magnitudes) & np.isfinite(distances)
        x = np.where(known[:, None], predictors(magnitudes, distances, depths),
                     self.predictor_mean)
        magnitude = REFERENCE_MAGNITUDE + x[:, 1]
        found = fixed_contrasts(magnitude, self.frequencies, self.coverage.magnitudes[1])
        x = level_predictors(x)
        x[:, 1] = np.clip(magnitude, *self.coverage.magnitudes) - REFERENCE_MAGNITUDE
        return found + x @ self.coefficients

    def scaling_sd(self, scenario):
        """
        Standard deviation of the scaling from the mean of the records to a scenario.

        :param scenario: :class:`~obspy_tng.groundmotion.scenario.Scenario` with magnitude
            and distance.
        :return: float, ln amplitude, root mean square over the bands of the level.
        """
        x = level_predictors(np.vstack([predictors(*scenario.arrays), self.predictor_mean]))
        x = x[0] - x[1]
        variances = np.einsum("i,dij,j->d", x, self.coefficient_covariance[:self.bands], x)
        return float(0.5 * np.sqrt(variances.mean()))

    @cached_property
    def slopes(self):
        """Change of the contrasts with each predictor, source included, (4, D)."""
        slopes = self.coefficients[:4].copy()
        around = REFERENCE_MAGNITUDE + self.predictor_mean[1] + np.array([-0.5, 0.5])
        slopes[1] += np.diff(fixed_contrasts(around, self.frequencies), axis=0)[0]
        return slopes


def to_contrasts(levels):
    """Levels ``(..., 3, bands)`` of Z, N, E -> contrasts ``(..., 3 * bands)``."""
    *shape, components, bands = np.shape(levels)
    return (CONTRASTS @ levels).reshape(*shape, components * bands)


def to_levels(contrasts):
    """Contrasts ``(..., 3 * bands)`` -> levels ``(..., 3, bands)`` of Z, N, E."""
    return LEVELS @ np.reshape(contrasts, (*np.shape(contrasts)[:-1], 3, -1))


def level_predictors(x):
    """
    Predictors of band levels.

    :param x: array (n, 4), of :func:`~obspy_tng.groundmotion.scaling.predictors`.
    :return: array (n, 5): 1, M - 6, ln R / R0 and R / R0 - 1 with R of at least
        :data:`~obspy_tng.groundmotion.scaling.NEAR_DISTANCE`, and ln R over this distance, at most
        0.

    .. rubric:: Example

    >>> level_predictors(predictors(np.array([5.0]), np.array([0.0]), np.array([24.7]))).round(2)
    array([[ 1.  , -1.  , -1.39, -0.75, -0.77]])
    """
    near = NEAR_DISTANCE / REFERENCE_DISTANCE
    return np.column_stack([x[:, 0], x[:, 1], np.maximum(x[:, 2], np.log(near)),
                            np.maximum(x[:, 3], near - 1), np.minimum(x[:, 2] - np.log(near), 0)])


def fixed_contrasts(magnitudes, frequencies, largest=np.inf):
    """
    What is not fitted: the source relative to magnitude 6.

    :param magnitudes: array (n,).
    :param frequencies: Hz, ``(bands,)``.
    :param largest: see :func:`~obspy_tng.groundmotion.scaling.source_levels`.
    :return: array (n, 3 bands), ln energy; none of HVSR and of north over east.
    """
    level = source_levels(magnitudes, frequencies, largest)
    return np.hstack([level, np.zeros((len(level), 2 * level.shape[1]))])


def prior_model(frequencies, coefficients, phi_s2s, tau, phi_ss, level_hvsr, predictor_mean,
                predictor_covariance, coverage):
    """
    The prior model: coefficients and standard deviations of other stations.

    :param frequencies: Hz, ``(bands,)``.
    :param coefficients: array (4, D), a to d; e is that of published models.
    :param phi_s2s: array (D,).
    :param tau: array (D,).
    :param phi_ss: array (D,).
    :param level_hvsr: correlation of level and HVSR, of events and residuals.
    :param predictor_mean: array (4,).
    :param predictor_covariance: array (4, 4).
    :param coverage: :class:`~obspy_tng.groundmotion.scenario.Coverage`.
    :return: :class:`BandLevelModel`
    """
    bands = len(frequencies)
    variances = np.vstack([np.zeros(3 * bands), np.repeat(SLOPE_VARIANCES, bands, axis=1)])
    least = np.repeat([0.0, 0.0, NORTH_EAST_SD], bands)
    near = np.repeat([NEAR_SPREADING, 0.0, 0.0], bands)
    variances_ss = np.square(phi_ss).reshape(3, bands)
    shares = contrast_shares([(1 - decay.share) * row for decay, row in zip(
        RESIDUAL_DECAYS[1:], variances_ss[1:], strict=True)], variances_ss)
    return BandLevelModel(
        frequencies=frequencies,
        coefficients=np.vstack([decaying(coefficients, predictor_mean, predictor_covariance),
                                near]),
        coefficient_covariance=np.einsum("id,ij->dij", variances, np.eye(5)),
        phi_s2s=np.maximum(phi_s2s, least), tau=tau, phi_ss=phi_ss,
        event_correlation=contrast_correlation([EVENT_DECAY] * 3, level_hvsr, frequencies),
        residual_correlation=contrast_correlation(RESIDUAL_DECAYS, level_hvsr, frequencies,
                                                  shares),
        free=REGION_FREE, predictor_mean=predictor_mean,
        predictor_covariance=predictor_covariance, coverage=coverage, events={},
        event_variances={})


def decaying(coefficients, predictor_mean, predictor_covariance):
    """
    Coefficients whose d is not positive (and none of the HVSR and of north over east).

    :param coefficients: array (4, D).
    :param predictor_mean: array (4,).
    :param predictor_covariance: array (4, 4).
    :return: array (4, D), the nearest to the given ones at the records' distances.
    """
    found, bands = coefficients.copy(), coefficients.shape[1] // 3
    excess = np.where(np.arange(3 * bands) < bands, np.maximum(found[3], 0), found[3])
    slope = predictor_covariance[2, 3] / predictor_covariance[2, 2]
    found[3] -= excess
    found[2] += excess * slope
    found[0] += excess * (predictor_mean[3] - slope * predictor_mean[2])
    return found
