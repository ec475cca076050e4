"""Random generators: one per realization, whatever else is drawn."""

import pytest

from obspy_tng._random import checked_seed, realization_rngs, shared_rng
from obspy_tng.exceptions import TNGInputError


def first(rngs):
    return [rng.random() for rng in rngs]


def test_a_realization_does_not_depend_on_the_others():
    whole = first(realization_rngs(1, "XX.A", 5))
    assert first(realization_rngs(1, "XX.A", 2)) == whole[:2]
    assert first(realization_rngs(1, "XX.A", 2, first=3)) == whole[3:]
    assert len(set(whole)) == 5
    assert not set(whole) & set(first(realization_rngs(2, "XX.A", 5)))
    assert not set(whole) & set(first(realization_rngs(1, "XX.B", 5)))


def test_what_realizations_share():
    rngs = realization_rngs(1, "XX.A", 3)
    shared = {shared_rng(rng).random() for rng in rngs}
    rngs[0].random(100)
    assert shared == {shared_rng(rngs[0]).random()}
    assert shared != {shared_rng(rng).random() for rng in realization_rngs(2, "XX.A", 1)}


def test_seeds():
    assert checked_seed(7) == 7
    assert checked_seed(None) != checked_seed(None)
    with pytest.raises(TNGInputError, match="seed must be an integer >= 0 or None"):
        checked_seed(-1)
