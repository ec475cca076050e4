"""
The layout of Caltech's tapes
=============================

The strong-motion tapes of Caltech (volumes 1 and 2, 1969-1975) are the model of the formats of
USC, CSMIP, BHRC and RENADIC: lines of text, a block of integers, a block of reals, and then the
samples of one component; uncorrected records are pairs of time and acceleration.
"""

import re
from typing import NamedTuple

from .counts import check_count
from .film import evenly_sampled
from .fortran import header_numbers, to_float

_INTEGER_LINES = 7
_NUMBERS = 100  # of each kind, at least
_PAIR_WIDTH = 7


class CaltechHeader(NamedTuple):
    """Lines of text, integers and reals (None where missing), and the row after them."""

    words: list
    integers: list
    reals: list
    row: int

    @property
    def text(self):
        """The lines of text in one."""
        return "\n".join(self.words)

    def plain(self):
        """As ``stats.<format>.header`` has it."""
        return {"text": list(self.words), "integers": self.integers[:_NUMBERS],
                "reals": self.reals[:_NUMBERS]}


def split_header(record, text_lines, real_lines, integer_width=5, real_width=10, missing=()):
    """
    Header of one component.

    :param record: :class:`~.reading.Record`.
    :param text_lines: number of lines of text.
    :param real_lines: number of lines of reals.
    :param integer_width: width of the fields of integers.
    :param real_width: width of the fields of reals.
    :param missing: values that stand for "not known".
    :return: CaltechHeader
    :raises TNGInputError: if the file ends before the end of the header.
    """
    words = record.take(0, text_lines, "the text header")
    row = text_lines
    integers = header_numbers(record.take(row, _INTEGER_LINES, "the integer header"),
                              integer_width, missing)
    row += _INTEGER_LINES
    reals = header_numbers(record.take(row, real_lines, "the real header"), real_width, missing)
    padding = [None] * _NUMBERS
    return CaltechHeader(words, integers + padding, reals + padding, row + real_lines)


def read_pairs(record, row, count):
    """
    Evenly sampled acceleration of pairs of time and acceleration, ``(F7.3, F7.3)``.

    :param record: :class:`~.reading.Record`.
    :param row: row where they begin.
    :param count: number of pairs by the header, or None.
    :return: tuple (interval in s, time of the first sample in s, samples).
    :raises TNGInputError: see :func:`~.film.evenly_sampled`.
    """
    what = "pairs of time and acceleration"
    values = record.block(row, 2 * count if count else None, _PAIR_WIDTH, what, always=True,
                          count_checked=False)
    check_count(len(values) // 2, count, what, record.strict)
    rate, late, data = evenly_sampled(values[:len(values) // 2 * 2].reshape(-1, 2))
    return 1.0 / rate, late, data


def stated_points(text):
    """
    Number of points that the text of a header states; None if it does not.

    .. rubric:: Example

    >>> stated_points("NO. OF POINTS =   5652  RECORD LENGTH = 28.260 SEC")
    5652
    """
    found = re.search(r"NO\. OF POINTS\s*[=:]?\s*(\d+)", text, re.IGNORECASE)
    return int(found[1]) if found else None


def stated_unit(text):
    """
    Unit of uncorrected data that the text of a header states; None if it does not.

    .. rubric:: Example

    >>> stated_unit("UNITS OF UNCOR ACCEL ARE SEC AND G/10."), stated_unit("UNITS ARE SEC AND G/10")
    ('G/10', 'G/10')
    """
    found = re.search(r"UNITS?\s+(?:OF [\w.]+ (?:ACCEL\w*|DATA) )?(?:IS|ARE)\s+"
                      r"(?:SEC\w*\.? AND\s+)?([A-Z][\w/*^]*)", text, re.IGNORECASE)
    return found[1] if found else None


def stated_interval(text):
    """
    Sampling interval of a line that announces samples, in s; None if it has none.

    .. rubric:: Example

    >>> stated_interval("2000 POINTS EQUALLY SPACED AT  .020 SEC"), stated_interval(
    ...     "Accelerogram points at 200 pts/sec")
    (0.02, 0.005)
    """
    step = re.search(r"(?:SPACED AT|INTERVALS?(?: OF)?)[:\s]+(\d*\.?\d+)\s*SEC", text,
                     re.IGNORECASE)
    rate = re.search(r"AT\s+(\d*\.?\d+)\s*(?:PTS|POINTS|SAMPLES)/SEC", text, re.IGNORECASE)
    return to_float(step[1]) if step else rate and 1.0 / (to_float(rate[1]) or 1e-9)
