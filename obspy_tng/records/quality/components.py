"""
The three components of a recording against each other.

They belong to one ground motion: no component is dead or a copy of another, none is stronger than
the others at all frequencies, and all see the onsets at one time.
:func:`check_components` returns a number and a limit for each. The limits stand between 594 records
of Mexico City and Gujarat, ten of California and 1,080 simulated ones on the one side, and the same
records with one fault on the other; none of those without a fault is refused.
"""

import logging
from itertools import pairwise

import numpy as np
from scipy.fft import irfft, next_fast_len, rfft

from ..rejection import rejected

logger = logging.getLogger("obspy_tng")

# Least share of the strongest component's RMS: 0.08 in good records of those networks, 0.03 or
# less where a sensor was dead.
DEAD = 0.04
# Largest correlation of two components: 0.86 in 765 recordings of those networks.
COPIED = 0.98
COPY_SHIFT = 1.0  # s that a copy may come earlier or later; 0.64 in those networks
# Loudest second of a component over its median one that noise does not reach, and that of both
# others by which the earthquake must show; see loudest_second. Components that are noise alone are
# found in 95 % of the records of Gujarat, in a third of those of Mexico City.
STEADY, RISE, SECONDS = 1.6, 4.0, 20
# Largest ratio of amplitudes that is exceeded in every octave: of the horizontals, of the vertical
# over the horizontals, of these over it. Good records reach 2.7, below 1 and 2.5. Above are 95 to
# 100 % of the records with a tenth or ten times the gain in one horizontal, and with ten times in
# the vertical 93 % in Gujarat and 18 % in Mexico City, where it is weak. Soft ground may make it
# weaker still than in these networks: the last limit is wide.
LARGEST_RATIOS = 4.0, 2.0, 12.0
OCTAVES = 0.25 * 2.0 ** np.arange(6)  # Hz, limits of the octaves
FEWEST_OCTAVES = 3
# How much better onsets of a component fit those of both others with a shift than without: 0.37 at
# most in good records. Shifted by 1 s, 52 % of the records of Gujarat are above, and none of
# Mexico City, which begin slowly.
SHIFTED = 0.6
# s: of the energies before and behind a time whose ratio shows onsets, largest shift that is looked
# for, smallest that counts, and the largest difference of two lags that are alike
SHIFT_SPAN, LARGEST_SHIFT, SMALLEST_SHIFT, SAME_LAG = 0.4, 2.5, 0.25, 0.12
EDGE = 1.2  # s at both ends that are tapered


