"""
All waves from one earthquake to one station, before they are added up.

Long periods are the complete wave field of the layered crust (:mod:`~obspy_tng.simulate.greens`).
Above :data:`CROSSOVER` waves are rays with their reflections (:mod:`~obspy_tng.simulate.rays`),
trains that follow a ray closely (:mod:`~obspy_tng.simulate.arrivals`), and the diffuse field of all
others (:mod:`~obspy_tng.simulate.diffuse`).

* :class:`Path` - the waves; :class:`LongWaves` - the long periods of the wave field.
"""

from dataclasses import dataclass, replace

import numpy as np
from scipy.fft import rfft

from ..groundmotion.brune import seismic_moment
from ..groundmotion.scaling import rupture_top
from . import arrivals as scattered
from .arrivals import BANDS, Arrivals
from .column import SLOWNESSES
from .diffuse import coda, near_shares, near_station
from .greens import WavenumberGrid, displacement, to_time
from .rays import trace
from .scattering import LOSS
from .source import (
    AVERAGE_MOMENT,
    AVERAGE_RADIATION,
    effective_distance,
    moment_tensor,
    radiation_pattern,
    rupture_spectrum,
)

#: Hz, band in which rays replace the complete wave field
CROSSOVER = (0.55, 0.9)
#: Q of P is lower than that of S at high frequencies: both lose the same share of their energy
#: over the same distance (Yoshimoto et al. 1993, GJI 114)
ABSORPTION = {"P": 1.73, "S": 1.0}
#: scatter of ln scattering and ln broadening from path to path
PATH_SCATTER = 0.3, 0.4
#: rays weaker than this, relative to the direct wave in uniform rock, are left out
FAINTEST = 0.01
#: power of the way with which scattering lengthens a pulse; P is broadened less than S
LENGTHENS = 1.35
BROADENING = {"P": 0.8, "S": 1.0}
#: Hz, above which interfaces such as the Moho, which are not sharp, reflect less
SHARP = 6.0
#: s, kappa of the weathered ground where waves are reflected at the surface, and how much longer
#: a pulse is afterwards
WEATHERED, BOUNCED = {"P": 0.012, "S": 0.025}, 0.5
#: s, decay time of the energy of scattered long waves: at the source, and as a share of the
#: travel time of S
LONG_TRAIN = 3.0, 0.25
#: Hz m: above this product of frequency and distance the radiation pattern begins to vanish;
#: after a factor of e^5 this share of the radiation is isotropic (the product as in Takemura et al.
#: 2016, Earth, Planets and Space 68:166; the numbers are ours)
ISOTROPIC_FROM, ISOTROPIC = 1e4, 0.9
#: scatter of the ln energy of that share, which is isotropic on average only: above some Hz the
#: energy of SV and SH is random (Takenaka et al. 2003, Phys. Earth Planet. Inter. 137, 31-43)
STOCHASTIC = 0.9


@dataclass(frozen=True, eq=False)
class LongWaves:
    """
    The complete wave field of a source at some depth and distance.

    :param grid: :class:`~obspy_tng.simulate.greens.WavenumberGrid`.
    :param functions: ``(8, nfreq)``, of :func:`~obspy_tng.simulate.greens.greens_functions`.
    """

    grid: WavenumberGrid
    functions: np.ndarray


