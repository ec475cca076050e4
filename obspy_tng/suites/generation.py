"""Suites of generated records: records of one station, drawn for the target's scenario."""

import logging

import numpy as np

from .._checks import count
from .._random import checked_seed
from ..exceptions import TNGInputError, warn
from .spectra import ln_spectra
from .suite import checked_factors, comparison, suite_of

logger = logging.getLogger("obspy_tng")

SCENARIO = ("magnitude", "distance", "depth")


def generate_suite(generator, station, target, n=11, *, pool=300, most=1200,
                   tolerance=(0.10, 0.15), period_range=None, scale_factors=None, seed=0,
                   **options):
    """
    Draw records of a station for a scenario and select those that fit a target together.

    Records are drawn in pools until the suite fits, so that no scaling is needed.

    :param generator: with ``generate(station, n, seed=, first=, magnitude=, ...)``, such as a
        :class:`~obspy_tng.generator.TNGGenerator`; the station is enrolled.
    :param station: station id.
    :param target: :class:`~obspy_tng.suites.targets.Target`; its ``scenario`` is used.
    :param n: records of the suite.
    :param pool: records that are drawn at a time.
    :param most: records that are drawn in all, at most.
    :param tolerance: ``(mean, sd)``: deviations from the target, as shares, that are good enough
        (see :meth:`~obspy_tng.suites.suite.Suite.fit`).
    :param period_range: see :func:`~obspy_tng.suites.suite.select`, as is ``scale_factors``,
        of which the default here is None: no scaling.
    :param seed: int or None, of the draw and of the selection.
    :param options: further options of ``generate``; ``magnitude``, ``distance`` and ``depth``
        replace those of the target.
    :return: :class:`~obspy_tng.suites.suite.Suite`
    :raises TNGInputError: for bad values.

    There is a :class:`~obspy_tng.exceptions.TNGWarning` if the suite does not fit within the
    tolerance after ``most`` records; the best suite is returned.
    """
    n, pool, most, seed = (count("n", n, least=2), count("pool", pool), count("most", most),
                           checked_seed(seed))
    if not n <= pool <= most:
        raise TNGInputError(f"n, pool and most must ascend, got {n!r}, {pool!r} and {most!r}")
    try:
        mean_tolerance, sd_tolerance = map(float, tolerance)
    except (TypeError, ValueError) as err:
        raise TNGInputError(f"tolerance must be (mean, sd), got {tolerance!r}") from err
    periods, bounds = comparison(target, period_range), checked_factors(scale_factors)
    asked = {key: target.scenario[key] for key in SCENARIO
             if target.scenario.get(key) is not None} | options
    records, spectra = [], np.empty((0, len(periods)))
    while len(records) < most:
        more = generator.generate(station, min(pool, most - len(records)), seed=seed,
                                  first=len(records), **asked)
        records += more
        spectra = np.concatenate([spectra, ln_spectra(more, periods, target.component,
                                                      target.damping)])
        suite = suite_of(records, spectra, periods, target, n, bounds,
                         {"max_per_station": None, "max_per_event": None}, seed)
        fit = suite.fit()
        logger.info("suite of %s: %d of at most %d records drawn; mean within %.0f %%, sd of ln "
                    "within %.0f %% of the target", station, len(records), most,
                    100 * fit["mean_error"], 100 * fit["sd_error"])
        good = fit["mean_error"] <= mean_tolerance and not fit["sd_error"] > sd_tolerance
        if good:
            break
    else:
        warn(f"the best suite of {len(records)} records has its mean within "
             f"{100 * fit['mean_error']:.0f} % and its sd of ln within "
             f"{100 * fit['sd_error']:.0f} % of the target: more records (most=), scale "
             "factors, a narrower period_range or another scenario may help")
    suite.settings.update(station=station, drawn=len(records),
                          asked={k: v for k, v in asked.items() if k in SCENARIO})
    return suite
