"""
How each architecture trains, enrols and draws
==============================================

One class per architecture, all with the same methods (``fit``, ``encode``,
``draw``, ``reconstruct``, ``levels``); :class:`obspy_tng.TNGGenerator` is their
common face. Arrays outside a method are ``(n, 3, npts)``, ZNE, m/s^2.
"""

from .conditional import ConditionalMethod, SpectrogramMethod
from .released import ReleasedMethod
from .tng.method import StationBottleneckMethod

#: value of ``TNGGenerator(architecture=...)`` -> class
METHODS = {"released": ReleasedMethod, "conditional": ConditionalMethod,
           "spectrogram": SpectrogramMethod, "tng": StationBottleneckMethod}

__all__ = ["METHODS", "ConditionalMethod", "ReleasedMethod", "SpectrogramMethod",
           "StationBottleneckMethod"]
