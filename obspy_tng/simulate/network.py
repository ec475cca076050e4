"""
Simulated networks: every earthquake at every station, as records with metadata.

* :func:`simulate_network` - records, Inventory, Catalog and the true sites.
* :func:`simulate_records`, :func:`simulate_arrays` - the same records one at a time, or
  as one array per station: for corpora too large to hold.
"""

from dataclasses import dataclass, field
from functools import cached_property
from numbers import Real

import numpy as np
from obspy import Catalog, Inventory, Stream, Trace
from obspy.core import AttribDict
from obspy.geodetics import gps2dist_azimuth

from .._page import facts
from ..exceptions import TNGInputError
from ..records.record import COMPONENTS, UNITS
from ..records.synthetic import band_code
from .column import FREQMIN, PASS_TO_NYQUIST, TAIL, site_response
from .crust import draw_crust
from .files import network_catalog, network_inventory
from .greens import WavenumberGrid, greens_functions, wavenumber_kernels
from .path import CROSSOVER, LongWaves
from .scenario import draw_earthquake, draw_site
from .waveforms import TRIGGER_STEPS, synthesize

# What a seed is drawn for; part of every seed, so that they do not meet.
_SITE, _EARTHQUAKE, _RECORD, _F0, _GROUND, _CRUST = range(6)
F0_RANGE = (0.3, 12.0)      # Hz, where none is given
GOLDEN_RATIO = 0.6180339887498949
MAX_STATIONS = 9999         # distinct five-letter station codes
# The complete wave field is computed until waves of this speed (m/s) have arrived, and for so
# many seconds more.
SLOWEST, MORE = 2000.0, 40.0
AT_ONCE = 4                 # earthquakes whose wave fields are computed together


@dataclass(frozen=True)
class SimulatedNetwork:
    """
    What :func:`simulate_network` returns.

    :param records: list of records (Streams, ZNE, m/s^2), by earthquake, then station.
    :param inventory: Inventory with coordinates and a flat unit response.
    :param catalog: Catalog with origins and magnitudes.
    :param sites: dict station id -> :class:`~obspy_tng.simulate.scenario.SimulatedSite`,
        the truth: ``.profile``, ``.f0`` (Hz; None on rock), ``.vs30`` (m/s).
    """

    records: list = field(repr=False)
    inventory: Inventory
    catalog: Catalog
    sites: dict = field(repr=False)

    def __repr__(self):
        stats = self.records[0][0].stats if self.records else None
        shape = "" if stats is None else (f", {stats.sampling_rate:g} Hz, "
                                          f"{stats.npts / stats.sampling_rate:g} s")
        return (f"<SimulatedNetwork: {len(self.records)} records of {len(self.sites)} stations, "
                f"{len(self.catalog)} earthquakes{shape}>")

    def _repr_html_(self):
        return facts([("records", len(self.records)), ("earthquakes", len(self.catalog)),
                      *((name, ("rock" if site.f0 is None else f"f0 {site.f0:.3g} Hz")
                         + f", Vs30 {site.vs30:.0f} m/s") for name, site in self.sites.items())])


