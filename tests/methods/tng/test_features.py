"""Inputs of the network from records and earthquakes."""

import numpy as np
import torch

from obspy_tng.methods.tng.features import event_features, float_tensors


def test_features_of_unknown_earthquakes_are_zero():
    known, no_depth, unknown = event_features(
        [{"magnitude": 6.5, "distance": 100.0, "depth": 30.0},
         {"magnitude": 6.5, "distance": 100.0, "depth": None},
         {"magnitude": None, "distance": 100.0, "depth": 30.0}], 60.0)
    assert known[0] == 0.5
    assert known[3:5].tolist() == [1, 1]
    assert no_depth[2:5].tolist() == [0, 1, 0]
    assert not unknown.any()


def test_arrays_become_float32_tensors_of_the_same_values():
    given = np.arange(6.0).reshape(2, 3), np.arange(3, dtype=np.float16)
    found = float_tensors(given, "cpu")
    assert all(tensor.dtype == torch.float32 for tensor in found)
    assert all(np.array_equal(a, b.numpy()) for a, b in zip(given, found, strict=True))
