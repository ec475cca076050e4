"""
The earthquake: its radiation, the spectrum of its moment rate, and its rupture.

Spectra have two corners ([Atkinson_Silva2000]_, [Boore2014]_): the lower one is the duration of a
large rupture, the upper one follows from the stress drop, so that high frequencies are
those of the one-corner spectrum of [Brune1970]_. A rupture is a sum of subevents that start
when the rupture front arrives. They add up coherently at long periods, and as energy at short ones.

* :func:`radiation_pattern`, :func:`moment_tensor` - the mechanism;
* :func:`moment_rate_spectrum` - one smooth pulse; :func:`rupture_spectrum` - all subevents;
* :func:`draw_rupture` - random subevents on a fault plane;
* :func:`effective_distance` - how motion saturates near a large one.

.. [Atkinson_Silva2000] Atkinson, G. M. and Silva, W. (2000). Stochastic modeling of
   California ground motions. Bull. Seism. Soc. Am. 90, 255-274.
.. [Boore2014] Boore, D. M., Di Alessandro, C. and Abrahamson, N. A. (2014). A generalization
   of the double-corner-frequency source spectral model. Bull. Seism. Soc. Am. 104, 2387-2398.
.. [Brune1970] Brune, J. N. (1970). Tectonic stress and the spectra of seismic shear
   waves from earthquakes. J. Geophys. Res. 75, 4997-5009.
.. [WellsCoppersmith1994] Wells, D. L. and Coppersmith, K. J. (1994). New empirical relationships
   among magnitude, rupture length, rupture width, rupture area, and surface displacement.
   Bull. Seism. Soc. Am. 84, 974-1002.
.. [YenierAtkinson2015] Yenier, E. and Atkinson, G. M. (2015). Regionally adjustable generic
   ground-motion prediction equation based on equivalent point-source simulations:
   application to central and eastern North America. Bull. Seism. Soc. Am. 105, 1989-2009.
"""

import numpy as np
from scipy.fft import rfft

from ..groundmotion.brune import CORNER_RATIO, STRESS_DROP, VELOCITY, corner_frequency

# Root mean squares over the focal sphere (Boore and Boatwright 1984).
AVERAGE_RADIATION = {"P": np.sqrt(4 / 15), "S": np.sqrt(2 / 5)}
#: the same of the fundamental Green's functions: of vertical dipoles and of couples
AVERAGE_MOMENT = (np.sqrt(4 / 15), np.sqrt(1 / 5))
RUPTURE_VELOCITY = 0.8      # of the S velocity
# The lower corner is at most this share of Brune's; the square of the upper corner is at least
# this share of the square of Brune's.
LOWER, UPPER = 0.8, 0.1
SUBEVENTS = 0.7             # growth of log10 of their number with magnitude; 2 at M 4.5
SHALLOWEST = 500.0          # m, top of any rupture
# How abruptly, in frequency, the coherent sum of subevents becomes a sum of energies.
STEEPNESS = 4
FEW = 500                   # frequencies up to which a sum is as fast as a transform


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


def moment_tensor(strike, dip, rake):
    """
    Moment tensor of a shear dislocation of moment 1 (Aki and Richards 2002, p. 112).

    :param strike, dip, rake: degrees.
    :return: tuple ``(xx, yy, zz, xy, xz, yz)``; x north, y east, z down.
    """
    phi, delta, lam = np.radians([strike, dip, rake])
    sin, cos = np.sin, np.cos
    along = sin(delta) * cos(lam)
    across = sin(2 * delta) * sin(lam)
    tilt = cos(2 * delta) * sin(lam)
    flat = cos(delta) * cos(lam)
    return (-(along * sin(2 * phi) + across * sin(phi) ** 2),
            along * sin(2 * phi) - across * cos(phi) ** 2,
            across,
            along * cos(2 * phi) + 0.5 * across * sin(2 * phi),
            -(flat * cos(phi) + tilt * sin(phi)),
            -(flat * sin(phi) - tilt * cos(phi)))


def corners(magnitude, stress_drop=STRESS_DROP, wave="S"):
    """
    The two corners of the spectrum and the share of the upper one.

    :param magnitude: moment magnitude.
    :param stress_drop: Pa.
    :param wave: "P" or "S".
    :return: ``(lower, upper, share)``: Hz, Hz, 0 to 1. The lower corner and the share are those
        of [Atkinson_Silva2000]_; the upper one keeps the high frequencies of one corner.
    """
    brune = corner_frequency(magnitude, stress_drop)
    lower = min(10 ** (2.181 - 0.496 * magnitude), LOWER * brune)
    share = min(10 ** (0.605 - 0.255 * magnitude), 1.0)
    rest = max(brune ** 2 - (1 - share) * lower ** 2, UPPER * brune ** 2)
    ratio = CORNER_RATIO[wave]
    return ratio * lower, ratio * np.sqrt(rest / share), share


