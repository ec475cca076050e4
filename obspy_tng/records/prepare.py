"""
From raw traces to a record
===========================

:func:`prepare_record` is the one way from what a digitiser wrote, with its
StationXML, to a record (see :mod:`obspy_tng.records.record`): checked, in m/s^2, Z, N
and E, band-passed, resampled and cut to a window that keeps the strong part.
"""

import inspect
import logging

import numpy as np
from obspy import Stream, Trace
from obspy.core import AttribDict

from .._version import __version__
from ..exceptions import TNGInputError
from ..signal import end_at_rest, processing
from .codes import split_channel
from .event import event_fields, of_another_day
from .info import recording_id, source_of
from .instrument import check_places, find_channel, orientation, to_acceleration, to_zne
from .nied import from_nied
from .places import channel_place, header_place, place_fields
from .quality import check_components, check_trace, worst
from .record import COMPONENTS, SMALLEST_PEAK, UNITS
from .rejection import of_recording, rejected
from .samples import plain_samples
from .synthetic import band_code
from .traces import SAME_RATE, nominal_rate, three_traces
from .units import motion_of, samples_in
from .windows import check_energy, check_span, choose_window, edge_levels, pick_onset

logger = logging.getLogger("obspy_tng")

# Lowest default corner: below it analogue and 12-bit accelerographs have little
# but noise. 3 / window leaves three periods of the corner in the window.
LOWEST_FREQMIN = 0.05
EDGE = 1.0  # s, cosine at both ends of the raw traces and at the start of the window
END_SHARE = 0.05  # of the window, cosine at its end
# m/s^2; the largest acceleration of the ground on record is some 40 (Iwate, 2008)
MAX_PEAK = 60.0
_NUMBERS = ("sampling_rate", "window", "pre_event", "pad", "min_energy", "max_start_level",
            "max_end_level", "min_steps", "max_peak")


