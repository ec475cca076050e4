"""
Noise floors that agree with the records: mean of motion and noise
==================================================================

The quiet part of records (:mod:`~obspy_tng.groundmotion.noise_floor`) is a bound of their noise,
and the median of records that are noise altogether has some motion in it. With such a floor new
records have too much energy where noise prevails, by 0.2 to 0.6 in ln energy in Mexico City (above
6 Hz) and in Gujarat (below 0.5 Hz). The floor of each station is therefore moved until the mean
band level that motion and noise are expected to have in the enrolled records, for their scenarios,
is that of the records::

    mean over records of E[ln(exp(motion) + exp(floor + shift))] = mean band level

The shift is the maximum of its posterior density: that of a station is near the common one, and
where noise hardly counts it stays there.
"""

import numpy as np

from .noise_floor import SD, NoiseFloors

#: prior standard deviations, ln energy: of the common shift, and of a station's about it
COMMON_SD, STATION_SD = 2.0, 1.0
#: variance of the noise of records of a station, ln energy: recorders differ
SCATTER = 0.5
#: nodes of the quadrature over the motion of a record, steps of the iteration, most records
NODES, STEPS, MOST_RECORDS = 5, 8, 1000


def match_floors(floors, levels, expected, sd, stations, events):
    """
    Noise floors with which the mean band levels are those of records.

    :param floors: :class:`~obspy_tng.groundmotion.noise_floor.NoiseFloors`, of the stations of the
        records and of any others, which get the common shift.
    :param levels: array ``(n, 3, bands)``, band levels of the records, ln energy.
    :param expected: array ``(n, 3, bands)``, those of the motion that their scenarios and stations
        explain.
    :param sd: array ``(3, bands)``, standard deviation of the motion about the expected one.
    :param stations: n station ids.
    :param events: n event ids.
    :return: NoiseFloors

    .. rubric:: Example

    >>> zeros = np.zeros((40, 3, 2))
    >>> found = match_floors(NoiseFloors({"XX.A": zeros[0] + 1.5}), zeros, zeros - 9, zeros[0] + 1,
    ...                      ["XX.A"] * 40, range(40))
    >>> (found.floors["XX.A"][0].round(2) + 0).tolist()   # the noise is all that there is
    [0.0, 0.0]
    """
    stations, events = np.asarray(stations), np.asarray(events)
    here = np.stack([floors.floors[station] for station in stations.tolist()])
    zero = np.zeros(levels.shape[1:])
    rows = _some(np.arange(len(levels)))
    common = _shift(levels[rows], expected[rows], here[rows], sd, len(set(events[rows])), zero,
                    COMMON_SD)
    shifts = {}
    for station in set(stations.tolist()):
        own = _some(np.flatnonzero(stations == station))
        shifts[station] = _shift(levels[own], expected[own], here[own], sd, len(set(events[own])),
                                 common, STATION_SD)
    return NoiseFloors({station: floor + shifts.get(station, common)
                        for station, floor in floors.floors.items()})


def _some(rows):
    """All rows, or a fixed choice of many."""
    if len(rows) <= MOST_RECORDS:
        return rows
    return np.sort(np.random.default_rng(0).choice(rows, MOST_RECORDS, replace=False))


def _shift(levels, expected, floors, sd, events, prior, prior_sd):
    """
    Shift of the floors, the same for all records.

    :param events: number of earthquakes, which count as independent.
    :param prior, prior_sd: mean ``(3, bands)`` and standard deviation of its prior.
    :return: array ``(3, bands)``.
    """
    nodes, weights = np.polynomial.hermite_e.hermegauss(NODES)
    weights /= weights.sum()
    motion = expected[..., None] + sd[..., None] * nodes
    shift, precision = prior.copy(), 1 / prior_sd ** 2
    for _ in range(STEPS):
        noise = (floors + shift)[..., None]
        total = np.logaddexp(motion, noise)
        missing = (levels - total @ weights).mean(0)
        # share of noise in the energy: how much the mean rises with the floor
        share = (np.exp(noise - total) @ weights).mean(0)
        variance = (np.square((1 - share) * sd) + SCATTER + SD ** 2) / events
        shift += ((share * missing / variance - precision * (shift - prior))
                  / (share ** 2 / variance + precision))
    return shift
