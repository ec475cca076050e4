"""
Rays in a layered crust: direct, reflected, multiply reflected and diving waves.

Above about 1 Hz waves follow rays, and crusts are not known well enough for more than their
times, directions and amplitudes ([AkiRichards2002]_, ch. 4, 5 and 9).

* :func:`trace` - all rays of one wave from a source to a station; :class:`Ray` - one of them.
"""

from dataclasses import dataclass

import numpy as np

from .layered import Waves
from .matrices import invert, multiply

#: rounds of the search for the angle of a ray, and steps in each
ROUNDS, POINTS = 6, 33
#: reflections between Moho and surface that are followed
MULTIPLES = 3
#: m, greatest depth of diving rays
DEEPEST = 200e3
#: largest amplitude of a ray by focusing, relative to the direct wave in uniform rock
FOCUS = 1.5
#: least amplitude of the direct ray: a source just below an interface sends none that is nearly
#: level to the station, but velocity that grows gradually turns waves there
SHADOW = 0.7
#: reflections at interfaces within the crust, which are gradual, relative to sharp ones. Beyond the
#: critical angle sharp ones would double the energy of sources just above them
GRADUAL = 0.5


@dataclass(frozen=True)
class Ray:
    """
    One ray from source to station.

    :param wave: "P" or "S".
    :param name: "direct", "reflected", "multiple" or "diving".
    :param time: s, to the surface.
    :param slowness: s/m, horizontal.
    :param takeoff: radians from straight down.
    :param spreading: 1/m, geometric spreading to the base of the weathered rock, with the
        change of impedance.
    :param factors: complex, of reflections: ``(P,)`` or ``(SV, SH)``.
    :param bounces: number of reflections from below at the surface.
    """

    wave: str
    name: str
    time: float
    slowness: float
    takeoff: float
    spreading: float
    factors: tuple
    bounces: int = 0


def trace(crust, depth, distance, wave):
    """
    Rays of one wave, in the order of their kinds.

    :param crust: :class:`~obspy_tng.simulate.crust.Crust`.
    :param depth: of the source, m.
    :param distance: epicentral, m, not 0.
    :param wave: "P" or "S".
    :return: list of :class:`Ray`; the first is the direct one.
    """
    source = crust.layer(depth)
    count = len(crust.vs)
    up = np.zeros(count)
    up[:source] = crust.thickness[:source]
    up[source] = depth - crust.tops[source]
    path = _Path(crust, source, depth, distance, wave)
    rays = [path.ray("direct", up, upward=True)]
    for j in range(max(source, crust.rock) + 1, count):
        full = np.append(crust.thickness[:j], np.zeros(count - j))
        down = full - up
        down[:source] = 0
        rays.append(path.ray("reflected", down + full, reflector=j))
        if j == count - 1:
            rays += [path.ray("multiple", down + (2 * times - 1) * full, reflector=j, times=times)
                     for times in range(2, MULTIPLES + 1)]
        if crust.gradient is not None:
            rays.append(path.diving(down + full, j))
    return [ray for ray in rays if ray is not None]


