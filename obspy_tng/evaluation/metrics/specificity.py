"""
Question: can the stations be distinguished by the f0 of their generated records?

The published score: f0 histograms of every station, real and generated, are
compared with each other; the matrix of similarities should look like the
identity, and the score is its correlation with the identity. In paper mode f0 is the
maximum between 1 and 20 Hz in 20 linear bins, which ignores everything below 1 Hz. In
log mode the bins are a fifth of an octave over the band of the data.

The score saturates (real records against themselves do not reach 1, because stations
overlap) and depends on bins and numbers of records. It is therefore given with its
bootstrap interval and the ceiling: the score of a perfect generator with the same number
of records.

.. [TimesNetGen2026] Yilmaz, B., Cilgin, B., Akagunduz, E. and Tileylioglu, S.
   (2026). TimesNet-Gen: deep learning-based site specific strong motion
   generation. arXiv:2512.04694.
"""

import numpy as np

from .metric import Metric
from .similarity import (
    confusion,
    histogram,
    identity_correlation,
    log_bins,
    paper_bins,
    similarity,
)

MODES = ("paper", "log")


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
