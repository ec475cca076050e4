"""
Association of recordings with earthquakes.

Data are *requested* around the predicted P, with a margin for the errors of old clocks. A
recording is *accepted* only if it contains the predicted arrivals and its strong part begins with
them:
:meth:`StationEvents.misfit`.
"""

from dataclasses import dataclass

import numpy as np
from obspy import UTCDateTime
from obspy.geodetics import gps2dist_azimuth

from ..records.event import event_fields, origin_of
from ..records.rejection import RejectedRecord
from ..records.windows import strong_part
from .travel_times import arrival_times

# A triggered recording may be of an earthquake if it begins so many s around the
# predicted P: clocks of old recorders are off by minutes, and far earthquakes trigger on S.
START_WINDOW = (-180.0, 240.0)
# Around P and S, what is used of continuous data (s).
BEFORE_P, AFTER_S = 60.0, 240.0
# s by which clocks of recorders, or origin times, are believed to be off, unless it is told
CLOCK_ERROR = 30.0
# s that the strongest shaking may come after the first strong one (basins)
RINGING = 40.0
# Difference of the size of two earthquakes that are not one listed twice.
MUCH_LARGER = 0.6
# Travel times of a region differ from iasp91 by some per cent, and by some s near the source.
TRAVEL_TIME_ERROR = (3.0, 0.05)


@dataclass(frozen=True)
class Place:
    """Coordinates of a station for a time, degrees; None is open."""

    start: UTCDateTime | None
    end: UTCDateTime | None
    latitude: float
    longitude: float


@dataclass(frozen=True)
class Arrival:
    """
    Predicted arrivals of an earthquake at a station, epoch seconds of the recorder's clock.

    ``size`` compares the shaking of two earthquakes at the station; ``rupture`` is the approximate
    duration of the source (s), ``clock`` the known offset of the recorder's clock (s ahead).
    """

    event: object
    origin: float
    p: float
    s: float
    surface: float
    size: float
    rupture: float
    clock: float

    @property
    def error(self):
        """Error of the travel time of P (s)."""
        return TRAVEL_TIME_ERROR[0] + TRAVEL_TIME_ERROR[1] * (self.p - self.origin)


