"""
Question: are the records new, and different from each other?

For each record the highest normalised cross-correlation, over all lags and
on either horizontal, with any enrolled record of its station. A copy has 1; real
records of other earthquakes have what chance and the site's common response give.
The same among the generated records themselves is their diversity.

For real records, those of the same earthquake do not count.
"""

import numpy as np
from scipy.fft import irfft, next_fast_len, rfft

from .metric import Metric

# To save time no more than this many records of a set are looked at.
MOST_RECORDS = 50
COPY_CORRELATION = 0.9
_HORIZONTALS = (1, 2)


def highest_correlations(first, second):
    """
    Highest normalised cross-correlation between all pairs of records.

    :param first: array ``(n, 3, npts)``, ZNE.
    :param second: array ``(m, 3, npts)``.
    :return: float32 array ``(n, m)``, 0 to 1: highest magnitude over all lags
        and both horizontals (N with N, E with E).
    """
    nfft = next_fast_len(2 * first.shape[-1] - 1, real=True)
    best = np.zeros((len(first), len(second)), dtype=np.float32)
    for component in _HORIZONTALS:
        spectra = [rfft(_unit(data[:, component]), nfft) for data in (first, second)]
        for row, spectrum in zip(best, spectra[0], strict=True):
            lags = irfft(spectrum * spectra[1].conj(), nfft)
            np.maximum(row, lags.max(-1), out=row)
            np.maximum(row, -lags.min(-1), out=row)
    return np.minimum(best, 1)


def _unit(data):
    data = np.asarray(data, dtype=np.float32)
    data = data - data.mean(-1, keepdims=True)
    return data / np.linalg.norm(data, axis=-1, keepdims=True)


def nearest(records, enrolled):
    """
    For each record the highest correlation with any of the enrolled ones.

    :param records: RecordSet.
    :param enrolled: RecordSet; records of the same earthquake as the one
        looked at, and itself, are left out.
    :return: array of at most 50 values; NaN where no other record is left.
    """
    rows = np.unique(records.index)[:MOST_RECORDS]
    columns = np.unique(enrolled.index)
    matrix = _between(records.root, rows, enrolled.root, columns).astype(float)
    own = np.array(records.root.identities)[rows]
    others = np.array(enrolled.root.identities)[columns]
    matrix[own[:, None] == others[None]] = np.nan
    usable = np.isfinite(matrix).any(axis=1)
    highest = np.full(len(matrix), np.nan)
    highest[usable] = np.nanmax(matrix[usable], axis=1)
    return highest


def _between(first, rows, second, columns):
    """Correlations between records of two whole sets; each row computed once and kept."""
    known = first._measured.setdefault("correlations", {})
    if id(second) not in known:
        # `second` is kept with the matrix, so that its id stays taken
        known[id(second)] = second, np.full((len(first), len(second)), np.nan, np.float32)
    matrix = known[id(second)][1]
    missing = np.isnan(matrix[np.ix_(rows, columns)])
    new_rows, new_columns = rows[missing.any(axis=1)], columns[missing.any(axis=0)]
    if len(new_rows):
        matrix[np.ix_(new_rows, new_columns)] = highest_correlations(first.data[new_rows],
                                                                     second.data[new_columns])
    return matrix[np.ix_(rows, columns)]


def novelty(real, other, enrolled):
    """Median over records of the highest correlation with any enrolled record."""
    return _summary(np.median, nearest(other, enrolled))


def novelty_high(real, other, enrolled):
    """95 % quantile over records of the highest correlation with any enrolled record."""
    return _summary(lambda x: np.quantile(x, 0.95), nearest(other, enrolled))


def copies(real, other, enrolled):
    """Share of records with a highest correlation above 0.9 with an enrolled one."""
    return _summary(lambda x: np.mean(x > COPY_CORRELATION), nearest(other, enrolled))


def diversity(real, other):
    """
    Median over records of the highest correlation with any other of the same set.

    Of no more records than the real side has, for the highest of many is higher.
    """
    some = other.take(np.arange(min(len(real), len(other))))
    return _summary(np.median, nearest(some, some))


def _summary(function, values):
    values = values[np.isfinite(values)]
    return float(function(values)) if len(values) else float("nan")


METRICS = (
    Metric("novelty", "highest correlation with enrolled, median", "", None, "Novelty", novelty,
           needs_enrolled=True),
    Metric("novelty_high", "highest correlation with enrolled, 95 %", "", None, "Novelty",
           novelty_high, needs_enrolled=True),
    Metric("copies", "share of near copies (above 0.9)", "", None, "Novelty", copies,
           needs_enrolled=True),
    Metric("diversity", "highest correlation with each other, median", "", None, "Novelty",
           diversity),
)
