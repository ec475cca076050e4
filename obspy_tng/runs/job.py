"""Units of work, their results, and the interface of a kind of run."""

import hashlib
import json
import pickle
from collections import Counter, OrderedDict
from dataclasses import dataclass, field
from pathlib import Path

from . import outputs

SHOWN = 20  # failed units that a summary lists; failed.txt has all


@dataclass(frozen=True)
class WorkUnit:
    """
    One unit of a run.

    ``id`` is unique; ``spec`` is a JSON-able dict that, with the settings of the run,
    says everything about the work; ``files`` are the input files as they were when the
    run was planned (``[path, size, mtime]`` each), or None where there are none.
    """

    id: str
    spec: dict
    files: list | None = None


@dataclass
class Result:
    """
    The result of one unit.

    ``records`` are :class:`~obspy_tng.records.packing.PackedRecord`, ``rejected`` pairs
    ``(id, RejectedRecord)``, ``counts`` a dict of numbers. ``error`` is the reason of a failure,
    or None; ``input_hash`` is of the samples that were read.
    """

    records: list = field(default_factory=list)
    rejected: list = field(default_factory=list)
    counts: dict = field(default_factory=dict)
    error: str | None = None
    input_hash: str | None = None
    seconds: float | None = None


class Job:
    """
    A kind of run. Subclasses are in :mod:`obspy_tng.runs.collect`,
    :mod:`obspy_tng.runs.generate` and :mod:`obspy_tng.runs.evaluation_jobs`.

    ``kind`` is its name, ``makes`` says in words what, ``unique`` that a recording filed
    twice is to be left out, ``modules`` the names of modules that worker processes import.
    """

    kind = "job"
    makes = "records"
    unique = False
    modules: tuple = ()

    def settings(self):
        """Dict, JSON-able, of everything except the inputs that the outputs depend on."""
        raise NotImplementedError

    def extend(self, before):
        """
        Extent of a run, which may grow with the same settings.

        :param before: what this gave when the run was started last, or None.
        :return: JSON-able; equal in all parts of a divided run.
        """

    def plan(self):
        """Iterator of all :class:`WorkUnit`, in the order in which one process does them."""
        raise NotImplementedError

    def task(self, unit):
        """``(function, arguments)`` of a unit, for an executor; gives a :class:`Result`."""
        raise NotImplementedError

    def finish(self, folder):
        """Write further files of a complete run."""


class SentObject:
    """
    An object that goes to worker processes with every task and is unpacked there once.

    Within a process, and in its threads, it is the object itself.

    :param value: any object that can be pickled.

    .. rubric:: Example

    >>> again = pickle.loads(pickle.dumps(SentObject([1, 2])))
    >>> again.value, pickle.loads(pickle.dumps(again)).value is again.value
    ([1, 2], True)
    """

    def __init__(self, value):
        self.value = value
        self._packed = None

    def __reduce__(self):
        if self._packed is None:
            data = pickle.dumps(self.value)
            self._packed = hashlib.sha256(data).hexdigest(), data
        return _unpack, self._packed


_UNPACKED: OrderedDict = OrderedDict()  # of this process, by hash
_KEEP = 4  # units come station by station: few are in use at once


def _unpack(key, data):
    """:class:`SentObject` of its pickle, the same object every time."""
    if key not in _UNPACKED:
        shipped = SentObject(pickle.loads(data))
        shipped._packed = key, data
        _UNPACKED[key] = shipped
        while len(_UNPACKED) > _KEEP:
            _UNPACKED.popitem(last=False)
    return _UNPACKED[key]


def value_hash(value):
    """
    Hash of a JSON-able value.

    :param value: dict, list, ...
    :return: str, 16 hexadecimal digits.
    """
    text = json.dumps(value, sort_keys=True, default=str)
    return hashlib.sha256(text.encode()).hexdigest()[:16]


@dataclass
class RunResult:
    """
    What a run came to.

    ``counts`` has units, accepted, rejected, failed, pending and what the units counted;
    ``failed`` is a list of ``(unit, reason)``.
    """

    folder: Path
    counts: Counter
    failed: list = field(default_factory=list)
    makes: str = "records"

    @property
    def complete(self):
        """True if every unit is done."""
        return not (self.counts["failed"] or self.counts["pending"])

    def __repr__(self):
        return f"<RunResult: {str(self).splitlines()[0]}>"

    def __str__(self):
        made, (things, *kind) = self.counts["accepted"], self.makes.split(" ", 1)
        if made == 1:
            things = things.removesuffix("s")
        lines = [f"{made} {' '.join([things, *kind])} in {self.folder}; "
                 f"{self.counts['rejected']} rejected; {self.counts['failed']} of "
                 f"{self.counts['units']} units failed"]
        lines += [f"  failed: {name}: {reason}" for name, reason in self.failed[:SHOWN]]
        if len(self.failed) > SHOWN:
            lines.append(f"  ... {len(self.failed) - SHOWN} more in {outputs.FAILED}")
        return "\n".join(lines)
