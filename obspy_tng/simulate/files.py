"""
Metadata of a simulated network, and its records as an archive of raw data.

* :func:`network_inventory`, :func:`network_catalog` - StationXML and QuakeML objects.
* :func:`write_archive` - SDS archive of MiniSEED counts with both beside it.
"""

from pathlib import Path

import numpy as np
from obspy import Catalog, Inventory, UTCDateTime
from obspy.core.event import Event, Magnitude, Origin, ResourceIdentifier
from obspy.core.inventory import Channel, Network, Site, Station

from ..exceptions import TNGInputError
from ..metadata import ORIENTATION, unit_response
from ..records.record import COMPONENTS
from ..records.synthetic import band_code

EPOCH_START = UTCDateTime(1990, 1, 1)


def network_inventory(sites, sampling_rate, counts=False):
    """
    Inventory of simulated stations.

    :param sites: iterable of :class:`~obspy_tng.simulate.scenario.SimulatedSite`.
    :param sampling_rate: Hz.
    :param counts: False for samples in m/s^2 (flat unit response); True for counts of the
        station's digitiser step.
    :return: :class:`~obspy.core.inventory.inventory.Inventory`.
    """
    networks = {}
    for site in sites:
        code, name = site.station.split(".")
        where = {"latitude": site.latitude, "longitude": site.longitude, "elevation": 0.0}
        channels = []
        for component in COMPONENTS:
            azimuth, dip = ORIENTATION[component]
            response = unit_response()
            if counts:
                response.response_stages[0].stage_gain = 1 / site.step
                response.instrument_sensitivity.value = 1 / site.step
                response.instrument_sensitivity.output_units_description = "digital counts"
            channels.append(Channel(
                f"{band_code(sampling_rate)}N{component}", "", **where, depth=0.0,
                azimuth=azimuth, dip=dip, sample_rate=sampling_rate, start_date=EPOCH_START,
                response=response))
        ground = "rock" if site.f0 is None else f"f0 {site.f0:.3g} Hz"
        networks.setdefault(code, Network(code, stations=[])).stations.append(Station(
            name, **where, site=Site(f"simulated, {ground}, vs30 {site.vs30:.0f} m/s"),
            creation_date=EPOCH_START, start_date=EPOCH_START, channels=channels))
    return Inventory(networks=list(networks.values()), source="obspy_tng simulation")


def network_catalog(earthquakes):
    """
    Catalog of simulated earthquakes.

    :param earthquakes: iterable of :class:`~obspy_tng.simulate.scenario.Earthquake`.
    :return: :class:`~obspy.core.event.Catalog`.
    """
    events = []
    for quake in earthquakes:
        origin = Origin(time=quake.time, latitude=quake.latitude, longitude=quake.longitude,
                        depth=1e3 * quake.depth,
                        resource_id=ResourceIdentifier(f"{quake.event_id}/origin"))
        size = Magnitude(mag=quake.magnitude, magnitude_type="Mw",
                         resource_id=ResourceIdentifier(f"{quake.event_id}/magnitude"))
        event = Event(resource_id=ResourceIdentifier(quake.event_id), origins=[origin],
                      magnitudes=[size], event_type="earthquake")
        event.preferred_origin_id = origin.resource_id
        event.preferred_magnitude_id = size.resource_id
        events.append(event)
    return Catalog(events)


def write_archive(network, folder):
    """
    Write a simulated network as an archive of raw data.

    Counts are steps of each station's digitiser; ``stations.xml`` has the gain. The truth of the
    simulation (onsets, f0) is not in the archive.

    :param network: :class:`~obspy_tng.simulate.SimulatedNetwork`.
    :param folder: path, made where it does not exist: gets ``sds/`` (Steim2 MiniSEED, read
        with :class:`obspy.clients.filesystem.sds.Client`), ``stations.xml`` and
        ``events.xml``.
    :return: the folder as a :class:`~pathlib.Path`.
    :raises TNGInputError: if ``folder`` has an archive already.
    """
    folder = Path(folder)
    archive = folder / "sds"
    if archive.exists():
        raise TNGInputError(f"folder {str(folder)!r} has an archive (sds/) already; "
                            "give a new folder")
    if not network.records:
        raise TNGInputError("network has no records to write")
    for record in network.records:
        for trace in record:
            _write_counts(trace, archive, network.sites)
    rate = network.records[0][0].stats.sampling_rate
    network_inventory(network.sites.values(), rate, counts=True).write(
        str(folder / "stations.xml"), format="STATIONXML", validate=True)
    network.catalog.write(str(folder / "events.xml"), format="QUAKEML")
    return folder


def _write_counts(trace, archive, sites):
    """One trace into its SDS file; earthquakes are a day apart, so each has its own."""
    stats = trace.stats
    counts = trace.copy()
    counts.data = np.rint(trace.data / np.float32(sites[f"{stats.network}.{stats.station}"].step)
                          ).astype(np.int32)
    day = stats.starttime
    name = f"{trace.id}.D.{day.year}.{day.julday:03d}"
    path = archive / str(day.year) / stats.network / stats.station / f"{stats.channel}.D" / name
    path.parent.mkdir(parents=True, exist_ok=True)
    counts.write(str(path), format="MSEED", encoding="STEIM2")
