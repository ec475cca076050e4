"""
The complete wave field of a point source in a layered crust, by wavenumber integration.

Near and far field, P, S, converted and reflected phases, Rayleigh and Love waves with their
dispersion, at the free surface. Integrals over wavenumber are sums [Bouchon1981]_ at complex
frequencies, which damp what wraps around in time.

* :func:`wavenumber_kernels` - what depends on the crust and the depth of the source;
* :func:`greens_functions` - spectra of the eight fundamental functions at a distance;
* :func:`displacement` - spectra of a moment tensor's displacement;
* :func:`to_time` - spectra as time series.

.. [Bouchon1981] Bouchon, M. (1981). A simple method to calculate Green's functions for elastic
   layered media. Bull. Seism. Soc. Am. 71, 959-971.
"""

from dataclasses import dataclass
from itertools import pairwise

import numpy as np
from scipy.fft import irfft
from scipy.special import j0, j1

from .layered import Waves, above, below, complex_velocity
from .matrices import combine, invert, multiply, through

#: waves wrapped around the duration are damped by ``exp(-pi DAMPING)``
DAMPING = 0.8
#: period of the sum over wavenumbers, relative to the farthest reach of P waves
PERIOD = 0.75
#: highest wavenumber, relative to that of the slowest S wave; and more for the near field
BEYOND, NEAR_FIELD = 1.1, 3.5
#: m, least depth of a source in the choice of the highest wavenumber
SHALLOW = 2000.0
#: pairs of frequency and wavenumber worked on at once
BLOCK = 2048


@dataclass(frozen=True, eq=False)
class WavenumberGrid:
    """
    Frequencies and wavenumbers of a sum; :meth:`make` chooses them.

    :param frequencies: Hz, ``(nfreq,)``.
    :param duration: s, after which time wraps around.
    :param spacing: of the wavenumbers, 1/m.
    :param counts: number of wavenumbers of each frequency, ``(nfreq,)``.
    """

    frequencies: np.ndarray
    duration: float
    spacing: float
    counts: np.ndarray

    @classmethod
    def make(cls, crust, shallowest, farthest, duration, highest):
        """
        Grid for sources below ``shallowest`` and distances up to ``farthest``.

        :param crust: :class:`~obspy_tng.simulate.crust.Crust`.
        :param shallowest: m, depth.
        :param farthest: m, epicentral distance.
        :param duration: s.
        :param highest: Hz.
        :return: :class:`WavenumberGrid`.
        """
        frequencies = np.arange(1, int(highest * duration) + 1) / duration
        spacing = 2 * np.pi / (PERIOD * (farthest + crust.vp.max() * duration))
        largest = (BEYOND * 2 * np.pi * frequencies / crust.vs.min()
                   + NEAR_FIELD / max(shallowest, SHALLOW))
        return cls(frequencies, float(duration), spacing, (largest / spacing).astype(int) + 1)

    @property
    def omega(self):
        """Complex angular frequencies, rad/s, ``(nfreq,)``."""
        return 2 * np.pi * self.frequencies - 1j * DAMPING * np.pi / self.duration

    @property
    def starts(self):
        """Where each frequency begins in the flat list of pairs, ``(nfreq + 1,)``."""
        return np.append(0, np.cumsum(self.counts))


def wavenumber_kernels(crust, depths, grid):
    """
    Integrands over wavenumber, of displacement per unit moment.

    :param crust: :class:`~obspy_tng.simulate.crust.Crust`.
    :param depths: of the sources, m, ``(n,)``.
    :param grid: :class:`WavenumberGrid`.
    :return: complex array ``(n, 8, npairs)``.
    """
    starts = grid.starts
    owner = np.repeat(np.arange(len(grid.counts)), grid.counts)
    wavenumber = (np.arange(starts[-1]) - starts[owner] + 0.5) * grid.spacing
    omega = grid.omega[owner]
    values = np.empty((len(depths), 8, starts[-1]), dtype=np.complex128)
    for first in range(0, starts[-1], BLOCK):
        part = slice(first, first + BLOCK)
        _fill(values[:, :, part], crust, depths, wavenumber[part], omega[part])
    values *= wavenumber * grid.spacing / (2 * np.pi)
    return values


def _fill(out, crust, depths, wavenumber, omega):
    """Kernels of a block of pairs, into ``out`` (n, 8, nblock)."""
    layers = [Waves.make(wavenumber, omega, complex_velocity(vp, qp, omega),
                         complex_velocity(vs, qs, omega), density)
              for vp, vs, density, qp, qs in zip(crust.vp, crust.vs, crust.density, crust.qp,
                                                 crust.qs, strict=True)]
    deepest = crust.layer(max(depths))
    uppers = above(layers[:deepest + 1], crust.thickness)
    lowers = below(layers, crust.thickness)
    nothing = (np.zeros_like(omega),) * 4
    for row, depth in zip(out, depths, strict=True):
        j = crust.layer(depth)
        here, top = layers[j], crust.tops[j]
        upper = uppers[j].at(here, depth - top)
        if j < len(lowers):
            e = here.decay(crust.tops[j + 1] - depth)
            lower, lower_sh = through(lowers[j][0], e, e), lowers[j][1] * e[1] ** 2
        else:
            lower, lower_sh = nothing, nothing[0]
        _source(row, here, upper, lower, lower_sh, 1j * wavenumber)


