"""
Where a component points
========================

Headers say it in words, bearings or angles. A channel becomes N or E only if
it lies within 5 degrees of that axis (SEED manual, appendix A); others are 1
(nearer to north-south) or 2, with the azimuth in ``stats.<format>``. A
component that points south, west or down has its sign turned, so that N, E
and Z always mean motion to the north, to the east and up.

Of two letters (``"N-S"``, ``"WE"``) the first is where positive motion goes.
"""

import re
from typing import NamedTuple

# SEED manual, appendix A: N and E are within 5 degrees of the true direction.
TOLERANCE = 5.0
_UP = ("UP", "U", "V", "VERT", "VERTICAL", "UD", "U-D", "Z", "VER", "UPWARD", "UPDN", "UPDO",
       "UP-DOWN", "UP-DN", "VRT", "ARRIBA", "VERTICAL-UP", "VERT-UP", "VERTICAL-ARRIBA")
_DOWN = ("DOWN", "DOWNWARD", "DWN", "DN", "D", "DU", "D-U", "ABAJO", "VERTICAL-DOWN", "VERT-DOWN",
         "VERT-DN", "VERTICAL-ABAJO")
_POINTS = {"N": 0.0, "NORTH": 0.0, "NORTE": 0.0, "E": 90.0, "EAST": 90.0, "ESTE": 90.0, "S": 180.0,
           "SOUTH": 180.0, "SUR": 180.0, "W": 270.0, "O": 270.0, "WEST": 270.0, "OESTE": 270.0}
_AXES = {**_POINTS, "NS": 0.0, "SN": 180.0, "EW": 90.0, "EO": 90.0, "WE": 270.0, "OE": 270.0}
_SEED = re.compile(r"[BEHLCS][NLHG]([ZNE123])")
_KIKNET = re.compile(r"(NS|EW|UD)[12]")
# Components of the instrument, or of the fault or the path, whose azimuth is not stated.
_LETTERS = {
    **dict.fromkeys(("L", "LO", "LONG", "LONGITUDINAL", "RADL", "RADIAL", "R", "H1", "1", "H-1",
                     "HOR1", "HORIZONTAL 1", "FN", "X"), "1"),
    **dict.fromkeys(("T", "TR", "TRAN", "TRANS", "TRANSV", "TRANSVERSE", "TRANSVERSAL", "TANG",
                     "H2", "2", "H-2", "HOR2", "HORIZONTAL 2", "FP", "Y"), "2"),
    **dict.fromkeys(("H3", "3"), "3")}
_REVERSED = {"+": 1, "-": -1, "": 1}
_DEGREES = re.compile(r"DEGREES?\b|DEG\b\.?|[°º]|\bAZ(?:IMUTH)?\b\.?")


class Direction(NamedTuple):
    """Azimuth (degrees from north), dip (degrees, down positive), 1 or 2 where neither is known."""

    azimuth: float | None = None
    dip: float | None = None
    letter: str | None = None

    @property
    def known(self):
        """Whether anything is known."""
        return any(value is not None for value in self)


UP = Direction(0.0, -90.0)
DOWN = Direction(0.0, 90.0)


def horizontal(azimuth):
    """Direction of a horizontal component; azimuth in degrees, any turn."""
    return Direction(float(azimuth) % 360.0, 0.0)


def opposite(direction):
    """The opposite direction; an unknown one is unchanged."""
    azimuth, dip, _ = direction
    if dip is not None and abs(dip) == 90.0:
        return Direction(azimuth, -dip)
    return direction if azimuth is None else horizontal(azimuth + 180.0)


def parse_direction(text):
    """
    Direction of a component from its name in a header.

    :param text: str, e.g. ``"N90W"``, ``"S16W"``, ``"340 Deg"``, ``"+V"``, ``"V;-"``, ``"N-S"``,
        ``"E-O"``, ``"H1"``. A number with degrees is an azimuth, however small; a bare 1 or 2 is
        the number of the component.
    :return: Direction; all None where the text says nothing.

    .. rubric:: Example

    >>> parse_direction("S16W").azimuth, parse_direction("up").dip, parse_direction("H2").letter
    (196.0, -90.0, '2')
    >>> parse_direction("2 DEG").azimuth, parse_direction("2").azimuth
    (2.0, None)
    """
    text = re.sub(r"\(.*|COMP(ONENTE?)?\b\.?|[:\"']", "", (text or "").upper()).strip()
    text, in_degrees = _DEGREES.subn("", text)
    # a sign before or behind the word: "-V", "V;+", "N90E ; -"
    m = re.fullmatch(r"\s*([+-]?)\s*(.*?)\s*;?\s*([+-]?)\s*\.?\s*", text)
    if not m:
        return Direction()
    found = _parse_word(m[2].strip(), bool(in_degrees))
    return opposite(found) if _REVERSED[m[1]] * _REVERSED[m[3]] < 0 else found


def _parse_word(word, in_degrees):
    word = re.sub(r"\s*[-/]\s*", "-", word)
    if m := _SEED.fullmatch(word) or _KIKNET.fullmatch(word):
        word = m[1]
    if m := re.fullmatch(r"([NS])\s*(\d{1,3}(?:\.\d*)?)\s*([EWO])", word):
        turn = float(m[2]) * (1 if (m[1] == "N") == (m[3] == "E") else -1)
        return horizontal((0.0 if m[1] == "N" else 180.0) + turn)
    if word.replace(" ", "-") in _UP:
        return UP
    if word.replace(" ", "-") in _DOWN:
        return DOWN
    if word in _AXES:
        return horizontal(_AXES[word])
    first, _, second = word.partition("-")
    if first in _POINTS and second in _POINTS and abs(_POINTS[first] - _POINTS[second]) == 180:
        return horizontal(_POINTS[first])
    number = re.fullmatch(r"\d{1,3}(\.\d*)?", word)
    if number and (in_degrees or word not in _LETTERS) and float(word) <= 360:
        return horizontal(float(word))
    return Direction(letter=_LETTERS.get(word))


def component(direction):
    """
    Component code, and the sign that makes N, E and Z positive.

    Two horizontals at right angles never have the same code, also at 45 and 135 degrees.

    :param direction: Direction.
    :return: tuple (code, sign, Direction after the sign is applied).

    .. rubric:: Example

    >>> component(parse_direction("N90W"))
    ('E', -1.0, Direction(azimuth=90.0, dip=0.0, letter=None))
    >>> [component(horizontal(azimuth))[0] for azimuth in (45, 135, 225, 315)]
    ['1', '2', '1', '2']
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
    nearer_north = -45.0 < (azimuth + 90.0) % 180.0 - 90.0 <= 45.0
    return ("1" if nearer_north else "2"), 1.0, direction
