"""Sets of real records among simulated ones: shares and partitions."""

import numpy as np
import pytest

from obspy_tng.methods.tng.training_sets import (
    N_PARTITIONS,
    REAL_SHARE,
    loss_columns,
    mixed_sets,
    n_simulated,
)


def columns(n, value):
    """Columns of a station: four arrays for the loss, then levels and infos."""
    return (*(np.full((n, 2), value) for _ in range(5)), [{}] * n)


def test_share_of_real_records():
    for records in (10, 100):
        shown = N_PARTITIONS * records
        assert shown / (shown + n_simulated(records)) == pytest.approx(REAL_SHARE, abs=0.02)


def test_mixture():
    real = [columns(12, 1.0), columns(8, 2.0)]
    simulated = [columns(10, -float(k)) for k in range(1, 40)]
    sets = mixed_sets(real, simulated, seed=0)
    *_, values, labels = sets.batch(range(len(sets)))
    assert (values == 1.0).all(1).sum() == N_PARTITIONS * 12
    assert (values == 2.0).all(1).sum() == N_PARTITIONS * 8
    drawn = (values < 0).all(1).sum()
    assert n_simulated(20) <= drawn < n_simulated(20) + 10  # whole stations
    for label in np.unique(labels):
        assert len(np.unique(values[labels == label])) == 1  # a set is of one station


def test_few_simulated_records_are_all_taken():
    sets = mixed_sets([columns(50, 1.0)], [columns(3, -1.0)], seed=0)
    values = sets.batch(range(len(sets)))[0]
    assert (values == -1.0).all(1).sum() == 3


def test_columns_of_the_loss():
    assert [len(station) for station in loss_columns([columns(2, 0.0)])] == [4]
