"""
``evaluate``: every question, every station, every generator, beside the floor.

The recipe: measure all records once; split the real ones by earthquake again and
again for the floor; take each figure of each generator at the same sample
sizes; judge it against the floor.
"""

import logging
import warnings
from concurrent.futures import ThreadPoolExecutor

import numpy as np

from ..exceptions import TNGInputError, TNGWarning
from ..records import group_by_station, record_id
from . import (
    amplitudes,
    components,
    conditioning,
    envelope,
    hvsr,
    novelty,
    physics,
    specificity,
    spectra,
)
from .result import ALL, REAL, Evaluation
from .floor import Floor, mean_distance, split_sets, subsample
from .recordset import Axes, RecordSet

logger = logging.getLogger("obspy_tng")

METRICS = tuple(metric for question in (hvsr, specificity, amplitudes, spectra, envelope,
                                        components, conditioning, novelty, physics)
                for metric in question.METRICS)
# Measured in advance, several sets at a time; the rest costs next to nothing.
_COSTLY = ("hvsr", "clear_peak", "f0_paper", "intensity", "rotd50", "eas", "coherence", "husid",
           "arrivals", "motion_at_end")


def evaluate(real, generated, floor=None, *, enrolled=None, reconstructed=None, seed=0,
             repeats=20, freqmin=None, freqmax=None, workers=2):
    """
    Decide whether generated records can stand in for real ones.

    :param real: real records that the generator has not seen: dict ``station id ->
        list of records``, or an iterable of records. All records here are of
        one sampling rate and length.
    :param generated: the same of generated records, or a dict ``generator name
        -> such a dict`` for several side by side.
    :param floor: other real records (usually those the generator had), to be
        compared with ``real`` as the generated ones are; None splits ``real``.
    :param enrolled: real records that the generator had, for novelty (default:
        all of ``real`` and ``floor``).
    :param reconstructed: records of ``real`` through encoder and decoder (one
        dict, or one by generator name), for the 15x15 score; optional.
    :param seed: seed of splits, subsamples and bootstraps; int >= 0.
    :param repeats: splits by earthquake, at least 2 (default 20: the spread is
        then known to about 16 %).
    :param freqmin: Hz, lowest frequency compared (default: from the records'
        corner and length, see :meth:`Axes.of_records
        <obspy_tng.evaluation.recordset.Axes.of_records>`).
    :param freqmax: Hz, highest frequency compared (likewise).
    :param workers: threads that measure records (default 2).
    :return: :class:`~obspy_tng.evaluation.result.Evaluation`
    :raises TNGInputError: for no records, no station in common, or an unusable
        record or value.

    Stations that a generator lacks are left out of the comparison with a
    :class:`~obspy_tng.exceptions.TNGWarning`.
    """
    if isinstance(repeats, bool) or not isinstance(repeats, int | np.integer) or repeats < 2:
        raise TNGInputError(f"repeats must be an integer >= 2, got {repeats!r}")
    real, floor, enrolled = (group_by_station(x or {}) for x in (real, floor, enrolled))
    generators = _by_generator(generated, "generated")
    rebuilt = _by_generator(reconstructed or {}, "reconstructed", names=generators)
    stations = _common_stations(real, generators)
    axes = Axes.of_records([r for s in stations for r in real[s]], freqmin, freqmax)

    sets = _real_sets({s: (real[s], floor.get(s, []), enrolled.get(s, [])) for s in stations}, axes)
    others = {name: {s: RecordSet.from_records(group[s], axes, f"{name} at {s}")
                     for s in stations} for name, group in generators.items()}
    rebuilt = {name: {s: RecordSet.from_records(group[s], axes, f"{name} rebuilt at {s}")
                      for s in stations} for name, group in rebuilt.items()
               if all(group.get(s) for s in stations)}
    _measure([r.root for r in sets["pool"].values()]
             + [r for group in others.values() for r in group.values()], workers)

    floors, comparisons = _splits(sets, bool(floor), others, seed, repeats)
    rows = []
    for metric in METRICS:
        reference = _floors(metric, floors, sets, stations, bool(floor))
        for name in others:
            rows += _rows(metric, name, reference, comparisons[name],
                          (sets["real"], others[name]), sets["enrolled"], stations)
    rows = _without_unknown(rows)
    scores = _scores(sets, bool(floor), others, rebuilt, seed)
    return Evaluation(rows, scores, {REAL: sets["real"], **others},
                      {"seed": int(seed), "repeats": int(repeats),
                       "floor": "given" if floor else "real, split",
                       "sampling_rate": axes.sampling_rate, "window": axes.window,
                       "freqmin": axes.freqmin, "freqmax": axes.freqmax})


# -- records in --------------------------------------------------------------------

def _by_generator(groups, argument, names=()):
    """Always ``generator name -> station id -> list``, of either form of the argument."""
    if isinstance(groups, dict) and groups and all(isinstance(g, dict) for g in groups.values()):
        return {str(name): group_by_station(group) for name, group in groups.items()}
    groups = group_by_station(groups)
    if not groups and argument == "generated":
        raise TNGInputError("generated has no records")
    if len(names) > 1 and groups:
        raise TNGInputError(f"{argument} must be a dict by generator name for several "
                            f"generators, got stations {sorted(groups)}")
    return {next(iter(names), argument): groups} if groups else {}


