"""
Scaling with magnitude and distance in all models of this folder.

Ground motion saturates near a large rupture. As in the stochastic method, this is described by an
effective depth that increases with magnitude, log10 h = -0.05 + 0.15 M [AtkinsonSilva2000]_ (3.5 km
at magnitude 4, 10 km at 7). The distance is R = sqrt(r^2 + z^2 + h^2), with r the epicentral
distance and z the depth of the focus.

.. [AtkinsonSilva2000] Atkinson, G. M. and Silva, W. (2000). Stochastic modeling of
   California ground motions. Bull. Seismol. Soc. Am. 90(2), 255-274.
"""

import numpy as np

from .brune import corner_frequency, seismic_moment

#: reference distance and magnitude of the coefficients; depth of an unknown focus
REFERENCE_DISTANCE, REFERENCE_MAGNITUDE, USUAL_DEPTH = 200.0, 6.0, 20.0


def effective_depth(magnitudes):
    """
    Effective depth of the saturation near the source [AtkinsonSilva2000]_.

    :param magnitudes: float or array.
    :return: km, the same shape.

    .. rubric:: Example

    >>> print(effective_depth(7.0))
    10.0
    """
    return 10.0 ** (-0.05 + 0.15 * np.asarray(magnitudes, dtype=float))[()]


def source_distance(magnitudes, distances, depths):
    """
    Distance R of the scaling.

    :param magnitudes: array (n,).
    :param distances: array (n,), epicentral, km.
    :param depths: array (n,), km; NaN: :data:`USUAL_DEPTH`.
    :return: array (n,), km.
    """
    depths = np.where(np.isfinite(depths), depths, USUAL_DEPTH)
    return np.sqrt(np.square(distances) + np.square(depths)
                   + np.square(effective_depth(magnitudes)))


def epicentral_distance(magnitude, distance, depth=USUAL_DEPTH):
    """
    The inverse of :func:`source_distance`.

    :param magnitude: float.
    :param distance: R, km.
    :param depth: km.
    :return: km; 1 where R is too short for that depth and magnitude.

    .. rubric:: Example

    >>> round(float(epicentral_distance(6.0, source_distance(6.0, 50.0, 20.0))), 6)
    50.0
    """
    square = distance ** 2 - depth ** 2 - effective_depth(magnitude) ** 2
    return float(np.sqrt(max(square, 1.0)))


def predictors(magnitudes, distances, depths):
    """
    Predictors of a record's energy.

    :param magnitudes: array (n,).
    :param distances: array (n,), epicentral, km.
    :param depths: array (n,), km; NaN: usual.
    :return: array (n, 4): 1, M - 6, ln R / R0 and R / R0 - 1 (anelastic attenuation), with R of
        :func:`source_distance` and R0 = 200 km.
    """
    ratio = source_distance(magnitudes, distances, depths) / REFERENCE_DISTANCE
    return np.column_stack([np.ones(len(ratio)), np.asarray(magnitudes) - REFERENCE_MAGNITUDE,
                            np.log(ratio), ratio - 1.0])


def source_levels(magnitudes, frequencies):
    """
    Ln energy that a source of [Brune1970]_ radiates, relative to one of magnitude 6.

    :param magnitudes: array (n,).
    :param frequencies: Hz, ``(bands,)``.
    :return: array (n, bands).

    .. rubric:: Example

    >>> below, above = source_levels(np.array([5.0]), np.array([0.01, 100.0]))[0]
    >>> round(float(below), 1), round(float(above), 1)
    (-6.9, -2.3)
    """
    def level(magnitude):
        ratio = np.divide.outer(frequencies, corner_frequency(magnitude))
        return 2 * (np.log(seismic_moment(magnitude)) - np.log1p(np.square(ratio)))

    return (level(np.asarray(magnitudes, dtype=float))
            - level(np.array([REFERENCE_MAGNITUDE]))).T
