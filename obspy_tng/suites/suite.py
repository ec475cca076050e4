"""
A suite: records that together fit a target, and the quality of the fit.
"""

from dataclasses import dataclass
from html import escape
from itertools import chain

import numpy as np
from obspy import Stream

from .. import __version__
from .._checks import count
from ..exceptions import TNGInputError
from ..records.earthquakes import earthquakes
from ..records.info import record_info
from ..records.record import group_by_station, station_id
from .measures import MeasureTable, measures
from .selection import choose_records
from .spectra import ln_spectra, scaled_record
from .targets import Target

#: periods at which suite and target are compared
PERIODS = 30


@dataclass(repr=False, eq=False)
class Suite:
    """
    Selected records with their scale factors.

    :param records: list of records, scaled: ready for an analysis.
    :param factors: scale factors ``(n,)`` that the records were multiplied by.
    :param target: :class:`~obspy_tng.suites.targets.Target`, whole.
    :param periods: s ``(nper,)``, where suite and target are compared.
    :param ln_psa: ln spectra of the scaled records there ``(n, nper)``, m/s^2.
    :param settings: dict: how they were selected.
    """

    records: list
    factors: np.ndarray
    target: Target
    periods: np.ndarray
    ln_psa: np.ndarray
    settings: dict

    def __len__(self):
        return len(self.records)

    @property
    def wanted(self):
        """The target at :attr:`periods`."""
        return self.target.at(self.periods)

    def fit(self):
        """
        Quality of the fit.

        :return: dict of floats: ``mean_error``, largest deviation of the geometric mean from the
            target's median over the periods, as a share; ``sd_error``, the same of the sd of ln
            (where the target's is above 0.1; NaN without); ``least_ratio``, least ratio of the
            arithmetic mean to the target's median (codes ask for 0.9 and more);
            ``record_error``, largest deviation of any one record.
        """
        wanted = self.wanted
        ln_error = self.ln_psa.mean(0) - wanted.ln_mean
        sd_error = np.nan
        if wanted.ln_sd is not None and len(self) > 1 and (wanted.ln_sd > 0.1).any():
            known = wanted.ln_sd > 0.1
            ratio = self.ln_psa.std(0, ddof=1)[known] / wanted.ln_sd[known]
            sd_error = float(np.abs(ratio - 1).max())
        return {"mean_error": float(np.abs(np.expm1(ln_error)).max()), "sd_error": sd_error,
                "least_ratio": float((np.exp(self.ln_psa).mean(0) / wanted.psa).min()),
                "record_error": float(np.abs(np.expm1(self.ln_psa - wanted.ln_mean)).max())}

    def measures(self, **options):
        """
        The table of the scaled records with their factors.

        :param options: see :func:`~obspy_tng.suites.measures.measures`.
        :return: :class:`~obspy_tng.suites.measures.MeasureTable`
        """
        table = measures(self.records, **options)
        columns = {"number": np.arange(1, len(self) + 1), **table.columns}
        columns["scale_factor"] = np.asarray(self.factors)
        return MeasureTable(columns, {**table.units, "number": "", "scale_factor": ""})

    def matched(self, **options):
        """
        The suite with every record matched to the target's median (extra ``match``).

        :param options: see :func:`~obspy_tng.suites.matching.match_record`; the period range is
            that of the suite unless it is given.
        :return: Suite without spread; its factors include those of the matching.
        """
        from .matching import match_record
        options.setdefault("period_range", (self.periods[0], self.periods[-1]))
        records = [match_record(record, self.target, **options) for record in self.records]
        return Suite(records, np.array([r[0].stats.tng.scale_factor for r in records]),
                     self.target, self.periods,
                     ln_spectra(records, self.periods, self.target.component,
                                self.target.damping), {**self.settings, "matched": True})

    def plot(self):
        """
        Picture of the suite against its target.

        :return: :class:`matplotlib.figure.Figure`
        """
        from .pictures import plot_suite
        return plot_suite(self)

    def to_html(self, path=None):
        """
        One self-contained HTML page: fit, picture, table, records.

        :param path: file to write, or None.
        :return: str
        """
        from .page import html_page
        return html_page(self, path)

    def write(self, folder, formats=("at2",), units="g"):
        """
        Write records, index, picture and page; see :func:`~obspy_tng.suites.export.write_suite`.

        :param folder: folder, made where it is missing.
        :param formats: see there, as is ``units``.
        :return: list of :class:`~pathlib.Path` of the files written.
        """
        from .export import write_suite
        return write_suite(self, folder, formats, units)

    def to_dict(self):
        """Target, fit, settings and what is known of each record, as plain Python objects."""
        return {"obspy_tng": __version__, "target": self.target.to_dict(),
                "settings": self.settings,
                "fit": {key: value if np.isfinite(value) else None
                        for key, value in self.fit().items()}}

    def summary(self):
        """One line on the fit, e.g. for a title."""
        fit = self.fit()
        spread = "" if np.isnan(fit["sd_error"]) else \
            f", sd of ln within {100 * fit['sd_error']:.0f} %"
        return (f"{len(self)} records, mean within {100 * fit['mean_error']:.0f} %{spread} of the "
                f"target from {self.periods[0]:g} to {self.periods[-1]:g} s; scale factors "
                f"{self.factors.min():.2g} to {self.factors.max():.2g}")

    def __repr__(self):
        return f"Suite: {self.summary()}\n{self.target!r}\n{self.measures(periods=())!r}"

    def _repr_html_(self):
        return (f"<p><b>{escape(self.summary())}</b></p>"
                + self.measures(periods=())._repr_html_())


