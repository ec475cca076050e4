"""
Readers of agency files: MB of text a second, on one core.

Each format's largest real file (outside the repository) is read whole, header and all. Beside it is
how fast NumPy and ``float()`` turn the words of its data into numbers, which a reader cannot do
without one or the other.
"""

import io
import re
from importlib import import_module

import numpy as np
import pytest

FOLDERS = {"asa_cires": "asa", "asa_unam": "asa", "nsmn": "nsmn", "cosmos": "cosmos",
           "csmip": "csmip", "dyna": "dyna", "geonet": "geonet", "smc": "smc", "cwa": "cwa",
           "csmnc": "csmnc", "bhrc": "bhrc", "esd": "esd", "usc": "usc", "renadic": "csmip"}
WORD = re.compile(rb"(?<![\w.])[+-]?\d*\.\d+(?:[ED][+-]?\d+)?")


@pytest.mark.parametrize("folder", FOLDERS)
def test_reader(folder, compare, formats):
    path = max((formats / folder).iterdir(), key=lambda p: p.stat().st_size)
    raw = path.read_bytes()
    read = getattr(import_module(f"obspy_tng.io.{FOLDERS[folder]}"), f"read_{FOLDERS[folder]}")
    words = WORD.findall(raw)
    best = compare(f"{folder} {len(raw) / 1e6:.2f} MB", lambda: read(io.BytesIO(raw), strict=False),
                   float_of_words=lambda: np.array(list(map(float, words))),
                   numpy_of_words=lambda: np.array(words).astype(float))
    print(f"{folder}: {len(raw) / 1e6 / best['ours']:.0f} MB/s")
    assert sum(tr.stats.npts for tr in read(io.BytesIO(raw), strict=False)) > 0
