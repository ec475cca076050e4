"""
Dates, times and coordinates in agency headers
==============================================

Headers spell dates in every order and in two languages. Everything here
answers None where the text says nothing usable, so that a missing field never
stops the reading of a record.
"""

import re
from typing import NamedTuple

from obspy import UTCDateTime

from .fortran import to_float

# English and Spanish, first three letters, without accents
_MONTHS = {name: number + 1 for number, names in enumerate((
    ("JAN", "ENE"), ("FEB",), ("MAR",), ("APR", "ABR"), ("MAY",), ("JUN",), ("JUL",),
    ("AUG", "AGO"), ("SEP", "SET"), ("OCT",), ("NOV",), ("DEC", "DIC"))) for name in names}
# Years of two digits: the first accelerograms are of 1933.
_CENTURY_PIVOT = 33
_YEARS = range(1900, 2200)
_MAX_SECONDS = 367 * 86400.0
# hours from UTC
_ZONES = {"UTC": 0, "GMT": 0, "GCT": 0, "UT": 0, "Z": 0, "PST": -8, "PDT": -7, "MST": -7, "MDT": -6,
          "CST": -6, "CDT": -5, "EST": -5, "EDT": -4, "AKST": -9, "AKDT": -8, "HST": -10,
          "JST": 9, "NZST": 12, "NZDT": 13, "BTM": 8, "BJT": 8}
_ZONE_NAMES = "|".join(sorted(_ZONES, key=len, reverse=True))
# words for the time of somewhere else
_ELSEWHERE = "[A-Z]{1,2}[SDA]?T|TSI|LOCAL|HORA LOCAL|LOCAL TIME"
_OFFSET = r"(?:\s*[+-]\s*\d{1,2}(?::?\d\d)?)?"
_MINUTE = 60.0
# kinds of magnitudes: the first that a header has is the one of the record
_MAGNITUDES = ("MW", "M", "MS", "ML", "MB", "MJ", "MD", "MC", "MN", "ME")
_KIND = r"(?<![A-Za-z])(M(?:[WSLBDCJNE][A-Za-z]?)?)(?![A-Za-z])"
_SIZE = r"(\d{1,2}(?:[.,]\d*)?|[.,]\d+)"
_ANGLE = r"\d+(?:[.,]\d*)?"


class Moment(NamedTuple):
    """A time in UTC, and how well it is stated: 1 (to the second or better) or 60 (minute), s."""

    time: UTCDateTime | None = None
    precision: float | None = None


def parse_date(text, dayfirst=True):
    """
    Year, month and day of the first date in a text.

    :param text: str, e.g. ``"2017/09/19"``, ``"2017/ 9/ 3"``, ``"11/MAY/90"``,
        ``"May 2, 1983"``, ``"04 de ABRIL del 2010"``, ``"20190728"``, ``"28072019"``.
    :param dayfirst: whether ``"02/05/1983"`` is 2 May (else February 5).
    :return: tuple of three int, or None.

    .. rubric:: Example

    >>> parse_date("19/SEP/17"), parse_date("05/02/83, 23:42", dayfirst=False)
    ((2017, 9, 19), (1983, 5, 2))
    """
    number, word = r"(\d{1,2})", r"(?!del?\b)([A-Za-z]{3,10})\.?"
    gap = r"[-/., ]+(?:del? (?:a\w+o )?)?"
    text = re.sub(r"(?<=\d)([-/.])\s+(?=\d{1,2}\b)", r"\1", text)
    if m := re.search(r"(?<!\d)(\d{4})[-/.](\d{1,2})[-/.](\d{1,2})(?!\d)", text):
        year, month, day = m.groups()
    elif m := re.search(r"(?<!\d)(\d{1,2})[-/.](\d{1,2})[-/.](\d{4}|\d{2})(?!\d)", text):
        day, month, year = m.groups() if dayfirst else (m[2], m[1], m[3])
        if int(m[1]) > 31:
            year, month, day = m.groups()
        elif int(month) > 12:
            day, month = month, day
    elif m := re.search(r"(?<!\d)((?:19|2[01])\d\d)(0\d|1[0-2])([0-3]\d)(?=\d{6}\b|(?!\d))", text):
        year, month, day = m.groups()
    elif m := (re.search(r"(?<!\d)(\d\d)(\d\d)((?:19|2[01])\d\d)(?!\d)", text)
               or re.search(rf"(?i)(?<!\d){number}{gap}{word}{gap}(\d{{4}}|\d\d)(?!\d)", text)):
        day, month, year = m.groups()
    elif m := re.search(rf"(?i){word}{gap}{number}{gap}(\d{{4}})(?!\d)", text):
        month, day, year = m.groups()
    elif m := re.search(rf"(?i)(?<!\d)(\d{{4}}){gap}{word}{gap}{number}(?!\d)", text):
        year, month, day = m.groups()
    else:
        return None
    month = _MONTHS.get(month[:3].upper()) if month.isalpha() else int(month)
    year = int(year) + (0 if len(year) == 4 else 1900 if int(year) >= _CENTURY_PIVOT else 2000)
    return (year, month, int(day)) if month else None


