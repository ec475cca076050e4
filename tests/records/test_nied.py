"""K-NET and KiK-net: from ObsPy's reader to records."""

import io

import numpy as np
import obspy
import pytest
from obspy import Stream, Trace, UTCDateTime

from obspy_tng.archive.files import FileClient
from obspy_tng.exceptions import TNGInputError
from obspy_tng.records.nied import from_nied
from obspy_tng.records.prepare import prepare_record

from ..io.later_samples import knet


def event_stream(names=("NS", "EW", "UD"), station="AKT013"):
    """A burst 20 s after the start, as counts of a 24-bit recorder."""
    rng, time = np.random.default_rng(3), np.arange(12000) / 100
    stream = Stream()
    for name in names:
        shape = np.where(time > 20, (time - 20) / 3 * np.exp(1 - (time - 20) / 4), 0) + 0.002
        counts = np.round(rng.normal(size=12000) * shape * 40000).astype(np.int32)
        stream.append(Trace(counts, {"network": "BO", "station": station, "channel": name,
                                     "sampling_rate": 100.0, "calib": 3.8e-8,
                                     "starttime": UTCDateTime(2020, 1, 1)}))
        stream[-1].stats.knet = {"mag": 5.9, "evdp": 7.0, "evla": 38.92, "evlo": 140.63,
                                 "stla": 39.6, "stlo": 140.3,
                                 "evot": UTCDateTime(2019, 12, 31, 23, 59, 50)}
    return stream


def read_knet(**fields):
    raw = knet(**fields).raw
    return obspy.read(io.BytesIO(raw), format="KNET")


@pytest.mark.parametrize(("direction", "channel", "location"), [
    ("N-S", "HNN", ""), ("E-W", "HNE", ""), ("U-D", "HNZ", ""), ("1", "HNN", "01"),
    ("5", "HNE", "02"), ("6", "HNZ", "02")])
def test_names_units_and_earthquake(direction, channel, location):
    raw = read_knet(direction=direction)
    before = raw.copy()
    tr = from_nied(raw)[0]
    assert raw == before
    assert (tr.stats.channel, tr.stats.location, tr.stats.calib) == (channel, location, 1.0)
    np.testing.assert_allclose(tr.data, knet().data[0], rtol=1e-12)
    tng = tr.stats.tng
    assert (tng.units, tng.magnitude, tng.depth) == ("m/s^2", 5.9, 7.0)
    assert tng.distance == pytest.approx(81, abs=1)
    assert tng.event_id == "20170919T181440"  # Japanese time less 9 h


def test_other_streams_come_back_as_they_are():
    stream = obspy.read()
    assert from_nied(stream) is stream
    named = event_stream()
    for tr in named:
        del tr.stats.knet
    assert from_nied(named) is named


def test_record():
    record = prepare_record(event_stream(), sampling_rate=100.0, window=60.0)
    assert [tr.id for tr in record] == ["BO.AKT013..HNZ", "BO.AKT013..HNN", "BO.AKT013..HNE"]
    tng = record[0].stats.tng
    assert (tng.event_id, tng.magnitude, tng.units) == ("20191231T235950", 5.9, "m/s^2")
    assert 0.0005 < np.abs(record[1].data).max() < 0.02


def test_surface_and_borehole_are_two_sensors():
    surface = event_stream(("NS2", "EW2", "UD2"), "AKTH04")
    borehole = event_stream(("NS1", "EW1", "UD1"), "AKTH04")
    assert prepare_record(surface, sampling_rate=100.0)[0].id == "BO.AKTH04.02.HNZ"
    assert prepare_record(borehole, sampling_rate=100.0)[0].id == "BO.AKTH04.01.HNZ"
    with pytest.raises(TNGInputError, match="several sensors"):
        prepare_record(surface + borehole, sampling_rate=100.0)


def test_archive_of_files(tmp_path):
    for direction in ("N-S", "E-W", "U-D"):
        (tmp_path / f"AKT013.{direction}").write_bytes(knet(direction).raw)
    client = FileClient(tmp_path, "*", format="KNET")
    start = read_knet()[0].stats.starttime
    stream = client.get_waveforms("BO", "AKT013", "*", "HN?", start, start + 2)
    assert sorted(tr.id for tr in stream) == [f"BO.AKT013..HN{c}" for c in "ENZ"]


def test_long_codes_survive_the_writers(tmp_path):
    """AKT013 is longer than a SEED code; both formats that we write keep it."""
    record = prepare_record(event_stream(), sampling_rate=100.0, window=60.0)
    for fmt in ("AT2", "DYNA"):
        for tr in record:
            file = io.BytesIO()
            Stream([tr]).write(file, format=fmt)
            file.seek(0)
            assert obspy.read(file)[0].id == tr.id


def test_zeros_of_an_earthquake_are_blanks():
    tr = Trace(np.arange(4), {"network": "BO", "station": "AKT013", "channel": "UD"})
    tr.stats.knet = {"mag": 0.0, "evdp": 0.0, "evla": 0.0, "evlo": 0.0, "stla": 39.6, "stlo": 140.3}
    tng = from_nied(Stream([tr]))[0].stats.tng
    assert not {"magnitude", "depth", "distance"} & set(tng)
