"""
What the numbers of a file are: all the samples that its header states, without times beside them.
"""

import numpy as np

from ...exceptions import TNGInputError, warn


def check_count(found, expected, what, strict, stop=""):
    """
    Compare the number of samples in the file with that of its header.

    :param found: samples in the file.
    :param expected: samples that the header states; None: it does not.
    :param what: name of the record, for the message.
    :param strict: raise if samples are missing; otherwise warn.
    :param stop: the line that ends the numbers, for the message.
    :raises TNGInputError: if there is no sample, or if some are missing and ``strict``.
    """
    where = f" before the line {stop!r}" if stop else ""
    if not found:
        raise TNGInputError(f"{what}: the file holds no samples{where}")
    if expected is not None and found < expected:
        _cut_short(f"{what}: cut short, the header states npts={expected} and the file holds "
                   f"{found} samples{where}", strict)


def check_complete(complete, what, strict):
    """
    Raise (or warn) where the samples are there but what must follow them is not.

    :param complete: whether all of it is there.
    :param what: name of the record, for the message.
    :param strict: raise; otherwise warn.
    :raises TNGInputError: if not complete and ``strict``.
    """
    if not complete:
        _cut_short(f"{what}: cut short, the file ends before the end of the record", strict)


def _cut_short(message, strict):
    if strict:
        raise TNGInputError(message + "; strict=False reads the samples that it has")
    warn(message)


def without_times(samples, npts, what):
    """
    Samples alone, where the file has a column of times beside them.

    :param samples: float array, as in the file.
    :param npts: how many samples the header states, or None.
    :param what: name of the record, for the message.
    :return: float array; every second number where those between are evenly increasing times
        (with a TNGWarning), else ``samples``.

    .. rubric:: Example

    >>> without_times(np.array([0.1, -2.5, 1.0]), 3, "record")
    array([ 0.1, -2.5,  1. ])
    """
    if not npts or len(samples) <= max(npts, 5) or len(samples) % 2:
        return samples
    found = beside_times(samples.reshape(-1, 2), what)
    return samples if found is None else found[:, 0]


def beside_times(table, what):
    """
    Columns of samples beside a column of times.

    :param table: float array ``(rows, 1 + columns)``.
    :param what: name of the record, for the message.
    :return: float array ``(rows, columns)``, with a TNGWarning; None where the first column does
        not rise as times do.
    """
    if not evenly_rising(table[:, 0]):
        return None
    warn(f"{what}: a column of times stands beside the samples and is left out")
    return table[:, 1:]


def evenly_rising(times):
    """
    Whether numbers rise by equal steps, but for rounding, as times do.

    :param times: float array.
    :return: bool; False for fewer than three.

    .. rubric:: Example

    >>> evenly_rising(np.array([0.0, 0.01, 0.01, 0.02])), evenly_rising(np.array([0.0, 0.3, 0.1]))
    (True, False)
    """
    if len(times) < 3:
        return False
    step = (times[-1] - times[0]) / (len(times) - 1)
    even = np.linspace(times[0], times[-1], len(times))
    return bool(step > 0 and np.abs(times - even).max() < step)
