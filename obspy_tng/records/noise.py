"""
Ambient noise of three components, cut into windows.

Noise is recorded for hours, with gaps and dead parts. Windows never include a gap, and windows in
which a component is dead or was filled are marked.
"""

from dataclasses import dataclass

import numpy as np

from ..exceptions import TNGInputError
from .codes import check_channel_codes, sensor_id, split_channel
from .info import record_id
from .instrument import find_channel, orientation, to_zne
from .joining import join_pieces
from .record import COMPONENTS, station_id
from .traces import same_rate

# A stretch without any bend counts as filled if it is so long (s, and share of the window),
# and so many times as long as is usual in the other windows (coarse digitisers rest, too).
_FILLED, _FILLED_SHARE, _USUAL = 1.0, 0.02, 5.0
# A component is dead in a window if its level, in units of its usual one, is such a share of the
# others'.
_FADED = 1 / 30


@dataclass(frozen=True)
class NoiseWindow:
    """
    A window of noise: ``data`` ``(3, npts)``, Z, N, E; ``reason`` why it is unusable, or None.
    """

    data: np.ndarray
    sampling_rate: float
    label: str
    reason: str | None = None


def noise_windows(stream, window_length, overlap=0.0, inventory=None):
    """
    Cut a recording of noise into windows.

    :param stream: Stream of one sensor: any number of traces, also masked ones, of components
        Z, N, E (or K-NET's UD, NS, EW), or of any three with an inventory.
    :param window_length: s.
    :param overlap: share of a window that the next one repeats, 0 to below 1.
    :param inventory: Inventory to rotate by, and to divide by the sensitivities of; or None.
    :return: list of :class:`NoiseWindow`; empty where no window fits.
    :raises TNGInputError: on missing components, several sensors or rates.
    """
    traces = _components(stream, inventory)
    rate = traces[0][0].stats.sampling_rate
    npts = round(window_length * rate)
    step = max(1, round(npts * (1 - overlap)))
    name, begin = record_id(stream), min(tr.stats.starttime for row in traces for tr in row)
    windows = []
    for parts, start in _shared(traces):
        data = np.stack([_scaled(tr, inventory)[first:first + count]
                         for tr, first, count in parts])
        if inventory is not None:
            data = to_zne(data, [orientation(tr, find_channel(inventory, tr))
                                 for tr, _, _ in parts])
        for first in range(0, data.shape[1] - npts + 1, step):
            label = f"{name}+{start - begin + first / rate:g}"
            windows.append(NoiseWindow(data[:, first:first + npts], rate, label))
    return _judged(windows)


def whole_stream(stream, inventory=None):
    """
    A whole Stream as one array, where it has no gap.

    :param stream: see :func:`noise_windows`, as is ``inventory``.
    :return: ``(array (3, npts), sampling rate)``.
    :raises TNGInputError: also where the components do not have all samples in common.
    """
    traces = _components(stream, inventory)
    for tr in (tr for row in traces for tr in row):
        bad = np.count_nonzero(~np.isfinite(tr.data))
        if bad:
            raise TNGInputError(f"{tr.id}: {bad} samples are NaN or infinite")
    tr = traces[0][0]
    length = tr.stats.npts / tr.stats.sampling_rate
    if any(len(row) > 1 for row in traces) or len(
            {row[0].stats.npts for row in traces}) > 1 or max(
            abs(row[0].stats.starttime - tr.stats.starttime) for row in traces) > tr.stats.delta:
        raise TNGInputError(f"stream of {station_id(stream)}: the components have gaps, or do not "
                            "begin and end together; window_length= uses the windows of noise "
                            "that are whole, prepare_record(common_span=True) cuts recordings")
    return noise_windows(stream, length, 0.0, inventory)[0].data, tr.stats.sampling_rate


def _components(stream, inventory):
    """Traces of each component, three lists: Z, N, E, or any order with an inventory."""
    check_channel_codes(stream)
    sensors = sorted({sensor_id(tr) for tr in stream})
    if len(sensors) > 1:
        raise TNGInputError(f"stream of {station_id(stream)}: several sensors {sensors}; give one, "
                            f"e.g. stream.select(id='{sensors[0]}*')")
    by_component = {}
    for tr in join_pieces(stream):
        by_component.setdefault(split_channel(tr.stats.channel)[1], []).append(tr)
    if len(by_component) != 3 or (inventory is None and set(by_component) != set(COMPONENTS)):
        missing = [c for c in COMPONENTS if c not in by_component]
        if len(by_component) == 3:
            raise TNGInputError(f"stream of {station_id(stream)}: components are "
                                f"{sorted(by_component)}, not Z, N and E; inventory= rotates them")
        raise TNGInputError(f"stream of {station_id(stream)}: component {', '.join(missing)} is "
                            f"missing, got {sorted(by_component)}")
    order = sorted(by_component, key=lambda c: COMPONENTS.index(c) if c in COMPONENTS else 3)
    traces = [by_component[component] for component in order]
    first = traces[0][0]
    for tr in (tr for row in traces for tr in row):
        if not same_rate(first, tr):
            raise TNGInputError(f"stream of {station_id(stream)}: sampling rates differ: "
                                f"{first.stats.sampling_rate:g} and {tr.stats.sampling_rate:g} Hz")
    return traces


