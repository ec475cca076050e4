"""
The ground under a station, from the base of the weathered rock to the surface.

P and S waves arrive from below at an angle; layers refract, convert and trap them. S on the
vertical therefore arrives before S on the horizontals, and all waves show the resonances of the
site.

* :func:`surface_response` - motion of the surface for waves from below;
* :func:`ground_columns` - soil, and the rock it stands on, as layers;
* :func:`lateral_coupling` - what ground that is not layered adds;
* :class:`SiteResponse` - what a station does to all waves; :func:`site_response` makes it.
"""

from dataclasses import dataclass, field

import numpy as np
from scipy.fft import irfft, next_fast_len, rfft
from scipy.signal import butter, freqs

from .layered import Waves, above
from .noise import noise_spectrum
from .soil import SoilProfile, fundamental_frequency, transfer_function, vary_profile

FREQMIN = 0.05              # Hz, corner of the causal high-pass of all records
PASS_TO_NYQUIST = 0.8       # share of Nyquist that the digitiser passes
TAIL = 60.0                 # s simulated beyond the window
#: s/m, slownesses of incident waves; every wave takes the nearest one
SLOWNESSES = 1e-3 * np.array([0.05, 0.12, 0.18, 0.24, 0.28])
#: reverberations last this many periods of the lowest resonance, but no longer or shorter, s
RINGING, SHORT, LONG = 15.0, 10.0, 60.0
VARIANTS = 3                # similar profiles among which the records of a station vary
ROCK_SCATTER = 0.08         # of ln velocity of rock layers, from one of them to another
RINGDOWN = 1.5              # damping of what wraps around, at the end of the reverberation
NEAR_F0 = np.geomspace(0.7, 1.4, 300)    # times f0: where the column's resonance is searched for
STIFF = 1e4                 # Q of the half-space, which only serves as reference
#: r.m.s. of the share of one component in another, above a frequency in Hz; into the vertical
COUPLING, COUPLED_FROM, INTO_VERTICAL = 0.2, 2.5, 0.5
ECHO, ECHOES = 0.15, 12      # s, mean delay of echoes, and their number
DIRECTIONAL = 0.18          # of ln gain of a horizontal direction
NO_SOIL = SoilProfile(np.array([]), *(np.array([x]) for x in (1.0, 2.0, 1e3, 0.0)))


def surface_response(layers, omega, slowness):
    """
    Motion of the surface for plane waves from below.

    :param layers: tuple of arrays: thickness ``(n - 1,)``, then vp, vs, density, qp, qs ``(n,)``.
    :param omega: angular frequency, rad/s, complex, ``(nfreq,)``.
    :param slowness: horizontal, s/m.
    :return: complex array ``(3, 3, nfreq)``: up, outward and transverse motion for P, SV and SH
        of unit displacement at the top of the half-space; P is positive along its ray, SV outward.
    """
    thickness, *columns = layers
    speeds = [(vp * (1 + 0.5j / qp), vs * (1 + 0.5j / qs), density)
              for vp, vs, density, qp, qs in zip(*columns, strict=True)]
    waves = [Waves.make(-omega * slowness, omega, *speed) for speed in speeds]
    top = above(waves, thickness)[-1]
    p, s = 1j * speeds[-1][0] / omega, 1j * speeds[-1][1] / omega
    out = np.zeros((3, 3, len(omega)), dtype=np.complex128)
    out[0, 0], out[0, 1] = -top.surface[2] * p, -top.surface[3] * s
    out[1, 0], out[1, 1] = top.surface[0] * p, top.surface[1] * s
    out[2, 2] = top.surface_sh
    return out


def ground_columns(profile, crust, kappa, quality_ratio, rng=None, variants=VARIANTS):
    """
    Layers under a station: its soil, then weathered rock at least as stiff as its base.

    :param profile: :class:`~obspy_tng.simulate.soil.SoilProfile`.
    :param crust: :class:`~obspy_tng.simulate.crust.Crust`.
    :param kappa: s, that vertical S waves lose in the crust's weathered rock.
    :param quality_ratio: Q of P over Q of S there.
    :param rng: ``numpy.random.Generator`` of variants of the ground; None gives the profile only.
    :param variants: number of them.
    :return: list of tuples for :func:`surface_response`.
    """
    n = crust.rock
    quality = crust.vs[:n] * np.sum(crust.thickness[:n] / crust.vs[:n] ** 2) / kappa
    out = []
    for _ in range(1 if rng is None else variants):
        soil, scatter = profile, np.ones(n)
        if rng is not None:
            soil = vary_profile(profile, rng) if len(profile.thickness) else profile
            scatter = np.exp(ROCK_SCATTER * rng.standard_normal(n))
        vs = np.clip(crust.vs[:n] * scatter, min(soil.vs[-1], crust.vs[n]), crust.vs[n])
        column = [np.append(soil.thickness, crust.thickness[:n]), *(
            np.concatenate([top, middle, [bottom]]) for top, middle, bottom in (
                (soil.vp[:-1], vs * crust.vp[:n] / crust.vs[:n], crust.vp[n]),
                (soil.vs[:-1], vs, crust.vs[n]),
                (soil.density[:-1], crust.density[:n], crust.density[n]),
                (_quality(soil.damping_p[:-1]), quality * quality_ratio, STIFF),
                (_quality(soil.damping[:-1]), quality, STIFF)))]
        _tune(column, len(soil.thickness), fundamental_frequency(soil))
        out.append(tuple(column))
    return out


