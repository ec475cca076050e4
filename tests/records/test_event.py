"""The earthquake of a record."""

import pytest
from obspy.core.event import Catalog, Event, Magnitude, Origin

from obspy_tng.records.event import event_fields
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


def test_a_catalog_is_no_event():
    with pytest.raises(TypeError, match=r"got Catalog; catalog\[0\] is the first"):
        event_fields(Catalog([Event()]))
