"""
Band levels that noise hides
============================

The energy of a weak record is that of ground motion plus noise
(:mod:`~obspy_tng.groundmotion.noise_floor`). Where noise is a minor part it is subtracted. Where it
is most of the energy the ground motion is not known, except that it is not stronger: the band level
is censored, and the statistics of ground motion must not take noise for motion. Far and small
earthquakes would seem as strong as the noise, at the lowest and highest frequencies above all.

In the fit a censored level of the horizontals is replaced by the mean of its distribution below the
bound ([Tobin1958]_, by expectation maximisation), and its scatter about that mean counts in the
variance of the residuals. Ratios of components of which one is noise are missing data.

.. [Tobin1958] Tobin, J. (1958). Estimation of relationships for limited dependent variables.
   Econometrica 26(1), 24-36.
"""

from dataclasses import dataclass

import numpy as np
from scipy.special import log_ndtr

from .band_levels import to_contrasts
from .noise_floor import LEAST_EXCESS

#: least argument of the normal distribution, below which its tail is not needed
LOWEST = -30.0


@dataclass(frozen=True)
class MotionLevels:
    """
    Band levels of ground motion, as far as noise lets them be known.

    :param levels: array (n, 3, bands), ln energy, noise subtracted; where it is censored, the
        level of motion and noise together, a bound.
    :param censored: boolean array (n, 3 bands), by contrast.
    """

    levels: np.ndarray
    censored: np.ndarray

    @property
    def contrasts(self):
        """Array (n, 3 bands)."""
        return to_contrasts(self.levels)

    def __getitem__(self, rows):
        return MotionLevels(self.levels[rows], self.censored[rows])


def without_noise(levels, noise=None):
    """
    Subtract the noise.

    :param levels: array (n, 3, bands), ln energy of Z, N, E.
    :param noise: array (n, 3, bands), of the noise; None: there is none.
    :return: :class:`MotionLevels`

    .. rubric:: Example

    >>> motion = without_noise(np.log(np.full((1, 3, 2), 5.0)), np.log([[[0.5, 4.0]] * 3]))
    >>> np.exp(motion.levels[0, 0]).round(2).tolist(), motion.censored[0, :2].tolist()
    ([4.5, 5.0], [False, True])
    """
    levels = np.asarray(levels, dtype=float)
    if noise is None:
        return MotionLevels(levels, np.zeros((len(levels), 3 * levels.shape[-1]), bool))
    excess = levels - noise
    hidden = excess < LEAST_EXCESS
    horizontal = hidden[:, 1:].any(1)
    censored = np.concatenate([horizontal, hidden.any(1), horizontal], axis=1)
    share = np.log1p(-np.exp(-np.maximum(excess, LEAST_EXCESS)))
    return MotionLevels(levels + np.where(hidden, 0.0, share), censored)


def impute(contrasts, censored, expected, sd):
    """
    Censored contrasts, given their distribution.

    :param contrasts: array (n, 3 bands); those of the level are bounds where they are censored.
    :param censored: boolean array (n, 3 bands).
    :param expected: array (n, 3 bands), mean.
    :param sd: array (3 bands,), standard deviation.
    :return: array (n, 3 bands); array (n, 3 bands), variance of the imputed ones, else 0.

    .. rubric:: Example

    >>> found, variance = impute(np.zeros((1, 3)), np.array([[True, True, False]]),
    ...                          np.array([[0.0, 2.0, 0.0]]), np.ones(3))
    >>> found.round(2).tolist(), variance.round(2).tolist()
    ([[-0.8, 2.0, 0.0]], [[0.36, 1.0, 0.0]])
    """
    ratio, known = _below(contrasts, expected, sd)
    variance = np.square(sd) * np.maximum(1 - known, 1e-3)
    return (np.where(censored, expected - sd * ratio, contrasts),
            np.where(censored, variance, 0.0))


def equivalent_data(contrasts, censored, expected, sd):
    """
    Data with the same likelihood, near the expected mean, as censored ones.

    That a normal variable is below a bound tells of its mean about as much as an observation of
    larger variance does (a step of Newton's method).

    :param contrasts: array (n, 3 bands); those of the level are bounds where they are censored.
    :param censored: boolean array (n, 3 bands).
    :param expected: array (n, 3 bands), mean.
    :param sd: array (n, 3 bands), standard deviation.
    :return: array (n, 3 bands); array (n, 3 bands), what their variance has more than ``sd``
        squared.

    .. rubric:: Example

    >>> found, more = equivalent_data(np.zeros((1, 3)), np.array([[True, True, False]]),
    ...                               np.ones((1, 3)), np.ones((1, 3)))
    >>> found.round(2).tolist(), more.round(2).tolist()
    ([[-0.9, 1.0, 0.0]], [[0.25, 9999.0, 0.0]])
    """
    ratio, known = _below(contrasts, expected, sd)
    known = np.clip(known, 1e-4, 1.0)
    return (np.where(censored, expected - sd * ratio / known, contrasts),
            np.where(censored, np.square(sd) * (1 / known - 1), 0.0))


def _below(bounds, expected, sd):
    """
    Of standard normal variables below a bound: minus their mean, and 1 less their variance.

    Ratios, the second and third contrast, have no bound.
    """
    level = np.arange(bounds.shape[1]) < bounds.shape[1] // 3
    z = np.maximum(np.where(level, (bounds - expected) / sd, np.inf), LOWEST)
    ratio = np.exp(-0.5 * np.square(z) - 0.5 * np.log(2 * np.pi) - log_ndtr(z))
    return ratio, ratio * (np.where(np.isfinite(z), z, 0.0) + ratio)


def impute_rest(rest, censored):
    """
    What a record has beyond the expected, where it is censored: as in its other bands.

    :param rest: array (n, 3 bands), contrasts less what is expected.
    :param censored: boolean array (n, 3 bands).
    :return: array (n, 3 bands): of the level the record's mean over its other bands, but not more
        than it has; of the ratios 0.

    .. rubric:: Example

    >>> rest = np.array([[1.0, 5.0, 0.5, 2.0, 0.1, 0.1]])
    >>> impute_rest(rest, np.array([[False, True, False, True, False, False]])).tolist()
    [[1.0, 1.0, 0.5, 0.0, 0.1, 0.1]]
    """
    if not censored.any():
        return rest
    bands = rest.shape[1] // 3
    seen = ~censored[:, :bands]
    mean = ((rest[:, :bands] * seen).sum(1) / np.maximum(seen.sum(1), 1))[:, None]
    other = np.zeros_like(rest)
    other[:, :bands] = np.minimum(rest[:, :bands], mean)
    return np.where(censored, other, rest)
