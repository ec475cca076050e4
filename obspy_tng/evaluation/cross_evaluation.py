"""
``cross_evaluate``: generators built and evaluated on several splits by earthquake.

The choice of the split changes amplitudes far more than most generators do. Every split is
therefore used both ways: what is too strong by chance in one comparison is too weak in the
other, and the mean shows the effect of the generator.
"""

from functools import partial

import numpy as np

from .._checks import count
from ..exceptions import TNGInputError
from ..records.info import record_id
from ..records.record import group_by_station
from .axes import Axes
from .comparisons import Comparison, Comparisons, rows_of, score_rows, settings_of
from .floor import redraw, split_sets
from .inputs import check_ids
from .metrics.metric import REAL
from .recordset import RecordSet
from .result import Evaluation
from .sets import generated_sets, measure, real_sets

# the spread of a station needs at least this many records
LEAST_RECORDS = 3


def cross_evaluate(records, makers, *, n=25, splits=2, seed=0, repeats=20, freqmin=None,
                   freqmax=None, workers=2):
    """
    Build generators from one half of the earthquakes and evaluate them with the other half.

    :param records: real records: iterable of Streams or dict ``station id -> list``.
    :param makers: dict ``name -> function(list of records) -> generator`` with
        ``generate(station, n, seed=...)``: a fitted or enrolled one.
    :param n: records generated for each station and half.
    :param splits: splits by earthquake, each used both ways, so that every generator
        is made ``2 * splits`` times (default 2).
    :param seed: seed of splits, generators and bootstraps; int >= 0.
    :param repeats: splits for the floor, at least 2.
    :param freqmin: see :func:`~obspy_tng.evaluation.compare.evaluate`.
    :param freqmax: likewise.
    :param workers: likewise.
    :return: :class:`~obspy_tng.evaluation.result.Evaluation`; figures are means
        over all comparisons.
    :raises TNGInputError: for bad values, or if a half has fewer than three
        records of a station.
    """
    count("repeats", repeats, least=2)
    count("splits", splits, least=1)
    count("n", n, least=LEAST_RECORDS)
    count("seed", seed)
    count("workers", workers, least=1)
    if not makers:
        raise TNGInputError("makers has no generators")
    records = group_by_station(records)
    stations = list(records)
    axes = Axes.of_records([r for group in records.values() for r in group], freqmin, freqmax)

    record_set = partial(RecordSet.from_records, axes=axes)
    check_ids(records)
    real = real_sets({s: (records[s], [], []) for s in stations}, record_set)["real"]

    rng = np.random.default_rng(seed)
    halves = []
    for _ in range(splits):
        halves += _both_ways(*split_sets(real, 0.5, rng))
    _check_halves(halves)
    others = generated_sets(_generated(makers, records, halves, n, seed), stations, record_set)
    measure([*real.values(), *(r for group in others.values() for r in group.values())], workers)

    sizes = dict.fromkeys(stations, n)
    floors = [[Comparison(test, redraw(given, sizes, rng), given)
               for test, given in _both_ways(*split_sets(real, 0.5, rng))] for _ in range(repeats)]
    judged = {name: _pairs([Comparison(test, {s: group[s].take(np.arange(k * n, (k + 1) * n))
                                              for s in stations}, given)
                            for k, (test, given) in enumerate(halves)])
              for name, group in others.items()}
    had = _pairs([Comparison(test, given, given) for test, given in halves])
    rows, critic = rows_of(Comparisons(floors, judged, had), stations, seed, workers)
    return Evaluation(rows, score_rows(real, None, others, {}, seed), {REAL: real, **others},
                      settings_of(axes, seed, repeats, f"with the other half of the earthquakes, "
                                                         f"{splits} splits used both ways"),
                      critic=critic)


def _both_ways(first, second):
    """Pairs ``(test, given)`` of the halves of a split."""
    return [(first, second), (second, first)]


def _generated(makers, records, halves, n, seed):
    """
    Records of generators that know the second set of each pair.

    :param makers: see :func:`cross_evaluate`.
    :param records: dict station id -> list of records.
    :param halves: list of ``(test, given)``, dicts station id -> RecordSet.
    :param n: records of each station, generator and pair.
    :param seed: of the first pair; each of the others has the next.
    :return: dict name -> station id -> list of ``n * len(halves)`` records.
    """
    streams = {s: {record_id(r): r for r in group} for s, group in records.items()}
    generated = {name: {s: [] for s in records} for name in makers}
    for number, (_, given) in enumerate(halves):
        known = [streams[s][info["record_id"]] for s in records for info in given[s].infos]
        for name, make in makers.items():
            generator = make(known)
            for s in records:
                generated[name][s] += generator.generate(s, n=n, seed=seed + number)
    return generated


def _pairs(items):
    """Both directions of each split in one list."""
    return [items[i:i + 2] for i in range(0, len(items), 2)]


def _check_halves(halves):
    for half, _ in halves:
        for station, records in half.items():
            if len(records) < LEAST_RECORDS:
                raise TNGInputError(f"station {station} has {len(records)} records in one half "
                                    f"of the earthquakes, at least {LEAST_RECORDS} are needed")
