"""
Corpora larger than memory: records in memory-mapped files
==========================================================

A store is a folder with one file of samples for each station (float32,
little-endian, ``(n, 3, npts)``, ZNE, m/s^2) and ``index.json`` with the
sampling rate, the record length and the metadata of every record. The index is
written last: a folder without it was interrupted and is refused.
"""

import json
import os
from pathlib import Path

import numpy as np

from ..exceptions import TNGInputError
from ..records.info import RECORD_FIELDS, record_info
from ..records.record import check_record, check_station, record_to_array, station_id

FORMAT = "obspy_tng store 1"
INDEX = "index.json"
DTYPE = np.dtype("<f4")


def write_store(items, folder, sampling_rate=None):
    """
    Write records into a new store, one by one.

    :param items: iterable of records (Streams; a
        :class:`~obspy_tng.archive.collection.RecordCollection`,
        :func:`~obspy_tng.records.folder.read_records`, ...) or of tuples (station,
        array ``(n, 3, npts)``, list of n dicts), as
        :func:`~obspy_tng.simulate.simulate_arrays` gives.
    :param folder: folder of the store; must not be one yet.
    :param sampling_rate: Hz, needed for arrays; None takes that of the first record.
    :return: :class:`RecordStore`
    :raises TNGInputError: if an item is no record, or of another rate or length than
        the first, or the folder is a store already.

    .. rubric:: Example

    >>> from tempfile import TemporaryDirectory
    >>> from obspy_tng.simulate import simulate_arrays
    >>> with TemporaryDirectory() as folder:
    ...     store = write_store(simulate_arrays(2, 3, window=20.0), folder, 100.0)
    ...     print(store)
    <RecordStore: 6 records of 2 stations, 100 Hz, 20 s>
    """
    folder = Path(folder)
    if (folder / INDEX).exists():
        raise TNGInputError(f"{folder} is a store already; give a new folder")
    folder.mkdir(parents=True, exist_ok=True)
    for old in folder.glob("*.f32"):  # of a run that was interrupted
        old.unlink()
    infos, npts = {}, None
    for item in items:
        station, data, described, rate = _unpack(item, sampling_rate)
        check_station(station)
        sampling_rate, npts = sampling_rate or rate, npts or data.shape[-1]
        if data.shape[1:] != (3, npts) or rate != sampling_rate or len(described) != len(data):
            raise TNGInputError(f"{station}: array {data.shape} at {rate:g} Hz with "
                                f"{len(described)} descriptions; the store has (n, 3, {npts}) at "
                                f"{sampling_rate:g} Hz and one description a record")
        with open(folder / f"{station}.f32", "ab") as file:
            np.ascontiguousarray(data, dtype=DTYPE).tofile(file)
        infos.setdefault(station, []).extend(described)
    if not infos:
        raise TNGInputError("no records for the store: the iterable is empty")
    index = {"format": FORMAT, "sampling_rate": sampling_rate, "npts": npts, "infos": infos}
    temporary = folder / (INDEX + ".part")
    temporary.write_text(json.dumps(index), "utf-8")
    os.replace(temporary, folder / INDEX)
    return RecordStore(folder)


def _unpack(item, sampling_rate):
    """Station, array, dicts and rate of an item of :func:`write_store`."""
    if isinstance(item, tuple):
        site, data, infos = item
        if sampling_rate is None:
            raise TNGInputError("sampling_rate is needed for arrays, got None")
        infos = [{**{field: info.get(field) for field in RECORD_FIELDS},
                  "starttime": str(info.get("starttime") or "") or None} for info in infos]
        return getattr(site, "station", site), np.asarray(data), infos, sampling_rate
    rate = check_record(item)[0].stats.sampling_rate
    return station_id(item), record_to_array(item)[None], [record_info(item)], rate


class RecordStore:
    """
    Records in memory-mapped files; :meth:`TNGGenerator.fit <obspy_tng.TNGGenerator.fit>`
    takes it instead of records.

    :param folder: folder that :func:`write_store` wrote.
    :raises TNGInputError: if it is no store, or its files were altered.
    """

    def __init__(self, folder):
        self.folder = Path(folder)
        try:
            index = json.loads((self.folder / INDEX).read_text("utf-8"))
            if index["format"] != FORMAT:
                raise TNGInputError(f"{folder}: {INDEX} is not of format {FORMAT!r}")
            self.sampling_rate = float(index["sampling_rate"])
            self.npts = int(index["npts"])
            self._infos = dict(index["infos"])
        except (OSError, ValueError, KeyError, TypeError) as exc:
            raise TNGInputError(f"{folder} is not a store of records: {exc!r}") from exc
        for station, infos in self._infos.items():
            path = self._path(station)
            expected = len(infos) * 3 * self.npts * DTYPE.itemsize
            if not path.exists() or path.stat().st_size != expected:
                raise TNGInputError(f"{path}: must have {expected} bytes; the store is damaged")

    def __repr__(self):
        return (f"<RecordStore: {len(self)} records of {len(self._infos)} stations, "
                f"{self.sampling_rate:g} Hz, {self.npts / self.sampling_rate:g} s>")

    def __len__(self):
        return sum(map(len, self._infos.values()))

    @property
    def stations(self):
        """Dict ``station id -> number of records``."""
        return {station: len(infos) for station, infos in self._infos.items()}

    def groups(self):
        """Dict ``station id -> (memory-mapped (n, 3, npts), list of dicts)``."""
        return {station: (np.memmap(self._path(station), DTYPE, "r",
                                    shape=(len(infos), 3, self.npts)), infos)
                for station, infos in self._infos.items()}

    def checked_groups(self, sampling_rate, npts):
        """
        :meth:`groups`, for a generator of a rate and length.

        :param sampling_rate: Hz.
        :param npts: samples of a record.
        :return: as :meth:`groups`.
        :raises TNGInputError: if the records have another rate or length, or a station id is none.
        """
        if (self.sampling_rate, self.npts) != (sampling_rate, npts):
            raise TNGInputError(f"{self!r}: {sampling_rate:g} Hz and {npts} samples are needed")
        for station in self.stations:
            check_station(station)
        return self.groups()

    def _path(self, station):
        return self.folder / f"{station}.f32"
