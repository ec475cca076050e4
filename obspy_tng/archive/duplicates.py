"""Recordings that an archive holds twice."""

import math

from ..records.rejection import RejectedRecord

# Two recordings of a station are the same one, filed under two dates, if the peaks of
# all three components agree so closely.
SAME_WITHIN = 1e-4


class DuplicateFinder:
    """
    Recordings that are filed twice, found as the records of an archive go by in order.

    .. rubric:: Example

    >>> finder = DuplicateFinder()
    >>> finder.find("XX.S1", "a", (1.0, 2.0, 3.0))
    >>> finder.find("XX.S1", "b", (1.0, 2.0, 3.00001)).text
    'b: same samples as a'
    """

    def __init__(self):
        self._names = set()
        self._cells = {}

    def find(self, station, name, peaks):
        """
        Look at a record and remember it if it is a new one.

        :param station: station id.
        :param name: id of the record.
        :param peaks: largest absolute samples of Z, N and E.
        :return: :class:`~obspy_tng.records.rejection.RejectedRecord`, or None.
        """
        if (station, name) in self._names:
            return RejectedRecord("same_second", None, None, f"{name}: another record of the "
                                  "station starts at the same second")
        self._names.add((station, name))
        # duplicates lie in the same, or a neighbouring, cell of logarithmic width
        cell = math.floor(math.log(peaks[0]) / (2 * SAME_WITHIN)) if peaks[0] > 0 else None
        near = [] if cell is None else [entry for i in (cell - 1, cell, cell + 1)
                                        for entry in self._cells.get((station, i), ())]
        for _, other, known in sorted(near):
            if all(abs(a - b) <= SAME_WITHIN * b for a, b in zip(peaks, known, strict=True)):
                return RejectedRecord("same_samples", None, None,
                                      f"{name}: same samples as {other}")
        self._cells.setdefault((station, cell), []).append((len(self._names), name, tuple(peaks)))
        return None
