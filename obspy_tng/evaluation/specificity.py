"""
Question: can the stations be told apart by the f0 of their generated records?

The published score: f0 histograms of every station, real and generated, are
compared with each other; the matrix of similarities should look like the
identity, and the score is its correlation with it. In paper mode f0 is the
maximum between 1 and 20 Hz in 20 linear bins, which is blind below 1 Hz; in
log mode the bins are a fifth of an octave over the band of the data.

The score saturates (real against itself is not 1, because stations overlap) and
moves with bins and numbers of records. So it stands beside its bootstrap
interval and the ceiling: what a perfect generator of that many records gets.

.. [TimesNetGen2026] Yilmaz, B., Cilgin, B., Akagunduz, E. and Tileylioglu, S.
   (2026). TimesNet-Gen: deep learning-based site specific strong motion
   generation. arXiv:2512.04694.
"""

import numpy as np

from .metric import Metric

BINS_PER_OCTAVE = 5
MODES = ("paper", "log")
# Added to the probabilities, as published, so that empty bins have a logarithm.
EPSILON = 1e-10


def paper_bins():
    """The published 20 linear bins between 1 and 20 Hz, ``(21,)`` edges in Hz."""
    return np.linspace(1, 20, 21)


def log_bins(axes):
    """
    Log-spaced bins over the band of the data.

    :param axes: :class:`~obspy_tng.evaluation.recordset.Axes`.
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


def score_f0(real, other, bins, reconstructed=None, repeats=200, seed=0):
    """
    Specificity score of raw f0 values, with its interval and its ceiling.

    :param real: dict ``station -> f0 values`` in Hz.
    :param other: the same for generated records, all stations of ``real``.
    :param bins: edges in Hz (:func:`paper_bins`, :func:`log_bins`).
    :param reconstructed: the same for reconstructed records, or None.
    :param repeats: bootstrap repeats (records drawn anew on both sides).
    :param seed: seed of the bootstrap.
    :return: dict: ``stations``; ``matrix`` (real rows, generated columns);
        ``score`` (the 5x5 version), ``low`` and ``high`` (95 % bootstrap interval);
        ``ceiling``, ``ceiling_low``, ``ceiling_high`` (mean and 95 % of what a
        perfect generator of as many records gets: both sides drawn from the real
        distribution); ``diagonal``, ``off_diagonal`` (means); ``score_2x2``,
        ``matrix_2x2`` (2x2 blocks: 10x10 for five stations); with ``reconstructed``
        also ``score_3x3``, ``matrix_3x3`` (15x15).
    """
    stations = list(real)
    kinds = [np.array([histogram(values[s], bins) for s in stations])
             for values in (real, other, reconstructed) if values is not None]
    rng = np.random.default_rng(seed)
    def redraw(probabilities, values):
        counted = [np.histogram(values[s], bins)[0].sum() for s in stations]
        return np.stack([rng.multinomial(n, p, size=repeats) / n if n else
                         np.zeros((repeats, len(p)))
                         for n, p in zip(counted, probabilities, strict=True)], axis=1)
    drawn = identity_correlation(similarity(redraw(kinds[0], real), redraw(kinds[1], other)))
    perfect = identity_correlation(similarity(redraw(kinds[0], real), redraw(kinds[0], other)))
    matrix = similarity(kinds[0], kinds[1])
    diagonal = np.eye(len(stations), dtype=bool)
    result = {"stations": stations, "matrix": matrix,
              "score": float(identity_correlation(matrix)),
              "diagonal": float(matrix[diagonal].mean()),
              "off_diagonal": float(matrix[~diagonal].mean()) if len(stations) > 1 else np.nan}
    if len(stations) > 1:
        result["low"], result["high"] = np.quantile(drawn, (0.025, 0.975)).tolist()
        result["ceiling"] = float(perfect.mean())
        result["ceiling_low"], result["ceiling_high"] = np.quantile(
            perfect, (0.025, 0.975)).tolist()
    for count in range(2, len(kinds) + 1):
        result[f"matrix_{count}x{count}"] = blocks = confusion(*kinds[:count])
        result[f"score_{count}x{count}"] = float(identity_correlation(blocks, count))
    return result


def f0_of(sets, mode):
    """
    f0 of all records and the bins they belong in.

    :param sets: dict ``station id -> RecordSet``.
    :param mode: ``"paper"`` or ``"log"``.
    :return: ``(dict station id -> f0 in Hz, edges in Hz)``
    """
    if mode == "paper":
        return {s: records.f0_paper for s, records in sets.items()}, paper_bins()
    axes = next(iter(sets.values())).axes
    return {s: records.f0 for s, records in sets.items()}, log_bins(axes)


def _score(real, other, mode):
    if len(real) < 2:
        return np.nan
    (first, bins), (second, _) = f0_of(real, mode), f0_of(other, mode)
    return float(identity_correlation(similarity(
        np.array([histogram(first[s], bins) for s in real]),
        np.array([histogram(second[s], bins) for s in real]))))


def specificity(real, other):
    """Correlation of the f0 similarity matrix with the identity, log bins over the band."""
    return _score(real, other, "log")


def specificity_paper(real, other):
    """The same as published [TimesNetGen2026]_: linear bins, 1 to 20 Hz."""
    return _score(real, other, "paper")


METRICS = (
    Metric("specificity", "specificity score, log bins", "", 1.0, "Specificity",
           specificity, scope="network"),
    Metric("specificity_paper", "specificity score as published (1-20 Hz)", "", 1.0,
           "Specificity", specificity_paper, scope="network"),
)
