"""
Question: are response and Fourier spectra right, and do periods vary together?

RotD50 pseudo-acceleration [Boore2010]_ and the effective amplitude spectrum
[Goulet2018]_, as natural logarithms. The correlation between periods matters for the
analysis of structures: a record that is strong at one period should also be strong at
neighbouring periods, as real ones are [Baker_Jayaram2008]_.

.. [Boore2010] Boore, D. M. (2010). Orientation-independent, nongeometric-mean
   measures of seismic intensity from two horizontal components of motion.
   Bull. Seismol. Soc. Am. 100(4), 1830-1835.
.. [Goulet2018] Goulet, C. A., Kottke, A., Boore, D. M. et al. (2018). Effective
   amplitude spectrum (EAS) as a metric for ground motion modeling using
   Fourier amplitudes. 11NCEE.
.. [Baker_Jayaram2008] Baker, J. W. and Jayaram, N. (2008). Correlation of spectral
   acceleration values from NGA ground motion models. Earthq. Spectra 24, 299-317.
"""

from functools import partial

import numpy as np

from .differences import correlation_misfit, curve_bias, curve_rms, curve_sd_ratio
from .metric import Metric

#: records that a fit of magnitude and distance needs
LEAST_RECORDS = 8


def psa_correlation(real, other):
    """
    Rms difference of the correlation coefficients of ln RotD50 between all periods.

    Of residuals after magnitude and ln distance, where both sides have them: strong and weak
    earthquakes alone make all periods go together.
    """
    if min(len(real), len(other)) < 4:
        return np.nan
    found = [_scenario_residuals(records) for records in (real, other)]
    if any(values is None for values in found):
        found = [real.rotd50, other.rotd50]
    return correlation_misfit(*found)


def _scenario_residuals(records):
    """Ln RotD50 less a fit of magnitude and ln distance; None where too few have them."""
    x = np.column_stack([np.ones(len(records)), records.info("magnitude"),
                         np.log(np.maximum(records.info("distance"), 1.0))])
    known = np.isfinite(x).all(1)
    if known.sum() < LEAST_RECORDS:
        return None
    x, y = x[known], records.rotd50[known]
    return y - x @ np.linalg.lstsq(x, y, rcond=None)[0]


METRICS = tuple(Metric(name, title, unit, ideal, "Spectra", function, ratio)
                for name, title, unit, ideal, function, ratio in (
    ("psa_rms", "RotD50, mean spectrum: rms misfit", "ln", 0.0,
     partial(curve_rms, quantity="rotd50"), False),
    ("psa_bias", "RotD50: bias over all periods", "ln", 0.0,
     partial(curve_bias, quantity="rotd50"), False),
    ("psa_sd_ratio", "RotD50: spread ratio", "", 1.0,
     partial(curve_sd_ratio, quantity="rotd50"), True),
    ("psa_correlation", "RotD50: correlation between periods, rms misfit", "", 0.0,
     psa_correlation, False),
    ("fas_rms", "Fourier, mean spectrum: rms misfit", "ln", 0.0,
     partial(curve_rms, quantity="eas"), False),
    ("fas_bias", "Fourier: bias over all frequencies", "ln", 0.0,
     partial(curve_bias, quantity="eas"), False),
    ("fas_sd_ratio", "Fourier: spread ratio", "", 1.0,
     partial(curve_sd_ratio, quantity="eas"), True),
))
