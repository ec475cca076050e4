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


def _penalty(fixed, of_station, of_event, variances, slopes):
    """Inverse prior variances ``(D, columns)`` of all effects, times the residual's."""
    station, event, residual = variances
    of_fixed = np.full((len(residual), fixed.shape[1]), 1e-9)
    of_fixed[:, 1:] += (residual / slopes).T
    return np.hstack([of_fixed, np.repeat((residual / station)[:, None], of_station.shape[1], 1),
                      np.repeat((residual / event)[:, None], of_event.shape[1], 1)])


def _solve(y, fixed, of_station, of_event, variances, slopes):
    """Effects ``(columns, D)`` and their posterior variances."""
    design = np.hstack([fixed, of_station, of_event])
    normal, target = design.T @ design, design.T @ y
    solution, spare = np.empty_like(target), np.empty_like(target)
    penalty = _penalty(fixed, of_station, of_event, variances, slopes)
    for k, row in enumerate(penalty):
        factor = cho_factor(normal + np.diag(row))
        solution[:, k] = cho_solve(factor, target[:, k])
        spare[:, k] = np.diag(cho_solve(factor, np.eye(len(normal)))) * variances[2][k]
    return solution, spare


def _variances(y, fixed, of_station, of_event, base, slopes):
    """Station, event and residual variance of each column, by expectation maximisation."""
    total = np.var(y - fixed @ np.linalg.lstsq(fixed, y, rcond=None)[0], axis=0) + 1e-6
    variances = [0.3 * total, 0.3 * total, 0.4 * total]
    design = np.hstack([fixed, of_station, of_event])
    p, k = fixed.shape[1], of_station.shape[1]
    parts = (slice(p, p + k), slice(p + k, None))
    squares = np.square(design).sum(0)
    for _ in range(ITERATIONS):
        solution, spare = _solve(y, fixed, of_station, of_event, variances, slopes)
        penalty = _penalty(fixed, of_station, of_event, variances, slopes)
        moment = np.square(solution) + spare
        misfit = np.square(y - design @ solution).sum(0)
        # trace(C X'X) = columns - trace(C penalty)
        taken = variances[2] * len(squares) - (spare * penalty.T).sum(0)
        variances = [(moment[parts[0]].sum(0) + PRIOR_STATIONS * base) / (k + PRIOR_STATIONS),
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
