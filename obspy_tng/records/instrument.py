"""
The StationXML side of a raw trace: its epoch, its response, its axis.
"""

import copy
from itertools import pairwise

import numpy as np
from obspy import Inventory, Trace
from obspy.core.util.obspy_types import ObsPyException
from obspy.geodetics import gps2dist_azimuth

from .c_libraries import C_LIBRARIES
from .codes import plain_location, split_channel
from .rejection import rejected
from .units import EVALRESP, UNIT_FACTORS, motion_of

# A response counts as flat where it stays so close to the sensitivity, in amplitude and
# phase: at 5 % in amplitude alone, PGAs of near-field records are off by up to 12 %.
FLAT_WITHIN = 0.01
# The gain of the stages and the overall sensitivity must agree so closely.
SENSITIVITY_WITHIN = 0.05
# Condition number of three axes, 1 where they are perpendicular; two axes that are 23 degrees
# apart have 5, and noise grows as much by the rotation.
MOST_SKEWED = 5.0
FARTHEST = 5.0  # km between the channels of a sensor; coordinates are rounded differently
# azimuth and dip of the components that have their direction in the code
_AXES = {"Z": (0.0, -90.0), "N": (0.0, 0.0), "E": (90.0, 0.0)}
_VOLTS = ("V", "VOLT", "VOLTS")


def find_channel(inventory, tr):
    """
    Channel epoch of an Inventory that a trace was recorded in.

    :param inventory: Inventory.
    :param tr: Trace.
    :return: :class:`~obspy.core.inventory.channel.Channel`; of several, the latest. Epochs may
        begin or end a sample late or early, and follow each other during the trace if nothing but
        the dates changes.
    :raises TypeError: if ``inventory`` is not an Inventory.
    :raises RecordRejectedError: if it has no such channel, no epoch from the start to the end of
        the trace, or two that begin at the same time and contradict each other.
    """
    if not isinstance(inventory, Inventory):
        raise TypeError(f"inventory must be an obspy Inventory, got {type(inventory).__name__}")
    stats = tr.stats
    epochs = [channel for network in inventory if network.code == stats.network
              for station in network if station.code == stats.station
              for channel in station
              if channel.code == stats.channel
              and plain_location(channel.location_code) == plain_location(stats.location)]
    if not epochs:
        raise rejected("no_channel", f"{tr.id}: the inventory has no such channel"
                       f"{_alternatives(inventory, stats)}")
    begin, end = stats.starttime + stats.delta, stats.endtime - stats.delta
    matching = [c for c in epochs if (c.start_date is None or c.start_date <= begin)
                and (c.end_date is None or end <= c.end_date)] or _unchanged(epochs, begin, end)
    if not matching:
        spans = ", ".join(f"{c.start_date or '...'} - {c.end_date or '...'}" for c in epochs[:5])
        raise rejected("no_epoch", f"{tr.id}: no epoch of the inventory matches {stats.starttime} "
                       f"- {stats.endtime}; the epochs are {spans}"
                       + (" and more" if len(epochs) > 5 else ""))
    latest = max(matching, key=lambda c: c.start_date.timestamp if c.start_date else -np.inf)
    if not all(_alike(latest, c) for c in matching if c.start_date == latest.start_date):
        raise rejected("no_epoch", f"{tr.id}: the inventory has two epochs from "
                       f"{latest.start_date or 'the beginning'} on that differ in axis, depth or "
                       "response; leave one out")
    return latest


def check_places(traces, channels):
    """
    Raise RecordRejectedError where the channels of a sensor are at different places.

    :param traces: list of Traces.
    :param channels: list of their Channels.
    """
    first = channels[0]
    for tr, other in zip(traces, channels, strict=True):
        apart = gps2dist_azimuth(first.latitude, first.longitude, other.latitude,
                                 other.longitude)[0] / 1000
        if apart > FARTHEST:
            raise rejected("places", f"{tr.id}: the inventory has it {apart:.0f} km from "
                           f"{traces[0].id}, {FARTHEST:g} km at most are possible", apart,
                           FARTHEST)


