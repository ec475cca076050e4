"""Unknown stays unknown, for every format alike."""

import pytest
from obspy import UTCDateTime

from obspy_tng.io.common.component import Component
from obspy_tng.io.common.orientation import UP
from obspy_tng.io.common.unknown import known_text, never_set, settle

EMPTY = {"station_latitude": 0.0, "station_longitude": 0.0, "event_latitude": 0.0,
         "event_longitude": 0.0, "event_depth": 0.0, "magnitude": 0.0, "magnitude_type": "Ml",
         "distance": 0.0, "freqmin": 0.0, "freqmax": 0.0, "vs30": 0.0, "pga": 0.0,
         "station_elevation": 0.0, "station_name": "--", "event_name": "To be determined.",
         "origin_time": UTCDateTime(1980, 1, 1), "starttime": UTCDateTime(1980, 1, 1, 3, 12)}


def item(**fields):
    found = Component(100, 0.01, UP, "g", **fields)
    settle(found)
    return found


def test_zeros_are_blanks():
    found = item(**EMPTY)
    assert [getattr(found, name) for name in EMPTY] == [None] * len(EMPTY)


def test_facts_stay():
    facts = {"station_latitude": 0.0, "station_longitude": -78.5, "event_latitude": -0.3,
             "event_longitude": -80.1, "event_depth": 0.0, "magnitude": 5.1, "magnitude_type": "Mw",
             "distance": 181.0, "freqmin": 0.05, "pga": -1.2, "station_elevation": 0.0,
             "station_name": "Quito", "origin_time": UTCDateTime(1998, 8, 4, 18, 59, 20),
             "starttime": UTCDateTime(1998, 8, 4, 18, 59, 50)}
    found = item(**facts)
    assert {name: getattr(found, name) for name in facts} == facts
    assert found.doubts == []


@pytest.mark.parametrize(("time", "unset"), [
    (UTCDateTime(1980, 1, 1), True), (UTCDateTime(1980, 1, 1, 16, 42), True),
    (UTCDateTime(1970, 1, 1, 0, 3), True), (UTCDateTime(1980, 1, 6), True),
    (UTCDateTime(2000, 1, 1), True), (UTCDateTime(2000, 1, 1, 4, 5), False),
    (UTCDateTime(1994, 1, 17, 12, 30, 55), False), (None, False)])
def test_clocks(time, unset):
    assert never_set(time) is unset


def test_an_earthquake_on_the_first_of_january_1980():
    """The Azores, M 6.9, 16:42: a start of that day is then a fact."""
    found = item(origin_time=UTCDateTime(1980, 1, 1, 16, 42, 40), event_latitude=38.8,
                 event_longitude=-27.8, starttime=UTCDateTime(1980, 1, 1, 16, 42, 50))
    assert found.starttime == UTCDateTime(1980, 1, 1, 16, 42, 50)
    assert found.origin_time is not None


@pytest.mark.parametrize("text", ["", "  ", "Unknown", "Site location unknown", "UNKNOWN EVENT",
                                  "To be determined.", "None", "n/a", "---", "0", "00", "?"])
def test_names_that_say_nothing(text):
    assert known_text(text) is None


def test_names_that_say_something():
    for text in ("Unknown Valley Ranch", "None Street 5", "Ca\u00f1on", "0921", "N"):
        assert known_text(f" {text} ") == text


@pytest.mark.parametrize(("wrong", "home"), [
    ({"station_longitude": 99.1}, "NW"), ({"event_longitude": 98.7}, "NW"),
    ({"station_latitude": -19.4}, "NW"), ({"event_longitude": 98.7}, ""),
    ({"station_longitude": 99.1, "event_longitude": -98.7}, "NW")])
def test_a_hemisphere_that_contradicts_the_others(wrong, home):
    right = {"station_latitude": 19.4, "station_longitude": -99.1, "event_latitude": 18.3,
             "event_longitude": -98.7}
    found = item(**{**right, **wrong}, hemispheres=home)
    assert {name: getattr(found, name) for name in right} == right
    assert len(found.doubts) == 1


def test_far_earthquakes_stay_far():
    places = {"station_latitude": 19.4, "station_longitude": -99.1, "event_latitude": 38.3,
              "event_longitude": 142.4}
    found = item(**places, hemispheres="NW")
    assert {name: getattr(found, name) for name in places} == places


def test_a_clock_that_was_never_set_in_local_time():
    """1980-01-01 00:00 in China or California, brought to UTC."""
    for time in (UTCDateTime(1979, 12, 31, 16), UTCDateTime(1980, 1, 1, 8, 0, 12),
                 UTCDateTime(1980, 1, 2, 5)):
        assert item(starttime=time, origin_time=UTCDateTime(2012, 1, 3)).starttime is None
        assert item(starttime=time, origin_time=time - 20, event_latitude=30.0,
                    event_longitude=100.0).starttime == time


def test_one_blank_coordinate_leaves_an_impossible_distance():
    taiwan = {"station_latitude": 22.4, "station_longitude": 0.0, "event_latitude": 24.1,
              "event_longitude": 121.7, "hemispheres": "NE"}
    found = item(**taiwan)
    assert (found.station_latitude, found.station_longitude) == (None, None)
    assert (found.event_latitude, found.event_longitude) == (24.1, 121.7)
    assert "not known" in found.doubts[0]


def test_a_station_alone_is_where_its_network_is():
    """A station of California at 40.9 S, before its earthquake was located."""
    place = {"station_latitude": -40.941, "station_longitude": -123.633, "hemispheres": "NW"}
    found = item(**place)
    assert (found.station_latitude, found.station_longitude) == (40.941, -123.633)
    assert found.doubts == [
        "station_latitude is -40.941 in the file; 40.941 is where the network is"]
    assert item(**place, all_there=False).station_latitude == -40.941  # networks with islands


def test_a_stated_distance_shows_a_wrong_letter():
    """172.8 W and 173.0 E are 1100 km apart; the header says 25."""
    found = item(station_latitude=-42.523, station_longitude=-172.831, event_latitude=-42.692,
                 event_longitude=173.022, distance=25.0, hemispheres="SE", all_there=False)
    assert found.station_longitude == 172.831
    islands = item(station_latitude=-29.24, station_longitude=-177.93, event_latitude=-29.9,
                   event_longitude=-178.1, distance=75.0, hemispheres="SE", all_there=False)
    assert (islands.station_longitude, islands.doubts) == (-177.93, [])


def test_values_that_no_place_has():
    found = item(station_latitude=1.0, station_longitude=2.0, station_elevation=-9999.0,
                 event_latitude=1.0, event_longitude=2.5, event_depth=999.0, magnitude=5.0)
    assert (found.station_elevation, found.event_depth) == (None, None)
