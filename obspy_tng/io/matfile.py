"""
Reading MATLAB files that cannot be trusted
===========================================

SciPy reads MATLAB 5 files, but takes the sizes written in them at their word.
Here the elements are unpacked and walked first, so that a damaged file raises
instead of filling the memory; SciPy then gets the unpacked, checked bytes.
MATLAB ``datetime`` values are objects, which SciPy leaves undecoded: they are
looked up in the file's table of objects.
"""

import io
import struct
import zlib

import numpy as np

from ..exceptions import TNGInputError

# Unpacked size at which a file is refused; records take about 1 MB.
MAX_BYTES = 256 * 2 ** 20
_HEADER = 128
_MATRIX, _COMPRESSED = 14, 15
_CELL, _STRUCT, _OBJECT, _CHAR, _SPARSE, _OPAQUE = 1, 2, 3, 4, 5, 17
_MAX_DEPTH = 12


def load_mat(raw):
    """
    Variables of a MATLAB 5 file, after a check of every size in it.

    :param raw: bytes of the file.
    :return: dict as of :func:`scipy.io.loadmat`.
    :raises TNGInputError: if the file is damaged, too large, or of another version.
    """
    from scipy.io import loadmat  # here: slow to import, and isFormat does without

    if len(raw) < _HEADER + 8 or raw[:10] != b"MATLAB 5.0":
        raise TNGInputError("not a MATLAB 5 file (version 7.3 files must be saved with -v7)")
    order = {b"IM": "<", b"MI": ">"}.get(raw[126:128])
    if order is None:
        raise TNGInputError("MATLAB file: the mark of the byte order is broken")
    checked = raw[:_HEADER] + b"".join(_unpack(raw[_HEADER:], order))
    try:
        return loadmat(io.BytesIO(checked))
    except (ValueError, TypeError, KeyError, IndexError, OSError, OverflowError,
            NotImplementedError, AttributeError) as error:
        raise TNGInputError(f"MATLAB file: damaged ({error})") from error


def first_bytes(raw, size=2048):
    """
    Begin of the first element of a MATLAB 5 file, unpacked; never raises.

    :param raw: first bytes of the file.
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
    Times in the table of objects of a MATLAB file.

    :param variables: dict from :func:`load_mat`.
    :return: dict: number of the object -> seconds since 1970 (no time zone).
    """
    workspace = variables.get("__function_workspace__")
    if not isinstance(workspace, np.ndarray) or workspace.dtype != np.uint8:
        return {}
    raw = workspace.tobytes()
    head = b"MATLAB 5.0 MAT-file".ljust(124) + raw[:4]
    order = "<" if raw[2:4] == b"IM" else ">"
    try:
        # a file in the file; the second of its unnamed elements would hide the first
        _, _, table = next(_elements(raw[8:], order))
        inner = load_mat(head + table)["__function_workspace__"]["MCOS"].item()
        return _object_times([np.asarray(cell) for cell in np.ravel(inner["arr"].item())])
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


def _unpack(body, order):
    """The elements of a file, decompressed and checked."""
    left = MAX_BYTES
    for kind, content, whole in _elements(body, order):
        if kind == _COMPRESSED:
            try:
                whole = zlib.decompressobj().decompress(content, left + 1)
            except zlib.error as error:
                raise TNGInputError(f"MATLAB file: damaged ({error})") from error
            inner = list(_elements(whole, order))
        else:
            inner = [(kind, content, whole)]
        left -= len(whole)
        if left < 0:
            raise TNGInputError(f"MATLAB file: larger than {MAX_BYTES} bytes when unpacked")
        for inner_kind, inner_content, _ in inner:
            if inner_kind == _MATRIX:
                _check_matrix(inner_content, order, 0)
        yield whole


def _elements(body, order):
    """Type, content and bytes of each data element; raises if one is longer than the rest."""
    position = 0
    while position + 8 <= len(body):
        kind, size = struct.unpack_from(order + "II", body, position)
        if kind >> 16:  # small element: type and size in one word, then 4 bytes
            start, kind, size = position + 4, kind & 0xFFFF, kind >> 16
            end = after = position + 8
            end = start + size
        else:
            start = position + 8
            end = start + size
            after = end if kind == _COMPRESSED else end + -size % 8
        if end > min(after, len(body)):
            raise TNGInputError(f"MATLAB file: cut short or damaged at byte {position}: an "
                                f"element of {size} bytes where {len(body) - start} are left")
        yield kind, body[start:end], body[position:after]
        position = after


def _check_matrix(content, order, depth):
    """Raise if an array claims more entries than its bytes can hold."""
    if depth > _MAX_DEPTH:
        raise TNGInputError("MATLAB file: arrays are nested too deeply")
    elements = list(_elements(content, order))
    if not elements:
        return
    if len(elements) < 2 or len(elements[0][1]) < 8:
        raise TNGInputError("MATLAB file: an array without flags and dimensions")
    kind = struct.unpack_from(order + "I", elements[0][1])[0] & 0xFF
    if kind == _SPARSE:
        raise TNGInputError("MATLAB file: sparse arrays are not read")
    if kind != _OPAQUE:
        sizes = np.frombuffer(elements[1][1][:len(elements[1][1]) // 4 * 4], dtype=order + "i4")
        total = np.prod([float(size) for size in sizes])
        if not len(sizes) or len(sizes) > 8 or (sizes < 0).any() or total > len(content):
            raise TNGInputError(f"MATLAB file: an array of {sizes.tolist()} in "
                                f"{len(content)} bytes")
    for inner_kind, inner_content, _ in elements[1:]:
        if inner_kind == _MATRIX:
            _check_matrix(inner_content, order, depth + 1)