def _unchanged(epochs, begin, end):
    """The first of the epochs from one time to another, if they follow each other and are alike."""
    spans = sorted((c.start_date.timestamp if c.start_date else -np.inf,
                    c.end_date.timestamp if c.end_date else np.inf, i)
                   for i, c in enumerate(epochs))
    inside = [span for span in spans if span[0] <= end.timestamp and span[1] >= begin.timestamp]
    chain = [epochs[i] for _, _, i in inside]
    if not chain or inside[0][0] > begin.timestamp or inside[-1][1] < end.timestamp or any(
            later[0] - earlier[1] > 1.0 for earlier, later in pairwise(inside)):
        return []
    return [chain[0]] if all(_alike(chain[0], c) for c in chain) else []


def _alike(first, second):
    """True where two epochs turn the same samples into the same motion."""
    return (first.azimuth, first.dip, first.depth, first.response) == (
        second.azimuth, second.dip, second.depth, second.response)


def _alternatives(inventory, stats):
    """What an Inventory has of a station, in words."""
    codes = {f"{channel.location_code or ''}.{channel.code}" for network in inventory
             if network.code == stats.network for station in network
             if station.code == stats.station for channel in station}
    if not codes:
        return f", nor the station {stats.network}.{stats.station}"
    return (f"; of {stats.network}.{stats.station} it has {', '.join(sorted(codes)[:9])}"
            + (" and more" if len(codes) > 9 else ""))


def to_acceleration(tr, data, channel, units, freqmin, freqmax):
    """
    Turn the samples of one trace into m/s^2.

    :param tr: Trace that the samples are from.
    :param data: array ``(npts,)``, at rest at both ends.
    :param channel: its Channel, or None where ``units`` are physical ones.
    :param units: "counts" or a key of :data:`~obspy_tng.records.units.UNIT_FACTORS`.
    :param freqmin: lower end of the band of interest, Hz.
    :param freqmax: upper end, Hz.
    :return: ``(array, how)``; ``how`` is "full" (response), "sensitivity" or None.
    :raises RecordRejectedError: if there is no usable response, or one that contradicts itself.
    """
    if units != "counts":
        return data * UNIT_FACTORS[units], None
    if channel is None:
        raise rejected("units", f"{tr.id}: counts need an inventory; for samples in physical units "
                       f"give units, one of {sorted(UNIT_FACTORS)}")
    response = channel.response
    if response is None or not (response.response_stages or response.instrument_sensitivity):
        raise rejected("response", f"{tr.id}: the epoch of {channel.start_date} has no response")
    motion = response_motion(tr, response)
    _check_digitiser(tr, response)
    if not response.response_stages:
        return data / response.instrument_sensitivity.value * motion.factor, "sensitivity"
    response = _in_si(response, motion)
    if _is_flat(tr, response, motion, freqmin, freqmax):
        # not Stream.remove_sensitivity: it fails on a Response without stages
        return data / response.instrument_sensitivity.value * motion.factor, "sensitivity"
    _check_poles(tr, response)
    nyquist = 0.5 * tr.stats.sampling_rate
    high = min(1.2 * freqmax, 0.95 * nyquist)
    header = {"sampling_rate": tr.stats.sampling_rate, "response": response}
    try:
        # The pre-filter bounds the division outside the band. No water level: for a
        # velocity sensor it would count from the lowest frequency and cut the highest.
        with C_LIBRARIES:
            removed = Trace(data.astype(float), header).remove_response(
                output="ACC", water_level=None, zero_mean=False, taper=False,
                pre_filt=(0.25 * freqmin, 0.5 * freqmin, high, 0.5 * (high + nyquist)))
    except (ObsPyException, ValueError, IndexError, NotImplementedError) as err:
        raise rejected("response", f"{tr.id}: the response cannot be removed: {err}") from err
    return removed.data * motion.factor, "full"


