"""
Question: are the three components related as in real records?

Correlation over the whole record and coherence by frequency between Z, N and
E. Components that are generated independently have neither.
"""

import numpy as np

from .metric import Metric, mean_difference, rms


def component_correlation(real, other):
    """Rms over the pairs ZN, ZE, NE of the difference of mean \\|correlation coefficient\\|."""
    return rms(mean_difference(np.abs(real.correlation), np.abs(other.correlation)))


def coherence_rms(real, other):
    """Rms over pairs and third octaves of the difference of mean squared coherence."""
    return rms(mean_difference(real.coherence, other.coherence))


METRICS = (
    Metric("component_correlation", "correlation of components: rms misfit", "", 0.0,
           "Components", component_correlation),
    Metric("coherence_rms", "coherence of components: rms misfit", "", 0.0, "Components",
           coherence_rms),
)
