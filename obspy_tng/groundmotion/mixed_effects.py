"""Linear mixed-effects models: indicators, penalties, solution, variances, smoothing along ln f."""

import numpy as np
from scipy.linalg import cho_factor, cho_solve
from scipy.ndimage import gaussian_filter1d

ITERATIONS = 25
#: standard deviation of the smoothing of variances along ln f, octaves
SMOOTHING = 0.35
#: weight of the prior's station variance, in stations; of the usual scatter, in records
PRIOR_STATIONS, PRIOR_RECORDS = 4, 8


def indicator(names):
    """
    Which name each row has.

    :param names: n names.
    :return: sorted list of the different ones; array (n, different ones) of zeros and ones.
    """
    unique = sorted(set(names))
    column = {name: i for i, name in enumerate(unique)}
    return unique, np.eye(len(unique))[[column[name] for name in names]]


def smooth_correlation(bands, length, correlation, bands_per_octave=6, nugget=0.0):
    """
    Correlation of contrasts that falls off along ln f; the first two contrasts go together.

    :param bands: number of bands.
    :param length: octaves, to 1/e.
    :param correlation: of the first two contrasts.
    :param nugget: share without correlation between bands.
    :return: array (3 bands, 3 bands), positive definite.
    """
    lag = np.abs(np.subtract.outer(np.arange(bands), np.arange(bands))) / bands_per_octave
    along = (1 - nugget) * np.exp(-lag / length) + nugget * np.eye(bands)
    across = np.eye(3)
    across[0, 1] = across[1, 0] = correlation
    return np.kron(across, along) + 1e-6 * np.eye(3 * bands)


def _penalty(design, of_station, of_event, variances, slopes):
    """Inverse prior variances ``(D, columns)`` of all effects, times the residual's."""
    station, event, residual = variances
    of_design = np.full((len(residual), design.shape[1]), 1e-9)
    of_design[:, 1:] += (residual / slopes).T
    return np.hstack([of_design, np.repeat((residual / station)[:, None], of_station.shape[1], 1),
                      np.repeat((residual / event)[:, None], of_event.shape[1], 1)])


def _solve(y, design, of_station, of_event, variances, slopes):
    """Effects ``(columns, D)`` and their posterior variances."""
    effects = np.hstack([design, of_station, of_event])
    normal, target = effects.T @ effects, effects.T @ y
    solution, posterior_variance = np.empty_like(target), np.empty_like(target)
    penalty = _penalty(design, of_station, of_event, variances, slopes)
    for k, row in enumerate(penalty):
        factor = cho_factor(normal + np.diag(row))
        solution[:, k] = cho_solve(factor, target[:, k])
        posterior_variance[:, k] = np.diag(cho_solve(factor, np.eye(len(normal)))) * variances[2][k]
    return solution, posterior_variance


def _variances(y, design, of_station, of_event, prior_variance, slopes):
    """Station, event and residual variance of each column, by expectation maximisation."""
    total = np.var(y - design @ np.linalg.lstsq(design, y, rcond=None)[0], axis=0) + 1e-6
    variances = [0.3 * total, 0.3 * total, 0.4 * total]
    effects = np.hstack([design, of_station, of_event])
    p, k = design.shape[1], of_station.shape[1]
    parts = (slice(p, p + k), slice(p + k, None))
    squares = np.square(effects).sum(0)
    for _ in range(ITERATIONS):
        solution, posterior_variance = _solve(y, design, of_station, of_event, variances, slopes)
        penalty = _penalty(design, of_station, of_event, variances, slopes)
        moment = np.square(solution) + posterior_variance
        misfit = np.square(y - effects @ solution).sum(0)
        # trace(C X'X) = columns - trace(C penalty)
        taken = variances[2] * len(squares) - (posterior_variance * penalty.T).sum(0)
        variances = [(moment[parts[0]].sum(0) + PRIOR_STATIONS * prior_variance)
                     / (k + PRIOR_STATIONS),
                     moment[parts[1]].mean(0), (misfit + taken) / len(y)]
        variances = [np.maximum(v, 1e-4) for v in variances]
    return variances


def _smooth(values, bands, bands_per_octave):
    """Values ``(..., 3 * bands)`` smoothed along the bands of each contrast."""
    parts = np.reshape(values, (*np.shape(values)[:-1], 3, bands))
    return gaussian_filter1d(parts, SMOOTHING * bands_per_octave, axis=-1,
                             mode="nearest").reshape(np.shape(values))


def _smooth_sum(ratios, bands, bands_per_octave):
    return _smooth(ratios.sum(0), bands, bands_per_octave)
