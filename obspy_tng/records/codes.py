"""SEED codes: sensor and component of a channel, and codes that can be part of a path."""

import re

from .rejection import rejected


def split_channel(code):
    """
    Sensor and component of a channel code.

    :param code: SEED channel code, or one of K-NET and KiK-net (EW, NS, UD; EW1 in the
        borehole, EW2 at the surface).
    :return: ``(sensor, component)``; the component of K-NET codes as E, N or Z.

    .. rubric:: Example

    >>> split_channel("HNZ"), split_channel("EW"), split_channel("UD2")
    (('HN', 'Z'), ('KNET', 'E'), ('KNET2', 'Z'))
    """
    component = {"EW": "E", "NS": "N", "UD": "Z"}.get(code[:2])
    if component and (len(code) == 2 or (len(code) == 3 and code[2] in "12")):
        return "KNET" + code[2:], component
    return code[:-1], code[-1:]


def plain_location(code):
    """
    Location code, empty where two hyphens or blanks stand for none.

    .. rubric:: Example

    >>> plain_location("--"), plain_location("  "), plain_location("00")
    ('', '', '00')
    """
    return code if code and code.strip() not in ("", "--") else ""


def sensor_id(tr):
    """
    Identification of a sensor, common to its three components.

    :param tr: Trace.
    :return: str, ``NET.STA.LOC.SENSOR``, e.g. ``XX.S1.00.HN``.
    """
    return f"{tr.id.rpartition('.')[0]}.{split_channel(tr.stats.channel)[0]}"


def check_channel_codes(traces):
    """Raise TNGInputError if a trace has no channel code, which gives its component."""
    if any(not tr.stats.channel for tr in traces):
        raise rejected("bad_code", f"{traces[0].id}: channels need codes ending in "
                       f"Z, N and E (stats.channel), got {[tr.stats.channel for tr in traces]}")


def check_codes(name, **codes):
    """
    Refuse codes that cannot be part of a path.

    :param name: of the recording, for the message.
    :param codes: network=, station=, location=, channel=; only an empty location is allowed.
    :raises RecordRejectedError: on a code that is empty, begins with a hyphen, or has other
        characters than letters, digits, hyphen and underscore.

    .. rubric:: Example

    >>> check_codes("XX.S1", network="XX", station="S1", location="")
    """
    for key, code in codes.items():
        if code == "" and key == "location":
            continue
        if not re.fullmatch(r"[A-Za-z0-9_][A-Za-z0-9_-]*", code):
            raise rejected("bad_code", f"{name}: {key} code {code!r} cannot be part of a path; "
                           "letters, digits, hyphen and underscore can, the first no hyphen")


def mseed_id(name):
    """
    What MiniSEED keeps of an id: two letters of the network, five of the station.

    :param name: ``NET.STA.LOC.CHA``.
    :return: str

    .. rubric:: Example

    >>> mseed_id("PEER.RSN1234..HNZ")
    'PE.RSN12..HNZ'
    """
    return ".".join(code[:length] for code, length in zip(name.split("."), (2, 5, 2, 3),
                                                          strict=True))
