"""
One record: the waves of one earthquake at one station.

A record is the sum of four wave trains: P, S, the S coda, and surface waves made at
the edge of a basin. Each is Gaussian noise under an envelope with its own
polarisation, shaped by the spectrum of the source and the path [Boore2003]_. The
layers below the station then act on the sum, so that every train, and the ambient
noise too, carries the site's response.

* :func:`site_response` - all that depends on the station alone, made once.
* :func:`synthesize` - one record of it.

.. [SaragoniHart1974] Saragoni, G. R. and Hart, G. C. (1974). Simulation of artificial
   earthquakes. Earthq. Eng. Struct. Dyn. 2, 249-267.
.. [BooreJoyner1997] Boore, D. M. and Joyner, W. B. (1997). Site amplifications for
   generic rock sites. Bull. Seism. Soc. Am. 87, 327-341.
.. [Peterson1993] Peterson, J. (1993). Observations and modeling of seismic background
   noise. USGS Open-File Report 93-322.
"""

from dataclasses import dataclass
from functools import lru_cache

import numpy as np
from scipy.fft import irfft, next_fast_len, rfft
from scipy.signal import butter, freqs

from ..groundmotion.brune import VELOCITY, corner_frequency
from .envelopes import Envelopes
from .soil import VERTICAL_TO_HORIZONTAL, transfer_function, vary_profile
from .source import (
    AVERAGE_RADIATION,
    effective_distance,
    path_duration,
    point_source_spectrum,
    radiation_pattern,
)

FREQMIN = 0.05              # Hz, corner of the (causal) high-pass every record has
PASS_TO_NYQUIST = 0.8       # share of Nyquist that the digitiser passes
TAIL = 100.0                # s simulated beyond the window, so that nothing wraps around
# Generic rock [BooreJoyner1997]: amplification from 3.5 km/s to rock with vs30 = 620 m/s.
ROCK_VS30 = 620.0
ROCK_FREQUENCY = (0.01, 0.09, 0.16, 0.51, 0.84, 1.25, 2.26, 3.17, 6.05, 16.6, 61.2)
ROCK_AMPLIFICATION = (1.0, 1.10, 1.18, 1.42, 1.58, 1.74, 2.06, 2.25, 2.58, 3.13, 4.0)
# Scatter from record to record, in ln, smooth over about an octave in frequency:
# what the components share, and each of them for itself.
PATH_SCATTER, COMPONENT_SCATTER = 0.30, 0.05


@dataclass(frozen=True, eq=False)
class SiteResponse:
    """
    What a station does to any wave; see :func:`site_response`.

    :param sampling_rate: Hz.
    :param npts: samples of a record.
    :param nfft: samples simulated.
    :param frequencies: Hz, ``(nfreq,)``, of ``nfft`` samples.
    :param signal: responses ``(nvariants, 3, nfreq)``, ZNE, of layers, crust and recorder;
        each record goes through one of them.
    :param noise: r.m.s. spectrum ``(3, npts // 2 + 1)`` of the noise.
    :param delay: s, of the P and the S wave through the layers, by wave.
    :param knots: ``(nknots, nfreq)``, hat functions along ln f for smooth scatter.
    :param basin: ``(nfreq,)``, amplitude of the basin's surface waves relative to S, or None.
    :param basin_phase: ``(nfreq,)``, radians, their dispersion.
    """

    sampling_rate: float
    npts: int
    nfft: int
    frequencies: np.ndarray
    signal: np.ndarray
    noise: np.ndarray
    delay: dict
    knots: np.ndarray
    basin: np.ndarray | None
    basin_phase: np.ndarray | None