def simulate_network(n_stations=5, n_events=20, *, seed=0, sampling_rate=100.0, window=60.0,
                     f0=None, network="SM", magnitude=(4.0, 7.0), distance=(10.0, 150.0),
                     depth=(5.0, 30.0), pre_event=5.0, rock=0.0, old_recorders=0.0,
                     variability=1.0) -> SimulatedNetwork:
    """
    Simulate the strong-motion records of a network.

    Each record depends only on ``seed`` and on the numbers of its station and its earthquake:
    additional stations or earthquakes do not change the others.

    :param n_stations: number of stations, named S001, S002, ...
    :param n_events: number of earthquakes, one a day.
    :param seed: int >= 0.
    :param sampling_rate: Hz.
    :param window: length of a record, s.
    :param f0: theoretical fundamental frequencies of the stations in Hz, 0.1 to 20;
        None in the place of a number puts that station on rock. None instead
        of a sequence draws them from 0.3 to 12 Hz, evenly in ln.
    :param network: network code.
    :param magnitude: range of moment magnitudes, uniform.
    :param distance: range of epicentral distances, km, about uniform in ln.
    :param depth: range of depths, km.
    :param pre_event: s before the P wave, give or take 30 %.
    :param rock: share of stations on rock where ``f0`` is None.
    :param old_recorders: share of stations with an old recorder: coarse steps (11 to 16
        bits), hardly anything from before the motion that triggers it, which is often after P
        (``p_index`` is None then), and no record of motion too weak to trigger it.
    :param variability: factor of the scatter between events and between records, except that of
        the noise; 0 simulates the average earthquake of each magnitude and distance.
    :return: :class:`SimulatedNetwork`.
    :raises TNGInputError: on a value out of range.

    .. rubric:: Example

    >>> net = simulate_network(2, 3, f0=[0.5, 4.0], window=30.0)
    >>> print(len(net.records), net.records[0][1].id, net.records[0][1].stats.npts)
    6 SM.S001..HNN 3000
    >>> print(round(net.sites["SM.S002"].f0, 3))
    4.0
    """
    plan = NetworkPlan(n_stations, n_events, seed=seed, sampling_rate=sampling_rate, window=window,
                       f0=f0, network=network, magnitude=magnitude, distance=distance,
                       depth=depth, pre_event=pre_event, rock=rock, old_recorders=old_recorders,
                       variability=variability)
    earthquakes = [plan.earthquake(j) for j in range(n_events)]
    sites = [plan.site(i) for i in range(n_stations)]
    fields = plan.long_waves(sites, earthquakes)
    records = []
    for i, site in enumerate(sites):
        records += [(info["event_number"], i, plan.stream(site, data, info))
                    for data, info in plan.records(i, site, earthquakes, fields)]
    records = [record for *_, record in sorted(records, key=lambda item: item[:2])]
    return SimulatedNetwork(records, network_inventory(sites, plan.sampling_rate),
                            network_catalog(earthquakes), {site.station: site for site in sites})


def simulate_records(n_stations=5, n_events=20, **options):
    """
    The records of :func:`simulate_network`, one at a time and station by station.

    :param n_stations, n_events: see :func:`simulate_network`.
    :param options: all other parameters of :func:`simulate_network`.
    :return: iterator of records (Streams).
    """
    plan = NetworkPlan(n_stations, n_events, **options)
    return _stream_records(plan)


def simulate_arrays(n_stations=5, n_events=20, **options):
    """
    The records of :func:`simulate_network` as arrays, one station at a time.

    :param n_stations, n_events: see :func:`simulate_network`.
    :param options: all other parameters of :func:`simulate_network`.
    :return: iterator of tuples: the :class:`~obspy_tng.simulate.scenario.SimulatedSite`;
        float32 array ``(n, 3, npts)``, ZNE, m/s^2; list of n dicts with the
        fields of ``stats.tng``.
    """
    plan = NetworkPlan(n_stations, n_events, **options)
    return _station_arrays(plan)