def prepare_record(stream, inventory=None, *, sampling_rate=100.0, window=60.0, freqmin=None,
                   freqmax=None, event=None, units=None, pre_event=5.0, min_energy=0.8,
                   pad=0.5, max_start_level=0.5, max_end_level=0.3, min_steps=3.0,
                   max_peak=MAX_PEAK, common_span=False, at_rest=False) -> Stream:
    """
    Make a record of the three raw traces of one recording.

    :param stream: Stream of three traces, one per component; it is not changed.
    :param inventory: Inventory with an epoch for every trace: response, azimuth, dip
        and coordinates. Without one the traces must be Z, N and E (or K-NET's UD, NS, EW), and
        ``units`` given.
    :param sampling_rate: of the record, Hz; the traces' own must not be lower.
    :param window: length of the record in s; None keeps the whole recording.
    :param freqmin: high-pass corner in Hz; None is 3 / window, at least 0.05 Hz.
    :param freqmax: low-pass corner in Hz; None is 0.8 of the lower Nyquist frequency
        of the traces and the record.
    :param event: obspy Event: id, magnitude, depth and distance go to ``stats.tng``. A warning is
        logged where the recording is of another day.
    :param units: of the samples times ``stats.calib``: "m/s^2", "cm/s^2", "gal", "mg" or "g";
        or "counts", which take an inventory. None is what the traces say (``stats.tng.units``,
        ``stats.processing`` after ObsPy's ``remove_response``, ``stats.calib`` of K-NET and COSMOS
        files), else counts.
    :param pre_event: s before the onset with which the window begins, if the strong
        part fits behind it.
    :param min_energy: least share of the recording's Arias intensity in the window.
    :param pad: largest share of the window that zeros may fill, behind a recording that
        is shorter but complete (``max_end_level``); 0 rejects shorter ones.
    :param max_start_level: largest RMS of the first 2 s over that of the strongest 5 s;
        triggered recordings that begin in the strong part have more.
    :param max_end_level: the same for the last 5 s of recordings to be padded; at 0.3
        some 7 % of the energy is missing where the coda decays with 20 s. Those at least as
        long as the window may have a third more, with ``window=None`` any.
    :param min_steps: least peak of each trace in steps of the digitiser.
    :param max_peak: largest acceleration in m/s^2 that is believed.
    :param common_span: True cuts traces that begin or end differently to the span they
        share (at least 90 % of the longest); False rejects them.
    :param at_rest: True treats the window as generated records are
        (:func:`obspy_tng.signal.end_at_rest`): velocity and displacement end at zero.
    :return: record, a new Stream of float32 traces Z, N, E in m/s^2. ``stats.tng`` has
        the fields of :mod:`obspy_tng.records.record` and ``response`` ("full", "sensitivity" or
        None), ``onset`` ("P" or "arias"), ``start_level``, ``end_level``, ``padded`` (s),
        ``source_ids``, and ``quality``: every check with its value and its limit, as in
        :data:`~obspy_tng.records.rejection.CODES`.
    :raises TypeError: if ``stream``, ``inventory`` or ``event`` is of another type.
    :raises RecordRejectedError: if the recording cannot give a correct record; a TNGInputError
        whose ``rejection`` has code, value, limit and reason.
    :raises TNGInputError: for bad values of the other arguments.

    The full response is removed where it is not flat within 1 % (amplitude and phase)
    between freqmin and freqmax; otherwise the samples are divided by the sensitivity.

    .. rubric:: Example

    >>> t = np.arange(8000) / 100.0
    >>> burst = np.random.default_rng(0).normal(size=(3, 8000)) * np.exp(-(t - 30) ** 2 / 50)
    >>> st = Stream([Trace(x, {"network": "XX", "station": "S1", "channel": "HN" + c,
    ...                        "sampling_rate": 100.0}) for x, c in zip(burst, "ZNE")])
    >>> record = prepare_record(st, units="gal", sampling_rate=50.0)
    >>> record[0].id, record[0].stats.npts, record[0].stats.tng.energy_kept > 0.99
    ('XX.S1..BNZ', 3000, True)
    """
    _check_arguments(sampling_rate=sampling_rate, window=window, pre_event=pre_event, pad=pad,
                     min_energy=min_energy, max_start_level=max_start_level,
                     max_end_level=max_end_level, min_steps=min_steps, max_peak=max_peak)
    if inventory is None and isinstance(stream, Stream):
        stream = from_nied(stream)
    traces = three_traces(stream, common_span)
    name, raw_rate = recording_id(traces), nominal_rate(traces[0], sampling_rate)
    freqmin, freqmax = _corners(freqmin, freqmax, min(raw_rate, sampling_rate), window)
    channels = _channels(traces, inventory)
    axes = [orientation(tr, channel) for tr, channel in zip(traces, channels, strict=True)]
    scales = [samples_in(tr, units, channel) for tr, channel in zip(traces, channels, strict=True)]
    quality = worst([check_trace(tr, min_steps, _is_acceleration(channel, unit))
                     for tr, channel, (unit, _) in zip(traces, channels, scales, strict=True)])
    info = _event_and_place(traces[0], channels[0], event)

    samples = np.stack([plain_samples(tr) for tr in traces])
    onset, clear = _onset(samples, axes, raw_rate)
    data, how = _ground_motion(samples, traces, channels, scales, raw_rate, freqmin, freqmax, onset)
    data = processing.bandpass(data, raw_rate, freqmin, freqmax)
    quality |= check_components(data, name, raw_rate, [dip for _, dip in axes], (freqmin, freqmax))
    with of_recording(name):
        data = processing.resample(to_zne(data, axes), raw_rate, sampling_rate)
        available = data.shape[1]
        npts = available if window is None else round(window * sampling_rate)
        levels, peak = edge_levels(data, sampling_rate), float(np.abs(data).max())
        _check_peak(peak, max_peak)
        check_span(levels, available / sampling_rate, window, pad, max_start_level, max_end_level)
        start, energy = choose_window(data, min(npts, available),
                                      round((onset - pre_event) * sampling_rate))
        check_energy(energy, available / sampling_rate, window, min_energy)
    lead = onset - start / sampling_rate
    data = _cut(data, start, npts, lead, sampling_rate)
    if at_rest:
        data = end_at_rest(data, sampling_rate, freqmin)

    p_index = round(lead * sampling_rate)
    info |= {"record_id": name,
             "p_index": p_index if clear and 0 <= p_index < npts else None, "units": UNITS,
             "freqmin": freqmin, "freqmax": freqmax, "energy_kept": energy,
             "source": source_of(traces) or "recorded", "response": how,
             "onset": "P" if clear else "arias",
             "start_level": levels[0], "end_level": levels[1],
             "padded": max(0, npts - available) / sampling_rate,
             "source_ids": [tr.id for tr in traces],
             "quality": quality | {
                 "amplitude": [peak, float(max_peak)],
                 "begins_in_signal": [levels[0], float(max_start_level)],
                 "cut_in_signal": [levels[1], float(max_end_level)],
                 "window_too_short": [energy, float(min_energy)]}}
    if at_rest:
        info["at_rest"] = True
    return _as_stream(data, traces, sampling_rate, start / sampling_rate, window, info)


