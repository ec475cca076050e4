"""
``evaluate``: every question, every station, every generator, beside the floor.

All records are measured once. The real ones are split repeatedly by earthquake for the
floor. Each metric of each generator is computed in the same way and compared with the
floor. :func:`cross_evaluate` does so for several splits at once.
"""

from functools import partial

from .._checks import count
from ..exceptions import TNGInputError
from ..records.info import record_info, source_of
from ..records.record import group_by_station
from .anderson import reconstruction_rows
from .axes import Axes
from .comparisons import HALVES, ONE_SPLIT, comparisons, rows_of, score_rows, settings_of
from .inputs import (
    by_generator,
    check_ids,
    common_stations,
    known_records,
    warn_of_exchange,
    warn_of_few,
    warn_of_shared,
)
from .metrics.metric import REAL
from .recordset import RecordSet
from .result import Evaluation
from .sets import generated_sets, measure, real_sets


def evaluate(real, generated, floor=None, *, enrolled=None, reconstructed=None, seed=0,
             repeats=20, freqmin=None, freqmax=None, at_rest=False, workers=2) -> Evaluation:
    """
    Decide whether generated records can stand in for real ones.

    :param real: real records that the generator has not seen: dict ``station id ->
        list of records``, or an iterable of records. All records here are of
        one sampling rate and length.
    :param generated: the same of generated records, or a dict ``generator name
        -> such a dict`` for several side by side.
    :param floor: other real records (usually those the generator had), to be
        compared with ``real`` as the generated ones are; None: the halves of ``real``
        are compared with each other, and the generated records with a half.
    :param enrolled: real records that the generator had, for novelty (default:
        all of ``real`` and ``floor``).
    :param reconstructed: records of ``real`` through encoder and decoder (one
        dict, or one by generator name; one for each real record, in their order), for the
        score with 3x3 blocks and for Anderson's scores of pairs; optional.
    :param seed: seed of splits and bootstraps; int >= 0.
    :param repeats: splits by earthquake, at least 2 (default 20: the spread is
        then known to about 16 %).
    :param freqmin: Hz, lowest frequency compared (default: from the records'
        corner and length, see :meth:`Axes.of_records
        <obspy_tng.evaluation.axes.Axes.of_records>`).
    :param freqmax: Hz, highest frequency compared (likewise).
    :param at_rest: True makes the real records end at rest, as generated ones do
        (:func:`~obspy_tng.signal.integration.end_at_rest`), so that the drift of recorded ones has
        no influence.
    :param workers: threads that measure and compare records (default 2).
    :return: :class:`~obspy_tng.evaluation.result.Evaluation`
    :raises TNGInputError: for no records, no station in common, or an unusable
        record or value.

    Stations that a generator lacks are left out with a
    :class:`~obspy_tng.exceptions.TNGWarning`, which there is as well for stations with fewer
    than 3 real records, whose figures are not known, and for earthquakes that are among both
    ``real`` and what the generator had (floor, enrolled, sources of the generated records). One
    split says little about amplitudes, which depend on the earthquakes that fall on each side; see
    :func:`~obspy_tng.evaluation.cross_evaluation.cross_evaluate`.

    .. rubric:: Example

    >>> from obspy_tng import TNGGenerator, simulate_network
    >>> from obspy_tng.records import group_by_station, split_by_event
    >>> network = simulate_network(2, 10, window=20.0)
    >>> known, unseen = split_by_event(network.records, 0.5, seed=0)
    >>> gen = TNGGenerator(window=20.0).enroll(known)
    >>> real = group_by_station(unseen)
    >>> generated = {station: gen.generate_like(station, real[station], n=10, seed=0)
    ...              for station in real}
    >>> report = evaluate(real, generated, floor=known, repeats=2)
    >>> report.value("hvsr_rms") < 0.6      # of ln amplitude
    True
    """
    count("repeats", repeats, least=2)
    count("seed", seed)
    count("workers", workers, least=1)
    real, floor, enrolled = (group_by_station(x or {}) for x in (real, floor, enrolled))
    check_ids(real, floor, enrolled)
    generators = by_generator(generated, "generated")
    rebuilt = by_generator(reconstructed or {}, "reconstructed", names=generators)
    stations = common_stations(real, generators)
    warn_of_exchange((source_of(r) for s in stations for r in real[s]),
                     (source_of(r) for group in generators.values() for s in stations
                      for r in group[s]))
    warn_of_shared([record_info(r) for s in stations for r in real[s]],
                   known_records(real, (floor, enrolled), generators))
    axes = Axes.of_records([r for s in stations for r in real[s]], freqmin, freqmax)

    record_set = partial(RecordSet.from_records, axes=axes)
    sets = real_sets({s: (real[s], floor.get(s, []), enrolled.get(s, [])) for s in stations},
                     partial(record_set, at_rest=at_rest))
    others = generated_sets(generators, stations, record_set)
    rebuilt = generated_sets({name: group for name, group in rebuilt.items()
                              if all(group.get(s) for s in stations)}, stations, record_set)
    measure([*sets["pool"].values(), *(r for group in others.values() for r in group.values())],
            workers)
    return evaluate_sets(sets, others, rebuilt, bool(floor), seed, repeats, workers)


def evaluate_sets(sets, others, rebuilt, floor, seed, repeats, workers=1):
    """
    All figures of sets of records.

    :param sets: dict of dicts ``station id -> RecordSet``, see
        :func:`~obspy_tng.evaluation.sets.real_sets`.
    :param others: ``generator name -> station id -> RecordSet``.
    :param rebuilt: the same of reconstructed records, where there are any.
    :param floor: True to compare with the real records and the floor, False with halves
        of the real records.
    :param seed: int.
    :param repeats: int.
    :param workers: threads.
    :return: :class:`~obspy_tng.evaluation.result.Evaluation`
    """
    real = sets["real"]
    warn_of_few(real)
    rows, critic = rows_of(comparisons(sets, others, floor, seed, repeats), list(real), seed,
                           workers)
    if not rows:
        raise TNGInputError("too few records to compute any figure: the stations have "
                            f"{max(map(len, real.values()))} real records at most, two or more are "
                            "needed, of several earthquakes")
    second = sets["floor"] if all(map(len, sets["floor"].values())) else None
    axes = next(iter(real.values())).axes
    return Evaluation(rows, score_rows(real, second, others, rebuilt, seed),
                      {REAL: real, **others},
                      settings_of(axes, seed, repeats, ONE_SPLIT if floor else HALVES),
                      reconstruction_rows(real, others, rebuilt),
                      critic=critic)
