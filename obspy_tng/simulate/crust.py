"""
The crust between earthquakes and stations.

Crusts are random around published ones: weathered rock whose velocity grows over the first
kilometers, an upper, a middle and a lower crust, and the mantle. Scattering and absorption at high
frequencies are properties of the crust as a whole.

* :class:`Crust` - layers and those numbers; :func:`draw_crust` - a random one;
* :func:`density_of` - density by P velocity.

Ranges: layers of continents as in CRUST1.0 (Laske et al. 2013); isotropic scattering coefficients
of S waves of 0.001 to 0.005 / km at 1 Hz, growing with frequency, and intrinsic Q that is nearly
proportional to frequency (Sato, Fehler and Maeda 2012, ch. 3). Absorption predominates above some
Hz: Sharma et al. (2008, Bull. Seism. Soc. Am. 98, 2325-2340) find Q of 183 at 1.5 Hz and 2668 at 24
Hz by absorption, 529 and 3053 by scattering, in Kachchh. Both together have a Q like that of direct
S in Guerrero, 273 f^0.66 (Ordaz and Singh 1992, Bull. Seism. Soc. Am. 82, 24-43). Broadening of S
by forward scattering of 0.5 to 2 s at 100 km (Takahashi et al. 2007, GJI 168, 105-114).

.. [Brocher2005] Brocher, T. M. (2005). Empirical relations between elastic wavespeeds and
   density in the Earth's crust. Bull. Seism. Soc. Am. 95, 2081-2092.
"""

from dataclasses import dataclass

import numpy as np

ROCK_LAYERS = 5         # of weathered rock
LONG_WAVE_LAYERS = 2    # of weathered rock, for long waves
#: intrinsic Q of S at a frequency in Hz, and the power with which it grows
QUALITY_AT, QUALITY, QUALITY_EXPONENT = 5.0, (700.0, 1400.0), (0.6, 0.9)
#: 1/km, isotropic scattering coefficient of S at 1 Hz, and the power with which it grows
SCATTERING, SCATTERING_EXPONENT = (0.001, 0.005), (0.0, 0.6)


@dataclass(frozen=True, eq=False)
class Crust:
    """
    Layers from the surface down, the last one a half-space, and how they scatter and absorb.

    :param thickness: m, ``(n - 1,)``.
    :param vp, vs: m/s at 1 Hz, ``(n,)``.
    :param density: kg/m^3, ``(n,)``.
    :param qp, qs: Q of P and S waves up to about 1 Hz, ``(n,)``.
    :param rock: number of layers of weathered rock; the ground of each station replaces them.
    :param gradient: 1/s, growth of S velocity with depth within each layer, ``(n,)``; only
        for waves that dive.
    :param quality, exponent: Q of S waves is ``quality * f ** exponent`` above 1 Hz.
    :param scattering: 1/m, isotropic scattering coefficient of S waves at 1 Hz.
    :param scattering_exponent: power of frequency with which it varies.
    :param broadening: s, duration of a short S pulse after 100 km.
    """

    thickness: np.ndarray
    vp: np.ndarray
    vs: np.ndarray
    density: np.ndarray
    qp: np.ndarray
    qs: np.ndarray
    rock: int = 0
    gradient: np.ndarray | None = None
    quality: float = 250.0
    exponent: float = 0.45
    scattering: float = 1e-5
    scattering_exponent: float = 0.0
    broadening: float = 1.0

    @property
    def tops(self):
        """Depths of the tops of the layers, m, ``(n,)``."""
        return np.append(0.0, np.cumsum(self.thickness))

    def velocity(self, wave):
        """Velocities of ``"P"`` or ``"S"`` waves, m/s, ``(n,)``."""
        return self.vp if wave == "P" else self.vs

    def layer(self, depth):
        """Number of the layer at a depth in m; the lower one at an interface."""
        return int(np.searchsorted(self.tops, depth, side="right")) - 1

    def scattering_at(self, frequencies):
        """Scattering coefficient of S waves, 1/m, at frequencies in Hz."""
        return self.scattering * frequencies ** self.scattering_exponent

    def quality_at(self, frequencies):
        """Q of S waves at frequencies in Hz."""
        return self.quality * frequencies ** self.exponent

    def rock_delay(self, wave, slowness):
        """Vertical part of the time through the weathered rock, s, at a slowness in s/m."""
        inverse = 1 / self.velocity(wave)[:self.rock] ** 2 - slowness ** 2
        return float(self.thickness[:self.rock] @ np.sqrt(np.clip(inverse, 0, None)))

    def for_long_waves(self):
        """The same crust with the weathered rock as two layers of the same travel times."""
        if self.rock <= LONG_WAVE_LAYERS:
            return self
        parts = np.array_split(np.arange(self.rock), LONG_WAVE_LAYERS)
        parts += [[j] for j in range(self.rock, len(self.vs))]
        height = np.append(self.thickness, 1.0)
        thickness = np.array([height[part].sum() for part in parts])

        def mean(values, power):
            return np.array([((values[part] ** power) @ height[part]) ** (1 / power)
                             for part in parts]) / thickness ** (1 / power)

        return Crust(thickness[:-1], mean(self.vp, -1.0), mean(self.vs, -1.0),
                     mean(self.density, 1.0), mean(self.qp, -1.0), mean(self.qs, -1.0))


