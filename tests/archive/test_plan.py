"""Units of work: earthquakes by their arrivals, days by their files."""

from datetime import date

import numpy as np
import pytest
from obspy import UTCDateTime
from obspy.core.event import Event, Magnitude, Origin

from obspy_tng.archive.association import START_WINDOW, Place, StationEvents
from obspy_tng.archive.plan import (
    READ_AFTER,
    plan_days,
    plan_events,
    select_stations,
    station_channels,
)
from obspy_tng.archive.reading import LONGEST_RECORDING
from obspy_tng.exceptions import TNGInputError

from ..records.made_up import START, inventory


def events(*seconds):
    catalog = [Event(resource_id=f"smi:e/{i}", magnitudes=[Magnitude(mag=5.0)], origins=[
        Origin(time=START + t, latitude=19.0, longitude=-99.5, depth=10e3)])
               for i, t in enumerate(seconds)]
    return StationEvents(catalog, [Place(None, None, 19.4, -99.1)])


def test_units_of_earthquakes():
    some = events(0, 300, 86400)
    units = plan_events("XX.S1", some, [(None, None)], 60.0)
    assert [unit.id for unit in units] == ["XX.S1/0", "XX.S1/1", "XX.S1/2"]
    assert [unit.index for unit in units] == [0, 1, 2]
    for unit in units:
        assert unit.endtime.timestamp >= some.p[unit.index] + READ_AFTER - 1e-3
    # the second reaches back to the first, minutes before it; the third does not
    begins = [unit.starttime.timestamp for unit in units]
    np.testing.assert_allclose(begins, some.p[[0, 0, 2]] + START_WINDOW[0], atol=1e-3)


def test_epochs():
    some = events(0, 86400)
    day = START + 43200
    assert [u.index for u in plan_events("XX.S1", some, [(None, day)], None)] == [0]
    assert [u.index for u in plan_events("XX.S1", some, [(day, None)], None)] == [1]
    assert plan_events("XX.S1", some, [(START + 10 * 86400, None)], None) == []


def test_units_of_days():
    later, first = plan_days("XX.S1", {date(2020, 5, 5), date(2020, 5, 4)})[::-1]
    assert (first.id, later.id) == ("XX.S1/2020-05-04", "XX.S1/2020-05-05")
    assert first.starttime == UTCDateTime(2020, 5, 4) - 60
    assert first.endtime == UTCDateTime(2020, 5, 5) + LONGEST_RECORDING
    assert first.index is None


def test_stations():
    found = {"XX.B": 2, "XX.A": 1}
    assert list(select_stations(found, None)) == ["XX.A", "XX.B"]
    assert select_stations(found, ["XX.B"]) == {"XX.B": 2}
    with pytest.raises(TNGInputError, match=r"\['XX\.C'\] are not known; known: \['XX\.A', 'XX\.B"):
        select_stations(found, ["XX.A", "XX.C"])


def test_channels_of_an_inventory():
    assert [c.code for c in station_channels(inventory())["XX.S1"]] == ["HNZ", "HNN", "HNE"]
    with pytest.raises(TNGInputError, match=r"no channels 'BH\?'; it has HN\? at 1 stations"):
        station_channels(inventory(), "BH?")
    with pytest.raises(TypeError, match="must be an obspy Inventory, got str"):
        station_channels("stations.xml")
