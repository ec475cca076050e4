"""
Simulated corpora to train on: many small networks, windowed as real records are.

Each network has stations and earthquakes of its own and covers another range of distances; its
records begin somewhere about the P wave or some seconds before the strong part, as those
of triggered recorders and of catalog windows do.
"""

import numpy as np

from ..records.prepare import taper_ends
from ..signal import bandpass
from . import simulate_arrays

#: stations and earthquakes of one network
STATIONS, EVENTS = 12, 12
#: share of the records that are left out, so that stations differ in their earthquakes
MISSING = 0.15
#: lowest and highest f0 (Hz) and the share of stations on rock
F0, ROCK, OLD_RECORDERS = (0.15, 12.0), 0.08, 0.15
#: share of windows that are cut without tapers, as records from elsewhere may be
ABRUPT = 0.3
#: km: nearest distances of networks, and the farthest of all
NEAREST, FARTHEST = (10.0, 30.0, 100.0, 200.0), 550.0


def simulated_corpus(count, npts, sampling_rate, seed=0):
    """
    Records of simulated stations.

    :param count: number of records, at least.
    :param npts: samples of a record.
    :param sampling_rate: Hz.
    :param seed: int.
    :return: iterator of tuples, one per station: data ``(n, 3, npts)`` float32, ZNE,
        m/s^2; list of n dicts with ``record_id``, ``event_id``, ``magnitude``,
        ``distance`` and ``depth``, and ``p_index`` and ``s_index``, the samples of the arrivals;
        None where the window begins later.
    """
    made = number = 0
    while made < count:
        for data, infos in corpus_network(npts, sampling_rate, seed, number):
            made += len(infos)
            yield data, infos
        number += 1


def corpus_network(npts, sampling_rate, seed, number):
    """
    One of the networks of :func:`simulated_corpus`.

    :param npts: samples of a record.
    :param sampling_rate: Hz.
    :param seed: int.
    :param number: int, counts the networks.
    :return: iterator of tuples as from :func:`simulated_corpus`.
    """
    rng = np.random.default_rng([seed, number])
    window = npts / sampling_rate
    scale = window / 120  # times are for a window of two minutes
    lowest = max(F0[0], 12 / window)
    f0 = [None if rng.random() < ROCK else f
          for f in np.exp(rng.uniform(np.log(lowest), np.log(max(F0[1], lowest)), STATIONS))]
    nearest = rng.choice(NEAREST)
    far = nearest >= 100
    farthest = FARTHEST if far else nearest * rng.choice([3, 5]) + 60
    network = simulate_arrays(
        STATIONS, EVENTS, seed=int(rng.integers(2**31)), sampling_rate=sampling_rate,
        window=1.75 * window, f0=f0, magnitude=(4.0, 7.9) if far else (3.5, 7.5),
        distance=(nearest, farthest), depth=(5, 100), pre_event=25 * scale,
        old_recorders=OLD_RECORDERS)
    for _, data, infos in network:
        kept = np.flatnonzero(rng.random(len(infos)) >= MISSING)
        if len(kept):
            windows, where = zip(*(_window(data[i], infos[i], npts, sampling_rate, scale, rng)
                                   for i in kept), strict=True)
            yield np.stack(windows), [{**infos[i], **arrivals}
                                      for i, arrivals in zip(kept, where, strict=True)]


def _window(data, info, npts, sampling_rate, scale, rng):
    """
    Some window of a long record, band-passed and mostly tapered, as records are, and its arrivals.
    """
    data = bandpass(data.astype(float), sampling_rate, freqmin=0.08 / scale,
                    freqmax=0.4 * sampling_rate, order=2)
    if rng.random() < 0.7:
        energy = np.cumsum(np.square(data).sum(0))
        first = np.searchsorted(energy, 0.05 * energy[-1]) - rng.uniform(6, 12) * scale \
            * sampling_rate
    else:
        first = info["p_index"] - rng.uniform(2, 8) * scale * sampling_rate
    first = int(np.clip(first, 0, data.shape[1] - npts))
    data = data[:, first:first + npts]
    if rng.random() >= ABRUPT:
        data = taper_ends(data, (info["p_index"] - first) / sampling_rate, sampling_rate)
    arrivals = {key: info[key] - first if first <= info[key] < first + npts else None
                for key in ("p_index", "s_index")}
    return data.astype(np.float32), arrivals
