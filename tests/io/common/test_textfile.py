"""Text files with any line ends and code pages, and where records begin in them."""

import io
import re

import pytest

from obspy_tng.exceptions import TNGInputError
from obspy_tng.io.common.textfile import MAX_LINE, TextFile, peek, read_bytes

TEXT = b"HEAD one\n 1 2 3\nHEAD two\n 4 5\n"


@pytest.mark.parametrize("end", [b"\n", b"\r\n", b"\r"])
def test_line_ends(end):
    record, = TextFile(io.BytesIO(TEXT.replace(b"\n", end))).records()
    assert record.lines == ["HEAD one", " 1 2 3", "HEAD two", " 4 5"]
    assert record.data(3) == b" 4 5\n"
    assert record.data(9) == b""


def test_records_of_a_file():
    first, second = TextFile(io.BytesIO(TEXT)).records((b"HEAD",), re.compile("HEAD"))
    assert first.lines == ["HEAD one", " 1 2 3"]
    assert second.lines == ["HEAD two", " 4 5"]
    assert first.complete
    alone, = TextFile(io.BytesIO(b" 1 2\n")).records((b"HEAD",), re.compile("HEAD"))
    assert alone.lines == [" 1 2"]


@pytest.mark.parametrize(("tail", "complete"), [(b"", False), (b"\n", True), (b" ", True),
                                                (b"\x1a", True)])
def test_ends(tail, complete):
    file = TextFile(io.BytesIO(b"1.25 2.5" + tail))
    assert file.complete == complete


def test_code_pages():
    name = "Düzce, Türkiye"
    for code in ("utf-8", "utf-8-sig", "latin-1"):
        record, = TextFile(io.BytesIO(name.encode(code))).records()
        assert record.lines == [name]


def test_long_lines_are_cut_and_missing_ones_are_said():
    record, = TextFile(io.BytesIO(b"x" * 5000 + b"\nend\n")).records()
    assert len(record.lines[0]) == MAX_LINE
    assert record.take(1, 1, "header") == ["end"]
    with pytest.raises(TNGInputError, match="ends inside the header: 3 lines are needed, 1 are"):
        record.take(1, 3, "the header")


def test_sources(tmp_path):
    path = tmp_path / "a.txt"
    path.write_bytes(TEXT)
    assert read_bytes(path) == read_bytes(str(path)) == read_bytes(io.BytesIO(TEXT)) == TEXT
    with pytest.raises(TypeError, match="binary mode"):
        read_bytes(io.StringIO("text"))
    with pytest.raises(TypeError):
        read_bytes(3)  # not a file descriptor


def test_peek_never_raises(tmp_path):
    file = io.BytesIO(TEXT)
    file.seek(5)
    assert peek(file, 3) == b"one"
    assert file.tell() == 5
    for source in (tmp_path / "none", tmp_path, 3, None, io.StringIO("text"), "a\0b"):
        assert peek(source) == b""
