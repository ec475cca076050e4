"""
SEED codes for what agencies call their stations and sensors
============================================================

SEED has five letters or digits for a station and two for a location. Agencies have names
(``"El Centro Array #10"``), longer codes (``CHY039``) and numbers of channels in a structure.
Codes made here depend on nothing but what the header says of the station or the sensor: they
are the same in every file, and different names have different codes. The full name stays in
``stats.<format>``.
"""

import hashlib
import re
import unicodedata

STATION_LENGTH = 5
_LETTERS = "ABCDEFGHIJKLMNOPQRSTUVWXYZ"
_SYMBOLS = "0123456789" + _LETTERS
# Sensors on or in the ground near a structure: their three components make a record.
_GROUND = re.compile(r"FREE[\s-]*FIELD|\bON GROUND\b|DOWN[\s-]*HOLE|BORE[\s-]*HOLE|\bDEPTH\b|"
                     r"\bSURFACE\b|\bGROUND SURFACE\b", re.IGNORECASE)


def clean_code(text, length=None):
    """
    Letters (without accents) and digits of a text, upper case, at most ``length`` of them.

    .. rubric:: Example

    >>> clean_code(" J-22367 ", 5), clean_code("Viña")
    ('J2236', 'VINA')
    """
    plain = unicodedata.normalize("NFKD", text or "")
    return re.sub("[^A-Za-z0-9]", "", plain)[:length].upper()


def station_code(name):
    """
    Station code of a name or code of any length.

    Up to five letters and digits are unchanged. Of longer ones, the first two letters are
    kept, and a hash of all of them makes the other three.

    :param name: str.
    :return: str of at most five letters and digits.

    .. rubric:: Example

    >>> station_code("AL-01"), station_code("El Centro Array #9"), station_code("CHY039")
    ('AL01', 'EL2HM', 'CH069')
    """
    code = clean_code(name)
    return code if len(code) <= STATION_LENGTH else code[:2] + _hashed(code, _SYMBOLS, _SYMBOLS,
                                                                        _SYMBOLS)


def location_code(number, channels=None, place=None, recorder=None):
    """
    Location code of a sensor of a structure or an array.

    A station of three channels or fewer has none, nor have the first three where the header does
    not say where they are: headers of structures do. In a structure each channel has its number
    in the station; sensors on or in the ground have one code for each place (letter and letter or
    digit, a hash of its name), so that the three components of one place make a record.

    :param number: number of the channel in the station, or None.
    :param channels: number of channels of the station, or None: at least ``number``.
    :param place: where the sensor is, in the header's words, or None.
    :param recorder: which of several recorders of the station ``number`` is a channel of, where
        that of the station is not stated; a letter of it then takes the second place.
    :return: str, empty or two letters or digits.

    .. rubric:: Example

    >>> location_code(2, 3), location_code(7, 20, "Deck"), location_code(14, 20, "Free field")
    ('', '07', 'XF')
    """
    if number is None or max(channels or 0, number) <= 3 or (
            number <= 3 and not place and not recorder):
        return ""
    if place and _GROUND.search(place):
        return _hashed(clean_code(place), _LETTERS, _SYMBOLS)
    if recorder:
        return _SYMBOLS[number % len(_SYMBOLS)] + _hashed(clean_code(recorder), _LETTERS)
    return f"{number % 100:02d}"


def recorder_code(serial):
    """
    Location code of a recorder of three channels among others of its station.

    :param serial: its serial number, str.
    :return: str, a letter and a letter or digit.
    """
    return _hashed(clean_code(serial), _LETTERS, _SYMBOLS)


def _hashed(text, *alphabets):
    """One symbol of each alphabet, of the SHA-256 of a text."""
    value = int.from_bytes(hashlib.sha256(text.encode("utf-8")).digest()[:8], "big")
    symbols = []
    for alphabet in alphabets:
        value, index = divmod(value, len(alphabet))
        symbols.append(alphabet[index])
    return "".join(symbols)
