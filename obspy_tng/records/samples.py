"""The samples of a trace as numbers, and stretches of them."""

import numpy as np

from .rejection import rejected

MASKED = ("masked array (a gap); stream.split() gives the pieces between gaps, and one piece of "
          "each component makes a record")


def plain_samples(tr):
    """
    Samples of a trace as floats.

    :param tr: Trace; a masked array without a masked sample is as good as any.
    :return: float64 array ``(npts,)``, a copy.
    :raises RecordRejectedError: on masked, too few or non-finite samples, and what is no number.

    .. rubric:: Example

    >>> from obspy import Trace
    >>> plain_samples(Trace(np.array([1, 2, 3], dtype="int16")))
    array([1., 2., 3.])
    """
    name = f"{tr.id} {tr.stats.starttime}"
    if np.ma.is_masked(tr.data):
        raise rejected("gap", f"{name}: {MASKED}", np.ma.count_masked(tr.data), 0)
    data = np.ma.getdata(tr.data)
    if np.ndim(data) != 1 or len(data) < 2:
        raise rejected("too_few_samples", f"{name}: needs at least 2 samples, got {np.size(data)}",
                       np.size(data), 2)
    if data.dtype.kind not in "fiu":
        raise rejected("not_finite", f"{name}: samples of type {data.dtype}; real numbers are "
                       "needed")
    data = data.astype(np.float64)
    bad = len(data) - np.count_nonzero(np.isfinite(data))
    if bad:
        raise rejected("not_finite", f"{name}: {bad} samples are NaN or infinite", bad, 0)
    return data


def stretches(flags):
    """
    Stretches of samples that have a property.

    :param flags: boolean array ``(n,)``.
    :return: integer arrays, the first sample of each stretch and the one behind its last.

    .. rubric:: Example

    >>> first, end = stretches(np.array([True, False, True, True]))
    >>> first.tolist(), end.tolist()
    ([0, 2], [1, 4])
    """
    edges = np.diff(np.concatenate([[False], flags, [False]]).astype(np.int8))
    return np.flatnonzero(edges == 1), np.flatnonzero(edges == -1)
