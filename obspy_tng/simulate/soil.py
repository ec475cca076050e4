"""
One-dimensional layered ground and its response to vertical waves.

The response is that of Haskell and Thomson for horizontal layers, for waves that
arrive vertically ([Kramer1996]_, 7.2.1.3): SH waves drive the horizontal components, P waves
the vertical one. Damping is hysteretic: it does not depend on frequency, so
that scaling all thicknesses scales the frequencies of the response.

* :class:`SoilProfile` - the layers; :func:`transfer_function`,
  :func:`fundamental_frequency`, :func:`vs30` - properties of a profile.
* :func:`draw_profile`, :func:`draw_rock` - random profiles, with a given
  fundamental frequency or without any; :func:`vary_profile` - a neighbour of one.

.. [Kramer1996] Kramer, S. L. (1996). Geotechnical Earthquake Engineering.
   Prentice Hall.
"""

from dataclasses import dataclass, replace

import numpy as np
from scipy.optimize import minimize_scalar

from ..exceptions import TNGInputError

# SESAME (2004) calls a peak of at least 2 clear; ground of known f0 has twice that, and all
# other peaks are well below it.
CLEAR_PEAK = 4.0
OTHER_PEAKS = 0.8
# Vertical to horizontal amplitude of diffuse S and coda waves in rock, sqrt(vs/vp)
# of a Poisson solid (Kawase et al. 2011, BSSA 101, 2001-2014).
VERTICAL_TO_HORIZONTAL = 0.76


@dataclass(frozen=True, eq=False)
class SoilProfile:
    """
    Horizontal layers over a half-space, from the top; the last row is the half-space.

    :param thickness: m, ``(n_layers,)``: one fewer than the other arrays.
    :param vs: shear-wave velocity, m/s, ``(n_layers + 1,)``.
    :param vp: P-wave velocity, m/s, ``(n_layers + 1,)``.
    :param density: kg/m^3, ``(n_layers + 1,)``.
    :param damping: of S waves, share of critical, ``(n_layers + 1,)``; the half-space's is
        not used (motions are relative to its outcrop).
    :param damping_p: the same for P waves; None: as for S waves.
    :raises TNGInputError: for lengths that differ or values that are impossible.
    """

    thickness: np.ndarray
    vs: np.ndarray
    vp: np.ndarray
    density: np.ndarray
    damping: np.ndarray
    damping_p: np.ndarray | None = None

    def __post_init__(self):
        if self.damping_p is None:
            object.__setattr__(self, "damping_p", self.damping)
        for name in ("thickness", "vs", "vp", "density", "damping", "damping_p"):
            values = np.atleast_1d(np.asarray(getattr(self, name), dtype=np.float64))
            if not (np.isfinite(values).all() and (values >= 0).all()):
                raise TNGInputError(f"{name} must be finite and not negative, got {values}")
            object.__setattr__(self, name, values)
        n = len(self.vs)
        lengths = {name: len(getattr(self, name))
                   for name in ("vp", "density", "damping", "damping_p")}
        if len(self.thickness) != n - 1 or set(lengths.values()) != {n}:
            raise TNGInputError(f"vs has {n} values: thickness needs {n - 1}, the others {n}; got "
                                f"{ {'thickness': len(self.thickness), **lengths} }")
        if not ((self.vs > 0).all() and (self.vp > self.vs).all() and (self.density > 0).all()):
            raise TNGInputError(f"needs vp > vs > 0 and density > 0, got vs {self.vs}, "
                                f"vp {self.vp}, density {self.density}")


