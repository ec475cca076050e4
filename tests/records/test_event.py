"""The earthquake of a record."""

import pytest
from obspy.core.event import Catalog, Event, Magnitude, Origin

from obspy_tng.exceptions import TNGInputError
from obspy_tng.records.event import event_fields, origin_of
from obspy_tng.records.prepare import prepare_record

from .sensors import (
    START,
    ground_motion,
    to_inventory,
    to_stream,
)


def test_event_fields():
    event = Event(origins=[Origin(time=START, latitude=18.0, longitude=-99.0, depth=50e3)],
                  magnitudes=[Magnitude(mag=7.1)])
    tng = prepare_record(to_stream(ground_motion()), to_inventory(), event=event)[2].stats.tng
    assert (tng.magnitude, tng.depth, tng.event_id) == (7.1, 50.0, str(event.resource_id))
    assert tng.distance == pytest.approx(110.65, abs=0.3)  # one degree of latitude at 18.5 N
    plain = prepare_record(to_stream(ground_motion(), gain=100.0, integer=False), units="gal",
                           event=event)
    assert plain[0].stats.tng.distance is None


@pytest.mark.parametrize(("late", "told"), [(0, False), (3600, False), (3 * 86400, True),
                                            (-3 * 86400, True)])
def test_an_event_of_another_day_is_told(caplog, late, told):
    event = Event(origins=[Origin(time=START + late, latitude=18.0, longitude=-99.0)])
    prepare_record(to_stream(ground_motion()), to_inventory(), event=event)
    assert ("of another day" in caplog.text) == told


def test_a_catalog_is_no_event():
    with pytest.raises(TypeError, match=r"got Catalog; catalog\[0\] is the first"):
        event_fields(Catalog([Event()]))


@pytest.mark.parametrize(("listed", "magnitude"), [
    ([("mb", 5.1), ("Mww", 6.0), ("Ms", 5.7)], 6.0), ([("mb", -9.9), ("ML", 4.4)], 4.4),
    ([("Mw", 0.0), ("ML", 5.5)], 5.5), ([("ML", 4.4), ("mb", 4.9)], 4.4), ([("Mw", 0.0)], None),
    ([("ML", -0.3)], -0.3), ([(None, 99.0)], None), ([], None)])
def test_magnitude_of_several(listed, magnitude):
    """Of moment, or the first; zeros and numbers that no earthquake has are blanks."""
    event = Event(magnitudes=[Magnitude(mag=size, magnitude_type=kind) for kind, size in listed])
    assert event_fields(event)["magnitude"] == magnitude
    if listed:
        event.preferred_magnitude_id = event.magnitudes[-1].resource_id
        last = listed[-1][1]
        assert event_fields(event)["magnitude"] == (
            last if last and -4 < last < 10 else magnitude)


def test_an_event_that_did_not_exist():
    event = Event(event_type="not existing", origins=[
        Origin(time=START, latitude=18.0, longitude=-99.0)])
    with pytest.raises(TNGInputError, match="not existing"):
        origin_of(event)


def test_an_event_in_the_gulf_of_guinea_has_no_place():
    """0 N, 0 E, and depths that no earthquake has, stand for what is not known."""
    event = Event(origins=[Origin(time=START, latitude=0.0, longitude=0.0, depth=1e7)])
    found = event_fields(event, (19.4, -99.1))
    assert (found["distance"], found["depth"]) == (None, None)
    with pytest.raises(TNGInputError, match="time and place"):
        origin_of(event)
    event.origins.append(Origin(time=START, latitude=0.0, longitude=10.0, depth=1e4))
    assert event_fields(event, (0.0, 11.0))["distance"] == pytest.approx(111.3, abs=0.1)
    assert event_fields(event, (0.0, 0.0))["distance"] is None