def _common_stations(real, generators):
    stations = [s for s in real if all(group.get(s) for group in generators.values())]
    if not stations:
        raise TNGInputError("real and generated have no station in common: real has "
                            f"{sorted(real) or 'none'}, generated "
                            f"{({name: sorted(g) for name, g in generators.items()})}")
    if left_out := sorted(set(real) - set(stations)):
        warnings.warn(f"stations without generated records are left out: {', '.join(left_out)}",
                      TNGWarning, stacklevel=3)
    return stations


def _real_sets(groups, axes):
    """
    Sets of real records, as parts of one whole per station so that each record
    is measured once: ``real``, ``floor``, ``pool`` (both), ``enrolled``.
    """
    sets = {"real": {}, "floor": {}, "pool": {}, "enrolled": {}}
    for station, parts in groups.items():
        position, kept, index = {}, [], []
        for records in parts:
            for record in records:
                if record_id(record) not in position:
                    position[record_id(record)] = len(kept)
                    kept.append(record)
            index.append(list(dict.fromkeys(position[record_id(r)] for r in records)))
        whole = RecordSet.from_records(kept, axes, station)
        first, second, third = index
        second = [i for i in second if i not in set(first)]
        sets["real"][station] = whole.take(first)
        sets["floor"][station] = whole.take(second)
        sets["pool"][station] = whole.take(first + second)
        sets["enrolled"][station] = whole.take(third or first + second)
    return sets


def _measure(roots, workers):
    """Measure all sets, ``workers`` at a time (the FFTs run outside of Python's lock)."""
    def measure(records):
        for name in _COSTLY:
            getattr(records, name)
    with ThreadPoolExecutor(max_workers=workers) as pool:
        list(pool.map(measure, roots))


# -- comparisons -------------------------------------------------------------------

def _splits(sets, has_floor, others, seed, repeats):
    """
    Pairs ``(real side, other side)``: of real records, and for each generator.

    Both sides are of the same sizes in both; generated records stand for the
    second side.
    """
    def count(group):
        return len({e for records in group.values() for e in records.identities})
    rng = np.random.default_rng(seed)
    share = count(sets["real"]) / count(sets["pool"]) if has_floor else 0.5
    floors, comparisons = [], {name: [] for name in others}
    for _ in range(repeats):
        first, second = split_sets(sets["pool"], share, rng)
        floors.append((first, second))
        for name, group in others.items():
            side, like = (sets["real"], sets["floor"]) if has_floor else (first, second)
            comparisons[name].append((side, subsample(group, like, rng)))
    return floors, comparisons


def _figures(metric, real, other, enrolled, stations):
    """The figure at each station, ``(stations,)``; of the network, ``(1,)``."""
    extra = (lambda s: (enrolled[s],)) if metric.needs_enrolled else (lambda s: ())
    if metric.scope == "network":
        real, other = ({s: group[s] for s in stations if len(real[s]) and len(other[s])}
                       for group in (real, other))
        return np.array([metric.function(real, other) if real else np.nan])
    return np.array([metric.function(real[s], other[s], *extra(s))
                     if len(real[s]) and len(other[s]) else np.nan for s in stations])


def _floors(metric, floors, sets, stations, has_floor):
    """Floors of a metric: ``station id or ALL -> Floor``."""
    values = np.array([_figures(metric, first, second, sets["enrolled"], stations)
                       for first, second in floors])
    given = _figures(metric, sets["real"], sets["floor"], sets["enrolled"],
                     stations) if has_floor else None
    result = {ALL: Floor.of_values(metric, values, given)}
    if metric.scope == "station":
        for k, station in enumerate(stations):
            result[station] = Floor.of_values(metric, values[:, k:k + 1],
                                              None if given is None else given[k:k + 1])
    return result


def _rows(metric, name, floors, comparisons, whole, enrolled, stations):
    """One row per station and one pooled, of one metric and one generator."""
    values = np.array([_figures(metric, real, other, enrolled, stations)
                       for real, other in comparisons])
    full = _figures(metric, *whole, enrolled, stations)
    rows = []
    for station, floor in floors.items():
        column = slice(None) if station == ALL else [stations.index(station)]
        distance = mean_distance(metric, values[:, column])
        rows.append({
            "question": metric.question, "metric": metric.name, "title": metric.title,
            "unit": metric.unit, "ideal": metric.ideal, "generator": name, "station": station,
            "value": metric.pool(values[:, column]), "value_all_records": metric.pool(full[column]),
            "floor": floor.value, "floor_spread": floor.spread,
            "distance": distance, "floor_distance": floor.distance,
            "floor_distance_spread": floor.distance_spread, "floor_distance_given": floor.given,
            "verdict": floor.verdict(distance)})
    return rows


def _without_unknown(rows):
    """Leave out metrics that no generator and no floor can say (e.g. no magnitudes)."""
    known = {row["metric"] for row in rows if np.isfinite(row["value"])}
    return [row for row in rows if row["metric"] in known]


def _scores(sets, has_floor, others, rebuilt, seed):
    """Specificity scores with intervals and matrices, for both modes; the floor first."""
    rows = []
    second = sets["floor"] if has_floor else None
    for mode in specificity.MODES:
        real, bins = specificity.f0_of(sets["real"], mode)
        if has_floor and all(len(s) for s in second.values()):
            found = specificity.score_f0(real, specificity.f0_of(second, mode)[0], bins, seed=seed)
            rows.append({"generator": REAL, "mode": mode, **found})
        for name, group in others.items():
            again = specificity.f0_of(rebuilt[name], mode)[0] if name in rebuilt else None
            found = specificity.score_f0(real, specificity.f0_of(group, mode)[0], bins, again,
                                         seed=seed)
            rows.append({"generator": name, "mode": mode, **found})
    return rows
