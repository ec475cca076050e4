"""Checks of arguments: arrays, numbers, choices. Messages name argument, value and range."""

import difflib
import os

import numpy as np

from .exceptions import TNGInputError


def as_samples(data, npts_min=2):
    """
    Samples as a floating-point array; float32 stays float32, all else is float64.

    :param data: array-like ``(..., npts)``; never changed.
    :param npts_min: shortest acceptable last axis.
    :return: float32 or float64 array.
    :raises TypeError: for anything that is not numeric.
    :raises TNGInputError: for masked, too short or non-finite data.
    """
    if np.ma.isMaskedArray(data) and np.ma.is_masked(data):
        raise TNGInputError("data is a masked array (gaps); fill or cut the gaps first")
    data = np.asarray(data)
    if data.dtype.kind not in "fiu":
        raise TypeError(f"data must be a real numeric array, got dtype {data.dtype}")
    if data.dtype != np.float32:
        data = data.astype(np.float64, copy=False)
    if data.ndim < 1 or data.shape[-1] < npts_min:
        raise TNGInputError(f"data must have at least {npts_min} samples on the last axis, "
                            f"got shape {data.shape}")
    # one cheap pass: a sum is finite only if every term is (or if it overflows)
    if not np.isfinite(data.sum()) and not np.isfinite(data).all():
        raise TNGInputError(f"data has {np.count_nonzero(~np.isfinite(data))} samples that are "
                            "NaN or infinite")
    return data


def as_records(data, npts_min=16):
    """
    Samples of three-component records.

    :param data: array-like ``(..., 3, npts)`` in ZNE order.
    :param npts_min: shortest acceptable record in samples.
    :return: float32 or float64 array.
    :raises TNGInputError: see :func:`as_samples`; and if there are not three components.
    """
    data = as_samples(data, npts_min)
    if data.ndim < 2 or data.shape[-2] != 3:
        raise TNGInputError("data must have shape (..., 3, npts), components Z, N, E, "
                            f"got {data.shape}")
    return data


def positive(name, value):
    """
    A finite number above zero, as float.

    :param name: name of the argument, for the message.
    :param value: what the caller gave.
    :return: float
    :raises TypeError: if it is not a number.
    :raises TNGInputError: if it is not finite or not above zero.
    """
    if isinstance(value, bool) or not isinstance(value, int | float | np.number):
        raise TypeError(f"{name} must be a number, got {type(value).__name__}")
    if not np.isfinite(value) or value <= 0:
        raise TNGInputError(f"{name} must be a finite number above 0, got {value!r}")
    return float(value)


def one_of(name, value, allowed):
    """
    A value out of a set of names.

    :param name: name of the argument, for the message.
    :param value: what the caller gave.
    :param allowed: iterable of allowed values.
    :return: value
    :raises TNGInputError: if it is not allowed.
    """
    allowed = tuple(allowed)
    if value not in allowed:
        raise TNGInputError(f"{name} must be one of {', '.join(map(repr, allowed))}, got {value!r}")
    return value


def ascending(name, values, low=0.0, high=np.inf):
    """
    Ascending positive numbers, as float64 array ``(n,)``.

    :param name: name of the argument, for the message.
    :param values: array-like.
    :param low: values must be above this.
    :param high: values must not be above this.
    :return: float64 array.
    :raises TNGInputError: if they are empty, out of range or not ascending.
    """
    values = np.atleast_1d(np.asarray(values, dtype=np.float64))
    if values.ndim != 1 or values.size == 0:
        raise TNGInputError(f"{name} must be a non-empty 1-D array, got shape {values.shape}")
    if not (np.isfinite(values).all() and (values > low).all() and (values <= high).all()):
        raise TNGInputError(f"{name} must lie above {low:g} and not above {high:g}, got values "
                            f"from {values.min():g} to {values.max():g}")
    if (np.diff(values) <= 0).any():
        raise TNGInputError(f"{name} must be strictly ascending")
    return values


def count(name, value, otherwise="", least=0):
    """
    A whole number that is not too small, as int.

    :param name: name of the argument, for the message.
    :param value: what the caller gave.
    :param otherwise: what else is allowed, for the message, such as ``" or None"``.
    :param least: smallest allowed value.
    :return: int
    :raises TNGInputError: if it is not one.
    """
    if isinstance(value, bool) or not isinstance(value, int | np.integer) or value < least:
        raise TNGInputError(f"{name} must be an integer >= {least}{otherwise}, got {value!r}")
    return int(value)


def within(name, value, low, high, ends="[]"):
    """
    A number in an interval, as float.

    :param name: name of the argument, for the message.
    :param value: what the caller gave.
    :param low: lower end.
    :param high: upper end.
    :param ends: brackets of the interval; ``"("`` and ``")"`` exclude the end.
    :return: float
    :raises TNGInputError: if it is not a number in the interval; NaN never is.
    """
    if (isinstance(value, bool) or not isinstance(value, int | float | np.number)
            or not low <= value <= high or (ends[0] == "(" and value == low)
            or (ends[1] == ")" and value == high)):
        raise TNGInputError(f"{name} must be a number in {ends[0]}{low:g}, {high:g}{ends[1]}, "
                            f"got {value!r}")
    return float(value)


def check_memory(n, size):
    """
    Refuse more records than the memory of the machine holds.

    :param n: number of records.
    :param size: bytes of one.
    :raises TNGInputError: if they are too many; says how they can be had.
    """
    needed = n * size
    try:
        memory = os.sysconf("SC_PHYS_PAGES") * os.sysconf("SC_PAGE_SIZE")
    except (AttributeError, ValueError, OSError):  # not told on this system
        return
    if needed > memory > 0:
        raise TNGInputError(f"n={n} records need {needed / 1e9:.4g} GB, the machine has "
                            f"{memory / 1e9:.4g} GB; draw them in parts (first=), or write them "
                            "to a folder (obspy-tng generate)")


def known_names(value, known, most=10):
    """
    Names that are known, for a message about one that is not: the likely ones first.

    :param value: what the caller gave.
    :param known: iterable of names, such as station ids.
    :param most: number of names; how many more there are is told.
    :return: str

    .. rubric:: Example

    >>> known_names("s002", ["XX.S001", "XX.S002", "XX.S003"], most=2)
    'XX.S002, XX.S001 and 1 more'
    """
    known = sorted(known)
    folded = str(value).strip().upper()
    meant = [name for name in known if folded in (name.upper(), name.upper().partition(".")[2])]
    near = difflib.get_close_matches(folded, known, most) if len(known) > most else []
    names = list(dict.fromkeys([*meant, *near, *known]))
    more = f" and {len(names) - most} more" if len(names) > most else ""
    return ", ".join(names[:most]) + more
