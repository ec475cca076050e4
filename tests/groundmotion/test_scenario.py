"""Scenarios: pairs, coverage, refusal."""

import numpy as np
import pytest

from obspy_tng.exceptions import TNGInputError
from obspy_tng.groundmotion.scenario import (
    LN_DEPTH,
    Coverage,
    Scenario,
    draw_known,
    scenario_distance,
)


def test_magnitude_and_distance_go_together():
    assert Scenario(6.0, 100.0).given
    assert not Scenario(depth=10.0).given
    for one in (Scenario(magnitude=6.0), Scenario(distance=50.0)):
        with pytest.raises(TNGInputError, match="together"):
            assert one.given
    with pytest.raises(TNGInputError, match="depth must be between"):
        Scenario(6.0, 50.0, 1000.0)


def test_coverage_tells_extrapolation_and_refuses_beyond_sense():
    seen = Coverage.of(np.array([4.0, 6.5, np.nan]), np.array([20.0, 150.0, 5.0]),
                       np.array([10.0, 10.0, 10.0]))
    assert seen.magnitudes == (4.0, 6.5)
    assert not seen.extrapolated(Scenario(6.8, 200.0, 10.0))
    assert seen.extrapolated(Scenario(7.5, 100.0, 10.0))
    assert seen.extrapolated(Scenario(5.0, 800.0, 10.0))
    assert seen.extrapolated(Scenario(5.0, 1.0, 5.0))
    with pytest.raises(TNGInputError, match=r"distance 15000 is beyond .* 4.0 to 6.5"):
        seen.extrapolated(Scenario(6.0, 15000.0))
    with pytest.raises(TNGInputError, match=r"magnitude 9.9 is beyond"):
        seen.extrapolated(Scenario(9.9, 100.0))
    wide = seen | Coverage((3.0, 7.9), (40.0, 800.0))
    assert wide == Coverage((3.0, 7.9), (seen.distances[0], 800.0))


def test_known_scenarios_are_drawn():
    rng = np.random.default_rng(0)
    drawn = {draw_known(np.array([5.0, np.nan, 6.0]), np.array([10.0, 20.0, 30.0]),
                        np.array([np.nan, 1.0, 2.0]), rng) for _ in range(20)}
    assert drawn == {Scenario(5.0, 10.0), Scenario(6.0, 30.0, 2.0)}
    assert draw_known(np.array([np.nan]), np.array([1.0]), np.array([1.0]), rng) is None


def test_scenarios_are_apart_by_depth_where_depths_are_known():
    known = np.full(4, 6.0), np.full(4, 200.0)
    depths = np.array([5.0, 20.0, 60.0, np.nan])
    assert np.ptp(scenario_distance(*known, depths, Scenario(6.0, 200.0))) == 0
    apart = scenario_distance(*known, depths, Scenario(6.0, 200.0, 60.0))
    assert apart[2] == 0
    assert apart[0] > apart[1] == apart[3] == pytest.approx((np.log(3) / LN_DEPTH) ** 2)
    # depths of shallow earthquakes are badly known: 0 km counts as 5 km
    shallow = scenario_distance(*known, np.array([0.0, 2.0, 5.0, 5.0]), Scenario(6.0, 200.0, 0.0))
    assert shallow.tolist() == [0.0] * 4
