"""
What a recorder adds to ground motion, or leaves out: spikes, jumps, filled ends, steps, pulses.

Array kernels: float samples ``(npts,)`` as the digitiser gave them, less their median. Each
returns the number that :mod:`obspy_tng.records.quality` compares with its limit.
"""

from itertools import pairwise

import numpy as np
import scipy
from scipy.ndimage import median_filter

from ...signal.processing import butterworth

SPIKE_SAMPLES = 3  # a spike is as wide, or narrower
MOST_SPIKES = 5  # that stand close together
MOST_JUMPS, JUMP_GUARD = 4, 2  # close together, and samples beside one that belong to it
STEP_SPAN = 10.0  # s, on both sides of a baseline step
REST, EDGE = 1.0, 0.25  # s of equal samples before or behind motion, and of the motion looked at
JUMP = 0.15  # of the peak, between the constant value and the first three samples of motion
PULSE = 1.0  # s, length of the pulses that are compared
_TRAIN = 0.7  # share of the recording from the first to the last pulse of a train


def spike_ratio(data, sampling_rate, step):
    """
    How far a few samples stand out.

    The distance of the samples from the median of those around them, at the sharpest bend of the
    trace, over the largest such distance in the half second on both sides; times the distance
    over the peak of the rest of the trace where that is less than 1. A wave, however sharp, has
    neighbours: 3 at most in good records. Up to five spikes may stand close together, and one may
    have up to six samples; these count a little less.

    :param data: array ``(npts,)``.
    :param sampling_rate: Hz.
    :param step: of the digitiser; four of them are the least that counts as a neighbour.
    :return: ratio.

    .. rubric:: Example

    >>> x = np.random.default_rng(0).standard_normal(1000)
    >>> x[400] += 40
    >>> spike_ratio(x, 100.0, 1e-3) > 10
    True
    """
    if len(data) < 4 * SPIKE_SAMPLES:
        return 0.0
    bend = 1 + int(np.argmax(np.abs(data[2:] - 2 * data[1:-1] + data[:-2])))
    reach = max(25, int(0.5 * sampling_rate)) + 8
    first, last = max(0, bend - reach), min(len(data), bend + reach + 1)
    alone = _stands_out(data, first, last, SPIKE_SAMPLES, 1, step)
    close = [_stands_out(data, first, last, SPIKE_SAMPLES, spikes, step)
             for spikes in range(2, MOST_SPIKES + 1)]
    wide = _stands_out(data, first, last, 2 * SPIKE_SAMPLES, 1, step)
    return max(alone, 0.9 * max(close), 0.8 * wide)


def _stands_out(data, first, last, samples, spikes, step):
    """How far so many spikes of so many samples stand out between two indices."""
    part = data[first:last]
    distance = np.abs(part - median_filter(part, size=2 * samples + 1, mode="mirror"))
    others, found = distance.copy(), []
    for _ in range(spikes):
        found.append(int(np.argmax(others)))
        others[max(0, found[-1] - samples):found[-1] + samples + 1] = 0
    height, weakest = distance[found[0]], distance[found[-1]]
    at = first + found[0]
    rest = max(np.abs(side).max(initial=0) for side in (
        data[:max(0, at - samples)], data[at + samples + 1:]))
    return float(weakest / max(others.max(), 4 * step) * min(1.0, height / max(rest, step)))


def jump_ratio(data, sampling_rate, step):
    """
    How far two neighbouring samples differ more than all others near them.

    The largest difference over the next largest one in the half second on both sides, times the
    difference over the peak of the trace where that is less than 1. Of a short pulse, which comes
    back within two samples, the rest counts. Ground motion changes from
    sample to sample by much the same amounts, 2.6 times the others at most in good records. Where
    samples are missing without a gap in the times, or the baseline moves, one difference stands
    out: from 3 times the others on, recordings of Mexico City and Gujarat are torn (13 at most).
    Up to four may stand close together: a box has two.

    :param data: array ``(npts,)``, less its median.
    :param sampling_rate: Hz.
    :param step: of the digitiser; four of them are the least that counts as a difference.
    :return: ratio.

    .. rubric:: Example

    >>> x = np.sin(np.arange(2000) / 10.0)
    >>> jump_ratio(x, 100.0, 1e-3) < 1.1, jump_ratio(np.delete(x, range(900, 920)), 100.0, 1e-3) > 5
    (True, True)
    """
    changes = np.abs(np.diff(data))
    if len(changes) < 4 * MOST_JUMPS:
        return 0.0
    at, reach = int(np.argmax(changes)), max(25, int(0.5 * sampling_rate))
    first = max(0, at - reach)
    part = data[first:at + reach + 2]
    near, found, lasting = changes[first:at + reach + 1].copy(), [], []
    for _ in range(MOST_JUMPS + 1):
        largest = int(np.argmax(near))
        begin, end = max(0, largest - JUMP_GUARD), largest + JUMP_GUARD + 1
        found.append(max(float(near[largest]), 4 * step))
        lasting.append(abs(float(part[min(end, len(part) - 1)] - part[begin])))
        near[begin:end] = 0
    ratio = max(min(larger, rest) / smaller for (larger, smaller), rest in zip(
        pairwise(found), lasting, strict=False))
    return ratio * min(1.0, found[0] / float(np.abs(data).max()))


