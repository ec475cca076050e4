"""Inputs of the network from records and earthquakes."""

from obspy_tng.methods.tng.features import event_features


def test_features_of_unknown_earthquakes_are_zero():
    known, no_depth, unknown = event_features(
        [{"magnitude": 6.5, "distance": 100.0, "depth": 30.0},
         {"magnitude": 6.5, "distance": 100.0, "depth": None},
         {"magnitude": None, "distance": 100.0, "depth": 30.0}], 60.0)
    assert known[0] == 0.5
    assert known[3:5].tolist() == [1, 1]
    assert no_depth[2:5].tolist() == [0, 1, 0]
    assert not unknown.any()
