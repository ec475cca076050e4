"""
Similarity of f0 distributions, and how much a matrix of them looks like the identity.

The Jensen-Shannon distance [Lin1991]_ of histograms, in the bins of the published
evaluation or in logarithmic ones.

.. [Lin1991] Lin, J. (1991). Divergence measures based on the Shannon entropy.
   IEEE Trans. Inf. Theory 37(1), 145-151.
"""

import numpy as np

BINS_PER_OCTAVE = 5
# Added to the probabilities, as published, so that empty bins have a logarithm.
EPSILON = 1e-10


def paper_bins():
    """The published 20 linear bins between 1 and 20 Hz, ``(21,)`` edges in Hz."""
    return np.linspace(1, 20, 21)


def log_bins(axes):
    """
    Log-spaced bins over the band of the data.

    :param axes: :class:`~obspy_tng.evaluation.axes.Axes`.
    :return: edges in Hz; five bins per octave, the last one narrower or wider
        by less than half a bin.
    """
    octaves = np.log2(axes.freqmax / axes.freqmin)
    return np.geomspace(axes.freqmin, axes.freqmax * (1 + 1e-9),
                        max(2, round(octaves * BINS_PER_OCTAVE)) + 1)


def histogram(f0, bins):
    """
    Histogram of f0 as probabilities.

    :param f0: frequencies in Hz; those outside of the bins and NaN do not count.
    :param bins: edges in Hz.
    :return: array ``(len(bins) - 1,)`` with sum 1, or zeros if none counts.
    """
    counts = np.histogram(np.asarray(f0, dtype=np.float64), bins)[0]
    return counts / max(counts.sum(), 1)


def similarity(first, second):
    """
    1 - Jensen-Shannon distance (base 2) between histograms.

    :param first: probabilities ``(..., n, nbins)``.
    :param second: probabilities ``(..., m, nbins)``.
    :return: array ``(..., n, m)``, 0 (disjoint) to 1 (equal).
    """
    p, q = (np.asarray(h) + EPSILON for h in (first, second))
    p = (p / p.sum(-1, keepdims=True))[..., :, None, :]
    q = (q / q.sum(-1, keepdims=True))[..., None, :, :]
    middle = (p + q) / 2
    divergence = (p * np.log2(p / middle) + q * np.log2(q / middle)).sum(-1) / 2
    return 1 - np.sqrt(np.maximum(divergence, 0))


def identity_correlation(matrix, block=1):
    """
    The score: Pearson correlation of a similarity matrix with the (block) identity.

    :param matrix: ``(..., n * block, n * block)``.
    :param block: rows per station: 1 for real against generated; 2 or 3 where
        real, generated (and reconstructed) rows are interleaved.
    :return: array ``(...)``; NaN for a single station.
    """
    size = matrix.shape[-1]
    target = np.kron(np.eye(size // block), np.ones((block, block))).ravel()
    flat = matrix.reshape(*matrix.shape[:-2], -1)
    flat = flat - flat.mean(-1, keepdims=True)
    target = target - target.mean()
    with np.errstate(invalid="ignore", divide="ignore"):
        return (flat @ target) / np.sqrt((flat**2).sum(-1) * (target**2).sum())


def confusion(*histograms):
    """
    Similarity matrix of the stations.

    :param histograms: one array ``(..., stations, nbins)`` for each kind of
        records. Two kinds as (real, generated) in the 5x5 version are
        ``similarity(real, generated)``; here the kinds are interleaved station by
        station and compared with each other, the 10x10 or 15x15 version.
    :return: array ``(..., kinds * stations, kinds * stations)``
    """
    stacked = np.stack(histograms, axis=-2)
    rows = stacked.reshape(*stacked.shape[:-3], -1, stacked.shape[-1])
    return similarity(rows, rows)
