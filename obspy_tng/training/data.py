"""
Records as training batches, in memory or memory-mapped.

Only the requested batch is copied, so that arrays may be
memory-mapped files larger than memory (:mod:`obspy_tng.training.memmap`).
"""

import hashlib
from concurrent.futures import ThreadPoolExecutor

import numpy as np

#: most records that are hashed; of more, so many at even distances
HASHED_RECORDS = 1000


class TrainingData:
    """
    Rows of several arrays, each array with one label.

    :param arrays: list of arrays ``(n, ...)`` with equal trailing shape; may be
        memory-mapped.
    :param labels: list of ints, one per array (which station); None: batches
        have no labels.
    :param rows: list of index arrays, the rows of each array that are used; None: all.
    :param convert: function from a stacked batch ``(batch, ...)`` to what the model
        takes; None: as it is.

    .. rubric:: Example

    >>> data = TrainingData([np.zeros((2, 3)), np.ones((1, 3))], labels=[0, 7])
    >>> len(data)
    3
    >>> data.batch([1, 2])
    (array([[0., 0., 0.],
           [1., 1., 1.]]), array([0, 7]))
    """

    def __init__(self, arrays, labels=None, rows=None, convert=None):
        self.arrays, self.convert = arrays, convert
        rows = [np.arange(len(a)) for a in arrays] if rows is None else rows
        self._array = np.repeat(np.arange(len(arrays)), [len(r) for r in rows])
        self._row = np.concatenate([np.zeros(0, dtype=int), *rows]).astype(int)
        self._labels = None if labels is None else np.asarray(labels, dtype=np.int64)[self._array]

    def __len__(self):
        return len(self._row)

    def batch(self, index):
        """
        Some records.

        :param index: positions, 0 to ``len(self) - 1``.
        :return: tuple of arrays, the arguments of the model's ``loss``: the records, and
            their labels where there are any.
        """
        x = np.stack([self.arrays[self._array[i]][self._row[i]] for i in index])
        x = x if self.convert is None else self.convert(x)
        return (x,) if self._labels is None else (x, self._labels[np.asarray(index)])

    def fingerprint(self):
        """Hash of shapes, labels and records (of large data, of a thousand records)."""
        h = hashlib.sha256(f"{len(self)}".encode())
        h.update(b"" if self._labels is None else self._labels.tobytes())
        chosen = np.linspace(0, len(self) - 1, min(len(self), HASHED_RECORDS), dtype=int)
        for i in chosen:
            h.update(np.ascontiguousarray(self.arrays[self._array[i]][self._row[i]]).tobytes())
        return h.hexdigest()


def prefetched(data, indices):
    """
    Batches of some data, the next one being read while the last one is used.

    :param data: :class:`TrainingData`.
    :param indices: list of index arrays.
    :return: iterator of what :meth:`TrainingData.batch` gives.
    """
    with ThreadPoolExecutor(1) as pool:
        waiting = None
        for index in indices:
            following = pool.submit(data.batch, index)
            if waiting is not None:
                yield waiting.result()
            waiting = following
        if waiting is not None:
            yield waiting.result()