def parse_clock(text):
    """
    Seconds since midnight of the first time in a text, and how well it is stated.

    :param text: str, e.g. ``"18:14:40.0"``, ``"23:43:49,1"``, ``"02:33:  .0"``, ``"160919.870"``,
        ``"2317 UTC"``.
    :return: tuple (seconds, precision in s: 1 or 60); both None without a time.

    .. rubric:: Example

    >>> parse_clock("16:42:48.2 PDT"), parse_clock("16:42 PDT"), parse_clock("2317 UTC")
    ((60168.2, 1.0), (60120.0, 60.0), (83820.0, 60.0))
    """
    m = _clock(text)
    if not m:
        return None, None
    hour, minute, second, fraction = m.groups(default="")
    half = re.match(r"\s*([AP])\.?M\b", text[m.end():], re.IGNORECASE)
    if half and 1 <= int(hour) <= 12:
        hour = int(hour) % 12 + (12 if half[1].upper() == "P" else 0)
    if int(hour) > 24 or int(minute) > 59 or int(second or 0) > 60:
        return None, None
    value = int(hour) * 3600 + int(minute) * 60 + int(second or 0)
    return value + float(f"0.{fraction[:9] or 0}"), 1.0 if second or fraction else _MINUTE


def parse_magnitude(text):
    """
    Size and kind of the magnitude of a text; of several, that of the best kind.

    :param text: str, e.g. ``"6.5 Mw"``, ``"4.0(Ms)"``, ``"Mw=6.5"``, ``"ML 4"``,
        ``"/Mb=6.4/Ms=7,1"``.
    :return: tuple (float, str such as "Mw"); None for what is not stated.

    .. rubric:: Example

    >>> parse_magnitude("4.0(Ms)"), parse_magnitude("Mb=6.1, MW = 6,5"), parse_magnitude("5.1")
    ((4.0, 'Ms'), (6.5, 'Mw'), (5.1, None))
    """
    pairs = [(name, size) for name, size in re.findall(
        rf"{_KIND}\s*[=:(]?\s*{_SIZE}", text, re.IGNORECASE)]
    if re.match(rf"\W*{_SIZE}\s*\(?\s*{_KIND}", text, re.IGNORECASE):
        pairs = [(name, size) for size, name in re.findall(
            rf"{_SIZE}\s*\(?\s*{_KIND}", text, re.IGNORECASE)]
    sizes = {name.upper(): to_float(size) for name, size in reversed(pairs)}
    for best in _MAGNITUDES:
        for name, size in sizes.items():
            if size and (name == best or (best == "MW" and name.startswith(best))):
                return size, name.capitalize()
    alone = re.fullmatch(rf"[\s/:=(+]*{_SIZE}(?![\d.,])\D*", text)
    return to_float(alone[1].rstrip(".,")) if alone else None, None


def parse_moment(text, dayfirst=True, zone=0.0):
    """
    Date and time of a text, in UTC.

    :param text: str, e.g. ``"05/02/83, 16:42:48.2 PDT"``. Text in brackets is a remark,
        unless it is a time zone.
    :param dayfirst: see :func:`parse_date`.
    :param zone: hours from UTC where the text names no time zone.
    :return: Moment; its time is None without date or time, or if the zone is not known.

    .. rubric:: Example

    >>> parse_moment("7/04/19, 17:35:07.3(*LoQ*)", dayfirst=False).time
    UTCDateTime(2019, 7, 4, 17, 35, 7, 300000)
    >>> parse_moment("10/11/13, 23:05 GMT", dayfirst=False).precision
    60.0
    """
    text = re.sub(rf"(?i)\(\s*((?:{_ZONE_NAMES}){_OFFSET}|{_ELSEWHERE})\s*\)", r" \1 ", text)
    plain = re.sub(r"\([^)]*\)?", " ", text)
    seconds, precision = parse_clock(plain)
    hours = _zone(plain, zone)
    time = to_utc(parse_date(plain, dayfirst), seconds)
    return Moment() if time is None or hours is None else Moment(time - 3600 * hours, precision)


