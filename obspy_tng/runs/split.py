"""
Divides a folder of records by earthquake: one part for a generator, one for its evaluation.

With an earthquake on both sides the evaluation would be too optimistic.
"""

import json
import os
import shutil
from dataclasses import dataclass
from pathlib import Path

import numpy as np

from .._checks import count, within
from ..exceptions import TNGInputError
from ..records.earthquakes import earthquakes
from ..records.folder import list_records
from ..records.whole_files import replace_file
from .outputs import INVENTORY

KNOWN, HELD_BACK = "known", "held_back"
SPLIT = "split.json"


@dataclass(frozen=True)
class SplitResult:
    """Folder of a split, and records and earthquakes on both sides, ``(known, held back)``."""

    folder: Path
    records: tuple
    earthquakes: tuple

    def __str__(self):
        return "\n".join(f"{self.folder / side}: {records} records of {number} earthquakes"
                         for side, records, number
                         in zip((KNOWN, HELD_BACK), self.records, self.earthquakes, strict=True))


def split_folder(folder, output=None, hold_out=0.5, seed=0):
    """
    Divide the records of a folder, so that no earthquake is on both sides.

    Records are linked where the file system can, and copied elsewhere; those of ``folder``
    remain. If the folder has grown since, earthquakes keep their side, and new ones are
    divided.

    :param folder: folder of records.
    :param output: folder that gets ``known``, ``held_back`` and ``split.json``; None: ``folder``.
    :param hold_out: share of the earthquakes to hold back, above 0 and below 1.
    :param seed: int >= 0, of the shuffle.
    :return: :class:`SplitResult`
    :raises TNGInputError: for bad values, a folder without records, or an output with a split
        of another share or seed.

    .. rubric:: Example

    >>> from tempfile import TemporaryDirectory
    >>> from obspy_tng import simulate_network
    >>> from obspy_tng.records.folder import write_records
    >>> net = simulate_network(n_stations=2, n_events=6, seed=1, window=20.0)
    >>> with TemporaryDirectory() as folder:
    ...     n = write_records(net.records, folder)
    ...     result = split_folder(folder, hold_out=0.5)
    >>> result.records, result.earthquakes
    ((6, 6), (3, 3))
    """
    check_hold_out(hold_out)
    count("seed", seed)
    folder = Path(folder)
    output = folder if output is None else Path(output)
    listed = list(list_records(folder))
    names = earthquakes([record.info for record in listed])
    before = _earlier(output / SPLIT, {"hold_out": hold_out, "seed": seed})
    held = _held_back(names, [before.get(_key(record)) for record in listed], hold_out, seed)
    sides = {_key(record): HELD_BACK if name in held else KNOWN
             for record, name in zip(listed, names, strict=True)}
    output.mkdir(parents=True, exist_ok=True)
    replace_file(output / SPLIT, json.dumps(
        {"hold_out": hold_out, "seed": seed, "sides": sides}, indent=1).encode("utf-8"))
    for side in (KNOWN, HELD_BACK):
        _fill(output / side, [Path(r.path) for r in listed if sides[_key(r)] == side])
        if (folder / INVENTORY).exists():
            shutil.copyfile(folder / INVENTORY, output / side / INVENTORY)
    on_side = list(sides.values())
    return SplitResult(output, (on_side.count(KNOWN), on_side.count(HELD_BACK)),
                       (len(set(names) - held), len(held)))


def check_hold_out(hold_out):
    """Raise TNGInputError unless it is a share above 0 and below 1."""
    within("hold_out", hold_out, 0, 1, "()")


def _key(record):
    """Name of a record within its folder."""
    return f"{record.station}/{Path(record.path).stem}"


def _earlier(path, settings):
    """Sides of the records of an earlier split, which must have been made alike."""
    if not path.exists():
        return {}
    earlier = json.loads(path.read_text("utf-8"))
    for name, value in settings.items():
        if earlier[name] != value:
            raise TNGInputError(f"{path.parent} holds a split with {name}={earlier[name]!r}, not "
                                f"{value!r}; give a new output folder")
    return earlier["sides"]


def _held_back(names, before, hold_out, seed):
    """Earthquakes to hold back; one that was known, by any of its records, stays known."""
    sides = {}
    for name, side in zip(names, before, strict=True):
        sides.setdefault(name, set()).add(side)
    held = {name for name, found in sides.items() if HELD_BACK in found and KNOWN not in found}
    new = sorted(name for name, found in sides.items() if found == {None})
    np.random.default_rng(seed).shuffle(new)
    missing = round(hold_out * len(sides)) - len(held)
    return held | set(new[:max(0, missing)])


def _fill(folder, paths):
    """Make a folder hold these records and no others."""
    wanted = {path.parent.name + "/" + path.stem for path in paths}
    for sidecar in folder.glob("*/*.json"):
        if f"{sidecar.parent.name}/{sidecar.stem}" not in wanted:
            sidecar.unlink()
            sidecar.with_suffix(".mseed").unlink(missing_ok=True)
    folder.mkdir(parents=True, exist_ok=True)
    for path in paths:
        target = folder / path.parent.name / path.name
        target.parent.mkdir(exist_ok=True)
        for suffix in (".mseed", ".json"):  # a record without its JSON is not read
            _link(path.with_suffix(suffix), target.with_suffix(suffix))


def _link(source, target):
    """The same file at another place: linked, or copied where that cannot be."""
    temporary = target.with_name(f".{target.name}.{os.getpid()}.tmp")
    temporary.unlink(missing_ok=True)
    try:
        os.link(source, temporary)
    except OSError:  # another file system, or one without links
        shutil.copyfile(source, temporary)
    os.replace(temporary, target)
    temporary.unlink(missing_ok=True)  # replacing a file by itself leaves it
