"""Generated records: their channels, start times and metadata."""

from copy import copy

import numpy as np
from obspy import Stream, Trace, UTCDateTime
from obspy.core import AttribDict

from ..exceptions import TNGInputError
from .headers import sac_header
from .record import COMPONENTS, UNITS, check_station

# Synthetic channels: instrument code X is "derived or generated" in the SEED
# manual, and the location code keeps them apart from any recorded channel.
SYNTHETIC_LOCATION = "SY"
SYNTHETIC_INSTRUMENT = "X"
SYNTHETIC_START = UTCDateTime(2000, 1, 1)


def band_code(sampling_rate):
    """
    SEED band code of an accelerometer channel (corner period >= 10 s).

    :param sampling_rate: Hz.
    :return: one letter; "H" for 80 to 250 Hz.
    """
    for limit, code in ((1000, "F"), (250, "C"), (80, "H"), (10, "B"), (1, "M")):
        if sampling_rate >= limit:
            return code
    return "L"


def synthetic_record(data, sampling_rate, station, starttime=SYNTHETIC_START, tng=None):
    """
    Stream of one generated record, on synthetic channels.

    :param data: array ``(3, npts)``, ZNE, m/s^2.
    :param sampling_rate: Hz.
    :param station: station id ``"NET.STA"``.
    :param starttime: UTCDateTime of the first sample.
    :param tng: dict for ``stats.tng`` (a copy goes on every trace).
    :return: Stream, e.g. ``XR.AL01.SY.HXZ`` and so on; with ``stats.sac`` for SAC files.
    :raises TNGInputError: on an id that is not ``"NET.STA"``.

    .. rubric:: Example

    >>> st = synthetic_record(np.eye(3, 100), 100.0, "XR.AL01")
    >>> print(st[0].id, st[1].id, st[2].id)
    XR.AL01.SY.HXZ XR.AL01.SY.HXN XR.AL01.SY.HXE
    """
    network, code = check_station(station)
    prefix = band_code(sampling_rate) + SYNTHETIC_INSTRUMENT
    tng = AttribDict({**(tng or {}), "units": UNITS, "source": "generated"})
    sac = sac_header(starttime, tng)
    stream = Stream()
    for component, samples in zip(COMPONENTS, data, strict=True):
        header = {"network": network, "station": code, "location": SYNTHETIC_LOCATION,
                  "channel": prefix + component, "sampling_rate": sampling_rate,
                  "starttime": starttime, "tng": copy(tng), "sac": copy(sac)}
        stream.append(Trace(np.ascontiguousarray(samples, dtype=np.float32), header))
    return stream


def checked_starttime(starttime, n, window):
    """
    A start time from which realizations can follow each other.

    :param starttime: UTCDateTime, or what makes one (text, seconds since 1970).
    :param n: number of realizations.
    :param window: record length in s.
    :return: UTCDateTime
    :raises TNGInputError: for what is no time, or if the last one ended after the year 9999.
    """
    try:
        first = UTCDateTime(starttime)
        str(realization_starttime(n, window, first))
    except (TypeError, ValueError, OverflowError) as err:
        raise TNGInputError("starttime must be a UTCDateTime from which all realizations (first + "
                            f"n = {n}) begin before the year 10000, got {starttime!r}") from err
    return first


def realization_starttime(index, window, starttime=SYNTHETIC_START):
    """
    Start of realization ``index``, later than the end of the one before.

    :param index: number of the realization, from 0.
    :param window: record length in s.
    :param starttime: UTCDateTime of realization 0.
    :return: UTCDateTime; whole minutes apart.
    """
    return starttime + index * 60 * int(np.ceil((window + 10) / 60))
