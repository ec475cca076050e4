"""
Baselines and controls: what TNGGenerator is compared with.

All are :class:`~obspy_tng.stationgenerator.StationGenerator` subclasses: fit,
enroll and generate as TNGGenerator has them, so that the evaluation treats
them alike. The controls need no network (:mod:`obspy_tng.baselines.controls`).
"""

from .controls import MeanOfRaw, RandomAllPass, ResampledReal, ShapedNoise

__all__ = ["MeanOfRaw", "RandomAllPass", "ResampledReal", "ShapedNoise"]
