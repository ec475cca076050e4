"""
Base class of all generators of station records.

:class:`StationGenerator` converts records to a bank of arrays per station, and the
arrays that a subclass draws to Streams with provenance. A subclass defines how a
record is stored (:meth:`~StationGenerator._encode`) and how new ones are drawn
(:meth:`~StationGenerator._draw`). TNGGenerator, the baselines and the controls are
such subclasses, so that all have the same interface and evaluation.
"""

import hashlib
import inspect
import logging
from dataclasses import asdict
from itertools import cycle, islice
from types import MappingProxyType

import numpy as np
from obspy import Stream

from . import metadata
from ._checks import check_memory, count, known_names, positive
from ._random import checked_seed, realization_rngs
from .exceptions import TNGInputError, warn
from .groundmotion.scenario import Scenario
from .records.enrolled import Enrolled, checked_info, checked_samples, refuse_generated
from .records.info import record_info, remember_id
from .records.places import header_place
from .records.record import check_station, group_by_station
from .records.synthetic import (
    SYNTHETIC_START,
    checked_starttime,
    realization_starttime,
    synthetic_record,
)

logger = logging.getLogger("obspy_tng")

# m/s^2: the largest recorded accelerations are about 40; a peak of 0.5 m/s^2 is 50 in gal
LARGEST_PEAK = 50.0


