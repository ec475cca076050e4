"""
The earthquake and its waves up to the rock below a station.

The stochastic point source of [Boore2003]_: an omega-squared source, geometric
spreading, anelastic attenuation, and a duration that grows with distance. The
constants are those for California of [Atkinson_Silva2000]_, the durations those of
[Boore_Thompson2014]_ for active crustal regions.

* :func:`seismic_moment`, :func:`corner_frequency`, :func:`radiation_pattern` - the source;
* :func:`effective_distance`, :func:`geometric_spreading`, :func:`path_duration` - the path;
* :func:`point_source_spectrum` - the Fourier spectrum they make together.

.. [Boore2003] Boore, D. M. (2003). Simulation of ground motion using the
   stochastic method. Pure Appl. Geophys. 160, 635-676.
.. [Atkinson_Silva2000] Atkinson, G. M. and Silva, W. (2000). Stochastic modeling of
   California ground motions. Bull. Seism. Soc. Am. 90, 255-274.
.. [Boore_Thompson2014] Boore, D. M. and Thompson, E. M. (2014). Path durations for use
   in the stochastic-method simulation of ground motions. Bull. Seism. Soc. Am. 104,
   2541-2552.
.. [Brune1970] Brune, J. N. (1970). Tectonic stress and the spectra of seismic shear
   waves from earthquakes. J. Geophys. Res. 75, 4997-5009.
"""

import numpy as np

from ..groundmotion.brune import STRESS_DROP, VELOCITY, corner_frequency, seismic_moment

DENSITY = 2800.0            # kg/m^3, at the source
FREE_SURFACE = 2.0
# Root mean squares over the focal sphere (Boore and Boatwright 1984).
AVERAGE_RADIATION = {"P": np.sqrt(4 / 15), "S": np.sqrt(2 / 5)}
QUALITY, QUALITY_EXPONENT = 180.0, 0.45     # Q of S = 180 f^0.45
QUALITY_RATIO = {"P": VELOCITY["S"] / VELOCITY["P"], "S": 1.0}  # (Yoshimoto et al. 1993, GJI 114)
CROSSOVER = 40e3            # m, from body-wave to surface-wave spreading
# Path duration in s by distance in km [Boore_Thompson2014], Table 1.
PATH_DISTANCE = (0.0, 7.0, 45.0, 125.0, 175.0, 270.0)
PATH_DURATION = (0.0, 2.4, 8.4, 10.9, 17.4, 34.2)
PATH_SLOPE = 0.156          # s/km beyond the table


def geometric_spreading(distance):
    """
    1/R up to 40 km, then as for surface waves [Atkinson_Silva2000]_.

    :param distance: m.
    :return: 1/m.
    """
    distance = np.asarray(distance, dtype=np.float64)
    return np.where(distance < CROSSOVER, 1 / distance, 1 / np.sqrt(distance * CROSSOVER))


def path_duration(distance):
    """
    What the path adds to the duration [Boore_Thompson2014]_.

    :param distance: m.
    :return: s.
    """
    km = np.asarray(distance, dtype=np.float64) / 1e3
    return (np.interp(km, PATH_DISTANCE, PATH_DURATION)
            + PATH_SLOPE * np.clip(km - PATH_DISTANCE[-1], 0, None))


def effective_distance(hypocentral_distance, magnitude):
    """
    Distance with the saturation of a large rupture [Atkinson_Silva2000]_.

    :param hypocentral_distance: m.
    :param magnitude: moment magnitude.
    :return: m.
    """
    return np.hypot(hypocentral_distance, 1e3 * 10 ** (-0.05 + 0.15 * magnitude))


def radiation_pattern(strike, dip, rake, azimuth, takeoff):
    """
    Far-field radiation of a shear dislocation (Aki and Richards 2002, eqs 4.89-4.91).

    :param strike, dip, rake: degrees.
    :param azimuth: degrees from north, from source to station.
    :param takeoff: degrees from straight down.
    :return: tuple ``(P, SV, SH)`` of factors, signed.
    """
    delta, lam, i = np.radians(dip), np.radians(rake), np.radians(takeoff)
    phi = np.radians(azimuth - strike)
    strike_slip, dip_slip = np.cos(lam) * np.sin(delta), np.cos(lam) * np.cos(delta)
    thrust, tilt = np.sin(lam) * np.sin(2 * delta), np.sin(lam) * np.cos(2 * delta)
    p = (strike_slip * np.sin(i) ** 2 * np.sin(2 * phi) - dip_slip * np.sin(2 * i) * np.cos(phi)
         + thrust * (np.cos(i) ** 2 - np.sin(i) ** 2 * np.sin(phi) ** 2)
         + tilt * np.sin(2 * i) * np.sin(phi))
    sv = (tilt * np.cos(2 * i) * np.sin(phi) - dip_slip * np.cos(2 * i) * np.cos(phi)
          + 0.5 * strike_slip * np.sin(2 * i) * np.sin(2 * phi)
          - 0.5 * thrust * np.sin(2 * i) * (1 + np.sin(phi) ** 2))
    sh = (dip_slip * np.cos(i) * np.sin(phi) + strike_slip * np.sin(i) * np.cos(2 * phi)
          + tilt * np.cos(i) * np.cos(phi) - 0.5 * thrust * np.sin(i) * np.sin(2 * phi))
    return p, sv, sh


def point_source_spectrum(frequencies, magnitude, distance, stress_drop=STRESS_DROP,
                          kappa=0.03, wave="S", radiation=None, corner=None):
    """
    Acceleration spectrum at the surface of uniform rock [Boore2003]_, one component.

    :param frequencies: Hz, ``(nfreq,)``.
    :param magnitude: moment magnitude.
    :param distance: m.
    :param stress_drop: Pa.
    :param kappa: s, of the site's rock.
    :param wave: "S" or "P".
    :param radiation: factor of the radiation pattern and of the partition into
        components; None is the root mean square of one horizontal for S (0.45),
        of the ray's direction for P (0.52).
    :param corner: Hz; None is :func:`corner_frequency`.
    :return: complex array ``(nfreq,)``, m/s. Its phase is that of a causal Brune pulse;
        attenuation has no phase.
    """
    frequencies = np.asarray(frequencies, dtype=np.float64)
    if radiation is None:
        radiation = AVERAGE_RADIATION[wave] * (np.sqrt(0.5) if wave == "S" else 1.0)
    if corner is None:
        corner = corner_frequency(magnitude, stress_drop, wave)
    velocity = VELOCITY[wave]
    moment = radiation * FREE_SURFACE * seismic_moment(magnitude) / (
        4 * np.pi * DENSITY * velocity ** 3)
    decay = np.pi * (frequencies ** (1 - QUALITY_EXPONENT) * distance
                     / (QUALITY * QUALITY_RATIO[wave] * velocity)
                     + kappa * frequencies)
    return (-moment * geometric_spreading(distance) * (2 * np.pi * frequencies) ** 2
            / (1 + 1j * frequencies / corner) ** 2 * np.exp(-decay))
