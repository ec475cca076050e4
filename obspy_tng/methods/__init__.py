"""
How each architecture trains, enrols and draws
==============================================

One class per architecture, all with the same four methods (``fit``, ``encode``,
``draw``, ``reconstruct``); :class:`obspy_tng.TNGGenerator` is their common
face. Arrays outside a method are ``(n, 3, npts)``, ZNE, m/s^2.
"""

from .released import ReleasedMethod

#: value of ``TNGGenerator(architecture=...)`` -> class
METHODS = {"released": ReleasedMethod}

__all__ = ["METHODS", "ReleasedMethod"]