def transfer_function(profile, frequencies, wave="S"):
    """
    Motion at the surface over motion at the outcrop of the half-space.

    :param profile: :class:`SoilProfile`.
    :param frequencies: Hz, ``(nfreq,)``.
    :param wave: ``"S"`` (SH, for horizontals) or ``"P"`` (for the vertical).
    :return: complex array ``(nfreq,)``, 1 at zero frequency. Its phase contains the
        travel time through the layers (time dependence ``exp(+i 2 pi f t)``).
    :raises TNGInputError: for any other wave.

    .. rubric:: Example

    One undamped layer amplifies motion at vs/4H by its impedance contrast, here 5:

    >>> layer = SoilProfile([25.0], [200.0, 1000.0], [800.0, 2000.0], [2000.0, 2000.0], [0, 0])
    >>> print(abs(transfer_function(layer, [2.0])).round(6))
    [5.]
    """
    if wave not in ("S", "P"):
        raise TNGInputError(f"wave must be 'S' or 'P', got {wave!r}")
    omega = 2 * np.pi * np.asarray(frequencies, dtype=np.float64)
    elastic, damping = ((profile.vs, profile.damping) if wave == "S"
                        else (profile.vp, profile.damping_p))
    # The motion of the half-space is the reference; its damping has no effect.
    damping = np.append(damping[:-1], 0.0)
    velocity = elastic * np.sqrt(1 + 2j * damping)
    impedance = profile.density * velocity
    up = np.ones(omega.shape, dtype=np.complex128)
    down = up.copy()
    for m, thickness in enumerate(profile.thickness):
        contrast = impedance[m] / impedance[m + 1]
        phase = np.exp(1j * omega * thickness / velocity[m])
        rising, falling = up * phase, down / phase
        up = 0.5 * ((1 + contrast) * rising + (1 - contrast) * falling)
        down = 0.5 * ((1 - contrast) * rising + (1 + contrast) * falling)
    return 1 / up


def fundamental_frequency(profile):
    """
    Frequency of the first peak of the SH response.

    :param profile: :class:`SoilProfile`.
    :return: Hz; None for a half-space without layers.
    """
    if not len(profile.thickness):
        return None
    # A quarter of the inverse travel time, then the true peak near it.
    guess = 1 / (4 * np.sum(profile.thickness / profile.vs[:-1]))
    grid = guess * np.geomspace(0.4, 1.8, 400)
    peak = grid[np.argmax(np.abs(transfer_function(profile, grid)))]
    best = minimize_scalar(lambda f: -abs(transfer_function(profile, f)), method="bounded",
                           bounds=(0.98 * peak, 1.02 * peak), options={"xatol": 1e-7 * peak})
    return float(best.x)


def vs30(profile):
    """
    Time-averaged shear-wave velocity of the top 30 m.

    :param profile: :class:`SoilProfile`.
    :return: m/s.
    """
    bottom = np.append(np.cumsum(profile.thickness), np.inf)
    top = np.append(0.0, bottom[:-1])
    inside = np.clip(np.minimum(bottom, 30.0) - top, 0.0, None)
    return float(30.0 / np.sum(inside / profile.vs))


def theoretical_hvsr(profile, frequencies):
    """
    HVSR of diffuse waves: SH over P response, over that of the half-space.

    :param profile: :class:`SoilProfile`.
    :param frequencies: Hz, ``(nfreq,)``.
    :return: array ``(nfreq,)``.
    """
    ratio = transfer_function(profile, frequencies) / transfer_function(profile, frequencies, "P")
    return np.abs(ratio) / VERTICAL_TO_HORIZONTAL


def draw_profile(f0, rng):
    """
    Random soil whose SH response and HVSR have a clear peak at ``f0``.

    Two to seven layers of clay to gravel, 50 to 800 m/s, stiffer with depth, over
    stiff soil or rock 2.5 to 14 times as fast (deep clay) or to 7 times (shallow
    soil); dry or saturated; damping 1 to 6 %
    (of layers in the ground, where scattering adds to that of a sample).

    :param f0: Hz, 0.1 to 20.
    :param rng: ``numpy.random.Generator``.
    :return: :class:`SoilProfile` with :func:`fundamental_frequency` at ``f0``.
    """
    grid = f0 * np.geomspace(0.25, max(30 / f0, 8), 1000)
    for _ in range(200):
        profile = _draw_layers(f0, rng)
        # Exact, because thickness is the only length.
        profile = replace(profile, thickness=profile.thickness
                          * fundamental_frequency(profile) / f0)
        if _peaks_at(f0, grid, theoretical_hvsr(profile, grid)):
            return profile
    raise TNGInputError(f"no soil profile found that peaks at f0 = {f0!r} Hz; 0.1 to 20 Hz works")


def draw_rock(rng):
    """
    Random rock: a thin weathered layer whose response peaks above 20 Hz.

    :param rng: ``numpy.random.Generator``.
    :return: :class:`SoilProfile` without a clear HVSR peak.
    """
    base = rng.uniform(1200, 2800)
    top = base * rng.uniform(0.6, 0.8)
    vs = np.array([top, base])
    return SoilProfile([top / (4 * rng.uniform(20, 40))], vs, 1.75 * vs, _density(vs),
                       np.array([0.01, 0.005]))


