"""
Numbers as Fortran wrote them
=============================

Agency files hold blocks of numbers in fixed-width fields: neighbours touch
(``-26.26201-25.77680``), exponents may be written with D, overflowed fields
are stars, the last line is short, and some exports use the decimal comma.
Nothing here trusts a count that a header claims: memory is used only for what
stands in the file.

Header fields are str; blocks of data are bytes with ``\\n`` at the line ends.
"""

import re

import numpy as np

from ...exceptions import TNGInputError
from .decimals import fields_to_floats, word_bounds, words_to_floats

# What a line of nothing but numbers is made of; letters other than exponents end a block.
_NUMERIC_CHARS = np.zeros(256, dtype=bool)
_NUMERIC_CHARS[list(b" \t\v\f\n0123456789.,+-EeDd*")] = True
_NEWLINE = 10
_FLOAT = re.compile(r"[+-]?(\d+(\.\d*)?|\.\d+)([EeDd][+-]?\d{1,3})?")
# The end of a line of numbers: the decimals and the exponent of its last number.
_TAIL = re.compile(rb"(?:\.(\d*))?([EeDd][+-]?\d*)?[ \t]*$")
_LAST_NUMBER = re.compile(rb"[+-]?[\d.,]*(?:[EeDd][+-]?\d*)?[ \t]*$")
_TAIL_LINES = 11
_DIGIT = re.compile(rb"\d")
_TOUCHING = re.compile(rb"(?<=[\d.])(?=[+-])")
# A number by itself, with a comma and no point.
_DECIMAL_COMMA = re.compile(rb"(?<![^\s])[+-]?\d*,\d+(?:[EeDd][+-]?\d+)?(?![^\s])")
_SHOWN = 60


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
    return [to_float(line[i:i + width], missing) for line in lines
            for i in range(0, len(line.rstrip()), width)]


def field_width(text):
    """
    Width of the fields of a Fortran format.

    :param text: str, e.g. ``"3F10.4"``, ``"(1P,5E14.7)"``, ``"3(1X,F9.4)"``.
    :return: int; None where there is none, or it cannot be that of a number.

    .. rubric:: Example

    >>> field_width("3F10.4"), field_width("3E16.7"), field_width("3(1X,F9.4)"), field_width("*")
    (10, 16, 10, None)
    """
    found = re.search(r"(?:(\d+)\s*X\s*,\s*)?\d*\s*(?:F|E[SN]?|D|G|I)\s*(\d{1,2})",
                      re.sub(r"-?\d+P,?", "", (text or "").upper()))
    width = int(found[1] or 0) + int(found[2]) if found else 0
    return width if 4 <= width <= 30 else None


def numeric_block(data):
    """
    The data up to the first line that is not made of numbers.

    :param data: bytes.
    :return: bytes, whole lines.

    .. rubric:: Example

    >>> numeric_block(b" 1.0 2.0\\n 3.0\\n/& end")
    b' 1.0 2.0\\n 3.0\\n'
    """
    good = _NUMERIC_CHARS[np.frombuffer(data, dtype=np.uint8)]
    if good.all():
        return data
    return data[:data.rfind(b"\n", 0, int(np.argmin(good))) + 1]


def first_lines(data, count):
    """The first ``count`` lines of data; all of it if there are not that many."""
    if count <= 0:
        return b""
    ends = np.flatnonzero(np.frombuffer(data, dtype=np.uint8) == _NEWLINE)
    return data if len(ends) < count else data[:int(ends[count - 1]) + 1]


def parse_block(block, count=None, width=None):
    """
    Numbers of a data block in reading order.

    Blanks (or commas) separate numbers where that gives ``count`` of them; otherwise the
    lines are cut into fields of ``width`` characters, or else before each sign.

    :param block: bytes, e.g. from :func:`numeric_block`.
    :param count: how many are expected; None: not known.
    :param width: field width in characters; None: no fixed fields.
    :return: float64 array, shorter than ``count`` where the file ends early, and longer where it
        has more.
    :raises TNGInputError: if something in the block is not a number.

    .. rubric:: Example

    >>> parse_block(b" 1.0279E+1-9.2167E+0\\n 9.8994E+0", count=3, width=10)
    array([10.279 , -9.2167,  9.8994])
    """
    block = _with_points(block)
    free = words_to_floats(block)
    if free is not None and (count is None or width is None or len(free) >= count):
        return free
    if width is not None:
        fixed = _fixed(block, width)
        if fixed is not None and (free is None or len(fixed) >= len(free)):
            return fixed
    if free is None and count is not None:
        # fields of another width that touch; an exponent without a letter would be one number more
        signed = words_to_floats(_TOUCHING.sub(b" ", block))
        if signed is not None and len(signed) == count:
            return signed
    if free is None:
        shorter = _without_rules(block)
        if len(shorter) < len(block):
            return parse_block(shorter, count, width)
        raise TNGInputError(f"data block: not a number in {_first_bad(block)!r}; only numbers "
                            "are allowed (stars are fields that overflowed)")
    return free


