"""
Question: does the energy arrive as in real records?

The normalised Husid curve (share of the horizontal energy up to a time
[Husid1969]_), its mean and its scatter from record to record, and the number
of separate arrivals: superposed records show several.

.. [Husid1969] Husid, R. (1969). Caracteristicas de terremotos, analisis general.
   Revista del IDIEM 8, 21-42.
"""

import numpy as np

from .metric import Metric, mean_difference, rms


def husid_rms(real, other):
    """Rms over time of the difference of the mean normalised Husid curves."""
    return rms(mean_difference(real.husid, other.husid))


def husid_sd_ratio(real, other):
    """Ratio of the mean over time of the scatter of the normalised Husid curves."""
    if min(len(real), len(other)) < 3:
        return np.nan
    return float(other.husid.std(0, ddof=1).mean() / real.husid.std(0, ddof=1).mean())


def arrivals(real, other):
    """Mean number of separate arrivals, other minus real."""
    return float(mean_difference(real.arrivals, other.arrivals))


METRICS = tuple(Metric(name, title, unit, ideal, "Envelope", function, ratio)
                for name, title, unit, ideal, function, ratio in (
    ("husid_rms", "Husid, mean curve: rms misfit", "", 0.0, husid_rms, False),
    ("husid_sd_ratio", "Husid, scatter ratio", "", 1.0, husid_sd_ratio, True),
    ("arrivals", "separate arrivals, difference of means", "", 0.0, arrivals, False),
))
