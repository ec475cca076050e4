"""
One module per question
=======================

Each module answers one question with a few metrics, which it lists in ``METRICS``.
:data:`METRICS` of this package has all of them, in the order of the report.
"""

from . import (
    amplitudes,
    components,
    conditioning,
    envelope,
    novelty,
    physics,
    proxies,
    response_spectra,
    specificity,
    spectral_ratios,
)

METRICS = tuple(metric for question in (spectral_ratios, specificity, amplitudes, response_spectra,
                                        proxies, envelope, components, conditioning, novelty,
                                        physics)
                for metric in question.METRICS)
