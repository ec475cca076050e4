"""
Dates, times and coordinates in agency headers
==============================================

Headers spell dates in every order and in two languages. Everything here
answers None where the text says nothing usable, so that a missing field never
stops the reading of a record.
"""

import re

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


def parse_date(text, dayfirst=True):
    """
    Year, month and day of the first date in a text.

    :param text: str, e.g. ``"2017/09/19"``, ``"11/MAY/90"``, ``"May 2, 1983"``,
        ``"20190728"``, ``"28072019"``.
    :param dayfirst: whether ``"02/05/1983"`` is 2 May (else February 5).
    :return: tuple of three int, or None.

    .. rubric:: Example

    >>> parse_date("19/SEP/17"), parse_date("05/02/83, 23:42", dayfirst=False)
    ((2017, 9, 19), (1983, 5, 2))
    """
    number, word, gap = r"(\d{1,2})", r"([A-Za-z]{3,10})\.?", r"[-/., ]+(?:de )?"
    if m := re.search(r"(?<!\d)(\d{4})[-/.](\d{1,2})[-/.](\d{1,2})(?!\d)", text):
        year, month, day = m.groups()
    elif m := re.search(r"(?<!\d)(\d{1,2})[-/.](\d{1,2})[-/.](\d{4}|\d{2})(?!\d)", text):
        day, month, year = m.groups() if dayfirst else (m[2], m[1], m[3])
        if int(month) > 12:
            day, month = month, day
    elif m := re.search(r"(?<!\d)((?:19|2[01])\d\d)(0\d|1[0-2])([0-3]\d)(?!\d)", text):
        year, month, day = m.groups()
    elif m := (re.search(r"(?<!\d)(\d\d)(\d\d)((?:19|2[01])\d\d)(?!\d)", text)
               or re.search(rf"(?<!\d){number}{gap}{word}{gap}(\d{{4}}|\d\d)(?!\d)", text)):
        day, month, year = m.groups()
    elif m := re.search(rf"{word}{gap}{number}{gap}(\d{{4}})(?!\d)", text):
        month, day, year = m.groups()
    elif m := re.search(rf"(?<!\d)(\d{{4}}){gap}{word}{gap}{number}(?!\d)", text):
        year, month, day = m.groups()
    else:
        return None
    month = _MONTHS.get(month[:3].upper()) if month.isalpha() else int(month)
    year = int(year) + (0 if len(year) == 4 else 1900 if int(year) >= _CENTURY_PIVOT else 2000)
    return (year, month, int(day)) if month else None


def parse_time(text):
    """
    Seconds since midnight of the first time in a text.

    :param text: str, e.g. ``"18:14:40.0"``, ``"23:43:49,1"``, ``"02:33:  .0"``, ``"160919.870"``.
    :return: float, or None.

    .. rubric:: Example

    >>> parse_time("16:42:48.2 PDT"), parse_time("20190728_160919.870")
    (60168.2, 58159.87)
    """
    m = (re.search(r"(?<!\d)(\d{1,2}):\s*(\d{1,2})(?::\s*(\d{0,2})(?:[.,:](\d*))?)?", text)
         or re.search(r"(?<!\d)(\d\d)(\d\d)(\d\d)(?:[.,](\d*))?(?!\d)", text))
    if not m:
        return None
    hour, minute, second, fraction = m.groups(default="")
    hour, minute, second = int(hour), int(minute), int(second or 0)
    if hour > 24 or minute > 59 or second > 60:
        return None
    return hour * 3600 + minute * 60 + second + float(f"0.{fraction[:9] or 0}")


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

    :param text: str, e.g. ``"36.91980N-27.44350E"``, ``"19.43 LAT. N : 99.15 LONG. W"``.
    :return: (latitude, longitude); None for what is not there or out of range.

    .. rubric:: Example

    >>> parse_coordinates("35.908N, 120.458W")
    (35.908, -120.458)
    """
    found = {}
    pattern = r"(\d+(?:[.,]\d*)?)\s*(?:°|deg)?\s*(?:LAT\.?|LON(?:G)?\.?)?\s*([NSEWO])\b"
    for value, side in re.findall(pattern, text, re.IGNORECASE):
        value, side = to_float(value), side.upper()
        limit = 90 if side in "NS" else 180
        if value is not None and value <= limit:
            found.setdefault(side in "NS", -value if side in "SWO" else value)
    return found.get(True), found.get(False)
