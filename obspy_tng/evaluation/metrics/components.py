"""
Question: are the three components related as in real records?

Correlation over the whole record and coherence by frequency between Z, N and
E. Components that are generated independently have neither.
"""

from functools import partial

import numpy as np

from .differences import curve_rms, mean_difference, rms
from .metric import Metric


def component_correlation(real, other):
    """Rms over the pairs ZN, ZE, NE of the difference of mean \\|correlation coefficient\\|."""
    return rms(mean_difference(np.abs(real.correlation), np.abs(other.correlation)))


METRICS = (
    Metric("component_correlation", "correlation of components: rms misfit", "", 0.0,
           "Components", component_correlation),
    Metric("coherence_rms", "coherence of components: rms misfit", "", 0.0, "Components",
           partial(curve_rms, quantity="coherence")),
)
