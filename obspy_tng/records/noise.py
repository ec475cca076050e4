"""
Ambient noise of three components, cut into windows.

Noise is recorded for hours, with gaps and dead parts. Windows never include a gap, and windows in
which a component is dead or was filled are marked.
"""

from dataclasses import dataclass

import numpy as np
from obspy import Stream, Trace

from .._checks import within
from ..exceptions import TNGInputError
from .codes import check_channel_codes, sensor_id, split_channel
from .info import record_id
from .instrument import find_channel, orientation, to_zne
from .joining import join_pieces
from .quality.glitches import jump_ratio, spike_ratio
from .record import COMPONENTS, record_to_array, station_id
from .samples import stretches
from .traces import same_rate

# A stretch without any bend counts as filled if it is so long (s, and share of the window),
# and so many times as long as is usual in the other windows (coarse digitisers rest, too).
_FILLED, _FILLED_SHARE, _USUAL = 1.0, 0.02, 5.0
# A component is dead in a window if its level, in units of its usual one, is such a share of the
# others'.
_FADED = 1 / 30
# Spikes and jumps, over what is near them: 4 is the limit of records, noise has more transients.
_GLITCH = 10.0
# what users give instead of Streams, and what to do
_NOT_STREAMS = {Trace: "HVSR takes three components", str: "obspy.read() reads files",
                dict: "call hvsr() for the Streams of each station",
                np.ndarray: "obspy_tng.signal.hvsr() takes arrays"}


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
                            "begin and end together. Of several earthquakes give a list of "
                            "Streams, one for each; window_length= uses the windows of noise that "
                            "are whole, prepare_record(common_span=True) cuts recordings")
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
        raise TNGInputError(f"stream of {station_id(stream)}: component{'s' * (len(missing) > 1)} "
                            f"{', '.join(missing)} {'are' if len(missing) > 1 else 'is'} missing, "
                            f"got {sorted(by_component)}")
    order = sorted(by_component, key=lambda c: COMPONENTS.index(c) if c in COMPONENTS else 3)
    traces = [by_component[component] for component in order]
    first = traces[0][0]
    for tr in stream:
        if tr.data.dtype.kind not in "fiu":
            raise TNGInputError(f"{tr.id}: samples of type {tr.data.dtype}; real numbers are "
                                "needed")
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
    reasons = [_not_finite(window.data) or _glitch(window) for window in windows]
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


def _glitch(window):
    """Reason of a window with a spike or a jump in one component, or None."""
    for component, row in zip(COMPONENTS, window.data, strict=True):
        changes = np.abs(np.diff(row))
        if not changes.size or changes.max() <= 4 * _GLITCH * changes.mean():
            continue  # a cheap look first: the largest is one of many, or all are zero
        # instead of the digitiser's step, which a glitch of any length would hide
        data, step = row - np.median(row), np.median(changes[changes > 0])
        for name, ratio in (("spike", spike_ratio(data, window.sampling_rate, step)),
                            ("jump", jump_ratio(data, window.sampling_rate, step))):
            if ratio > _GLITCH:
                return f"{component} has a {name} of {ratio:.0f} times what is near it"
    return None


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
    first, end = stretches(np.abs(np.diff(data, 2)) <= 1e-9 * size)
    return int((end - first).max(initial=-2)) + 2


def streams_of_one_station(stream_or_streams):
    """
    Streams of one station, from any form of the argument.

    :param stream_or_streams: Stream, or iterable of Streams.
    :return: list of Streams.
    :raises TypeError: for anything else.
    :raises TNGInputError: if there are none, or they are of several stations.
    """
    if isinstance(stream_or_streams, Stream):
        streams = [stream_or_streams]
    elif type(stream_or_streams) in _NOT_STREAMS or not hasattr(stream_or_streams, "__iter__"):
        hint = _NOT_STREAMS.get(type(stream_or_streams))
        raise TypeError("stream_or_streams must be a Stream or an iterable of Streams, got "
                        f"{type(stream_or_streams).__name__}{'; ' + hint if hint else ''}")
    else:
        streams = list(stream_or_streams)
    for stream in streams:
        if not isinstance(stream, Stream):
            raise TypeError("stream_or_streams must be a Stream or an iterable of Streams, got "
                            f"an item of type {type(stream).__name__}")
    if not streams:
        raise TNGInputError("stream_or_streams is empty")
    stations = sorted({station_id(stream) for stream in streams})
    if len(stations) > 1:
        raise TNGInputError(f"stream_or_streams must be of one station, got {stations}")
    return streams


def curve_pieces(streams, inventory=None, window_length=None, overlap=0.0):
    """
    The samples of each curve of HVSR.

    :param streams: list of Streams of one station.
    :param inventory: see :func:`noise_windows`.
    :param window_length: s; None takes every Stream as a whole.
    :param overlap: see :func:`noise_windows`.

    :return: list of (array (3, npts), rate in Hz), labels, and reasons of those left out.
    :raises TypeError: if ``window_length`` is not a number.
    :raises TNGInputError: for bad values, or if no window is usable.
    """
    if window_length is None:
        pieces = [_whole(stream, inventory) for stream in streams]
        return pieces, [record_id(st) for st in streams], [None] * len(pieces)
    if isinstance(window_length, bool) or not isinstance(window_length, int | float | np.number):
        raise TypeError("window_length must be a number of seconds or None, got "
                        f"{type(window_length).__name__}")
    if not 0 < window_length < np.inf:
        raise TNGInputError(f"window_length must be a positive number of seconds or None, got "
                            f"{window_length!r}")
    within("overlap", overlap, 0, 1, "[)")
    windows = [window for stream in streams
               for window in noise_windows(stream, window_length, overlap, inventory)]
    if not windows:
        longest = max(tr.stats.npts / tr.stats.sampling_rate for st in streams for tr in st)
        raise TNGInputError(f"window_length is {window_length:g} s, longer than the longest Stream "
                            f"({longest:g} s), or than what all its components have without gaps")
    if all(window.reason for window in windows):
        raise TNGInputError(f"none of {len(windows)} windows is usable; {windows[0].label}: "
                            f"{windows[0].reason}")
    return ([(window.data, window.sampling_rate) for window in windows],
            [window.label for window in windows], [window.reason for window in windows])


def _whole(stream, inventory):
    """Array (3, npts) and rate of a record, or of a whole Stream with other components."""
    one_each = len({tr.id for tr in stream}) == len(stream)
    if inventory is None and one_each and all(split_channel(tr.stats.channel)[0][:4] != "KNET"
                                 and tr.stats.channel[-1:] in COMPONENTS for tr in stream):
        return record_to_array(stream), stream[0].stats.sampling_rate
    return whole_stream(stream, inventory)
