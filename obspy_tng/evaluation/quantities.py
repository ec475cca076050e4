"""
Quantities of records: what is measured, once per record, when it is first asked for.

A complete :class:`~obspy_tng.evaluation.recordset.RecordSet` keeps them, in ``measurements``
(quantity -> array or dict of arrays, of all records) or, where only some records are needed, in
``measured_records`` (quantity -> position of a record -> dict).
"""

from functools import partial, wraps
from itertools import groupby
from operator import itemgetter

import numpy as np

# Records measured at a time: bounds the memory, keeps the FFTs batched, and shares the constant
# cost of each time step of the oscillators among more records.
CHUNK, STEPPED = 32, 384
#: names of all quantities, and of those measured only for the records that are asked for
QUANTITIES: list[str] = []
FOR_SOME: list[str] = []


def measured(function=None, size=CHUNK, for_some=False):
    """
    Make a method ``(data chunk) -> array or dict`` a quantity, measured once per record.

    :param function: the method.
    :param size: records of a chunk.
    :param for_some: True measures only the records that are asked for, where not all are needed;
        the method then gives a dict.
    """
    if function is None:
        return partial(measured, size=size, for_some=for_some)
    name = function.__name__
    QUANTITIES.append(name)
    if for_some:
        FOR_SOME.append(name)

    @wraps(function)
    def get(self):
        root = self.root
        if name not in root.measurements:
            if for_some:
                return _of_some(root, function, self.index.tolist(), size)
            _of_all([root], function, size)
        whole = root.measurements[name]
        if isinstance(whole, dict):
            return {key: value[self.index] for key, value in whole.items()}
        return whole[self.index]

    get.together = partial(_of_all, function=function, size=size) if size > CHUNK else None
    return property(get)


def measurements(sets):
    """
    What is to be measured on some sets, in parts that can be done side by side.

    All except what only some records need.

    :param sets: list of :class:`~obspy_tng.evaluation.recordset.RecordSet`.
    :return: list of functions without arguments, the quick ones last, so that threads which take
        one after the other end together. Quantities of larger chunks are measured on all sets by
        one function: their many small steps would keep two threads waiting for each other.
    """
    roots = list(dict.fromkeys(records.root for records in sets))
    jobs = []
    for name in QUANTITIES:
        together = getattr(type(roots[0]), name).fget.together
        if together:
            jobs.insert(0, partial(together, roots))
        elif name not in FOR_SOME:
            jobs += [partial(getattr, root, name) for root in roots]
    return jobs


def _of_all(roots, function, size):
    """Measure all records of some complete sets, which share chunks."""
    every = [(root, i) for root in roots for i in range(len(root))]
    chunks = []
    for first in range(0, len(every), size):
        some = every[first:first + size]
        data = np.concatenate([root.samples[[i for _, i in part]] for root, part in
                               groupby(some, itemgetter(0))])
        chunks.append(function(roots[0], data.astype(np.float64)))
    whole = _concatenate(chunks)
    ends = np.cumsum([len(root) for root in roots])[:-1]
    if isinstance(whole, dict):
        pieces = zip(*(np.split(value, ends) for value in whole.values()), strict=True)
        pieces = [dict(zip(whole, piece, strict=True)) for piece in pieces]
    else:
        pieces = np.split(whole, ends)
    for root, piece in zip(roots, pieces, strict=True):
        root.measurements[function.__name__] = piece


def _of_some(root, function, index, size):
    """Measurements of the records at some positions of a complete set, kept record by record."""
    known = root.measured_records.setdefault(function.__name__, {})
    wanted = index or [0]  # without records: arrays of no rows
    missing = [i for i in dict.fromkeys(wanted) if i not in known]
    for first in range(0, len(missing), size):
        rows = missing[first:first + size]
        found = function(root, root.samples[rows].astype(np.float64))
        known.update((i, {key: value[k] for key, value in found.items()})
                     for k, i in enumerate(rows))
    return {key: np.stack([known[i][key] for i in wanted])[:len(index)]
            for key in known[wanted[0]]}


def _concatenate(chunks):
    if isinstance(chunks[0], dict):
        return {key: np.concatenate([c[key] for c in chunks]) for key in chunks[0]}
    return np.concatenate(chunks)
