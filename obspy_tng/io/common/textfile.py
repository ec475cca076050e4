"""
Opening agency files
====================

Agency files are text in UTF-8 or an 8-bit code page, with any line ends.
"""

import os
import re

from ...exceptions import TNGInputError

# Header lines are cut here: no format has longer ones, but damaged files do.
MAX_LINE = 1000


class TextFile:
    """
    Lines of a text file, taken one after the other.

    :param source: file name, Path, or binary file-like object (read from where it stands).
    :param encoding: code page of files that are not UTF-8.
    """

    def __init__(self, source, encoding="latin-1"):
        raw = read_bytes(source).removeprefix(b"\xef\xbb\xbf").rstrip(b"\x00\x1a")
        try:
            content = raw.decode("utf-8")
        except UnicodeDecodeError:
            content = raw.decode(encoding)
        #: whether the last line ends with a line end
        self.complete = content.endswith(("\n", "\r"))
        self.lines = re.split("\r\n|\n|\r", content)
        if self.lines and not self.lines[-1].strip():
            self.lines.pop()

    def records(self, is_start):
        """
        Cut the file at the lines where a record starts.

        :param is_start: function ``line -> bool``; of consecutive such lines
            the first counts.
        :return: list of lists of lines.
        """
        marks = [bool(is_start(line[:MAX_LINE])) for line in self.lines]
        starts = [i for i, mark in enumerate(marks) if mark and not (i and marks[i - 1])]
        return [self.lines[a:b] for a, b in zip(starts, [*starts[1:], None], strict=False)]


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

    :param source: anything; a file-like object is left where it was.
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
    content = peek(source, size).removeprefix(b"\xef\xbb\xbf")
    if b"\x00" in content:
        return []
    return re.split("\r\n|\n|\r", content.decode("latin-1").upper())


def take(lines, start, count, what):
    """
    Header lines ``lines[start:start + count]``, all of them.

    :raises TNGInputError: if the file ends before.
    """
    block = lines[start:start + count]
    if len(block) < count:
        raise TNGInputError(f"the file ends inside {what}: {count} lines are needed, "
                            f"{len(block)} are there")
    return [line[:MAX_LINE] for line in block]