def _scaled(tr, inventory):
    """Samples as floats, in common units of all components as far as known."""
    data = np.ma.getdata(tr.data).astype(np.float64) * (tr.stats.calib or 1.0)
    response = inventory and find_channel(inventory, tr).response
    sensitivity = response and response.instrument_sensitivity
    return data / sensitivity.value if sensitivity and sensitivity.value else data


def _shared(traces):
    """
    Stretches that all three components have.

    :return: iterator of three ``(trace, first sample, samples)``, and the start time.
    """
    for z in traces[0]:
        for n in _overlapping(traces[1], z):
            for e in _overlapping(traces[2], z):
                parts, delta = (z, n, e), z.stats.delta
                start = max(tr.stats.starttime for tr in parts)
                first = [round((start - tr.stats.starttime) / delta) for tr in parts]
                count = min(tr.stats.npts - i for tr, i in zip(parts, first, strict=True))
                if count > 1:
                    yield [(tr, i, count) for tr, i in zip(parts, first, strict=True)], start


def _overlapping(traces, other):
    """Those of some traces that have a time in common with another one."""
    return [tr for tr in traces if tr.stats.starttime < other.stats.endtime
            and tr.stats.endtime > other.stats.starttime]


def _judged(windows):
    """Windows, with the reasons of unusable ones."""
    reasons = [_not_finite(window.data) for window in windows]
    whole = [window for window, reason in zip(windows, reasons, strict=True) if reason is None]
    later = iter([_filled(window, lengths, usual) or faded for window, lengths, usual, faded
                  in zip(whole, *_straight(whole), _faded(whole), strict=True)])
    return [NoiseWindow(window.data, window.sampling_rate, window.label,
                        next(later) if reason is None else reason)
            for window, reason in zip(windows, reasons, strict=True)]


def _not_finite(data):
    """Reason of a window with NaN, or None."""
    bad = (~np.isfinite(data)).sum(axis=1)
    return next((f"{component} has {number} samples that are NaN or infinite"
                 for component, number in zip(COMPONENTS, bad, strict=True) if number), None)


def _straight(windows):
    """Longest straight stretches in s of each window, and what is usual, ``(windows, 3)`` each."""
    found = np.array([[_longest_straight(row) / window.sampling_rate for row in window.data]
                      for window in windows]).reshape(-1, 3)
    usual = np.median(found, axis=0) if len(windows) > 2 else np.zeros(3)
    return found, np.broadcast_to(usual, found.shape)


def _filled(window, lengths, usual):
    """Reason of a window with a component that is flat or straight for too long, or None."""
    length = window.data.shape[1] / window.sampling_rate
    limit = np.maximum(max(_FILLED, _FILLED_SHARE * length), _USUAL * usual)
    return next((f"{component} is flat or straight for {seconds:.1f} s"
                 for component, seconds, most in zip(COMPONENTS, lengths, limit, strict=True)
                 if seconds >= min(most, length)), None)


def _faded(windows):
    """Reasons of windows in which one component alone is far weaker than usual, or None."""
    if len(windows) < 3:
        return [None] * len(windows)
    levels = np.array([window.data.std(axis=1) for window in windows])
    share = levels / np.maximum(np.median(levels, axis=0), 1e-300)
    weakest = share.argmin(axis=1)
    return [f"{COMPONENTS[i]} has {row[i]:.2g} of its usual level, the others do not"
            if row[i] < _FADED * np.median(row) else None
            for row, i in zip(share, weakest, strict=True)]


def _longest_straight(data):
    """Samples of the longest stretch without a bend: constant, zero, or a straight line."""
    size = np.abs(data).max()
    straight = np.concatenate([[False], np.abs(np.diff(data, 2)) <= 1e-9 * size, [False]])
    edges = np.flatnonzero(straight[1:] != straight[:-1]).reshape(-1, 2)
    return int((edges[:, 1] - edges[:, 0]).max(initial=-2)) + 2
