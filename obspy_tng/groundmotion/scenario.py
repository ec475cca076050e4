"""The earthquake asked for, and how far the earthquakes of records are from it."""

from dataclasses import dataclass
from numbers import Real

import numpy as np

from ..exceptions import TNGInputError

#: near-source saturation of distance, km
SATURATION = 10.0

#: differences in magnitude and ln distance that count as one
MAGNITUDE, LN_DISTANCE = 0.5, 0.4


def scenario_distance(magnitudes, distances, magnitude, distance):
    """
    Squared distance between the scenarios of records and a given one.

    :param magnitudes: array (n,), NaN where unknown.
    :param distances: array (n,), epicentral, km, NaN where unknown.
    :param magnitude: asked for.
    :param distance: asked for, km; below 1 km counts as 1 km.
    :return: array (n,), infinite where unknown; ``exp(-d / 2)`` is a weight.

    .. rubric:: Example

    >>> scenario_distance(np.array([6.0, 6.5, np.nan]), np.array([100.0, 100.0, 100.0]), 6.0, 100.0)
    array([ 0.,  1., inf])
    """
    squares = (np.square((magnitudes - magnitude) / MAGNITUDE)
               + np.square(np.log(np.maximum(distances, 1) / max(distance, 1)) / LN_DISTANCE))
    return np.where(np.isfinite(squares), squares, np.inf)


@dataclass(frozen=True)
class Condition:
    """The earthquake asked for: magnitude, epicentral distance and depth (km) or None."""

    magnitude: float | None = None
    distance: float | None = None
    depth: float | None = None

    def __post_init__(self):
        for name, low, high in (("magnitude", -2, 10), ("distance", 0, 20100), ("depth", -5, 800)):
            value = getattr(self, name)
            if isinstance(value, bool) or not isinstance(value, Real | None):
                raise TypeError(f"{name} must be a number or None, got {value!r}")
            if value is not None and not low <= value <= high:
                raise TNGInputError(f"{name} must be between {low} and {high} or None, "
                                    f"got {value!r}")
