"""
The StationXML side of a raw trace: its epoch, its response, its axis.
"""

import numpy as np
from obspy import Inventory, Trace
from obspy.core.util.obspy_types import ObsPyException

from ..exceptions import TNGInputError
from .c_libraries import C_LIBRARIES
from .record import COMPONENTS, UNITS

# m/s^2 of one sample of a trace in physical units (standard gravity, ISO 80000-3)
UNIT_FACTORS = {UNITS: 1.0, "cm/s^2": 0.01, "gal": 0.01, "mg": 9.80665e-3, "g": 9.80665}
# A response counts as flat where it stays so close to the sensitivity, in amplitude and
# phase: at 5 % in amplitude alone, PGAs of near-field records are off by up to 12 %.
FLAT_WITHIN = 0.01


def find_channel(inventory, tr):
    """
    Channel epoch of an Inventory that a trace was recorded in.

    :param inventory: Inventory.
    :param tr: Trace.
    :return: :class:`~obspy.core.inventory.channel.Channel`; of several, the latest.
    :raises TypeError: if ``inventory`` is not an Inventory.
    :raises TNGInputError: if it has no such channel, or no epoch from the start to
        the end of the trace.
    """
    if not isinstance(inventory, Inventory):
        raise TypeError(f"inventory must be an obspy Inventory, got {type(inventory).__name__}")
    stats = tr.stats
    epochs = [channel for network in inventory if network.code == stats.network
              for station in network if station.code == stats.station
              for channel in station
              if channel.code == stats.channel and channel.location_code == stats.location]
    if not epochs:
        raise TNGInputError(f"{tr.id}: the inventory has no such channel")
    matching = [c for c in epochs
                if (c.start_date is None or c.start_date <= stats.starttime)
                and (c.end_date is None or stats.endtime <= c.end_date)]
    if not matching:
        spans = ", ".join(f"{c.start_date or '...'} - {c.end_date or '...'}" for c in epochs[:5])
        raise TNGInputError(f"{tr.id}: no epoch of the inventory matches {stats.starttime} - "
                            f"{stats.endtime}; the epochs are {spans}"
                            + (" and more" if len(epochs) > 5 else ""))
    return max(matching, key=lambda c: c.start_date.timestamp if c.start_date else -np.inf)


def to_acceleration(tr, data, channel, units, freqmin, freqmax):
    """
    Turn the samples of one trace into m/s^2.

    :param tr: Trace that the samples are from.
    :param data: array ``(npts,)``, at rest at both ends.
    :param channel: its Channel, or None where ``units`` are physical ones.
    :param units: "counts" or a key of :data:`UNIT_FACTORS`.
    :param freqmin: lower end of the band of interest, Hz.
    :param freqmax: upper end, Hz.
    :return: ``(array, how)``; ``how`` is "full" (response), "sensitivity" or None.
    :raises TNGInputError: on unknown units, or no usable response.
    """
    if units in UNIT_FACTORS:
        return data * UNIT_FACTORS[units], None
    if units != "counts":
        raise TNGInputError(f"units must be 'counts' or one of {sorted(UNIT_FACTORS)}, "
                            f"got {units!r}")
    if channel is None:
        raise TNGInputError(f"{tr.id}: counts need an inventory; for samples in physical units "
                            f"give units, one of {sorted(UNIT_FACTORS)}")
    response = channel.response
    if response is None or not (response.response_stages or response.instrument_sensitivity):
        raise TNGInputError(f"{tr.id}: the epoch of {channel.start_date} has no response")
    if _is_flat(tr, response, freqmin, freqmax):
        # not Stream.remove_sensitivity: it fails on a Response without stages
        return data / response.instrument_sensitivity.value, "sensitivity"
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
        raise TNGInputError(f"{tr.id}: the response cannot be removed: {err}") from err
    return removed.data, "full"


def orientation(tr, channel):
    """
    Azimuth and dip of a trace.

    :param tr: Trace.
    :param channel: its Channel, or None to go by the last letter, Z, N or E, or else by
        the azimuth that a strong-motion file has told (``stats.<format>``).
    :return: ``(azimuth, dip)`` in degrees, from north and down from horizontal.
    :raises TNGInputError: if they are not known.
    """
    if channel is None:
        known = {"Z": (0.0, -90.0), "N": (0.0, 0.0), "E": (90.0, 0.0)}
        letter = tr.stats.channel[-1:]
        told = tr.stats.get(str(tr.stats.get("_format")).lower(), {})
        if letter not in known and told.get("azimuth") is not None:
            return float(told["azimuth"]), float(told.get("dip") or 0.0)
        if letter not in known:
            raise TNGInputError(f"{tr.id}: which way this component points takes an inventory "
                                f"with azimuth and dip; without one only {list(COMPONENTS)}")
        return known[letter]
    if channel.dip is None or (channel.azimuth is None and abs(channel.dip) != 90.0):
        raise TNGInputError(f"{tr.id}: the epoch of {channel.start_date} has no azimuth or dip")
    return float(channel.azimuth or 0.0), float(channel.dip)


def to_zne(data, axes):
    """
    Rotate three components to vertical (up), north and east.

    :param data: array ``(3, npts)``.
    :param axes: ``(azimuth, dip)`` of each component in degrees.
    :return: array ``(3, npts)``, ZNE.
    :raises TNGInputError: if the three axes lie in one plane.

    .. rubric:: Example

    >>> z, n, e = to_zne(np.eye(3), [(0, -90), (180, 0), (270, 0)])
    >>> z.round(9).tolist(), (n.round(9) + 0.0).tolist()
    ([1.0, 0.0, 0.0], [0.0, -1.0, 0.0])
    """
    from obspy.signal.rotate import rotate2zne  # imports matplotlib: not before it is used

    arguments = [value for samples, axis in zip(data, axes, strict=True)
                 for value in (samples, *axis)]
    try:
        return np.stack(rotate2zne(*arguments))
    except ValueError as err:
        raise TNGInputError(f"azimuths and dips {list(axes)} do not span three dimensions") from err


def _is_flat(tr, response, freqmin, freqmax):
    """True where dividing by the sensitivity is right in the whole band."""
    sensitivity = response.instrument_sensitivity
    if sensitivity is None or not sensitivity.value:
        return False
    acceleration = str(sensitivity.input_units).upper() in ("M/S**2", "M/S^2", "M/S/S", "M/(S**2)")
    if not response.response_stages:
        if not acceleration:
            raise TNGInputError(f"{tr.id}: the response has a sensitivity in "
                                f"{sensitivity.input_units} only; acceleration needs its stages")
        return True
    if not acceleration:
        return False
    freqs = np.geomspace(freqmin, freqmax, 30)
    try:
        with C_LIBRARIES:
            gain = response.get_evalresp_response_for_frequencies(freqs, output="ACC")
    except (ObsPyException, ValueError, NotImplementedError) as err:
        raise TNGInputError(f"{tr.id}: the response cannot be evaluated: {err}") from err
    return bool(np.all(np.abs(gain / sensitivity.value - 1) < FLAT_WITHIN))
