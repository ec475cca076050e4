"""Coordinates of a station in the header of a recording."""

import numpy as np
import pytest
from obspy import Trace, read_events
from obspy.core import AttribDict

from obspy_tng import prepare_record
from obspy_tng.records.places import channel_place, header_place, is_place, place_fields

from .made_up import inventory, recording, shaking

PLACE = (35.5, -117.4, 670.0)


@pytest.mark.parametrize("header", [
    {"tng": {"station_latitude": 35.5, "station_longitude": -117.4, "station_elevation": 670}},
    {"sac": {"stla": np.float32(35.5), "stlo": -117.4, "stel": 670.0, "evla": 1.0}},
    {"knet": {"stla": 35.5, "stlo": -117.4, "stel": 670.0}},
    {"coordinates": {"latitude": 35.5, "longitude": -117.4, "elevation": 670.0}},
    {"dyna": {"station_latitude": 35.5, "station_longitude": -117.4, "station_elevation": 670.0,
              "event_latitude": 1.0}}])
def test_header_of_any_format(header):
    assert header_place(Trace(header=header)) == PLACE


@pytest.mark.parametrize("header", [
    {}, {"sac": {"stla": 35.5}}, {"sac": {"stla": 0.0, "stlo": 0.0}},
    {"sac": {"stla": 95.0, "stlo": 1.0}},
    {"tng": {"station_latitude": np.nan, "station_longitude": 1.0}}, {"knet": None},
    {"sac": {"stla": "35.5", "stlo": "1"}}, {"origin": {"latitude": 1.0, "longitude": 2.0}}])
def test_no_place(header):
    assert header_place(Trace(header=header)) is None


def test_fields():
    assert place_fields(None) == {}
    assert place_fields(PLACE)["station_longitude"] == -117.4


def test_prepare_record_keeps_the_place_and_finds_the_distance():
    """Without an inventory, the distance to an event follows from the header's coordinates."""
    stream = recording(shaking())
    for tr in stream:
        tr.stats.coordinates = AttribDict(latitude=35.5, longitude=-117.4, elevation=670.0)
    event = read_events()[0]
    event.origins[0].latitude, event.origins[0].longitude = 36.5, -117.4
    event.preferred_origin_id = event.origins[0].resource_id
    tng = prepare_record(stream, units="m/s^2", event=event)[0].stats.tng
    assert (tng.station_latitude, tng.station_longitude, tng.station_elevation) == PLACE
    assert tng.distance == pytest.approx(110.96, abs=0.05)  # a degree of latitude, WGS84
    assert "tng" not in stream[0].stats


def test_an_inventory_that_does_not_know_where_the_station_is():
    made = inventory()
    for item in (*made[0], *made[0][0]):
        item.latitude = item.longitude = 0.0
    stream = recording(np.round(shaking() * 1e5), dtype="int32")
    tng = prepare_record(stream, made, event=read_events()[0])[0].stats.tng
    assert tng.distance is None
    assert "station_latitude" not in tng
    assert not is_place(None, 1.0)
    assert channel_place(inventory()[0][0][0]) == header_place(Trace(header={"coordinates": dict(
        latitude=19.4, longitude=-99.1, elevation=2200.0)}))
