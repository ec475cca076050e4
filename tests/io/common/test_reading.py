"""From text to Components: counts, cuts, and records that cannot be read beside good ones."""

import io

import numpy as np
import pytest

from obspy_tng.exceptions import TNGInputError, TNGWarning
from obspy_tng.io.common.component import Component
from obspy_tng.io.common.orientation import parse_direction
from obspy_tng.io.common.reading import Record, TextFormat, claims, read_text
from obspy_tng.io.common.textfile import TextFile


def parse(record):
    """One line of a count, then samples in g."""
    npts = int(record.lines[0].split()[1])
    return [Component(npts=npts, delta=0.01, direction=parse_direction("N"), unit="g", station="A",
                      network="XX", data=record.block(1, npts))]


MADE_UP = TextFormat("MADEUP", lambda lines: lines[0].startswith("POINTS"), parse)
TEXT = b"POINTS 4\n 1.0 2.0\n 3.0 4.0\n"


def test_a_stream():
    tr, = read_text(io.BytesIO(TEXT), MADE_UP)
    np.testing.assert_allclose(tr.data, 9.80665 * np.arange(1, 5))
    assert tr.id == "XX.A..HNN"
    assert tr.stats.tng.units == "m/s^2"
    head, = read_text(io.BytesIO(TEXT), MADE_UP, headonly=True)
    assert head.stats.npts == 4
    assert len(head.data) == 0
    other, = read_text(io.BytesIO(TEXT), MADE_UP, network="YY")
    assert other.stats.network == "YY"


def test_a_truncated_file():
    cut = io.BytesIO(TEXT[:-8])
    with pytest.raises(TNGInputError, match="MADEUP"):
        read_text(cut, MADE_UP)
    cut.seek(0)
    with pytest.warns(TNGWarning):
        tr, = read_text(cut, MADE_UP, strict=False)
    np.testing.assert_allclose(tr.data, 9.80665 * np.arange(1, 3))


def test_claims_never_raises(tmp_path):
    assert claims(io.BytesIO(TEXT), MADE_UP)
    for source in (io.BytesIO(b""), io.BytesIO(b"\xff\x00"), tmp_path, "nowhere", None):
        assert not claims(source, MADE_UP)


def test_spectra_give_nothing():
    spectra = MADE_UP._replace(spectra=lambda lines: "SPECTRA" in lines[0])
    with pytest.warns(TNGWarning, match="holds spectra, not a time series"):
        assert len(read_text(io.BytesIO(b"POINTS 4 SPECTRA\n"), spectra)) == 0


def test_a_row_that_was_cut_is_dropped():
    text, = TextFile(io.BytesIO(b"HEAD\n 1.0 2.0\n 3.0 4.0\n 5.0")).records()
    record = Record(text, headonly=False, strict=True)
    np.testing.assert_array_equal(record.table(1, 2), [[1, 2], [3, 4]])