def site_response(site, sampling_rate, npts, rng=None, variants=8):
    """
    Frequency response, noise and dispersion of a station.

    :param site: :class:`~obspy_tng.simulate.scenario.SimulatedSite`.
    :param sampling_rate: Hz.
    :param npts: samples of a record.
    :param rng: ``numpy.random.Generator`` of the variants; None has no other variant than
        the profile itself.
    :param variants: number of neighbouring profiles (see
        :func:`~obspy_tng.simulate.soil.vary_profile`) that its records see.
    :return: :class:`SiteResponse`.
    """
    nfft = next_fast_len(npts + int(TAIL * sampling_rate), real=True)
    frequencies = np.fft.rfftfreq(nfft, 1 / sampling_rate)
    short = np.fft.rfftfreq(npts, 1 / sampling_rate)
    layers = site.profile
    noise = np.abs(_layers(layers, short)) ** 2 * _ambient_psd(short, site.noise_level)
    noise = (noise * 0.5 * sampling_rate + site.self_noise ** 2) * npts
    noise = np.sqrt(noise) * np.abs(_recorder(short, sampling_rate))
    basin = phase = None
    if site.basin_delay:
        basin, phase = _basin_waves(frequencies, site)
    profiles = [layers] if rng is None else [vary_profile(layers, rng) for _ in range(variants)]
    common = _crust(frequencies, layers.vs[-1]) * _recorder(frequencies, sampling_rate)
    signal = np.stack([(_layers(profile, frequencies) * common).astype(np.complex64)
                       for profile in profiles])
    delay = {wave: float(np.sum(layers.thickness / velocity[:-1]))
             for wave, velocity in (("P", layers.vp), ("S", layers.vs))}
    return SiteResponse(sampling_rate, npts, nfft, frequencies, signal,
                        noise.astype(np.float32), delay, _knots(sampling_rate, nfft), basin, phase)


def synthesize(earthquake, site, response, geometry, rng, pre_event=5.0, variability=1.0):
    """
    One record.

    :param earthquake: :class:`~obspy_tng.simulate.scenario.Earthquake`.
    :param site: :class:`~obspy_tng.simulate.scenario.SimulatedSite`.
    :param response: :class:`SiteResponse` of the site.
    :param geometry: epicentral distance in km, azimuth from epicentre to station and
        azimuth of propagation at the station, both in degrees from north.
    :param rng: ``numpy.random.Generator`` of this record.
    :param pre_event: s from the first sample to the P wave's arrival at the rock.
    :param variability: factor of the scatter from record to record.
    :return: array ``(3, npts)``, ZNE, m/s^2, float32; and a dict with ``p_index``,
        ``s_index`` and ``energy_kept`` (share of the Arias intensity within the record).
    """
    ray = _Ray(earthquake, geometry, rng, variability)
    start = pre_event - ray.time["P"]
    envelopes = Envelopes(earthquake, ray, response, start, rng, variability)
    spectrum = np.zeros((3, len(response.frequencies)), dtype=np.complex64)
    for envelope, mixing, shape in _wave_trains(earthquake, site, response, ray, envelopes, rng,
                                                variability):
        spectrum += rfft(_noise_under(envelope, mixing, rng)) * shape.astype(np.complex64)
    layers = response.signal[rng.integers(len(response.signal))]
    spectrum *= layers * _scatter(response.knots, rng, variability)
    signal = irfft(spectrum, response.nfft) * np.float32(response.sampling_rate)

    p_index, s_index = (round((start + ray.time[wave] + response.delay[wave])
                              * response.sampling_rate) for wave in "PS")
    # Attenuation without phase runs a little ahead of itself: nothing comes before P.
    rise = max(round(0.05 * response.sampling_rate), 1)
    signal[:, :max(p_index - rise, 0)] = 0
    ramp = slice(max(p_index - rise, 0), p_index)
    signal[:, ramp] *= np.linspace(0, 1, p_index - ramp.start, dtype=np.float32)
    energy = np.sum(signal ** 2, axis=0)
    data = signal[:, :response.npts] + _noise(response, rng)
    step = np.float32(site.step)
    return np.rint(data / step) * step, {
        "p_index": p_index, "s_index": s_index,
        "energy_kept": float(energy[:response.npts].sum() / energy.sum())}


