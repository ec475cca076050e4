"""Units, results, and objects that are sent to workers once."""

import pickle
from collections import Counter
from pathlib import Path

import pytest

from obspy_tng.runs import job
from obspy_tng.runs.job import SHOWN, RunResult, SentObject, value_hash


def test_sent_objects_are_unpacked_once():
    sent = SentObject({"a": 1})
    first, second = (pickle.loads(pickle.dumps(sent)) for _ in range(2))
    assert first.value == {"a": 1}
    assert first is second
    assert pickle.loads(pickle.dumps(first)) is first  # also when it is sent on
    for i in range(10):
        pickle.loads(pickle.dumps(SentObject(i)))
    assert len(job._UNPACKED) <= job._KEEP


def test_hash_depends_on_the_content_alone():
    assert value_hash({"a": 1, "b": [2]}) == value_hash({"b": [2], "a": 1})
    assert value_hash({"a": 1}) != value_hash({"a": 2})
    assert len(value_hash(None)) == 16


def test_result_in_words():
    counts = Counter(accepted=3, rejected=1, failed=0, pending=0, units=4)
    result = RunResult(Path("out"), counts)
    assert result.complete
    assert str(result) == "3 records in out; 1 rejected; 0 of 4 units failed"
    assert repr(result) == f"<RunResult: {result}>"
    failed = [(f"u{i}", "reason") for i in range(SHOWN + 5)]
    many = RunResult(Path("out"), Counter(failed=SHOWN + 5), failed, makes="tables")
    assert not many.complete
    assert len(str(many).splitlines()) == SHOWN + 2
    assert str(many).endswith("... 5 more in failed.txt")


@pytest.mark.parametrize("method", ["settings", "plan"])
def test_a_job_must_say_what_it_is(method):
    with pytest.raises(NotImplementedError):
        getattr(job.Job(), method)()
