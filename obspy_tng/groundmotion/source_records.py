"""
Source records: choice of a record, and band levels of the new one
==================================================================

A new record for a scenario is made from a recorded one of a similar scenario, preferably of the
same station. Its band levels are those of the scenario and the station, with a residual that is
partly that of the source record and partly drawn::

    level = predicted + delta_s2s + cos(a) own residual + sin(a) drawn residual

Both residuals have the same covariance, and so has the sum. With the part of the source record the
filter that changes the levels is smooth, since its deviations from the mean in single bands
remain. With the drawn part two records from one source record have different levels.

.. [BooreThompson2014] Boore, D. M. and Thompson, E. M. (2014). Path durations for use in the
   stochastic-method simulation of ground motions. Bull. Seismol. Soc. Am. 104(5), 2541-2552.
"""

from dataclasses import dataclass

import numpy as np

from .band_levels import to_contrasts, to_levels
from .brune import corner_frequency
from .scaling import USUAL_DEPTH, source_distance
from .scenario import scenario_distance

#: angles a (degrees) of the levels, and of the ratios of components (HVSR, north over east), whose
#: filters would change the components relative to each other
LEVEL_ANGLE, RATIO_ANGLE = 25.0, 15.0
#: weight of a record of the same station relative to those of others: the number of the station's
#: records, at most this. New records from one of three would be alike
OWN_WEIGHT = 20.0
#: s, difference in t05 of triggered records that recorders of one station usually have, and the
#: least factor of the weight of a record of another station with a t05 that the station never has
ONSET_SD, LEAST_ALIKE = 3.0, 0.05
#: a record whose component ratios differ from the usual by this (ln energy, median over the band
#: below), or scatter this much about their median, has a dead or polluted component
LARGEST_OFFSET, LARGEST_SCATTER = 1.5, 1.0
RATIO_BAND = (1.0, 15.0)
#: km/s, hypocentral distance over the time from P to S of crustal earthquakes
PS_VELOCITY = 8.0
#: difference in ln hypocentral distance that needs no stretch of the time from P to S (depths and
#: velocities scatter as much), and the largest ln stretch
FREE_STRETCH, LARGEST_STRETCH = 0.4, 1.2
#: durations (s) of the path in active crust at some distances (km) [BooreThompson2014]_, and their
#: growth beyond, s/km. Theirs (0.03 to 125 km, 0.16 on average to 270 km) makes durations in
#: Mexico City scatter too much
PATH_DISTANCES, PATH_DURATIONS, PATH_GROWTH = (0.0, 7.0, 45.0), (0.0, 2.4, 8.4), 0.08
#: change of ln duration that is left to chance (records of near scenarios differ as much), and the
#: largest one
FREE_LENGTHENING, LARGEST_LENGTHENING = 0.2, 1.1


def sound_components(levels, stations, frequencies):
    """
    Records with three consistent components.

    :param levels: array ``(n, 3, bands)``, band levels.
    :param stations: n station ids.
    :param frequencies: Hz, centres of the bands.
    :return: boolean array ``(n,)``; False where a component is dead or polluted.
    """
    inside = (frequencies >= RATIO_BAND[0]) & (frequencies <= RATIO_BAND[1])
    ratios = to_contrasts(levels).reshape(len(levels), 3, -1)[:, 1:, inside]
    stations, sound = np.asarray(stations), np.ones(len(levels), bool)
    for station in set(stations.tolist()):
        own = stations == station
        off = ratios[own] - np.median(ratios[own], axis=0)
        sound[own] = ((np.abs(np.median(off, axis=-1)) <= LARGEST_OFFSET)
                      & (off.std(-1) <= LARGEST_SCATTER)).all(axis=1)
    return sound


def hypocentral(distance, depth):
    """
    Hypocentral distance.

    :param distance: epicentral, km, number or array.
    :param depth: km; NaN: :data:`USUAL_DEPTH`.
    :return: km; at least 1, for earthquakes at the station.
    """
    return np.maximum(np.hypot(distance, np.where(np.isfinite(depth), depth, USUAL_DEPTH)), 1.0)