@dataclass(frozen=True)
class NetworkPlan:
    """
    The checked parameters of a network, and the drawing of its parts by number.

    Fields are the parameters of :func:`simulate_network`.
    """

    n_stations: int
    n_events: int
    seed: int = 0
    sampling_rate: float = 100.0
    window: float = 60.0
    f0: tuple | None = None
    network: str = "SM"
    magnitude: tuple = (4.0, 7.0)
    distance: tuple = (10.0, 150.0)
    depth: tuple = (5.0, 30.0)
    pre_event: float = 5.0
    rock: float = 0.0
    old_recorders: float = 0.0
    variability: float = 1.0

    def __post_init__(self):
        for name, limit in (("n_stations", MAX_STATIONS), ("n_events", 36500), ("seed", None)):
            value = getattr(self, name)
            if isinstance(value, bool) or not isinstance(value, int | np.integer):
                raise TypeError(f"{name} must be an integer, got {value!r}")
            if value < 0 or (limit is not None and value > limit):
                raise TNGInputError(f"{name} must be between 0 and {limit or 'any'}, got {value!r}")
        for name, low, high in (("sampling_rate", 1, 1000), ("window", 1, 7200), ("rock", 0, 1),
                                ("old_recorders", 0, 1), ("variability", 0, 2),
                                ("pre_event", 0.2, 3600)):
            value = getattr(self, name)
            if isinstance(value, bool) or not isinstance(value, Real):
                raise TypeError(f"{name} must be a number, got {value!r}")
            if not low <= value <= high:
                raise TNGInputError(f"{name} must be between {low} and {high}, got {value!r}")
        for name, low, high in (("magnitude", 2, 9), ("distance", 1, 1000), ("depth", 1, 700)):
            value = _sequence(name, getattr(self, name))
            if len(value) != 2 or not low <= value[0] <= value[1] <= high:
                raise TNGInputError(f"{name} must be a range (low, high) within {low} and {high}, "
                                    f"got {value!r}")
            object.__setattr__(self, name, value)
        if not (isinstance(self.network, str) and 1 <= len(self.network) <= 2):
            raise TNGInputError(f"network must be a code of 1 or 2 letters, got {self.network!r}")
        self._check_f0()

    def _check_f0(self):
        if self.f0 is None:
            return
        object.__setattr__(self, "f0", _sequence("f0", self.f0))
        if len(self.f0) != self.n_stations:
            raise TNGInputError(f"f0 must have one value per station ({self.n_stations}), "
                                f"got {len(self.f0)}")
        for value in self.f0:
            if value is not None and not 0.1 <= value <= 20:
                raise TNGInputError(f"f0 must be between 0.1 and 20 Hz, or None for rock, "
                                    f"got {value!r}")

    @property
    def npts(self):
        """Samples of a record."""
        return round(self.window * self.sampling_rate)

    @property
    def radius(self):
        """Largest distance of stations from the center, km, that keeps distances in range."""
        return min(15.0, 0.1 * (self.distance[1] - self.distance[0]))

    def rng(self, *key):
        """Random generator of one part of the network."""
        return np.random.default_rng(np.random.SeedSequence([self.seed, *key]))

    def site(self, i):
        """Station ``i``."""
        rng = self.rng(_SITE, i)
        on_rock = rng.random() < self.rock
        if self.f0 is not None:
            f0 = self.f0[i]
        else:
            # Steps of the golden ratio give the stations of a small network different f0.
            share = (self.rng(_F0).random() + i * GOLDEN_RATIO) % 1
            f0 = None if on_rock else float(np.exp((1 - share) * np.log(F0_RANGE[0])
                                                   + share * np.log(F0_RANGE[1])))
        return draw_site(rng, f"{self.network}.S{i + 1:03d}", self.radius, f0, self.old_recorders)

    def earthquake(self, j):
        """Earthquake ``j``."""
        low, high = self.distance
        return draw_earthquake(
            self.rng(_EARTHQUAKE, j), f"smi:obspy_tng/simulated/{self.seed}/{j + 1}", j,
            self.magnitude, (low + self.radius, high - self.radius), self.depth, self.variability)

    @cached_property
    def crust(self):
        """The crust under the network."""
        return draw_crust(self.rng(_CRUST))

    def long_waves(self, sites, earthquakes):
        """
        The complete wave field below the crossover.

        :param sites: list of :class:`~obspy_tng.simulate.scenario.SimulatedSite`.
        :param earthquakes: list of :class:`~obspy_tng.simulate.scenario.Earthquake`.
        :return: list by earthquake of lists by station of
            :class:`~obspy_tng.simulate.path.LongWaves`.
        """
        crust = self.crust.for_long_waves()
        duration = min(MORE + 1e3 * self.distance[1] / SLOWEST, self.window + TAIL)
        grid = WavenumberGrid.make(
            crust, 1e3 * self.depth[0], 1e3 * self.distance[1],
            round(duration * self.sampling_rate) / self.sampling_rate,
            min(CROSSOVER[1], 0.45 * self.sampling_rate))
        fields = []
        for first in range(0, len(earthquakes), AT_ONCE):
            part = earthquakes[first:first + AT_ONCE]
            kernels = wavenumber_kernels(crust, [1e3 * quake.depth for quake in part], grid)
            fields += [[LongWaves(grid, greens_functions(
                kernel, grid, 1e3 * _geometry(quake, site)[0]).astype(np.complex64))
                for site in sites] for quake, kernel in zip(part, kernels, strict=True)]
        return fields

    def records(self, i, site, earthquakes, fields):
        """Iterate over the records of station ``i``: arrays ``(3, npts)`` and their dicts."""
        response = site_response(site, self.crust, self.sampling_rate, self.npts,
                                 self.rng(_GROUND, i) if self.variability else None)
        for j, earthquake in enumerate(earthquakes):
            rng = self.rng(_RECORD, i, j)
            # An old recorder keeps hardly anything from before it is triggered.
            pre_event = self.pre_event * (rng.uniform(0.04, 0.2) if site.old
                                          else rng.uniform(0.7, 1.3))
            geometry = _geometry(earthquake, site)
            data, notes = synthesize(earthquake, site, self.crust, response, geometry, rng,
                                     pre_event, self.variability, fields[j][i])
            if site.old and np.abs(data[0]).max() < TRIGGER_STEPS * site.step:
                continue
            start = earthquake.time + notes.pop("start")
            yield data, {
                "record_id": f"{site.station}.{self.seed}.{j + 1}", "event_number": j,
                "event_id": earthquake.event_id, "magnitude": earthquake.magnitude,
                "distance": geometry[0], "depth": earthquake.depth, "starttime": start,
                "freqmin": FREQMIN, "freqmax": 0.5 * PASS_TO_NYQUIST * self.sampling_rate,
                "source": "simulated", "f0": site.f0, "vs30": site.vs30, **notes}

    def stream(self, site, data, info):
        """Record of an array and its dict."""
        network, station = site.station.split(".")
        tng = {key: value for key, value in info.items()
               if key not in ("starttime", "event_number")}
        # an old recorder may start later than P
        tng |= {key: None for key in ("p_index", "s_index") if tng[key] < 0}
        return Stream([
            Trace(samples, {"network": network, "station": station,
                            "channel": f"{band_code(self.sampling_rate)}N{component}",
                            "sampling_rate": self.sampling_rate, "starttime": info["starttime"],
                            "tng": AttribDict({**tng, "units": UNITS})})
            for component, samples in zip(COMPONENTS, data, strict=True)])


