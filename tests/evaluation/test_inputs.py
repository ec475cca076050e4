"""Records that the generator knew are recognised among those that judge it."""

import warnings

import numpy as np
import pytest

from obspy_tng import evaluate
from obspy_tng.evaluation.inputs import (
    check_ids,
    known_records,
    warn_of_exchange,
    warn_of_shared,
)
from obspy_tng.exceptions import TNGInputError, TNGWarning
from obspy_tng.records.info import record_info
from obspy_tng.records.synthetic import synthetic_record


def record(number, **tng):
    data = np.random.default_rng(number).normal(size=(3, 400))
    return synthetic_record(data, 50.0, "XX.A", 1e9 + 1000 * number,
                            {"event_id": f"event {number}", "record_id": f"r{number}", **tng})


@pytest.mark.parametrize(("had", "shared"), [
    ({"floor": [2, 5]}, 1), ({"enrolled": [0, 1, 2]}, 3), ({"sources": ["r1", "r9"]}, 1),
    ({"floor": [5], "enrolled": [6], "sources": ["r9"]}, 0)])
def test_shared_earthquakes(had, shared):
    real = {"XX.A": [record(i) for i in range(4)]}
    groups = [{"XX.A": [record(i) for i in had.get(name, ())]} for name in ("floor", "enrolled")]
    generated = {"g": {"XX.A": [record(20, sources=had.get("sources"))]}}
    known = known_records(real, groups, generated)
    infos = [record_info(r) for r in real["XX.A"]]
    with warnings.catch_warnings():
        warnings.simplefilter("error")
        if shared:
            with pytest.raises(TNGWarning, match=f"{shared} of 4 earthquakes of the real records"):
                warn_of_shared(infos, known)
        else:
            warn_of_shared(infos, known)


def test_different_real_records_of_one_id_are_not_one():
    check_ids({"XX.A": [record(1), record(1), record(2)]}, {"XX.A": [record(1)]})
    with pytest.raises(TNGInputError, match="two records have the id r1"):
        check_ids({"XX.A": [record(1), record(2, record_id="r1")]})


@pytest.mark.parametrize("seed", [-1, 1.5, None])
def test_bad_seed(seed):
    with pytest.raises(TNGInputError, match="seed must be an integer >= 0"):
        evaluate([record(0)], [record(1)], seed=seed)


def test_real_and_generated_that_are_exchanged():
    for real, generated in ((["recorded"], ["generated"]), (["generated"], ["generated"]),
                            (["recorded", "generated"], ["simulated"]), ([], [])):
        warn_of_exchange(real, generated)
    with pytest.warns(TNGWarning, match="may be exchanged"):
        warn_of_exchange(["generated"] * 3, ["recorded", None])