def select(records, target, n=11, *, period_range=None, scale_factors=(0.25, 4.0),
           max_per_station=None, max_per_event=None, seed=0):
    """
    Select records whose spectra have the mean and the spread of a target.

    :param records: iterable of records (or a dict of such): real, generated or both; one that is
        given twice counts once.
    :param target: :class:`~obspy_tng.suites.targets.Target`; without sd the suite should have its
        mean, with the least possible scatter.
    :param n: records of the suite, 2 or more.
    :param period_range: ``(low, high)`` in s to compare in; None: the target's own.
    :param scale_factors: ``(least, largest)``; None does not scale the records.
    :param max_per_station: most records of one station; None for no limit.
    :param max_per_event: most records of one earthquake (see
        :func:`~obspy_tng.records.earthquakes.earthquakes`; generated ones without an event count
        one each); None for no limit.
    :param seed: int >= 0, of the search (:mod:`.selection`).
    :return: :class:`Suite`
    :raises TypeError: for anything but Streams.
    :raises TNGInputError: if there are too few records, or a value is not possible.
    """
    if isinstance(records, dict):
        records = chain.from_iterable(records.values())
    records = records if isinstance(records, Stream | None) else list(records)
    group_by_station(records)  # raises for what is not a Stream
    periods, bounds = comparison(target, period_range), checked_factors(scale_factors)
    spectra = ln_spectra(records, periods, target.component, target.damping)
    limits = {"max_per_station": max_per_station, "max_per_event": max_per_event}
    return suite_of(records, spectra, periods, target, n, bounds, limits, seed)


def comparison(target, period_range):
    """Periods ``(nper,)`` at which a suite is compared with its target, s."""
    if not isinstance(target, Target):
        raise TypeError(f"target must be a Target, got {type(target).__name__}; model_target(), "
                        "Target.from_csv(), eurocode8() and others make one")
    if len(target.periods) == 1:
        raise TNGInputError(f"target has one period, {target.periods[0]:g} s: two or more are "
                            "needed to compare spectra")
    try:
        low, high = map(float, period_range or target.periods[[0, -1]])
    except (TypeError, ValueError) as err:
        raise TNGInputError("period_range must be (low, high) in s or None, got "
                            f"{period_range!r}") from err
    if not target.periods[0] * (1 - 1e-9) <= low < high <= target.periods[-1] * (1 + 1e-9):
        raise TNGInputError(f"period_range must lie within the target's periods, "
                            f"{target.periods[0]:g} to {target.periods[-1]:g} s, got {low!r} and "
                            f"{high!r}")
    periods = np.geomspace(low, high, PERIODS)
    given = target.scenario.get("conditioning_period")
    if given is not None and low < given < high:  # there the sd is 0: not between two periods
        periods[np.argmin(np.abs(np.log(periods / given)))] = given
    return periods


def checked_factors(scale_factors):
    """Least and largest scale factor; ones for None."""
    if scale_factors is None:
        return 1.0, 1.0
    try:
        low, high = map(float, scale_factors)
    except (TypeError, ValueError) as err:
        raise TNGInputError("scale_factors must be (least, largest) or None, got "
                            f"{scale_factors!r}") from err
    if not 0 < low <= high < np.inf:
        raise TNGInputError("scale_factors must be (least, largest), above 0, or None, got "
                            f"{scale_factors!r}")
    return low, high


def suite_of(records, spectra, periods, target, n, bounds, limits, seed):
    """
    The best suite of records whose spectra are known.

    :param records: list of N records.
    :param spectra: their ln spectra at ``periods`` ``(N, nper)``.
    :param periods: s.
    :param target: Target.
    :param n: records of the suite.
    :param bounds: least and largest scale factor.
    :param limits: dict of ``max_per_station`` and ``max_per_event``, int or None.
    :param seed: int.
    :return: :class:`Suite`
    """
    n, seed = count("n", n, least=2), count("seed", seed)
    if len(records) < n:
        raise TNGInputError(f"n={n} records cannot be selected from {len(records)}")
    for name, most in limits.items():
        if most is not None:
            count(name, most, " or None", least=1)
    # one that is given twice, perhaps under two ids, would be chosen twice
    groups = [(np.unique(spectra.round(9), axis=0, return_inverse=True)[1].reshape(-1), 1)]
    if limits["max_per_station"] is not None:
        groups.append((np.array([station_id(r) for r in records]), limits["max_per_station"]))
    if limits["max_per_event"] is not None:
        infos = [record_info(r) for r in records]
        groups.append((np.array(earthquakes(infos)), limits["max_per_event"]))
    wanted = target.at(periods)
    choice = choose_records(spectra, wanted, n, bounds, groups, seed)
    order = np.argsort([records[i][0].stats.starttime.timestamp for i in choice.index],
                       kind="stable")
    index, factors = choice.index[order], choice.factors[order]
    chosen = [scaled_record(records[i], factor) for i, factor in zip(index, factors, strict=True)]
    settings = {"candidates": len(records), "n": int(n), "scale_factors": list(bounds), **limits,
                "period_range": [float(periods[0]), float(periods[-1])], "seed": seed}
    return Suite(chosen, factors, target, periods,
                 spectra[index] + np.log(factors)[:, None], settings)