def _tune(column, soil, f0):
    """Scale the first ``soil`` layers, in place, so that they resonate at ``f0`` over the rock."""
    if not soil:
        return
    thickness, vp, vs, density, qp, qs = column
    grid = f0 * NEAR_F0
    for _ in range(2):
        whole = SoilProfile(thickness, vs, vp, density, 0.5 / qs, 0.5 / qp)
        thickness[:soil] *= grid[np.argmax(np.abs(transfer_function(whole, grid)))] / f0


def _quality(damping):
    """Q of a damping ratio."""
    return 0.5 / np.maximum(damping, 1e-4)


@dataclass(frozen=True, eq=False)
class SiteResponse:
    """
    Effect of a station's ground and recorder on all waves; see :func:`site_response`.

    :param sampling_rate: Hz.
    :param npts: samples of a record.
    :param nfft: samples simulated.
    :param frequencies: Hz, ``(nfreq,)``, of ``nfft`` samples.
    :param columns: layers under it, see :func:`ground_columns`.
    :param reference: layers of the crust's own weathered rock.
    :param reverberation: s.
    :param recorder: response ``(nfreq,)`` of the recorder.
    :param noise: r.m.s. spectrum ``(3, npts // 2 + 1)`` of the noise.
    :param knots: ``(nknots, nfreq)``, hat functions along ln f for smooth scatter.
    :param coupling: ``(3, 3, nfreq)``, what ground that is not layered makes of the motion Z, N
        and E of layered ground, see :func:`lateral_coupling`; None for nothing.
    """

    sampling_rate: float
    npts: int
    nfft: int
    frequencies: np.ndarray
    columns: list
    reference: tuple
    reverberation: float
    recorder: np.ndarray
    noise: np.ndarray
    knots: np.ndarray
    coupling: np.ndarray | None = None
    _cache: dict = field(default_factory=dict, repr=False)

    def waves(self, variant, number):
        """
        Response to waves from below, of one variant and one of :data:`SLOWNESSES`.

        :return: ``(3, 3, nfreq)``, see :func:`surface_response`; made once.
        """
        key = variant, number
        if key not in self._cache:
            npts = next_fast_len(int(self.reverberation * self.sampling_rate), real=True)
            damping = RINGDOWN * self.sampling_rate / npts
            omega = 2 * np.pi * np.fft.rfftfreq(npts, 1 / self.sampling_rate)
            omega[0] = 0.1 * omega[1]
            response = surface_response(self.columns[variant], omega - 1j * damping,
                                        SLOWNESSES[number])
            pulse = irfft(response, npts, axis=-1)
            pulse *= np.exp(damping * np.arange(npts) / self.sampling_rate)
            fade = npts // 10
            pulse[..., -fade:] *= np.linspace(1, 0, fade)
            self._cache[key] = rfft(pulse, self.nfft, axis=-1).astype(np.complex64)
        return self._cache[key]

    def long_waves(self, variant, below):
        """
        Response to vertical waves over that of the crust's own rock.

        :param variant: number of the column.
        :param below: Hz, up to where.
        :return: ``(3, n)`` for up, radial and transverse motion, of the first n frequencies.
        """
        key = "long", variant, below
        if key not in self._cache:
            omega = 2 * np.pi * self.frequencies[self.frequencies <= below] + 0j
            omega[0] = 0.1 * omega[1]
            own, rock = (surface_response(layers, omega, 1e-9)
                         for layers in (self.columns[variant], self.reference))
            self._cache[key] = np.stack([own[i, i] / rock[i, i] for i in (0, 2, 2)])
        return self._cache[key]

    def delay(self, variant, wave, slowness):
        """Vertical part of the time through the column, s, at a slowness in s/m."""
        thickness, vp, vs, *_ = self.columns[variant]
        speed = (vp if wave == "P" else vs)[:-1]
        return float(thickness @ np.sqrt(np.clip(1 / speed ** 2 - slowness ** 2, 0, None)))


