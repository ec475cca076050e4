"""
Question: do amplitudes depend on magnitude and distance as in real records?

ln of an intensity measure of the real records is fitted by a station term plus
a slope with magnitude and one with ln distance. The generated records, with their
requested magnitude and distance, are compared with that fit. Where either is
unknown the metrics are NaN and do not appear in tables.
"""

from functools import partial

import numpy as np

from .metric import Metric

MEASURES = {"pga": "PGA", "pgv": "PGV", "arias": "Arias intensity", "d5_95": "D5-95"}
# Records at the epicentre: ln distance stays finite.
LEAST_DISTANCE = 1.0
# fewest records of either side for a fit or a trend
LEAST_RECORDS = 10


def regression_table(sets, measure):
    """
    Regression table of all stations.

    :param sets: dict ``station id -> RecordSet``.
    :param measure: key of ``RecordSet.intensity``.
    :return: ``(stations, predictors, values)``: station number ``(n,)``;
        magnitude and ln distance (km) ``(n, 2)``; ln measure ``(n,)``. Records
        without magnitude or distance are left out.
    """
    stations, predictors, values = [], [], []
    for number, records in enumerate(sets.values()):
        x = np.stack([records.info("magnitude"),
                      np.log(np.maximum(records.info("distance"), LEAST_DISTANCE))], axis=1)
        known = np.isfinite(x).all(1)
        stations.append(np.full(known.sum(), number))
        predictors.append(x[known])
        values.append(records.intensity[measure][known])
    return np.concatenate(stations), np.concatenate(predictors), np.concatenate(values)


def scenario_residuals(real, other, measure):
    """
    Residuals of both sides against the fit of the real records.

    :param real: dict ``station id -> RecordSet``.
    :param other: the same stations.
    :param measure: key of ``RecordSet.intensity``.
    :return: ``(residuals of real, residuals of other, predictors of other)``,
        or None where either side has fewer than ten records with magnitude and distance.
    """
    station, x, y = regression_table(real, measure)
    station_other, x_other, y_other = regression_table(other, measure)
    if min(len(y), len(y_other)) < LEAST_RECORDS:
        return None
    center = x.mean(0)
    def table(numbers, predictors):
        return np.hstack([np.eye(len(real))[numbers], predictors - center])
    coefficients, *_ = np.linalg.lstsq(table(station, x), y, rcond=None)
    # a station without real records has no term
    has_term = np.isin(station_other, station)
    fitted = table(station_other, x_other) @ coefficients
    return (y - table(station, x) @ coefficients, (y_other - fitted)[has_term],
            (x_other - center)[has_term])


def residual_bias(real, other, measure):
    """Mean residual of the other records."""
    found = scenario_residuals(real, other, measure)
    return float("nan") if found is None else float(found[1].mean())


def residual_spread(real, other, measure):
    """
    Standard deviation of residuals, other over real.

    The fit takes p degrees of freedom from the real records and none from the others, whose
    residuals have the errors of the fit instead: of a perfect generator the plain ratio is
    sqrt((1 + p / N) / (1 - p / N)). Both are corrected.
    """
    found = scenario_residuals(real, other, measure)
    if found is None:
        return float("nan")
    own, others, x = found
    free = len(own) - len(set(regression_table(real, measure)[0])) - x.shape[1]
    if free < 1:
        return float("nan")
    taken = (len(own) - free) / len(own)
    ratio = others.var() / (1 + taken) / (np.square(own).sum() / free)
    # the logarithm of a variance of so few degrees of freedom is low by about their inverse
    return float(np.sqrt(ratio) * np.exp(-0.5 / free))


def residual_trend(real, other, measure, predictor):
    """
    Slope of the other records' residuals, per standard deviation of the predictor.

    ``predictor`` 0 is magnitude, 1 is ln distance; both slopes are fitted together.
    """
    found = scenario_residuals(real, other, measure)
    if found is None:
        return float("nan")
    _, residual, x = found
    scale = x.std(0)
    if (scale == 0).any():
        return float("nan")
    table = np.hstack([np.ones((len(x), 1)), (x - x.mean(0)) / scale])
    return float(np.linalg.lstsq(table, residual, rcond=None)[0][1 + predictor])


METRICS = tuple(
    Metric(f"{measure}_residual_{kind}", f"{name}, magnitude and distance known: {title}", unit,
           ideal, "Conditioning", partial(function, measure=measure, **options), ratio, "network")
    for measure, name in MEASURES.items()
    for kind, title, unit, ideal, function, options, ratio in (
        ("bias", "mean residual", "ln", 0.0, residual_bias, {}, False),
        ("spread", "residual spread ratio", "", 1.0, residual_spread, {}, True),
        ("magnitude", "trend with magnitude", "ln", 0.0, residual_trend, {"predictor": 0}, False),
        ("distance", "trend with ln distance", "ln", 0.0, residual_trend, {"predictor": 1}, False),
    ))