def _clock(text):
    """Match of the first time in a text: hour, minute, second, fraction."""
    return (re.search(r"(?<!\d)(\d{1,2}):\s*(\d{1,2})(?::\s*(\d{0,2})(?:[.,:](\d*))?)?", text)
            or re.search(r"(?<!\d)(?:(?:19|2[01])\d{6})?(\d\d)(\d\d)(\d\d)(?:[.,](\d*))?(?!\d)",
                         text)
            or re.search(rf"(?i)(?<![\d/.])(\d\d)(\d\d)()()(?=\s*(?:{_ZONE_NAMES})\b)", text))


def _zone(text, default):
    """Hours from UTC of the time zone after the time; None for an unknown one."""
    m = _clock(text)
    found = re.match(r"(?i)[\s,*]*(?:[AP]\.?M\b\.?)?[\s,*]*(?:HORA\s+)?([A-Z]{1,5})(?![A-Z])\s*"
                     r"(?:([+-])\s*(\d{1,2})(?::?(\d\d))?)?", text[m.end():]) if m else None
    word = found[1].upper() if found else ""
    if word in _ZONES:
        if not found[2] or _ZONES[word]:
            return _ZONES[word]
        return (-1 if found[2] == "-" else 1) * (int(found[3]) + int(found[4] or 0) / 60)
    # EAT, CEST, local: the zone of somewhere else
    return None if re.fullmatch(_ELSEWHERE, word) else default


def time_of_day(hour, minute, second=0.0):
    """
    Seconds since midnight.

    :param hour: number up to 24, or None.
    :param minute: number below 60, or None.
    :param second: number up to 61, or None.
    :return: float; None where one of them is none or out of range.

    .. rubric:: Example

    >>> time_of_day(1, 2, 3.5), time_of_day(25, 0)
    (3723.5, None)
    """
    if None in (hour, minute, second) or not (
            0 <= hour <= 24 and 0 <= minute < 60 and 0 <= second < 61):
        return None
    return hour * 3600.0 + minute * 60.0 + second


def to_utc(date, seconds=0.0):
    """
    UTCDateTime of a date and seconds since midnight.

    :param date: tuple (year, month, day), or None.
    :param seconds: float, or None; also negative or longer than a day.
    :return: UTCDateTime; None where the date is none, or is off by more than a year.
    """
    if date is None or seconds is None or date[0] not in _YEARS or abs(seconds) > _MAX_SECONDS:
        return None
    try:
        return UTCDateTime(*(int(part) for part in date)) + seconds
    except (ValueError, OverflowError):
        return None


def parse_coordinates(text):
    """
    Latitude and longitude in degrees, each followed by its hemisphere.

    Degrees may have minutes, and these seconds, if both coordinates have.

    :param text: str, e.g. ``"36.91980N-27.44350E"``, ``"19.43 LAT. N : 99.15 LONG. W"``,
        ``"42 31 24S  172 49 50E"``, ``"18 20.1N, 98 40.6W"``.
    :return: (latitude, longitude); None for missing values or values out of range.

    .. rubric:: Example

    >>> parse_coordinates("35.908N, 120.458W"), parse_coordinates("34 12 00N, 118 30 00W")
    ((35.908, -120.458), (34.2, -118.5))
    """
    text = re.sub("[°º'\"′″]", " ", text)
    text = re.sub(r"(?i)(?<![A-Z])(?:LAT(?:ITUD)?|LON(?:G(?:ITUD)?)?|DEG)\b\.?", " ", text)
    found: dict[bool, tuple[list[str], str]] = {}
    for numbers, side in re.findall(rf"((?:{_ANGLE}\s+){{0,2}}{_ANGLE})\s*([NSEWO])\b", text,
                                    re.IGNORECASE):
        found.setdefault(side.upper() in "NS", (numbers.split(), side.upper()))
    pair = [found.get(True), found.get(False)]
    parts = {len(numbers) for numbers, _ in filter(None, pair)}
    count = min(parts, default=1)
    if len(parts) > 1 and any(len(item[0]) > count and _angle(*item) is not None for item in pair):
        return None, None  # one has minutes, or something else stands before it
    return tuple(item and _angle(item[0][-count:], item[1]) for item in pair)


def _angle(numbers, side):
    """Degrees of degrees, minutes and seconds; None if they are none."""
    values = [to_float(number) for number in numbers]
    if None in values:
        return None
    degrees = sum(value / 60 ** i for i, value in enumerate(values))
    whole = all(value == int(value) for value in values[:-1])
    if not whole or any(value >= 60 for value in values[1:]) or (
            degrees > (90 if side in "NS" else 180)):
        return None
    return -degrees if side in "SWO" else degrees