def check_components(data, name, sampling_rate=None, dips=(), band=(0.0, np.inf)):
    """
    Check the three components of a recording against each other.

    :param data: array ``(3, npts)`` of ground motion, filtered.
    :param name: of the recording, for the message.
    :param sampling_rate: Hz; None: what needs it is not checked.
    :param dips: of the components, degrees, where one is vertical; else gains are not compared.
    :param band: Hz, that the data have.
    :return: dict check -> ``[value, limit]``. "dead": RMS of the weakest component over that of the
        strongest, which must not be below its limit; "copied": the largest correlation of two
        components, also shifted by up to a second; "gain": :func:`uneven_gains`; "shifted":
        :func:`shift_of_one`.
    :raises RecordRejectedError: if one is beyond its limit, or one has noise alone
        (:func:`loudest_second`). Three components that are the same are one trace that was given
        three times on purpose; that is logged.
    """
    rms = np.sqrt(np.mean(np.square(data), axis=1))
    share = float(rms.min() / rms.max())
    if share < DEAD:
        raise rejected("dead", f"{name}: one component has {share:.2%} of the RMS of the "
                       f"strongest, at least {DEAD:.0%} is natural: a dead sensor, or a wrong gain",
                       share, DEAD)
    alike = np.abs(np.corrcoef(data)[np.triu_indices(3, 1)])
    if sampling_rate is not None:
        alike = np.maximum(alike, _alike_shifted(data, round(COPY_SHIFT * sampling_rate)))
    if alike.min() > COPIED:
        logger.warning("%s: the three components are the same", name)
    elif alike.max() > COPIED:
        raise rejected("copied", f"{name}: two components have a correlation of "
                       f"{alike.max():.3f}, at most {COPIED:g} is natural: one stands for both",
                       alike.max(), COPIED)
    found = {"dead": [share, DEAD], "copied": [float(alike.max()), COPIED]}
    if sampling_rate is None:
        return found
    rises = sorted(loudest_second(data, sampling_rate))
    if rises[0] < STEADY and rises[1] > RISE:
        raise rejected("dead", f"{name}: the loudest second of one component is {rises[0]:.1f} "
                       f"times its median one, and that of the others {rises[1]:.1f} times and "
                       "more: it has noise alone", rises[0], STEADY)
    upright = np.flatnonzero(np.abs(np.asarray(dips, dtype=float)) > 60)
    gain = uneven_gains(data, sampling_rate, int(upright[0]), band) if len(upright) == 1 else 0.0
    if gain > 1:
        raise rejected("gain", f"{name}: one component is {gain:.1f} times as far above or below "
                       "the others, in every octave, as is natural: a wrong gain", gain, 1.0)
    inner = data[:, int(EDGE * sampling_rate):-int(EDGE * sampling_rate)]
    better, shift = shift_of_one(inner, sampling_rate)
    if better > SHIFTED:
        raise rejected("shifted", f"{name}: one component is {abs(shift):.2f} s "
                       f"{'later' if shift > 0 else 'earlier'} than both others: its clock or its "
                       "start time is wrong", better, SHIFTED)
    return found | {"gain": [gain, 1.0], "shifted": [better, SHIFTED]}


def _alike_shifted(data, reach):
    """Largest correlation of each pair of components at shifts up to so many samples."""
    data = data - data.mean(axis=1, keepdims=True)
    npts = next_fast_len(data.shape[1] + reach, real=True)
    spectra, sizes = rfft(data, npts), np.sqrt(np.square(data).sum(axis=1))
    found = []
    for i, j in ((0, 1), (0, 2), (1, 2)):
        product = np.abs(irfft(spectra[i] * spectra[j].conj(), npts))
        found.append(max(product[:reach + 1].max(), product[-reach:].max()) / (sizes[i] * sizes[j]))
    return np.array(found)


def loudest_second(data, sampling_rate):
    """
    How far motion rises above the rest of its record: of the derivative, RMS of the loudest second
    over that of the median one.

    1.2 of noise. Of good records of Mexico City and Gujarat 1.3 or more; where the other components
    reach 4, it is 2 or more.

    :param data: array ``(3, npts)``.
    :param sampling_rate: Hz.
    :return: array ``(3,)``; ones of records shorter than 20 s.

    .. rubric:: Example

    >>> x = np.random.default_rng(0).standard_normal((3, 6000))
    >>> x[1:, 2000:3000] *= 10
    >>> loudest_second(x, 100.0).round(1)
    array([ 1.3, 10. , 10.9])
    """
    second, edge = int(sampling_rate), int(EDGE * sampling_rate)
    rate = np.diff(data[:, edge:data.shape[1] - edge])
    count = rate.shape[1] // second
    if count < SECONDS:
        return np.ones(3)
    rms = np.sqrt(np.square(rate[:, :count * second]).reshape(3, count, second).mean(axis=2))
    return rms.max(axis=1) / np.maximum(np.median(rms, axis=1), np.finfo(float).tiny)


