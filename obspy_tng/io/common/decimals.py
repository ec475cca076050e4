"""
Many numbers at once
====================

``float()`` takes about 0.3 microseconds a number, more than everything else in reading a
file together. Agency files are tables of numbers that all look alike, so that here whole
columns of characters are turned into digits at a time.

The results are those of ``float()``, to the last bit: a number of at most 15 digits is a whole
number times a power of ten, both are exact in double precision up to 10^22, and one
multiplication or division rounds correctly. (W. D. Clinger, How to read floating point
numbers accurately, 1990.) What does not fit goes to ``float()`` itself.
"""

import re

import numpy as np
from numpy.lib.stride_tricks import sliding_window_view

_CHUNK = 16384  # numbers at a time: the work arrays stay in the cache
_MAX_WIDTH = 40
_MAX_WORD = 400
_MAX_DIGITS = 15
_MAX_COLUMNS = 18  # so that 64-bit integers hold them
_MAX_POWER = 22
_POWERS = 10.0 ** np.arange(_MAX_POWER + 1)
_BLANK, _PLUS, _MINUS, _DOT, _ZERO = b" +-.0"
_EXPONENTS = b"EeDd"
# Fortran leaves out the letter before an exponent of three digits: 0.1234567-104
_NO_LETTER = re.compile(rb"(\.\d*)([+-]\d{3})$")


def words_to_floats(block):
    """
    Numbers that blanks or line ends separate.

    :param block: bytes.
    :return: float64 array; None if a word is not a number, or not a finite one.

    .. rubric:: Example

    >>> words_to_floats(b" 1.25D+1 -3.\\n .5"), words_to_floats(b"1.5-2.5")
    (array([12.5, -3. ,  0.5]), None)
    """
    chars = np.frombuffer(b" " * _MAX_WIDTH + block, dtype=np.uint8)
    starts, ends = word_bounds(chars)
    if np.count_nonzero(chars == _DOT) > len(starts):
        return None  # words of several numbers: fields that touch
    parts = []
    for at in range(0, len(starts), _CHUNK):
        first, last = starts[at:at + _CHUNK], ends[at:at + _CHUNK]
        part = _align(chars, first, last)
        values = None if part is None else _decimals(part)
        if values is None:
            values = _one_by_one(chars[first[0]:last[-1]].tobytes().split())
        if values is None:
            return None
        parts.append(values)
    return np.concatenate(parts) if parts else np.empty(0)


def fields_to_floats(fields):
    """
    Numbers of fixed width, one a row of characters.

    :param fields: uint8 array ``(numbers, width)``.
    :return: float64 array, NaN for blank fields; None if a field is not a number.
    """
    parts = []
    for at in range(0, len(fields), _CHUNK):
        part = fields[at:at + _CHUNK]
        filled = (part > _BLANK).any(axis=1)
        values = np.full(len(part), np.nan)
        if filled.any():
            found = _decimals(part[filled])
            if found is None:
                found = _rows_one_by_one(part[filled])
            if found is None:
                return None
            values[filled] = found
        parts.append(values)
    return np.concatenate(parts) if parts else np.empty(0)


def word_bounds(chars):
    """
    Where words start and end.

    :param chars: uint8 array of text; everything up to the blank separates words.
    :return: two int arrays, of the first character of each word and the one behind it.
    """
    inside = np.zeros(len(chars) + 2, dtype=np.int8)
    inside[1:-1] = chars > _BLANK
    edges = np.diff(inside)
    return np.flatnonzero(edges == 1), np.flatnonzero(edges == -1)


def _align(chars, starts, ends):
    """Words below each other with their ends aligned, ``(words, width)``; None if too long."""
    lengths = ends - starts
    width = int(lengths.max())
    if width > _MAX_WIDTH:
        return None
    table = sliding_window_view(chars, width)[ends - width]
    if lengths.min() < width:
        table[np.arange(width) < width - lengths[:, None]] = _BLANK
    return table


