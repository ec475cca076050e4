"""
The earthquakes and stations of a simulated network.

Each has its own seed and does not depend on how many others there are: with the same seed,
the same station number has the same ground and records the same earthquakes.
"""

from dataclasses import dataclass

import numpy as np
from obspy import UTCDateTime

from ..groundmotion.brune import STRESS_DROP, median_stress_drop
from .soil import SoilProfile, draw_profile, draw_rock, fundamental_frequency, vs30
from .source import draw_rupture

# Nobody should take a simulated network for a real one: it lies where the equator
# meets the prime meridian, in the sea, and its time starts in 2000.
CENTER = (0.0, 0.0)
FIRST_DAY = UTCDateTime(2000, 1, 1)
KM_PER_DEGREE = 111.19
# m/s^2 of one step and r.m.s. of self-noise: a 24-bit recorder of 2 g full scale, and
# the range of old ones, 16 down to 11 bits.
MODERN_RECORDER = (2.4e-6, 1e-5)
OLD_STEPS = (6e-4, 5e-3)
# Above this magnitude stress drop decreases, by so many powers of ten per unit, because high
# frequencies saturate in ground-motion models.
SATURATES, FALLS = 6.5, 0.3
# s, kappa of weathered rock: median, standard deviation of ln, and the largest departure in ln
ROCK_KAPPA, KAPPA_SCATTER, KAPPA_RANGE = 0.025, 0.3, 0.6
# Decay time of waves scattered near a station on rock, relative to one on soil of some 2 Hz;
# how much is scattered there and focused, relative to soil.
ROCK_LASTS, ROCK_SCATTERS = 0.6, 0.6
# Hz, at which surface waves of valleys around the station are strongest.
VALLEYS = (0.25, 1.5)


@dataclass(frozen=True)
class Earthquake:
    """
    An earthquake.

    :param event_id: resource identifier in the catalog.
    :param time: origin time.
    :param latitude: degrees.
    :param longitude: degrees.
    :param depth: km.
    :param magnitude: moment magnitude.
    :param stress_drop: Pa.
    :param mechanism: strike, dip and rake, degrees; None radiates the average of all.
    :param subevents: tuples of delay in s, share of the moment, and meters north, east and
        down of the hypocenter; see :func:`~obspy_tng.simulate.source.draw_rupture`.
    """

    event_id: str
    time: UTCDateTime
    latitude: float
    longitude: float
    depth: float
    magnitude: float
    stress_drop: float = STRESS_DROP
    mechanism: tuple | None = None
    subevents: tuple = ((0.0, 1.0, 0.0, 0.0, 0.0),)


@dataclass(frozen=True, eq=False)
class SimulatedSite:
    """
    A station: its place, its ground, and its recorder.

    :param station: station id ``"NET.STA"``.
    :param latitude: degrees.
    :param longitude: degrees.
    :param profile: :class:`~obspy_tng.simulate.soil.SoilProfile`.
    :param f0: theoretical fundamental frequency, Hz; None on rock.
    :param vs30: m/s.
    :param kappa: s, of S waves in the weathered rock below.
    :param quality_ratio: Q of P over Q of S waves there.
    :param local_scattering: energy that the ground near the station scatters at 5 Hz, relative to
        that of the S wave; see :func:`~obspy_tng.simulate.diffuse.near_shares`.
    :param local_decay: s, decay time of the first part of it.
    :param broadening: s, duration of a short pulse after heterogeneous ground under the station.
    :param basin_delay: s, mean delay after S of surface waves from the edges of a basin or a
        valley; 0 for none.
    :param basin_level: their amplitude relative to that of the S wave.
    :param basin_frequency: Hz, where they are strongest.
    :param noise_level: ambient noise: 0 is Peterson's low-noise model, 1 his high one.
    :param human_noise: dB, additional noise from human activity.
    :param step: m/s^2, of the digitiser.
    :param self_noise: m/s^2, r.m.s. of the recorder's noise.
    :param old: whether the recorder is triggered: it starts when the motion is strong.
    """

    station: str
    latitude: float
    longitude: float
    profile: SoilProfile
    f0: float | None
    vs30: float
    kappa: float = 0.03
    quality_ratio: float = 2.0
    local_scattering: float = 0.6
    local_decay: float = 1.5
    broadening: float = 0.0
    basin_delay: float = 0.0
    basin_level: float = 0.0
    basin_frequency: float = 1.0
    noise_level: float = 0.8
    human_noise: float = 0.0
    step: float = MODERN_RECORDER[0]
    self_noise: float = MODERN_RECORDER[1]
    old: bool = False


