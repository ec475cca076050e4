"""
Reading of possibly damaged MATLAB 5 files
==========================================

``scipy.io.loadmat`` trusts the sizes in a file: damaged files make it allocate huge
arrays, or crash the interpreter (SciPy 1.17). This decoder uses no more memory than
the unpacked file, and decodes the kinds of arrays that records need. It also decodes
``datetime`` values, which MATLAB saves as objects and SciPy does not decode. The tests
compare it with SciPy.
"""

import struct
import zlib
from typing import NamedTuple

import numpy as np

from ...exceptions import TNGInputError

# Unpacked size at which a file is refused; records take about 1 MB.
MAX_BYTES = 256 * 2 ** 20
_HEADER = 128
_MAX_DEPTH = 12
_MATRIX, _COMPRESSED = 14, 15
# data types (of elements) and classes (of arrays), from the MAT-file format document
_DTYPES = {1: "i1", 2: "u1", 3: "i2", 4: "u2", 5: "i4", 6: "u4", 7: "f4", 9: "f8", 12: "i8",
           13: "u8"}
_ENCODINGS = {1: "latin-1", 2: "latin-1", 4: "utf-16", 16: "utf-8", 17: "utf-16", 18: "utf-32"}
_CELL, _STRUCT, _CHAR, _OPAQUE = 1, 2, 4, 17
_NUMERIC = range(6, 16)
_COMPLEX = 0x800


class Opaque(NamedTuple):
    """An object: name of its class, and the numbers or cells that stand for it."""

    name: str
    value: object


def load_mat(raw):
    """
    Variables of a MATLAB 5 file.

    :param raw: bytes of the file.
    :return: dict name -> value: numeric arrays as ndarray, text as str, cells as list,
        structs as list of dict, objects as :class:`Opaque`, unknown classes as None.
    :raises TNGInputError: if the file is damaged, too large, or of another version.
    """
    if len(raw) < _HEADER + 8 or raw[:10] != b"MATLAB 5.0":
        raise TNGInputError("not a MATLAB 5 file (version 7.3 files must be saved with -v7)")
    order = {b"IM": "<", b"MI": ">"}.get(raw[126:128])
    if order is None:
        raise TNGInputError("MATLAB file: the mark of the byte order is broken")
    variables = {}
    for kind, content in _unpacked(raw[_HEADER:], order):
        if kind == _MATRIX:
            name, value = _matrix(content, order)
            variables.setdefault(name, value)
    return variables


def first_bytes(raw, size=1024):
    """
    Begin of the first element of a MATLAB 5 file, unpacked; never raises.

    :param raw: first bytes of the file.
    :param size: number of bytes.
    :return: bytes
    """
    body = raw[_HEADER:]
    if len(body) < 8 or raw[126:128] not in (b"IM", b"MI"):
        return b""
    kind, _ = struct.unpack_from("<II" if raw[126:128] == b"IM" else ">II", body)
    if kind != _COMPRESSED:
        return body[:size]
    try:
        return zlib.decompressobj().decompress(body[8:], size)
    except zlib.error:
        return b""


def decode_datetimes(variables):
    """
    Times of the ``datetime`` objects of a MATLAB file.

    :param variables: dict from :func:`load_mat`.
    :return: dict: number of the object -> seconds since 1970 (no time zone).
    """
    workspace = variables.get("")  # the table of objects is the variable without a name
    if not isinstance(workspace, np.ndarray) or workspace.dtype != np.uint8:
        return {}
    raw = workspace.tobytes(order="F")
    order = "<" if raw[2:4] == b"IM" else ">"
    try:
        _, table = next(_elements(raw[8:], order))
        cells = _matrix(table, order)[1][0]["MCOS"].value
        return _object_times([np.asarray(cell) for cell in cells if not isinstance(cell, list)])
    except (TNGInputError, KeyError, ValueError, IndexError, TypeError, AttributeError,
            StopIteration, struct.error):
        return {}  # the layout is not documented: without it, times are unknown


def _object_times(cells):
    """
    Property "data" (ms since 1970) of every object.

    The first cell is the table: at byte 4 the number of names, at 8 the ends
    of its regions; region 3 has six integers for each object (the fifth is
    its block of properties), region 4 the blocks: a count and then (name,
    kind, value) triples. Values are the cells from the third on.
    """
    table = cells[0].tobytes()
    count, *ends = struct.unpack_from("<7I", table, 4)
    names = table[40:ends[0]].split(b"\x00")[:count]
    objects = np.frombuffer(table[ends[2]:ends[3]], dtype="<u4").reshape(-1, 6)
    words = np.frombuffer(table[ends[3]:ends[4]], dtype="<u4")
    blocks, position = [], 0
    while position < len(words):
        size = 1 + 3 * int(words[position])
        blocks.append(words[position + 1:position + size].reshape(-1, 3))
        position += size + size % 2
    times = {}
    for number, row in enumerate(objects):
        for name, kind, value in blocks[row[4]] if row[4] < len(blocks) else ():
            data = np.ravel(cells[value + 2]) if kind == 1 and value + 2 < len(cells) else []
            if 0 < name <= len(names) and names[name - 1] == b"data" and len(data) == 1:
                times[number] = float(np.real(data[0])) / 1000.0
    return times


