"""
Correlation of band levels along ln f, and between level and HVSR.

Terms of neighbouring bands are correlated. Event terms are broad-band (stress drop acts on all
frequencies above the corner). Records scatter about them with a fine structure and a broad part
(path). Both are described by a :class:`Decay`: a share of the variance whose correlation decreases
over some octaves, and the rest, which is almost uncorrelated between bands. The share and the
length are estimated from the data and shrunk to a prior.
"""

from dataclasses import dataclass

import numpy as np

#: octaves over which the fine structure is correlated (to 1/e)
FINE = 0.15
#: lags that a decay is fitted to, octaves
LONGEST_LAG = 4.0
#: lengths (octaves) and broad shares that are tried
LENGTHS, SHARES = np.geomspace(0.3, 20.0, 40), np.linspace(0.1, 1.0, 19)


@dataclass(frozen=True)
class Decay:
    """
    Correlation of two bands as a function of their distance in octaves.

    :param length: octaves over which the broad part falls to 1/e.
    :param share: share of the variance that is broad.
    """

    length: float
    share: float = 1.0

    def at(self, lags):
        """Correlation at lags in octaves, any shape."""
        lags = np.abs(lags)
        return self.share * np.exp(-lags / self.length) + (1 - self.share) * np.exp(-lags / FINE)

    def matrix(self, frequencies):
        """Array (bands, bands), positive definite."""
        octaves = np.log2(frequencies)
        return self.at(np.subtract.outer(octaves, octaves)) + 1e-6 * np.eye(len(octaves))


def contrast_correlation(decays, level_hvsr, frequencies):
    """
    Correlation of the three contrasts of all bands.

    :param decays: three of :class:`Decay`: of level, HVSR, and north over east.
    :param level_hvsr: correlation of level and HVSR in one band.
    :param frequencies: Hz, ``(bands,)``.
    :return: array (3 bands, 3 bands), positive definite.
    """
    bands = len(frequencies)
    found = np.zeros((3 * bands, 3 * bands))
    factors = [np.linalg.cholesky(decay.matrix(frequencies)) for decay in decays]
    for k, factor in enumerate(factors):
        block = slice(k * bands, (k + 1) * bands)
        found[block, block] = factor @ factor.T
    across = level_hvsr * factors[0] @ factors[1].T
    found[:bands, bands:2 * bands], found[bands:2 * bands, :bands] = across, across.T
    return found


def lagged_correlation(products, frequencies):
    """
    Mean correlation at each lag between bands.

    :param products: array (bands, bands), sums of products of terms; need not be positive
        definite.
    :param frequencies: Hz, ``(bands,)``.
    :return: lags in octaves and correlations, arrays (m,), up to :data:`LONGEST_LAG`; no lags
        if there are no products.
    """
    variances, octaves = np.diag(products), np.log2(frequencies)
    sd = np.sqrt(np.maximum(variances, 0.05 * max(variances.mean(), 0)))
    steps = range(1, min(len(sd) - 1, round(LONGEST_LAG / (octaves[1] - octaves[0]))) + 1)
    if not sd.any():
        return np.zeros(0), np.zeros(0)
    return (np.array([octaves[k] - octaves[0] for k in steps]),
            np.array([np.diag(products, k).sum() / (sd[k:] * sd[:-k]).sum() for k in steps]))


def fit_decay(lags, correlations, weight, prior, prior_weight):
    """
    The :class:`Decay` that fits correlations, shrunk to a prior.

    :param lags: array (m,), octaves.
    :param correlations: array (m,).
    :param weight: independent terms that they are the mean of.
    :param prior: :class:`Decay`.
    :param prior_weight: terms that the prior counts as.
    :return: :class:`Decay`

    .. rubric:: Example

    >>> lags = np.arange(1, 25) / 6
    >>> found = fit_decay(lags, Decay(3.0, 0.8).at(lags), 100, Decay(1.0, 0.5), 1)
    >>> round(found.length), round(found.share, 1)
    (3, 0.8)
    """
    choices = [Decay(float(length), float(share)) for length in LENGTHS for share in SHARES]
    tried = np.array([choice.at(lags) for choice in choices])
    misfit = (weight * np.square(tried - correlations).sum(1)
              + prior_weight * np.square(tried - prior.at(lags)).sum(1))
    return choices[int(misfit.argmin())]