class StationGenerator:
    """
    Enrols records by station and generates new ones as Streams.

    :param sampling_rate: Hz, of every record in and out.
    :param window: record length in s; ``npts = round(window * sampling_rate)``.
    """

    #: short name, used in tables and in ``stats.tng.generator``
    name = "generator"

    def __init__(self, sampling_rate=100.0, window=60.0):
        self.sampling_rate = positive("sampling_rate", sampling_rate)
        self.window = positive("window", window)
        self.npts = round(self.sampling_rate * self.window)
        self._bank = {}
        self._sites = {}  # station id -> Site, of stations whose ground is known
        self._source_inventory = None

    # -- what a subclass defines --------------------------------------------

    def _encode(self, station, data, infos):
        """Arrays to keep of a station's records ``(n, 3, npts)``: dict of arrays with n rows."""
        return {"data": data.astype(np.float32)}

    def _draw(self, station, rngs, scenarios):
        """
        Draw ``len(rngs)`` realizations of a station.

        :param station: id of an enrolled station.
        :param rngs: one ``numpy.random.Generator`` per realization.
        :param scenarios: the :class:`~obspy_tng.groundmotion.scenario.Scenario` asked for, one per
            realization.
        :return: array ``(len(rngs), 3, npts)``, ZNE, m/s^2, and a list of dicts
            for ``stats.tng`` of each (``sources``, ``sampler``, ...).
        """
        raise NotImplementedError

    # -- what users call ----------------------------------------------------

    @property
    def bank(self):
        """What is kept of the enrolled records: read-only mapping station id -> Enrolled."""
        return MappingProxyType(self._bank)

    @property
    def stations(self):
        """Enrolled stations: dict ``station id -> number of records``."""
        return {**dict.fromkeys(self._sites, 0),
                **{station: len(enrolled) for station, enrolled in self._bank.items()}}

    def fit(self, records, inventory=None, *, allow_generated=False):
        """
        Learn from the records and enrol every station in them.

        :param records: iterable of records (see :mod:`obspy_tng.records.record`).
        :param inventory: Inventory with the stations' coordinates; optional.
        :param allow_generated: see :meth:`enroll`.
        :return: self
        """
        return self.enroll(records, inventory, allow_generated=allow_generated)

    def enroll(self, records, inventory=None, *, allow_generated=False):
        """
        Add stations, or records to stations, without training.

        A record that is already enrolled is skipped with a warning, as is one that has the samples
        of another. There are also warnings for peaks above 50 m/s^2, which may be in gal, and for
        an empty iterable.

        :param records: iterable of records of this generator's rate and length.
        :param inventory: Inventory with the stations' coordinates; optional. It is added to those
            of earlier calls; coordinates of other stations come from the records
            (``stats.tng.station_latitude``, ...).
        :param allow_generated: accept generated records, which are refused otherwise: a
            generator that is fitted to its own records drifts away from the station.
        :return: self
        :raises TNGInputError: if a record is not usable, or if there are no records at all;
            nothing is enrolled then.
        :raises TNGException: if the generator has to be trained first.
        """
        self._check_ready()
        records = group_by_station(records)
        if self._bank and not any(records.values()):
            warn("no records to enrol: the iterable is empty")
        checked = self._checked(records, allow_generated)
        joined = self._joined(inventory, records)
        self._add(checked)
        self._source_inventory = joined
        return self

    def generate(self, station, n=1, *, seed=None, first=0, magnitude=None, distance=None,
                 depth=None, starttime=SYNTHETIC_START, **options) -> list[Stream]:
        """
        Generate new records of an enrolled station.

        :param station: station id ``"NET.STA"``.
        :param n: number of records, >= 0.
        :param seed: int for a reproducible draw; None draws a new seed, which is stored in
            ``stats.tng.seed``. Realization i depends only on the seed and on i.
        :param first: number of the first realization, to draw a long series in parts.
        :param magnitude: magnitude of the scenario, or None.
        :param distance: epicentral distance of the scenario in km, or None.
        :param depth: depth of the scenario in km, or None.
        :param starttime: UTCDateTime of realization 0, or what makes one; the others follow without
            overlap.
        :param options: options of the generator's own drawing, see the class.
        :return: list of n records (Streams, ZNE, m/s^2).
        :raises TNGInputError: for an unknown station or a bad value.
        :raises TypeError: for an option that the generator does not have.

        There is a :class:`~obspy_tng.exceptions.TNGWarning` for peaks above 50 m/s^2.
        """
        self._enrolled(station)
        scenario = Scenario(magnitude, distance, depth)
        if depth is not None and (magnitude is None or distance is None):
            raise TNGInputError(f"depth={depth!r} needs magnitude and distance as well")
        return self._generated(station, [scenario], count("n", n), checked_seed(seed),
                               count("first", first), starttime, options)

    def generate_like(self, station, records, n=None, *, seed=None, **options) -> list[Stream]:
        """
        Generate records of a station for the earthquakes of some records.

        This is needed for a comparison with recorded ground motion: record i has magnitude,
        distance and depth of ``records[i % len(records)]``, or no scenario if magnitude or
        distance are not known.

        :param station: id of an enrolled station.
        :param records: list of records, of that station or of another.
        :param n: number of records, >= 0; None: as many as ``records``.
        :param seed: as in :meth:`generate`.
        :param options: of the generator's own drawing, as in :meth:`generate`.
        :return: list of n records.
        :raises TNGInputError: without records, for an unknown station or a bad value.
        """
        records = records if isinstance(records, Stream | None) else list(records)
        group_by_station(records)  # raises for what is not a Stream
        if not records:
            raise TNGInputError("no records to take the earthquakes of")
        self._enrolled(station)
        n = len(records) if n is None else count("n", n)
        seed = checked_seed(seed)
        infos = [record_info(record) for record in records]
        scenarios = [Scenario(info["magnitude"], info["distance"], info["depth"])
                     if None not in (info["magnitude"], info["distance"]) else Scenario()
                     for info in infos]
        return self._generated(station, scenarios, n, seed, 0, SYNTHETIC_START, options)

    def _generated(self, station, scenarios, n, seed, first, starttime, options):
        """n records from the realization ``first`` on; the scenarios are used in turn."""
        allowed = self._options()
        if allowed is not None and (unknown := sorted(set(options) - allowed)):
            raise TypeError(f"generate(): unknown options {unknown}; this generator has "
                            f"{sorted(allowed) or 'none'}")
        check_memory(n, 3 * self.npts * 4)  # float32
        starttime = checked_starttime(starttime, first + n, self.window)
        if n == 0:
            return []
        asked = list(islice(cycle(scenarios), n))
        data, notes = self._draw(station, realization_rngs(seed, station, n, first), asked,
                                 **options)
        peaks = np.abs(data).max(axis=(1, 2))
        if (loud := np.count_nonzero(peaks > LARGEST_PEAK)):
            warn(f"{loud} of {n} generated records have peaks above {LARGEST_PEAK:g} m/s^2 "
                 f"({peaks.max():.3g} at most), where no ground has: are units, magnitudes and "
                 "distances of the enrolled records right, and does the scenario suit them?")
        common = {"generator": self.name, "seed": seed, "station": station,
                  "enrolled": len(self._enrolled(station)),
                  **self._provenance(), **self._station_provenance(station)}
        where = metadata.station_coordinates(self._source_inventory, station)
        if where is not None:  # for the headers of files
            common |= dict(zip(("station_latitude", "station_longitude", "station_elevation"),
                               where, strict=True))
        return [synthetic_record(samples, self.sampling_rate, station,
                                 realization_starttime(i, self.window, starttime),
                                 {**common, **asdict(scenario), "realization": i,
                                  "record_id": f"{station}.{self.name}.{seed}.{i}", **note})
                for i, (samples, scenario, note) in enumerate(
                    zip(data, asked, notes, strict=True), first)]

    @property
    def inventory(self):
        """Inventory of the synthetic channels of all enrolled stations."""
        return metadata.synthetic_inventory(self.stations, self.sampling_rate,
                                            inventory=self._source_inventory)

    # -- for subclasses -----------------------------------------------------

    def _check_ready(self):
        """Raise TNGException if records cannot be enrolled without training."""

    def _options(self):
        """Names of the options of ``generate()`` that are the generator's own; None: not known."""
        return keyword_names(self._draw)

    def _provenance(self):
        """Fields of ``stats.tng`` on the model, common to all generated records."""
        return {}

    def _station_provenance(self, station):
        """Fields of ``stats.tng`` on what is known of a station."""
        return {}

    def _checked(self, records, allow_generated=False):
        """Usable new records: dict station -> (data ``(n, 3, npts)``, list of infos)."""
        checked, loud, again, copies = {}, [], [], []
        for station, group in group_by_station(records).items():
            check_station(station)
            known = {info["record_id"] for info in self._bank.get(station, Enrolled()).infos}
            arrays, infos, seen, same = [], [], {}, {}
            for record in group:
                data = checked_samples(record, station, self.sampling_rate, self.npts)
                remember_id(record, seen)
                info = checked_info(record)
                if info["record_id"] in known:
                    again.append(info["record_id"])
                    continue
                known.add(info["record_id"])
                digest = hashlib.blake2b(data, digest_size=16).digest()
                if (other := same.setdefault(digest, info["record_id"])) != info["record_id"]:
                    copies.append(f"{info['record_id']}, that of {other}")
                    continue
                if (peak := np.abs(data).max()) > LARGEST_PEAK:
                    loud.append(f"{info['record_id']}, {peak:.0f} m/s^2")
                arrays.append(data)
                infos.append(info)
            if infos:
                checked[station] = (np.stack(arrays), infos)
        if not allow_generated:
            refuse_generated(checked)
        if again:
            warn(f"record {again[0]} is enrolled already; skipped" if len(again) == 1 else
                 f"{len(again)} records are enrolled already; skipped (the first: {again[0]})")
        if copies:
            warn(f"{len(copies)} records have the samples of another one, which counts once; "
                 f"skipped (the first: {copies[0]})")
        if loud:
            warn(f"{len(loud)} records have peaks above {LARGEST_PEAK:g} m/s^2 (first: "
                 f"{loud[0]}); are the samples in gal? prepare_record(..., units=...) "
                 "converts")
        if not checked and not self._bank:
            raise TNGInputError("no records to enrol: the iterable is empty")
        return checked

    def _add(self, checked):
        """Enrol what :meth:`_checked` gave; all of it, or nothing if encoding fails."""
        encoded = {station: self._encode(station, *pair) for station, pair in checked.items()}
        for station, arrays in encoded.items():
            self._bank.setdefault(station, Enrolled()).append(arrays, checked[station][1])

    def _joined(self, inventory, groups=None):
        """Inventory of the stations, of this call and of earlier ones, and of records' headers."""
        places = {}
        for station, group in (groups or {}).items():
            found = (header_place(record[0]) for record in group if record)
            place = next(filter(None, found), None)
            if place is not None:
                places[station] = place
        return metadata.joined_inventory(self._source_inventory, inventory, places)

    def _enrolled(self, station):
        """The :class:`Enrolled` of a station (empty for a site without records), or an error."""
        if not isinstance(station, str):
            raise TypeError(f"station must be a station id such as 'XR.AL01', got {station!r}")
        if station in self._sites and self._bank:
            return self._bank.get(station, Enrolled())
        if station not in self._bank:
            known = (f"enrolled: {known_names(station, self._bank)}" if self._bank else
                     "enrolled: none, call enroll() with records first")
            raise TNGInputError(f"station {station!r} is not enrolled; {known}")
        return self._bank[station]


def keyword_names(function):
    """
    Arguments of a function that have defaults.

    :param function: callable.
    :return: set of str; None where any keyword is taken.

    .. rubric:: Example

    >>> sorted(keyword_names(lambda station, k=5, *, alpha=1.0: None))
    ['alpha', 'k']
    """
    parameters = inspect.signature(function).parameters.values()
    names = {p.name for p in parameters if p.default is not p.empty}
    if any(p.kind is p.VAR_KEYWORD for p in parameters):
        return None
    return names
