"""
K-NET and KiK-net as ObsPy reads them
=====================================

ObsPy's reader (``format="KNET"``) keeps the names of the agency: channels ``EW``, ``NS`` and
``UD``, in KiK-net with 1 (borehole) or 2 (surface) behind them, counts with their factor to
m/s^2 in ``stats.calib``, and place and earthquake in ``stats.knet``. Records need SEED names,
m/s^2 and ``stats.tng``.
"""

import re

from obspy import Stream
from obspy.core import AttribDict
from obspy.geodetics import gps2dist_azimuth

from .record import UNITS
from .synthetic import band_code

_CHANNEL = re.compile(r"(NS|EW|UD)([12]?)")
_COMPONENTS = {"NS": "N", "EW": "E", "UD": "Z"}
#: location codes of KiK-net: borehole and surface, as NIED numbers them
LOCATIONS = {"": "", "1": "01", "2": "02"}


def from_nied(stream):
    """
    K-NET and KiK-net traces with SEED names, in m/s^2, with what is known of the earthquake.

    :param stream: Stream; other traces come back as they are.
    :return: Stream; new traces for those of K-NET and KiK-net, the same one if there are none.

    .. rubric:: Example

    >>> import numpy as np
    >>> from obspy import Trace
    >>> header = {"network": "BO", "station": "AKTH04", "channel": "UD1", "sampling_rate": 100.0,
    ...           "calib": 1e-4}
    >>> tr = Trace(np.array([0, 100, -500]), header)
    >>> tr.stats.knet = {"mag": 5.9}
    >>> converted = from_nied(Stream([tr]))[0]
    >>> print(converted.id, converted.max(), converted.stats.tng.magnitude)
    BO.AKTH04.01.HNZ -0.05 5.9
    """
    names = [_CHANNEL.fullmatch(tr.stats.channel) if "knet" in tr.stats else None for tr in stream]
    if not any(names):
        return stream
    return Stream([_converted(tr, name) if name else tr
                   for tr, name in zip(stream, names, strict=True)])


def _converted(tr, name):
    new = tr.copy()
    new.data = tr.data * float(tr.stats.calib)
    new.stats.calib = 1.0
    new.stats.channel = band_code(tr.stats.sampling_rate) + "N" + _COMPONENTS[name[1]]
    new.stats.location = tr.stats.location or LOCATIONS[name[2]]
    new.stats.tng = AttribDict({"units": UNITS, "source": "recorded", **_event(tr.stats.knet)})
    return new


def _event(known):
    """
    Earthquake in ``stats.knet``: id (its origin time), magnitude, depth, epicentral distance.

    Zeros for the magnitude or the place are blanks, as in the other formats.
    """
    origin, magnitude, depth = (known.get(key) for key in ("evot", "mag", "evdp"))
    corners = [known.get(key) for key in ("stla", "stlo", "evla", "evlo")]
    located = None not in corners and corners[2:] != [0, 0]
    fields = {"event_id": origin and origin.strftime("%Y%m%dT%H%M%S"),
              "magnitude": magnitude if magnitude and 0 < magnitude <= 10 else None,
              "depth": depth if located and depth is not None and depth >= 0 else None,
              "distance": gps2dist_azimuth(*corners)[0] / 1000.0 if located else None}
    return {key: value for key, value in fields.items() if value is not None}
