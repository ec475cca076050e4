"""
Question: do structures respond to the records as to real ones?

Three proxies of [Burks2014]_ for the response of structures, beyond the response spectrum: the
directionality (RotD100 over RotD50, published by [ShahiBaker2014]_), the displacement of yielding
structures, and the correlation of residuals between periods. Residuals are those of ln RotD50 from
a fit of the real records with magnitude, ln distance and a term for each station. For earthquakes
with several records they are split into the mean of the earthquake (between events) and the rest
(within).

.. [Burks2014] Burks, L. S. and Baker, J. W. (2014). Validation of ground-motion
   simulations through simple proxies for the response of engineering systems. Bull. Seismol. Soc.
   Am. 104(4), 1930-1946.
.. [ShahiBaker2014] Shahi, S. K. and Baker, J. W. (2014). NGA-West2 models for ground
   motion directionality. Earthq. Spectra 30(3), 1285-1300.
"""

from functools import partial

import numpy as np

from ...signal import rotd100_over_rotd50
from .conditioning import LEAST_DISTANCE, LEAST_RECORDS
from .differences import correlation_misfit, curve_bias, curve_rms, curve_sd_ratio, rms
from .metric import Metric

# earthquakes with several records, and records of them, that a correlation is taken of
LEAST_EVENTS = 8


def rotd_ratio_published(real, other):
    """Rms over ln period of mean ln (RotD100 / RotD50) minus that of [ShahiBaker2014]_."""
    published = np.log(rotd100_over_rotd50(other.axes.periods))
    return rms(other.rotd_ratio.mean(0) - published)


def rotd50_residuals(sets):
    """
    Residuals of ln RotD50 from a fit with magnitude, ln distance and a term for each station.

    :param sets: dict ``station id -> RecordSet``; records without magnitude or distance are
        left out.
    :return: ``(residuals (n, nper), earthquakes (n,))``, or None with fewer than ten records.
    """
    rows, values, events = [], [], []
    for number, records in enumerate(sets.values()):
        x = np.stack([records.info("magnitude"),
                      np.log(np.maximum(records.info("distance"), LEAST_DISTANCE))], axis=1)
        known = np.isfinite(x).all(1)
        station = np.zeros((known.sum(), len(sets)))
        station[:, number] = 1
        rows.append(np.hstack([station, x[known]]))
        values.append(records.rotd50[known])
        events += [info.get("event_id") or identity for info, identity, use in
                   zip(records.infos, records.identities, known, strict=True) if use]
    design, values = np.concatenate(rows), np.concatenate(values)
    if len(values) < LEAST_RECORDS:
        return None
    return values - design @ np.linalg.lstsq(design, values, rcond=None)[0], np.array(events)


def split_residuals(residual, events):
    """
    Residuals between events and within them.

    :param residual: array ``(n, nper)``.
    :param events: earthquake of each ``(n,)``; those with a single record are left out.
    :return: ``(between (nevents, nper), within (m, nper))``: means of the earthquakes, and the
        deviations from them, times sqrt(k / (k - 1)) for k records of one earthquake.
    """
    _, number, counts = np.unique(events, return_inverse=True, return_counts=True)
    several = np.flatnonzero(counts > 1)
    between = np.empty((len(several), residual.shape[1]))
    within = []
    for row, event in enumerate(several):
        own = residual[number == event]
        between[row] = own.mean(0)
        within.append((own - own.mean(0)) * np.sqrt(len(own) / (len(own) - 1)))
    return between, np.concatenate(within) if within else np.empty((0, residual.shape[1]))


def _correlation_misfit(first, second):
    """Rms difference of the correlations of residuals between all periods; NaN of too few."""
    if min(len(first), len(second)) < LEAST_EVENTS:
        return np.nan
    return correlation_misfit(first, second)


def residual_correlation(real, other):
    """Rms difference of the correlations between periods of residuals of ln RotD50, all."""
    found = _both(real, other)
    return np.nan if found is None else _correlation_misfit(found[0][0], found[1][0])


def residual_correlation_between(real, other):
    """The same of the means of earthquakes with several records (between events)."""
    found = _both(real, other)
    return np.nan if found is None else _correlation_misfit(
        split_residuals(*found[0])[0], split_residuals(*found[1])[0])


def residual_correlation_within(real, other):
    """The same of deviations from the means of earthquakes (within events)."""
    found = _both(real, other)
    return np.nan if found is None else _correlation_misfit(
        split_residuals(*found[0])[1], split_residuals(*found[1])[1])


def _both(real, other):
    """Residuals and earthquakes of both sides, the other's from its own fit."""
    sides = rotd50_residuals(real), rotd50_residuals({s: other[s] for s in real})
    return None if None in sides else sides


METRICS = (
    *(Metric(name, title, unit, ideal, "Structures", function, ratio)
      for name, title, unit, ideal, function, ratio in (
        ("rotd_ratio_bias", "RotD100 / RotD50: bias of ln", "ln", 0.0,
         partial(curve_bias, quantity="rotd_ratio"), False),
        ("rotd_ratio_rms", "RotD100 / RotD50 by period: rms misfit", "ln", 0.0,
         partial(curve_rms, quantity="rotd_ratio"), False),
        ("rotd_ratio_spread", "RotD100 / RotD50: spread ratio", "", 1.0,
         partial(curve_sd_ratio, quantity="rotd_ratio"), True),
        ("rotd_ratio_published", "RotD100 / RotD50 beside Shahi and Baker: rms", "ln", None,
         rotd_ratio_published, False),
        ("inelastic_bias", "inelastic / elastic displacement: bias of ln", "ln", 0.0,
         partial(curve_bias, quantity="inelastic"), False),
        ("inelastic_spread", "inelastic / elastic displacement: spread ratio", "", 1.0,
         partial(curve_sd_ratio, quantity="inelastic"), True))),
    *(Metric(name, f"correlation of residuals{which}: rms misfit", "", 0.0, "Structures",
             function, scope="network")
      for name, which, function in (
        ("residual_correlation", "", residual_correlation),
        ("residual_correlation_between", " between events", residual_correlation_between),
        ("residual_correlation_within", " within events", residual_correlation_within))),
)
