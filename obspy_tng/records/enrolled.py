"""
Enrolled records: what a bank keeps of those of a station, and what is refused.
"""

from dataclasses import dataclass, field

import numpy as np

from ..exceptions import TNGInputError
from ..groundmotion.scenario import Scenario
from ..signal.record_edges import zeros_at_end
from .info import RECORD_FIELDS, record_id, record_info
from .record import COMPONENTS, SMALLEST_PEAK, record_to_array, station_id

#: the mean of a component over its peak; that of shaking is far below
LARGEST_OFFSET = 0.5


@dataclass
class Enrolled:
    """
    What the bank keeps of the records of one station.

    ``arrays`` maps a name to an array whose first axis counts the records;
    ``infos`` has one dict per record (see :func:`obspy_tng.records.info.record_info`).
    """

    arrays: dict = field(default_factory=dict)
    infos: list = field(default_factory=list)

    @classmethod
    def published(cls, arrays, station):
        """
        Published records, of which nothing is known but the arrays.

        :param arrays: dict name -> array, as in the class.
        :param station: station id.
        :return: Enrolled, with record ids ``NET.STA.published.i``.

        .. rubric:: Example

        >>> Enrolled.published({"mean": np.zeros((2, 3))}, "TK.A").infos[1]["record_id"]
        'TK.A.published.1'
        """
        n = len(next(iter(arrays.values())))
        return cls(arrays, [{**dict.fromkeys(RECORD_FIELDS),
                             "record_id": f"{station}.published.{i}"} for i in range(n)])

    def __len__(self):
        return len(self.infos)

    def append(self, arrays, infos):
        """
        Add records; ``arrays`` as in the class, ``infos`` their dicts.

        An array that earlier records lack (of a model saved before it was kept) is zero for them.
        """
        for key, value in arrays.items():
            before = self.arrays.get(key, np.zeros((len(self), *value.shape[1:]), value.dtype))
            self.arrays = {**self.arrays, key: np.concatenate([before, value])}
        self.infos = self.infos + list(infos)


def checked_samples(record, station, sampling_rate, npts):
    """
    Samples of a record, which can be those of ground that comes to rest.

    :param record: Stream of one record.
    :param station: id of the station that it shall be of.
    :param sampling_rate: Hz, required.
    :param npts: number of samples, required.
    :return: float64 array ``(3, npts)``, ZNE, m/s^2.
    :raises TNGInputError: if it is not such a record, is of another station, weaker than any ground
        or has an offset.
    """
    data, name = record_to_array(record, sampling_rate, npts), record_id(record)
    if station_id(record) != station:
        raise TNGInputError(f"record {name} is listed as one of {station}, and its traces are of "
                            f"{station_id(record)}")
    peaks = np.abs(data).max(axis=1)
    if peaks.max() < SMALLEST_PEAK:
        raise TNGInputError(
            f"record {name}: the peak is {peaks.max():.3g} m/s^2, and the quietest ground moves by "
            f"more ({SMALLEST_PEAK:g}); are the samples in other units? prepare_record(..., "
            "units=...) converts")
    means = data.mean(axis=1)
    if (np.abs(means) > LARGEST_OFFSET * peaks).any():
        worst = int(np.argmax(np.abs(means) / peaks))
        raise TNGInputError(
            f"record {name}: component {COMPONENTS[worst]} has the mean {means[worst]:.3g} and the "
            f"peak {peaks[worst]:.3g} m/s^2: an offset; prepare_record() removes it")
    return data


def checked_info(record):
    """
    What is kept of a record's metadata, with numbers that can be those of an earthquake.

    :param record: Stream of one record.
    :return: dict, see :func:`~obspy_tng.records.info.record_info`.
    :raises TypeError: if magnitude, distance or depth in ``stats.tng`` is not a number.
    :raises TNGInputError: if one of them is out of range, such as a depth in m, or if P is not
        within the record.
    """
    info = record_info(record)
    try:
        Scenario(info["magnitude"], info["distance"], info["depth"])
    except (TypeError, TNGInputError) as err:
        raise type(err)(f"record {info['record_id']}: stats.tng.{err}") from None
    p_index = info["p_index"]
    if p_index is not None:
        recorded = record[0].stats.npts - zeros_at_end(np.stack([tr.data for tr in record]))
        if isinstance(p_index, bool) or p_index not in range(recorded):
            raise TNGInputError(
                f"record {info['record_id']}: stats.tng.p_index={p_index!r} must be the sample at "
                f"which P arrives, an integer from 0 to {recorded - 1}, the last one that is not "
                "zero; leave it out if P is not known or not in the record")
        info["p_index"] = int(p_index)
    return info


def refuse_generated(groups):
    """
    Raise an error if there are generated records.

    :param groups: dict station -> (data, list of infos).
    :raises TNGInputError: names the first one.
    """
    found = [info["record_id"] for _, infos in groups.values() for info in infos
             if info.get("source") == "generated"]
    if found:
        raise TNGInputError(f"{len(found)} records are generated, not recorded (the first: "
                            f"{found[0]}); allow_generated=True accepts them")
