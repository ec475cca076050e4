"""The azimuth of P by the records, against that of the catalog."""

import numpy as np
import pytest
from obspy import UTCDateTime
from obspy.core.event import Catalog, Event, Origin
from obspy.geodetics import gps2dist_azimuth

from obspy_tng.records.polarization import SensorTurn, p_azimuth, sensor_turns

from .made_up import recording

RATE, P, PLACE = 100.0, 1000, (19.4, -99.1)


def p_wave(azimuth, incidence=25.0, polarity=1, rng=None, noise=1e-3):
    """A pulse that comes from an azimuth, with noise of its own on each component."""
    a, i, t = np.radians(azimuth), np.radians(incidence), np.arange(80) / RATE
    axis = np.array([np.cos(i), -np.sin(i) * np.cos(a), -np.sin(i) * np.sin(a)])
    data = noise * (rng or np.random.default_rng(0)).standard_normal((3, 3000))
    data[:, P:P + 80] += polarity * np.outer(axis, np.sin(2 * np.pi * 4 * t) * np.exp(-4 * t))
    return data


@pytest.mark.parametrize("azimuth", [0.0, 45.0, 140.0, 200.0, 359.0])
@pytest.mark.parametrize("polarity", [1, -1])
def test_azimuth_of_p(azimuth, polarity):
    found = p_azimuth(p_wave(azimuth, polarity=polarity), RATE, P)
    assert abs((found - azimuth + 180) % 360 - 180) < 3


def test_no_azimuth():
    assert p_azimuth(p_wave(50.0), RATE, None) is None
    assert p_azimuth(p_wave(50.0), RATE, 100) is None                  # too little noise before P
    assert p_azimuth(p_wave(50.0, noise=1.0), RATE, P) is None
    assert p_azimuth(p_wave(50.0, incidence=0.0), RATE, P) is None     # on the vertical alone


@pytest.fixture(scope="module")
def earthquakes():
    """Twenty earthquakes around the station."""
    angles = np.radians(np.arange(0, 360, 18))
    return Catalog([Event(origins=[Origin(
        time=UTCDateTime(2020, 5, 4) + 3600 * k, latitude=PLACE[0] + 0.5 * np.cos(angle),
        longitude=PLACE[1] + 0.5 * np.sin(angle), depth=1e4)]) for k, angle in enumerate(angles)])


def records_of(catalog, change, scatter=20.0):
    """Records with true axes, then changed; P scatters as at a real station."""
    rng = np.random.default_rng(1)
    for event in catalog:
        origin = event.origins[0]
        back = gps2dist_azimuth(*PLACE, origin.latitude, origin.longitude)[1]
        data = change(p_wave(back + scatter * rng.standard_normal(), rng=rng))
        record = recording(data, start=origin.time)
        for tr in record:
            tr.stats.tng = {"event_id": str(event.resource_id), "p_index": P,
                            "station_latitude": PLACE[0], "station_longitude": PLACE[1]}
        yield record


@pytest.mark.parametrize(("change", "degrees"), [
    (lambda x: x, 0), (lambda x: x * [[-1], [1], [1]], 180), (lambda x: x * [[1], [-1], [-1]], 180),
    (lambda x: np.stack([x[0], x[2], -x[1]]), -90)],
    ids=["right", "vertical reversed", "horizontals reversed", "turned by 90"])
def test_turned_sensors(earthquakes, change, degrees):
    turn, = sensor_turns(records_of(earthquakes, change), earthquakes).values()
    assert abs((turn.degrees - degrees + 180) % 360 - 180) < 12
    assert turn.count == 20
    assert turn.agreement > 0.8
    assert turn.turned == bool(degrees)


def test_what_tells_nothing(earthquakes):
    few = list(records_of(earthquakes[:5], lambda x: np.stack([x[0], x[2], -x[1]])))
    turn = sensor_turns(few, earthquakes)["XX.S1"]
    assert (turn.count, turn.turned) == (5, False)
    # one horizontal with the wrong sign: the angles go round the other way
    mirrored = records_of(earthquakes, lambda x: x * [[1], [1], [-1]])
    assert sensor_turns(mirrored, earthquakes)["XX.S1"].agreement < 0.3
    assert not SensorTurn(170.0, 0.3, 50).turned
    for tr in (tr for record in few for tr in record):
        tr.stats.tng["event_id"] = "unknown"
    assert sensor_turns(few, earthquakes) == {}
