"""Headers of files of a generated record: station, scenario, mark as synthetic."""

import math

from obspy import UTCDateTime
from obspy.core import AttribDict

# field of stats.tng -> SAC header; depth and distance in km, elevation in m
_FIELDS = {"station_latitude": "stla", "station_longitude": "stlo", "station_elevation": "stel",
           "depth": "evdp", "magnitude": "mag", "distance": "dist"}
_MOST_EXACT = 2 ** 24  # SAC numbers are float32


def scenario_value(tng, field):
    """
    A quantity of the scenario: the requested one, else the one drawn for the record.

    :param tng: ``stats.tng``.
    :param field: "magnitude", "distance", "depth", or any other field.
    :return: value; None where it is not known.
    """
    value = tng.get(field)
    if value is None:
        value = tng.get(f"drawn_{field}")
    return None if isinstance(value, float) and not math.isfinite(value) else value


def sac_header(starttime, tng):
    """
    Header for ``stats.sac``, which ObsPy writes into SAC files.

    :param starttime: UTCDateTime of the first sample, the reference time of the file.
    :param tng: ``stats.tng`` of a generated record.
    :return: AttribDict: coordinates, ``evdp``, ``mag`` and ``dist`` where they are known;
        ``kevnm`` SYNTHETIC; ``kuser0`` obspytng, ``kuser1`` and ``kuser2`` the hash of the
        model, ``user0`` realization, ``user1`` seed (where float32 holds it).

    .. rubric:: Example

    >>> header = sac_header(UTCDateTime(2000, 1, 1), {"magnitude": 6.5, "seed": 3})
    >>> header.mag, header.kevnm, header.user1
    (6.5, 'SYNTHETIC', 3.0)
    """
    start = UTCDateTime(starttime)
    model = str(tng.get("model") or "")
    header = {"nzyear": start.year, "nzjday": start.julday, "nzhour": start.hour,
              "nzmin": start.minute, "nzsec": start.second, "nzmsec": start.microsecond // 1000,
              "b": (start.microsecond % 1000) / 1e6, "lcalda": 0,
              "kevnm": "SYNTHETIC", "kuser0": "obspytng", "kuser1": model[:8],
              "kuser2": model[8:16]}
    header |= {name: float(value) for field, name in _FIELDS.items()
               if (value := scenario_value(tng, field)) is not None}
    for name, field in (("user0", "realization"), ("user1", "seed")):
        value = tng.get(field)
        if value is not None and value < _MOST_EXACT:
            header[name] = float(value)
    return AttribDict({name: value for name, value in header.items() if value != ""})
