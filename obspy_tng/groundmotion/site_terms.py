"""
Station terms expected from site data
=====================================

Without records, or with few, the term of a station follows from what is known of its ground,
relative to the mean station of its region.

* f0, the fundamental frequency of the soil (Hz), of microtremors, say. HVSR and level are higher at
  f0 and lower below it: the mean terms of simulated stations as functions of f / f0. In Mexico City
  (five stations, the others enrolled) this takes the rms of an unknown HVSR from 1.19 to 0.76 and
  of an unknown level from 1.30 to 0.95 ln energy; in Gujarat (two stations) from 1.18 to 0.80, and
  from 0.96 to 1.06 (f0 was that of all records of the station).
* Vs30, the mean velocity of S waves in the uppermost 30 m (m/s), scales the level::

      delta_s2s = 2 c(f) (ln Vs30 - m) + rest

  in ln energy, with m the mean of the stations of the region. c is the mean of c8 of
  [BaylessAbrahamson2019]_ and of the slope of simulated stations, which is half as steep; half
  their difference is its error. Where f0 is given, Vs30 is not used: it would tell little more.

The variance of the rest is that of station terms less what the data explain.

.. [BaylessAbrahamson2019] Bayless, J. and Abrahamson, N. A. (2019). Summary of the BA18
   ground-motion model for Fourier amplitude spectra for crustal earthquakes in California. Bull.
   Seismol. Soc. Am. 109(5), 2088-2105.
"""

from dataclasses import dataclass

import numpy as np

from .._checks import within

#: c8 (ln amplitude by ln Vs30) of [BaylessAbrahamson2019]_ at some frequencies (Hz)
FREQUENCIES = (0.1, 0.15, 0.2, 0.3, 0.5, 0.7, 1.0, 1.5, 2.0, 3.0, 4.0, 5.0, 7.0, 10.0, 14.0, 20.0,
               24.0)
VS30_SLOPES = (-0.743, -0.856, -0.933, -1.042, -1.139, -1.151, -1.118, -1.020, -0.922, -0.738,
               -0.601, -0.485, -0.294, -0.083, 0.146, 0.377, 0.501)
#: the same of simulated stations
SIMULATED_SLOPES = (-0.25, -0.28, -0.33, -0.40, -0.35, -0.42, -0.46, -0.44, -0.38, -0.22, -0.09,
                    0.06, 0.26, 0.43, 0.60, 0.81, 0.95)
#: m/s, range of Vs30 outside of which it changes nothing
VS30_RANGE = 150.0, 1000.0
#: mean terms of level and HVSR (ln energy) of simulated stations at some ln2 (f / f0)
OCTAVES = (-3.0, -2.0, -1.5, -1.0, -0.5, 0.0, 0.5, 1.0, 1.5, 2.5, 3.5, 4.5, 5.5)
F0_LEVEL = (-0.55, -0.55, -0.35, 0.0, 1.1, 1.9, 1.0, 0.6, 1.0, 0.9, 0.4, -0.3, -1.4)
F0_HVSR = (-0.43, -0.43, -0.20, 0.15, 1.1, 1.9, 0.8, 0.1, 0.25, 0.05, -0.15, -0.6, -0.6)
#: standard deviation of terms of level and HVSR where f0 is known, relative to where it is not
F0_SCALE = 0.75
#: median Vs30 (m/s) of stations of strong motion; standard deviations of ln Vs30 between regions
#: and within one
USUAL_VS30, REGION_SD, SITE_SD = 400.0, 0.3, 0.45
#: least share of the variance of station terms that site data leave
LEAST_REST = 0.3


@dataclass(frozen=True)
class Site:
    """
    What is known of the ground at a station.

    :param vs30: m/s, or None.
    :param f0: Hz, fundamental frequency of the soil, or None.
    :raises TNGInputError: for values that no ground has.
    """

    vs30: float | None = None
    f0: float | None = None

    def __post_init__(self):
        if self.vs30 is not None:
            object.__setattr__(self, "vs30", within("vs30", self.vs30, 50.0, 3500.0))
        if self.f0 is not None:
            object.__setattr__(self, "f0", within("f0", self.f0, 0.05, 50.0))

    @property
    def known(self):
        """Dict of what is known."""
        return {name: value for name, value in vars(self).items() if value is not None}


@dataclass(frozen=True)
class SiteTerm:
    """
    Distribution of a station's term that site data give, relative to a station of which nothing is
    known.

    :param mean: array (D,), ln energy.
    :param scale: array (D,), factor of the standard deviation of the station's term.
    :param covariance: array (D, D), of the error of the mean, added to that of the term.
    """

    mean: np.ndarray
    scale: np.ndarray
    covariance: np.ndarray

    @classmethod
    def unknown(cls, model):
        """That of a station of which nothing is known."""
        size = len(model.phi_s2s)
        return cls(np.zeros(size), np.ones(size), np.zeros((size, size)))

    def covariance_of(self, model):
        """
        Covariance of the term about its mean.

        :param model: :class:`~obspy_tng.groundmotion.band_levels.BandLevelModel`.
        :return: array (D, D).
        """
        return np.outer(self.scale, self.scale) * model.station_covariance + self.covariance


def site_terms(sites, recorded, model):
    """
    Terms that site data give.

    :param sites: dict station -> :class:`Site`.
    :param recorded: ids of the stations with records; their Vs30 gives the mean of the region.
    :param model: :class:`~obspy_tng.groundmotion.band_levels.BandLevelModel`.
    :return: dict station -> :class:`SiteTerm`.
    """
    known = [_ln_vs30(site) for station, site in sites.items() if station in recorded and site.vs30]
    return {station: _f0_term(site.f0, model) if site.f0 else
            _vs30_term(_ln_vs30(site), *_regional_vs30(known), model)
            for station, site in sites.items()}


def _f0_term(f0, model):
    octaves, size = np.log2(model.frequencies / f0), 3 * model.bands
    mean, scale = np.zeros(size), np.ones(size)
    for part, shape in enumerate((F0_LEVEL, F0_HVSR)):
        block = slice(part * model.bands, (part + 1) * model.bands)
        mean[block], scale[block] = np.interp(octaves, OCTAVES, shape), F0_SCALE
    return SiteTerm(mean, scale, np.zeros((size, size)))


def _vs30_term(ln_vs30, regional, error, model):
    slopes, wrong = np.zeros((2, 3 * model.bands))
    ln_f = np.log(model.frequencies)
    published, simulated = (2 * np.interp(ln_f, np.log(FREQUENCIES), table)
                            for table in (VS30_SLOPES, SIMULATED_SLOPES))
    slopes[:model.bands] = 0.5 * (published + simulated)
    wrong[:model.bands] = 0.5 * (published - simulated)
    apart = ln_vs30 - regional
    left = np.sqrt(np.maximum(1 - np.square(slopes * SITE_SD / model.phi_s2s), LEAST_REST))
    return SiteTerm(slopes * apart, left, error * np.outer(slopes, slopes)
                    + np.square(apart) * np.outer(wrong, wrong))


def _ln_vs30(site):
    return np.log(np.clip(site.vs30, *VS30_RANGE))


def _regional_vs30(known):
    """Mean of ln Vs30 in the region, and the variance of its error, from that of some stations."""
    precision = 1 / REGION_SD ** 2 + len(known) / SITE_SD ** 2
    mean = (np.log(USUAL_VS30) / REGION_SD ** 2 + np.sum(known) / SITE_SD ** 2) / precision
    return mean, 1 / precision