class Path:
    """
    What all waves of one record have in common; parameters as in
    :func:`~obspy_tng.simulate.waveforms.synthesize`.
    """

    def __init__(self, earthquake, site, crust, response, geometry, rng, pre_event,
                 variability=1.0):
        self.rng = rng
        own = np.exp(variability * np.array(PATH_SCATTER) * rng.standard_normal(2))
        crust = replace(crust, scattering=crust.scattering * own[0],
                        broadening=crust.broadening * own[1])
        self.earthquake, self.site, self.crust, self.response = earthquake, site, crust, response
        self.epicentral = max(1e3 * geometry[0], 10.0)
        self.azimuth = np.radians(geometry[1])
        self.depth = 1e3 * earthquake.depth
        self.distance = float(np.hypot(self.epicentral, self.depth))
        self.rays = {wave: trace(crust, self.depth, self.epicentral, wave) for wave in "PS"}
        self.first = {wave: min(ray.time for ray in rays) for wave, rays in self.rays.items()}
        self.start = self.first["P"] - pre_event     # s after the origin time
        layer = crust.layer(self.depth)
        self.velocity = {"P": crust.vp[layer], "S": crust.vs[layer]}
        # Displacement at a unit distance; near a large rupture it saturates.
        top = 1e3 * float(rupture_top(earthquake.magnitude, earthquake.depth))
        near = self.distance / effective_distance(np.hypot(self.epicentral, top),
                                                  earthquake.magnitude)
        self.moment = near * seismic_moment(earthquake.magnitude)
        self.scale = {wave: self.moment / (4 * np.pi * crust.density[layer] * speed ** 3)
                      for wave, speed in self.velocity.items()}
        self.variant = int(rng.integers(len(response.columns)))
        self.pulses, self.slope = {}, None
        share = np.log(np.maximum(BANDS * self.distance / ISOTROPIC_FROM, 1)) / 5
        self.isotropic = ISOTROPIC * np.minimum(share, 1)
        # P, SV and SH, smooth in frequency; energy is kept on average
        common, own = rng.standard_normal((3, 1)), rng.standard_normal((3, len(BANDS)))
        scatter = variability * STOCHASTIC * (common + own) / np.sqrt(2)
        self.stochastic = np.exp(scatter - 0.5 * (variability * STOCHASTIC) ** 2)
        self.near, self.passed = near_shares(
            site.local_scattering * np.exp(0.3 * rng.standard_normal()))

    def onset(self, wave):
        """Time of the first P or S in the record, s, through the station's own ground."""
        ray = min(self.rays[wave], key=lambda ray: ray.time)
        return self.entry(ray) + self.response.delay(self.variant, wave, ray.slowness)

    def entry(self, ray):
        """Time in the record, s, when a ray enters the station's ground from below."""
        return ray.time - self.start - self.crust.rock_delay(ray.wave, ray.slowness)

    def pulse(self, wave, upward=None):
        """Spectrum of the rupture for waves that leave upwards or downwards; None: on average."""
        key = wave, upward
        if key not in self.pulses:
            slowness = np.zeros(3)
            if upward is not None:
                ray = next(r for r in self.rays[wave] if (r.takeoff > np.pi / 2) == upward)
                down = np.cos(ray.takeoff) / self.velocity[wave]
                slowness = np.array([ray.slowness * np.cos(self.azimuth),
                                     ray.slowness * np.sin(self.azimuth), down])
            self.pulses[key] = rupture_spectrum(self.response.frequencies, self.earthquake, wave,
                                                slowness)
        return self.pulses[key]

    def travel(self, time, delay=0.0):
        """Causal loss ``(nfreq,)`` of S waves after a travel time in s, and a delay in s."""
        # attenuation as a power of frequency is causal with this phase (Szabo 1994)
        power = 1 - self.crust.exponent
        if self.slope is None:
            self.slope = np.pi / self.crust.quality * self.response.frequencies ** power * (
                1 + 1j * np.tan(0.5 * np.pi * power))
        return np.exp(-time * self.slope - 2j * np.pi * delay * self.response.frequencies)

    def wave_form(self, wave):
        """Displacement spectrum of the direct wave in uniform rock, of unit radiation."""
        return self.pulse(wave) * self.travel(self.first["S"]) * (
            self.scale[wave] / self.distance)

    def amplitudes(self, ray):
        """Signed radiation into a ray, reflections included: ``(P,)`` or ``(SV, SH)``."""
        if self.earthquake.mechanism is None:
            share = AVERAGE_RADIATION[ray.wave] / np.sqrt(len(ray.factors))
            radiation = [share] * len(ray.factors)
        else:
            p, sv, sh = radiation_pattern(*self.earthquake.mechanism, np.degrees(self.azimuth),
                                          np.degrees(ray.takeoff))
            # SV of upgoing rays is positive against the outward direction
            radiation = [p] if ray.wave == "P" else [-sv if ray.takeoff > np.pi / 2 else sv, sh]
        return [a * b for a, b in zip(radiation, ray.factors, strict=True)]

    def losses(self, ray):
        """By band, amplitude after scattering and the share of it in one pulse; its spread in s."""
        way = ray.time * self.velocity[ray.wave]
        left = np.exp(-0.5 * LOSS[ray.wave] * self.crust.scattering_at(BANDS) * way)
        left *= self.passed[ray.wave]
        spread = self.crust.broadening * (way / 1e5) ** LENGTHENS * BROADENING[ray.wave]
        spread += self.site.broadening
        if ray.bounces:     # weathered ground elsewhere, twice for each reflection at the surface
            left *= np.exp(-2 * np.pi * BANDS * WEATHERED[ray.wave] * ray.bounces)
            spread += BOUNCED * ray.bounces
        pulse = 0.98 / np.hypot(1, np.pi * BANDS * spread)
        if ray.name in ("reflected", "multiple"):
            pulse = pulse * np.exp(-0.5 * (1 + ray.bounces) * (BANDS / SHARP) ** 2)
        return left, pulse, spread

    def loud_rays(self):
        """Rays that are not too faint, with their amplitudes."""
        for rays in self.rays.values():
            for ray in rays:
                amplitudes = self.amplitudes(ray)
                if np.abs(amplitudes).max() * ray.spreading * self.distance > FAINTEST:
                    yield ray, amplitudes

    def direct_waves(self):
        """Displacement ``(3, nfreq)`` of the rays' coherent pulses."""
        weights = scattered.band_weights(self.response.nfft, self.response.sampling_rate)
        spectrum = np.zeros((3, weights.shape[1]), dtype=np.complex128)
        for ray, amplitudes in self.loud_rays():
            left, pulse, _ = self.losses(ray)
            column = self.response.waves(self.variant, nearest_slowness(ray.slowness))
            upward = ray.takeoff > np.pi / 2
            form = (self.pulse(ray.wave, upward) * ((left * pulse) @ weights)
                    * self.travel(ABSORPTION[ray.wave] * ray.time, self.entry(ray)))
            form *= self.scale[ray.wave] * ray.spreading
            for number, amplitude in enumerate(amplitudes, 0 if ray.wave == "P" else 1):
                spectrum += column[:, number] * (amplitude * form)
        return spectrum

    def scattered_waves(self):
        """
        All scattered waves, relative to :meth:`wave_form` of S: those that follow a ray closely,
        and the power of all others.
        """
        relative = {"S": np.ones(len(BANDS)),
                    "P": self.scale["P"] / self.scale["S"] * self._p_over_s()}
        rate, nfft = self.response.sampling_rate, self.response.nfft
        near = np.zeros((2, len(BANDS), nfft))
        parts = []
        for ray, amplitudes in self.loud_rays():
            left, pulse, spread = self.losses(ray)
            late = ABSORPTION[ray.wave] * ray.time - self.first["S"]
            level = (relative[ray.wave] * left * ray.spreading * self.distance
                     * np.exp(-np.pi * BANDS * late / self.crust.quality_at(BANDS)))
            trains, energy = self._trains(ray, amplitudes, level, pulse, spread)
            parts += trains
            sample = round(self.entry(ray) * rate)
            if 0 <= sample < nfft:
                near["PS".index(ray.wave), :, sample] += energy
        power = near_station(near, self.site.local_decay, rate)
        # the table is for uniform rock: its P and S arrive when the first rays do
        time = np.arange(nfft) / rate + self.start
        uniform = {wave: self.distance / speed for wave, speed in self.velocity.items()}
        later = np.maximum(time - self.first["S"], 0) + uniform["S"]
        between = np.interp(time, [self.first["P"], self.first["S"]],
                            [uniform["P"], uniform["S"]], left=0.0)
        time = np.where(time > self.first["S"], later, between)
        for wave, speed in self.velocity.items():
            power += coda(wave, self.distance, uniform, time, self.crust,
                          (speed, self.velocity["S"]), AVERAGE_RADIATION[wave] * relative[wave])
        if self.site.basin_delay:
            parts.append(scattered.basin_waves(self.rng, self.site,
                                               self.first["S"] - self.start))
        return Arrivals.join(parts), power

    def _p_over_s(self):
        """Spectrum of P pulses over that of S pulses, by band."""
        p, s = (np.abs(rupture_spectrum(BANDS, self.earthquake, wave)) for wave in "PS")
        return p / s

    def _trains(self, ray, amplitudes, level, pulse, spread):
        """Wave trains that forward scattering and the ground near the station add to a ray."""
        rng, time = self.rng, self.entry(ray)
        flat = ray.slowness > 0.5 * (SLOWNESSES[1] + SLOWNESSES[3])
        kinds = ((scattered.P,) if ray.wave == "P" else
                 (scattered.SV_FLAT, scattered.SH_FLAT) if flat else
                 (scattered.SV_STEEP, scattered.SH_STEEP))
        average = AVERAGE_RADIATION[ray.wave] / np.sqrt(len(kinds))
        parts, energy = [], np.zeros(len(BANDS))
        stochastic = self.stochastic[:1] if ray.wave == "P" else self.stochastic[1:]
        for kind, amplitude, factor, random in zip(kinds, amplitudes, ray.factors, stochastic,
                                                   strict=True):
            size = level * np.sqrt((1 - self.isotropic) * abs(amplitude) ** 2
                                   + self.isotropic * random * abs(average * factor) ** 2)
            sign = 1.0 if np.real(amplitude) >= 0 else -1.0
            parts.append(scattered.forward(rng, kind, sign, time, spread,
                                           size * np.sqrt(1 - pulse ** 2)))
            energy += size ** 2 * self.near[ray.wave]
        return parts, energy

    def complete_field(self, long_waves):
        """Acceleration spectrum ``(3, nfreq)`` of the complete wave field, below the crossover."""
        grid = long_waves.grid
        rate, nfft = self.response.sampling_rate, self.response.nfft
        if self.earthquake.mechanism is None:
            motion = _average_displacement(long_waves.functions)
        else:
            motion = displacement(long_waves.functions,
                                  moment_tensor(*self.earthquake.mechanism), self.azimuth)
        # Most of it leaves sideways as S and surface waves.
        sideways = np.array([np.cos(self.azimuth), np.sin(self.azimuth), 0]) / self.velocity["S"]
        pulse = rupture_spectrum(grid.omega / (2 * np.pi), self.earthquake, "S", 0.8 * sideways)
        # displacement of a step of moment, differentiated twice
        share = 1 - handover(grid.frequencies)
        spectra = 1j * grid.omega * motion * (self.moment * pulse * share)
        series = to_time(spectra, grid, rate, self.start)
        fade = series.shape[1] // 8
        series[:, -fade:] *= np.cos(np.linspace(0, np.pi / 2, fade)) ** 2
        spectrum = rfft(series[:, :nfft], nfft, axis=-1) / rate
        ground = self.response.long_waves(self.variant, 1.5 * CROSSOVER[1])
        spectrum[:, :ground.shape[1]] *= ground
        spectrum[:, ground.shape[1]:] = 0
        return spectrum * self.long_scattering()

    def long_scattering(self):
        """
        What scattering on the way makes of long waves ``(3, nfreq)``: less of them comes directly,
        as much follows in a random train. It keeps their energy.
        """
        rate, nfft = self.response.sampling_rate, self.response.nfft
        lasts = LONG_TRAIN[0] + LONG_TRAIN[1] * self.first["S"]
        train = np.exp(-0.5 * np.arange(nfft) / (rate * lasts)).astype(np.float32)
        train /= np.linalg.norm(train)
        train = rfft(train * self.rng.standard_normal((3, nfft), dtype=np.float32), axis=-1)
        frequencies = np.maximum(self.response.frequencies, 0.05)
        direct = np.exp(-self.crust.scattering_at(frequencies) * self.distance)
        return np.sqrt(direct) + np.sqrt(1 - direct) * train


def nearest_slowness(slowness):
    """Number of the nearest of the slownesses of columns."""
    return int(np.argmin(np.abs(SLOWNESSES - slowness)))


def handover(frequencies):
    """Share of rays, 0 below and 1 above :data:`CROSSOVER`."""
    log = np.log(np.maximum(frequencies, 1e-6) / CROSSOVER[0])
    return np.sin(0.5 * np.pi * np.clip(log / np.log(CROSSOVER[1] / CROSSOVER[0]), 0, 1)) ** 2


def _average_displacement(functions):
    """Displacement of the average mechanism: rms of the contributions of the moment tensor."""
    dipole, couple = AVERAGE_MOMENT
    f = functions
    return np.stack([-(dipole * f[0] + couple * (f[2] + f[5])),
                     dipole * f[1] + couple * (f[3] + f[6]), couple * (f[4] + f[7])])
