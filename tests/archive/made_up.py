"""Made-up earthquakes that the tests of archives share."""

from obspy import UTCDateTime
from obspy.core.event import Event, Magnitude, Origin

DAY = UTCDateTime(2020, 5, 4)


def event(time, magnitude=5.5, place=(19.0, -99.5), depth=20e3, name=None):
    """61 km from the station: P after 11 s, S after 20 s."""
    made = Event(origins=[Origin(time=time, latitude=place[0], longitude=place[1], depth=depth)],
                 magnitudes=[Magnitude(mag=magnitude)])
    if name:
        made.resource_id.id = f"smi:local/{name}"
    return made
