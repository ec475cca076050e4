"""The table of travel times against ObsPy's taup."""

import numpy as np
import pytest
from obspy.taup import TauPyModel

from obspy_tng.archive.travel_times import KM_PER_DEGREE, SURFACE_VELOCITY, arrival_times


@pytest.fixture(scope="module")
def model():
    return TauPyModel("iasp91")


@pytest.mark.parametrize(("distance", "depth"), [(0, 12), (18, 7), (64, 20), (147, 55), (333, 5),
                                                 (602, 90), (931, 16), (1660, 140), (1990, 33)])
def test_against_taup(model, distance, depth):
    arrivals = model.get_travel_times(depth, max(distance / KM_PER_DEGREE, 0.01), ["ttp", "tts"])
    p, s, surface = arrival_times(distance, depth)
    assert p == pytest.approx(min(a.time for a in arrivals if a.name[0] in "pP"), abs=0.6)
    assert s == pytest.approx(min(a.time for a in arrivals if a.name[0] in "sS"), abs=0.6)
    assert surface == pytest.approx(max(np.hypot(distance, depth) / SURFACE_VELOCITY, s), abs=1e-6)


def test_outside_of_the_table():
    assert arrival_times(100.0, -2.0)[:2] == arrival_times(100.0, 0.0)[:2]
    assert arrival_times(20000.0, 0.0)[0] < arrival_times(20000.0, 0.0)[1]


def test_many_at_once():
    distance, depth = np.array([0.0, 18.0, 333.0, 20000.0]), np.array([12.0, -2.0, 5.0, 900.0])
    together = arrival_times(distance, depth)
    assert np.transpose(together).tolist() == [list(arrival_times(*one))
                                               for one in zip(distance, depth, strict=True)]