@dataclass(frozen=True)
class SourceRecords:
    """
    Metadata and residuals of all source records, without their samples.

    :param stations: array (n,) of station ids.
    :param magnitudes: array (n,), NaN where unknown.
    :param distances: array (n,), epicentral, km, NaN where unknown.
    :param depths: array (n,), km, NaN where unknown.
    :param residuals: contrasts ``(n, D)`` less what scenario and station explain.
    :param usable: boolean array (n,), see :func:`sound_components`.
    :param onsets: array (n,), t05, s, of records whose onset stays where it is; NaN of those that
        are moved with their P.
    """

    stations: np.ndarray
    magnitudes: np.ndarray
    distances: np.ndarray
    depths: np.ndarray
    residuals: np.ndarray
    usable: np.ndarray
    onsets: np.ndarray

    def weights(self, scenario):
        """
        How near the scenarios of the records are.

        :param scenario: requested :class:`~obspy_tng.groundmotion.scenario.Scenario`.
        :return: array (n,), 1 for the nearest usable record, 0 for those that are not usable.
        """
        apart = scenario_distance(self.magnitudes, self.distances, self.depths, scenario)
        apart = np.where(self.usable, apart, np.inf)
        if not np.isfinite(apart).any():
            apart = np.where(self.usable | ~self.usable.any(), 0.0, np.inf)
        return np.exp(-0.5 * (apart - apart.min()))

    def probabilities(self, station, scenario):
        """
        Probability of each record to be the source record.

        :param station: station id.
        :param scenario: requested :class:`~obspy_tng.groundmotion.scenario.Scenario`.
        :return: array (n,), sum 1.
        """
        own = self.stations == station
        weight = self.weights(scenario)
        weight[own] *= np.clip(np.count_nonzero(own & self.usable), 1, OWN_WEIGHT)
        weight *= self._alike(own)
        return weight / weight.sum()

    def _alike(self, own):
        """
        Factor of the weights by t05: when a triggered record begins depends on the recorder.

        :param own: boolean array (n,), records of the station.
        :return: array (n,), density of t05 at the station, 1 for its own records and where the
            onset is moved.
        """
        compared = own & np.isfinite(self.onsets)
        if not compared.any():
            return np.ones(len(own))
        apart = (self.onsets[:, None] - self.onsets[compared]) / ONSET_SD
        density = np.exp(-0.5 * np.square(apart)).mean(1)
        factor = np.maximum(density / density[compared].mean(), LEAST_ALIKE)
        return np.where(own | np.isnan(self.onsets), 1.0, factor)

    def levels(self, residual, expected, drawn, probability):
        """
        Band levels of a new record.

        They keep a share of the residual of the source record, less the mean residual of the source
        records of the scenario: this mean, of k records, scatters by phi^2 / k, and all new records
        would have it in common. The rest of the variance is drawn.

        :param residual: array ``(D,)``, that of the source record.
        :param expected: contrasts ``(D,)`` that scenario and station explain.
        :param drawn: band levels ``(3, bands)`` drawn for them, with a drawn residual.
        :param probability: array (n,), of :meth:`probabilities`; k is one over the sum of squares.
        :return: array ``(3, bands)``.
        """
        own = (residual - probability @ self.residuals).reshape(3, -1)
        other = (to_contrasts(drawn) - expected).reshape(3, -1)
        kept = np.cos(np.radians([LEVEL_ANGLE, RATIO_ANGLE, RATIO_ANGLE]))[:, None]
        rest = np.sqrt(1 - np.square(kept) * (1 - np.square(probability).sum()))
        return to_levels(expected + (kept * own + rest * other).ravel())

    def ps_seconds(self, i):
        """Time from P to S of a source record by its distance, s; 0 where it is not known."""
        if not np.isfinite(self.distances[i]):
            return 0.0
        return float(hypocentral(self.distances[i], self.depths[i]) / PS_VELOCITY)

    def stretch(self, i, scenario):
        """Factor of the time from P to S of a source record for a scenario."""
        if not np.isfinite(self.distances[i]):
            return 1.0
        _, distance, depth = scenario.arrays
        ratio = np.log(hypocentral(distance, depth)[0]
                       / hypocentral(self.distances[i], self.depths[i]))
        excess = np.clip(abs(ratio) - FREE_STRETCH, 0.0, LARGEST_STRETCH)
        return float(np.exp(np.sign(ratio) * excess))

    def lengthen(self, i, scenario):
        """
        Factor of the duration of a source record for a scenario.

        Durations are those of the stochastic method [BooreThompson2014]_: that of the source, the
        inverse of its corner frequency, and that of the path, which is short near the source.
        """
        known = np.isfinite(self.magnitudes[i]) and np.isfinite(self.distances[i])
        if not known:
            return 1.0
        there = _duration(scenario.magnitude, source_distance(*scenario.arrays)[0])
        here = _duration(self.magnitudes[i], source_distance(
            self.magnitudes[i], self.distances[i], self.depths[i]))
        change = np.log(there / here)
        excess = np.clip(abs(change) - FREE_LENGTHENING, 0.0, LARGEST_LENGTHENING)
        return float(np.exp(np.sign(change) * excess))


def _duration(magnitude, distance):
    """Duration of source and path, s."""
    beyond = PATH_GROWTH * np.maximum(distance - PATH_DISTANCES[-1], 0.0)
    return (1 / corner_frequency(magnitude) + beyond
            + np.interp(distance, PATH_DISTANCES, PATH_DURATIONS))
