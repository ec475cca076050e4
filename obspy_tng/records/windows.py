"""
Where a record begins, how complete it is, and which window to take.

Array kernels: data are ``(3, npts)`` with the vertical first, in any unit.

.. [Maeda1985] Maeda, N. (1985). A method for reading and checking phase times in
   autoprocessing system of seismic wave data. Zisin 38, 365-379.
"""

import numpy as np

from ..exceptions import TNGInputError
from .rejection import rejected

# A P onset counts as clear where the RMS of the second after it is this many times
# the RMS before it: 3 is a usual STA/LTA trigger level.
CLEAR_ONSET = 3.0
# Windows (s) for the level at the start, at the end, and of the strong part.
START_SPAN, END_SPAN, STRONG_SPAN = 2.0, 5.0, 5.0
# Share of the energy with which a window that begins before the onset is good enough.
GOOD_ENERGY = 0.95
# A recording as long as the window needs no zeros behind it: its end may be so much louder.
UNPADDED = 4 / 3


def pick_onset(data, sampling_rate):
    """
    Onset of the signal: P where it is clear, else 1 % of the Arias intensity.

    P is the minimum of the Akaike criterion of the vertical before the 1 % point
    [Maeda1985]_, if the signal rises by :data:`CLEAR_ONSET` there.

    :param data: array ``(3, npts)``, vertical first, band-passed (1 to 10 Hz suits).
    :param sampling_rate: Hz.
    :return: ``(index, clear)``; ``clear`` is True for a P onset.

    .. rubric:: Example

    >>> rng = np.random.default_rng(0)
    >>> data = rng.normal(size=(3, 4000)) * np.where(np.arange(4000) < 1500, 0.01, 1)
    >>> index, clear = pick_onset(data, 100.0)
    >>> abs(int(index) - 1500) <= 2, clear
    (True, True)
    """
    from obspy.signal.trigger import aic_simple  # imports matplotlib: not before it is used

    energy = np.cumsum((data ** 2).sum(axis=0))
    arias = int(np.searchsorted(energy, 0.01 * energy[-1]))
    second = int(np.ceil(sampling_rate))
    end = min(arias + second, data.shape[1])
    if arias < 2 * second:
        return arias, False
    vertical = data[0, :end]
    # a digitiser at rest gives zeros, whose logarithm the criterion cannot take
    floor = 1e-3 * vertical.std()
    noisy = vertical + floor * np.random.default_rng(0).standard_normal(end)
    guard = second // 2
    onset = guard + int(np.argmin(aic_simple(noisy)[guard:-guard]))
    before = _rms(vertical[max(0, onset - 10 * second):onset])
    after = _rms(data[0, onset:onset + second])
    if after > CLEAR_ONSET * max(before, 1e-12 * after):
        return onset, True
    return arias, False


def edge_levels(data, sampling_rate):
    """
    Levels at the start and at the end of a recording.

    :param data: array ``(3, npts)``.
    :param sampling_rate: Hz.
    :return: ``(start, end)``: RMS of the first 2 s and of the last 5 s over the
        largest RMS of 5 s; near 0 for a complete recording, near 1 for one that is cut.
    """
    power = (data ** 2).sum(axis=0)
    npts = min(int(STRONG_SPAN * sampling_rate), len(power))
    total = np.concatenate([[0.0], np.cumsum(power)])
    strong = np.sqrt(((total[npts:] - total[:-npts]) / npts).max())
    first, last = (max(1, int(s * sampling_rate)) for s in (START_SPAN, END_SPAN))
    return (float(np.sqrt(power[:first].mean()) / strong),
            float(np.sqrt(power[-last:].mean()) / strong))


def strong_part(record):
    """
    When the strong part of a record begins, and where it is strongest.

    :param record: Stream of three traces of equal length.
    :return: ``(t05, strongest)``: s after the first sample until 5 % of the energy have come,
        and until the middle of the strongest 5 s.
    """
    rate = record[0].stats.sampling_rate
    total = np.concatenate([[0.0], np.cumsum(np.sum([np.square(tr.data, dtype=float)
                                                     for tr in record], axis=0))])
    npts = min(int(STRONG_SPAN * rate), len(total) - 1)
    strongest = int(np.argmax(total[npts:] - total[:-npts])) + npts / 2
    return float(np.searchsorted(total, 0.05 * total[-1]) / rate), float(strongest / rate)


