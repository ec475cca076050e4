"""Earthquake of a record: preferred origin and magnitude, distance."""

from obspy.core.event import Catalog, Event
from obspy.geodetics import gps2dist_azimuth

from ..exceptions import TNGInputError
from .earthquakes import NO_DATE
from .places import is_place

DEEPEST = 800e3  # m; no earthquake is as deep
# s; clocks that are set are off by less, in any time zone
ANOTHER_DAY = 86400.0
# Days on which recordings begin whose start is not known: of files without one, of clocks
_NO_START = (NO_DATE, "1980-01-01", "1980-01-06")
MAGNITUDES = (-4.0, 10.0)  # others (-9.9, 99), and exactly 0, mean that it is not known


def event_fields(event, coordinates=None):
    """
    Fields of ``stats.tng`` on an earthquake.

    :param event: obspy Event, or None.
    :param coordinates: ``(latitude, longitude)`` of the station in degrees, or None.
    :return: dict of ``event_id``, ``magnitude``, ``depth`` (km) and ``distance``
        (epicentral, km, WGS84); None for what is not known.
    :raises TypeError: if ``event`` is not an Event.
    """
    fields = {"event_id": None, "magnitude": None, "distance": None, "depth": None}
    if event is None:
        return fields
    if not isinstance(event, Event):
        hint = "; catalog[0] is the first of a Catalog" if isinstance(event, Catalog) else ""
        raise TypeError(f"event must be an obspy Event, got {type(event).__name__}{hint}")
    fields["event_id"] = str(event.resource_id)
    fields["magnitude"] = _best_magnitude(event)
    origin = _best_origin(event)
    if origin is None:
        return fields
    if origin.depth is not None and origin.depth <= DEEPEST:
        fields["depth"] = float(origin.depth) / 1000.0
    if coordinates is not None and is_place(*coordinates) and is_place(
            origin.latitude, origin.longitude):
        metres = gps2dist_azimuth(origin.latitude, origin.longitude, *coordinates)[0]
        fields["distance"] = round(metres / 1000.0, 3)
    return fields


def of_another_day(event, tr):
    """
    Whether an earthquake was more than a day before the start of a recording, or after its end.

    :param event: obspy Event, or None.
    :param tr: Trace.
    :return: bool; False where one of the times is not known.

    .. rubric:: Example

    >>> from obspy import Trace, UTCDateTime, read_events
    >>> event = read_events()[0]                 # of 4 April 2012, 14:21
    >>> [of_another_day(event, Trace(header={"starttime": UTCDateTime(time)}))
    ...  for time in ("2012-04-04T14:22", "2012-05-04T14:22", "1970-01-01")]
    [False, True, False]
    """
    origin = None if event is None else _best_origin(event)
    if origin is None or origin.time is None or str(tr.stats.starttime.date) in _NO_START:
        return False
    return bool(max(origin.time - tr.stats.endtime,
                    tr.stats.starttime - origin.time) > ANOTHER_DAY)


def origin_of(event):
    """
    Preferred, or first, origin of an earthquake that has time and place.

    :param event: obspy Event.
    :return: :class:`~obspy.core.event.origin.Origin` with time, latitude and longitude.
    :raises TypeError: if it is not an Event.
    :raises TNGInputError: if it has no such origin, or one at an impossible place or depth, or
        if its type is "not existing".
    """
    if not isinstance(event, Event):
        raise TypeError(f"catalog must be a Catalog of obspy Events, got {type(event).__name__}")
    if event.event_type == "not existing":
        raise TNGInputError(f"event {event.resource_id} of the catalog is of the type 'not "
                            "existing'")
    origin = _best_origin(event)
    if not _is_complete(origin):
        raise TNGInputError(f"event {event.resource_id} of the catalog has no origin with time "
                            "and place (0 N, 0 E stands for an unknown one)")
    if not (abs(origin.latitude) <= 90 and abs(origin.longitude) <= 360):
        raise TNGInputError(f"event {event.resource_id} of the catalog has an origin that is no "
                            f"place: latitude {origin.latitude:g}, longitude {origin.longitude:g}")
    if origin.depth is not None and origin.depth > DEEPEST:
        raise TNGInputError(f"event {event.resource_id} of the catalog has a depth of "
                            f"{origin.depth / 1000:g} km; origin.depth is in m")
    return origin


def _best_origin(event):
    """Preferred origin, or the first with time and place, or the first; None without any."""
    origins = [event.preferred_origin(), *event.origins]
    given = [origin for origin in origins if origin is not None]
    return next(filter(_is_complete, given), next(iter(given), None))


def _best_magnitude(event):
    """Preferred magnitude, or the first moment magnitude, or the first; None without any."""
    moment = [m for m in event.magnitudes if (m.magnitude_type or "").upper().startswith("MW")]
    for magnitude in (event.preferred_magnitude(), *moment, *event.magnitudes):
        size = None if magnitude is None else magnitude.mag
        if size and MAGNITUDES[0] <= size <= MAGNITUDES[1]:
            return float(size)
    return None


def _is_complete(origin):
    return origin is not None and None not in (
        origin.time, origin.latitude, origin.longitude) and bool(
            origin.latitude or origin.longitude)
