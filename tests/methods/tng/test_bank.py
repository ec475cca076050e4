"""Choices that follow from the enrolled records: source record, t05, duration."""

from types import SimpleNamespace

import numpy as np
import pytest

from obspy_tng.groundmotion.scenario import Scenario
from obspy_tng.methods.tng.bank import OWN_WEIGHT, PRIOR_WEIGHT, BankModel


def bank(stations, magnitudes, distances, t05s, decoded=None):
    """A bank of records, whose durations are those of the decoded envelopes."""
    levels = SimpleNamespace(stations=np.array(stations), magnitudes=np.array(magnitudes, float),
                             distances=np.array(distances, float),
                             depths=np.full(len(stations), np.nan))
    durations = SimpleNamespace(
        stations={station: (float(i), 0.0) for i, station in enumerate(sorted(set(stations)))},
        draw=lambda station, decoded, t05, scenario, rng: decoded)
    n = len(stations)
    return BankModel(levels, durations, None, [f"r{i}" for i in range(n)], np.zeros((n, 2)),
                     np.zeros((n, 2)), np.array(t05s, float),
                     np.arange(n, dtype=float) if decoded is None else np.array(decoded, float))


def test_source_records_are_near_and_of_the_station():
    model = bank(["A", "A", "B"], [5.0, 7.0, 5.0], [50.0, 50.0, 50.0], [10, 10, 10])
    rng = np.random.default_rng(0)
    drawn = [model.source_record("A", Scenario(5.0, 50.0), rng) for _ in range(4000)]
    share = {i: drawn.count(i) / 4000 for i in (None, 0, 1, 2)}
    # the first and the third are equally near; the third is of another station
    assert share[0] / share[2] == pytest.approx(OWN_WEIGHT, rel=0.3)
    assert share[None] / share[0] == pytest.approx(PRIOR_WEIGHT / OWN_WEIGHT, rel=0.2)
    assert share[1] < 0.2 * share[0]


def test_t05_is_that_of_the_source_record_and_moves_with_distance():
    distances = np.tile([20.0, 40.0, 60.0, 80.0], 5)
    t05s = 0.1 * distances + 5
    model = bank(["A"] * 20, [5.0] * 20, distances, t05s)
    assert model._delay == pytest.approx(0.1)
    rng = np.random.default_rng(0)
    assert model.t05("A", Scenario(5.0, 60.0), 0, rng) == pytest.approx(0.1 * 60 + 5)
    distances[0] = np.nan
    unknown = bank(["A"] * 20, [5.0] * 20, distances, t05s)
    assert unknown.t05("A", Scenario(5.0, 60.0), 0, rng) == pytest.approx(t05s[0])


def test_duration_of_a_source_record_of_another_station():
    """Its deviation from the mean of that station, added to the mean of the own one."""
    model = bank(["A", "B"], [5.0, 5.0], [50.0, 50.0], [10, 10], decoded=[0.2, 1.7])
    rng = np.random.default_rng(0)
    assert model.duration("A", Scenario(), 0.1, 1, 9.0, rng) == pytest.approx(0 + 1.7 - 1)
    assert model.duration("A", Scenario(), 0.1, None, 9.0, rng) == 9.0
