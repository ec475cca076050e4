"""
Coherencies of the components at a station
==========================================

The complex coherency of two components in a band is their mean product over the record, divided by
the roots of their powers. At a station it is similar in all records (a horizontal that moves with
the vertical at some frequency does so for every earthquake). In a single record this cannot be
distinguished from chance. The coherency therefore has a station term: the mean of the station,
shrunk by its variance due to chance, and a scatter of records about it, in excess of that of
incoherent noise.

.. rubric:: Chance

The coherency of independent noise has mean zero and variance 1 / N, with N the independent
samples: bins of the band, times the share of the window that the record fills.
"""

from dataclasses import dataclass

import numpy as np
from scipy.ndimage import gaussian_filter1d

from .mixed_effects import indicator

#: prior standard deviation of a station's coherency, and its weight in stations
STATION_SD, PRIOR_STATIONS = 0.12, 3
#: records (more than there are stations) from which on their scatter is used
SCATTER_RECORDS = 10
#: smoothing of variances and of a record's scatter along ln f, bands
SMOOTHING, SCATTER_LENGTH = 2.0, 1.0
#: least eigenvalue of a matrix of coherencies
LEAST = 0.05


@dataclass(frozen=True)
class CoherencyModel:
    """
    Coherencies of records; pairs are N Z, E Z and E N, as in :mod:`obspy_tng.signal.frames`.

    :param stations: dict station -> complex array (3, bands), expected at the station.
    :param scatter: array (bands,), standard deviation of records about it.
    """

    stations: dict
    scatter: np.ndarray

    def draw(self, station, rng):
        """
        Coherencies that noise of a new record should have.

        :param station: station id.
        :param rng: ``numpy.random.Generator``.
        :return: complex array (3, bands).
        """
        parts = rng.standard_normal((2, 3, len(self.scatter)))
        noise = gaussian_filter1d(parts, SCATTER_LENGTH, axis=-1, mode="reflect")
        # smoothing took away from the variance
        noise *= np.sqrt(np.sqrt(4 * np.pi) * SCATTER_LENGTH) * self.scatter / np.sqrt(2)
        return self.stations[station] + noise[0] + 1j * noise[1]


def fit_coherencies(coherencies, chance, stations):
    """
    Fit a :class:`CoherencyModel` to any number of records.

    :param coherencies: complex array (n, 3, bands).
    :param chance: array (n, bands), variances due to chance.
    :param stations: n station ids.
    :return: :class:`CoherencyModel`
    """
    names, members = indicator(stations)
    counts = members.sum(0)
    means = np.einsum("ns,npb->spb", members, coherencies) / counts[:, None, None]
    squares = np.square(np.abs(coherencies - np.einsum("ns,spb->npb", members, means))).mean(1)
    # residual squares: chance and scatter, less the degrees of freedom of the means
    spare = len(coherencies) - len(names)
    usual = chance.mean(0)
    scatter = _smooth(np.maximum(squares.sum(0) / max(spare, 1) - usual, 0.0)) * min(
        1.0, spare / SCATTER_RECORDS)
    of_mean = (usual + scatter) / counts[:, None]
    found = np.maximum(np.square(np.abs(means)).mean(1) - of_mean, 0.0)
    station = _smooth((PRIOR_STATIONS * STATION_SD ** 2 + found.sum(0))
                      / (PRIOR_STATIONS + len(names)))
    shrunk = means * (station / (station + of_mean))[:, None]
    return CoherencyModel({str(name): mean for name, mean in zip(names, shrunk, strict=True)},
                          np.sqrt(scatter))


def cholesky_coefficients(coherencies):
    """
    Coefficients of noise with given coherencies.

    :param coherencies: complex array (3, bands); if three of them are not consistent, they are
        reduced.
    :return: array (6, bands), real and imaginary parts of p, q and r of
        :func:`obspy_tng.signal.frames.simulate_frames`.

    .. rubric:: Example

    >>> cholesky_coefficients(np.array([[0.6], [0.0], [0.0]])).round(2).T.tolist()
    [[0.75, 0.0, 0.0, 0.0, 0.0, 0.0]]
    """
    first, second, third = coherencies
    matrix = np.zeros((len(first), 3, 3), dtype=complex)
    matrix[:, 1, 0], matrix[:, 2, 0], matrix[:, 2, 1] = first, second, third
    matrix += matrix.conj().swapaxes(1, 2)
    lowest = np.linalg.eigvalsh(matrix)[:, 0]
    matrix *= np.minimum(1.0, (1 - LEAST) / np.maximum(-lowest, 1e-9))[:, None, None]
    factor = np.linalg.cholesky(matrix + np.eye(3))
    p = factor[:, 1, 0] / factor[:, 1, 1]
    q, r = (factor[:, 2, :2] / factor[:, 2, 2:]).T
    return np.stack([part for c in (p, q, r) for part in (c.real, c.imag)])


def _smooth(values):
    return gaussian_filter1d(values, SMOOTHING, axis=-1, mode="nearest")
