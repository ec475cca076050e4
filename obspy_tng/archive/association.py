"""Which earthquake a recording belongs to."""

import numpy as np
from obspy import UTCDateTime
from obspy.geodetics import gps2dist_azimuth

from ..records.event import event_fields, origin_of

# Apparent velocities (km/s) on the generous side: P as early as the fastest crust and
# mantle paths, S as late as the surface waves of a soft crust.
P_VELOCITY, S_VELOCITY = 8.0, 3.0
# A triggered recording belongs to an earthquake if it begins so many s around the
# predicted P: clocks of old recorders are off by minutes, and far earthquakes trigger on S.
CLAIM = (-180.0, 240.0)
# Around P and S, what is used of continuous data (s).
BEFORE_P, AFTER_S = 60.0, 240.0
# Recorders with local time: offsets of whole hours, to so many s around P.
CLOCK_HOURS, CLOCK_WITHIN = 24, 150.0


class StationEvents:
    """
    Earthquakes of a catalog as a station sees them.

    :param events: iterable of obspy Events with origins.
    :param coordinates: ``(latitude, longitude)`` of the station, degrees.
    """

    def __init__(self, events=(), coordinates=None):
        rows = sorted((_arrivals(event, coordinates) for event in events), key=lambda r: r[0])
        self.p, self.s, self.size = np.array([row[:3] for row in rows]).reshape(-1, 3).T
        self.events = [row[3] for row in rows]

    def owner(self, start):
        """Index of the earthquake that a recording which starts then belongs to, or None."""
        late = start.timestamp - self.p
        inside = (late >= CLAIM[0]) & (late <= CLAIM[1])
        return int(np.argmin(np.where(inside, np.abs(late), np.inf))) if inside.any() else None

    def claims(self, start, end):
        """True if the unit of some earthquake takes care of a recording of this span."""
        return bool(((start.timestamp <= self.p + CLAIM[1])
                     & (end.timestamp >= self.p + CLAIM[0])).any())

    def clock_match(self, start):
        """
        Earthquake of a recorder whose clock is off by whole hours.

        :return: ``(index, offset)``, offset in s that the clock is ahead; ``(None, 0)``
            where no earthquake, or more than one, fits.
        """
        late = start.timestamp - self.p
        hours = np.round(late / 3600)
        fits = np.flatnonzero((hours != 0) & (np.abs(hours) <= CLOCK_HOURS)
                              & (np.abs(late - 3600 * hours) <= CLOCK_WITHIN))
        if len(fits) != 1:
            return None, 0.0
        return int(fits[0]), float(3600 * hours[fits[0]])

    def span(self, index, window):
        """Start and end of what is used of continuous data around an earthquake."""
        return (UTCDateTime(self.p[index] - BEFORE_P),
                UTCDateTime(self.s[index] + max(AFTER_S, 2 * (window or 0.0))))

    def drowned_by(self, index, window):
        """Event whose larger shaking falls into the span of this one, or None."""
        start, end = (t.timestamp for t in self.span(index, window))
        larger = np.flatnonzero((self.p >= start) & (self.p <= end)
                                & (self.size > self.size[index]))
        return self.events[larger[0]] if len(larger) else None


def _arrivals(event, coordinates):
    """P and S (epoch seconds), expected size of the shaking, and the Event."""
    origin = origin_of(event)
    fields = event_fields(event)
    metres = gps2dist_azimuth(origin.latitude, origin.longitude, *coordinates)[0]
    distance = float(np.hypot(metres / 1000.0, fields["depth"] or 0.0))
    # only to tell which of two earthquakes shakes the station more; 1.66 is the distance
    # term of the surface-wave magnitude, saturated near the source
    size = (fields["magnitude"] or 0.0) - 1.66 * np.log10(distance + 10.0)
    time = origin.time.timestamp
    return time + distance / P_VELOCITY, time + distance / S_VELOCITY, size, event