def parse_table(block, columns, width=None):
    """
    Rows of a data block with one column for each channel.

    :param block: bytes.
    :param columns: number of channels.
    :param width: field width in characters; None: that of the first line.
    :return: float64 array ``(rows, columns)``; blank fields are NaN.
    :raises TNGInputError: if something in the block is not a number.

    .. rubric:: Example

    >>> parse_table(b" 1.0 2.0\\n 3.0    \\n", 2, 4)
    array([[ 1.,  2.],
           [ 3., nan]])
    """
    block = _with_points(block)
    if _words_a_line(block, columns):
        table = words_to_floats(block)
        if table is not None:
            return table.reshape(-1, columns)
    block = _without_rules(block)
    lines = [line for line in block.split(b"\n") if line.strip()]
    if not lines:
        return np.empty((0, columns))
    if width is None:
        width = -(-len(lines[0].rstrip()) // columns)
    full = columns * width
    longer = next((line for line in lines if line[full:].strip()), None)
    if longer is not None:
        raise TNGInputError(f"data block: more than {columns} columns of {width} characters in "
                            f"{longer.strip()[:_SHOWN].decode('latin-1')!r}")
    fields = b"".join([line[:full].ljust(full) for line in lines])
    table = fields_to_floats(np.frombuffer(fields, dtype=np.uint8).reshape(-1, width))
    if table is None:
        raise TNGInputError(f"data block: not a number in {_first_bad(block)!r}; {columns} "
                            f"columns of {width} characters are expected")
    return table.reshape(-1, columns)


def without_cut_number(block, complete, width=None):
    """
    Drop the last number of a file that was cut in the middle of it.

    A number is taken for cut where its decimals or its exponent are shorter than those of the
    ten lines before, which all agree.

    :param block: bytes of a data block that ends with the file.
    :param complete: whether something follows the last number, a blank or a line end
        (then nothing is dropped).
    :param width: field width in characters, or None.
    :return: bytes.

    .. rubric:: Example

    >>> without_cut_number(b" 1.0279E+1\\n-9.2167E+0\\n 9.8994E", False)
    b' 1.0279E+1\\n-9.2167E+0\\n '
    """
    if complete or not block.strip():
        return block
    start = max(len(block) - 4096, 0)
    lines = block[start:].split(b"\n")[-_TAIL_LINES:]
    shapes = [tuple(len(part or b"") for part in _TAIL.search(line[-_SHOWN:]).groups())
              for line in lines if line.strip()]
    if len(shapes) > 1 and len(set(shapes[:-1])) == 1 and any(shapes[0]):
        cut = shapes[-1] != shapes[0] and sum(shapes[-1]) < sum(shapes[0])
    else:
        cut = width is not None and len(lines[-1].rstrip()) % width > 0
    if not cut:
        return block
    if width is not None and len(lines[-1]) > width:
        return block[:len(block) - (len(lines[-1].rstrip()) % width or width)]
    return block[:len(block) - len(_LAST_NUMBER.search(lines[-1][-_SHOWN:])[0])]


def last_line(block):
    """The last line of a block that is not blank, as bytes."""
    return block.rstrip().rpartition(b"\n")[2]


def _words_a_line(block, columns):
    """Whether every line that is not blank has as many words as there are columns."""
    chars = np.frombuffer(block, dtype=np.uint8)
    starts, _ = word_bounds(chars)
    if not len(starts) or len(starts) % columns:
        return False
    line = np.searchsorted(np.flatnonzero(chars == _NEWLINE), starts).reshape(-1, columns)
    return bool((line == line[:, :1]).all() and (np.diff(line[:, 0]) > 0).all())


def _fixed(block, width):
    """Numbers of fixed fields, blank ones dropped; None if one is not a number."""
    fields = b"".join([line.ljust(-(-len(line) // width) * width)
                       for line in block.split(b"\n")])
    values = fields_to_floats(np.frombuffer(fields, dtype=np.uint8).reshape(-1, width))
    if values is None:
        return None
    return values[~np.isnan(values)]


def _with_points(block):
    """Decimal commas as points; commas between numbers with points as blanks."""
    if b"," not in block:
        return block
    if b"." not in block:
        return block.replace(b",", b".")
    if found := _DECIMAL_COMMA.search(block):
        raise TNGInputError(f"data block: decimal commas beside decimal points, the first in "
                            f"{found[0].decode('latin-1')!r}")
    return block.replace(b",", b" ")


def _without_rules(block):
    """The block up to the first line without a digit, e.g. a rule of dashes."""
    at = 0
    for line in block.split(b"\n"):
        if line.strip() and not _DIGIT.search(line):
            return block[:at]
        at += len(line) + 1
    return block


def _first_bad(block):
    for line in block.split(b"\n"):
        if words_to_floats(line) is None:
            return line.strip()[:_SHOWN].decode("latin-1")
    return block.strip()[:_SHOWN].decode("latin-1")
