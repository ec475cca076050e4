"""
Multiple scattering of P and S waves in the crust: where their energy is, and when.

Radiative transfer with conversion between P and S (Zeng 1993; Sato, Fehler and Maeda 2012,
ch. 8), isotropic, in uniform rock, solved once by random walks of particles. Lengths are in mean
free paths of S waves, so that one table is valid for all frequencies and crusts.

* :func:`energy_density` - energy of scattered waves at a distance, over time;
* :func:`walk` - the table behind it.
"""

from functools import lru_cache

import numpy as np

#: P velocity over S velocity
RATIO = 3 ** 0.5
#: scattering coefficients relative to that of S to S; P to S follows by reciprocity
S_TO_P, P_TO_P = 0.08, 0.5
P_TO_S = 2 * RATIO ** 2 * S_TO_P
#: total scattering coefficients of P and of S waves
LOSS = {"P": P_TO_P + P_TO_S, "S": 1 + S_TO_P}
#: edges of the table: time in mean free times of S, distance in the reach of P
TIMES = np.geomspace(0.01, 30.0, 48)
EDGES = np.linspace(0, 1, 13)
PARTICLES, SEED = 16000, 20


def energy_density(source, mode, distance, time, coefficient, velocity):
    """
    Energy density of scattered waves per unit of energy radiated.

    :param source: "P" or "S", radiated.
    :param mode: "P" or "S", arriving.
    :param distance: m.
    :param time: s after the origin time, array.
    :param coefficient: 1/m, scattering of S to S.
    :param velocity: m/s, of S waves.
    :return: array of the shape of ``time``, 1/m^3, without the direct waves.
    """
    table = walk()["PS".index(source), "PS".index(mode)]
    units = np.maximum(np.asarray(time) * velocity * coefficient, TIMES[0])
    reach = RATIO * units
    share = distance * coefficient / reach
    row = np.interp(np.log(units), np.log(TIMES), np.arange(len(TIMES)))
    row = np.minimum(row, len(TIMES) - 1.001)
    column = np.clip(share * (len(EDGES) - 1) - 0.5, 0, len(EDGES) - 2.001)
    i, j = row.astype(int), column.astype(int)
    a, b = row - i, column - j
    value = ((1 - a) * ((1 - b) * table[i, j] + b * table[i, j + 1])
             + a * ((1 - b) * table[i + 1, j] + b * table[i + 1, j + 1]))
    return np.where(share < 1, value, 0.0) * (coefficient / reach) ** 3


@lru_cache(maxsize=1)
def walk():
    """
    Random walks of particles that are scattered and converted.

    :return: array ``(2, 2, ntimes, nbins)``: by wave radiated (P, S), wave at the time (P, S),
        :data:`TIMES` and bin of :data:`EDGES`, the energy density of particles that were
        scattered, times the cube of the reach of P.
    """
    rng = np.random.default_rng(SEED)
    speed = np.array([RATIO, 1.0])
    rate = speed * [LOSS["P"], LOSS["S"]]
    to_p = np.array([P_TO_P / LOSS["P"], S_TO_P / LOSS["S"]])
    volume = 4 / 3 * np.pi * np.diff(EDGES ** 3)
    out = np.zeros((2, 2, len(TIMES), len(volume)))
    for source in range(2):
        mode, now = np.full(PARTICLES, source), np.zeros(PARTICLES)
        way, place = _directions(rng, PARTICLES), np.zeros((PARTICLES, 3))
        scattered = np.zeros(PARTICLES, dtype=bool)
        next_time = rng.exponential(1 / rate[mode])
        for step, time in enumerate(TIMES):
            due = np.flatnonzero(next_time < time)
            while len(due):
                place[due] += way[due] * (speed[mode[due]] * (next_time[due] - now[due]))[:, None]
                now[due] = next_time[due]
                mode[due] = rng.random(len(due)) >= to_p[mode[due]]
                way[due], scattered[due] = _directions(rng, len(due)), True
                next_time[due] += rng.exponential(1 / rate[mode[due]])
                due = due[next_time[due] < time]
            place += way * (speed[mode] * (time - now))[:, None]
            now[:] = time
            share = np.linalg.norm(place, axis=1) / (RATIO * time)
            for arriving in range(2):
                counts, _ = np.histogram(share[scattered & (mode == arriving)], EDGES)
                out[source, arriving, step] = counts / PARTICLES / volume
    return out


def _directions(rng, count):
    """Unit vectors ``(count, 3)`` in all directions."""
    cosine, angle = rng.uniform(-1, 1, count), rng.uniform(0, 2 * np.pi, count)
    sine = np.sqrt(1 - cosine ** 2)
    return np.stack([sine * np.cos(angle), sine * np.sin(angle), cosine], -1)
