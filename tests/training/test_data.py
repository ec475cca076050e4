"""Batches of rows and labels, and the fingerprint of the data."""

import numpy as np

from obspy_tng.training import TrainingData
from obspy_tng.training.data import prefetched


def series(n=10, seed=1):
    x = np.random.default_rng(seed).standard_normal((n, 128, 3)).cumsum(1)
    return TrainingData([x.astype(np.float32)])


def test_batches_gather_rows_and_labels():
    first, second = np.arange(12.0).reshape(4, 3), 100 + np.arange(6.0).reshape(2, 3)
    data = TrainingData([first, second], labels=[5, 6], rows=[np.array([3, 1]), np.array([0])],
                        convert=lambda x: 2 * x)
    x, labels = data.batch([0, 2])
    np.testing.assert_array_equal(x, 2 * np.stack([first[3], second[0]]))
    np.testing.assert_array_equal(labels, [5, 6])
    got = list(prefetched(data, [[0], [1, 2], [2]]))
    for (a, b), index in zip(got, ([0], [1, 2], [2]), strict=True):
        np.testing.assert_array_equal(a, data.batch(index)[0])
        np.testing.assert_array_equal(b, data.batch(index)[1])
    assert list(prefetched(data, [])) == []


def test_fingerprint_sees_every_difference():
    data = series()
    other = TrainingData([data.arrays[0].copy()])
    assert data.fingerprint() == other.fingerprint()
    other.arrays[0][7, 60, 1] += 1e-3
    assert data.fingerprint() != other.fingerprint()
    assert data.fingerprint() != TrainingData(data.arrays, labels=[1]).fingerprint()
    assert data.fingerprint() != TrainingData(data.arrays, rows=[np.arange(9)]).fingerprint()
