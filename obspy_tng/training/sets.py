"""
Sets of records of one station as training items.

A model that pools records per station is trained on batches in which each station has
several. The records of a station are divided at random into sets of a few records, once or
several times, and the trainer shuffles the sets.
"""

import hashlib

import numpy as np

#: records of a set
SET_SIZE = 4


class RecordSets:
    """
    Sets of records, each of one station.

    :param arrays: list of tuples of arrays with the same number of rows, one tuple per
        station: what the model's ``loss`` takes, record by record.
    :param ways: how many times each station is divided into sets: a number for all, or a list.
    :param seed: of the divisions.

    .. rubric:: Example

    >>> sets = RecordSets([(np.arange(6.0),), (np.arange(4.0),)])
    >>> len(sets)
    3
    >>> values, labels = sets.batch([0, 2])
    >>> len(values), labels
    (7, array([0, 0, 0, 1, 1, 1, 1]))
    """

    def __init__(self, arrays, ways=1, seed=0):
        self.arrays, self._sets = arrays, []
        rng = np.random.default_rng(seed)
        ways = [ways] * len(arrays) if isinstance(ways, int) else ways
        for station, (columns, times) in enumerate(zip(arrays, ways, strict=True)):
            rows = len(columns[0])
            for _ in range(times):
                parts = np.array_split(rng.permutation(rows), max(1, -(-rows // SET_SIZE)))
                self._sets += [(station, np.sort(part)) for part in parts if len(part)]

    def __len__(self):
        return len(self._sets)

    def batch(self, index):
        """
        Some sets.

        :param index: their positions.
        :return: tuple of arrays, each of all records of the sets; the last one has the number of
            each record's set.
        """
        chosen = [self._sets[i] for i in index]
        columns = zip(*(tuple(column[rows] for column in self.arrays[station])
                        for station, rows in chosen), strict=True)
        labels = np.repeat(np.arange(len(chosen)), [len(rows) for _, rows in chosen])
        joined = (np.concatenate(column) for column in columns)
        return *(a.astype(np.float32) if a.dtype == np.float16 else a for a in joined), labels

    def fingerprint(self):
        """Hash of the sets and of what is in them."""
        h = hashlib.sha256(repr([(s, r.tolist()) for s, r in self._sets]).encode())
        for columns in self.arrays:
            for column in columns:
                h.update(np.ascontiguousarray(column[:64]).tobytes())
        return h.hexdigest()
