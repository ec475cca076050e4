"""
Writing one component a file
============================
"""

from pathlib import Path

import numpy as np

from ...exceptions import TNGInputError
from ...records.info import source_of
from ...records.record import UNITS


def acceleration(tr, fmt):
    """
    Samples of a trace, checked to be acceleration.

    :param tr: Trace.
    :param fmt: format name, for the message.
    :return: float64 array, m/s^2.
    :raises TNGInputError: if the trace says that it is in other units, is empty or has gaps.
    """
    stated = [value.get("units") for value in tr.stats.values() if hasattr(value, "get")]
    wrong = [unit for unit in stated if unit not in (None, UNITS)]
    if wrong:
        raise TNGInputError(f"{fmt}: {tr.id} is in {wrong[0]!r}, must be in {UNITS!r}")
    if np.ma.isMaskedArray(tr.data) or not tr.stats.npts or not np.isfinite(tr.data).all():
        raise TNGInputError(f"{fmt}: {tr.id} is empty or has gaps or samples that are not finite")
    return np.asarray(tr.data, dtype=np.float64)


def provenance(tr):
    """
    What a header must say of a generated record.

    :param tr: Trace.
    :return: str that begins with SYNTHETIC; empty for any other record.
    """
    if source_of([tr]) != "generated":
        return ""
    tng = tr.stats.get("tng", {})
    model = "_".join(str(tng.get("model") or tng.get("generator") or "UNKNOWN").split())
    return (f"SYNTHETIC RECORD OF OBSPY_TNG MODEL={model} SEED={tng.get('seed', 'UNKNOWN')} "
            f"REALIZATION={tng.get('realization', 'UNKNOWN')}")


def write_each(stream, filename, to_text, fmt):
    """
    Write each trace into a separate file.

    :param stream: Stream.
    :param filename: file name, Path, or (one trace) binary file-like object.
    :param to_text: function Trace -> str.
    :param fmt: format name, for messages.
    :raises TNGInputError: on several traces for one file-like object, or two of the
        same channel.
    """
    texts = [to_text(tr) for tr in stream]  # all checked before any is written
    if hasattr(filename, "write"):
        if len(texts) != 1:
            raise TNGInputError(f"{fmt}: filename is a file-like object, which takes one trace, "
                                f"got {len(texts)}")
        filename.write(texts[0].encode("utf-8"))
        return
    path = Path(filename)
    names = [path]
    if len(texts) > 1:
        names = [path.with_name(f"{path.stem}.{tr.stats.channel}{path.suffix}") for tr in stream]
    if len(set(names)) < len(texts):
        raise TNGInputError(f"{fmt}: several traces have the same channel code "
                            f"({[tr.id for tr in stream]}); write one record at a time")
    for name, content in zip(names, texts, strict=True):
        name.write_bytes(content.encode("utf-8"))
