"""
Baselines and controls: what TNGGenerator is compared with.

All are :class:`~obspy_tng.station_generator.StationGenerator` subclasses: fit,
enroll and generate as TNGGenerator has them, so that the evaluation treats
them alike. The controls need no network (:mod:`obspy_tng.baselines.controls`,
:mod:`obspy_tng.baselines.donors`, :mod:`obspy_tng.baselines.source_record`);
the paper's baseline is a spectrogram VAE (:mod:`obspy_tng.baselines.paper_baseline`).
"""

from .controls import MeanOfRaw, RandomAllPass, ResampledReal, ShapedNoise
from .donors import DonorNoise
from .paper_baseline import SpectrogramCVAE
from .source_record import MovedSourceRecord

__all__ = ["DonorNoise", "MeanOfRaw", "MovedSourceRecord", "RandomAllPass", "ResampledReal",
           "ShapedNoise", "SpectrogramCVAE"]
