"""Pieces of one recording: joined where no sample is missing."""

import numpy as np
import pytest
from obspy import Stream, Trace, UTCDateTime

from obspy_tng.records.joining import join_pieces

START = UTCDateTime(2020, 1, 1, 23, 59, 0)
WHOLE = np.random.default_rng(0).integers(-1000, 1000, 12000)


def piece(first, last, shift=0.0, rate=100.0, dtype="int32", data=WHOLE):
    """Samples of the whole recording, with times ``shift`` s off."""
    return Trace(data[first:last].astype(dtype), {
        "network": "XX", "station": "S1", "channel": "HNZ", "sampling_rate": rate,
        "starttime": START + first / 100.0 + shift})


@pytest.mark.parametrize("shift", [0.0, 0.003, -0.003, 0.0049, -0.0049])
@pytest.mark.parametrize(("rate", "dtype"), [(100.0, "int32"), (99.99999, "int32"),
                                             (100.05, "int32"), (100.0, "float32"),
                                             (100.0, ">i4"), (99.9999, "float64")])
def test_what_lacks_no_sample(shift, rate, dtype):
    pieces = Stream([piece(6000, 12000, shift, rate, dtype), piece(0, 6000)])
    before = pieces.copy()
    joined, = join_pieces(pieces)
    np.testing.assert_array_equal(joined.data, WHOLE)
    assert joined.stats.starttime == START
    assert joined.stats.npts == 12000
    assert pieces == before


def test_many_days():
    """The clock's drift does not add up: each piece follows the one before."""
    pieces = Stream(piece(i, i + 1000, 0.004 * i / 1000) for i in range(0, 12000, 1000))
    joined, = join_pieces(pieces)
    np.testing.assert_array_equal(joined.data, WHOLE)


@pytest.mark.parametrize("missing", [1, 2, 500])
def test_a_gap_stays(missing):
    joined = join_pieces(Stream([piece(0, 6000), piece(6000 + missing, 12000)]))
    assert [tr.stats.npts for tr in joined] == [6000, 6000 - missing]


def test_overlaps():
    joined, = join_pieces(Stream([piece(0, 7000), piece(6000, 12000), piece(6500, 6600)]))
    np.testing.assert_array_equal(joined.data, WHOLE)
    other = WHOLE.copy()
    other[6500] += 1
    joined = join_pieces(Stream([piece(0, 7000), piece(6000, 12000, data=other)]))
    assert [tr.stats.npts for tr in joined] == [7000, 6000]


def test_overlaps_of_types_that_are_not_as_fine():
    """Counts above 2^24 are rounded as float32."""
    fine = (WHOLE * 1000.0).astype(np.int64) + 2 ** 26
    coarse = piece(6000, 12000, data=fine)
    coarse.data = coarse.data.astype(np.float32)
    joined, = join_pieces(Stream([piece(0, 7000, data=fine), coarse]))
    assert joined.stats.npts == 12000
    coarse.data[500] *= 1 + 1e-6
    assert len(join_pieces(Stream([piece(0, 7000, data=fine), coarse]))) == 2


def test_channels_and_calibs_stay_apart():
    traces = [piece(0, 6000), piece(6000, 12000), piece(6000, 12000)]
    traces[1].stats.channel = "HNN"
    traces[2].stats.calib = 2.0
    assert len(join_pieces(Stream(traces))) == 3


def test_masked_arrays_are_split():
    tr = piece(0, 12000)
    tr.data = np.ma.masked_array(tr.data, np.arange(12000) // 100 == 50)
    assert [t.stats.npts for t in join_pieces(Stream([tr]))] == [5000, 6900]
    tr.data = np.ma.masked_array(WHOLE, np.zeros(12000, bool))
    assert len(join_pieces(Stream([tr]))) == 1