def _check_digitiser(tr, response):
    """Raise where the response has no gain, or ends in volts although the samples are counts."""
    stages, sensitivity = response.response_stages, response.instrument_sensitivity
    for name, gain in [(f"the gain of stage {stage.stage_sequence_number}", stage.stage_gain)
                       for stage in stages] + ([("the overall sensitivity", sensitivity.value)]
                                               if sensitivity else []):
        if gain == 0 or not np.isfinite(gain or 0.0):
            raise rejected("sensitivity", f"{tr.id}: {name} is {gain:g}", float(gain), 0.0)
    if not stages and not sensitivity.value:
        raise rejected("sensitivity", f"{tr.id}: the overall sensitivity is {sensitivity.value}, "
                       "and the response has no stages", sensitivity.value or 0.0, 0.0)
    last = (stages[-1].output_units if stages else None) or (
        sensitivity.output_units if sensitivity else None)
    samples = np.ma.getdata(tr.data)
    if str(last).upper() in _VOLTS and bool((samples == np.round(samples)).all()):
        raise rejected("response_units", f"{tr.id}: the response ends in {last!r} and the samples "
                       f"are whole numbers: the stage of the digitiser is missing "
                       f"({_gains(response)})")


def _check_poles(tr, response):
    """Raise where a sensor would answer with growing motion: signs of poles are wrong."""
    for stage in response.response_stages:
        analogue = str(getattr(stage, "pz_transfer_function_type", "")).startswith("LAPLACE")
        growing = [complex(pole) for pole in stage.poles if pole.real > 0] if analogue else []
        if growing:
            raise rejected("response", f"{tr.id}: stage {stage.stage_sequence_number} of the "
                           f"response has the pole {growing[0]:.4g}; the real parts of poles must "
                           "not be positive")


def response_motion(tr, response):
    """
    Ground motion that a response is of, by its first stage and its overall sensitivity.

    :param tr: Trace, for the message.
    :param response: Response with stages, a sensitivity, or both.
    :return: :class:`~obspy_tng.records.units.Motion`
    :raises RecordRejectedError: if they are not of motion, contradict each other, or a stage is
        missing.
    """
    stages, sensitivity = response.response_stages, response.instrument_sensitivity
    numbers = [stage.stage_sequence_number for stage in stages]
    if numbers and numbers != list(range(numbers[0], numbers[0] + len(numbers))):
        raise rejected("response", f"{tr.id}: the response has the stages {numbers}; stages are "
                       "missing, doubled or out of order")
    given = {"stage 1": stages[0].input_units if stages else None,
             "the overall sensitivity": sensitivity.input_units if sensitivity else None}
    given = {where: units for where, units in given.items() if units}
    motions = {where: motion_of(units) for where, units in given.items()}
    told = ", ".join(f"{where} in {units!r}" for where, units in given.items()) or "no units"
    if numbers and numbers[0] != 1:
        raise rejected("response_units", f"{tr.id}: stage 1 of the response, the sensor, is "
                       f"missing: the first is stage {numbers[0]} with input units "
                       f"{stages[0].input_units!r} ({_gains(response)})")
    if not motions or None in motions.values():
        raise rejected("response_units", f"{tr.id}: the units of the response are not known as "
                       f"ground motion: {told} ({_gains(response)})")
    if len(set(motions.values())) > 1:
        raise rejected("response_units", f"{tr.id}: the units of the response contradict each "
                       f"other: {told}")
    motion = next(iter(motions.values()))
    if not stages and motion.order != 2:
        raise rejected("response", f"{tr.id}: the response has a sensitivity in "
                       f"{sensitivity.input_units} only; acceleration needs its stages")
    return motion


def _gains(response):
    """Product of the gains and sensitivity, for messages."""
    product = np.prod([stage.stage_gain or 1.0 for stage in response.response_stages])
    sensitivity = response.instrument_sensitivity
    told = f"{sensitivity.value:g}" if sensitivity and sensitivity.value else "not given"
    return f"the gains of the stages multiply to {product:g}, the overall sensitivity is {told}"


def _in_si(response, motion):
    """The response with units that evalresp knows; only what changes is copied."""
    first = copy.copy(response.response_stages[0])
    first.input_units = EVALRESP[motion.order]
    changed = copy.copy(response)
    changed.response_stages = [first, *response.response_stages[1:]]
    if response.instrument_sensitivity is not None:
        changed.instrument_sensitivity = copy.copy(response.instrument_sensitivity)
        changed.instrument_sensitivity.input_units = EVALRESP[motion.order]
    return changed