def vary_profile(profile, rng, scatter=0.1, f0_scatter=0.015):
    """
    The same ground along another ray: other velocities layer by layer, nearly the same f0.

    Real ground is less regular than a profile. Averaged over such variants, higher modes are
    blurred as they are in records, but the fundamental mode is not.

    :param profile: :class:`SoilProfile`.
    :param rng: ``numpy.random.Generator``.
    :param scatter: standard deviation of ln velocity of each layer.
    :param f0_scatter: standard deviation of ln f0.
    :return: :class:`SoilProfile`.
    """
    n = len(profile.thickness)
    factor = np.exp(scatter * rng.standard_normal(n))
    thickness = profile.thickness * np.exp(scatter * rng.standard_normal(n))
    varied = replace(profile, thickness=thickness, vs=profile.vs * np.append(factor, 1.0),
                     vp=profile.vp * np.append(factor, 1.0))
    target = fundamental_frequency(profile) * np.exp(f0_scatter * rng.standard_normal())
    return replace(varied, thickness=thickness * fundamental_frequency(varied) / target)


def _draw_layers(f0, rng):
    """Layers whose quarter-wavelength frequency is near ``f0``."""
    # Mean velocity such that the depth stays between 3 and 400 m.
    low, high = np.clip([12 * f0, 1600 * f0], 70, 500)
    mean = np.exp(rng.uniform(np.log(low), np.log(max(high, 1.2 * low))))
    n = rng.integers(2, 8)
    thickness = rng.dirichlet(np.full(n, 3.0)) * mean / (4 * f0)
    middle = (np.cumsum(thickness) - 0.5 * thickness) / thickness.sum()
    vs = mean * (middle / 0.5) ** rng.uniform(0, 0.6) * np.exp(0.15 * rng.standard_normal(n))
    vs = np.maximum(vs, 50.0)
    contrast = np.interp(f0, [0.5, 3.0], [14.0, 7.0])
    base = np.clip(mean * np.exp(rng.uniform(np.log(2.5), np.log(contrast))),
                   max(500, 1.4 * vs.max()), 3000)
    # Below the water table the velocity of P waves is that of water or a little more. Deep
    # soil is saturated except at its top, shallow soil may be dry.
    table = rng.uniform(0, 0.15) if f0 < 2 else rng.uniform(0, 1.5)
    wet = np.where(middle > table, np.hypot(1500.0, 1.8 * vs), 0.0)
    vp = np.maximum(rng.uniform(1.7, 2.2) * vs, wet)
    # Short periods must pass through soft deep clay: kappa, 2 x damping x travel time, stays
    # below 0.045 s.
    damping = np.minimum(rng.uniform(0.015, 0.06), max(0.09 * f0, 0.01))
    # Scattering attenuates P waves nearly as much as S waves, in a shorter time. Without it
    # HVSR would be far below 1 at high frequencies, unlike that of records.
    slowness = np.sum(thickness / vs) / np.sum(thickness / vp)
    damping_p = min(damping * slowness * rng.uniform(0.2, 0.8), 0.3)
    vs = np.append(vs, base)
    return SoilProfile(thickness, vs, np.append(vp, max(1.8 * base, 1.05 * vp.max())),
                       _density(vs), np.append(np.full(n, damping), 0.005),
                       np.append(np.full(n, damping_p), 0.005))


def _density(vs):
    """kg/m^3, from 1500 in mud to 2650 in rock."""
    return 1500 + 1150 * np.clip(np.log(vs / 70) / np.log(2500 / 70), 0, 1)


def _peaks_at(f0, frequencies, amplitude):
    """Whether a curve has one clear highest peak, at ``f0``."""
    top = np.argmax(amplitude)
    inner = amplitude[1:-1]
    peaks = 1 + np.flatnonzero((inner > amplitude[:-2]) & (inner >= amplitude[2:]))
    others = amplitude[peaks[np.abs(np.log(frequencies[peaks] / f0)) > 0.05]]
    return (abs(np.log(frequencies[top] / f0)) < 0.01 and amplitude[top] >= CLEAR_PEAK
            and (others.max(initial=0.0) < OTHER_PEAKS * amplitude[top]))
