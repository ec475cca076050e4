"""
One module per question
=======================

Each module answers one question with a few figures and lists them in ``METRICS``;
:data:`METRICS` here is all of them, in the order of the report.
"""

from . import (
    amplitudes,
    components,
    conditioning,
    envelope,
    novelty,
    physics,
    response_spectra,
    specificity,
    spectral_ratios,
)

METRICS = tuple(metric for question in (spectral_ratios, specificity, amplitudes, response_spectra,
                                        envelope, components, conditioning, novelty, physics)
                for metric in question.METRICS)
