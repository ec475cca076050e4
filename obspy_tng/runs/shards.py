"""
One run as an array job: independent parts, and their merge.

Part ``i/N`` is a run in ``OUTPUT/shard-i-of-N`` with about every Nth unit, chosen by a
hash of the unit's id, so that units do not move between parts when an archive grows. The
merge moves the records into ``OUTPUT``; the result is that of a single process.
"""

import hashlib
import os
import re
import shutil
from contextlib import ExitStack
from dataclasses import dataclass
from pathlib import Path

from ..exceptions import TNGException, TNGInputError
from ..records.whole_files import clean_temporaries
from . import outputs
from .manifest import NAME, Manifest

_FOLDER = re.compile(r"shard-(\d+)-of-(\d+)")


@dataclass(frozen=True)
class Part:
    """Part ``index`` of ``count``, from 1."""

    index: int = 1
    count: int = 1

    @property
    def whole(self):
        """True for a run that is not divided."""
        return self.count == 1

    def folder(self, output):
        """
        Folder of this part.

        :param output: of the whole run.
        :raises TNGInputError: if a run of the other kind is there already.
        """
        output = Path(output)
        parts = [path.name for path in shard_folders(output)]
        if self.whole:
            if parts:
                raise TNGInputError(f"{output} has parts of a divided run ({', '.join(parts)}): "
                                    f"finish them, then `obspy-tng merge {output}`")
            return output
        if (output / NAME).exists() and not parts:
            raise TNGInputError(f"{output} has a run that is not divided into parts; leave --shard "
                                "out, or give a new output folder")
        return output / f"shard-{self.index}-of-{self.count}"

    def select(self, numbered):
        """The units of this part, of an iterable of ``(position, unit)``."""
        for position, unit in numbered:
            if _remainder(unit.id, self.count) == self.index - 1:
                yield position, unit


def part_of(shard):
    """
    Read ``"i/N"``.

    :param shard: str, or None for the whole.
    :return: :class:`Part`
    :raises TNGInputError: if it is not such a part.

    .. rubric:: Example

    >>> part_of("3/8")
    Part(index=3, count=8)
    """
    if shard is None:
        return Part()
    match = re.fullmatch(r"(\d+)/(\d+)", str(shard))
    if match is None or not 1 <= int(match[1]) <= int(match[2]):
        raise TNGInputError(f"shard must be 'i/N' with i from 1 to N, such as '3/8', got {shard!r}")
    return Part(int(match[1]), int(match[2]))


def shard_folders(output):
    """Folders of the parts in an output folder, sorted by number."""
    found = [path for path in Path(output).glob("shard-*-of-*") if _FOLDER.fullmatch(path.name)]
    return sorted(found, key=lambda path: int(_FOLDER.fullmatch(path.name)[1]))


def merge_shards(output):
    """
    Merge the parts of a run.

    The result is that of an undivided run. A merge that was killed can be started again.

    :param output: folder of the whole run.
    :return: :class:`~obspy_tng.runs.job.RunResult`
    :raises TNGInputError: if a part is missing, not finished, or of another run.
    :raises TNGException: if one is still at work.
    """
    from .job import RunResult  # which knows the parts

    output = Path(output)
    folders = shard_folders(output)
    merged = False
    if (output / NAME).exists():
        with Manifest(output) as whole:
            merged = whole.about("merged")
    elif not folders:
        raise TNGInputError(f"{output} has no parts of a run (folders shard-i-of-N)")
    if not merged:
        with ExitStack() as stack:
            parts = [stack.enter_context(Manifest(folder)) for folder in folders
                     if (folder / NAME).exists()]
            _check_parts(folders, parts)
            _merge(stack.enter_context(Manifest(output)), output, folders, parts)
    for folder in folders:
        shutil.rmtree(folder)
    with Manifest(output) as whole:
        clean_temporaries(output)
        counts = outputs.write_lists(whole, output, whole.about("unique"))
        return RunResult(output, counts, list(whole.failed()), whole.about("makes"))


def _check_parts(folders, parts):
    """Raise where the parts do not make a whole."""
    counts = {_FOLDER.fullmatch(folder.name)[2] for folder in folders}
    if len(counts) != 1 or len(parts) != int(counts.pop()):
        raise TNGInputError("parts of the run are missing, or of several divisions: there are "
                            f"{', '.join(folder.name for folder in folders) or 'none'}")
    for folder, part in zip(folders, parts, strict=True):
        if part.about("extent") != parts[0].about("extent"):
            raise TNGInputError(f"{folder.name} goes to {part.about('extent')}, {folders[0].name} "
                                f"to {parts[0].about('extent')}: run all parts with the same "
                                "arguments")
        if part.about("unique") is None:
            raise TNGInputError(f"{folder.name} was stopped before it was planned; run it again")
        if pending := part.statuses()["pending"]:
            raise TNGInputError(f"{folder.name} is not finished: {pending} units are pending; run "
                                "it again")


def _merge(whole, output, folders, parts):
    """Manifests, then records, then the files beside them."""
    clean_temporaries(output)
    for part in parts:
        settings = part.about("settings")
        whole.agree(settings.pop("kind"), settings)
        whole.adopt(part)
    whole.note("extent", parts[0].about("extent"))
    unique = parts[0].about("unique")
    whole.note("unique", unique)
    whole.note("makes", parts[0].about("makes"))
    _move_records(whole, output, folders, unique)
    for path in folders[0].iterdir():  # stations.xml: equal in all parts
        if path.is_file() and not path.name.startswith(NAME):
            shutil.copyfile(path, output / path.name)
    outputs.tidy(whole, output, unique)
    whole.note("merged", True)


def _move_records(whole, output, folders, unique):
    """Move the records that stay; one that a killed merge has moved is there already."""
    for record, reason in outputs.select_records(whole, unique):
        if reason is not None:
            continue
        folder = folders[_remainder(record["unit"], len(folders))]
        target = output / record["path"]
        target.parent.mkdir(parents=True, exist_ok=True)
        for path in (target, target.with_suffix(".json")):
            source = folder / path.relative_to(output)
            if source.exists():
                os.replace(source, path)
            elif not path.exists():
                raise TNGException(f"{source} is gone; run this part again")


def _remainder(unit_id, count):
    """Which of ``count`` parts does a unit, from 0."""
    return int.from_bytes(hashlib.sha256(unit_id.encode()).digest()[:8], "big") % count
