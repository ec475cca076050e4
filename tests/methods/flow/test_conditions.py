"""What the flow is asked for: arrivals as functions of time, the earthquake, relative levels."""

import numpy as np
import pytest

from obspy_tng.methods.flow.conditions import frame_conditions, record_condition
from obspy_tng.signal.evolutionary import filter_bank


def test_functions_of_the_time_since_an_arrival():
    found = frame_conditions(100, 50.0, 1400, p=408.0)
    since = ((np.arange(100) + 0.5) * 16 - 408.0) / 50.0
    assert found.shape == (100, 13)
    assert np.allclose(found[:, 0], np.sign(since) * np.log1p(np.abs(since)) / 2)
    assert found[:, 1].argmax() == found[:, 2].argmax() == 25
    assert found[25, 1] == pytest.approx(1)
    assert np.array_equal(found[:, 3], since > 0)
    assert not found[:, 4:12].any()  # S and onset are not known
    assert found[:, 12].sum() == 87  # frames with their middle before sample 1400


def test_each_arrival_has_its_columns():
    columns = {"p": slice(0, 4), "s": slice(4, 8), "onset": slice(8, 12)}
    for name, columns_of_it in columns.items():
        found = frame_conditions(50, 100.0, 800, **{name: 300.0})
        assert found[:, columns_of_it].any(axis=0).all()
        others = np.delete(found[:, :12], columns_of_it, axis=1)
        assert not others.any()


def test_levels_are_relative():
    filters = filter_bank(2000, 100.0, freqmin=0.5)
    levels = np.random.default_rng(0).normal(0, 2, (3, len(filters)))
    info = {"magnitude": 5.0, "distance": 30.0, "depth": None}
    one, louder = (record_condition(info, x, -2.0, filters) for x in (levels, levels + 4))
    assert one.shape == (38,)
    assert np.allclose(one, louder, atol=1e-6)
    assert one[8:].mean() == pytest.approx(0, abs=1e-6)
    assert one[6] == -1
    assert one[7] == pytest.approx(np.log(100 / 70))


def test_white_noise_has_flat_levels():
    filters = filter_bank(2000, 100.0, freqmin=0.5)
    levels = np.tile(np.log(filters.bandwidths), (3, 1))
    found = record_condition({"magnitude": None, "distance": None, "depth": None}, levels, 0.0,
                             filters)
    assert np.allclose(found[8:], 0, atol=1e-6)
    assert not found[:5].any()  # the earthquake is not known
