"""The state of a generator in a model folder: round trips, and tables that do not fit."""

import numpy as np
import pytest
from obspy import read_inventory

from obspy_tng.exceptions import TNGCheckpointError
from obspy_tng.groundmotion.site_terms import Site
from obspy_tng.methods.generator_state import (
    GeneratorState,
    bank_from_tables,
    bank_to_tables,
    inventory_from_text,
    inventory_to_text,
    sensible_description,
)
from obspy_tng.records.enrolled import Enrolled
from obspy_tng.records.info import RECORD_FIELDS
from obspy_tng.training import TrainingSettings

INFOS = [{**dict.fromkeys(RECORD_FIELDS), "record_id": f"r{i}", "magnitude": 5.0 + i}
         for i in range(3)]


@pytest.fixture
def bank():
    return {"XX.A": Enrolled({"mu": np.arange(6.0).reshape(3, 2)}, INFOS),
            "XX.AB": Enrolled({"mu": np.ones((1, 2)), "levels": np.zeros((1, 3, 4))}, INFOS[:1])}


def test_round_trip(bank):
    infos, arrays = bank_to_tables(bank)
    assert set(arrays) == {"XX.A/mu", "XX.AB/mu", "XX.AB/levels"}
    again = bank_from_tables(infos, arrays, "folder")
    assert list(again) == list(bank)
    for station, enrolled in bank.items():
        assert again[station].infos == enrolled.infos
        assert set(again[station].arrays) == set(enrolled.arrays)
        for name, array in enrolled.arrays.items():
            np.testing.assert_array_equal(again[station].arrays[name], array)


def test_fields_that_came_later_are_none(bank):
    infos, arrays = bank_to_tables(bank)
    old = {station: [{"record_id": info["record_id"]} for info in some]
           for station, some in infos.items()}
    assert bank_from_tables(old, arrays, "folder")["XX.A"].infos[1] == {
        **dict.fromkeys(RECORD_FIELDS), "record_id": "r1"}


def test_tables_that_do_not_fit(bank):
    infos, arrays = bank_to_tables(bank)
    with pytest.raises(TNGCheckpointError, match=r"folder: the bank of XX\.A does not fit its 2"):
        bank_from_tables({**infos, "XX.A": infos["XX.A"][:2]}, arrays, "folder")
    with pytest.raises(TNGCheckpointError, match=r"the bank of XX\.B does not fit"):
        bank_from_tables({"XX.B": INFOS}, arrays, "folder")


def test_inventory():
    inventory = read_inventory()
    again = inventory_from_text(inventory_to_text(inventory), "folder")
    assert again.get_contents() == inventory.get_contents()
    for text in ("", "<xml", "<a/>"):
        with pytest.raises(TNGCheckpointError, match=r"folder: stations\.xml cannot be read"):
            inventory_from_text(text, "folder")


def test_state_round_trip(bank, tmp_path):
    arguments = {"architecture": "tng", "sampling_rate": 50.0, "window": 120.0,
                 "size": {"bands": 4}, "seed": 3}
    state = GeneratorState(arguments, TrainingSettings(epochs=4, patience=None), [{"loss": 0.5}],
                           {"a": np.arange(3.0)}, bank, {"XX.C": Site(vs30=300.0)},
                           read_inventory())
    state.write(tmp_path / "model")
    again = GeneratorState.read(tmp_path / "model")
    for name in ("arguments", "training", "history", "sites"):
        assert getattr(again, name) == getattr(state, name)
    np.testing.assert_array_equal(again.weights["a"], state.weights["a"])
    assert list(again.bank) == list(bank)
    assert again.inventory.get_contents() == state.inventory.get_contents()


@pytest.mark.parametrize("error", [KeyError("size"), TypeError("x"), RuntimeError("memory")])
def test_description_that_makes_no_sense(error):
    with pytest.raises(TNGCheckpointError, match="folder: description does not make sense"), \
            sensible_description("folder"):
        raise error
    with pytest.raises(TNGCheckpointError, match=r"^altered$"), sensible_description("folder"):
        raise TNGCheckpointError("altered")
