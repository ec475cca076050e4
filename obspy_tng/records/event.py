"""Earthquake of a record: preferred origin and magnitude, distance."""

from obspy.core.event import Event
from obspy.geodetics import gps2dist_azimuth

from ..exceptions import TNGInputError


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
        raise TypeError(f"event must be an obspy Event, got {type(event).__name__}")
    fields["event_id"] = str(event.resource_id)
    magnitude = event.preferred_magnitude() or next(iter(event.magnitudes), None)
    if magnitude is not None and magnitude.mag is not None:
        fields["magnitude"] = float(magnitude.mag)
    origin = event.preferred_origin() or next(iter(event.origins), None)
    if origin is None:
        return fields
    if origin.depth is not None:
        fields["depth"] = float(origin.depth) / 1000.0
    if coordinates is not None and origin.latitude is not None and origin.longitude is not None:
        metres = gps2dist_azimuth(origin.latitude, origin.longitude, *coordinates)[0]
        fields["distance"] = round(metres / 1000.0, 3)
    return fields


def origin_of(event):
    """
    Preferred, or first, origin of an earthquake.

    :param event: obspy Event.
    :return: :class:`~obspy.core.event.origin.Origin` with time, latitude and longitude.
    :raises TypeError: if it is not an Event.
    :raises TNGInputError: if it has no such origin.
    """
    if not isinstance(event, Event):
        raise TypeError(f"catalog must be a Catalog of obspy Events, got {type(event).__name__}")
    origin = event.preferred_origin() or next(iter(event.origins), None)
    if origin is None or origin.time is None or None in (origin.latitude, origin.longitude):
        raise TNGInputError(f"event {event.resource_id} of the catalog has no origin with time "
                            "and place")
    return origin
