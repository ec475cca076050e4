"""
Noise floors: the noise of a recorder and its site
==================================================

The quietest part of a record, mostly before P, holds noise and perhaps some coda. Its spectrum,
extended to the length of the window, is a bound of the noise of the record. The noise floor of a
station is the tenth percentile of these bounds, band by band: strong records, whose coda hides the
noise, do not raise it. Where records of the station are noise altogether, their band levels are
the floor. A record has no less energy, however small the earthquake.

Noise levels are band levels, ln energy of each band over a whole record. In the floor of a station
the tenth percentile of all stations counts as :data:`PRIOR_RECORDS` records.
"""

from dataclasses import dataclass

import numpy as np
from scipy.fft import rfft

from ..signal.evolutionary import FilterBank
from ..signal.record_edges import PICK_ERROR, UNKNOWN_LEAD, untapered

#: fewest s of noise before P
SHORTEST = 2.0
#: segments of a record, of which the quietest counts; they overlap by half. The second number
#: is for frequencies that the shorter segments do not resolve
SEGMENTS = 20, 6
#: fewest periods in a segment; below that frequency no noise is known
PERIODS = 4.0, 2.0
#: bands over which spectra of segments are averaged, so that the least is not a matter of chance
SMOOTHING = 5
#: level of bands where no noise is known
NO_NOISE = -100.0
#: share of the records of a station that are quieter than its floor
QUANTILE = 0.1
#: weight of all stations in the floor of one, in records; standard deviation of the noise level of
#: a new record, ln energy
PRIOR_RECORDS, SD = 2.0, 0.3
#: a record's noise is at most this much above the quietest of its station; a band level that is not
#: higher above the noise than this is noise (ln energy)
LARGEST_ABOVE, LEAST_EXCESS = 1.5, 1.0
#: least share of the energy of a band that the source record has
LEAST_MOTION = 0.05


