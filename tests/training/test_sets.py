"""Sets of records of one station: each record once a cut, never two stations in a set."""

import numpy as np

from obspy_tng.training.sets import SET_SIZE, RecordSets

#: 7, 4 and 1 records, numbered through
COLUMNS = [(np.arange(7.0), np.arange(7)), (np.arange(10.0, 14.0), np.arange(10, 14)),
           (np.array([20.0]), np.array([20]))]


def test_every_record_is_in_one_set_of_its_station():
    sets = RecordSets(COLUMNS, seed=1)
    values, numbers, labels = sets.batch(range(len(sets)))
    assert sorted(values) == [*range(7), *range(10, 14), 20]
    np.testing.assert_array_equal(values, numbers)
    for label in range(len(sets)):
        own = values[labels == label]
        assert 1 <= len(own) <= SET_SIZE
        assert len({value // 10 for value in own}) == 1


def test_ways_are_cuts():
    """Other cuts hold the same records; a station that is cut no time is left out."""
    several = RecordSets(COLUMNS, ways=[3, 1, 0], seed=1)
    values = several.batch(range(len(several)))[0]
    assert sorted(values) == sorted([*range(7)] * 3 + [*range(10, 14)])
    cuts = [tuple(values) for i in range(len(several))
            for values, _ in [several.batch([i])[::2]] if values[0] < 10]
    assert len(set(cuts)) > 2  # 7 records make two sets a cut


def test_half_precision_is_stored_and_not_computed_with():
    sets = RecordSets([(np.ones(3, np.float16), np.ones(3))])
    stored, double, _ = sets.batch([0])
    assert (stored.dtype, double.dtype) == (np.float32, np.float64)


def test_same_seed_same_fingerprint():
    assert RecordSets(COLUMNS, seed=1).fingerprint() == RecordSets(COLUMNS, seed=1).fingerprint()
    assert RecordSets(COLUMNS, seed=1).fingerprint() != RecordSets(COLUMNS, seed=2).fingerprint()
    changed = [(column[0] + 1e-6, column[1]) for column in COLUMNS]
    assert RecordSets(changed, seed=1).fingerprint() != RecordSets(COLUMNS, seed=1).fingerprint()