def moment_rate_spectrum(frequencies, magnitude, stress_drop=STRESS_DROP, wave="S"):
    """
    Spectrum of the moment rate, relative to the moment: a causal pulse.

    :param frequencies: Hz, ``(nfreq,)``, real or complex.
    :param magnitude: moment magnitude.
    :param stress_drop: Pa.
    :param wave: "P" or "S".
    :return: complex array ``(nfreq,)``, 1 at zero frequency.

    .. rubric:: Example

    >>> high = abs(moment_rate_spectrum(np.array([1e-4, 50.0]), 6.0))
    >>> brune = 1 / (1 + (50.0 / corner_frequency(6.0)) ** 2)
    >>> print(high[0].round(4), (high[1] / brune).round(2))
    1.0 1.0
    """
    lower, upper, share = corners(magnitude, stress_drop, wave)
    f = np.asarray(frequencies)
    return (1 - share) / (1 + 1j * f / lower) ** 2 + share / (1 + 1j * f / upper) ** 2


def rupture_spectrum(frequencies, earthquake, wave="S", slowness=(0.0, 0.0, 0.0)):
    """
    Spectrum of an earthquake's moment rate as seen in one direction.

    :param frequencies: Hz, ``(nfreq,)``, real or complex.
    :param earthquake: with ``magnitude``, ``stress_drop`` and ``subevents``.
    :param wave: "P" or "S".
    :param slowness: s/m, north, east and down, of the wave as it leaves; zero in the
        average of all directions.
    :return: complex array ``(nfreq,)``. Long periods have the moment; at short ones the energy
        is that of the smooth pulse, on average over the subevents.
    """
    pulse = moment_rate_spectrum(frequencies, earthquake.magnitude, earthquake.stress_drop, wave)
    if len(earthquake.subevents) == 1:
        return pulse
    parts = np.asarray(earthquake.subevents)
    delay, weight = parts[:, 0] - parts[:, 2:] @ np.asarray(slowness), parts[:, 1]
    lower, _, _ = corners(earthquake.magnitude, earthquake.stress_drop, wave)
    together = 1 / (1 + (np.abs(frequencies) / lower) ** STEEPNESS)
    return (pulse * _delayed(frequencies, delay, weight)
            / np.sqrt(together + (1 - together) * np.sum(weight ** 2)))


def _delayed(frequencies, delay, weight):
    """Spectrum of pulses of given delays (s) and weights."""
    step = frequencies[1] - frequencies[0] if len(frequencies) > FEW else 0
    if not (np.isrealobj(frequencies) and step and frequencies[0] == 0):
        return np.exp(-2j * np.pi * np.multiply.outer(frequencies, delay)) @ weight
    # many frequencies of a Fourier transform: put the pulses on samples twice as fine
    npts = 4 * (len(frequencies) - 1)
    place = np.clip(delay, 0, None) * step * npts
    sample = place.astype(int) % npts
    share = place % 1
    train = (np.bincount(sample, weight * (1 - share), npts)
             + np.bincount((sample + 1) % npts, weight * share, npts))
    return rfft(train)[:len(frequencies)]


def draw_rupture(rng, magnitude, mechanism, depth):
    """
    Random subevents of a rupture.

    They are distributed at random over a plane of the size of [WellsCoppersmith1994]_, and their
    moments are very unequal. The first one is at the hypocenter; each of the others starts when
    the rupture front, at 0.8 of the S velocity, arrives. Small earthquakes have one or two.

    :param rng: ``numpy.random.Generator``.
    :param magnitude: moment magnitude.
    :param mechanism: strike, dip, rake, degrees.
    :param depth: km.
    :return: tuple of tuples: delay in s, share of the moment, and meters north, east and down
        of the hypocenter.
    """
    count = 1 + rng.poisson(min(10 ** (SUBEVENTS * (magnitude - 4.5)), 300))
    strike, dip = np.radians(mechanism[:2])
    length, width = 1e3 * 10 ** (-2.44 + 0.59 * magnitude), 1e3 * 10 ** (-1.01 + 0.32 * magnitude)
    along = length * (rng.uniform(0, 1, count) - rng.uniform(0.1, 0.9))
    above = min(width * rng.uniform(0.3, 0.9),
                max(1e3 * depth - SHALLOWEST, 0.0) / np.sin(dip))
    down = rng.uniform(0, width, count) - above
    along[0] = down[0] = 0.0
    front = np.hypot(along, down) / (RUPTURE_VELOCITY * VELOCITY["S"])
    weight = rng.dirichlet(np.full(count, 0.7)) + 1e-3
    if count < 4:   # the first of a few dominates
        weight[0] += 1
    north = along * np.cos(strike) - down * np.cos(dip) * np.sin(strike)
    east = along * np.sin(strike) + down * np.cos(dip) * np.cos(strike)
    return tuple(zip(front.tolist(), (weight / weight.sum()).tolist(), north.tolist(),
                     east.tolist(), (down * np.sin(dip)).tolist(), strict=True))


def effective_distance(rupture_distance, magnitude):
    """
    Distance with the saturation of a large rupture ([YenierAtkinson2015]_).

    :param rupture_distance: of the nearest part of the rupture, m.
    :param magnitude: moment magnitude.
    :return: m.
    """
    return np.hypot(rupture_distance, 1e3 * 10 ** (-0.405 + 0.235 * magnitude))