def noise_levels(filters: FilterBank, data, p_index=None, padded=0.0):
    """
    Band levels that a record would have if all of it were as quiet as its quietest part.

    :param filters: :class:`~obspy_tng.signal.evolutionary.FilterBank`.
    :param data: record ``(3, npts)``, m/s^2.
    :param p_index: sample of the arrival of P, None where it is not known.
    :param padded: s of zeros at its end.
    :return: array ``(3, bands)``, :data:`NO_NOISE` at frequencies that a segment does not resolve.

    .. rubric:: Example

    >>> from obspy_tng.signal.evolutionary import band_levels, filter_bank
    >>> filters = filter_bank(6000, 100.0, freqmin=0.2)
    >>> noise = np.random.default_rng(0).standard_normal((3, 6000))
    >>> difference = noise_levels(filters, noise, 500) - band_levels(filters, noise)
    >>> bool(-0.5 < difference[:, -10:].mean() < 0.0)
    True
    """
    rate = filters.sampling_rate
    lead = UNKNOWN_LEAD if p_index is None else p_index / rate
    first, end = untapered(filters.npts, rate, lead, padded)
    before = 0 if p_index is None else p_index - int(PICK_ERROR * rate)
    least, white = np.full((3, len(filters)), np.inf), filters.white_levels
    for segments, periods in zip(SEGMENTS, PERIODS, strict=True):
        length = 2 * (end - first) // (segments + 1)
        found = [_levels(filters, data[:, start:start + length], periods, white)
                 for start in first + length // 2 * np.arange(segments)]
        if before - first >= SHORTEST * rate:
            found.append(_levels(filters, data[:, first:before], periods, white))
        least = np.where(np.isfinite(least), least, np.min(found, axis=0))
    return np.where(np.isfinite(least), least, NO_NOISE)


def _levels(filters, segment, periods, white):
    """Band levels of a record that is as loud as a segment; infinite where it is too short."""
    rate, length = filters.sampling_rate, segment.shape[-1]
    window = np.hanning(length + 2)[1:-1].astype(np.float32)
    segment = segment.astype(np.float32) - segment.mean(-1, keepdims=True, dtype=np.float32)
    nfft = 2 * length
    power = np.square(np.abs(rfft(segment * window, nfft))) / np.square(window).sum()
    sums = np.concatenate([np.zeros((3, 1)), np.cumsum(power, -1, dtype=float)], -1)
    centers = filters.center_frequencies
    half = (centers[1] / centers[0]) ** (SMOOTHING / 2)
    low, high = (np.minimum((centers * factor * nfft / rate).astype(int), nfft // 2)
                 for factor in (1 / half, half))
    high = np.maximum(high, low + 1)
    levels = np.log((sums[:, high] - sums[:, low]) / (high - low)
                    + np.finfo(np.float32).tiny) + white
    levels[:, centers < periods * rate / length] = np.inf
    return levels


@dataclass(frozen=True)
class NoiseFloors:
    """
    Noise floors of the stations of a bank.

    :param floors: dict station id -> noise levels ``(3, bands)``.
    """

    floors: dict

    def draw(self, station, rng):
        """
        Noise levels of a new record.

        :param station: station id.
        :param rng: ``numpy.random.Generator``.
        :return: array ``(3, bands)``.
        """
        return self.floors[station] + SD * rng.standard_normal()


def fit_noise_floors(noise, stations, levels=None):
    """
    Noise floors from the noise of records.

    :param noise: array ``(n, 3, bands)`` of :func:`noise_levels`.
    :param stations: n station ids.
    :param levels: array ``(n, 3, bands)``, band levels of the records. Where these are hardly above
        the noise they are the noise itself, and count instead of its bounds; None: not used.
    :return: :class:`NoiseFloors`

    .. rubric:: Example

    >>> noise = np.zeros((4, 3, 2)) + np.array([0.0, 0.0, 0.0, 9.0])[:, None, None]
    >>> floors = fit_noise_floors(noise, ["XX.A", "XX.A", "XX.A", "XX.A"])
    >>> floors.floors["XX.A"][0].tolist()
    [0.0, 0.0]
    """
    stations, quiet = np.asarray(stations), quietest(noise, stations)
    floors = {str(station): quiet[i] for i, station in enumerate(stations)}
    if levels is None:
        return NoiseFloors(floors)
    seen = np.where(levels - limited_noise(noise, stations) < LEAST_EXCESS, levels, np.nan)
    for station, floor in floors.items():
        own = seen[stations == station]
        count = np.isfinite(own).sum(0)
        median = np.nanmedian(np.where(count > 0, own, floor), axis=0)
        floors[station] = (count * median + floor) / (count + 1)
    return NoiseFloors(floors)


def quietest(noise, stations):
    """
    The tenth percentile of the noise of each station's records.

    :param noise: array ``(n, 3, bands)`` of :func:`noise_levels`.
    :param stations: n station ids.
    :return: array ``(n, 3, bands)``, the same for all records of a station.
    """
    stations, regional = np.asarray(stations), np.quantile(noise, QUANTILE, axis=0)
    found = np.empty_like(noise)
    for station in set(stations.tolist()):
        own = stations == station
        share = own.sum() / (own.sum() + PRIOR_RECORDS)
        found[own] = share * np.quantile(noise[own], QUANTILE, axis=0) + (1 - share) * regional
    return found


def limited_noise(noise, stations):
    """
    Noise of records: its bounds, but not far above the quietest of the station.

    :param noise: array ``(n, 3, bands)`` of :func:`noise_levels`; those of strong records are their
        coda.
    :param stations: n station ids.
    :return: array ``(n, 3, bands)``.
    """
    return np.minimum(noise, quietest(noise, stations) + LARGEST_ABOVE)


def with_floor(levels, noise, source_levels, source_noise):
    """
    Band levels of the ground motion, and of the noise to add, of a record above a noise floor.

    The filter that changes the levels of a source record changes its noise as well; what is missing
    is added.

    :param levels: array ``(3, bands)`` of the scenario.
    :param noise: noise floor ``(3, bands)``.
    :param source_levels: array ``(3, bands)`` of the source record.
    :param source_noise: array ``(3, bands)`` of its noise.
    :return: two arrays ``(3, bands)``.
    """
    total = np.logaddexp(levels, noise)
    kept = source_noise + total - source_levels
    missing = np.maximum(np.exp(noise) - np.exp(kept), np.exp(NO_NOISE))
    motion = np.maximum(np.exp(total) - missing, LEAST_MOTION * np.exp(total))
    return np.log(motion), np.log(missing)