def _unpacked(body, order):
    """Type and content of the elements of a file, decompressed, up to MAX_BYTES."""
    left = MAX_BYTES
    for kind, content in _elements(body, order):
        inner = [(kind, content)]
        if kind == _COMPRESSED:
            try:
                content = zlib.decompressobj().decompress(content, left + 1)
            except zlib.error as error:
                raise TNGInputError(f"MATLAB file: damaged ({error})") from error
            inner = _elements(content, order)
        left -= len(content)
        if left < 0:
            raise TNGInputError(f"MATLAB file: larger than {MAX_BYTES} bytes when unpacked")
        yield from inner


def _elements(body, order):
    """Type and content of each data element; raises if one is longer than the rest."""
    position = 0
    while position + 8 <= len(body):
        kind, size = struct.unpack_from(order + "II", body, position)
        if kind >> 16:  # small element: type and size in one word, then 4 bytes
            start, kind, size = position + 4, kind & 0xFFFF, kind >> 16
            after = position + 8
        else:
            start = position + 8
            after = start + size + (0 if kind == _COMPRESSED else -size % 8)
        if start + size > min(after, len(body)):
            raise TNGInputError(f"MATLAB file: cut short or damaged, an element of {size} bytes "
                                f"where {len(body) - start} are left")
        yield kind, body[start:start + size]
        position = after


def _matrix(content, order, depth=0):
    """Name and value of an array."""
    parts = list(_elements(content, order))
    if not parts:
        return "", np.empty(0)
    if depth > _MAX_DEPTH or len(parts) < 3 or len(parts[0][1]) < 4:
        raise TNGInputError("MATLAB file: damaged, an array without flags, sizes and name")
    flags = struct.unpack_from(order + "I", parts[0][1])[0]
    kind = flags & 0xFF
    if kind == _OPAQUE:
        name, class_name = _text(parts[1], order), _text(parts[min(3, len(parts) - 1)], order)
        value = _matrix(parts[-1][1], order, depth + 1)[1] if parts[-1][0] == _MATRIX else None
        return name, Opaque(class_name, value)
    sizes = _numbers(parts[1], order).astype(np.int64)
    name, data = _text(parts[2], order), parts[3:]
    if (sizes < 0).any() or not 1 < len(sizes) < 9:
        raise TNGInputError(f"MATLAB file: damaged, sizes are {sizes.tolist()}")
    if kind == _CHAR:
        return name, _text(data[0], order) if data else ""
    if kind == _CELL:
        return name, [_matrix(part[1], order, depth + 1)[1] for part in data
                      if part[0] == _MATRIX]
    if kind == _STRUCT:
        return name, _structs(data, order, depth)
    if kind not in _NUMERIC or not data:
        return name, None
    values = _numbers(data[0], order)
    if flags & _COMPLEX and len(data) > 1 and len(data[0][1]) == len(data[1][1]):
        values = values + 1j * _numbers(data[1], order)
    if float(np.prod(sizes.astype(float))) != len(values):
        raise TNGInputError(f"MATLAB file: damaged, {len(values)} numbers for an array of "
                            f"{sizes.tolist()}")
    return name, values.reshape(sizes, order="F")


def _structs(parts, order, depth):
    """Entries of a struct array, as dicts."""
    if len(parts) < 2 or not parts[1][1]:
        return []
    width, text = _numbers(parts[0], order), parts[1][1]
    if len(width) != 1 or not 0 < width[0] <= 64:
        raise TNGInputError("MATLAB file: damaged, a struct without field names")
    width = int(width[0])
    fields = [text[i:i + width].split(b"\x00")[0].decode("latin-1")
              for i in range(0, len(text), width)]
    values = [_matrix(part[1], order, depth + 1)[1] for part in parts[2:] if part[0] == _MATRIX]
    return [dict(zip(fields, values[i:i + len(fields)], strict=False))
            for i in range(0, len(values), len(fields))]


def _numbers(part, order):
    dtype = _DTYPES.get(part[0])
    if dtype is None:
        raise TNGInputError(f"MATLAB file: damaged, numbers of type {part[0]}")
    size = np.dtype(dtype).itemsize
    return np.frombuffer(part[1][:len(part[1]) // size * size], dtype=order + dtype)


def _text(part, order):
    encoding = _ENCODINGS.get(part[0])
    if encoding is None:
        raise TNGInputError(f"MATLAB file: damaged, text of type {part[0]}")
    if encoding in ("utf-16", "utf-32"):
        encoding += "-le" if order == "<" else "-be"
    return part[1].decode(encoding, errors="replace")
