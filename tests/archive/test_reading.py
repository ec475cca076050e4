"""Files of an archive: fast reading is obspy.read, and continuous data are told apart."""

import numpy as np
import pytest
from obspy import read

from obspy_tng.archive.reading import (
    LONGEST_RECORDING,
    continuous_spans,
    header_spans,
    is_mseed,
    read_file,
    spans_in,
)

from ..records.made_up import START, recording, shaking


@pytest.fixture
def path(tmp_path):
    stream = recording(1e5 * shaking(), dtype="int32")
    stream.write(str(tmp_path / "a.mseed"), format="MSEED")
    return str(tmp_path / "a.mseed")


@pytest.mark.parametrize("cut", [{}, {"starttime": START + 10.004}, {"endtime": START + 20},
                                 {"starttime": START + 10, "endtime": START + 20.006},
                                 {"starttime": START + 1000}])
def test_mseed_is_what_obspy_reads(path, cut):
    ours, theirs = read_file(path, "MSEED", **cut), read(path, format="MSEED", **cut)
    assert len(ours) == len(theirs)
    for a, b in zip(ours, theirs, strict=True):
        np.testing.assert_array_equal(a.data, b.data)
        assert a.stats == b.stats


def test_other_formats_and_files_just_begun(tmp_path, path):
    recording(shaking())[:1].write(str(tmp_path / "a.sac"), format="SAC")
    assert len(read_file(str(tmp_path / "a.sac"), "SAC")) == 1
    (tmp_path / "new.mseed").write_bytes(b"000001D ")
    assert len(read_file(str(tmp_path / "new.mseed"), "MSEED")) == 0
    assert is_mseed(path)
    assert not is_mseed(tmp_path / "a.sac")
    assert not is_mseed(tmp_path / "new.mseed")


def test_spans(path):
    stream = read(path)
    assert header_spans(path, "MSEED") == spans_in(stream)
    assert all(start == START for start, _ in spans_in(stream))


def test_continuous_data():
    """Pieces with gaps of seconds are one stretch; a recording of some minutes is none."""
    hour = [(START + 600 * k, START + 600 * (k + 1) - 5) for k in range(6)]
    found, = continuous_spans(hour[::-1])
    assert found == (START, START + 3595)
    assert continuous_spans(hour[:2]) == []
    assert continuous_spans([]) == []
    apart = [(START, START + LONGEST_RECORDING), (START + 86400, START + 86500)]
    assert continuous_spans(apart) == apart[:1]
