"""From a header's words to a Trace: units, signs, codes, and impossible numbers."""

import numpy as np
import pytest
from obspy import UTCDateTime

from obspy_tng.exceptions import TNGInputError
from obspy_tng.io.common.component import (
    FIELDS,
    Component,
    stated_quantity,
    to_stream,
    unit_factor,
)
from obspy_tng.io.common.orientation import parse_direction

START = UTCDateTime(2020, 5, 4, 10)


def component(direction="N", **fields):
    data = fields.pop("data", np.arange(1.0, 5.0))
    return Component(**{"npts": len(data), "delta": 0.01, "unit": "gal", "data": data,
                        "starttime": START, "network": "XX", "station": "A",
                        "direction": parse_direction(direction), **fields})


@pytest.mark.parametrize(("unit", "factor", "si"), [
    ("CM/S**2", 0.01, "m/s^2"), (" g ", 9.80665, "m/s^2"), ("G/10", 0.980665, "m/s^2"),
    ("mm/s", 1e-3, "m/s"),
    ("Cm/Seg/Seg", 0.01, "m/s^2"), ("in", 0.0254, "m"), ("Counts", 1.0, "counts")])
def test_units(unit, factor, si):
    assert unit_factor(unit)[:2] == (pytest.approx(factor), si)


def test_a_trace():
    tr, = to_stream([component(pga=-3.0)], "MADEUP")
    assert tr.id == "XX.A..HNN"
    np.testing.assert_allclose(tr.data, 0.01 * np.arange(1, 5))
    assert set(FIELDS) <= set(tr.stats.madeup)
    assert tr.stats.madeup.pga == pytest.approx(-0.03)
    assert (tr.stats.tng.units, tr.stats.tng.source) == ("m/s^2", "recorded")


@pytest.mark.parametrize(("direction", "code", "sign"), [
    ("S", "HNN", -1), ("W", "HNE", -1), ("DOWN", "HNZ", -1), ("UP", "HNZ", 1)])
def test_components_point_up_north_and_east(direction, code, sign):
    tr, = to_stream([component(direction)], "MADEUP")
    assert tr.stats.channel == code
    assert np.sign(tr.data[0]) == sign
    assert tr.stats.madeup.reversed == (sign < 0)


def test_velocity_is_on_a_derived_channel():
    tr, = to_stream([component(unit="cm/s")], "MADEUP")
    assert tr.stats.channel == "HXN"
    assert tr.stats.tng.units == "m/s"


def test_earthquake():
    tr, = to_stream([component(
        origin_time=START - 10, p_time=START + 0.02, magnitude=6.0, station_latitude=19.0,
        station_longitude=-99.0, event_latitude=18.0, event_longitude=-99.0)], "MADEUP")
    assert tr.stats.tng.distance == pytest.approx(111.2, abs=0.5)
    assert (tr.stats.tng.event_id, tr.stats.tng.p_index) == ("20200504T095950", 2)
    early, = to_stream([component(p_time=START - 5)], "MADEUP")
    assert "p_index" not in early.stats.tng


def test_traces_of_one_id_get_locations():
    stream = to_stream([component(number=1), component(number=2)], "MADEUP")
    assert [tr.stats.location for tr in stream] == ["01", "02"]
    oblique = to_stream([component("N45E"), component("N135E")], "MADEUP")
    assert sorted(tr.stats.channel for tr in oblique) == ["HN1", "HN2"]


@pytest.mark.parametrize(("fields", "message"), [
    ({"delta": 0.0}, "sampling interval is 0.0 s"), ({"delta": None}, "sampling interval is None"),
    ({"npts": 0, "data": np.empty(0)}, "number of samples is 0"),
    ({"npts": 10 ** 12}, "number of samples"), ({"unit": "furlong"}, "furlong")])
def test_impossible_headers(fields, message):
    with pytest.raises(TNGInputError, match=message):
        to_stream([component(**fields)], "MADEUP")


def test_a_quantity_that_its_unit_contradicts():
    item = component(unit="cm/s", quantity=stated_quantity("CORRECTED ACCELERATION"))
    with pytest.raises(TNGInputError, match="says acceleration, and the unit 'cm/s' is one of vel"):
        to_stream([item], "MADEUP")
    assert to_stream([component(unit="cm/s", quantity="velocity")], "MADEUP")[0].id[-3:] == "HXN"
    assert len(to_stream([component(unit="counts", quantity="acceleration")], "MADEUP")) == 1
