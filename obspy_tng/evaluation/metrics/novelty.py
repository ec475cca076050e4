"""
Question: are the records new, and different from each other?

For each record the highest normalised cross-correlation, over all lags and
on either horizontal, with any enrolled record of its station. A copy has 1. Real
records of other earthquakes have a value due to chance and the response of the site.
The same quantity among the generated records measures their diversity.

For real records, those of the same earthquake are excluded.
"""

import numpy as np
from scipy.fft import irfft, next_fast_len, rfft

from .metric import Metric

# at most this many records of a set are used, to save time
MOST_RECORDS = 50
COPY_CORRELATION = 0.9
# Records of the second side in memory at a time.
BLOCK = 256
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


class Correlations:
    """
    Correlations of records of a complete set with those of another, stored row by row.

    :param first: RecordSet, a complete one.
    :param second: likewise.
    :param stored: list of ``(file, rows, columns)`` to begin with: arrays ``(rows,
        columns)`` that :func:`numpy.load` reads.
    """

    def __init__(self, first, second, stored=()):
        self.first, self.second, self.stored = first, second, stored
        self._rows = {}

    def between(self, rows, columns):
        """
        Some of them; missing ones are computed in blocks.

        :param rows: positions in the first set.
        :param columns: positions in the second.
        :return: float32 array ``(rows, columns)``.
        """
        if not self._rows:
            for path, known, at in self.stored:
                self._keep(known, at, np.load(path, mmap_mode="r"))
        missing = np.isnan(self._some(rows, columns))
        new_rows, new_columns = rows[missing.any(axis=1)], columns[missing.any(axis=0)]
        if len(new_rows):
            samples = self.first.samples[new_rows]
            for i in range(0, len(new_columns), BLOCK):
                at = new_columns[i:i + BLOCK]
                self._keep(new_rows, at, highest_correlations(samples, self.second.samples[at]))
        return self._some(rows, columns)

    def release(self):
        """Release what can be read again from files."""
        if self.stored:
            self._rows = {}

    def _some(self, rows, columns):
        return np.array([self._row(i)[columns] for i in rows]).reshape(len(rows), len(columns))

    def _row(self, i):
        if i not in self._rows:
            self._rows[i] = np.full(len(self.second), np.nan, np.float32)
        return self._rows[i]

    def _keep(self, rows, columns, matrix):
        for i, values in zip(rows, matrix, strict=True):
            self._row(i)[columns] = values


def correlations_of(first, second):
    """
    The :class:`Correlations` of two complete sets, made on first use.

    :param first: RecordSet.
    :param second: RecordSet.
    :return: Correlations
    """
    known = first.correlations
    if id(second) not in known:  # which it keeps, so that its id stays taken
        known[id(second)] = Correlations(first, second)
    return known[id(second)]


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
