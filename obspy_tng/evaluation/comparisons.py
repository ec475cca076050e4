"""The metrics of a comparison: the pairs that are compared, and the rows of the table."""

from dataclasses import dataclass
from functools import partial
from itertools import chain
from operator import attrgetter
from typing import NamedTuple

import numpy as np

from ..signal.threads import thread_pool
from .floor import Floor, distance_of, events_of, redraw, split_sets
from .metrics import METRICS, specificity
from .metrics.critic import classified, critic_rows
from .metrics.metric import ALL, REAL

# how the generated records were compared, for the report
ONE_SPLIT = "with real records of other earthquakes, one split"
HALVES = "with halves of the real records"


@dataclass
class Comparison:
    """One comparison of ``other`` with ``real`` records; dicts ``station id -> RecordSet``."""

    real: dict
    other: dict
    enrolled: dict


class Comparisons(NamedTuple):
    """
    All comparisons of an evaluation.

    ``floors`` has for each repeat a list of :class:`Comparison` of real with real records, which
    are averaged; ``judged`` the same of generated ones by the generator's name, and ``given`` with
    the real records that the generators had, or None.
    """

    floors: list
    judged: dict
    given: list | None


def comparisons(sets, others, floor, seed, repeats):
    """
    The pairs of record sets that are compared; nothing is measured here.

    :param sets, others, floor, seed, repeats: see
        :func:`~obspy_tng.evaluation.compare.evaluate_sets`.
    :return: :class:`Comparisons`
    """
    real, enrolled = sets["real"], sets["enrolled"]
    rng = np.random.default_rng(seed)
    sizes = {s: min(len(group[s]) for group in others.values()) for s in real}
    share = len(events_of(real)) / len(events_of(sets["pool"])) if floor else 0.5
    splits = [split_sets(sets["pool"], share, rng) for _ in range(repeats)]
    floors = [[Comparison(first, redraw(second, sizes, rng), enrolled)] for first, second in splits]
    if floor:
        return Comparisons(floors, {name: [[Comparison(real, group, enrolled)]]
                                    for name, group in others.items()},
                           [[Comparison(real, sets["floor"], enrolled)]])
    # all halves in one comparison: they share their records
    return Comparisons(floors, {name: [[Comparison(first, group, enrolled) for first, _ in splits]]
                                for name, group in others.items()}, None)


def rows_of(compared, stations, seed, workers=1):
    """
    Rows of the metrics and of the classifier, in threads.

    :param compared: :class:`Comparisons`.
    :param stations: station ids.
    :param seed: int.
    :param workers: threads.
    :return: lists of dicts of :func:`metric_rows` and of
        :func:`~obspy_tng.evaluation.metrics.critic.critic_rows`.
    """
    with thread_pool(workers) as pool:
        known = compared.floors, compared.judged
        list(pool.map(attrgetter("waveform"), classified(*known, seed)))
        critic = pool.submit(critic_rows, *known, seed)
        return metric_rows(compared, stations, seed, pool.map), critic.result()


def metric_rows(compared, stations, seed, each=map):
    """
    All rows of the tables.

    :param compared: :class:`Comparisons`.
    :param stations: station ids.
    :param seed: int.
    :param each: what applies a function to each station, like ``map``.
    :return: list of dicts, see :class:`~obspy_tng.evaluation.result.Evaluation`.
    """
    real = _values(compared.floors, stations, each)
    had = None if compared.given is None else _values(compared.given, stations, each)
    theirs = {name: _values(lists, stations, each) for name, lists in compared.judged.items()}
    rows = []
    for metric in METRICS:
        columns = {ALL: slice(None)}
        if metric.scope == "station":
            columns |= {s: slice(k, k + 1) for k, s in enumerate(stations)}
        for name, measured in theirs.items():
            values = measured[metric.name]
            for station, column in columns.items():
                floor = Floor.of_values(metric, real[metric.name][:, column],
                                        None if had is None else had[metric.name][:, column],
                                        len(values), seed)
                rows.append(_row(metric, name, station, values[:, column], floor))
    # metrics that need what no generator has (such as magnitudes) are left out
    known = {row["metric"] for row in rows if np.isfinite(row["value"])}
    return [row for row in rows if row["metric"] in known]


def _values(comparisons, stations, each):
    """
    Values of all metrics for each list of comparisons, averaged.

    Station by station, so that the measurements of one can be released before the next.

    :return: dict metric name -> array ``(lists, stations)``; of the network ``(lists, 1)``.
    """
    columns = list(each(partial(_columns, comparisons), stations))
    return {metric.name: np.transpose(
        [_column(metric, comparisons, None)] if metric.scope == "network"
        else [found[metric.name] for found in columns]) for metric in METRICS}


def _columns(comparisons, station):
    """Values of all metrics at a station, for each list of comparisons: dict of lists."""
    found = {metric.name: _column(metric, comparisons, station) for metric in METRICS
             if metric.scope == "station"}
    for one in chain(*comparisons):
        for side in (one.real, one.other, one.enrolled):
            side[station].release()
    return found


def _column(metric, comparisons, station):
    """Values of a metric at a station, or (None) of the network, for each list of comparisons."""
    return [metric.pool([_value(metric, one, station) for one in some]) for some in comparisons]


def _value(metric, one, station):
    """The metric of one comparison; NaN if one side has no records."""
    if station is None:
        usable = [s for s in one.real if len(one.real[s]) and len(one.other[s])]
        return metric.function(*({s: side[s] for s in usable} for side in (one.real, one.other))) \
            if usable else np.nan
    sides = one.real[station], one.other[station]
    if not all(map(len, sides)):
        return np.nan
    return metric.function(*sides, *((one.enrolled[station],) if metric.needs_enrolled else ()))


def _row(metric, name, station, values, floor):
    distance = float(distance_of(metric, values))
    return {"question": metric.question, "metric": metric.name, "title": metric.title,
            "unit": metric.unit, "ideal": metric.ideal, "generator": name, "station": station,
            "value": float(metric.pool(values)),
            "floor": floor.value, "floor_spread": floor.spread, "distance": distance,
            "floor_distance": floor.distance, "floor_distance_spread": floor.distance_spread,
            "floor_distance_given": floor.given, "one_sided": metric.one_sided,
            "verdict": floor.verdict(distance, metric.one_sided)}


def score_rows(real, second, others, rebuilt, seed):
    """
    Specificity scores of all records, for both modes; other real records first.

    :param real: dict ``station id -> RecordSet``.
    :param second: other real records, or None.
    :param others: ``generator name -> station id -> RecordSet``.
    :param rebuilt: the same of reconstructed records, where there are any.
    :param seed: int.
    :return: list of dicts, see :func:`~obspy_tng.evaluation.metrics.specificity.score_f0`.
    """
    rows = []
    groups = ({REAL: second} if second else {}) | others
    for mode in specificity.MODES:
        f0, bins = specificity.f0_of(real, mode)
        for name, group in groups.items():
            again = specificity.f0_of(rebuilt[name], mode)[0] if name in rebuilt else None
            rows.append({"generator": name, "mode": mode, **specificity.score_f0(
                f0, specificity.f0_of(group, mode)[0], bins, again, seed=seed)})
    return rows


def settings_of(axes, seed, repeats, compared):
    """Settings of the evaluation, for the report."""
    return {"seed": int(seed), "repeats": int(repeats), "compared": compared,
            "sampling_rate": axes.sampling_rate, "window": axes.window,
            "freqmin": axes.freqmin, "freqmax": axes.freqmax}
