"""
Quantities of records: what is measured, once per record, when it is first asked for.

A complete :class:`~obspy_tng.evaluation.recordset.RecordSet` keeps them, in ``measurements``
(quantity -> array or dict of arrays, of all records) or, where only some records are needed, in
``measured_records`` (quantity -> position of a record -> dict).
"""

from functools import partial, wraps

import numpy as np

# Records measured at a time: bounds the memory, keeps the FFTs batched, and shares the constant
# cost of each time step of the oscillators among more records.
CHUNK, STEPPED = 32, 256
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
            chunks = [function(root, root.samples[np.arange(i, min(i + size, len(root)))]
                               .astype(np.float64)) for i in range(0, len(root), size)]
            root.measurements[name] = _concatenate(chunks)
        whole = root.measurements[name]
        if isinstance(whole, dict):
            return {key: value[self.index] for key, value in whole.items()}
        return whole[self.index]

    return property(get)


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
