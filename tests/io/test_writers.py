"""Writing AT2 and DYNA, read back by our readers and by a plain parser."""

import io

import numpy as np
import obspy
import pytest
from obspy import Stream, UTCDateTime

from obspy_tng.exceptions import TNGInputError
from obspy_tng.records.synthetic import synthetic_record

from .agency_samples import G, asa, dyna


@pytest.fixture
def record():
    data = np.random.default_rng(0).normal(0, 0.3, (3, 1001))
    return synthetic_record(data, 100.0, "XR.AL01", UTCDateTime(2017, 9, 19, 18, 14, 40, 125000),
                            {"event_id": "us2000ar20", "magnitude": 7.1, "distance": 131.7})


@pytest.mark.parametrize(("fmt", "tolerance"), [("AT2", 1e-6), ("DYNA", 1e-8)])
def test_round_trip(fmt, tolerance, record, tmp_path):
    before = record.copy()
    record.write(tmp_path / "rec.out", format=fmt)
    assert record == before
    names = sorted(path.name for path in tmp_path.iterdir())
    assert names == ["rec.HXE.out", "rec.HXN.out", "rec.HXZ.out"]
    for tr in record:
        back = obspy.read(tmp_path / f"rec.{tr.stats.channel}.out")
        assert len(back) == 1
        assert back[0].id == tr.id
        assert back[0].stats.starttime == tr.stats.starttime
        assert back[0].stats.sampling_rate == tr.stats.sampling_rate
        np.testing.assert_allclose(back[0].data, tr.data, rtol=1e-6, atol=tolerance)


@pytest.mark.parametrize("fmt", ["AT2", "DYNA"])
def test_generated_records_say_so(fmt, record):
    """In the header for who reads it by eye, and in stats.tng for what reads it with us."""
    for tr in record:
        tr.stats.tng.update({"model": "0123abcd", "seed": 5, "realization": 2, "depth": 51.0,
                             "station_latitude": 19.4356, "station_longitude": -99.1401,
                             "station_elevation": 2232.0})
    file = io.BytesIO()
    record[:1].write(file, format=fmt)
    text = file.getvalue().decode()
    assert "SYNTHETIC" in text.splitlines()[0]
    assert "MODEL=0123abcd SEED=5 REALIZATION=2" in text
    file.seek(0)
    back = obspy.read(file)[0].stats
    meta = back[fmt.lower()]
    assert (meta.magnitude, meta.distance, meta.event_depth) == (7.1, 131.7, 51.0)
    assert (meta.station_latitude, meta.station_longitude) == (19.4356, -99.1401)
    assert "SEED=5" in meta.processing
    assert back.tng.source == "generated"
    recorded = record[:1].copy()
    recorded[0].stats.update({"location": "", "channel": "HNZ"})
    recorded[0].stats.tng.source = "recorded"
    file = io.BytesIO()
    recorded.write(file, format=fmt)
    assert "SYNTHETIC" not in file.getvalue().decode()
    file.seek(0)
    assert obspy.read(file)[0].stats.tng.source == "recorded"


@pytest.mark.parametrize("fmt", ["AT2", "DYNA"])
@pytest.mark.parametrize(("start", "known"), [("2000-01-01", True), ("1970-01-01", False),
                                              ("2017-01-01T00:00:00", True)])
def test_starts_at_midnight(fmt, start, known, record):
    """Generated records begin at a New Year's midnight; a start that was not known stays so."""
    record[0].stats.starttime = UTCDateTime(start)
    file = io.BytesIO()
    record[:1].write(file, format=fmt)
    file.seek(0)
    back = obspy.read(file)[0]
    assert back.stats.starttime == UTCDateTime(start)
    assert back.stats[fmt.lower()].starttime_known is known


def test_at2_as_opensees_reads_it(record):
    """Count and interval on the fourth line, then numbers only."""
    file = io.BytesIO()
    Stream([record[0]]).write(file, format="AT2")
    lines = file.getvalue().decode("ascii").split("\n")
    words = lines[3].replace(",", " ").split()
    assert (words[0], int(words[1]), words[2], float(words[3])) == ("NPTS=", 1001, "DT=", 0.01)
    values = [float(word) for line in lines[4:] for word in line.split()]
    np.testing.assert_allclose(np.array(values) * G, record[0].data, rtol=1e-6)


def test_dyna_keeps_the_header():
    file = io.BytesIO()
    source = obspy.read(io.BytesIO(dyna().raw))
    source.write(file, format="DYNA")
    lines = file.getvalue().decode().split("\n")
    assert lines[0] == "EVENT_NAME: PUEBLA"
    assert lines[63] == "USER5: "
    float(lines[64])
    file.seek(0)
    back = obspy.read(file)[0].stats.dyna
    for key in ("event_id", "magnitude", "station_latitude", "vs30", "freqmin", "origin_time",
                "event_depth", "distance", "station_name", "pga"):
        assert back[key] == source[0].stats.dyna[key], key
    file = io.BytesIO()
    obspy.read(io.BytesIO(asa().raw))[:1].write(file, format="DYNA")  # from another format
    file.seek(0)
    assert obspy.read(file)[0].stats.dyna.station_latitude == 19.4356


def test_refuses_what_is_not_acceleration(record, tmp_path):
    record[1].stats.tng.units = "counts"
    with pytest.raises(TNGInputError, match="'counts'"):
        record.write(tmp_path / "x.AT2", format="AT2")
    assert not list(tmp_path.iterdir())
    with pytest.raises(TNGInputError, match="one trace, got 2"):
        record[::2].write(io.BytesIO(), format="DYNA")
    twice = Stream([record[0], record[0]])
    with pytest.raises(TNGInputError, match="same channel code"):
        twice.write(tmp_path / "x.AT2", format="AT2")
    record[0].data[5] = np.nan
    with pytest.raises(TNGInputError, match="not finite"):
        record[:1].write(tmp_path / "x.AT2", format="AT2")
