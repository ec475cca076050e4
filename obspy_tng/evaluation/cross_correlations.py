"""
Cross-correlations of records with those of another set, each computed once.

The metrics of :mod:`obspy_tng.evaluation.metrics.novelty` use them. A run over folders stores them
in files (:func:`obspy_tng.runs.evaluate.evaluate_folders`).
"""

import numpy as np
from scipy.fft import irfft, next_fast_len, rfft

#: records of the second side in memory at a time, and transformed at a time (in the cache)
BLOCK, AT_ONCE = 256, 16
_HORIZONTALS = (1, 2)


def highest_correlations(first, second, wanted=None):
    """
    Highest normalised cross-correlation between all pairs of records.

    :param first: array ``(n, 3, npts)``, ZNE.
    :param second: array ``(m, 3, npts)``.
    :param wanted: boolean array ``(n, m)``, the pairs that are asked for (default: all).
    :return: float32 array ``(n, m)``, 0 to 1: highest magnitude over all lags
        and both horizontals (N with N, E with E); NaN where it was not asked for.
    """
    nfft = next_fast_len(2 * first.shape[-1] - 1, real=True)
    wanted = np.ones((len(first), len(second)), bool) if wanted is None else wanted
    best = np.where(wanted, np.float32(0), np.float32(np.nan))
    for component in _HORIZONTALS:
        spectra = [rfft(_unit(data[:, component]), nfft) for data in (first, second)]
        others = spectra[1].conj()
        for start in range(0, len(second), AT_ONCE):
            some = slice(start, start + AT_ONCE)
            for row, asked, spectrum in zip(best[:, some], wanted[:, some], spectra[0],
                                            strict=True):
                if asked.any():
                    block = others[some] if asked.all() else others[some][asked]
                    lags = irfft(spectrum * block, nfft, overwrite_x=True)
                    row[asked] = np.maximum(row[asked], np.maximum(lags.max(-1), -lags.min(-1)))
    return np.minimum(best, 1)


def _unit(data):
    data = np.asarray(data, dtype=np.float32)
    data = data - data.mean(-1, keepdims=True)
    return data / np.linalg.norm(data, axis=-1, keepdims=True)


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
        Some of them; missing ones are computed in blocks, within a set only for one order of the
        pair.

        :param rows: positions in the first set.
        :param columns: positions in the second.
        :return: float32 array ``(rows, columns)``.
        """
        if not self._rows:
            for path, known, at in self.stored:
                self._keep(known, at, np.load(path, mmap_mode="r"))
        missing = np.isnan(self._some(rows, columns))
        if self.first is self.second:
            both = np.isin(rows, columns)[:, None] & np.isin(columns, rows)
            missing &= ~both | (rows[:, None] >= columns)
        new_rows, new_columns = missing.any(axis=1), np.flatnonzero(missing.any(axis=0))
        if len(new_columns):
            samples = self.first.samples[rows[new_rows]]
            for i in range(0, len(new_columns), BLOCK):
                at = new_columns[i:i + BLOCK]
                self._keep(rows[new_rows], columns[at], highest_correlations(
                    samples, self.second.samples[columns[at]], missing[new_rows][:, at]))
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
        columns = np.asarray(columns)
        for i, values in zip(rows, matrix, strict=True):
            known = ~np.isnan(values)
            self._row(i)[columns[known]] = values[known]
            if self.first is self.second:
                for j, value in zip(columns[known], values[known], strict=True):
                    self._row(j)[i] = value


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
