"""
Linear mixed-effects models with crossed random effects, for many columns of data at once.

``y = X b + station + event + residual`` (best linear unbiased prediction,
[Abrahamson_Youngs1992]_). Variances follow from restricted maximum likelihood (REML) by expectation
maximisation; coefficients b and variances may have priors.

.. [Abrahamson_Youngs1992] Abrahamson, N. A. and Youngs, R. R. (1992). A stable
   algorithm for regression analyses using the random effects model. Bull. Seismol.
   Soc. Am. 82(1), 505-510.
"""

from dataclasses import dataclass, fields

import numpy as np

ITERATIONS = 25
#: least variance; precision of a coefficient without a prior, relative to that of one record
LEAST, FREE = 1e-4, 1e-9
#: numbers of an array of normal equations that are processed together (160 MB)
CHUNK = 20_000_000


@dataclass(frozen=True)
class Design:
    """
    Design matrices of the rows of the data: predictors X ``(n, p)``, and indicators of station and
    event, ``(n, S)`` and ``(n, E)`` of zeros and ones.
    """

    fixed: np.ndarray
    of_station: np.ndarray
    of_event: np.ndarray


@dataclass(frozen=True)
class Effects:
    """
    Estimates (posterior means) of all effects.

    :param fixed: array (p, D), coefficients b.
    :param stations: array (S, D).
    :param events: array (E, D).
    :param fixed_covariance: array (D, p, p), of errors of b.
    :param station_variance: array (S, D), of errors of station terms.
    :param event_variance: array (E, D), of errors of event terms.
    :param fitted: array (n, D), the sum of the effects.
    """

    fixed: np.ndarray
    stations: np.ndarray
    events: np.ndarray
    fixed_covariance: np.ndarray
    station_variance: np.ndarray
    event_variance: np.ndarray
    fitted: np.ndarray


def indicator(names):
    """
    Indicator matrix of the names of rows.

    :param names: n names.
    :return: sorted list of the different ones; array (n, different ones) of zeros and ones.
    """
    unique = sorted(set(names))
    column = {name: i for i, name in enumerate(unique)}
    return unique, np.eye(len(unique))[[column[name] for name in names]]


def solve(y, design, variances, fixed_variance):
    """
    Effects, given the variances.

    :param y: array (n, D).
    :param design: :class:`Design`.
    :param variances: array (3, D): of stations, events and residuals.
    :param fixed_variance: array (p, D), prior variances of b about zero; infinite: free.
    :return: :class:`Effects`
    """
    station, event, residual = variances
    if design.of_station.shape[1] > design.of_event.shape[1]:   # the smaller system
        turned = solve(y, Design(design.fixed, design.of_event, design.of_station),
                       (event, station, residual), fixed_variance)
        return Effects(turned.fixed, turned.events, turned.stations, turned.fixed_covariance,
                       turned.event_variance, turned.station_variance, turned.fitted)
    p, columns = design.fixed.shape[1], y.shape[1]
    step = max(1, CHUNK // (p + design.of_station.shape[1]) ** 2)
    if step < columns:
        parts = [solve(y[:, k:k + step], design, np.asarray(variances)[:, k:k + step],
                       fixed_variance[:, k:k + step]) for k in range(0, columns, step)]
        return Effects(*(np.concatenate([getattr(part, field.name) for part in parts],
                                        axis=0 if field.name == "fixed_covariance" else 1)
                         for field in fields(Effects)))
    kept, of_event = np.hstack([design.fixed, design.of_station]), design.of_event
    penalty = np.vstack([FREE + residual / fixed_variance,
                         np.tile(residual / station, (design.of_station.shape[1], 1))])
    # normal equations; those of events are diagonal, and eliminated
    own = 1 / (of_event.sum(0)[:, None] + residual / event)
    across = kept.T @ of_event
    normal = (kept.T @ kept + np.einsum("qk,qr->kqr", penalty, np.eye(len(penalty)))
              - np.einsum("qe,ek,re->kqr", across, own, across, optimize=True))
    target = kept.T @ y - across @ (own * (of_event.T @ y))
    inverse = np.linalg.inv(normal)
    solution = np.einsum("kqr,rk->qk", inverse, target)
    events = own * (of_event.T @ y - across.T @ solution)
    spread = own + np.square(own) * np.einsum("qe,kqr,re->ek", across, inverse, across,
                                              optimize=True)
    variance = np.einsum("kqq->qk", inverse) * residual
    return Effects(solution[:p], solution[p:], events, inverse[:, :p, :p] * residual[:, None, None],
                   variance[p:], spread * residual, kept @ solution + of_event @ events)


def reml(y, design, fixed_variance, prior=None, weights=(0.0, 0.0, 0.0), imputed=0.0):
    """
    Variances of stations, events and residuals.

    :param y: array (n, D).
    :param design: :class:`Design`.
    :param fixed_variance: see :func:`solve`.
    :param prior: array (3, D), prior variances, also where the search begins; None: a third each.
    :param weights: of the priors, in stations, events and records.
    :param imputed: array (D,), sum over the rows of the variances of imputed data.
    :return: array (3, D).
    """
    total = np.var(y - design.fixed @ np.linalg.lstsq(design.fixed, y, rcond=None)[0], axis=0)
    prior = np.tile(total, (3, 1)) if prior is None else prior
    variances = np.maximum(prior / prior.sum(0) * total, LEAST)
    columns = design.fixed.shape[1], design.of_station.shape[1], design.of_event.shape[1]
    for _ in range(ITERATIONS):
        found = solve(y, design, variances, fixed_variance)
        station, event, residual = variances
        # what effects take of the residuals' degrees of freedom: trace(C X'X), with C X'X the
        # unit matrix less C times the penalty
        taken = (sum(columns) - found.station_variance.sum(0) / station
                 - found.event_variance.sum(0) / event
                 - np.einsum("kpp,pk->k", found.fixed_covariance,
                             FREE / residual + 1 / fixed_variance))
        sums = (np.square(found.stations).sum(0) + found.station_variance.sum(0),
                np.square(found.events).sum(0) + found.event_variance.sum(0),
                np.square(y - found.fitted).sum(0) + residual * taken + imputed)
        variances = np.maximum([(s + w * v) / (n + w) for s, n, w, v in
                                zip(sums, (*columns[1:], len(y)), weights, prior, strict=True)],
                               LEAST)
    return variances
