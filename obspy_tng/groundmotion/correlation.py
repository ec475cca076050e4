"""
Correlation of band levels along ln f, and between level and HVSR.

Terms of neighbouring bands are correlated. Event terms are broad-band (stress drop acts on all
frequencies above the corner). Records scatter about them with a fine structure and a broad part
(path). Both are described by a :class:`Decay`: a share of the variance whose correlation decreases
over some octaves, and the rest, which is almost uncorrelated between bands. The share and the
length are estimated from the data and shrunk to a prior. The fine structure is that of a noisy
spectrum: at high frequencies a band has many more lines than at low ones, and scatters less. The
share is therefore estimated band by band (:func:`local_shares`). It is independent in the three
components, so that the level, the mean of two, has a quarter of the fine variance of their
difference (:func:`contrast_shares`).
"""

from dataclasses import dataclass

import numpy as np
from scipy.ndimage import gaussian_filter1d

#: octaves over which the fine structure is correlated (to 1/e)
FINE = 0.15
#: lags that a decay is fitted to, octaves
LONGEST_LAG = 4.0
#: lengths (octaves) and broad shares that are tried
LENGTHS, SHARES = np.geomspace(0.3, 20.0, 40), np.linspace(0.1, 1.0, 19)
#: octaves over which shares are smoothed (standard deviation), and their bounds
SHARE_SMOOTHING, SHARE_BOUNDS = 1.0, (0.02, 0.999)
#: bands between those whose correlation gives the shares
NEIGHBOURS = (1, 2)
# where (1 + x) exp(-x) is 1/e
_MATERN = 2.1462


@dataclass(frozen=True)
class Decay:
    """
    Correlation of two bands as a function of their distance in octaves.

    :param length: octaves over which the broad part falls to 1/e.
    :param share: share of the variance that is broad, on average over the bands.
    """

    length: float
    share: float = 1.0

    def at(self, lags):
        """Correlation at lags in octaves, any shape."""
        return self.share * self.broad(lags) + (1 - self.share) * np.exp(-np.abs(lags) / FINE)

    def broad(self, lags):
        """Correlation of the broad part: Matern's of order 3/2, smooth at lag 0."""
        x = _MATERN * np.abs(lags) / self.length
        return (1 + x) * np.exp(-x)

    def matrix(self, frequencies, shares=None):
        """
        Correlation matrix of bands.

        :param frequencies: Hz, ``(bands,)``.
        :param shares: broad share of each band ``(bands,)``; None: the same in all.
        :return: array (bands, bands), positive definite.
        """
        octaves = np.log2(frequencies)
        lags = np.abs(np.subtract.outer(octaves, octaves))
        shares = np.full(len(octaves), self.share) if shares is None else np.asarray(shares)
        broad, fine = np.sqrt(shares), np.sqrt(1 - shares)
        return (np.outer(broad, broad) * self.broad(lags)
                + np.outer(fine, fine) * np.exp(-lags / FINE) + 1e-6 * np.eye(len(octaves)))


def contrast_correlation(decays, level_hvsr, frequencies, shares=(None, None, None)):
    """
    Correlation of the three contrasts of all bands.

    :param decays: three of :class:`Decay`: of level, HVSR, and north over east.
    :param level_hvsr: correlation of level and HVSR in one band.
    :param frequencies: Hz, ``(bands,)``.
    :param shares: of each of the three, the broad share of each band ``(bands,)``, or None.
    :return: array (3 bands, 3 bands), positive definite.
    """
    bands = len(frequencies)
    found = np.zeros((3 * bands, 3 * bands))
    factors = [np.linalg.cholesky(decay.matrix(frequencies, some))
               for decay, some in zip(decays, shares, strict=True)]
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


def local_shares(products, frequencies, decay, weight, prior_weight):
    """
    Broad share of each band, from how well it correlates with its neighbours.

    :param products: array (bands, bands), sums of products of terms.
    :param frequencies: Hz, ``(bands,)``.
    :param decay: :class:`Decay` of all bands together, to which the shares are shrunk.
    :param weight: independent terms that the products are the sum of.
    :param prior_weight: terms that ``decay`` counts as.
    :return: array (bands,)

    .. rubric:: Example

    >>> frequencies = 0.1 * 2 ** (np.arange(40) / 6)
    >>> truth = np.linspace(0.3, 0.9, 40)
    >>> products = Decay(2.0).matrix(frequencies, truth)
    >>> shares = local_shares(products, frequencies, Decay(2.0, 0.6), 100, 1)
    >>> bool(np.abs(shares - truth).max() < 0.1)
    True
    """
    octaves = np.log2(frequencies)
    variances = np.diag(products)
    matched, squares = np.zeros(len(octaves)), np.zeros(len(octaves))
    for step in NEIGHBOURS:
        lag = octaves[step] - octaves[0]
        fine, broad = np.exp(-lag / FINE), decay.broad(lag)
        scale = np.sqrt(variances[step:] * variances[:-step]) + 1e-30
        excess = np.diag(products, step) / scale - fine
        for first in (0, step):  # a pair tells of both of its bands
            matched[first:first + len(excess)] += excess * (broad - fine)
            squares[first:first + len(excess)] += (broad - fine) ** 2
    smoothing = SHARE_SMOOTHING / (octaves[1] - octaves[0])
    matched, squares = (gaussian_filter1d(x, smoothing, mode="nearest")
                        for x in (matched, squares))
    found = np.clip(matched / squares, *SHARE_BOUNDS)
    return (weight * found + prior_weight * decay.share) / (weight + prior_weight)


def contrast_shares(fine, variances):
    """
    Broad shares of level, HVSR, and north over east.

    :param fine: array (2, bands), variances of the fine structure of HVSR and of north over east.
    :param variances: array (3, bands), all variance of each contrast.
    :return: array (3, bands)

    .. rubric:: Example

    >>> contrast_shares([[0.3], [0.4]], [[1.0], [0.6], [0.5]]).round(3).tolist()
    [[0.9], [0.5], [0.2]]
    """
    hvsr, north_east = np.asarray(fine)
    return np.clip(1 - np.stack([north_east / 4, hvsr, north_east]) / np.asarray(variances),
                   *SHARE_BOUNDS)
