"""
Noise of the records of a bank, and noise floors of its stations.
"""

from dataclasses import dataclass

import numpy as np

from ..groundmotion.noise_floor import (
    NO_NOISE,
    NoiseFloors,
    fit_noise_floors,
    limited_noise,
    noise_levels,
)
from ..signal.record_edges import zeros_at_end


@dataclass(frozen=True)
class BankNoise:
    """
    Noise of a bank.

    :param levels: array (n, 3, bands), a bound of the noise of each record, see
        :func:`~obspy_tng.groundmotion.noise_floor.noise_levels`.
    :param hidden: array (n, 3, bands), the noise that hides motion: the bound, but not far above
        the noise floor of the station, since the bound of a strong record is its coda.
    :param floors: :class:`~obspy_tng.groundmotion.noise_floor.NoiseFloors`.
    """

    levels: np.ndarray
    hidden: np.ndarray
    floors: NoiseFloors


def bank_noise(bank, filters, others=()):
    """
    Find the noise of a bank.

    :param bank: dict station id -> :class:`~obspy_tng.records.enrolled.Enrolled` with an array
        ``levels`` (n, 3, bands). Records without a waveform in ``data`` (n, 3, npts) have no noise
        that is known.
    :param filters: :class:`~obspy_tng.signal.evolutionary.FilterBank` of the levels.
    :param others: ids of stations without records, which get the median floor.
    :return: :class:`BankNoise`
    """
    found, rate = [], filters.sampling_rate
    for enrolled in bank.values():
        for i, (info, levels) in enumerate(zip(enrolled.infos, enrolled.arrays["levels"],
                                               strict=True)):
            data = enrolled.arrays["data"][i] if "data" in enrolled.arrays else None
            found.append(np.full(levels.shape, NO_NOISE) if data is None or not data.any() else
                         np.minimum(noise_levels(filters, data, info["p_index"],
                                                 zeros_at_end(data) / rate), levels))
    stations = np.repeat(list(bank), [len(enrolled) for enrolled in bank.values()])
    noise = np.stack(found)
    levels = np.concatenate([enrolled.arrays["levels"] for enrolled in bank.values()])
    floors = fit_noise_floors(noise, stations, levels).floors
    usual = np.median(list(floors.values()), axis=0)
    floors = {**dict.fromkeys(others or (), usual), **floors}
    return BankNoise(noise, limited_noise(noise, stations), NoiseFloors(floors))
