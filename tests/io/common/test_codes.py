"""Codes of stations and sensors: distinct, and the same in every file."""

import numpy as np
import pytest

from obspy_tng.io.common.codes import clean_code, location_code, station_code


def test_short_codes_stay():
    for code in ("CCM", "0921", "AL01", "65JZC", "BDCS"):
        assert station_code(code) == code


@pytest.mark.parametrize("names", [
    ("El Centro Array #9", "El Centro Array #10", "El Centro Differential Array"),
    ("CHY039", "CHY034", "CHY03", "CHY104"), ("AKT013", "AKT014", "AKTH04"),
    ("Parachute Test Site", "Parachute Test Facility")])
def test_long_names_differ(names):
    codes = [station_code(name) for name in names]
    assert len(set(codes)) == len(names)
    for name, code in zip(names, codes, strict=True):
        assert len(code) <= 5
        assert code.isalnum()
        assert code[:2] == clean_code(name)[:2]
        assert station_code(name.upper() + " ") == code  # agencies change case and blanks


def test_few_names_collide():
    """Three symbols for names that begin alike: as rare as chance has it."""
    names = [f"Station {number:04d}" for number in range(300)]
    pairs = 300 * 299 / 2
    collisions = 300 - len({station_code(name) for name in names})
    assert collisions <= 3 + 3 * pairs / 36 ** 3


def test_accents_make_no_difference():
    assert clean_code("Viña del Mar") == clean_code("Vina del Mar") == "VINADELMAR"


def test_places_of_a_structure():
    assert {location_code(n, 3) for n in (1, 2, 3)} == {""}
    assert location_code(None, 12) == ""
    assert [location_code(n, 4) for n in (1, 2, 3, 4)] == ["", "", "", "04"]
    numbers = [location_code(n, 20, "Deck, center") for n in range(1, 21)]
    assert numbers == [f"{n:02d}" for n in range(1, 21)]
    ground = {place: {location_code(n, 20, place) for n in (12, 13, 14)}
              for place in ("FREE FIELD", "On ground near east abutment",
                            "On ground near west abutment")}
    codes = [code for found in ground.values() for code in found]
    assert len(codes) == 3  # one for the three components of each place
    assert not set(codes) & set(numbers)
    assert location_code(17) == "17"  # a seventeenth channel is not of a free-field station


def test_channels_of_several_recorders():
    """Both have a channel 1; the station's own numbers are not stated."""
    codes = [location_code(n, 14, "Roof", recorder) for recorder in ("210", "444")
             for n in range(1, 8)]
    assert len(set(codes)) == 14
    assert all(len(code) == 2 and code[1].isalpha() for code in codes)


def test_codes_do_not_depend_on_the_process():
    """They are on disk: no hash that is drawn anew in every process."""
    assert station_code("El Centro Array #9") == "EL2HM"
    assert location_code(14, 20, "Free field") == "XF"
    assert np.unique([station_code("Some long name") for _ in range(3)]).size == 1
