"""Recorders whose clock is off: offsets that several recordings share."""

import numpy as np
import pytest
from obspy import UTCDateTime

from obspy_tng.archive.association import Place, StationEvents
from obspy_tng.archive.clocks import shared_offset

from .made_up import DAY, event


def test_offsets_that_many_recordings_share_by_chance():
    """20 earthquakes and 40 other triggers within ten days: some two always share an offset."""
    for seed in range(3):
        rng = np.random.default_rng(seed)
        times = np.sort(rng.uniform(0, 10 * 86400, (2, 40)))
        events = StationEvents([event(DAY + float(t)) for t in times[0, ::2]],
                               [Place(None, None, 19.4, -99.1)])
        spans = [(DAY + float(t), DAY + float(t) + 80) for t in times[1]]
        free = [start for start, _ in spans if events.event_of(start, start + 60) is None]
        assert len(free) > 30
        assert all(shared_offset(start, spans, events) == (None, 0.0) for start in free)


def station(*seconds):
    """Earthquakes at some times, near one station."""
    return StationEvents([event(DAY + t, name=f"e{i}") for i, t in enumerate(seconds)],
                         [Place(None, None, 19.4, -99.1)])


def recorded(events, ahead):
    """A recording of each earthquake, by a clock that is so many seconds ahead."""
    return [(UTCDateTime(p - 10 + ahead), UTCDateTime(p + 90 + ahead)) for p in events.p]


@pytest.mark.parametrize("hours", [-6.0, 5.5, 8.0])
def test_an_offset_that_several_recordings_share(hours):
    events = station(*(86400 * k + 700 * k * k for k in range(5)))
    spans = recorded(events, 3600 * hours)
    found = [shared_offset(start, spans, events) for start, _ in spans]
    assert found == [(i, 3600 * hours) for i in range(5)]


def test_one_recording_and_right_clocks_prove_nothing():
    events = station(0, 86400, 2 * 86400)
    late = recorded(events, 3600.0)
    assert shared_offset(late[1][0], [late[1]], events) == (None, 0.0)
    # the recordings before and after it are on time
    right = recorded(events, 0.0)
    assert shared_offset(late[1][0], [right[0], late[1], right[2]], events) == (None, 0.0)
    # a start that no recording has
    assert shared_offset(DAY + 40000, late, events) == (None, 0.0)
