"""Records that an evaluation takes: their forms, checks and warnings."""

from ..exceptions import TNGInputError, warn
from ..records.earthquakes import earthquakes
from ..records.info import record_id, record_info, remember_id
from ..records.record import group_by_station
from .metrics.metric import REAL

FEW = 3  # real records, of which a half or a spread can be taken


def check_names(generators):
    """Raise TNGInputError for a generator of the name that the real records have."""
    if REAL in generators:
        raise TNGInputError(f"generated: a generator cannot be named {REAL!r}")


def by_generator(groups, argument, names=()):
    """Always ``generator name -> station id -> list``, of either form of the argument."""
    if isinstance(groups, dict) and groups and all(isinstance(g, dict) for g in groups.values()):
        check_names(groups)
        return {str(name): group_by_station(group) for name, group in groups.items()}
    groups = group_by_station(groups)
    if not groups and argument == "generated":
        raise TNGInputError("generated has no records")
    if len(names) > 1 and groups:
        raise TNGInputError(f"{argument} must be a dict by generator name for several "
                            f"generators, got stations {sorted(groups)}")
    return {next(iter(names), argument): groups} if groups else {}


def check_ids(*groups):
    """
    Raise TNGInputError where two records of a list have one id but different samples.

    :param groups: dicts ``station id -> list of records``.
    """
    for group in groups:
        for records in group.values():
            seen = {}
            for record in records:
                remember_id(record, seen)


def common_stations(real, generators):
    """Stations that all have, in the order of ``real``; warns of others, raises without one."""
    stations = [s for s in real if all(group.get(s) for group in generators.values())]
    if not stations:
        raise TNGInputError("real and generated have no station in common: real has "
                            f"{sorted(real) or 'none'}, generated "
                            f"{({name: sorted(g) for name, g in generators.items()})}")
    if left_out := sorted(set(real) - set(stations)):
        warn(f"stations without generated records are left out: {', '.join(left_out)}")
    return stations


def warn_of_few(real):
    """Warn of stations with too few real records to compare anything with."""
    few = {station: len(records) for station, records in real.items() if len(records) < FEW}
    if few:
        listed = ", ".join(f"{station} ({number})" for station, number in sorted(few.items()))
        warn(f"stations with fewer than {FEW} real records, most of whose figures are "
             f"not known: {listed}")


def warn_of_shared(real, had):
    """
    Warn where a generator had records of the earthquakes that it is judged by.

    :param real: list of dicts, see :func:`~obspy_tng.records.info.record_info`.
    :param had: the same of the records that it had.
    """
    names = earthquakes([*real, *had])
    shared = set(names[:len(real)]) & set(names[len(real):])
    if shared:
        warn(f"{len(shared)} of {len(set(names[:len(real)]))} earthquakes of the real "
             "records are also among the records that the generator had, which flatters "
             "it; split_by_event(), or `obspy-tng split`, holds earthquakes back")


def warn_of_exchange(real, generated):
    """
    Warn where the real records are the generated ones.

    :param real: iterable of the sources of real records, see
        :func:`~obspy_tng.records.info.source_of`.
    :param generated: the same of generated ones.
    """
    if set(real) == {"generated"} and "generated" not in set(generated):
        warn("the real records are generated ones, and the generated are not: they may be "
             "exchanged")


def known_records(real, others, generators):
    """
    What is known of the records that the generators had.

    :param real: dict station -> list of records.
    :param others: list of dicts of records that they had, by station: floor, enrolled.
    :param generators: generator name -> station -> list of records, whose ``stats.tng.sources``
        may name real records.
    :return: list of dicts, see :func:`~obspy_tng.records.info.record_info`.
    """
    sources = {name for groups in generators.values() for group in groups.values()
               for record in group for name in record[0].stats.get("tng", {}).get("sources") or ()}
    return [*(record_info(record) for groups in others for group in groups.values()
              for record in group),
            *(record_info(record) for group in real.values() for record in group
              if record_id(record) in sources)]