class _Ray:
    """A straight ray from hypocentre to station: times, levels, corners, azimuths."""

    def __init__(self, earthquake, geometry, rng, variability):
        epicentral, azimuth, self.propagation = geometry
        self.distance = 1e3 * float(np.hypot(epicentral, earthquake.depth))
        self.effective = float(effective_distance(self.distance, earthquake.magnitude))
        self.time = {wave: self.distance / velocity for wave, velocity in VELOCITY.items()}
        self.radiation = {"P": AVERAGE_RADIATION["P"], "SV": AVERAGE_RADIATION["S"] / np.sqrt(2),
                          "SH": AVERAGE_RADIATION["S"] / np.sqrt(2)}
        ahead = 1.0
        if earthquake.mechanism is not None:
            takeoff = 180 - np.degrees(np.arctan2(epicentral, earthquake.depth))
            factors = radiation_pattern(*earthquake.mechanism, azimuth, takeoff)
            for wave, factor in zip(("P", "SV", "SH"), factors, strict=True):
                # Scattering takes about half of the pattern away.
                self.radiation[wave] = np.sqrt(0.5 * self.radiation[wave] ** 2 + 0.5 * factor ** 2)
            ahead -= earthquake.directivity * np.cos(np.radians(azimuth
                                                                - earthquake.mechanism[0]))
        self.corner = {wave: corner_frequency(earthquake.magnitude, earthquake.stress_drop, wave)
                       / ahead for wave in VELOCITY}
        self.path_duration = path_duration(self.distance) * earthquake.duration_factor * np.exp(
            variability * 0.35 * rng.standard_normal())

    def rotation(self):
        """Matrix from Z, radial, transverse to Z, N, E."""
        return _turn(np.radians(self.propagation))


def _wave_trains(earthquake, site, response, ray, envelopes, rng, variability):
    """
    The trains of a record: triples of envelope, mixing matrix and spectrum.

    The mixing matrix makes Z, N, E of three independent noises.
    """
    def spectrum(wave):
        return point_source_spectrum(
            response.frequencies, earthquake.magnitude, ray.effective, earthquake.stress_drop,
            site.kappa, wave, radiation=1.0, corner=ray.corner[wave])

    rotation = ray.rotation()
    vertical = VERTICAL_TO_HORIZONTAL * np.exp(variability * 0.1 * rng.standard_normal())
    shear, level = spectrum("S"), np.sqrt(0.5 * (ray.radiation["SV"] ** 2
                                                 + ray.radiation["SH"] ** 2))
    yield envelopes.p(), rotation @ _p_mixing(ray, rng), spectrum("P")
    yield envelopes.s(), rotation @ _s_mixing(ray, level, vertical, rng), shear
    # Coda has travelled longer, and in all directions.
    share, fade = envelopes.coda_share, np.exp(-0.03 * response.frequencies)
    isotropic = level * np.diag([vertical, 1.0, 1.0])
    yield envelopes.coda(), np.sqrt(share) * isotropic, shear * fade
    if response.basin is not None:
        stretch = np.exp(variability * 0.25 * rng.standard_normal())
        dispersed = response.basin * np.exp(-1j * stretch * response.basin_phase)
        strike = rng.uniform(0, np.pi)
        unequal = isotropic @ np.diag([rng.uniform(0.4, 1.0), *np.sqrt([1.3, 0.7])])
        yield envelopes.basin(site.basin_delay), _turn(strike) @ unequal, shear * dispersed


def _noise_under(envelope, mixing, rng):
    """White noise ``(3, nfft)`` under an envelope, its components mixed."""
    heard = np.flatnonzero(envelope > 1e-4 * envelope.max())
    noise = np.zeros((3, len(envelope)), dtype=np.float32)
    if len(heard):
        part = slice(heard[0], heard[-1] + 1)
        white = rng.standard_normal((3, part.stop - part.start), dtype=np.float32)
        noise[:, part] = mixing.astype(np.float32) @ (white * envelope[part])
    return noise


def _p_mixing(ray, rng):
    """P is nearly vertical where it arrives; some of it is converted."""
    tilt, linear = rng.uniform(0.2, 0.6), rng.uniform(0.5, 0.95)
    return ray.radiation["P"] * np.array([
        [1.0, 0.0, 0.0],
        [tilt * linear, tilt * np.sqrt(1 - linear ** 2), 0.0],
        [0.0, 0.0, rng.uniform(0.1, 0.4)]])


def _s_mixing(ray, level, vertical, rng):
    """SV and SH, more or less linearly polarised; part of the vertical goes with SV."""
    polarised, coupled = rng.uniform(-0.4, 0.4), rng.uniform(-0.6, 0.6)
    return np.array([
        [level * vertical * coupled, 0.0, level * vertical * np.sqrt(1 - coupled ** 2)],
        [ray.radiation["SV"], 0.0, 0.0],
        [ray.radiation["SH"] * polarised, ray.radiation["SH"] * np.sqrt(1 - polarised ** 2), 0.0]])


