"""
When earthquakes arrive: first P and S of iasp91, tabulated, and the slowest surface waves.

ObsPy's :class:`~obspy.taup.TauPyModel` takes some 50 ms for an earthquake and a station. The
table beside this module is made with it (first arrival of ``"ttp"`` and of ``"tts"``, model
iasp91 [Kennett1991]_) and read by linear interpolation: within 0.6 s up to 2000 km, which is
less than the structure of a region changes.

.. [Kennett1991] Kennett, B. L. N., and E. R. Engdahl (1991). Traveltimes for global earthquake
   location and phase identification. Geophys. J. Int. 105, 429-465.
"""

from functools import lru_cache
from pathlib import Path

import numpy as np
from scipy.interpolate import RegularGridInterpolator

KM_PER_DEGREE = 111.195
# km/s; the slowest surface waves of sedimentary basins that still carry the strong part
SURFACE_VELOCITY = 2.3
TABLE = "iasp91.npz"


def arrival_times(distance, depth):
    """
    Travel times of the first P, of the first S, and of the end of the surface waves' arrival.

    :param distance: epicentral, km; a number or an array.
    :param depth: km, likewise; negative ones count as 0.
    :return: ``(p, s, surface)`` in s, numbers or arrays; ``surface`` is not before ``s``.

    .. rubric:: Example

    >>> [round(float(t)) for t in arrival_times(300.0, 20.0)]
    [42, 75, 131]
    """
    distance, depth = np.asarray(distance, dtype=float), np.clip(depth, 0.0, None)
    points = depth.clip(None, 700), (distance / KM_PER_DEGREE).clip(0, 98)
    p, s = (table(points)[()] for table in _tables())
    return p, s, np.maximum(s, np.hypot(distance, depth) / SURFACE_VELOCITY)


@lru_cache
def _tables():
    """Interpolators of P and S over depth (km) and distance (degrees)."""
    with np.load(Path(__file__).with_name(TABLE)) as table:
        axes = table["depth"].astype(float), table["distance"].astype(float)
        return [RegularGridInterpolator(axes, table[phase].astype(float)) for phase in "ps"]
