"""
The diffuse wave field: scattered waves so many that none can be told from the others.

Coda of the crust and wave trains from the ground near the station. What is computed is their
power over time, by frequency and wave; the motion is Gaussian, as is that of many waves in all
directions, and keeps the ground's response to each kind of wave and the ratios of kinds.

* :func:`coda` - power scattered far from source and station;
* :func:`near_station` - power scattered in the ground near the station, :func:`near_shares`
  how much that is;
* :func:`diffuse_motion` - motion of the surface.
"""

import numpy as np
from scipy.fft import rfft
from scipy.signal import lfilter

from .arrivals import (
    BANDS,
    ELLIPTICITY,
    INCIDENT,
    RAYLEIGH,
    RAYLEIGH_LEVEL,
    SH_FLAT,
    SH_STEEP,
    SLOWNESS,
    SV_FLAT,
    SV_STEEP,
    P,
    band_weights,
)
from .scattering import energy_density

#: P coda attenuates faster by this factor, as the Q of P is lower at high frequencies
P_ABSORPTION = 1.2
#: the Q of coda grows faster with frequency than that of direct waves, as deeper rock and longer
#: paths have it, by this power, from a frequency in Hz
CODA_EXPONENT, CODA_PIVOT = 0.1, 5.0
#: 1/s, rate at which coda leaks into the mantle (as in Margerin et al. 1999, GJI 138, 343-352; the
#: number is ours)
LEAKAGE = 0.02
#: energy of coda relative to uniform rock: velocity increases with depth, which turns waves back
TURNED_BACK = 1.5
#: kinds of scattered S waves, and their shares
S_KINDS = (SV_STEEP, SV_FLAT, SH_STEEP, SH_FLAT, RAYLEIGH)
S_SHARES = (0.12, 0.21, 0.12, 0.22, 0.33)
#: Hz, at which ``local_scattering`` of a station applies
LOCAL_BAND = 5.0
#: energy scattered near the station relative to that, by incident wave and band: P to S and, at
#: low frequencies, S to surface waves more than others
NEAR = {"P": np.array([0.3, 1.5, 2.0, 2.5, 4.0, 4.0]),
        "S": np.array([0.3, 2.2, 3.0, 0.7, 1.0, 1.0])}
#: increase of the energy of a wave and its train relative to it and to sqrt(f): slow ground
#: near the surface focuses and keeps waves; set so that levels are those of ground-motion models
GAIN = {"P": np.array([1.0, 1.0, 1.3, 2.0, 3.0, 3.0]),
        "S": np.array([1.0, 1.6, 2.3, 1.1, 0.9, 0.8])}
#: share of P in the power from the ground near the station, by incident wave and band
NEAR_P = {"P": np.array([0.7, 0.7, 0.65, 0.4, 0.2, 0.2]),
          "S": np.array([0.15, 0.15, 0.15, 0.05, 0.15, 0.15])}
#: share of that power that decays slowly, by incident wave and band, and the factor of its time:
#: above 1 Hz ground of a Q that grows with frequency
SLOW_SHARE = {"P": np.array([0.8, 0.8, 0.8, 0.8, 0.8, 0.8]),
              "S": np.array([0.8, 0.8, 0.75, 0.4, 0.5, 0.5])}
SLOW_DECAY = np.array([12.0, 12.0, 5.0, 3.2, 5.0, 6.0])
#: share of the horizontal energy of the diffuse field along the direct wave, before and after S
ALONG = 0.75, 0.5


def coda(wave, distance, first, time, crust, velocity, level):
    """
    Power of waves that were scattered far from source and station.

    :param wave: "P" or "S", radiated.
    :param distance: hypocentral, m.
    :param first: s after the origin time, of direct P and S, by wave.
    :param time: s after the origin time, ``(nfft,)``.
    :param crust: :class:`~obspy_tng.simulate.crust.Crust`.
    :param velocity: m/s, of ``wave`` and of S waves.
    :param level: by band, of the direct wave in uniform rock without losses.
    :return: array ``(2, nbands, nfft)``, 1/s, arriving as P and as S, relative to the energy
        of ``level``.
    """
    # S that is scattered to P comes before S
    begin = max(first["P"], 0.1)
    grid = begin + np.append(0.0, np.geomspace(0.05, max(time[-1] - begin, 1.0), 120))
    fluence = TURNED_BACK * 4 * np.pi * distance ** 2 * velocity[0]
    power = fluence * np.stack([[energy_density(wave, mode, distance, grid, g, velocity[1])
                                 for g in crust.scattering_at(BANDS)] for mode in "PS"])
    quality = crust.quality_at(BANDS) * (BANDS / CODA_PIVOT) ** CODA_EXPONENT
    rate = 2 * np.pi * BANDS / quality * (P_ABSORPTION if wave == "P" else 1.0) + LEAKAGE
    power *= np.exp(-rate[:, None] * np.maximum(grid - first[wave], 0))
    power *= np.square(level)[:, None]
    return np.stack([[np.interp(time, grid, row, left=0.0) for row in rows] for rows in power])