def median_stress(magnitude):
    """Median stress drop in Pa of earthquakes of a magnitude."""
    return float(median_stress_drop(magnitude)) * 10 ** (-FALLS * max(magnitude - SATURATES, 0.0))


def draw_earthquake(rng, event_id, day, magnitude, distance, depth, variability=1.0):
    """
    Random earthquake of a network.

    Magnitude is uniform, so that there are as many strong records as weak ones; epicentral
    distance is uniform in ln; stress drop has a standard deviation of 0.6 in ln, which
    corresponds to tau of PGA of about 0.4. Large ruptures have many subevents.

    :param rng: ``numpy.random.Generator``.
    :param event_id: resource identifier.
    :param day: number of the day of the origin time.
    :param magnitude: range ``(low, high)``.
    :param distance: range of the distance from the network's center, km.
    :param depth: range ``(low, high)``, km.
    :param variability: factor of all standard deviations; 0 is an average earthquake.
    :return: :class:`Earthquake`.
    """
    size = rng.uniform(*magnitude)
    far = np.exp(rng.uniform(*np.log(distance))) / KM_PER_DEGREE
    azimuth = rng.uniform(0, 2 * np.pi)
    # Between 1 h and 21 h, so that no record crosses midnight.
    time = FIRST_DAY + 86400.0 * day + round(rng.uniform(3600, 75600), 2)
    where = {"latitude": CENTER[0] + far * np.cos(azimuth),
             "longitude": CENTER[1] + far * np.sin(azimuth),
             "depth": rng.uniform(*depth), "magnitude": size}
    if not variability:
        return Earthquake(event_id, time, **where, stress_drop=median_stress(size))
    mechanism = rng.uniform(0, 360), rng.uniform(20, 90), rng.uniform(-180, 180)
    return Earthquake(
        event_id, time, **where, mechanism=mechanism,
        stress_drop=median_stress(size) * np.exp(variability * 0.6 * rng.standard_normal()),
        subevents=draw_rupture(rng, size, mechanism, where["depth"]))


def draw_site(rng, station, radius, f0, old_recorders=0.0):
    """
    Random station.

    Below 2 Hz most stations lie in a basin: surface waves from its edges arrive 5 to 60 s after
    S, later in deeper basins. Elsewhere weaker ones arrive from valleys around the station.

    :param rng: ``numpy.random.Generator``.
    :param station: station id ``"NET.STA"``.
    :param radius: km, greatest distance from the network's center.
    :param f0: Hz; None puts the station on rock.
    :param old_recorders: share of stations with an old, coarse recorder.
    :return: :class:`SimulatedSite`.
    """
    far, azimuth = radius * np.sqrt(rng.random()) / KM_PER_DEGREE, rng.uniform(0, 2 * np.pi)
    in_basin = f0 is not None and rng.random() < np.clip(1.1 - 0.4 * f0, 0.1, 0.9)
    frequency = f0 if in_basin else np.exp(rng.uniform(*np.log(VALLEYS)))
    delay = np.clip(15 / np.sqrt(frequency) * np.exp(0.5 * rng.standard_normal()), 3, 60)
    level = min((1.4 if in_basin else 0.5) * np.exp(0.5 * rng.standard_normal()), 2.4)
    (step, self_noise), old = MODERN_RECORDER, rng.random() < old_recorders
    if old:
        step = np.exp(rng.uniform(*np.log(OLD_STEPS)))
        self_noise = 0.3 * step
    profile = draw_rock(rng) if f0 is None else draw_profile(f0, rng)
    # thick soft ground keeps scattered waves longer
    lasts = ROCK_LASTS if f0 is None else min(1.3 * f0 ** -0.15, 1.6)
    return SimulatedSite(
        station, CENTER[0] + far * np.cos(azimuth), CENTER[1] + far * np.sin(azimuth), profile,
        None if f0 is None else fundamental_frequency(profile), vs30(profile),
        kappa=ROCK_KAPPA * np.exp(np.clip(rng.normal(0, KAPPA_SCATTER), -KAPPA_RANGE,
                                          KAPPA_RANGE)),
        quality_ratio=rng.uniform(1.0, 3.0),
        local_scattering=(np.exp(rng.uniform(*np.log((0.4, 1.6))))
                          * (ROCK_SCATTERS if f0 is None else 1.0)),
        local_decay=lasts * np.exp(rng.uniform(*np.log((0.7, 2.5)))),
        broadening=np.exp(rng.uniform(*np.log((0.01, 0.05)))),
        basin_delay=float(delay), basin_level=level, basin_frequency=float(frequency),
        noise_level=rng.uniform(0.5, 0.95), human_noise=np.clip(rng.normal(13, 6), 0.0, 22.0),
        step=step, self_noise=self_noise, old=bool(old))
