"""
StationXML for synthetic channels.

Generated records have synthetic channels (``NET.STA.SY.HXZ`` and so on) and need their
own metadata: one sample is one m/s^2, axes point up, north and east. With it the records
work in every program that expects StationXML.
"""

import copy

from obspy import UTCDateTime
from obspy.core.inventory import (
    Channel,
    Comment,
    InstrumentSensitivity,
    Inventory,
    Network,
    Response,
    Site,
    Station,
)
from obspy.core.inventory.response import PolesZerosResponseStage

from ._checks import positive
from ._version import __version__
from .exceptions import TNGInputError
from .records.record import COMPONENTS
from .records.synthetic import SYNTHETIC_INSTRUMENT, SYNTHETIC_LOCATION, band_code

# Default start of the epochs: before any start time of generated records, including those
# of historical earthquakes.
EPOCH_START = UTCDateTime(1900, 1, 1)
# azimuth (degrees from north) and dip (degrees down from horizontal), SEED manual
ORIENTATION = {"Z": (0.0, -90.0), "N": (0.0, 0.0), "E": (90.0, 0.0)}


def synthetic_inventory(stations, sampling_rate, inventory=None, starttime=None):
    """
    Inventory of the synthetic channels of some stations.

    :param stations: iterable of station ids ``"NET.STA"``.
    :param sampling_rate: of the channels, Hz; sets the band code.
    :param inventory: Inventory to take coordinates and site names from; a station
        that it does not have gets 0/0 and a comment.
    :param starttime: UTCDateTime, start of the epochs; None is 1900-01-01.
    :return: :class:`~obspy.core.inventory.inventory.Inventory`, valid StationXML:
        ``NET.STA.SY.<band>X{Z,N,E}``, flat unit response in m/s^2.
    :raises TNGInputError: on an id that is not ``"NET.STA"`` or a bad rate.

    .. rubric:: Example

    >>> inv = synthetic_inventory(["XR.AL01"], 100.0)
    >>> inv.get_contents()["channels"]
    ['XR.AL01.SY.HXE', 'XR.AL01.SY.HXN', 'XR.AL01.SY.HXZ']
    """
    sampling_rate = positive("sampling_rate", sampling_rate)
    start = EPOCH_START if starttime is None else UTCDateTime(starttime)
    networks = {}
    for station_id in sorted(set(stations)):
        parts = station_id.split(".")
        if len(parts) != 2 or not all(parts):
            raise TNGInputError(f"stations must be ids 'NET.STA', got {station_id!r}")
        network = networks.setdefault(parts[0], Network(parts[0], stations=[]))
        network.stations.append(_station(*parts, sampling_rate, inventory, start))
    return Inventory(networks=list(networks.values()), source=f"obspy_tng {__version__}",
                     module=f"obspy_tng {__version__}")


def station_coordinates(inventory, station_id):
    """
    Coordinates of a station.

    :param inventory: Inventory, or None.
    :param station_id: ``"NET.STA"``.
    :return: ``(latitude, longitude, elevation)`` in degrees and m, of the first
        matching epoch, or None where the inventory does not have the station.
    """
    station = _find_station(inventory, *station_id.split("."))
    if station is None:
        return None
    return station.latitude, station.longitude, station.elevation or 0.0


def joined_inventory(known, new=None, places=None):
    """
    What is known of stations, from several sources.

    :param known: Inventory of an earlier call, or None.
    :param new: Inventory, or None; where both have a station, it is taken from this one.
    :param places: dict station id -> ``(latitude, longitude, elevation)``, for stations that
        neither has.
    :return: Inventory that shares the stations of the others; None where nothing is known.
    :raises TypeError: if ``new`` is not an Inventory.
    """
    if new is not None and not isinstance(new, Inventory):
        raise TypeError(f"inventory must be an obspy Inventory or None, got {type(new).__name__}; "
                        "obspy.read_inventory() reads one")
    networks = [] if new is None else list(new.networks)
    if known is not None:
        have = {(network.code, station.code) for network in networks for station in network}
        for network in known.networks:
            rest = copy.copy(network)
            rest.stations = [s for s in network if (network.code, s.code) not in have]
            if rest.stations:
                networks.append(rest)
    have = {f"{network.code}.{station.code}" for network in networks for station in network}
    for station, (latitude, longitude, elevation) in (places or {}).items():
        if station not in have:
            network, code = station.split(".")
            networks.append(Network(network, stations=[Station(
                code, latitude, longitude, elevation, site=Site(name=code))]))
    return Inventory(networks=networks, source=f"obspy_tng {__version__}",
                     module=f"obspy_tng {__version__}") if networks else None


def unit_response():
    """
    Response of a channel whose samples are m/s^2: gain 1 at every frequency.

    :return: :class:`~obspy.core.inventory.response.Response` that survives
        ``remove_sensitivity`` and ``remove_response``.
    """
    # One explicit stage: ObsPy's remove_sensitivity fails on a Response without
    # stages, and Response.from_paz gets the overall sensitivity wrong.
    stage = PolesZerosResponseStage(
        stage_sequence_number=1, stage_gain=1.0, stage_gain_frequency=1.0,
        input_units="M/S**2", output_units="COUNTS",
        pz_transfer_function_type="LAPLACE (RADIANS/SECOND)",
        normalization_frequency=1.0, normalization_factor=1.0, zeros=[], poles=[])
    sensitivity = InstrumentSensitivity(
        value=1.0, frequency=1.0, input_units="M/S**2", output_units="COUNTS",
        input_units_description="acceleration",
        output_units_description="acceleration, one count is 1 m/s^2")
    return Response(instrument_sensitivity=sensitivity, response_stages=[stage])


def _find_station(inventory, network, station):
    """First Station object with these codes, or None."""
    if inventory is None:
        return None
    found = inventory.select(network=network, station=station)
    return found[0][0] if len(found) else None


def _station(network, code, sampling_rate, inventory, start):
    """Station with its three synthetic channels."""
    source = _find_station(inventory, network, code)
    comments = [Comment("Synthetic channels of obspy_tng: generated records, not data.")]
    if source is None:
        where = {"latitude": 0.0, "longitude": 0.0, "elevation": 0.0}
        comments.append(Comment("Coordinates are not known; 0/0 stands for unknown."))
    else:
        where = {"latitude": source.latitude, "longitude": source.longitude,
                 "elevation": source.elevation or 0.0}
    name = (source.site.name if source is not None and source.site else None) or code
    prefix = band_code(sampling_rate) + SYNTHETIC_INSTRUMENT
    channels = []
    for component in COMPONENTS:
        azimuth, dip = ORIENTATION[component]
        channels.append(Channel(
            prefix + component, SYNTHETIC_LOCATION, **where, depth=0.0, azimuth=azimuth, dip=dip,
            sample_rate=sampling_rate, start_date=start, types=["SYNTHESIZED"],
            response=unit_response()))
    return Station(code, **where, site=Site(name=name), creation_date=start, start_date=start,
                   channels=channels, comments=comments)