def choose_window(data, npts, onset):
    """
    First sample of the window of ``npts`` samples to take, and the energy it keeps.

    The window begins at ``onset`` if it then keeps 95 % of the energy, or as much as
    any window. Otherwise it moves to the first start that does: later, where the
    strong part is long, or earlier, where the recording ends soon after the onset.

    :param data: array ``(3, total)``, total >= npts.
    :param npts: samples of the window.
    :param onset: wanted first sample (onset less the pre-event time).
    :return: ``(start, energy_kept)``; energy_kept from 0 to 1.

    .. rubric:: Example

    >>> data = np.zeros((3, 1000))
    >>> data[:, 300:500] = 1
    >>> choose_window(data, 400, 250)
    (250, 1.0)
    >>> choose_window(data, 100, 250)
    (300, 0.5)
    """
    total = np.concatenate([[0.0], np.cumsum((data ** 2).sum(axis=0))])
    if npts > data.shape[1]:
        raise TNGInputError(f"npts must be at most {data.shape[1]}, got {npts}")
    kept = (total[npts:] - total[:-npts]) / total[-1]
    start = int(np.clip(onset, 0, len(kept) - 1))
    enough = min(GOOD_ENERGY, 0.995 * kept.max())
    if kept[start] < enough:
        good = np.flatnonzero(kept >= enough)
        later = good[good >= start]
        start = int(later[0] if len(later) else good[-1])
    return start, float(min(kept[start], 1.0))


def check_span(levels, length, window, pad, max_start_level, max_end_level):
    """
    Raise where a recording begins or ends in the strong part, or is too short for a window.

    :param levels: ``(start, end)`` of :func:`edge_levels`.
    :param length: of the recording, s.
    :param window: of the record, s; None: the whole recording.
    :param pad: largest share of the window that zeros may fill.
    :param max_start_level: largest level at the start.
    :param max_end_level: largest level at the end of a recording that is shorter than the window.
    :raises RecordRejectedError: with the value and its limit.
    """
    if levels[0] > max_start_level:
        raise rejected(
            "begins_in_signal", "starts in the middle of the signal: the level at the start is "
            f"{levels[0]:.3f} of the strongest, max_start_level={max_start_level:g} is allowed",
            levels[0], max_start_level)
    if window is None:
        return
    short = "" if length >= window - 1e-6 else f"too short: {length:.1f} s"
    if length < (1 - pad) * window:
        raise rejected("too_short", f"{short}, at least {(1 - pad) * window:.1f} s of "
                       f"window={window:g} s are needed with pad={pad:g}", length,
                       (1 - pad) * window)
    allowed = max_end_level if short else round(UNPADDED * max_end_level, 6)
    if levels[1] > allowed:
        of = f"{short} of window={window:g} s, and " if short else ""
        raise rejected(
            "cut_in_signal", f"{of}cut in the signal: the level at the end is {levels[1]:.3f} of "
            f"the strongest, at most {allowed:g} is allowed with max_end_level={max_end_level:g}",
            levels[1], allowed)


def check_energy(energy, length, window, min_energy):
    """
    Raise where a window would cut the strong part.

    :param energy: share of the energy of the recording in the window.
    :param length: of the recording, s.
    :param window: of the record, s.
    :param min_energy: least share.
    :raises RecordRejectedError: with the share and its limit.
    """
    if energy < min_energy:
        raise rejected(
            "window_too_short", f"window too short: {window:g} s keep at most {energy:.1%} of the "
            f"energy of {length:.0f} s, min_energy={min_energy:g} is needed; a longer window keeps "
            "more", energy, min_energy)


def _rms(data):
    """Root mean square; 0 of nothing."""
    return float(np.sqrt(np.mean(np.square(data)))) if len(data) else 0.0
