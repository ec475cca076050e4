"""
Question: do HVSR and f0 of the records show the site?

Curves are compared by their lognormal means and standard deviations, f0 by its
distribution. The scale of a record cancels in the ratio, so that these metrics do not
detect wrong amplitudes. Averaging records reduces the scatter of the curves.

.. [SESAME2004] SESAME (2004). Guidelines for the implementation of the H/V
   spectral ratio technique on ambient vibrations. WP12, European Commission.
"""

from functools import partial

import numpy as np
from scipy.stats import wasserstein_distance

from .differences import curve_rms, curve_sd_ratio, ks_distance, mean_difference, rms
from .metric import Metric
from .similarity import histogram, log_bins, similarity


def hvsr_sd_rms(real, other):
    """Misfit of the scatter: rms over ln frequency of the difference of sd of ln HVSR."""
    if min(len(real), len(other)) < 3:
        return np.nan
    return rms(other.hvsr.std(0, ddof=1) - real.hvsr.std(0, ddof=1))


def f0_similarity(real, other):
    """1 - Jensen-Shannon distance (base 2) of the f0 histograms, five bins per octave."""
    bins = log_bins(real.axes)
    return float(similarity(histogram(real.f0, bins)[None], histogram(other.f0, bins)[None])[0, 0])


def f0_ks(real, other):
    """Kolmogorov-Smirnov distance of the f0 distributions."""
    return ks_distance(real.f0, other.f0)


def f0_wasserstein(real, other):
    """Wasserstein (earth mover's) distance of the distributions of ln f0."""
    return float(wasserstein_distance(np.log(real.f0), np.log(other.f0)))


def a0_bias(real, other):
    """Mean of ln of the highest HVSR value of each record, other minus real."""
    return float(mean_difference(real.hvsr.max(-1), other.hvsr.max(-1)))


METRICS = tuple(Metric(name, title, unit, ideal, "HVSR and f0", function, ratio)
                for name, title, unit, ideal, function, ratio in (
    ("hvsr_rms", "HVSR, mean curve: rms misfit", "ln", 0.0,
     partial(curve_rms, quantity="hvsr"), False),
    ("hvsr_sd_rms", "HVSR, scatter: rms misfit", "ln", 0.0, hvsr_sd_rms, False),
    ("hvsr_sd_ratio", "HVSR, scatter ratio", "", 1.0,
     partial(curve_sd_ratio, quantity="hvsr"), True),
    ("f0_similarity", "f0: 1 - Jensen-Shannon distance", "", 1.0, f0_similarity, False),
    ("f0_ks", "f0: Kolmogorov-Smirnov", "", 0.0, f0_ks, False),
    ("f0_wasserstein", "f0: Wasserstein distance", "ln", 0.0, f0_wasserstein, False),
    ("a0_bias", "HVSR at f0: bias of ln", "ln", 0.0, a0_bias, False),
))
