"""A format is complete: plug-in, sample, and its row in the table."""

import re
from pathlib import Path

import pytest
from obspy.core.util.base import ENTRY_POINTS

import obspy_tng.io

from .agency_samples import SAMPLES

IO = Path(obspy_tng.io.__file__).parent
FORMATS = sorted(p.stem.upper() for p in IO.glob("*.py") if p.stem != "__init__")


@pytest.mark.parametrize("name", FORMATS)
def test_format_is_complete(name):
    assert name in ENTRY_POINTS["waveform"], "FORMATS of setup.py (then install again)"
    assert name in SAMPLES, "tests/io/agency_samples.py"
    assert re.search(rf"\b{name}\b", obspy_tng.io.__doc__), "table of io/__init__.py"
