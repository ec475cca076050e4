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
#: width of the kernel that f0 is smoothed with before it is drawn anew, times n^(-1/5) standard
#: deviations: the ceiling then has no bias for 5 to 40 records of one or two peaks
KERNEL = 0.5
#: scores beyond count as this in the scale of Fisher, where intervals are symmetrical
CERTAIN = 0.9999


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
        ``score`` (the 5x5 version), ``low`` and ``high`` (95 % interval, a bootstrap centred on
        the score);
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

    def redraw(values, like):
        return np.stack([_redraw(values[s], like[s], bins, repeats, rng) for s in stations], axis=1)

    drawn = identity_correlation(similarity(redraw(real, real), redraw(other, other)))
    perfect = identity_correlation(similarity(redraw(real, real), redraw(real, other)))
    matrix = similarity(kinds[0], kinds[1])
    diagonal = np.eye(len(stations), dtype=bool)
    result = {"stations": stations, "matrix": matrix,
              "score": float(identity_correlation(matrix)),
              "diagonal": float(matrix[diagonal].mean()),
              "off_diagonal": float(matrix[~diagonal].mean()) if len(stations) > 1 else np.nan}
    if len(stations) > 1:
        # resampling adds scatter, which lowers the similarity: centre the interval on the score
        spread = np.arctanh(np.clip(drawn, -CERTAIN, CERTAIN))
        score = np.arctanh(np.clip(result["score"], -CERTAIN, CERTAIN))
        result["low"], result["high"] = np.tanh(
            score + np.quantile(spread - spread.mean(), (0.025, 0.975))).tolist()
        result["ceiling"] = float(perfect.mean())
        result["ceiling_low"], result["ceiling_high"] = np.quantile(
            perfect, (0.025, 0.975)).tolist()
    for count in range(2, len(kinds) + 1):
        result[f"matrix_{count}x{count}"] = blocks = confusion(*kinds[:count])
        result[f"score_{count}x{count}"] = float(identity_correlation(blocks, count))
    return result


def _redraw(f0, like, bins, repeats, rng):
    """
    Histograms of f0 values that are drawn anew from a smoothed distribution.

    Few values leave most bins empty, and histograms drawn from these have less overlap between
    stations than the stations have.

    :param f0: values in Hz.
    :param like: as many are drawn as there are of these inside the bins.
    :return: array ``(repeats, bins)`` of probabilities.
    """
    inside, wanted = (x[(x >= bins[0]) & (x <= bins[-1])] for x in map(np.asarray, (f0, like)))
    if not len(inside) or not len(wanted):
        return np.zeros((repeats, len(bins) - 1))
    ln, n = np.log(inside), len(wanted)
    quarters = np.subtract(*np.quantile(ln, (0.75, 0.25))) / 1.349
    width = KERNEL * min(ln.std(), quarters) * len(ln) ** -0.2
    drawn = np.exp(rng.choice(ln, (repeats, n)) + width * rng.standard_normal((repeats, n)))
    index = np.clip(np.searchsorted(bins, drawn, side="right") - 1, 0, len(bins) - 2)
    return np.stack([(index == k).sum(1) for k in range(len(bins) - 1)], axis=1) / n


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
