"""
Opening agency files
====================

Agency files are text in UTF-8 or an 8-bit code page, with any line ends; what editors and transfers
made of them, UTF-16 or line ends of two carriage returns, is undone.
"""

import codecs
import os
import re

from ...exceptions import TNGInputError

# Header lines are cut here: no format has longer ones, but damaged files do.
MAX_LINE = 1000
_MAX_HEADER = 1000  # lines
_END_MARKS = b"\x00\x1a"  # ^Z ends files of DOS
# Appended files: characters of the first line that come again, bytes of the header that are
# looked at, and what the line before is made of.
_KEY, _HEAD, _NUMERIC = 16, 8192, b" \t0123456789.,+-EeDd"


class TextFile:
    """
    A text file, as records.

    :param source: file name, Path, or binary file-like object (read from its position).
    :param encoding: code page of files that are not UTF-8.
    """

    def __init__(self, source, encoding="latin-1"):
        raw = _as_bytes(read_bytes(source))
        content = raw.rstrip(_END_MARKS)
        #: whether anything follows the last word: a blank, a line end, ^Z
        self.complete = len(content) < len(raw) or not content[-1:].strip()
        if b"\r" in content:
            content = content.replace(b"\r\r\n", b"\n").replace(b"\r\n", b"\n").replace(
                b"\r", b"\n")
        self.content = content.lstrip(b"\n")
        self.encoding = encoding

    def records(self, marks=(), start=None):
        """
        Cut the file at the lines where a record starts.

        :param marks: bytes, upper case; a line where a record starts contains one of them.
            Without marks the file is one record.
        :param start: pattern that is searched in such a line; of consecutive lines where it is
            found the first counts.
        :return: list of :class:`TextRecord`.
        """
        if not marks:
            return [TextRecord(self.content, self.encoding, self.complete)]
        upper, starts = self.content.upper(), []
        for at, end in sorted(_lines_with(upper, marks)):
            line = upper[at:min(end, at + MAX_LINE)].decode("latin-1")
            if start.search(line):
                starts.append((at, end))
        # the first line of a file with one record may differ
        starts = starts or [(0, 0)]
        firsts = [at for i, (at, _) in enumerate(starts) if not i or starts[i - 1][1] + 1 < at]
        return [TextRecord(self.content[at:after], self.encoding,
                           self.complete or after is not None)
                for at, after in zip(firsts, [*firsts[1:], None], strict=False)]

    def repeated(self, claims):
        """
        Cut the file where another file of the same format was appended.

        :param claims: function of the first lines (upper case) that says whether it is one.
        :return: list of :class:`TextRecord`. A record begins like the first one, behind a line of
            numbers.
        """
        first = next((line for line in self.content[:MAX_LINE].split(b"\n") if line.strip()), b"")
        key = b"\n" + first.partition(b":")[0].rstrip()[:_KEY]
        starts, at = [0], self.content.find(key) if len(key) > _KEY // 2 else -1
        while at >= 0:
            before = self.content[:at].rstrip()[-MAX_LINE:].rpartition(b"\n")[2].strip()
            if before and not before.strip(_NUMERIC) and claims(
                    self.content[at + 1:at + 1 + _HEAD].decode("latin-1").upper().split("\n")):
                starts.append(at + 1)
            at = self.content.find(key, at + 1)
        return [TextRecord(self.content[at:after], self.encoding,
                           self.complete or after is not None)
                for at, after in zip(starts, [*starts[1:], None], strict=True)]


class TextRecord:
    """
    One record of a text file: header lines as str, everything also as bytes.

    :param raw: bytes with ``\\n`` at the line ends.
    :param encoding: code page if it is not UTF-8.
    :param complete: whether something follows the last word of it.
    """

    def __init__(self, raw, encoding="latin-1", complete=True):
        self.raw, self.complete = raw, complete
        parts = raw.split(b"\n", _MAX_HEADER)
        head = parts[:_MAX_HEADER]
        if head and not head[-1].strip():
            head = head[:-1]
        #: the first lines, cut to MAX_LINE characters
        self.lines = [line[:MAX_LINE] for line in _decode(b"\n".join(head), encoding).split("\n")]
        self._starts = [0]
        for part in parts[:-1]:
            self._starts.append(self._starts[-1] + len(part) + 1)

    def data(self, row):
        """Everything from a line on, as bytes; lines behind the first thousand are not known."""
        return self.raw[self._starts[row]:] if row < len(self._starts) else b""

    def take(self, row, count, what):
        """
        Header lines ``row`` to ``row + count``, all of them.

        :raises TNGInputError: if the file ends before.
        """
        block = self.lines[row:row + count]
        if len(block) < count:
            raise TNGInputError(f"the file ends inside {what}: {count} lines are needed, "
                                f"{len(block)} are there")
        return block


def read_bytes(source):
    """
    Whole content of a file.

    :param source: file name, Path, or binary file-like object.
    :return: bytes
    :raises TypeError: if a file-like object gives text instead of bytes.
    """
    if hasattr(source, "read"):
        content = source.read()
        if not isinstance(content, bytes):
            raise TypeError("source must be opened in binary mode, got a file-like object that "
                            f"returns {type(content).__name__}")
        return content
    # os.fspath: a number would be taken for a file descriptor
    with open(os.fspath(source), "rb") as file:
        return file.read()


def peek(source, size=4096):
    """
    First bytes of a file, for the isFormat functions: never raises.

    :param source: anything; the position of a file-like object does not change.
    :param size: number of bytes.
    :return: bytes; empty where nothing can be read.
    """
    try:
        if hasattr(source, "read"):
            position = source.tell()
            try:
                content = source.read(size)
            finally:
                source.seek(position)
            return content if isinstance(content, bytes) else b""
        with open(os.fspath(source), "rb") as file:
            return file.read(size)
    except (OSError, ValueError, TypeError, AttributeError):
        return b""


def peek_lines(source, size=4096):
    """
    First lines of a file, upper case, for the isFormat functions: never raises.

    :return: list of str; empty for binary files.
    """
    content = _as_bytes(peek(source, size))
    if b"\x00" in content.rstrip(_END_MARKS):
        return []
    return re.split("\r?\r\n|\n|\r", content.decode("latin-1").upper().lstrip("\r\n"))


def _as_bytes(raw):
    """Content without the mark of its byte order; UTF-16, as editors save it, as UTF-8."""
    for mark, name in ((codecs.BOM_UTF16_LE, "utf-16-le"), (codecs.BOM_UTF16_BE, "utf-16-be")):
        if raw.startswith(mark):
            return raw[len(mark):].decode(name, errors="replace").encode()
    return raw.removeprefix(codecs.BOM_UTF8)


def _lines_with(upper, marks):
    """Start and end of the lines that contain one of the marks."""
    found = set()
    for mark in marks:
        at = upper.find(mark)
        while at >= 0:
            end = upper.find(b"\n", at)
            end = len(upper) if end < 0 else end
            found.add((upper.rfind(b"\n", 0, at) + 1, end))
            at = upper.find(mark, end)
    return found


def _decode(raw, encoding):
    try:
        return raw.decode("utf-8")
    except UnicodeDecodeError:
        return raw.decode(encoding)
