"""
Question: does the energy arrive as in real records?

The normalised Husid curve (share of the horizontal energy up to a time
[Husid1969]_), its mean and its scatter from record to record, and the number
of separate arrivals: superposed records show several.

.. [Husid1969] Husid, R. (1969). Caracteristicas de terremotos, analisis general.
   Revista del IDIEM 8, 21-42.
"""

from functools import partial

import numpy as np

from .differences import curve_bias, curve_rms
from .metric import Metric


def husid_sd_ratio(real, other):
    """Ratio of the mean over time of the scatter of the normalised Husid curves."""
    if min(len(real), len(other)) < 3:
        return np.nan
    return float(other.husid.std(0, ddof=1).mean() / real.husid.std(0, ddof=1).mean())


METRICS = tuple(Metric(name, title, unit, ideal, "Envelope", function, ratio)
                for name, title, unit, ideal, function, ratio in (
    ("husid_rms", "Husid, mean curve: rms misfit", "", 0.0,
     partial(curve_rms, quantity="husid"), False),
    ("husid_sd_ratio", "Husid, scatter ratio", "", 1.0, husid_sd_ratio, True),
    ("arrivals", "separate arrivals, difference of means", "", 0.0,
     partial(curve_bias, quantity="arrivals"), False),
))