def check_options(**options):
    """
    Raise where no recording can make a record, before an archive is gone through for it.

    :param options: arguments of :func:`prepare_record`; others are as there by default.
    :raises TNGInputError: on numbers that make no record.
    """
    known = {name: parameter.default for name, parameter
             in inspect.signature(prepare_record).parameters.items()} | options
    _check_arguments(**{name: known[name] for name in _NUMBERS})
    _corners(known["freqmin"], known["freqmax"], known["sampling_rate"], known["window"])


def _check_arguments(**arguments):
    """Raise TNGInputError on numbers that make no record."""
    for key, value in arguments.items():
        if key == "window" and value is None:
            continue
        low, high = {"sampling_rate": (1, np.inf), "window": (1, np.inf), "pad": (0, 1),
                     "min_energy": (0, 1)}.get(key, (0, np.inf))
        number = isinstance(value, int | float | np.number) and not isinstance(value, bool)
        if not number or not low <= value <= high or np.isinf(value):
            raise TNGInputError(f"{key} must be a number from {low} to {high}, got {value!r}")


def _corners(freqmin, freqmax, rate, window):
    """Corner frequencies, default or checked."""
    if freqmin is None:
        freqmin = LOWEST_FREQMIN if window is None else max(LOWEST_FREQMIN, 3.0 / window)
    if freqmax is None:
        freqmax = 0.4 * rate
    for key, value in (("freqmin", freqmin), ("freqmax", freqmax)):
        if isinstance(value, bool) or not isinstance(value, int | float | np.number):
            raise TNGInputError(f"{key} must be a number of Hz or None, got {value!r}")
    if not 0 < freqmin < freqmax < 0.5 * rate:
        raise TNGInputError(f"freqmin and freqmax must be 0 < freqmin < freqmax < {0.5 * rate:g} "
                            f"Hz, got {freqmin!r} and {freqmax!r}")
    return float(freqmin), float(freqmax)


def _channels(traces, inventory):
    """Epochs of the traces in the inventory, one each; None for all without an inventory."""
    if inventory is None:
        return [None] * len(traces)
    channels = [find_channel(inventory, tr) for tr in traces]
    check_places(traces, channels)
    _compare_rates(traces[0], channels[0])
    return channels


def _compare_rates(tr, channel):
    """
    Log where data and inventory state different sampling rates.

    That of the data is used: inventories often list the rate of another stream of the digitiser.
    """
    stated = channel.sample_rate
    if stated and abs(tr.stats.sampling_rate - stated) > SAME_RATE * stated:
        logger.warning("%s %s: the data have %g Hz, the inventory says %g Hz; if it is right, all "
                       "frequencies are wrong", tr.id, tr.stats.starttime,
                       tr.stats.sampling_rate, stated)


def _event_and_place(tr, channel, event):
    """Fields of ``stats.tng`` on the earthquake and the place of the station."""
    place = header_place(tr) if channel is None else channel_place(channel)
    known = tr.stats.get("tng", {})  # strong-motion formats bring their event along
    fields = {key: known.get(key) if value is None else value
              for key, value in event_fields(event, place and place[:2]).items()}
    if of_another_day(event, tr):
        logger.warning("%s %s: the event %s is of another day than the recording; if it is another "
                       "earthquake, magnitude and distance are wrong", tr.id, tr.stats.starttime,
                       fields["event_id"])
    return fields | place_fields(place)


def _is_acceleration(channel, units):
    """False where the samples are known to be of velocity or displacement."""
    if units != "counts" or channel is None or channel.response is None:
        return True
    stages, sensitivity = channel.response.response_stages, channel.response.instrument_sensitivity
    told = stages[0].input_units if stages else sensitivity and sensitivity.input_units
    motion = motion_of(told)
    return motion is None or motion.order == 2