def padded_edge(data, sampling_rate, step):
    """
    How strong the motion is next to a constant value at the beginning, and at the end.

    Recordings are filled with zeros, or with their first or last sample, up to a common length.
    Motion rises from rest and decays to it: where a second or more at one end has a single value,
    either the largest distance from it in the next 0.25 s, over the peak, is small, or (simulated
    motion, silent before an impulsive onset) the motion begins without a jump, at its own median.

    :param data: array ``(npts,)``, less its median, not constant.
    :param sampling_rate: Hz.
    :param step: of the digitiser; motion of eight of them or less does not count.
    :return: ``(begin, end)``; 0 where nothing is constant.

    .. rubric:: Example

    >>> x = np.sin(np.arange(1000) / 5.0)
    >>> x[:300] = 0
    >>> begin, end = padded_edge(x, 100.0, 1e-3)
    >>> begin > 0.9, end
    (True, 0.0)
    """
    near = max(2, int(EDGE * sampling_rate))
    peak, found = np.abs(data).max(), []
    for samples in (data, data[::-1]):
        start = int(np.argmax(samples != samples[0]))
        if start < REST * sampling_rate:
            found.append(0.0)
            continue
        height = np.abs(samples[start:start + near] - samples[0]).max()
        off = max(np.abs(samples[start:start + 3] - samples[0]).max(),
                  abs(np.median(samples[start:]) - samples[0]))
        found.append(float(height / peak) if height > 8 * step and off > JUMP * peak else 0.0)
    return tuple(found)


def baseline_step(data, sampling_rate):
    """
    Largest step of the baseline, as a share of the peak.

    The mean of what comes behind a moment less the mean of what comes before it, with 10 s
    or more on both sides: an acceleration's is the change of velocity over that time, a few
    per cent of the peak at most.

    :param data: array ``(npts,)`` of acceleration, in any unit.
    :param sampling_rate: Hz.
    :return: share; 0 of recordings of less than 20 s.

    .. rubric:: Example

    >>> x = np.sin(np.arange(6000) / 5.0)
    >>> x[3000:] += 0.2
    >>> round(baseline_step(x, 100.0), 2)
    0.16
    """
    block = max(1, int(0.25 * sampling_rate))
    means = data[:len(data) // block * block].reshape(-1, block).mean(axis=1)
    total, n = np.concatenate([[0.0], np.cumsum(means - means.mean())]), len(means)
    guard = int(np.ceil(STEP_SPAN * sampling_rate / block))
    if n < 2 * guard:
        return 0.0
    at = np.arange(guard, n - guard + 1)
    jumps = (total[-1] - total[at]) / (n - at) - total[at] / at
    return float(np.abs(jumps).max() / np.abs(data).max())


def pulse_share(data, sampling_rate):
    """
    Share of the energy that is in a train of identical pulses.

    The strongest second of the trace is looked for in all of it (correlation above 0.9, at
    least half its energy). It is a train if it comes four times or more, over 70 % of the
    recording: the strong part of an earthquake does not last that long.

    :param data: array ``(npts,)``.
    :param sampling_rate: Hz.
    :return: share of the energy between 0.5 and 20 Hz; 0 where there is no train.

    .. rubric:: Example

    >>> t = np.arange(6000) / 100.0
    >>> train = np.exp(-(t % 8) * 3) * np.sin(20 * (t % 8))
    >>> pulse_share(train, 100.0) > 0.8
    True
    """
    npts = int(PULSE * sampling_rate)
    if len(data) < 8 * npts:
        return 0.0
    # a cheap look first: a train has strong seconds near both ends
    power = data[:len(data) // npts * npts].reshape(-1, npts).var(axis=1)
    edge = int(np.ceil((1 - _TRAIN) * len(power))) + 1
    if min(power[:edge].max(), power[-edge:].max()) < 0.2 * power.max():
        return 0.0
    sos = butterworth(2, (0.5, min(20.0, 0.4 * sampling_rate)), "bandpass", sampling_rate)
    data = scipy.signal.sosfiltfilt(sos, data - data.mean())
    total = np.concatenate([[0.0], np.cumsum(data ** 2)])
    energy = total[npts:] - total[:-npts]
    strongest = int(np.argmax(energy))
    pulse = data[strongest:strongest + npts]
    alike = np.abs(scipy.signal.fftconvolve(data, pulse[::-1], mode="valid"))
    alike /= np.sqrt(np.maximum(energy * energy[strongest], 1e-30 * energy[strongest] ** 2))
    candidates = np.flatnonzero((alike > 0.9) & (energy > 0.5 * energy[strongest]))
    free, found = np.ones(len(alike), bool), []
    for at in candidates[np.argsort(-alike[candidates], kind="stable")]:
        if free[at]:
            found.append(at)
            free[max(0, at - npts + 1):at + npts] = False
    if len(found) < 4 or max(found) - min(found) < _TRAIN * len(data):
        return 0.0
    return float(energy[found].sum() / total[-1])
