"""Noise floors are moved until motion and noise together have the mean levels of the records."""

import numpy as np
import pytest

from obspy_tng.groundmotion import floor_match
from obspy_tng.groundmotion.floor_match import match_floors
from obspy_tng.groundmotion.noise_floor import NO_NOISE, NoiseFloors

RECORDS, BANDS = 400, 4
#: expected motion relative to the noise, by band: from noise alone to motion alone
MOTION = np.array([-8.0, -1.0, 1.0, 9.0])
SD = np.ones((3, BANDS))


def records(rng, noise, count=RECORDS):
    """Levels of records, and the motion that is expected."""
    expected = MOTION + 0.5 * rng.standard_normal((count, 3, 1)) + np.zeros(BANDS)
    return np.logaddexp(expected + rng.standard_normal(expected.shape), noise), expected


@pytest.mark.parametrize("start", [-1.0, 1.0])
def test_the_true_floor_is_found_where_noise_counts(start):
    levels, expected = records(np.random.default_rng(1), 0.0)
    found = match_floors(NoiseFloors({"XX.A": np.full((3, BANDS), start)}), levels, expected, SD,
                         ["XX.A"] * RECORDS, range(RECORDS)).floors["XX.A"]
    np.testing.assert_allclose(found[:, 0], 0, atol=0.1)
    np.testing.assert_allclose(found[:, 1], 0, atol=0.35)
    # where motion is all that there is nothing is known of the noise
    np.testing.assert_allclose(found[:, 3], start, atol=0.1)


def test_the_mean_of_motion_and_noise_is_that_of_the_records():
    rng = np.random.default_rng(2)
    levels, expected = records(rng, 0.0)
    floor = match_floors(NoiseFloors({"XX.A": np.full((3, BANDS), 0.7)}), levels, expected, SD,
                         ["XX.A"] * RECORDS, range(RECORDS)).floors["XX.A"]
    again = np.logaddexp(expected + rng.standard_normal(expected.shape), floor)
    np.testing.assert_allclose(again.mean((0, 1)), levels.mean((0, 1)), atol=0.12)


def test_a_station_with_few_records_has_nearly_the_common_shift():
    rng = np.random.default_rng(3)
    many, expected = records(rng, 0.0)
    few, few_expected = records(rng, 3.0, 2)
    floors = NoiseFloors({name: np.ones((3, BANDS)) for name in ("XX.A", "XX.B", "XX.C")})
    found = match_floors(floors, np.concatenate([many, few]),
                         np.concatenate([expected, few_expected]), SD,
                         ["XX.A"] * RECORDS + ["XX.B"] * 2, range(RECORDS + 2)).floors
    a, b, c = (found[name][:, 0].mean() for name in ("XX.A", "XX.B", "XX.C"))
    assert a < c + 0.1 < b < 3
    # a station without records has the common one
    np.testing.assert_allclose(c, a, atol=0.1)


def test_records_of_one_earthquake_count_once():
    levels, expected = records(np.random.default_rng(4), 0.0)
    start = NoiseFloors({"XX.A": np.full((3, BANDS), 2.0)})
    moved = [2 - match_floors(start, levels, expected, SD, ["XX.A"] * RECORDS,
                              events).floors["XX.A"][0, 0]
             for events in (range(RECORDS), [1] * RECORDS)]
    assert moved[0] > 1.95 > moved[1] > 0.5


def test_unknown_noise_stays_unknown():
    levels, expected = records(np.random.default_rng(5), NO_NOISE)
    floors = NoiseFloors({"XX.A": np.full((3, BANDS), NO_NOISE)})
    found = match_floors(floors, levels, expected, SD, ["XX.A"] * RECORDS, range(RECORDS))
    np.testing.assert_allclose(found.floors["XX.A"], NO_NOISE, atol=1e-6)


def test_most_records_are_enough(monkeypatch):
    levels, expected = records(np.random.default_rng(6), 0.0)
    floors = NoiseFloors({"XX.A": np.ones((3, BANDS))})
    found = []
    for most in (RECORDS, 200):
        monkeypatch.setattr(floor_match, "MOST_RECORDS", most)
        found.append(match_floors(floors, levels, expected, SD, ["XX.A"] * RECORDS,
                                  range(RECORDS)).floors["XX.A"])
    np.testing.assert_allclose(*found, atol=0.3)