class _Path:
    """From a source layer to a station: finds the slowness of rays with given legs."""

    def __init__(self, crust, source, depth, distance, wave):
        self.crust, self.source, self.depth = crust, source, depth
        self.distance, self.wave = distance, wave
        self.velocity = crust.velocity(wave)

    def ray(self, name, legs, upward=False, reflector=None, times=1):
        """Ray with ``legs`` (m of way down or up in each layer)."""
        used = legs > 0
        height, speed = legs[used], self.velocity[used]
        if not len(height):     # a source at the surface
            height, speed = np.array([1.0]), self.velocity[:1]
        # the angle in the fastest layer, by a search that narrows the interval
        relative, low, high = speed / speed.max(), 0.0, 0.5 * np.pi - 1e-9
        for _ in range(ROUNDS):
            angles = np.linspace(low, high, POINTS)
            sine = np.outer(np.sin(angles), relative)
            reach = (sine / np.sqrt(np.maximum(1 - sine ** 2, 1e-20))) @ height
            i = int(np.clip(np.searchsorted(reach, self.distance), 1, POINTS - 1))
            low, high = angles[i - 1], angles[i]
        slowness = max(np.sin(0.5 * (low + high)) / speed.max(), 1e-9)
        cosine = np.sqrt(np.maximum(1 - (slowness * speed) ** 2, 1e-12))
        spreads = height @ (speed / cosine ** 3)
        return self._finish(name, slowness, height @ (1 / (speed * cosine)), spreads, upward,
                            reflector, times)

    def diving(self, legs, j):
        """Ray that turns in the gradient of layer ``j``, or None."""
        used = legs > 0
        height, speed = legs[used], self.velocity[used]
        top = self.velocity[j]
        gradient = self.crust.gradient[j] * top / self.crust.vs[j]
        if gradient <= 0 or top <= speed.max():
            return None
        bottom = self.crust.thickness[j] if j < len(self.velocity) - 1 else DEEPEST
        shallow, deep = 1 / top, 1 / (top + gradient * bottom)
        slowness = shallow - (shallow - deep) * np.append(0, np.geomspace(1e-9, 1, 60))
        cosine = np.sqrt(1 - np.outer(slowness, speed) ** 2)
        reach = (slowness[:, None] * speed / cosine) @ height + 2 * np.sqrt(
            1 - (slowness * top) ** 2) / (slowness * gradient)
        miss = reach - self.distance
        found = np.flatnonzero(miss[:-1] * miss[1:] <= 0)
        if not len(found):
            return None
        i = found[0]
        p = slowness[i] + miss[i] / (miss[i] - miss[i + 1]) * (slowness[i + 1] - slowness[i])
        cosine = np.sqrt(1 - (p * speed) ** 2)
        # intercept time, which is stationary in p, and the way
        time = (height @ (cosine / speed) + 2 / gradient * (
            np.arccosh(1 / (p * top)) - np.sqrt(1 - (p * top) ** 2)) + p * self.distance)
        spreads = abs((reach[i + 1] - reach[i]) / (slowness[i + 1] - slowness[i]))
        return self._finish("diving", p, time, spreads)

    def _finish(self, name, p, time, spreads, upward=False, reflector=None, times=1):
        """Ray of a slowness, its time, and the derivative of distance by slowness."""
        crust = self.crust
        base = min(crust.rock, len(self.velocity) - 1)
        at_source, at_base = self.velocity[self.source], self.velocity[base]
        dense = crust.density[self.source] / crust.density[base]
        if p * at_base >= 1:    # it starts in slower ground than the base
            at_base, dense = at_source, 1.0
        cosines = np.sqrt(np.clip(1 - (p * np.array([at_source, at_base])) ** 2, 1e-6, None))
        spreading = np.sqrt(p * at_source ** 2 / (cosines.prod() * self.distance * spreads)
                            * dense * at_source / at_base)
        takeoff = np.arcsin(min(p * at_source, 1.0))
        factors = (1.0,) if self.wave == "P" else (1.0, 1.0)
        if name == "direct":
            straight = np.hypot(self.distance, self.depth)
            spreading = np.clip(spreading * straight, SHADOW, FOCUS) / straight
        if reflector is not None:
            straight = np.hypot(self.distance, crust.tops[reflector])
            focus = min(1.0, FOCUS / (spreading * straight))
            if reflector < len(self.velocity) - 1:
                focus *= GRADUAL
            factors = tuple(focus * x ** times * y ** (times - 1) for x, y in zip(
                self._interface(p, reflector), self._surface(p), strict=True))
        return Ray(self.wave, name, float(time), float(p),
                   float(np.pi - takeoff if upward else takeoff), float(spreading), factors,
                   times - 1)

    def _interface(self, p, j):
        """Reflection from above at the top of layer ``j``: ``(P,)`` or ``(SV, SH)``."""
        upper, lower = self._waves(p, j - 1), self._waves(p, j)
        psv = upper.reflected_up(multiply(lower.down_stress, invert(lower.down)))
        if self.wave == "P":
            return (complex(psv[0][0]),)
        sh = (upper.shear - lower.shear) / (upper.shear + lower.shear)
        return complex(psv[3][0]), complex(sh[0])

    def _surface(self, p):
        """Reflection from below at the surface."""
        top = self._waves(p, min(self.crust.rock, len(self.velocity) - 1))
        psv = multiply(invert(top.down_stress), top.up_stress)
        return (complex(-psv[0][0]),) if self.wave == "P" else (complex(-psv[3][0]), 1.0)

    def _waves(self, p, j):
        """Plane waves of layer ``j`` at 1 Hz, a little damped to choose the branch."""
        omega = np.array([2 * np.pi * (1 - 1e-4j)])
        return Waves.make(-omega * p, omega, self.crust.vp[j], self.crust.vs[j],
                          self.crust.density[j])