def _turn(angle):
    """Rotation of the horizontal axes by an angle in radians."""
    cos, sin = np.cos(angle), np.sin(angle)
    return np.array([[1, 0, 0], [0, cos, -sin], [0, sin, cos]])


def _scatter(knots, rng, variability):
    """Smooth factor ``(3, nfreq)`` of this record's spectra."""
    common, own = rng.standard_normal((1, len(knots))), rng.standard_normal((3, len(knots)))
    weights = variability * (PATH_SCATTER * common + COMPONENT_SCATTER * own)
    return np.exp(weights.astype(np.float32) @ knots)


def _noise(response, rng):
    """Stationary noise ``(3, npts)`` of the ground and the recorder."""
    parts = rng.standard_normal((2, *response.noise.shape), dtype=np.float32)
    return irfft((parts[0] + 1j * parts[1]) * (response.noise * np.float32(np.sqrt(0.5))),
                 response.npts)


def _layers(profile, frequencies):
    """Response ``(3, nfreq)``: P for Z, SH for N and E."""
    shear = transfer_function(profile, frequencies)
    return np.stack([transfer_function(profile, frequencies, "P"), shear, shear])


def _crust(frequencies, vs):
    """Amplification ``(3, nfreq)`` from the source's rock to rock of velocity ``vs``."""
    hardness = np.clip(np.log(VELOCITY["S"] / vs) / np.log(VELOCITY["S"] / ROCK_VS30), 0, 1)
    log_f = np.log(np.clip(frequencies, ROCK_FREQUENCY[0], None))
    table = np.interp(log_f, np.log(ROCK_FREQUENCY), np.log(ROCK_AMPLIFICATION))
    # P velocity changes less with depth than S velocity, so the vertical gains less.
    return np.exp(np.outer(hardness * np.array([0.6, 1.0, 1.0]), table))


def _recorder(frequencies, sampling_rate):
    """Causal high-pass, and the digitiser's cut before Nyquist."""
    _, highpass = freqs(*butter(4, FREQMIN, "highpass", analog=True), frequencies)
    x = np.clip((2 * frequencies / sampling_rate - PASS_TO_NYQUIST) / (1 - PASS_TO_NYQUIST), 0, 1)
    return highpass * np.cos(0.5 * np.pi * x) ** 2


def _basin_waves(frequencies, site):
    """
    Amplitude and phase of surface waves that cross the basin.

    They live between f0, below which nothing is trapped, and a few times f0, above
    which they die out on the way. Long waves run at the speed of the rock, short
    ones at that of the soil: the group delay grows through f0 to ``basin_delay``.
    """
    ratio = np.log(np.clip(frequencies, 1e-3, None) / site.f0)
    trapped = site.basin_level / (1 + np.exp(-6 * (ratio + 0.3))) * np.exp(
        -0.5 * (np.clip(ratio - 0.3, 0, None) / 0.5) ** 2)
    delay = site.basin_delay * (0.2 + 0.8 / (1 + np.exp(-4 * ratio)))
    phase = 2 * np.pi * np.cumsum(delay) * (frequencies[1] - frequencies[0])
    return trapped, phase


@lru_cache(maxsize=8)
def _knots(sampling_rate, nfft):
    """Hat functions along ln f, one octave apart."""
    log_f = np.log2(np.clip(np.fft.rfftfreq(nfft, 1 / sampling_rate), 0.02, None))
    centers = np.arange(np.floor(log_f[0]), np.ceil(log_f[-1]) + 1)
    return np.clip(1 - np.abs(log_f - centers[:, None]), 0, None).astype(np.float32)


def _ambient_psd(frequencies, level):
    """Power spectral density of ground noise, (m/s^2)^2/Hz [Peterson1993]_."""
    # Imported here because it brings matplotlib in.
    from obspy.signal.spectral_estimation import get_nhnm, get_nlnm

    log_f = np.log(np.clip(frequencies, FREQMIN, None))
    (periods, low), (high_periods, high) = get_nlnm(), get_nhnm()
    low = np.interp(log_f, -np.log(periods), low)
    high = np.interp(log_f, -np.log(high_periods), high)
    return 10 ** (0.1 * (low + level * (high - low)))
