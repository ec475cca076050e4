"""
Window levels: when and at which frequency the energy of a record comes
=======================================================================

The window levels of a record (:mod:`obspy_tng.signal.energy_windows`), less their mean after the
onset by component and octave, have a mean that depends on magnitude and distance, and residuals of
low rank::

    window level = a + b (M - 6) + c ln(R / 100 km) + sum over k of u_k g_k + rest

with R the hypocentral distance, principal components g_k, and scores u_k of variance one, part of
which is common to the records of a station. The model is learned from simulated records
(``examples/learn_window_levels.py``). It lets the records of a station that has few source records
differ as records of different earthquakes do (:class:`BankWindowLevels`)::

    new u_k = station mean + cos(d) (u_k of the source record - station mean) + sin(d) drawn u_k

The rest, finer than the principal components, belongs to the waveform of the source record. The
share sin^2(d) depends on how many source records there are: with many, nothing is drawn, because
changing when the energy of a recorded waveform comes costs realism (docs, "Learned waveforms").
"""

from dataclasses import dataclass
from functools import lru_cache
from pathlib import Path

import numpy as np

from ..signal.energy_windows import OCTAVES, WINDOWS
from .scaling import USUAL_DEPTH

#: windows whose mean is the level of component and octave: after the onset, in all records
LEVEL_WINDOWS = slice(3, 6)
SHAPE = (3, len(OCTAVES), WINDOWS)
#: principal components, passes in which what records do not have is filled in
COMPONENTS, PASSES = 24, 12
#: magnitude and distance (km) of the mean
REFERENCE = 6.0, 100.0
#: variance of the rest, ln power, in the estimate of the scores of a record
REST = 0.3
#: share of the variance of the scores within stations. In simulated networks it is 0.9, but regions
#: differ from the simulated ones as a whole, and their stations with them
WITHIN = 0.6
#: largest share of the variance within stations that is drawn
MOST_DRAWN = 0.75
#: chance that two new records have the same source record: nothing is drawn up to the first, from
#: the second on the largest share (about three source records)
ALIKE = 0.3, 0.45
#: largest change of a window level, ln power
LARGEST_CHANGE = 4.0
#: names of the arrays of the model in the package
FIELDS = ("coefficients", "components")


@dataclass(frozen=True)
class WindowLevelModel:
    """
    Distribution of window levels.

    :param coefficients: a, b and c, ``(3, 243)``.
    :param components: the g_k, ``(components, 243)``.
    """

    coefficients: np.ndarray
    components: np.ndarray

    def scores(self, levels, known):
        """
        The u_k of a record, as far as its window levels tell.

        :param levels: window levels ``(3, 9, 9)``, NaN where the record has none.
        :param known: its :func:`scenario_terms`, ``(3,)``.
        :return: array ``(components,)``, means of the posterior.
        """
        off = relative(levels).ravel() - known @ self.coefficients
        there = np.isfinite(off)
        g = self.components[:, there]
        return np.linalg.solve(g @ g.T + REST * np.eye(len(g)), g @ off[there])

    def station_mean(self, scores):
        """
        Mean scores of a station.

        :param scores: of its records, ``(n, components)``.
        :return: array ``(components,)``, mean of the posterior; 0 without records.
        """
        return (1 - WITHIN) * np.sum(scores, axis=0) / (len(scores) * (1 - WITHIN) + WITHIN)


class BankWindowLevels:
    """
    Window levels of new records of a bank.

    :param model: :class:`WindowLevelModel`.
    :param stations: array (n,), station of each source record.
    :param levels: their window levels ``(n, 3, 9, 9)``; all NaN: no such record.
    :param magnitudes, distances, depths: arrays (n,), km, NaN where unknown.
    """

    def __init__(self, model, stations, levels, magnitudes, distances, depths):
        self.model, self.stations = model, np.asarray(stations)
        self.known = scenario_terms(magnitudes, distances, depths)
        there = np.isfinite(levels).any(axis=(1, 2, 3))
        self.scores = np.stack([model.scores(*row) for row in zip(levels, self.known,
                                                                  strict=True)])
        self.means = {s: model.station_mean(self.scores[(self.stations == s) & there])
                      for s in dict.fromkeys(self.stations.tolist())}

    def draw(self, station, i, probability, rng):
        """
        Change of the window levels of a source record.

        What the scenario changes is left to the warp of the time axis
        (:meth:`~obspy_tng.groundmotion.source_records.SourceRecords.lengthen`).

        :param station: id of the station of the new record.
        :param i: index of the source record.
        :param probability: array (n,), of the source records.
        :param rng: ``numpy.random.Generator``.
        :return: array ``(3, 9, 9)``, ln power; zeros where nothing is drawn.
        """
        share = drawn_share(probability)
        other = self.means[self.stations[i].item()]
        own = self.scores[i] - other
        drawn = np.sqrt(WITHIN) * rng.standard_normal(len(own))
        # the difference of the stations comes in as gradually as what is drawn; a station without
        # records has the mean of the source record's station
        scores = share / MOST_DRAWN * (self.means.get(station, other) - other) \
            + (np.sqrt(1 - share) - 1) * own + np.sqrt(share) * drawn
        change = (scores @ self.model.components).reshape(SHAPE)
        return np.clip(change, -LARGEST_CHANGE, LARGEST_CHANGE)


