"""
Where a component points
========================

Headers say it in words, bearings or angles. A channel becomes N or E only if
it lies within 5 degrees of that axis (SEED manual, appendix A); others are 1
(nearer to north-south) or 2, with the azimuth in ``stats.<format>``. A
component that points south, west or down has its sign turned, so that N, E
and Z always mean motion to the north, to the east and up.
"""

import re
from typing import NamedTuple

# SEED manual, appendix A: N and E are within 5 degrees of the true direction.
TOLERANCE = 5.0
_UP = ("UP", "U", "V", "+V", "VERT", "VERTICAL", "UD", "U-D", "Z", "+Z", "VER", "UPWARD")
_DOWN = ("DOWN", "DOWNWARD", "DWN", "DN", "DN.", "D", "-V", "-Z")
_AXES = {"N": 0.0, "NS": 0.0, "N-S": 0.0, "NORTH": 0.0, "S": 180.0, "SOUTH": 180.0,
         "S-N": 180.0, "SN": 180.0, "E": 90.0, "EW": 90.0, "E-W": 90.0, "EAST": 90.0,
         "W": 270.0, "WEST": 270.0, "W-E": 270.0, "WE": 270.0}
_LETTERS = {"L": "1", "LONG": "1", "LONGITUDINAL": "1", "RADL": "1", "R": "1", "H1": "1",
            "1": "1", "T": "2", "TRAN": "2", "TRANSVERSE": "2", "TANG": "2", "TRANS": "2",
            "H2": "2", "2": "2"}


class Direction(NamedTuple):
    """Azimuth (degrees from north), dip (degrees, down positive), 1 or 2 where neither is known."""

    azimuth: float | None = None
    dip: float | None = None
    letter: str | None = None


UP = Direction(0.0, -90.0)
DOWN = Direction(0.0, 90.0)


def horizontal(azimuth):
    """Direction of a horizontal component; azimuth in degrees, any turn."""
    return Direction(float(azimuth) % 360.0, 0.0)


def parse_direction(text):
    """
    Direction of a component from what a header calls it.

    :param text: str, e.g. ``"N90W"``, ``"S16W"``, ``"340 Deg"``, ``"+V"``, ``"N-S"``, ``"H1"``.
    :return: Direction; all None where the text says nothing.

    .. rubric:: Example

    >>> parse_direction("S16W").azimuth, parse_direction("up").dip, parse_direction("H2").letter
    (196.0, -90.0, '2')
    """
    text = re.sub(r"\(.*|DEGREES?|DEG\.?|COMP(ONENT)?|[°;\"]", "", (text or "").upper()).strip()
    if m := re.fullmatch(r"([NS])\s*(\d{1,3}(?:\.\d*)?)\s*([EW])", text):
        turn = float(m[2]) * (1 if (m[1] == "N") == (m[3] == "E") else -1)
        return horizontal((0.0 if m[1] == "N" else 180.0) + turn)
    if text in _UP:
        return UP
    if text in _DOWN:
        return DOWN
    if text in _AXES:
        return horizontal(_AXES[text])
    if re.fullmatch(r"\d{1,3}(\.\d*)?", text) and text not in _LETTERS and float(text) <= 360:
        return horizontal(float(text))
    return Direction(letter=_LETTERS.get(text))


def component(direction):
    """
    Component code, and the sign that makes N, E and Z positive.

    :param direction: Direction.
    :return: tuple (code, sign, Direction after the sign is applied).

    .. rubric:: Example

    >>> component(parse_direction("N90W"))
    ('E', -1.0, Direction(azimuth=90.0, dip=0.0, letter=None))
    """
    azimuth, dip, letter = direction
    if dip is not None and abs(dip) > 45:
        return "Z", (1.0 if dip < 0 else -1.0), UP
    if azimuth is None:
        return letter or "1", 1.0, direction
    for code, axis in (("N", 0.0), ("E", 90.0), ("N", 180.0), ("E", 270.0)):
        off = (azimuth - axis + 180.0) % 360.0 - 180.0
        if abs(off) <= TOLERANCE:
            flipped = axis >= 180.0
            return code, (-1.0 if flipped else 1.0), horizontal(azimuth - (180.0 if flipped else 0))
    nearer_north = abs((azimuth + 90.0) % 180.0 - 90.0) <= 45.0
    return ("1" if nearer_north else "2"), 1.0, direction