def _source(row, here, upper, lower, lower_sh, ik):
    """Surface displacement of the couples at a source, by the jumps that they make there."""
    z_up, z_down = here.stiffness_above(upper.reflection), here.stiffness_below(lower)
    motion = invert(combine(here.up, multiply(here.down, upper.reflection)))
    g = multiply(multiply(upper.surface, motion), invert(combine(z_down, z_up, -1)))
    sh = upper.reflection_sh
    z_up_sh = here.shear * (1 - sh) / (1 + sh)
    z_down_sh = -here.shear * (1 - lower_sh) / (1 + lower_sh)
    g_sh = upper.surface_sh / (1 + sh) / (z_down_sh - z_up_sh)
    modulus = here.lam + 2 * here.mu
    xx = g[0] * ik, g[2] * ik
    jump = -ik * here.lam / modulus - z_down[1] / modulus, -z_down[3] / modulus
    zz = g[0] * jump[0] + g[1] * jump[1], g[2] * jump[0] + g[3] * jump[1]
    jump = -z_down[0] / here.mu, -z_down[2] / here.mu
    row[0], row[1] = xx
    row[2], row[3] = zz[0] - 0.5 * xx[0], zz[1] - 0.5 * xx[1]
    row[4] = g[0] * jump[0] + g[1] * jump[1]
    row[5] = g[2] * jump[0] + g[3] * jump[1]
    row[6], row[7] = g_sh * ik, -g_sh * z_down_sh / here.mu


def greens_functions(kernels, grid, distance):
    """
    Spectra of the fundamental functions of moment tensors without volume change.

    They are, per N m of moment: of a vertical dipole less half of a horizontal one, the downward
    and the radial motion; of a vertical dip slip, the downward, radial and transverse one; of a
    vertical strike slip, the same.

    :param kernels: ``(8, npairs)``, one source of :func:`wavenumber_kernels`.
    :param grid: its :class:`WavenumberGrid`.
    :param distance: m.
    :return: complex array ``(8, nfreq)``, m / (N m), at ``grid.omega``.
    """
    x = (np.arange(grid.counts.max()) + 0.5) * grid.spacing * distance
    zero, one = j0(x), j1(x)
    one_over = one / x
    two = 2 * one_over - zero
    two_over = 2 * two / x
    # J0, J1, J2; derivative and J/x of J1; the same of J2
    table = np.stack([zero, one, two, zero - one_over, one_over, one - two_over, two_over], -1)
    starts = grid.starts
    sums = np.stack([kernels[:, a:b] @ table[:b - a] for a, b in pairwise(starts)], -1)
    xx_r, xx_z, dd_r, dd_z, xz_r, xz_z, xy, yz = sums
    return np.stack([
        dd_z[0], 1j * dd_r[1],
        1j * xz_z[1], xz_r[3] + yz[4], -(xz_r[4] + yz[3]),
        -xx_z[2], 1j * (xx_r[5] + xy[6]), -1j * (xx_r[6] + xy[5])])


def displacement(functions, tensor, azimuth):
    """
    Displacement of a moment tensor.

    :param functions: ``(8, nfreq)``, see :func:`greens_functions`.
    :param tensor: ``(xx, yy, zz, xy, xz, yz)``, x north, y east, z down; N m or without unit.
    :param azimuth: radians, from source to station.
    :return: complex array ``(3, nfreq)``: up, radial, transverse (clockwise seen from above).
    """
    xx, yy, zz, xy, xz, yz = tensor
    cos, sin = np.cos(azimuth), np.sin(azimuth)
    cos2, sin2 = np.cos(2 * azimuth), np.sin(2 * azimuth)
    strike = 0.5 * (xx - yy) * cos2 + xy * sin2
    dip = xz * cos + yz * sin
    f = functions
    return np.stack([-(zz * f[0] + dip * f[2] + strike * f[5]),
                     zz * f[1] + dip * f[3] + strike * f[6],
                     (xz * sin - yz * cos) * f[4]
                     + (0.5 * (xx - yy) * sin2 - xy * cos2) * f[7]])


def to_time(spectra, grid, sampling_rate, start=0.0):
    """
    Time series of spectra at the complex frequencies of a grid.

    :param spectra: ``(..., nfreq)``, per Hz.
    :param grid: :class:`WavenumberGrid`.
    :param sampling_rate: Hz.
    :param start: s after the origin time, of the first sample.
    :return: array ``(..., npts)`` over the grid's duration.
    """
    npts = round(grid.duration * sampling_rate)
    full = np.zeros((*spectra.shape[:-1], npts // 2 + 1), dtype=np.complex128)
    full[..., 1:len(grid.frequencies) + 1] = spectra * np.exp(1j * grid.omega * start)
    time = np.arange(npts) / sampling_rate
    return irfft(full, npts, axis=-1) * sampling_rate * np.exp(
        DAMPING * np.pi / grid.duration * time)
