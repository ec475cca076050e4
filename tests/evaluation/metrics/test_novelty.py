"""Novelty: copies are found, however they are shifted, scaled or turned over."""

import numpy as np
import pytest

from obspy_tng.evaluation.metrics import novelty

from ..made_up import records, waves


def test_copies_are_found_shifted_scaled_and_turned_over(real):
    copies = records(-3 * np.roll(real.data[:12], 15, axis=-1), "g",
                     source=["generated"] * 12)
    fresh = records(waves(12, 99), "h", source=["generated"] * 12)
    assert novelty.novelty(real, copies, real) > 0.98
    assert novelty.copies(real, copies, real) == 1
    assert novelty.novelty(real, fresh, real) < 0.75
    assert novelty.copies(real, fresh, real) == 0
    # a real record is not its own copy
    assert novelty.novelty(real, real, real) < 0.75
    # lags that are wanted in parts are those of the whole
    whole = novelty.highest_of_each(fresh, records(real.data))
    again = records(real.data)
    novelty.highest_of_each(fresh, again.take([3, 4]))
    assert novelty.highest_of_each(fresh, again) == pytest.approx(whole, abs=1e-6)


def test_same_earthquake_does_not_count():
    data = waves(6, 1)
    events = ["e1", "e1", "e2", "e2", "e3", "e3"]
    doubled = records(np.concatenate([data[::2], data[::2]])[[0, 3, 1, 4, 2, 5]], event_id=events)
    assert novelty.highest_of_each(doubled, doubled).max() < 0.9
    assert np.isnan(novelty.highest_of_each(doubled.take([0, 1]), doubled.take([0, 1]))).all()


def test_diversity(real):
    same = records(np.repeat(waves(1, 8), 10, axis=0), "g", source=["generated"] * 10)
    assert novelty.diversity(real, same) == pytest.approx(1, abs=1e-3)
    assert novelty.diversity(real, records(waves(10, 3))) < 0.75