def density_of(vp):
    """
    Density of crustal rock, the Nafe-Drake curve of [Brocher2005]_ (eq. 1).

    :param vp: P velocity, m/s, 1500 to 8500.
    :return: kg/m^3.
    """
    v = np.asarray(vp, dtype=np.float64) / 1e3
    return 1e3 * v * (1.6612 - v * (0.4721 - v * (0.0671 - v * (0.0043 - v * 0.000106))))


def draw_crust(rng):
    """
    Random continental crust.

    :param rng: ``numpy.random.Generator``.
    :return: :class:`Crust`.
    """
    deep = rng.uniform(2500, 4500)      # where weathering ends
    thickness = deep * np.diff(np.append(0.0, np.geomspace(0.02, 1, ROCK_LAYERS)))
    middle = (np.cumsum(thickness) - 0.5 * thickness) / deep
    base = rng.uniform(3200, 3500)
    top = np.exp(rng.uniform(np.log(900), np.log(2300)))
    vs = top + (base - top) * middle ** rng.uniform(0.25, 0.55)
    vs = np.minimum(vs * np.exp(0.06 * rng.standard_normal(ROCK_LAYERS)), base)
    vs = np.append(vs, [base, base + rng.uniform(50, 250), rng.uniform(3750, 4050),
                        rng.uniform(4350, 4650)])
    # Cracks and water slow S waves more than P waves.
    wet = 1.73 + rng.uniform(0.2, 1.0) * (1 - middle) ** 2
    ratio = np.append(wet, [1.73, 1.73, 1.75, 1.78] + 0.02 * rng.standard_normal(4))
    moho = rng.uniform(28e3, 48e3)
    cuts = [deep, rng.uniform(8e3, 14e3), rng.uniform(17e3, moho - 6e3), moho]
    qs = 0.08 * vs
    quality = np.exp(rng.uniform(*np.log(QUALITY)))
    exponent = rng.uniform(*QUALITY_EXPONENT)
    return Crust(
        np.append(thickness, np.diff(cuts)), ratio * vs, vs, density_of(ratio * vs), 2 * qs, qs,
        rock=ROCK_LAYERS, gradient=np.append(np.zeros(ROCK_LAYERS), rng.uniform(0.002, 0.008, 4)),
        quality=quality / QUALITY_AT ** exponent, exponent=exponent,
        scattering=1e-3 * np.exp(rng.uniform(*np.log(SCATTERING))),
        scattering_exponent=rng.uniform(*SCATTERING_EXPONENT),
        broadening=np.exp(rng.uniform(np.log(0.5), np.log(2.0))))
