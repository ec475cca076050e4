"""
Question: are the records physically possible ground motion?

The ground comes to rest, is quiet before the earthquake, and a record has no energy
above the anti-alias corner. Processed real records are close to this, but not perfect,
and therefore define the target.
"""

import numpy as np

from .metric import Metric, mean_difference


def final_velocity(real, other):
    """Median of the final velocity over PGV (largest of the components)."""
    return float(np.median(other.motion_at_end["velocity"]))


def final_displacement(real, other):
    """Median of the final displacement over PGD (largest of the components)."""
    return float(np.median(other.motion_at_end["displacement"]))


def above_corner(real, other):
    """Mean ln of the energy share above the low-pass corner, other minus real."""
    return float(mean_difference(real.above_corner, other.above_corner))


def pre_event(real, other):
    """Mean ln level of the first two seconds against the strong part, other minus real."""
    return float(mean_difference(real.pre_event, other.pre_event))


METRICS = tuple(Metric(name, title, unit, ideal, "Physics", function)
                for name, title, unit, ideal, function in (
    ("final_velocity", "final velocity / PGV, median", "", None, final_velocity),
    ("final_displacement", "final displacement / PGD, median", "", None, final_displacement),
    ("above_corner", "energy above the low-pass corner, bias of ln", "ln", 0.0, above_corner),
    ("pre_event", "level before the event, bias of ln", "ln", 0.0, pre_event),
))
