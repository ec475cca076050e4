"""One of several sensors of a station: by depth, epochs, location code."""

import pytest
from obspy import UTCDateTime
from obspy.core.inventory import Channel

from obspy_tng.archive.sensors import choose_sensors, places_of, sensor_of

from ..records.made_up import recording, shaking


def channel(location="", depth=0.0, code="HNZ", start=None, end=None, rate=100.0):
    return Channel(code, location, 19.0, -99.0, 0.0, depth, sample_rate=rate,
                   start_date=None if start is None else UTCDateTime(start, 1, 1),
                   end_date=None if end is None else UTCDateTime(end, 1, 1))


def sensor(location="", codes=("HNZ", "HNN", "HNE")):
    return recording(shaking(npts=100), location=location, codes=codes)


@pytest.mark.parametrize(("channels", "used"), [
    ([channel("00", 100.0), channel("10", 0.0)], ("10",)),           # borehole and surface
    ([channel("00", -30.0), channel("10", 0.5)], ("10",)),           # roof and ground floor
    ([channel("00", start=2010), channel("10", start=2000)], ("10",)),   # longer epochs
    ([channel("00", start=2000, end=2010), channel("10", start=2010)], ("00", "10")),
    ([channel("10"), channel("00")], ("00",))])
def test_the_sensor_at_the_surface(channels, used):
    chosen = choose_sensors(channels)
    assert chosen.locations == used
    assert chosen.others == (len(used) < 2)
    for location in ("00", "10"):
        assert chosen.uses(sensor(location)) == (location in used)


def test_a_single_sensor_is_used_whatever_its_code():
    chosen = choose_sensors([channel("00")])
    assert chosen.locations is None
    assert not chosen.others
    assert chosen.uses(sensor("99"))


def test_asked_for():
    chosen = choose_sensors([channel("00"), channel("10", 100.0)], wanted="1?")
    assert chosen.locations == ("10",)
    assert "location '10' (100 m deep)" in chosen.text
    assert choose_sensors([], wanted="7?").locations == ("7?",)


def test_boreholes_of_kiknet():
    surface, borehole = sensor(codes=("UD2", "NS2", "EW2")), sensor(codes=("UD1", "NS1", "EW1"))
    chosen = choose_sensors([])
    assert chosen.uses(surface)
    assert not chosen.uses(borehole)
    assert choose_sensors([], surface=False).uses(borehole)
    assert choose_sensors([], present={"01", "02"}).locations == ("02",)


def test_sensors_of_one_location_code_at_two_depths():
    chosen = choose_sensors([channel(code="HNZ"), channel(code="HLZ", depth=50.0)])
    assert chosen.uses(sensor())
    assert not chosen.uses(sensor(codes=("HLZ", "HLN", "HLE")))
    assert chosen.others


def test_order_of_sensors():
    """Strong motion first, then the highest sampling rate."""
    chosen = choose_sensors([channel(code="HNZ", rate=100.0), channel(code="HHZ", rate=100.0),
                             channel(code="ENZ", rate=200.0)])
    recordings = [sensor(codes=tuple(band + c for c in "ZNE")) for band in ("HH", "HN", "EN")]
    assert [sensor_of(r)[1] for r in sorted(recordings, key=chosen.rank)] == ["EN", "HN", "HH"]


def test_places():
    place, = places_of([channel(start=2000)])
    assert (place.latitude, place.longitude) == (19.0, -99.0)
