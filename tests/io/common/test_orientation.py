"""Words for directions, as agencies use them."""

import itertools

import pytest

from obspy_tng.io.common.orientation import component, opposite, parse_direction


@pytest.mark.parametrize(("text", "code", "sign"), [
    ("2 DEG", "N", 1), ("1 deg", "N", 1), ("2°", "N", 1), ("3 Degrees", "N", 1),
    ("360 DEG", "N", 1), ("  90 Deg", "E", 1), ("180", "N", -1), ("270 DEG", "E", -1),
    ("N00E", "N", 1),
    ("S00E", "N", -1), ("N90W", "E", -1), ("N90O", "E", -1), ("N 88 E", "E", 1),
    ("E-O", "E", 1), ("EO", "E", 1), ("O-E", "E", -1), ("N-S", "N", 1), ("NS", "N", 1),
    ("E-W", "E", 1), ("Norte", "N", 1), ("Este", "E", 1), ("OESTE", "E", -1), ("SUR", "N", -1),
    ("V", "Z", 1), ("V;+", "Z", 1), ("V;-", "Z", -1), ("+V", "Z", 1), ("-V", "Z", -1),
    ("N00E;+", "N", 1), ("N90E;-", "E", -1), ("Vertical", "Z", 1), ("UP", "Z", 1),
    ("Down", "Z", -1), ("DWN.", "Z", -1), ("COMP UP", "Z", 1), ("U(+)", "Z", 1), ("U-D", "Z", 1),
    ("HORIZONTAL", "1", 1), ("L", "1", 1), ("T", "2", 1), ("Long", "1", 1), ("Tran", "2", 1),
    ("Longitudinal", "1", 1), ("2", "2", 1), ("H1", "1", 1), ("FN", "1", 1), ("FP", "2", 1),
    ("", "1", 1), ("?", "1", 1), ("400 DEG", "1", 1)])
def test_words(text, code, sign):
    found = component(parse_direction(text))
    assert (found[0], found[1]) == (code, sign)


@pytest.mark.parametrize("text", ["L", "T", "2", "H1", "", "Other", "FN", None, "N?"])
def test_unknown_is_not_north(text):
    assert parse_direction(text).azimuth is None


def test_right_angles_never_share_a_code():
    for azimuth in range(360):
        for turn in (90, -90):
            codes = [component(parse_direction(f"{(azimuth + t) % 360} deg"))[0]
                     for t in (0, turn)]
            assert codes[0] != codes[1], (azimuth, turn)


def test_signs_of_opposite_directions():
    for text in ("N10E", "UP", "DOWN", "135 deg"):
        there = parse_direction(text)
        assert opposite(opposite(there)) == there
    for text, sign in itertools.product(("N90E", "V"), "+-"):
        assert component(parse_direction(f"{text};{sign}"))[1] == (1 if sign == "+" else -1)


@pytest.mark.parametrize(("text", "code", "sign"), [
    ("N - S", "N", 1), ("Norte - Sur", "N", 1), ("SUR-NORTE", "N", -1), ("ESTE/OESTE", "E", 1),
    ("West-East", "E", -1), ("E / W", "E", 1), ("VERTICAL UP", "Z", 1), ("Up/Dn", "Z", 1),
    ("Vertical-Down", "Z", -1), ("Arriba", "Z", 1), ("HNE", "E", 1), ("BN2", "2", 1),
    ("HLZ", "Z", 1), ("NS2", "N", 1), ("UD1", "Z", 1), ("EW2", "E", 1), ("HOR1", "1", 1),
    ("Transv.", "2", 1)])
def test_words_of_more_agencies(text, code, sign):
    assert component(parse_direction(text))[:2] == (code, sign)


@pytest.mark.parametrize("text", ["N-E", "NE", "S-W", "L/T", "CANAL 1", "N-N", "Up-North"])
def test_words_that_say_nothing_sure(text):
    assert not parse_direction(text).known