def _geometry(earthquake, site):
    """Epicentral distance in km, azimuth from the epicenter, azimuth at the station, degrees."""
    meters, azimuth, back = gps2dist_azimuth(earthquake.latitude, earthquake.longitude,
                                             site.latitude, site.longitude)
    return meters / 1e3, azimuth, back + 180.0


def _sequence(name, value):
    """The value as a tuple, or a TypeError that names the parameter."""
    if isinstance(value, str) or not hasattr(value, "__iter__"):
        raise TypeError(f"{name} must be a sequence of numbers, got {value!r}")
    return tuple(value)


def _stream_records(plan):
    for site, data, infos in _station_arrays(plan):
        for samples, info in zip(data, infos, strict=True):
            yield plan.stream(site, samples, info)


def _station_arrays(plan):
    earthquakes = [plan.earthquake(j) for j in range(plan.n_events)]
    sites = [plan.site(i) for i in range(plan.n_stations)]
    fields = plan.long_waves(sites, earthquakes)
    for i, site in enumerate(sites):
        pairs = list(plan.records(i, site, earthquakes, fields))
        data = np.empty((len(pairs), 3, plan.npts), dtype=np.float32)
        for row, (samples, _) in zip(data, pairs, strict=True):
            row[:] = samples
        yield site, data, [info for _, info in pairs]
