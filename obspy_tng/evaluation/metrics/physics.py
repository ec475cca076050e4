"""
Question: are the records physically possible ground motion?

The ground comes to rest, is quiet before the earthquake, and a record has no energy
above the anti-alias corner. Processed real records are close to this, but not perfect,
and therefore define the target.
"""

from functools import partial

import numpy as np

from .differences import curve_bias
from .metric import Metric


def final_velocity(real, other):
    """Median of the final velocity over PGV (largest of the components)."""
    return float(np.median(other.motion_at_end["velocity"]))


def final_displacement(real, other):
    """Median of the final displacement over PGD (largest of the components)."""
    return float(np.median(other.motion_at_end["displacement"]))


METRICS = tuple(Metric(name, title, unit, ideal, "Physics", function)
                for name, title, unit, ideal, function in (
    ("final_velocity", "final velocity / PGV, median", "", None, final_velocity),
    ("final_displacement", "final displacement / PGD, median", "", None, final_displacement),
    ("above_corner", "energy above the low-pass corner, bias of ln", "ln", 0.0,
     partial(curve_bias, quantity="above_corner")),
    ("pre_event", "level before the event, bias of ln", "ln", 0.0,
     partial(curve_bias, quantity="pre_event")),
))
