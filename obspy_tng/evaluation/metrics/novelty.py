"""
Question: are the records new, and different from each other?

For each record the highest normalised cross-correlation, over all lags and
on either horizontal, with any enrolled record of its station. A copy has 1. Real
records of other earthquakes have a value due to chance and the response of the site.
The same quantity among the generated records measures their diversity.

For real records, those of the same earthquake are excluded.
"""

import numpy as np

from ..cross_correlations import correlations_of
from .metric import Metric

#: at most this many records of a set are used, to save time
MOST_RECORDS = 50
#: correlation above which a record is a near copy
COPY_CORRELATION = 0.9


def highest_of_each(records, enrolled):
    """
    For each record the highest correlation with any of the enrolled ones.

    :param records: RecordSet.
    :param enrolled: RecordSet; the record itself and records of the same earthquake are
        left out.
    :return: array of at most 50 values; NaN where no other record remains.
    """
    rows = np.unique(records.index)[:MOST_RECORDS]
    columns = np.unique(enrolled.index)
    matrix = correlations_of(records.root, enrolled.root).between(rows, columns).astype(float)
    own = np.array(records.root.take(rows).identities)
    others = np.array(enrolled.root.take(columns).identities)
    matrix[own[:, None] == others[None]] = np.nan
    usable = np.isfinite(matrix).any(axis=1)
    highest = np.full(len(matrix), np.nan)
    highest[usable] = np.nanmax(matrix[usable], axis=1)
    return highest


def correlated(real, other, enrolled):
    """
    The records that the metrics below correlate at one station.

    :param real: RecordSet.
    :param other: RecordSet.
    :param enrolled: RecordSet.
    :return: list of ``(first, rows, second, columns)``: complete sets and positions in them.
    """
    some = _as_many(other, real)
    return [(a.root, np.unique(a.index)[:MOST_RECORDS], b.root, np.unique(b.index))
            for a, b in ((other, enrolled), (some, some))]


def novelty(real, other, enrolled):
    """Median over records of the highest correlation with any enrolled record."""
    return _summary(np.median, highest_of_each(other, enrolled))


def novelty_high(real, other, enrolled):
    """95 % quantile over records of the highest correlation with any enrolled record."""
    return _summary(lambda x: np.quantile(x, 0.95), highest_of_each(other, enrolled))


def copies(real, other, enrolled):
    """Share of records with a highest correlation above 0.9 with an enrolled one."""
    return _summary(lambda x: np.mean(x > COPY_CORRELATION), highest_of_each(other, enrolled))


def diversity(real, other):
    """
    Median over records of the highest correlation with any other of the same set.

    It uses at most as many records as the real side has, since the maximum grows with the
    number of records.
    """
    some = _as_many(other, real)
    return _summary(np.median, highest_of_each(some, some))


def _as_many(records, real):
    return records.take(np.arange(min(len(real), len(records))))


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
