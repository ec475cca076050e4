"""
Records on disk and their measurements, for evaluations larger than memory.

A run measures a batch of records and stores a table of it with one row per record and one
field per quantity (:func:`table_of`). In a :class:`~obspy_tng.evaluation.recordset.RecordSet`,
:class:`StoredSamples` and :class:`StoredMeasurements` replace samples and measurements in memory.
"""

import numpy as np

from ..records.folder import read_record
from ..records.record import record_to_array
from ..signal import end_at_rest
from .quantities import QUANTITIES


class StoredSamples:
    """
    Samples of records on disk, read on access.

    :param listed: list of :class:`~obspy_tng.records.folder.ListedRecord`.
    :param axes: :class:`~obspy_tng.evaluation.axes.Axes`.
    :param at_rest: True corrects them so that the motion ends at rest.
    """

    def __init__(self, listed, axes, at_rest=False):
        self.listed, self.axes, self.at_rest = listed, axes, at_rest

    def __len__(self):
        return len(self.listed)

    def __getitem__(self, index):
        """Array ``(len(index), 3, npts)``, float32, ZNE, m/s^2."""
        return read_samples([self.listed[i].path for i in index], self.axes, self.at_rest)


def read_samples(paths, axes, at_rest=False):
    """
    Samples of some records.

    :param paths: list of paths, see :func:`~obspy_tng.records.folder.read_record`.
    :param axes: :class:`~obspy_tng.evaluation.axes.Axes`.
    :param at_rest: True corrects them so that the motion ends at rest.
    :return: array ``(len(paths), 3, npts)``, float32, ZNE, m/s^2.
    :raises TNGInputError: if one is damaged, or of another rate or length.
    """
    samples = np.empty((len(paths), 3, axes.npts), np.float32)
    for row, path in zip(samples, paths, strict=True):
        data = record_to_array(read_record(path), axes.sampling_rate, axes.npts)
        row[:] = end_at_rest(data, axes.sampling_rate) if at_rest else data
    return samples


def table_of(records):
    """
    All measurements of some records, as a table.

    :param records: :class:`~obspy_tng.evaluation.recordset.RecordSet`.
    :return: structured array ``(n,)``: a float64 field for each quantity, with
        sub-fields for those of several names.
    """
    measured = {name: getattr(records, name) for name in (*QUANTITIES, "f0")}
    table = np.empty(len(records), [
        (name, [(key, "<f8", column.shape[1:]) for key, column in value.items()]
         if isinstance(value, dict) else ("<f8", value.shape[1:]))
        for name, value in measured.items()])
    for name, value in measured.items():
        if isinstance(value, dict):
            for key, column in value.items():
                table[name][key] = column
        else:
            table[name] = value
    return table


class StoredMeasurements:
    """
    Measurements of a complete set of records from tables on disk, read on access.

    :param paths: files of :func:`table_of` that :func:`numpy.load` reads, in order.
    """

    def __init__(self, paths):
        self.paths = paths
        self._known = {}

    def __contains__(self, name):
        return name in QUANTITIES or name == "f0"

    def __getitem__(self, name):
        if name not in self._known:
            pieces = [np.load(path, mmap_mode="r")[name] for path in self.paths]
            keys = pieces[0].dtype.names
            self._known[name] = np.concatenate(pieces) if keys is None else {
                key: np.concatenate([piece[key] for piece in pieces]) for key in keys}
        return self._known[name]

    def release(self):
        """Release everything except quantities with one number per record."""
        self._known = {name: value for name, value in self._known.items()
                       if all(column.ndim == 1 for column in
                              (value.values() if isinstance(value, dict) else (value,)))}
