"""Records into sets that are measured once."""

from ..records.earthquakes import earthquakes
from ..records.info import record_id
from ..signal.threads import thread_pool
from .quantities import measurements


def real_sets(groups, make, name=record_id):
    """
    Real records as parts of one whole per station, so that each is measured once.

    :param groups: dict ``station id -> (real, floor, enrolled)``, lists of records.
    :param make: function of a list of records and ``label`` that gives their
        :class:`~obspy_tng.evaluation.recordset.RecordSet`.
    :param name: function of a record that gives its id.
    :return: dict of dicts ``station id -> RecordSet``: ``real``, ``floor``, ``pool``
        (both), ``enrolled`` (the pool where none are given).
    """
    unsplit, parts_of = {}, {}
    for station, parts in groups.items():
        position, kept, index = {}, [], []
        for records in parts:
            for record in records:
                if name(record) not in position:
                    position[name(record)] = len(kept)
                    kept.append(record)
            index.append(list(dict.fromkeys(position[name(r)] for r in records)))
        unsplit[station] = make(kept, label=station)
        parts_of[station] = index
    _name_earthquakes(unsplit.values())
    sets = {"real": {}, "floor": {}, "pool": {}, "enrolled": {}}
    for station, (first, second, third) in parts_of.items():
        known = set(first)
        second = [i for i in second if i not in known]
        for key, chosen in (("real", first), ("floor", second), ("pool", first + second),
                            ("enrolled", third or first + second)):
            sets[key][station] = unsplit[station].take(chosen)
    return sets


def _name_earthquakes(unsplit):
    """Give records of one earthquake one identity at all stations, however it is listed."""
    infos = [info for whole in unsplit for info in whole.infos]
    names = dict(zip(map(id, infos), earthquakes(infos), strict=True))
    for whole in unsplit:
        whole.name_earthquakes(names[id(info)] if info.get("event_id") else identity
                               for info, identity in zip(whole.infos, whole.identities,
                                                         strict=True))


def generated_sets(generators, stations, make):
    """``generator name -> station id -> RecordSet`` of such a dict of lists of records."""
    return {name: {s: make(group[s], label=f"{name} at {s}") for s in stations}
            for name, group in generators.items()}


def measure(sets, workers):
    """
    Measure some sets in threads (most of it runs outside of Python's lock).

    All except what only some records need (see :func:`~obspy_tng.evaluation.quantities.measured`).

    :param sets: list of :class:`~obspy_tng.evaluation.recordset.RecordSet`.
    :param workers: quantities measured at a time.
    """
    with thread_pool(workers) as pool:
        list(pool.map(lambda measure_some: measure_some(), measurements(sets)))
