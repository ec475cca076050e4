"""StationXML of the synthetic channels."""

import io

import numpy as np
import pytest
from obspy import UTCDateTime, read_inventory
from obspy.io.stationxml.core import validate_stationxml

from obspy_tng.exceptions import TNGInputError
from obspy_tng.metadata import joined_inventory, station_coordinates, synthetic_inventory
from obspy_tng.records.synthetic import synthetic_record


@pytest.fixture
def inventory():
    return synthetic_inventory(["XR.AL01", "XR.AE02", "YY.S1"], 100.0)


def stationxml(inventory):
    buffer = io.BytesIO()
    inventory.write(buffer, format="STATIONXML", validate=True)
    buffer.seek(0)
    return buffer


@pytest.mark.parametrize("sampling_rate", [20.0, 50.0, 100.0, 200.0, 1000.0])
def test_valid_stationxml(tmp_path, sampling_rate):
    path = tmp_path / "synthetic.xml"
    synthetic_inventory(["XR.AL01", "YY.S1"], sampling_rate).write(path, format="STATIONXML")
    valid, errors = validate_stationxml(str(path))
    assert valid, errors


def test_round_trip(inventory):
    again = read_inventory(stationxml(inventory))
    assert again.get_contents() == inventory.get_contents()
    assert len(again.get_contents()["channels"]) == 9
    channel = again.select(channel="HXE", station="AL01")[0][0][0]
    assert (channel.azimuth, channel.dip, channel.sample_rate) == (90.0, 0.0, 100.0)
    assert again.get_orientation("XR.AL01.SY.HXZ", UTCDateTime(2000, 1, 1)) == {
        "azimuth": 0.0, "dip": -90.0}


@pytest.mark.parametrize("starttime", [UTCDateTime(1985, 9, 19), UTCDateTime(2000, 1, 1),
                                       UTCDateTime(2060, 1, 1)])
def test_unit_response_changes_nothing(inventory, starttime):
    # no energy at 0 Hz and at Nyquist, which remove_response drops whatever the response
    data = np.random.default_rng(0).normal(size=(3, 2048))
    data = np.fft.irfft(np.fft.rfft(data) * np.sin(np.linspace(0, np.pi, 1025)) ** 2)
    data *= np.hanning(2048)
    record = synthetic_record(data, 100.0, "XR.AL01", starttime=starttime)
    inventory = read_inventory(stationxml(inventory))
    by_sensitivity = record.copy().remove_sensitivity(inventory)
    by_response = record.copy().remove_response(
        inventory, output="ACC", zero_mean=False, taper=False, water_level=None)
    rotated = record.copy().rotate("->ZNE", inventory=inventory, components=["ZNE"])
    for tr in record:
        component = tr.stats.component
        assert tr.data.any()
        np.testing.assert_array_equal(by_sensitivity.select(component=component)[0].data, tr.data)
        np.testing.assert_allclose(by_response.select(component=component)[0].data, tr.data,
                                   atol=1e-4)
        np.testing.assert_allclose(rotated.select(component=component)[0].data, tr.data,
                                   atol=1e-6)


def test_coordinates_are_taken_over(inventory):
    for network in inventory:
        for station in network:
            station.latitude, station.longitude, station.elevation = 19.4, -99.1, 2232.0
    inventory.networks = [n for n in inventory if n.code == "XR"]
    made = synthetic_inventory(["XR.AL01", "YY.S1"], 50.0, inventory=inventory)
    assert station_coordinates(made, "XR.AL01") == (19.4, -99.1, 2232.0)
    assert made.select(network="XR")[0][0][0].latitude == 19.4
    assert len(made.select(network="XR")[0][0].comments) == 1
    unknown = made.select(network="YY")[0][0]
    assert (unknown.latitude, unknown.longitude) == (0.0, 0.0)
    assert "not known" in unknown.comments[1].value
    assert station_coordinates(made, "ZZ.NO") is None
    assert station_coordinates(None, "XR.AL01") is None


@pytest.mark.parametrize(("stations", "rate"), [(["AL01"], 100.0), (["XR.AL01.SY"], 100.0),
                                                (["XR."], 100.0), (["XR.AL01"], 0.0)])
def test_bad_arguments(stations, rate):
    with pytest.raises(TNGInputError):
        synthetic_inventory(stations, rate)


def test_joined_inventory(inventory):
    one = inventory.select(station="AL01")
    moved = synthetic_inventory(["XR.AL01"], 50.0)
    joined = joined_inventory(inventory, moved, {"ZZ.S9": (19.4, -99.1, 2240.0),
                                                "XR.AL01": (1.0, 2.0, 3.0)})
    assert sorted(joined.get_contents()["stations"]) == [
        "XR.AE02 (AE02)", "XR.AL01 (AL01)", "YY.S1 (S1)", "ZZ.S9 (S9)"]
    assert joined.select(station="AL01")[0][0][0].sample_rate == 50.0  # the new one counts
    assert station_coordinates(joined, "ZZ.S9") == (19.4, -99.1, 2240.0)
    assert len(inventory.get_contents()["stations"]) == 3  # unchanged
    assert joined_inventory(None, one).get_contents() == one.get_contents()
    assert joined_inventory(None) is None
    with pytest.raises(TypeError, match="inventory must be an obspy Inventory or None, got Net"):
        joined_inventory(None, one[0])
