"""
Plane waves in layered ground: reflection, conversion and the free surface.

P-SV and SH waves in homogeneous layers, as waves that go up and waves that go down
([Kennett1983]_; [AkiRichards2002]_, ch. 5 and 9). The recursions work with reflection matrices,
in which no exponential ever grows. Time dependence is ``exp(+i w t)``, z points down, a plane
wave is ``exp(i k x)``. Rows of 2 x 2 matrices (:mod:`~obspy_tng.simulate.matrices`) are the radial
and the downward component, columns P and SV.

* :func:`complex_velocity` - anelasticity with its dispersion;
* :class:`Waves` - the plane waves of one layer;
* :func:`above`, :func:`below` - how the layers above and below one reflect its waves.

.. [Kennett1983] Kennett, B. L. N. (1983). Seismic Wave Propagation in Stratified Media.
   Cambridge University Press.
.. [AkiRichards2002] Aki, K. and Richards, P. G. (2002). Quantitative Seismology, 2nd edition.
   University Science Books.
"""

from dataclasses import dataclass

import numpy as np

from .matrices import combine, invert, multiply, through

#: Hz at which velocities are the nominal ones
REFERENCE = 1.0


def complex_velocity(velocity, quality, omega):
    """
    Velocity with constant Q and the dispersion that makes it causal ([AkiRichards2002]_, 5.94).

    :param velocity: m/s at 1 Hz.
    :param quality: Q.
    :param omega: angular frequency, rad/s, may be complex.
    :return: complex, m/s.
    """
    return velocity * (1 + np.log(omega / (2 * np.pi * REFERENCE)) / (np.pi * quality)
                       + 0.5j / quality)


@dataclass(frozen=True, eq=False)
class Waves:
    """
    Displacement and traction of the plane waves of one layer; :meth:`make` computes them.

    :param p: vertical wavenumber of P, 1/m: going down it varies as ``exp(-p z)``.
    :param s: the same of S.
    :param down: displacement of waves that go down, of unit potentials.
    :param up: displacement of waves that go up.
    :param down_stress: tractions of ``down`` on a horizontal plane.
    :param up_stress: tractions of ``up``.
    :param shear: impedance of SH, ``mu * s``.
    :param mu: shear modulus, Pa.
    :param lam: Lame's other modulus, Pa.
    """

    p: np.ndarray
    s: np.ndarray
    down: tuple
    up: tuple
    down_stress: tuple
    up_stress: tuple
    shear: np.ndarray
    mu: np.ndarray
    lam: np.ndarray

    @classmethod
    def make(cls, wavenumber, omega, alpha, beta, density):
        """
        Waves of a layer.

        :param wavenumber: 1/m, horizontal.
        :param omega: angular frequency, rad/s, complex.
        :param alpha, beta: velocity of P and S, m/s, complex.
        :param density: kg/m^3.
        :return: :class:`Waves`.
        """
        mu = density * beta * beta
        lam = density * alpha * alpha - 2 * mu
        square = wavenumber * wavenumber
        p, s = np.sqrt(square - (omega / alpha) ** 2), np.sqrt(square - (omega / beta) ** 2)
        bend = mu * (2 * square - (omega / beta) ** 2)
        ik = 1j * wavenumber
        cp, cs = 2 * mu * ik * p, 2 * mu * ik * s
        return cls(p, s, (ik, s, -p, ik), (ik, -s, p, ik), (-cp, -bend, bend, -cs),
                   (cp, -bend, bend, cs), mu * s, mu, lam)

    def decay(self, thickness):
        """Factors of P and S for the way through ``thickness`` (m)."""
        return np.exp(-self.p * thickness), np.exp(-self.s * thickness)

    def stiffness_above(self, reflection):
        """Traction over displacement (P-SV), given how the layers above reflect."""
        return multiply(combine(self.up_stress, multiply(self.down_stress, reflection)),
                        invert(combine(self.up, multiply(self.down, reflection))))

    def stiffness_below(self, reflection):
        """Traction over displacement (P-SV), given how the layers below reflect."""
        return multiply(combine(self.down_stress, multiply(self.up_stress, reflection)),
                        invert(combine(self.down, multiply(self.up, reflection))))

    def reflected_up(self, stiffness):
        """Matrix that turns down-going waves into up-going ones at a stiffness below."""
        return tuple(-x for x in multiply(
            invert(combine(self.up_stress, multiply(stiffness, self.up), -1)),
            combine(self.down_stress, multiply(stiffness, self.down), -1)))

    def reflected_down(self, stiffness):
        """Matrix that turns up-going waves into down-going ones at a stiffness above."""
        return tuple(-x for x in multiply(
            invert(combine(self.down_stress, multiply(stiffness, self.down), -1)),
            combine(self.up_stress, multiply(stiffness, self.up), -1)))


