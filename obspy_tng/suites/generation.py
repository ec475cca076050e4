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
    records, spectra, best, least = [], np.empty((0, len(periods))), None, np.inf
    while len(records) < most:
        more = generator.generate(station, min(pool, most - len(records)), seed=seed,
                                  first=len(records), **asked)
        records += more
        spectra = np.concatenate([spectra, ln_spectra(more, periods, target.component,
                                                      target.damping)])
        suite = suite_of(records, spectra, periods, target, n, bounds,
                         {"max_per_station": None, "max_per_event": None}, seed)
        logger.info("suite of %s, %d of at most %d records drawn: %s", station, len(records), most,
                    suite.summary())
        # the selection minimises mean squares: of more records the largest error can be larger
        excess = _excess(suite.fit(), (mean_tolerance, sd_tolerance))
        if best is None or excess < least:
            best, least = suite, excess
        if excess <= 1:
            break
    else:
        warn(f"of {len(records)} records the best suite is of {best.summary()}: a station or "
             "scenario that is more like the target, a narrower period range, more records, or "
             "scale factors (wider ones) may help")
    best.settings.update(station=station, drawn=len(records),
                         asked={k: v for k, v in asked.items() if k in SCENARIO})
    return best


def _excess(fit, tolerance):
    """The larger of the errors of mean and sd, relative to what is tolerated."""
    tiny = np.finfo(float).tiny
    return max(error / max(most, tiny) for error, most in
               zip((fit["mean_error"], fit["sd_error"]), tolerance, strict=True)
               if not np.isnan(error))
