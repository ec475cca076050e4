"""How like an earthquake at a station the records of others are."""

import numpy as np

#: differences in magnitude and ln distance that count as one
MAGNITUDE, LN_DISTANCE = 0.5, 0.4


def apart(magnitudes, distances, magnitude, distance):
    """
    Squared differences of records from the earthquake asked for.

    :param magnitudes: array (n,), NaN where unknown.
    :param distances: array (n,), epicentral, km, NaN where unknown.
    :param magnitude: asked for.
    :param distance: asked for, km; below 1 km counts as 1 km.
    :return: array (n,), infinite where unknown; ``exp(-apart / 2)`` is a weight.

    .. rubric:: Example

    >>> apart(np.array([6.0, 6.5, np.nan]), np.array([100.0, 100.0, 100.0]), 6.0, 100.0)
    array([ 0.,  1., inf])
    """
    squares = (np.square((magnitudes - magnitude) / MAGNITUDE)
               + np.square(np.log(np.maximum(distances, 1) / max(distance, 1)) / LN_DISTANCE))
    return np.where(np.isfinite(squares), squares, np.inf)