class StationEvents:
    """
    Predicted arrivals of the earthquakes of a catalog at a station.

    :param events: iterable of obspy Events with origins.
    :param places: list of :class:`Place`, of all epochs of the station.
    :param clocks: list of ``(starttime, endtime, seconds)``: how far the recorder's clock is
        ahead, and when; UTCDateTimes or None.
    :param clock_error: s by which the clock, or an origin time, may be off besides.
    """

    def __init__(self, events=(), places=(), clocks=(), clock_error=CLOCK_ERROR):
        self.arrivals = sorted(arrivals_of(events, places, clocks),
                               key=lambda arrival: arrival.p)
        self.p = np.array([arrival.p for arrival in self.arrivals])
        self.s = np.array([arrival.s for arrival in self.arrivals])
        self.size = np.array([arrival.size for arrival in self.arrivals])
        self.clock_error = clock_error

    def event_of(self, start, end):
        """
        Index of the earthquake that a recording is of by its times, or None.

        It is the one around whose P the recording begins; of a foreshock and a much larger
        earthquake whose S arrives before the recording ends, the larger one.
        """
        late = start.timestamp - self.p
        inside = (late >= START_WINDOW[0]) & (late <= START_WINDOW[1])
        if not inside.any():
            return None
        nearest = int(np.argmin(np.where(inside, np.abs(late), np.inf)))
        larger = inside & (self.p > max(self.p[nearest], start.timestamp)) & (
            self.s < end.timestamp) & (self.size > self.size[nearest] + MUCH_LARGER)
        return int(np.argmax(np.where(larger, self.size, -np.inf))) if larger.any() else nearest

    def expects(self, start, end):
        """True if a recording of this span is part of the unit of an earthquake."""
        return bool(((start.timestamp <= self.p + START_WINDOW[1])
                     & (end.timestamp >= self.p + START_WINDOW[0])).any())

    def holds(self, index, start, end, offset=0.0, clock_error=None):
        """
        True if a recording holds the predicted P or S, or the surface waves behind them.

        :param index: of the earthquake.
        :param start: UTCDateTime of its first sample.
        :param end: UTCDateTime of its last one.
        :param offset: s that its clock is ahead.
        :param clock_error: s by which it may be off besides; None as for the station.
        """
        arrival = self.arrivals[index]
        error = self.clock_error if clock_error is None else clock_error
        return bool(start.timestamp - offset <= arrival.surface + arrival.error + error
                    and end.timestamp - offset >= arrival.p - arrival.error - error)

    def misfit(self, index, record, offset=0.0):
        """
        Reason why a record does not belong to an earthquake, or None.

        The strong part (5 % of the energy) must begin after the origin, or as early before P as
        clocks may be wrong, and before the last surface waves; the strongest 5 s must follow it
        as closely as the rupture and the ringing of a basin allow. No much larger earthquake may
        have arrived between P and the strongest 5 s.

        :param index: of the earthquake.
        :param record: Stream of the record.
        :param offset: s that the recorder's clock is ahead, besides what is known; one that is off
            by hours is not set exactly either, and may be off by twice ``clock_error`` more.
        :return: :class:`~obspy_tng.records.rejection.RejectedRecord`, or None where it fits.
        """
        arrival = self.arrivals[index]
        begin, strongest = (record[0].stats.starttime.timestamp - offset + seconds
                            for seconds in strong_part(record))
        error = self.clock_error * (2 if offset else 1)
        early = min(arrival.origin, arrival.p - arrival.error - error)
        late = arrival.surface + arrival.error + arrival.rupture + error
        name = record[0].stats.tng.record_id
        larger = next((other for other in self.arrivals if other.size > arrival.size + MUCH_LARGER
                       and arrival.p <= other.p <= strongest + other.error), None)
        if larger is not None:
            return RejectedRecord(
                "larger_earthquake", larger.size - arrival.size, MUCH_LARGER,
                f"{name}: it is strongest {strongest - arrival.p:.0f} s after the predicted P of "
                f"{event_fields(arrival.event)['event_id']}, when the larger "
                f"{event_fields(larger.event)['event_id']} has arrived "
                f"({larger.p - arrival.p:.0f} s)")
        if early <= begin <= late and strongest <= late + RINGING:
            return None
        when = begin if not early <= begin <= late else strongest
        limit = early if begin < early else late if begin > late else late + RINGING
        return RejectedRecord(
            "does_not_fit", when - arrival.p, limit - arrival.p,
            f"{name}: does not fit: the strong part begins {begin - arrival.p:.0f} s and is "
            f"strongest {strongest - arrival.p:.0f} s after the predicted P of "
            f"{event_fields(arrival.event)['event_id']} (S {arrival.s - arrival.p:.0f} s, surface "
            f"waves until {arrival.surface - arrival.p:.0f} s; "
            f"clock_error={error:g} s is allowed)")

    def span(self, index, window):
        """Start and end of what is used of continuous data around an earthquake."""
        arrival = self.arrivals[index]
        return (UTCDateTime(arrival.p - BEFORE_P),
                UTCDateTime(max(arrival.s, arrival.surface) + max(AFTER_S, 2 * (window or 0.0))))

    def larger_event(self, index, window):
        """Event whose larger shaking falls into the span of this one, or None."""
        start, end = (t.timestamp for t in self.span(index, window))
        size = self.arrivals[index].size
        return next((other.event for other in self.arrivals
                     if start <= other.p <= end and other.size > size), None)


def arrivals_of(events, places, clocks=()):
    """
    :class:`Arrival` of each of some earthquakes.

    :param events, places, clocks: see :class:`StationEvents`.
    :return: list of :class:`Arrival`, in their order.
    """
    events = list(events)
    if not events:
        return []
    origins, fields = [origin_of(event) for event in events], [event_fields(e) for e in events]
    times = np.array([origin.time.timestamp for origin in origins])
    distance = np.array([gps2dist_azimuth(o.latitude, o.longitude, place.latitude,
                                          place.longitude)[0] / 1000.0
                         for o, place in zip(origins, places_at(places, times), strict=True)])
    depth = np.array([max(known["depth"] or 0.0, 0.0) for known in fields])
    magnitude = np.array([known["magnitude"] or 0.0 for known in fields])
    # 1.66 is the distance term of the surface-wave magnitude, saturated near the source
    size = magnitude - 1.66 * np.log10(np.hypot(distance, depth) + 10.0)
    clock = np.array([clock_at(clocks, origin.time) for origin in origins])
    times += clock
    columns = (times, *(times + late for late in arrival_times(distance, depth)), size,
               10 ** (0.5 * magnitude - 2.5), clock)
    return [Arrival(event, *row) for event, row in zip(events, np.stack(columns, 1).tolist(),
                                                       strict=True)]


def places_at(places, times):
    """
    Where a station is at some times.

    :param places: list of :class:`Place`.
    :param times: epoch seconds ``(n,)``.
    :return: list of the :class:`Place` at each time, else the one nearest in time.
    """
    start = np.array([-np.inf if place.start is None else place.start.timestamp
                      for place in places])
    end = np.array([np.inf if place.end is None else place.end.timestamp for place in places])
    before, behind = start - times[:, None], times[:, None] - end
    return [places[k] for k in (before.clip(0) + behind.clip(0)).argmin(axis=1)]


def clock_at(clocks, time):
    """Seconds that a recorder's clock is known to be ahead at a time; 0 where nothing is."""
    return next((float(seconds) for start, end, seconds in clocks
                 if (start is None or start <= time) and (end is None or time <= end)), 0.0)
