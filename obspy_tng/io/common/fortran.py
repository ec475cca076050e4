"""
Numbers as Fortran wrote them
=============================

Agency files hold blocks of numbers in fixed-width fields: neighbours touch
(``-26.26201-25.77680``), exponents may be written with D, overflowed fields
are stars, the last line is short, and some exports use the decimal comma.
Nothing here trusts a count that a header claims: memory is used only for what
stands in the file.
"""

import re

import numpy as np

from ...exceptions import TNGInputError

# A line of nothing but numbers; letters other than exponents end a block.
# (Patterns here take linear time on any line, however long.)
_NUMERIC = re.compile(r"[\s\d.,+\-EeDd*]*")
_DIGIT = re.compile(r"\d")
_FLOAT = re.compile(r"[+-]?(\d+(\.\d*)?|\.\d+)([EeDd][+-]?\d{1,3})?")


def to_float(text, missing=()):
    """
    One number of a header.

    :param text: str, also with decimal comma or D exponent, or None.
    :param missing: values that stand for "not known", e.g. ``(-999,)``.
    :return: float, or None where the field is blank, unreadable or missing.

    .. rubric:: Example

    >>> to_float(" -1,25D+1"), to_float("-999.0", missing=(-999,)), to_float("")
    (-12.5, None, None)
    """
    text = (text or "").strip().replace(",", ".")
    if not _FLOAT.fullmatch(text):
        return None
    value = float(text.upper().replace("D", "E"))
    return None if not np.isfinite(value) or value in missing else value


def to_int(text, missing=()):
    """Like :func:`to_float`, for whole numbers (``"7000"`` or ``"7000."``)."""
    value = to_float(text, missing)
    return int(value) if value is not None and value == int(value) else None


def header_numbers(lines, width, missing=()):
    """
    Numbers of a fixed-width header block, by position.

    :param lines: sequence of str.
    :param width: field width in characters (I8 and F10.3: 8 and 10).
    :param missing: see :func:`to_float`.
    :return: list of float or None, one entry for each field.

    .. rubric:: Example

    >>> header_numbers(["    0    01304313043 -999"], 5, missing=(-999,))
    [0.0, 0.0, 13043.0, 13043.0, None]
    """
    return [to_float(field, missing) for line in lines for field in _fields(line, width)]


def numeric_lines(lines):
    """
    The lines up to the first one that is not made of numbers; blank ones dropped.

    :param lines: iterable of str.
    :return: list of str.
    """
    block = []
    for line in lines:
        if _NUMERIC.fullmatch(line) and _DIGIT.search(line):
            block.append(line)
        elif line.strip():
            break
    return block


def parse_block(lines, count=None, width=None):
    """
    Numbers of a data block in reading order.

    Blanks separate numbers where that gives ``count`` of them; otherwise the
    lines are cut into fields of ``width`` characters.

    :param lines: list of str, e.g. from :func:`numeric_lines`.
    :param count: how many are expected; None: not known.
    :param width: field width in characters; None: no fixed fields.
    :return: float64 array, shorter than ``count`` where the file ends early.
    :raises TNGInputError: if something in the block is not a number.

    .. rubric:: Example

    >>> parse_block([" 1.0279E+1-9.2167E+0", " 9.8994E+0"], count=3, width=10)
    array([10.279 , -9.2167,  9.8994])
    """
    free = _to_array(" ".join(lines).split())
    if free is not None and (count is None or width is None or len(free) >= count):
        return free[:count]
    if width is not None:
        fixed = _to_array([field for line in lines for field in _fields(line, width)
                           if field.strip()])
        if fixed is not None and (free is None or len(fixed) >= len(free)):
            return fixed[:count]
    if free is None:
        raise TNGInputError(f"data block: not a number in {_first_bad(lines)!r}; only numbers "
                            "are allowed (stars are fields that overflowed)")
    return free


def parse_table(lines, columns, width):
    """
    Rows of a data block with one column for each channel.

    :param lines: list of str.
    :param columns: number of channels.
    :param width: field width in characters.
    :return: float64 array ``(rows, columns)``; blank fields are NaN.
    :raises TNGInputError: if something in the block is not a number.
    """
    rows = [line.split() for line in lines]
    table = None
    if all(len(row) == columns for row in rows):
        table = _to_array([field for row in rows for field in row])
    if table is None:
        table = _to_array([line[i * width:(i + 1) * width].strip() or "nan"
                           for line in lines for i in range(columns)])
    if table is None:
        raise TNGInputError(f"data block: not a number in {_first_bad(lines)!r}; {columns} "
                            f"columns of {width} characters are expected")
    return table.reshape(-1, columns)


def without_cut_number(lines, complete, width=None):
    """
    Drop the last number of a file that was cut in the middle of it.

    :param lines: list of str of a data block that ends with the file.
    :param complete: whether the file ends with a line end (then nothing is dropped).
    :param width: field width in characters; None: a number counts as cut if it
        has fewer decimals than the ten before it, which all have the same.
    :return: list of str.
    """
    if complete or not lines or not lines[-1].strip():
        return lines
    last = lines[-1]
    if width is not None:
        whole = len(last.rstrip()) // width * width
        return lines if whole == len(last.rstrip()) else [*lines[:-1], last[:whole]]
    tokens = " ".join(lines[-11:]).split()[-11:]
    decimals = [len(token.partition(".")[2]) for token in tokens]
    if len(decimals) < 2 or len(set(decimals[:-1])) > 1 or decimals[-1] >= decimals[0]:
        return lines
    return [*lines[:-1], last.rstrip()[:-len(tokens[-1])]]


def _fields(line, width):
    return [line[i:i + width] for i in range(0, len(line.rstrip()), width)]


def _to_array(tokens):
    """float64 array, or None if a token is not a number or not finite (bar "nan")."""
    text = "\n".join(tokens)
    if "," in text and "." not in text:
        text = text.replace(",", ".")
    try:
        values = np.array(re.sub("[Dd]", "E", text).split("\n") if text else [], dtype=np.float64)
    except ValueError:
        return None
    return None if np.isinf(values).any() else values


def _first_bad(lines):
    for line in lines:
        if _to_array(line.split()) is None:
            return line.strip()[:60]
    return lines[0].strip()[:60] if lines else ""
