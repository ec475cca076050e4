"""
Scaling with magnitude and distance, as all models of this folder use it.

Near a large rupture motion saturates. As in models of equivalent point sources this is an
effective depth that grows with magnitude: log10 h = -1.72 + 0.43 M for large earthquakes
[YenierAtkinson2014]_, -0.405 + 0.235 M for all [YenierAtkinson2015]_. We take the mean of both
(1.9 km at magnitude 4, 18 km at 7); above 7, where there are few data, it grows as in the second
relation alone (32 km at 8), or PGA near the source would decrease. Distance is
R = sqrt(r^2 + z^2 + h^2), with r epicentral and z the depth of the top of the rupture: half the
width of [WellsCoppersmith1994]_ above the focus, since these relations are for distances from the
rupture.

.. [YenierAtkinson2014] Yenier, E. and Atkinson, G. M. (2014). Equivalent point-source modeling
   of moderate-to-large magnitude earthquakes and associated ground-motion saturation effects.
   Bull. Seismol. Soc. Am. 104(3), 1458-1478.
.. [YenierAtkinson2015] Yenier, E. and Atkinson, G. M. (2015). Regionally adjustable generic
   ground-motion prediction equation based on equivalent point-source simulations:
   application to central and eastern North America. Bull. Seismol. Soc. Am. 105(4), 1989-2009.
.. [AtkinsonSilva2000] Atkinson, G. M. and Silva, W. (2000). Stochastic modeling of
   California ground motions. Bull. Seismol. Soc. Am. 90(2), 255-274.
.. [WellsCoppersmith1994] Wells, D. L. and Coppersmith, K. J. (1994). New empirical relationships
   among magnitude, rupture length, rupture width, rupture area, and surface displacement.
   Bull. Seismol. Soc. Am. 84(4), 974-1002.
"""

import numpy as np

from .brune import corner_frequency, seismic_moment

#: reference distance and magnitude of the coefficients; depth of an unknown focus
REFERENCE_DISTANCE, REFERENCE_MAGNITUDE, USUAL_DEPTH = 200.0, 6.0, 20.0
#: magnitude above which the effective depth grows less
LARGE = 7.0
#: km within which direct waves are the strongest, and the power of R with which their energy falls
#: off [YenierAtkinson2015]_; the effective depth above was found with this spreading
NEAR_DISTANCE, NEAR_SPREADING = 50.0, -2.6


def effective_depth(magnitudes):
    """
    Effective depth of the saturation near the source [YenierAtkinson2014]_ [YenierAtkinson2015]_.

    :param magnitudes: float or array.
    :return: km, the same shape.

    .. rubric:: Example

    >>> round(float(effective_depth(7.0)), 1)
    18.4
    """
    magnitudes = np.asarray(magnitudes, dtype=float)
    past = np.maximum(magnitudes - LARGE, 0.0)
    return 10.0 ** (-1.0625 + 0.3325 * (magnitudes - past) + 0.235 * past)[()]


def rupture_top(magnitudes, depths):
    """
    Depth of the top of a rupture whose focus is in its middle [WellsCoppersmith1994]_.

    :param magnitudes: float or array.
    :param depths: of the focus, km.
    :return: km, at least 0.

    .. rubric:: Example

    >>> print(rupture_top([4.0, 6.0, 7.0], 10.0).round(1))
    [9.1 5.9 1.5]
    """
    width = 10.0 ** (-1.01 + 0.32 * np.asarray(magnitudes, dtype=float))
    return np.maximum(depths - 0.5 * width, 0.0)


def source_distance(magnitudes, distances, depths):
    """
    Distance R of the scaling.

    :param magnitudes: array (n,).
    :param distances: array (n,), epicentral, km.
    :param depths: array (n,), km; NaN: :data:`USUAL_DEPTH`.
    :return: array (n,), km.
    """
    depths = np.where(np.isfinite(depths), depths, USUAL_DEPTH)
    return np.sqrt(np.square(distances) + np.square(rupture_top(magnitudes, depths))
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
    square = distance ** 2 - rupture_top(magnitude, depth) ** 2 - effective_depth(magnitude) ** 2
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


def source_levels(magnitudes, frequencies, largest=np.inf):
    """
    Ln energy that a source of [Brune1970]_ radiates, relative to one of magnitude 6.

    :param magnitudes: array (n,).
    :param frequencies: Hz, ``(bands,)``.
    :param largest: magnitude above which energy grows as that of a rupture of finite size, with
        the two corners of [AtkinsonSilva2000]_: less.
    :return: array (n, bands).

    .. rubric:: Example

    >>> below, above = source_levels(np.array([5.0]), np.array([0.01, 100.0]))[0]
    >>> round(float(below), 1), round(float(above), 1)
    (-6.9, -2.5)
    """
    magnitudes = np.asarray(magnitudes, dtype=float)
    inside = np.minimum(magnitudes, largest)
    return (_one_corner(inside, frequencies) + _two_corners(magnitudes, frequencies)
            - _two_corners(inside, frequencies)
            - _one_corner(np.array([REFERENCE_MAGNITUDE]), frequencies))


def _one_corner(magnitudes, frequencies):
    ratio = np.divide.outer(frequencies, corner_frequency(magnitudes))
    return 2 * (np.log(seismic_moment(magnitudes)) - np.log1p(np.square(ratio))).T


def _two_corners(magnitudes, frequencies):
    low, high = 10 ** (2.181 - 0.496 * magnitudes), 10 ** (2.41 - 0.408 * magnitudes)
    share = 10 ** (0.605 - 0.255 * magnitudes)
    spectrum = ((1 - share) / (1 + np.square(np.divide.outer(frequencies, low)))
                + share / (1 + np.square(np.divide.outer(frequencies, high))))
    return 2 * (np.log(seismic_moment(magnitudes)) + np.log(np.maximum(spectrum, 1e-30))).T