def uneven_gains(data, sampling_rate, vertical, band=(0.0, np.inf)):
    """
    How far one component is above or below the others in every octave from 0.25 to 8 Hz.

    Resonances, radiation and directivity have their frequencies; a gain has all.

    :param data: array ``(3, npts)``.
    :param sampling_rate: Hz.
    :param vertical: index of the vertical component.
    :param band: Hz, that the data have.
    :return: the ratio of amplitudes that is exceeded in every octave, over the largest that is
        natural (:data:`LARGEST_RATIOS`); 0 of less than three octaves.

    .. rubric:: Example

    >>> x = np.random.default_rng(0).standard_normal((3, 40000))
    >>> uneven_gains(x, 100.0, 0) < 0.6
    True
    >>> x[2] *= 10
    >>> 2.2 < uneven_gains(x, 100.0, 0) < 2.6
    True
    """
    high = min(band[1], 0.45 * sampling_rate)
    octaves = [pair for pair in pairwise(OCTAVES) if band[0] <= pair[0] and pair[1] <= high]
    if len(octaves) < FEWEST_OCTAVES:
        return 0.0
    frequencies = np.arange(data.shape[-1] // 2 + 1) * sampling_rate / data.shape[-1]
    power = np.square(np.abs(rfft(data)))
    energy = np.array([power[:, (frequencies >= low) & (frequencies < top)].sum(axis=1)
                       for low, top in octaves]) + np.finfo(float).tiny
    level = 0.5 * np.log(energy)
    first, second = (level[:, i] for i in range(3) if i != vertical)
    above = level[:, vertical] - 0.5 * (first + second)
    sides, upright, lying = np.log(LARGEST_RATIOS)
    return float(np.exp(max((first - second).min() - sides, (second - first).min() - sides,
                            above.min() - upright, (-above).min() - lying)))


def shift_of_one(data, sampling_rate):
    """
    How much better the onsets of one component fit those of both others with a shift in time.

    An onset is where the energy of the next 0.4 s is larger than that of the last. Components are
    compared by the correlation of the ln of this ratio, where it is positive. One component counts
    as shifted if its lag to both others is the same, and these have none to each other.

    :param data: array ``(3, npts)``.
    :param sampling_rate: Hz.
    :return: gain in correlation, the smaller of both, and the shift in s; zeros without one.
    """
    span, reach = max(int(SHIFT_SPAN * sampling_rate), 1), int(LARGEST_SHIFT * sampling_rate)
    if data.shape[-1] < 4 * (span + reach):
        return 0.0, 0.0
    total = np.concatenate([np.zeros((3, 1)), np.cumsum(np.square(data), axis=1)], axis=1)
    energy = total[:, span:] - total[:, :-span]
    level = np.log(energy + 1e-6 * energy.max(axis=1, keepdims=True))
    onsets = np.maximum(level[:, span:] - level[:, :-span], 0.0)
    onsets -= onsets.mean(axis=1, keepdims=True)
    npts = onsets.shape[1]
    spectra = rfft(onsets, next_fast_len(npts + reach, real=True))
    sizes = np.sqrt(np.square(onsets).sum(axis=1))
    lag, better = np.zeros((3, 3)), np.zeros((3, 3))
    for i, j in ((0, 1), (0, 2), (1, 2)):
        product = irfft(spectra[i] * spectra[j].conj(), next_fast_len(npts + reach, real=True))
        found = np.concatenate([product[-reach:], product[:reach + 1]]) / (sizes[i] * sizes[j])
        best = int(np.argmax(found))
        lag[i, j] = (best - reach) / sampling_rate
        lag[j, i] = -lag[i, j]
        better[i, j] = better[j, i] = found[best] - found[reach]
    result = 0.0, 0.0
    for i, j, k in ((0, 1, 2), (1, 0, 2), (2, 0, 1)):
        alone = abs(lag[j, k]) < SAME_LAG and abs(lag[i, j] - lag[i, k]) < SAME_LAG
        if alone and abs(lag[i, j]) > SMALLEST_SHIFT:
            result = max(result, (float(min(better[i, j], better[i, k])), float(lag[i, j])))
    return result