def _decimals(table):
    """
    Values of decimal numbers, one a row of characters; None where float() has to look at them.

    Quick where all numbers have the point, and the exponent, in the same column.
    """
    if not 0 < table.shape[1] <= _MAX_WIDTH:
        return None
    columns = np.ascontiguousarray(table.T)
    marked = np.isin(columns, np.frombuffer(_EXPONENTS, np.uint8))
    marks = np.flatnonzero(marked.any(axis=1))
    if len(marks) and not marked[marks].any(axis=0).all():
        return _some_with_exponents(table, marked.any(axis=0))
    if len(marks) > 1:
        return None
    end = int(marks[0]) if len(marks) else len(columns)
    dots = np.flatnonzero((columns[:end] == _DOT).any(axis=1))
    if len(dots) > 1 or not (columns[dots] == _DOT).all():
        return None if len(marks) else _mixed(columns)
    point = int(dots[0]) if len(dots) else end
    whole = _digits(np.delete(columns[:end], point, axis=0) if len(dots) else columns[:end])
    if whole is None:
        return None
    mantissa, negative = whole
    power = np.full(len(table), -max(end - point - 1, 0), dtype=np.int64)
    if len(marks):
        exponent = _digits(columns[end + 1:])
        if exponent is None:
            return None
        power += np.where(exponent[1], -exponent[0], exponent[0])
    if (np.abs(power) > _MAX_POWER).any():
        # tiny samples of a tapered beginning: float() does them, the rest stays fast
        return _with_extremes(table, mantissa, negative, power)
    return _scaled(mantissa, negative, power)


def _some_with_exponents(table, marked):
    """Rows with an exponent among others without: a tiny sample in a fixed field."""
    values = np.empty(len(table))
    for rows, convert in ((marked, _rows_one_by_one), (~marked, _decimals)):
        found = convert(table[rows])
        if found is None:
            return None
        values[rows] = found
    return values


def _mixed(columns):
    """Values of decimal numbers without exponents whose points are in different columns."""
    if len(columns) > _MAX_COLUMNS:
        return None
    count = columns.shape[1]
    numbers, power = np.zeros(count, dtype=np.int64), np.zeros(count, dtype=np.int64)
    negative, begun, ended, some, behind = (np.zeros(count, dtype=bool) for _ in range(5))
    for column in columns:
        digit = column - _ZERO
        is_digit = digit < 10
        blank, minus, dot = column <= _BLANK, column == _MINUS, column == _DOT
        sign = minus | (column == _PLUS)
        if not (is_digit | blank | sign | dot).all() or (sign & begun).any() or (
                dot & behind).any() or (ended & ~blank).any():
            return None
        numbers = np.where(is_digit, numbers * 10 + digit, numbers)
        power -= is_digit & behind
        negative |= minus
        ended |= blank & begun
        begun |= ~blank
        behind |= dot
        some |= is_digit
    if not some.all() or numbers.max(initial=0) >= 10 ** _MAX_DIGITS:
        return None
    return _scaled(numbers, negative, power)


def _scaled(mantissa, negative, power):
    values = mantissa.astype(np.float64)
    down = power < 0
    scale = _POWERS[np.abs(power)]
    values = np.where(down, values / scale, values * scale)
    return np.where(negative, -values, values)


def _with_extremes(table, mantissa, negative, power):
    far = np.abs(power) > _MAX_POWER
    exact = _rows_one_by_one(table[far])
    if exact is None:
        return None
    values = _scaled(mantissa, negative, np.where(far, 0, power))
    values[far] = exact
    return values


def _digits(columns):
    """
    Whole numbers, and which of them are negative; None if something else than blanks, one sign
    and digits, in this order, is there, or too many digits.
    """
    if len(columns) > _MAX_COLUMNS:
        return None
    numbers = np.zeros(columns.shape[1], dtype=np.int64)
    negative = np.zeros(columns.shape[1], dtype=bool)
    begun = np.zeros(columns.shape[1], dtype=bool)  # a sign or a digit has been seen
    some = np.zeros(columns.shape[1], dtype=bool)
    for column in columns:
        digit = column - _ZERO  # uint8: everything else is larger than 9
        is_digit = digit < 10
        if is_digit.all():
            numbers = numbers * 10 + digit
            begun[:] = some[:] = True
            continue
        blank, minus = column <= _BLANK, column == _MINUS
        sign = minus | (column == _PLUS)
        if not (is_digit | blank | sign).all() or ((blank | sign) & begun).any():
            return None
        numbers = np.where(is_digit, numbers * 10 + digit, numbers)
        negative |= minus
        begun |= sign | is_digit
        some |= is_digit
    if not some.all() or numbers.max(initial=0) >= 10 ** _MAX_DIGITS:
        return None
    return numbers, negative


def _rows_one_by_one(table):
    return _one_by_one([row.tobytes().strip() for row in table])


def _one_by_one(words):
    """float64 array; None if a word is not a finite number."""
    # 1_0 is a number in Python, not in Fortran; an array of words is as wide as the longest
    if any(b"_" in word or len(word) > _MAX_WORD for word in words):
        return None
    try:
        values = np.array([_NO_LETTER.sub(rb"\1E\2", word.upper().replace(b"D", b"E"))
                           for word in words], dtype="S")
        values = values.astype(np.float64) if len(values) else np.empty(0)
    except ValueError:
        return None
    return values if np.isfinite(values).all() else None