def site_response(site, crust, sampling_rate, npts, rng=None):
    """
    Frequency response, noise and layers of a station.

    :param site: :class:`~obspy_tng.simulate.scenario.SimulatedSite`.
    :param crust: :class:`~obspy_tng.simulate.crust.Crust`.
    :param sampling_rate: Hz.
    :param npts: samples of a record.
    :param rng: ``numpy.random.Generator`` of variants of its ground among its records; None
        gives the profile itself only.
    :return: :class:`SiteResponse`.
    """
    nfft = next_fast_len(npts + int(TAIL * sampling_rate), real=True)
    frequencies = np.fft.rfftfreq(nfft, 1 / sampling_rate)
    short = np.fft.rfftfreq(npts, 1 / sampling_rate)
    profile = site.profile
    gain = np.stack([np.abs(transfer_function(profile, short, wave)) for wave in "PSS"])
    ground = noise_spectrum(short, site.noise_level, site.human_noise)
    noise = gain ** 2 * ground * 0.5 * sampling_rate + site.self_noise ** 2
    noise = np.sqrt(noise * npts) * np.abs(recorder_response(short, sampling_rate))
    lowest = 1 / max(4 * np.sum(profile.thickness / profile.vs[:-1]), 1e-3)
    reference, = ground_columns(NO_SOIL, crust, site.kappa, site.quality_ratio)
    return SiteResponse(
        sampling_rate, npts, nfft, frequencies,
        ground_columns(profile, crust, site.kappa, site.quality_ratio, rng), reference,
        float(np.clip(RINGING / lowest, SHORT, LONG)),
        recorder_response(frequencies, sampling_rate), noise.astype(np.float32),
        _knots(frequencies), None if rng is None else lateral_coupling(frequencies, site, rng))


def lateral_coupling(frequencies, site, rng):
    """
    Random effect of ground that is not layered, the same for all waves at a station.

    Slopes, edges and blocks of the size of a wavelength make one component move with another,
    with echoes, and one horizontal direction move more than the one across it.

    :param frequencies: Hz, ``(nfreq,)``.
    :param site: :class:`~obspy_tng.simulate.scenario.SimulatedSite`.
    :param rng: ``numpy.random.Generator``.
    :return: complex64 array ``(3, 3, nfreq)``, output and input Z, N, E.
    """
    strength = COUPLING * np.exp(0.5 * rng.standard_normal())
    corner = max(COUPLED_FROM * np.exp(0.3 * rng.standard_normal()), 2 * (site.f0 or 0))
    delay = np.append(0.0, rng.exponential(ECHO, ECHOES))
    share = np.append(1.0, np.exp(-delay[1:] / ECHO))
    share *= strength / np.linalg.norm(share)
    size = share[:, None, None] * rng.standard_normal((ECHOES + 1, 3, 3))
    size[0] *= 1 - np.eye(3)
    size[:, 0, 1:] *= INTO_VERTICAL
    phase = np.exp(-2j * np.pi * np.outer(delay, frequencies))
    coupling = np.einsum("kij,kf->ijf", size, phase)
    # gains of a direction and the one across it
    angle, knots = rng.uniform(0, np.pi), _knots(frequencies)
    axis = np.array([np.cos(angle), np.sin(angle)])
    gain = DIRECTIONAL * (rng.standard_normal(len(knots)) @ knots)
    coupling[1:, 1:] += gain * (2 * np.outer(axis, axis) - np.eye(2))[:, :, None]
    coupling *= 1 / (1 + (corner / np.maximum(frequencies, 1e-3)) ** 2)
    return (np.eye(3)[:, :, None] + coupling).astype(np.complex64)


def recorder_response(frequencies, sampling_rate):
    """Causal high-pass, and the digitiser's cut before Nyquist; complex ``(nfreq,)``."""
    _, highpass = freqs(*butter(4, FREQMIN, "highpass", analog=True), frequencies)
    x = np.clip((2 * frequencies / sampling_rate - PASS_TO_NYQUIST) / (1 - PASS_TO_NYQUIST), 0, 1)
    return highpass * np.cos(0.5 * np.pi * x) ** 2


def _knots(frequencies):
    """Hat functions along ln f, one octave apart."""
    log_f = np.log2(np.clip(frequencies, 0.02, None))
    centers = np.arange(np.floor(log_f[0]), np.ceil(log_f[-1]) + 1)
    return np.clip(1 - np.abs(log_f - centers[:, None]), 0, None).astype(np.float32)
