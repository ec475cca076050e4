"""Each record is measured once, in whichever of the sets it is."""

import numpy as np

from obspy_tng.evaluation.sets import generated_sets, measure, real_sets
from obspy_tng.records.info import RECORD_FIELDS


class Samples:
    """Records by their names alone."""

    def __init__(self, records, label=""):
        self.records, self.label = list(records), label
        self.infos = [dict.fromkeys(RECORD_FIELDS) for _ in self.records]
        self.identities = list(self.records)

    def take(self, chosen):
        return [self.records[i] for i in chosen]

    def name_earthquakes(self, names):
        self.identities = list(names)


def test_sets_are_parts_of_one_whole():
    made = []

    def make(records, label):
        made.append((label, list(records)))
        return Samples(records, label)

    sets = real_sets({"XX.A": (["a", "b", "a"], ["c", "a"], []), "XX.B": (["d"], [], ["e"])},
                     make, name=str)
    assert made == [("XX.A", ["a", "b", "c"]), ("XX.B", ["d", "e"])]
    assert sets["real"] == {"XX.A": ["a", "b"], "XX.B": ["d"]}
    assert sets["floor"] == {"XX.A": ["c"], "XX.B": []}
    assert sets["pool"] == {"XX.A": ["a", "b", "c"], "XX.B": ["d"]}
    assert sets["enrolled"] == {"XX.A": ["a", "b", "c"], "XX.B": ["e"]}


def test_generated_sets_have_the_name_of_their_generator():
    sets = generated_sets({"tng": {"XX.A": ["a"], "XX.B": ["b"]}}, ["XX.A"], Samples)
    assert {name: sorted(group) for name, group in sets.items()} == {"tng": ["XX.A"]}
    assert sets["tng"]["XX.A"].label == "tng at XX.A"


def test_measurements_are_done(monkeypatch):
    done = []
    monkeypatch.setattr("obspy_tng.evaluation.sets.measurements",
                        lambda sets: [lambda x=x: done.append(x) for x in sets])
    measure(np.arange(3), workers=2)
    assert sorted(done) == [0, 1, 2]
