"""The requested scenario, its distance from those of records, and the coverage of the data."""

from dataclasses import dataclass
from numbers import Real

import numpy as np

from ..exceptions import TNGInputError, warn
from .scaling import USUAL_DEPTH, source_distance

#: differences in magnitude, ln distance and ln depth that count as one, and km, depths that count
#: as this one: catalogues know shallow ones badly. Earthquakes of a subducting slab differ from
#: those of the crust above in P, S and surface waves
MAGNITUDE, LN_DISTANCE, LN_DEPTH, LEAST_DEPTH = 0.5, 0.4, 0.9, 5.0
#: a scenario is extrapolated where it is outside of the data by more: magnitude, factor of R
MAGNITUDE_MARGIN, DISTANCE_MARGIN = 0.5, 1.5
#: the same where a prior covers the scenario and the records are far from it
FAR_MAGNITUDE, FAR_DISTANCE = 2.0, 5.0
#: limits of scenarios: largest magnitude; epicentral distance, km, and its ratio to that of the
#: farthest record
LARGEST_MAGNITUDE, FARTHEST, FARTHEST_FACTOR = 9.6, 2000.0, 4.0


@dataclass(frozen=True)
class Scenario:
    """
    Magnitude, epicentral distance (km) and depth (km); None: not given.

    :raises TNGInputError: for values that no earthquake has.
    """

    magnitude: float | None = None
    distance: float | None = None
    depth: float | None = None

    def __post_init__(self):
        for name, low, high in (("magnitude", -4, 10), ("distance", 0, 20100), ("depth", -5, 800)):
            value = getattr(self, name)
            if isinstance(value, bool) or not isinstance(value, Real | None):
                raise TypeError(f"{name} must be a number or None, got {value!r}")
            if value is not None and not low <= value <= high:
                raise TNGInputError(f"{name} must be between {low} and {high} or None, "
                                    f"got {value!r}")

    @property
    def given(self):
        """
        Whether magnitude and distance are given.

        :raises TNGInputError: if only one of them is.
        """
        if (self.magnitude is None) != (self.distance is None):
            raise TNGInputError("magnitude and distance must be given together, got magnitude="
                                f"{self.magnitude!r}, distance={self.distance!r}")
        return self.magnitude is not None

    @property
    def arrays(self):
        """Magnitude, distance and depth, each an array (1,), NaN where not given."""
        return tuple(np.array([np.nan if v is None else v], dtype=float)
                     for v in (self.magnitude, self.distance, self.depth))


@dataclass(frozen=True)
class Coverage:
    """
    Range of the scenarios of a model's data: least and largest magnitude and R
    (:func:`~obspy_tng.groundmotion.scaling.source_distance`, km).
    """

    magnitudes: tuple
    distances: tuple

    @classmethod
    def of(cls, magnitudes, distances, depths):
        """That of records, arrays (n,), where magnitude and distance are known."""
        known = np.isfinite(magnitudes) & np.isfinite(distances)
        r = source_distance(magnitudes[known], distances[known], depths[known])
        return cls((float(magnitudes[known].min()), float(magnitudes[known].max())),
                   (float(r.min()), float(r.max())))

    def __or__(self, other):
        """The smallest range that contains both."""
        return Coverage(*((min(a[0], b[0]), max(a[1], b[1])) for a, b in (
            (self.magnitudes, other.magnitudes), (self.distances, other.distances))))

    def __str__(self):
        return "magnitudes {:.1f} to {:.1f} at {:.0f} to {:.0f} km".format(
            *self.magnitudes, *self.distances)

    def check(self, scenario, advice=""):
        """
        Warn the caller of ``generate`` if a scenario is far outside.

        :param scenario: :class:`Scenario` with magnitude and distance.
        :param advice: end of the warning.
        :raises TNGInputError: as :meth:`extrapolated`.
        """
        if self.extrapolated(scenario):
            warn(f"magnitude {scenario.magnitude:g} at {scenario.distance:g} km is extrapolated: "
                 f"the data cover {self}{advice}")

    def extrapolated(self, scenario):
        """
        Whether a scenario with magnitude and distance is far outside.

        :param scenario: :class:`Scenario`.
        :return: bool
        :raises TNGInputError: for a scenario that is not possible, or beyond the limits.
        """
        farthest = max(FARTHEST, FARTHEST_FACTOR * self.distances[1])
        for name, value, limit in (("magnitude", scenario.magnitude, LARGEST_MAGNITUDE),
                                   ("distance", scenario.distance, farthest)):
            if value > limit:
                raise TNGInputError(f"{name} {value:g} is beyond the range of this model, whose "
                                    f"data have {self}; at most {limit:g} is allowed")
        return not self.near(scenario, MAGNITUDE_MARGIN, DISTANCE_MARGIN)

    def near(self, scenario, magnitude, distance):
        """
        Whether a scenario with magnitude and distance is within the data, or not far outside.

        :param scenario: :class:`Scenario`.
        :param magnitude: by which it may be outside.
        :param distance: factor by which R may be outside.
        :return: bool
        """
        r = source_distance(*scenario.arrays)[0]
        return bool(self.magnitudes[0] - magnitude <= scenario.magnitude
                    <= self.magnitudes[1] + magnitude
                    and self.distances[0] / distance <= r <= self.distances[1] * distance)


def scenario_distance(magnitudes, distances, depths, scenario):
    """
    Squared distance between the scenarios of records and a given one.

    :param magnitudes: array (n,), NaN where unknown.
    :param distances: array (n,), epicentral, km, NaN where unknown.
    :param depths: array (n,), km, NaN where unknown: the usual depth is taken.
    :param scenario: :class:`Scenario`; below 1 km counts as 1 km; without a depth, depths do not
        matter.
    :return: array (n,), infinite where magnitude or distance are unknown; ``exp(-d / 2)`` is a
        weight.

    .. rubric:: Example

    >>> scenario_distance(np.array([6.0, 6.5, np.nan]), np.full(3, 100.0), np.full(3, 10.0),
    ...                   Scenario(6.0, 100.0, 10.0))
    array([ 0.,  1., inf])
    """
    squares = (np.square((magnitudes - scenario.magnitude) / MAGNITUDE)
               + np.square(np.log(np.maximum(distances, 1) / max(scenario.distance, 1))
                           / LN_DISTANCE))
    if scenario.depth is not None:
        depths = np.where(np.isfinite(depths), depths, USUAL_DEPTH)
        squares = squares + np.square(np.log(np.maximum(depths, LEAST_DEPTH)
                                             / max(scenario.depth, LEAST_DEPTH)) / LN_DEPTH)
    return np.where(np.isfinite(squares), squares, np.inf)


def draw_known(magnitudes, distances, depths, rng):
    """
    The scenario of some record.

    :param magnitudes: array (n,), NaN where unknown.
    :param distances: array (n,), epicentral, km, NaN where unknown.
    :param depths: array (n,), km, NaN where unknown.
    :param rng: ``numpy.random.Generator``.
    :return: :class:`Scenario`, or None where none is known.
    """
    known = np.flatnonzero(np.isfinite(magnitudes) & np.isfinite(distances))
    if not len(known):
        return None
    i = rng.choice(known)
    return Scenario(float(magnitudes[i]), float(distances[i]),
                    float(depths[i]) if np.isfinite(depths[i]) else None)
