"""Headers of generated records, as ObsPy writes and reads them."""

import io

import numpy as np
import obspy
import pytest
from obspy import UTCDateTime

from obspy_tng.records.folder import read_record, write_record
from obspy_tng.records.info import record_info
from obspy_tng.records.synthetic import synthetic_record

TNG = {"magnitude": 6.5, "distance": 40.0, "depth": 12.0, "station_latitude": 19.4356,
       "station_longitude": -99.1401, "station_elevation": 2232.0, "model": "0123456789abcdef",
       "seed": 5, "realization": 2}


@pytest.mark.filterwarnings("error")
@pytest.mark.parametrize("through_a_folder", [False, True])
def test_sac_keeps_station_and_scenario(tmp_path, through_a_folder):
    record = synthetic_record(np.random.default_rng(0).normal(size=(3, 500)), 100.0, "XR.AL01",
                              UTCDateTime(2017, 9, 19, 18, 14, 40, 125000), TNG)
    if through_a_folder:
        record = read_record(write_record(record, tmp_path))
    for tr in record:
        file = io.BytesIO()
        tr.write(file, format="SAC")
        file.seek(0)
        back, = obspy.read(file, format="SAC")
        assert back.id == tr.id
        assert back.stats.starttime == tr.stats.starttime
        np.testing.assert_array_equal(back.data, tr.data)
        sac = back.stats.sac
        assert [sac.stla, sac.stlo, sac.stel] == pytest.approx([19.4356, -99.1401, 2232.0])
        assert [sac.mag, sac.dist, sac.evdp, sac.user0, sac.user1] == [6.5, 40.0, 12.0, 2.0, 5.0]
        assert sac.kevnm.strip() == "SYNTHETIC"
        assert sac.kuser1.strip() + sac.kuser2.strip() == TNG["model"]
        assert record_info([back])["source"] == "generated"


def test_the_scenario_that_was_drawn():
    """Where no magnitude was asked for."""
    record = synthetic_record(np.ones((3, 500)), 100.0, "XR.AL01", tng={
        **TNG, "magnitude": None, "distance": None, "drawn_magnitude": 5.5, "drawn_distance": 80.0,
        "depth": float("nan")})
    sac = record[0].stats.sac
    assert (sac.mag, sac.dist) == (5.5, 80.0)
    assert "evdp" not in sac
    for fmt in ("AT2", "DYNA"):
        file = io.BytesIO()
        record[:1].write(file, format=fmt)
        file.seek(0)
        back = obspy.read(file)[0].stats[fmt.lower()]
        assert (back.magnitude, back.distance, back.event_depth) == (5.5, 80.0, None)


def test_a_trimmed_record_keeps_its_time():
    record = synthetic_record(np.ones((3, 500)), 100.0, "XR.AL01", tng=TNG)
    part = record.slice(record[0].stats.starttime + 2)
    file = io.BytesIO()
    part[0].write(file, format="SAC")
    file.seek(0)
    assert obspy.read(file)[0].stats.starttime == part[0].stats.starttime
