"""
Scattered waves as many discrete arrivals.

Heterogeneity of all sizes splits every wave into many. Forward scattering broadens a pulse, and
edges of basins send surface waves: few enough to be drawn one by one, each with its own time,
direction, polarisation and amplitude by frequency. All others are in
:mod:`~obspy_tng.simulate.diffuse`.

* :class:`Arrivals` - times, kinds, directions, amplitudes;
* :func:`forward`, :func:`basin_waves` - random ones;
* :func:`surface_motion` - all of them at the surface.
"""

from dataclasses import dataclass
from functools import lru_cache

import numpy as np
from scipy.fft import rfft

from .source import AVERAGE_RADIATION

#: Hz, centers of the bands in which amplitudes are given; between them, linear in ln f
BANDS = np.array([0.3, 0.8, 2.0, 5.0, 12.0, 30.0])
#: kinds of waves, and the index of their slowness in :data:`~.column.SLOWNESSES`
P, SV_STEEP, SV_FLAT, SH_STEEP, SH_FLAT, RAYLEIGH = range(6)
SLOWNESS = (1, 1, 3, 1, 3, 0)
#: incident wave of each kind: column of the response
INCIDENT = (0, 1, 1, 2, 2, 0)
#: amplitude of scattered Rayleigh waves relative to S, by band; radial over vertical
RAYLEIGH_LEVEL = np.array([1.0, 1.0, 0.6, 0.25, 0.15, 0.1])
ELLIPTICITY = 0.7
#: frequency over that of the basin, and the level of its surface waves there
BASIN_RATIO, BASIN_SHAPE = (0.6, 1.0, 3.3, 12.0), (0.5, 1.0, 0.4, 0.03)
#: Q of these waves: above the frequency of the basin they fade on their way (about a tenth of the
#: S velocity in m/s, that of stiff sediments)
BASIN_QUALITY = 100.0


@dataclass(frozen=True, eq=False)
class Arrivals:
    """
    Scattered waves.

    :param kind: integers ``(n,)``, of :data:`P` to :data:`RAYLEIGH`.
    :param time: s, ``(n,)``.
    :param azimuth: radians from the azimuth of the direct wave, ``(n,)``.
    :param amplitude: by band, ``(n, nbands)``, relative to S waves of unit radiation.
    """

    kind: np.ndarray
    time: np.ndarray
    azimuth: np.ndarray
    amplitude: np.ndarray

    @classmethod
    def join(cls, parts):
        """The arrivals of several objects in one."""
        return cls(*(np.concatenate([getattr(part, name) for part in parts])
                     for name in ("kind", "time", "azimuth", "amplitude")))


def _shares(rng, count):
    """Random shares of an energy, as square roots, ``(count, 1)``."""
    energy = rng.exponential(1.0, count)
    return np.sqrt(energy / energy.sum())[:, None]


def forward(rng, kind, sign, time, spread, amplitude):
    """
    Forward scattering of one wave: a wave train that follows it within about ``spread``.

    :param rng: ``numpy.random.Generator``.
    :param kind: of the wave.
    :param sign: of its polarity; most of the train shares it.
    :param time: s, of the wave.
    :param spread: s.
    :param amplitude: of the train's energy, by band.
    :return: :class:`Arrivals`.
    """
    count = 4 + rng.poisson(10 + 120 * spread)
    delay = spread * rng.gamma(1.5, 0.7, count)
    turn = 0.3 * rng.standard_normal(count) * np.sqrt(np.minimum(delay / 0.5, 3.0))
    polarity = sign * np.where(rng.random(count) < 0.65, 1.0, -1.0)
    return Arrivals(np.full(count, kind), time + delay, turn,
                    polarity[:, None] * _shares(rng, count) * amplitude)


def basin_waves(rng, site, time):
    """
    Surface waves that S excites at the edges of a basin.

    :param rng: ``numpy.random.Generator``.
    :param site: with ``f0``, ``basin_delay`` and ``basin_level``.
    :param time: s, of S.
    :return: :class:`Arrivals`.
    """
    count = 5 + rng.poisson(6 * site.basin_delay)
    shape = np.interp(np.log(BANDS / site.basin_frequency), np.log(BASIN_RATIO), BASIN_SHAPE)
    level = site.basin_level * AVERAGE_RADIATION["S"] * rng.standard_normal((count, 1))
    kind = rng.choice((SV_FLAT, SH_FLAT, RAYLEIGH), count)
    delay = rng.gamma(1.5, site.basin_delay / 1.5, count)
    lost = np.maximum(BANDS - site.basin_frequency, 0) * (np.pi / BASIN_QUALITY)
    return Arrivals(kind, time + delay, rng.uniform(0, 2 * np.pi, count),
                    level * _shares(rng, count) * shape * np.exp(-delay[:, None] * lost))


@lru_cache(maxsize=4)
def band_weights(nfft, sampling_rate):
    """Hat functions of ln f, one per band, that add up to 1: ``(nbands, nfreq)``."""
    x = np.log(np.maximum(np.fft.rfftfreq(nfft, 1 / sampling_rate), 1e-3))
    return np.stack([np.interp(x, np.log(BANDS), row) for row in np.eye(len(BANDS))]).astype(
        np.float32)


def surface_motion(arrivals, response, variant):
    """
    Motion of the surface under all arrivals, relative to their wave form.

    :param arrivals: :class:`Arrivals`, times in the record.
    :param response: :class:`~obspy_tng.simulate.column.SiteResponse`.
    :param variant: number of the column.
    :return: complex64 array ``(3, nfreq)``: up, radial, transverse to the direct wave.
    """
    nfft, rate = response.nfft, response.sampling_rate
    weights = band_weights(nfft, rate)
    sample = np.rint(arrivals.time * rate).astype(int)
    inside = (sample >= 0) & (sample < nfft)
    out = np.zeros((3, nfft // 2 + 1), dtype=np.complex64)
    for kind in range(6):
        chosen = inside & (arrivals.kind == kind)
        if not chosen.any():
            continue
        where, amplitude = sample[chosen], arrivals.amplitude[chosen]
        cos, sin = np.cos(arrivals.azimuth[chosen]), np.sin(arrivals.azimuth[chosen])
        column = response.waves(variant, SLOWNESS[kind])[:, INCIDENT[kind]]
        if kind in (SH_STEEP, SH_FLAT):
            out[1] -= column[2] * _spectrum(where, amplitude, sin, nfft, weights)
            out[2] += column[2] * _spectrum(where, amplitude, cos, nfft, weights)
            continue
        outward = np.complex64(1j * ELLIPTICITY) * column[0] if kind == RAYLEIGH else column[1]
        out[0] += column[0] * _spectrum(where, amplitude, None, nfft, weights)
        out[1] += outward * _spectrum(where, amplitude, cos, nfft, weights)
        out[2] += outward * _spectrum(where, amplitude, sin, nfft, weights)
    return out


def _spectrum(sample, amplitude, factor, nfft, weights):
    """Spectrum ``(nfreq,)`` of pulses at samples, each with its amplitudes by band."""
    if factor is not None:
        amplitude = amplitude * factor[:, None]
    train = np.stack([np.bincount(sample, row, nfft) for row in amplitude.T]).astype(np.float32)
    return np.einsum("bf,bf->f", rfft(train, axis=-1), weights)
