"""Cross-correlations against a loop; those of parts, and from files, are those of the whole."""

import numpy as np
import pytest

from obspy_tng.evaluation.cross_correlations import (
    Correlations,
    correlations_of,
    highest_correlations,
)

from .made_up import records, waves


def test_highest_correlations_against_a_loop():
    data = waves(3, 2)
    expected = np.zeros((3, 3))
    for i in range(3):
        for j in range(3):
            for c in (1, 2):
                x, y = (d - d.mean() for d in (data[i, c], data[j, c]))
                lags = np.abs(np.correlate(x, y, "full")).max()
                expected[i, j] = max(expected[i, j], lags / np.linalg.norm(x) / np.linalg.norm(y))
    found = highest_correlations(data, data)
    assert found == pytest.approx(expected, abs=2e-3)
    assert found.diagonal() == pytest.approx(1, abs=1e-4)


def test_parts_are_computed_once_and_equal_the_whole(monkeypatch):
    first, second = records(waves(6, 1)), records(waves(5, 2), "b")
    whole = highest_correlations(first.data, second.data)
    found = correlations_of(first, second)
    assert correlations_of(first, second) is found
    some = found.between(np.array([4, 1]), np.array([0, 3]))
    np.testing.assert_allclose(some, whole[[4, 1]][:, [0, 3]], atol=1e-6)
    np.testing.assert_allclose(found.between(np.arange(6), np.arange(5)), whole, atol=1e-6)
    monkeypatch.setattr("obspy_tng.evaluation.cross_correlations.highest_correlations", None)
    found.between(np.arange(6), np.arange(5))  # nothing is computed again


def test_pairs_of_a_set_are_computed_in_one_order(monkeypatch):
    one, asked = records(waves(6, 3)), []
    whole = highest_correlations(one.data, one.data)

    def counted(first, second, wanted):
        asked.append(wanted.sum())
        return highest_correlations(first, second, wanted)
    monkeypatch.setattr("obspy_tng.evaluation.cross_correlations.highest_correlations", counted)
    found = correlations_of(one, one)
    for rows, columns in (([0, 3, 4], range(6)), ([1, 2], range(6)), (range(6), [2, 4])):
        rows, columns = np.array(rows), np.array(columns)
        np.testing.assert_allclose(found.between(rows, columns), whole[rows][:, columns], atol=1e-6)
    # 3 rows less 3 pairs that stand twice; 2 rows less 6 known pairs and one that stands twice; at
    # last (5, 2) and (5, 4) are known from the other order
    assert asked == [15, 5]


def test_only_wanted_pairs_are_computed():
    first, second = waves(3, 4), waves(40, 5)
    wanted = np.random.default_rng(0).random((3, 40)) < 0.3
    wanted[:, :16] = [[False], [True], [True]]
    found = highest_correlations(first, second, wanted)
    np.testing.assert_array_equal(np.isnan(found), ~wanted)
    np.testing.assert_array_equal(found[wanted], highest_correlations(first, second)[wanted])


def test_stored_correlations_are_read(tmp_path):
    first, second = records(waves(4, 1)), records(waves(3, 2), "b")
    stored = np.arange(6, dtype=np.float32).reshape(2, 3) / 10
    np.save(tmp_path / "c.npy", stored)
    found = Correlations(first, second, [(tmp_path / "c.npy", [1, 3], np.arange(3))])
    np.testing.assert_array_equal(found.between(np.array([3, 1]), np.array([2])),
                                  stored[[1, 0], 2:])
    found.release()
    np.testing.assert_array_equal(found.between(np.array([1]), np.array([0])), stored[:1, :1])