def orientation(tr, channel):
    """
    Azimuth and dip of a trace.

    :param tr: Trace.
    :param channel: its Channel, or None to go by the last letter, Z, N or E, or else by
        the azimuth that a strong-motion file has told (``stats.<format>``). What the Channel does
        not have comes from the letter, too.
    :return: ``(azimuth, dip)`` in degrees, from north and down from horizontal.
    :raises RecordRejectedError: if they are not known.
    """
    letter = split_channel(tr.stats.channel)[1]
    if channel is None:
        told = tr.stats.get(str(tr.stats.get("_format")).lower(), {})
        if letter not in _AXES and told.get("azimuth") is not None:
            return float(told["azimuth"]), float(told.get("dip") or 0.0)
        if letter not in _AXES:
            raise rejected("orientation", f"{tr.id}: the direction of this component is not known; "
                           "give an inventory with its azimuth and dip, or components Z, N and E")
        return _AXES[letter]
    azimuth, dip = (by_code if value is None else float(value) for value, by_code in zip(
        (channel.azimuth, channel.dip), _AXES.get(letter, (None, None)), strict=True))
    if dip is None or (azimuth is None and abs(dip) != 90.0):
        raise rejected("orientation", f"{tr.id}: the epoch of {channel.start_date} has no azimuth "
                       "or dip")
    return azimuth or 0.0, dip


def to_zne(data, axes):
    """
    Rotate three components to vertical (up), north and east.

    :param data: array ``(3, npts)``.
    :param axes: ``(azimuth, dip)`` of each component in degrees.
    :return: array ``(3, npts)``, ZNE.
    :raises RecordRejectedError: if the three axes lie, or nearly lie, in one plane.

    .. rubric:: Example

    >>> z, n, e = to_zne(np.eye(3), [(0, -90), (180, 0), (270, 0)])
    >>> z.round(9).tolist(), (n.round(9) + 0.0).tolist()
    ([1.0, 0.0, 0.0], [0.0, -1.0, 0.0])
    """
    from obspy.signal.rotate import rotate2zne  # imports matplotlib: not before it is used

    azimuth, dip = np.radians(np.array(axes, dtype=float)).T
    skewness = np.linalg.cond([-np.sin(dip), np.cos(dip) * np.cos(azimuth),
                               np.cos(dip) * np.sin(azimuth)])
    if not skewness <= MOST_SKEWED:
        raise rejected("orientation", f"azimuths and dips {list(axes)} do not span three "
                       "dimensions, or nearly do not: the axes are far from perpendicular",
                       skewness, MOST_SKEWED)
    arguments = [value for samples, axis in zip(data, axes, strict=True)
                 for value in (samples, *axis)]
    return np.stack(rotate2zne(*arguments))


def _is_flat(tr, response, motion, freqmin, freqmax):
    """
    True where dividing by the sensitivity is right in the whole band.

    Raises RecordRejectedError where the stages contradict the sensitivity.
    """
    sensitivity = response.instrument_sensitivity
    if sensitivity is None or not sensitivity.value:
        return False
    first = response.response_stages[0]
    # where the sensitivity is said to hold, or else where the sensor is normalised
    named = [sensitivity.frequency, getattr(first, "normalization_frequency", None),
             first.stage_gain_frequency]
    at = next((f for f in named if f and 0 < f < 0.5 * tr.stats.sampling_rate), 1.0)
    freqs = [at, *(np.geomspace(freqmin, freqmax, 30) if motion.order == 2 else ())]
    try:
        with C_LIBRARIES:
            gain = response.get_evalresp_response_for_frequencies(
                freqs, output=("DISP", "VEL", "ACC")[motion.order],
                hide_sensitivity_mismatch_warning=True)  # that is refused below
    except (ObsPyException, ValueError, IndexError, NotImplementedError) as err:
        raise rejected("response", f"{tr.id}: the response cannot be evaluated: {err}") from err
    ratio = float(abs(gain[0]) / abs(sensitivity.value))
    if not abs(ratio - 1) < SENSITIVITY_WITHIN:
        raise rejected("sensitivity", f"{tr.id}: the stages of the response have a gain of "
                       f"{abs(gain[0]):.6g} at {at:g} Hz, the overall sensitivity is "
                       f"{sensitivity.value:.6g}; one of them is wrong", ratio,
                       1 + SENSITIVITY_WITHIN)
    return motion.order == 2 and bool(
        np.all(np.abs(gain[1:] / sensitivity.value - 1) < FLAT_WITHIN))
