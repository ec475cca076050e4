"""
Question: are levels and durations right, in the mean and in their spread?

Intensity measures of the horizontals as their natural logarithms (see
:attr:`RecordSet.intensity <obspy_tng.evaluation.recordset.RecordSet>`), compared by
mean, standard deviation and distribution. Averages of k uncorrelated records have
levels too low by sqrt(k) and durations that hardly vary.

.. [Trifunac_Brady1975] Trifunac, M. D. and Brady, A. G. (1975). A study on the
   duration of strong earthquake ground motion. Bull. Seismol. Soc. Am. 65, 581-626.
"""

from functools import partial

from .differences import ks_distance, mean_difference, spread_ratio
from .metric import Metric

MEASURES = {"pga": "PGA", "pgv": "PGV", "pgd": "PGD", "arias": "Arias intensity", "cav": "CAV",
            "d5_75": "D5-75", "d5_95": "D5-95"}


def bias(real, other, measure):
    """Mean of ln of an intensity measure, other minus real."""
    return float(mean_difference(real.intensity[measure], other.intensity[measure]))


def spread(real, other, measure):
    """Standard deviation of ln of an intensity measure, other over real."""
    return float(spread_ratio(real.intensity[measure], other.intensity[measure]))


def ks(real, other, measure):
    """Kolmogorov-Smirnov distance of the distributions of an intensity measure."""
    return ks_distance(real.intensity[measure], other.intensity[measure])


METRICS = tuple(
    Metric(f"{measure}_{kind}", f"{name}: {title}", unit, ideal, "Amplitudes and durations",
           partial(function, measure=measure), ratio)
    for measure, name in MEASURES.items()
    for kind, title, unit, ideal, function, ratio in (
        ("bias", "bias of ln", "ln", 0.0, bias, False),
        ("spread", "spread ratio", "", 1.0, spread, True),
        ("ks", "Kolmogorov-Smirnov", "", 0.0, ks, False)))
