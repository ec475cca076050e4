"""
From the manifest to the files of a run.

The records that are kept and the content of the lists follow from the manifest alone, in the
order of the plan, and do not depend on the order in which units were done.
"""

import logging
from collections import Counter
from itertools import groupby
from pathlib import Path

from ..archive.duplicates import DuplicateFinder
from ..exceptions import TNGInputError
from ..records.whole_files import replace_file

logger = logging.getLogger("obspy_tng")

REJECTED, FAILED = "rejected.txt", "failed.txt"
#: StationXML of the stations, in a folder of records and in an archive
INVENTORY = "stations.xml"


def select_records(manifest, unique):
    """
    The records that are kept.

    :param manifest: :class:`~obspy_tng.runs.manifest.Manifest`.
    :param unique: True leaves out a recording that an earlier unit has as well.
    :return: iterator of ``(record, rejection)``, by station; a
        :class:`~obspy_tng.records.rejection.RejectedRecord`, None where it stays.
    """
    station, duplicates = None, None
    for record in manifest.records():
        if record["station"] != station:  # of one station at a time: archives are large
            station, duplicates = record["station"], DuplicateFinder()
        reason = unique and duplicates.find(record["station"], record["record_id"], record["peaks"])
        yield record, reason or None


def missing(manifest, folder, unique):
    """
    Units whose records should be in the folder, whole, and are not.

    :param manifest: the manifest.
    :param folder: folder of the records.
    :param unique: see :func:`select_records`.
    :return: list of unit ids.
    """
    found = {}
    for record, reason in select_records(manifest, unique):
        if reason is None and not _is_whole(Path(folder) / record["path"], record):
            found[record["unit"]] = None
    return list(found)


def tidy(manifest, folder, unique):
    """
    Remove from the folder the records that are not kept.

    These are duplicates, and files of a unit that was killed after writing and had another
    result when it was repeated.

    :param manifest: the manifest.
    :param folder: folder of the records; only those of its stations are looked at.
    :param unique: see :func:`select_records`.
    """
    selected = select_records(manifest, unique)
    for station, group in groupby(selected, lambda pair: pair[0]["station"]):
        pairs = list(group)
        keep = {record["path"] for record, reason in pairs if reason is None}
        suffix = Path(pairs[0][0]["path"]).suffix
        for path in (Path(folder) / station).glob(f"*{suffix}"):
            if f"{station}/{path.name}" not in keep:
                logger.debug("removing %s", path)
                path.with_suffix(".json").unlink(missing_ok=True)
                path.unlink()


def write_lists(manifest, folder, unique):
    """
    Write ``rejected.txt`` and, where something failed, ``failed.txt``.

    A line of the first has the id of a recording, the code of its rejection (see
    :mod:`obspy_tng.records.rejection`) and the reason, of the second a unit and the reason,
    with tabs between them.

    :param manifest: the manifest.
    :param folder: folder of the run.
    :param unique: see :func:`select_records`.
    :return: Counter of units, failed, pending, accepted, rejected and what units counted.
    """
    counts = Counter(accepted=0, rejected=0)
    statuses = manifest.statuses()
    counts.update(units=sum(statuses.values()), failed=statuses["failed"],
                  pending=statuses["pending"])
    left_out = {}
    for record, reason in select_records(manifest, unique):
        counts["rejected" if reason else "accepted"] += 1
        if reason:
            left_out.setdefault(record["unit"], []).append((record["record_id"], reason))
    lines = []
    for unit, numbers, rejected in manifest.finished():
        counts.update(numbers)
        lines += [f"{name}\t{rejection.code}\t{rejection.text}\n"
                  for name, rejection in [*rejected, *left_out.get(unit, ())]]
    replace_file(Path(folder) / REJECTED, "".join(lines).encode("utf-8"))
    failed = [f"{name}\t{' '.join(reason.split())}\n" for name, reason in manifest.failed()]
    if failed:
        replace_file(Path(folder) / FAILED, "".join(failed).encode("utf-8"))
    else:
        (Path(folder) / FAILED).unlink(missing_ok=True)
    return counts


def first_rejection(folder):
    """
    Reason of the first rejection that a run lists.

    :param folder: folder of the run.
    :return: str; None where nothing was rejected.
    """
    with open(Path(folder) / REJECTED, encoding="utf-8") as file:
        return file.readline().strip().split("\t", 2)[-1] or None


def refuse_foreign_records(folder):
    """
    Refuse a folder that has records but no run.

    :param folder: output folder of a new run.
    :raises TNGInputError: if another program's, or an older, output is in it.
    """
    if next(Path(folder).glob("*/*.mseed"), None) is not None:
        raise TNGInputError(f"{folder} has records that no run made (there is no manifest); give "
                            "a new output folder")


def _is_whole(path, record):
    """True if both files of a record are there in full length."""
    for name, size in ((path, record["size"]), (path.with_suffix(".json"),
                                                record["sidecar_size"])):
        try:
            if name.stat().st_size != size:
                return False
        except FileNotFoundError:
            return False
    return True