def near_shares(local):
    """
    What the ground near a station scatters, and what it lets pass.

    :param local: energy scattered relative to that of S waves at :data:`LOCAL_BAND`.
    :return: two dicts by incident wave ("P", "S") of arrays by band: the energy scattered
        relative to that of the wave behind the ground, and the amplitude of that wave.
    """
    near = {wave: local * factor for wave, factor in NEAR.items()}
    gain = local * np.sqrt(BANDS / LOCAL_BAND)
    return near, {wave: np.sqrt((1 + GAIN[wave] * gain) / (1 + near[wave])) for wave in near}


def near_station(impulses, decay, sampling_rate):
    """
    Power of the waves that the ground near the station scatters.

    :param impulses: energy that each sample of the incident waves gives, by incident wave (P, S)
        and band, ``(2, nbands, nfft)``.
    :param decay: s, in which the first part of it falls to 1/e.
    :param sampling_rate: Hz.
    :return: array as from :func:`coda`.
    """
    slow = np.stack([SLOW_SHARE[wave] for wave in "PS"])[:, :, None] * impulses
    kinds = np.array([[NEAR_P[wave], 1 - NEAR_P[wave]] for wave in "PS"])
    out = np.zeros_like(impulses)
    for energy, times in ((impulses - slow, np.ones(len(BANDS))), (slow, SLOW_DECAY)):
        arriving = np.einsum("iwb,ibt->wbt", kinds, energy)
        for band, factor in enumerate(times):
            left = np.exp(-1 / (factor * decay * sampling_rate))
            out[:, band] += lfilter([(1 - left) * sampling_rate], [1, -left], arriving[:, band])
    return out


def diffuse_motion(rng, power, s_index, response, variant):
    """
    Motion of the surface under a diffuse field.

    :param rng: ``numpy.random.Generator``.
    :param power: ``(2, nbands, nfft)``, 1/s, see :func:`coda`.
    :param s_index: sample of the S wave; until then most waves come along the direct one.
    :param response: :class:`~obspy_tng.simulate.column.SiteResponse`.
    :param variant: number of the column.
    :return: complex64 array ``(3, nfreq)``: up, radial, transverse to the direct wave.
    """
    nfft = response.nfft
    weights = band_weights(nfft, response.sampling_rate)
    size = np.sqrt(power / response.sampling_rate).astype(np.float32)
    along = np.where(np.arange(nfft) < s_index, *ALONG).astype(np.float32)
    radial, transverse, both = np.sqrt(along), np.sqrt(1 - along), np.float32(1)

    def motion(level, direction):
        white = rng.standard_normal(nfft, dtype=np.float32) * direction
        return np.einsum("bf,bf->f", rfft(level * white, axis=-1), weights)

    out = np.zeros((3, nfft // 2 + 1), dtype=np.complex64)
    for kind, share in ((P, 1.0), *zip(S_KINDS, S_SHARES, strict=True)):
        level = np.sqrt(np.float32(share)) * size[0 if kind == P else 1]
        column = response.waves(variant, SLOWNESS[kind])[:, INCIDENT[kind]]
        if kind in (SH_STEEP, SH_FLAT):
            out[1] += column[2] * motion(level, transverse)
            out[2] += column[2] * motion(level, radial)
            continue
        outward = column[1]
        if kind == RAYLEIGH:
            level = level * RAYLEIGH_LEVEL[:, None].astype(np.float32)
            outward = np.complex64(1j * ELLIPTICITY) * column[0]
        out[0] += column[0] * motion(level, both)
        out[1] += outward * motion(level, radial)
        out[2] += outward * motion(level, transverse)
    return out
