"""
How each architecture trains, enrols and draws
==============================================

One class per architecture. All of them offer what :class:`~obspy_tng.methods.base.Method`
describes, and :class:`obspy_tng.TNGGenerator` uses nothing else.
"""

from .base import Method
from .conditional import ConditionalMethod, SpectrogramMethod
from .flow.method import FlowMethod
from .released import ReleasedMethod
from .tng.method import StationBottleneckMethod

#: value of ``TNGGenerator(architecture=...)`` -> class
METHODS: dict[str, type[Method]] = {
    "released": ReleasedMethod, "conditional": ConditionalMethod,
    "spectrogram": SpectrogramMethod, "tng": StationBottleneckMethod, "flow": FlowMethod}

__all__ = ["METHODS", "ConditionalMethod", "FlowMethod", "Method", "ReleasedMethod",
           "SpectrogramMethod", "StationBottleneckMethod"]