def _onset(samples, axes, rate):
    """Onset in s after the start of the samples, and whether it is a clear P."""
    vertical_first = np.argsort([-abs(dip) for _, dip in axes], kind="stable")
    # causal: a zero-phase filter rings before the onset
    data = processing.bandpass(processing.detrend(samples[vertical_first]), rate, 1.0,
                               min(10.0, 0.4 * rate), zerophase=False)
    index, clear = pick_onset(data, rate)
    return index / rate, clear


def _ground_motion(samples, traces, channels, scales, rate, freqmin, freqmax, onset):
    """Samples in m/s^2 along their own axes, ``(3, npts)``, and how they became that."""
    results = []
    for data, tr, channel, (units, factor) in zip(samples, traces, channels, scales, strict=True):
        # rest is the mean before the onset where there is enough of it
        rest = int((onset - 0.5) * rate)
        data = data - data[:rest].mean() if rest > 2 * rate else processing.detrend(data)
        front = min(EDGE, max(0.5 * onset, 0.1))
        data = processing.taper(data, rate, 0.5, front, "left")
        data = processing.taper(data, rate, 0.5, EDGE, "right")
        results.append(to_acceleration(tr, factor * data, channel, units, freqmin, freqmax))
    data, how = zip(*results, strict=True)
    # one component that is not flat in the band is enough to say so
    return np.stack(data), "full" if "full" in how else how[0]


def _check_peak(peak, max_peak):
    """Raise where the ground would have moved as it never does."""
    if peak > max_peak:
        raise rejected("amplitude", f"the peak is {peak:.4g} m/s^2, max_peak={max_peak:g} is "
                       "believed: units, gain or stats.calib are wrong, or it is no ground motion",
                       peak, max_peak)
    if peak < SMALLEST_PEAK:
        raise rejected("amplitude", f"the peak is {peak:.4g} m/s^2, less than the noise of the "
                       f"quietest ground ({SMALLEST_PEAK:g}): units, gain or stats.calib are wrong",
                       peak, SMALLEST_PEAK)


def _cut(data, start, npts, lead, sampling_rate):
    """Window of the data with tapered ends, zero-padded at the end to ``npts``."""
    if npts == data.shape[1]:
        return data  # the whole recording, tapered before it was filtered
    data = taper_ends(data[:, start:start + npts], lead, sampling_rate)
    return np.pad(data, [(0, 0), (0, npts - data.shape[1])])


def taper_ends(data, lead, sampling_rate):
    """
    Taper a window of a longer record.

    :param data: array ``(3, npts)``.
    :param lead: s before the onset of the P wave; half of it is tapered, 1 s at most.
    :param sampling_rate: Hz.
    :return: new array ``(3, npts)``; the last twentieth is tapered too.
    """
    front = min(EDGE, max(0.5 * lead, 0.1))
    data = processing.taper(data, sampling_rate, 0.5, front, "left")
    return processing.taper(data, sampling_rate, END_SHARE, None, "right")


def _as_stream(data, traces, sampling_rate, offset, window, info):
    """Record of the data, with the provenance of the traces and of this processing."""
    first = traces[0].stats
    note = (f"obspy_tng {__version__}: prepare_record(sampling_rate={sampling_rate:g}::"
            f"window={window}::freqmin={info['freqmin']:g}::freqmax={info['freqmax']:g}::"
            f"response={info['response']!r}{'::at_rest=True' if info.get('at_rest') else ''})")
    record = Stream()
    for component, samples in zip(COMPONENTS, data, strict=True):
        header = {key: first[key] for key in ("network", "station", "location")}
        sensor = split_channel(first.channel)[0]
        instrument = "N" if sensor.startswith("KNET") else sensor[-1:] or "N"
        header |= {"channel": band_code(sampling_rate) + instrument + component,
                   "sampling_rate": float(sampling_rate), "starttime": first.starttime + offset,
                   "tng": AttribDict(info)}
        tr = Trace(np.ascontiguousarray(samples, dtype=np.float32), header)
        tr.stats.processing = [*first.get("processing", []), note]
        record.append(tr)
    return record