def drawn_share(probability):
    """
    Share of the variance of window levels that is drawn.

    :param probability: array (n,), of the source records.
    :return: float, 0 where there are many, at most :data:`MOST_DRAWN`.

    .. rubric:: Example

    >>> float(drawn_share(np.array([0.6, 0.3, 0.1]))), float(drawn_share(np.full(9, 1 / 9)))
    (0.75, 0.0)
    """
    alike = np.square(probability).sum()
    return MOST_DRAWN * np.clip((alike - ALIKE[0]) / (ALIKE[1] - ALIKE[0]), 0, 1)


def relative(levels):
    """Window levels ``(..., 3, 9, 9)`` less their mean after the onset, by component and octave."""
    level = levels[..., LEVEL_WINDOWS]
    known = np.isfinite(level)
    mean = np.where(known, level, 0).sum(-1) / np.maximum(known.sum(-1), 1)
    return levels - mean[..., None]


def scenario_terms(magnitudes, distances, depths):
    """
    What window levels depend on.

    :param magnitudes, distances, depths: arrays (n,), epicentral, km, NaN where unknown.
    :return: array ``(n, 3)``: 1, M - 6, ln(R / 100 km); 0 where unknown.
    """
    magnitudes, distances, depths = (np.asarray(v, dtype=float)
                                     for v in (magnitudes, distances, depths))
    depths = np.where(np.isfinite(depths), depths, USUAL_DEPTH)
    with np.errstate(divide="ignore"):
        found = np.stack([np.ones(np.shape(magnitudes)), magnitudes - REFERENCE[0],
                          np.log(np.hypot(distances, depths) / REFERENCE[1])], axis=1)
    return np.where(np.isfinite(found), found, 0.0)


def learn_window_levels(levels, magnitudes, distances, depths):
    """
    Learn a :class:`WindowLevelModel`.

    Window levels that a record does not have are filled in by the model itself, in turns.

    :param levels: window levels ``(n, 3, 9, 9)``, NaN where there are none.
    :param magnitudes, distances, depths: arrays (n,), km.
    :return: :class:`WindowLevelModel`.
    """
    y = relative(np.asarray(levels)).reshape(len(levels), -1)
    there, x = np.isfinite(y), scenario_terms(magnitudes, distances, depths)
    mean = np.where(there, y, 0).sum(0) / np.maximum(there.sum(0), 1)
    filled = np.where(there, y, mean)
    for _ in range(PASSES):
        coefficients = np.linalg.lstsq(x, filled, rcond=None)[0]
        u, s, v = np.linalg.svd(filled - x @ coefficients, full_matrices=False)
        u, s, v = u[:, :COMPONENTS], s[:COMPONENTS], v[:COMPONENTS]
        filled = np.where(there, y, x @ coefficients + (u * s) @ v)
    return WindowLevelModel(coefficients, s[:, None] / np.sqrt(len(y)) * v)


def save_window_levels(model, path):
    """Write a :class:`WindowLevelModel` as single precision arrays of an ``.npz`` file."""
    np.savez(path, **{name: np.asarray(getattr(model, name), np.float32) for name in FIELDS})


@lru_cache(1)
def packaged_window_levels():
    """The :class:`WindowLevelModel` in the package."""
    with np.load(Path(__file__).with_name("window_levels.npz"), allow_pickle=False) as arrays:
        return WindowLevelModel(*(arrays[name].astype(float) for name in FIELDS))