@dataclass(frozen=True, eq=False)
class Above:
    """
    What lies above the top of a layer, for waves that go up in it.

    :param reflection: P-SV matrix from up-going to down-going potentials.
    :param surface: P-SV matrix from up-going potentials to the surface's displacement.
    :param reflection_sh: the same of SH, a number.
    :param surface_sh: the same of SH.
    """

    reflection: tuple
    surface: tuple
    reflection_sh: np.ndarray
    surface_sh: np.ndarray

    def at(self, layer, depth):
        """The same, seen from ``depth`` (m) below the top of the layer."""
        e = layer.decay(depth)
        return Above(through(self.reflection, e, e), through(self.surface, (1, 1), e),
                     self.reflection_sh * e[1] ** 2, self.surface_sh * e[1])


def above(layers, thickness):
    """
    What lies above each layer; the surface of the first is free.

    :param layers: list of n :class:`Waves`, from the top.
    :param thickness: m, of the first n - 1 of them.
    :return: list of n :class:`Above`.
    """
    top = layers[0]
    free = tuple(-x for x in multiply(invert(top.down_stress), top.up_stress))
    one = np.ones_like(top.s)
    out = [Above(free, combine(top.up, multiply(top.down, free)), one, 2 * one)]
    for here, lower, height in zip(layers, layers[1:], thickness, strict=False):
        bottom = out[-1].at(here, height)
        motion = invert(combine(here.up, multiply(here.down, bottom.reflection)))
        reflection = lower.reflected_down(here.stiffness_above(bottom.reflection))
        entering = multiply(motion, combine(lower.up, multiply(lower.down, reflection)))
        sh = bottom.reflection_sh
        stiffness = here.shear * (1 - sh) / (1 + sh)
        reflection_sh = (lower.shear - stiffness) / (lower.shear + stiffness)
        out.append(Above(reflection, multiply(bottom.surface, entering), reflection_sh,
                         bottom.surface_sh * (1 + reflection_sh) / (1 + sh)))
    return out


def below(layers, thickness):
    """
    How what lies below the bottom of each layer reflects; the last is a half-space.

    :param layers: list of n :class:`Waves`, from the top.
    :param thickness: m, of the first n - 1 of them.
    :return: list of n - 1 pairs: P-SV matrix from down-going to up-going potentials, number of SH.
    """
    deep = layers[-1]
    stiffness, stiffness_sh = multiply(deep.down_stress, invert(deep.down)), -deep.shear
    out = []
    for j in range(len(layers) - 2, -1, -1):
        here = layers[j]
        psv = here.reflected_up(stiffness)
        sh = (here.shear + stiffness_sh) / (here.shear - stiffness_sh)
        out.append((psv, sh))
        e = here.decay(thickness[j])
        stiffness = here.stiffness_below(through(psv, e, e))
        sh = sh * e[1] ** 2
        stiffness_sh = -here.shear * (1 - sh) / (1 + sh)
    return out[::-1]
