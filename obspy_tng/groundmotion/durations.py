"""
Durations of records, given those of decoded envelopes
======================================================

A network that is trained with a likelihood blurs its envelopes where it is uncertain. Decoded
envelopes last longer than records, by an amount that depends on the station, and they reproduce
the differences between records only in part. Durations therefore have their own model, as band
levels have (:mod:`obspy_tng.groundmotion.band_levels`). With d the ln duration of a decoded
envelope, t its t05 (as a share of the window, whose end cuts off late records), m and u the means
of both over the records of the station::

    ln duration = m + a + b (d - m) + g (t - u) + c (M - 6) + e ln(R / R0) + station + residual

is fitted to all enrolled records and their decoded envelopes, as a mixed-effects model with
priors for all parameters. ln duration is the mean of ln D5-75 and ln D5-95 of the horizontals.
"""

from dataclasses import dataclass

import numpy as np

from ..signal import significant_duration
from .mixed_effects import indicator
from .scaling import predictors

#: prior mean and standard deviation of a, b, g, c and e
PRIOR_MEAN, PRIOR_SD = (-0.1, 0.65, -0.3, 0.0, 0.1), (0.3, 0.25, 0.3, 0.05, 0.1)
#: prior of the standard deviations of residuals and of stations; their weights, in records and
#: in stations
RESIDUAL_SD, STATION_SD = 0.15, 0.1
PRIOR_RECORDS, PRIOR_STATIONS = 10, 4
#: mean and standard deviation of the ln duration of noise relative to its envelope
NOISE_MEAN, NOISE_SD = 0.03, 0.08
ITERATIONS = 20


@dataclass(frozen=True)
class DurationModel:
    """
    Durations of records, given those of decoded envelopes.

    :param coefficients: a, b, g, c and e.
    :param stations: dict station -> (m, u, station term).
    :param residual_sd: standard deviation of the residuals.
    """

    coefficients: np.ndarray
    stations: dict
    residual_sd: float

    def draw(self, station, decoded, t05, scenario, rng):
        """
        ln duration that the envelope of a new record should have.

        :param station: station id.
        :param decoded: ln duration of the decoded envelope.
        :param t05: share of the window.
        :param scenario: :class:`~obspy_tng.groundmotion.scenario.Scenario`.
        :param rng: ``numpy.random.Generator``.
        :return: float; noise with this envelope has an additional scatter of :data:`NOISE_SD`.
        """
        mean, usual_t05, term = self.stations[station]
        x = _predictors(np.array([decoded - mean]), np.array([t05 - usual_t05]),
                        *scenario.arrays)
        own = np.sqrt(max(self.residual_sd ** 2 - NOISE_SD ** 2, 0.0))
        return float(mean + x[0] @ self.coefficients + term + own * rng.standard_normal())


def fit_durations(decoded, durations, t05, stations, magnitudes, distances, depths):
    """
    Fit a :class:`DurationModel` to any number of records.

    :param decoded: array (n,), ln durations of decoded envelopes.
    :param durations: array (n,), those of the records themselves.
    :param t05: array (n,), share of the window.
    :param stations: n station ids.
    :param magnitudes: array (n,), NaN where unknown.
    :param distances: array (n,), epicentral, km, NaN where unknown.
    :param depths: array (n,), km, NaN where unknown.
    :return: :class:`DurationModel`

    .. rubric:: Example

    >>> from obspy_tng.groundmotion.scenario import Scenario
    >>> decoded = np.tile([3.0, 3.2, 3.4, 3.6], 20)
    >>> model = fit_durations(decoded, decoded - 0.2, np.full(80, 0.2), ["XX.S"] * 80,
    ...                       *np.full((3, 80), np.nan))
    >>> round(model.draw("XX.S", 3.3, 0.2, Scenario(), np.random.default_rng(0)), 1)
    3.1
    """
    names, members = indicator(stations)
    means = members.T @ np.column_stack([decoded, t05]) / members.sum(0)[:, None]
    base, usual_t05 = (members @ means).T
    fixed = _predictors(decoded - base, t05 - usual_t05, magnitudes, distances, depths)
    design, y = np.hstack([fixed, members]), durations - base
    effects = fixed.shape[1]
    mean = np.concatenate([PRIOR_MEAN, np.zeros(len(names))])
    residual, station = RESIDUAL_SD ** 2, STATION_SD ** 2
    for _ in range(ITERATIONS):   # expectation maximisation
        prior = np.concatenate([np.square(PRIOR_SD), np.full(len(names), station)])
        covariance = np.linalg.inv(design.T @ design / residual + np.diag(1 / prior))
        found = covariance @ (design.T @ y / residual + mean / prior)
        rest = np.square(y - design @ found).sum() + np.trace(design @ covariance @ design.T)
        terms = np.square(found[effects:]).sum() + np.trace(covariance[effects:, effects:])
        residual = (PRIOR_RECORDS * RESIDUAL_SD ** 2 + rest) / (PRIOR_RECORDS + len(y))
        station = (PRIOR_STATIONS * STATION_SD ** 2 + terms) / (PRIOR_STATIONS + len(names))
    return DurationModel(
        found[:effects], {str(name): (*row, term) for name, row, term in zip(
            names, means.tolist(), found[effects:].tolist(), strict=True)},
        float(np.sqrt(residual)))


def ln_duration(data, sampling_rate):
    """
    Mean of ln D5-75 and ln D5-95 of the horizontals.

    :param data: records ``(n, 3, npts)``, ZNE.
    :param sampling_rate: Hz.
    :return: array ``(n,)``, ln s.
    """
    amplitude = np.sqrt(np.square(np.asarray(data, dtype=float)[:, 1:]).sum(1))
    return np.mean([np.log(significant_duration(amplitude, sampling_rate, 0.05, high))
                    for high in (0.75, 0.95)], axis=0)


def _predictors(decoded, t05, magnitudes, distances, depths):
    """Design ``(n, 5)`` of deviations; an unknown scenario counts as the reference."""
    known = np.isfinite(magnitudes) & np.isfinite(distances)
    scaling = np.where(known[:, None], predictors(magnitudes, distances, depths)[:, 1:3], 0.0)
    return np.column_stack([np.ones(len(decoded)), decoded, t05, scaling])
