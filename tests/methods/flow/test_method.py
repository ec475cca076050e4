"""architecture="flow": train a tiny network, enrol, generate, save and load."""

import copy
import dataclasses

import numpy as np
import pytest
import torch

from obspy_tng import TNGGenerator, simulate_network
from obspy_tng.exceptions import TNGException, TNGInputError
from obspy_tng.methods.flow import method
from obspy_tng.models.checkpoint import save_folder
from obspy_tng.records.record import group_by_station, record_to_array
from obspy_tng.signal.evolutionary import band_levels
from obspy_tng.simulate.corpus import simulated_corpus

from ...small_generator import ends_at_rest

QUICK = {"epochs": 1, "finetune_epochs": 1, "simulated": 4, "validation": 0.2, "seed": 3}
TINY = {"d_model": 8, "d_ff": 4, "layers": 2, "hidden": 16, "station_dim": 4}
ASKED = {"magnitude": 5.5, "distance": 40.0}


@pytest.fixture(scope="module")
def network():
    return simulate_network(2, 8, seed=2, sampling_rate=50.0, window=30.0)


@pytest.fixture(scope="module", autouse=True)
def corpus():
    """The simulated records of all trainings, made once."""
    kept = list(simulated_corpus(QUICK["simulated"], 1500, 50.0, QUICK["seed"]))

    def same(count, npts, sampling_rate, seed):
        assert (npts, sampling_rate, seed) == (1500, 50.0, QUICK["seed"])
        return kept[:count]
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(method, "simulated_corpus", same)
        yield


@pytest.fixture(scope="module")
def trained(network, tmp_path_factory):
    checkpoint = tmp_path_factory.mktemp("flow") / "run.pt"
    generator = TNGGenerator(50.0, 30.0, "flow", size=TINY, training=QUICK, device="cpu")
    generator.fit(network.records, network.inventory, checkpoint=checkpoint, progress=False)
    return generator, checkpoint


def samples(streams):
    return np.stack([record_to_array(stream) for stream in streams])


def test_history_and_names(trained):
    generator, _ = trained
    assert [row["phase"] for row in generator.history] == ["simulated", "adapt"]
    assert {"loss", "coefficients", "envelopes"} <= set(generator.history[0])
    assert "validation" in generator.history[1]
    assert generator.name == "tng-flow"


def test_a_finished_run_is_resumed(trained, network):
    generator, checkpoint = trained
    again = TNGGenerator(50.0, 30.0, "flow", size=TINY, training=QUICK, device="cpu")
    again.fit(network.records, checkpoint=checkpoint, progress=False)
    assert again.model_hash == generator.model_hash


def test_batch_of_n_equals_n_singles(trained):
    generator, _ = trained
    streams = generator.generate("SM.S001", n=3, seed=4, **ASKED)
    assert ends_at_rest(samples(streams), 50.0)
    for i, stream in enumerate(streams):
        single = generator.generate("SM.S001", n=1, seed=4, first=i, **ASKED)
        assert np.array_equal(samples(single)[0], record_to_array(stream))
    other = generator.generate("SM.S001", n=1, seed=5, **ASKED)
    assert not np.array_equal(samples(other)[0], samples(streams)[0])


def test_levels_are_those_of_the_scenario(trained):
    generator, _ = trained
    small, large = (samples(generator.generate("SM.S001", n=8, seed=1, magnitude=m, distance=40.0))
                    for m in (4.5, 6.5))
    filters = generator.method.filters
    growth = (band_levels(filters, large) - band_levels(filters, small)).mean()
    assert 2 < growth < 9  # two units of magnitude, ln energy
    notes = generator.generate("SM.S001", n=1, seed=1, **ASKED)[0][0].stats.tng
    assert notes.sampler == "flow"
    assert notes.sources == []
    assert notes.drawn_magnitude == 5.5


def test_fewer_steps_are_another_record(trained):
    generator, _ = trained
    one, four = (generator.generate("SM.S001", n=1, seed=1, steps=k, **ASKED) for k in (1, 4))
    assert not np.array_equal(samples(one), samples(four))
    assert one[0][0].stats.tng.steps == 1
    with pytest.raises(TNGInputError, match="steps"):
        generator.generate("SM.S001", steps=0, **ASKED)
    with pytest.raises(TypeError, match="sampler"):
        generator.generate("SM.S001", sampler="source", **ASKED)


def test_the_bank_holds_no_waveforms(trained):
    generator, _ = trained
    enrolled = generator.bank["SM.S001"]
    assert set(enrolled.arrays) == {"summary", "levels", "onset", "quietness"}


def test_saved_and_loaded(trained, tmp_path):
    generator, _ = trained
    generator.save(tmp_path / "model")
    loaded = TNGGenerator.load(tmp_path / "model", device="cpu")
    assert loaded.architecture == "flow"
    assert np.array_equal(*(samples(g.generate("SM.S002", n=2, seed=3))
                            for g in (generator, loaded)))


def test_enrolling_needs_no_training(trained, network):
    generator = copy.deepcopy(trained[0])
    generator._bank = {}
    records = group_by_station(network.records)["SM.S001"]
    generator.enroll(records[:3])
    before = samples(records)
    generator.generate("SM.S001", n=2, seed=1, **ASKED)
    assert np.array_equal(samples(records), before)
    reversed_order = copy.deepcopy(generator)
    reversed_order._bank = {}
    reversed_order.enroll(records[2::-1])
    vectors = [g.method._station(g.bank["SM.S001"].arrays["summary"])
               for g in (generator, reversed_order)]
    assert torch.allclose(*vectors, atol=1e-5)


def test_no_weights_in_the_package():
    generator = TNGGenerator(50.0, 30.0, "flow", device="cpu")
    with pytest.raises(TNGException, match="call fit"):
        generator.enroll([])
    with pytest.raises(TNGInputError, match="no weights"):
        TNGGenerator(50.0, 30.0, "flow", training={"pretrained": True})
    with pytest.raises(TNGInputError, match="size"):
        TNGGenerator(50.0, 30.0, "flow", size="huge")
    with pytest.raises(TNGInputError, match="size"):
        TNGGenerator(50.0, 30.0, "flow", size={"depth": 3})


def test_reconstruction_is_the_record(trained, network):
    record = network.records[0]
    back = record_to_array(trained[0].reconstruct(record))
    data = record_to_array(record)
    assert np.abs(back - data).max() < 1e-4 * np.abs(data).max()


def test_weights_of_another_training(trained, network, tmp_path):
    """Weights without a bank, as the command of pre-training writes them: enrolled, or adapted."""
    model = trained[0].model
    save_folder(tmp_path / "weights", {"architecture": "flow", "size": model.settings()},
                {"weights": {k: v.numpy() for k, v in model.state_dict().items()}})
    enrolled, generator = (TNGGenerator.from_pretrained(
        str(tmp_path / "weights"), sampling_rate=50.0, window=30.0, device="cpu") for _ in "12")
    enrolled.enroll(network.records[:4])
    assert enrolled.model_hash == trained[0].model_hash
    generator.training = dataclasses.replace(generator.training, **QUICK)
    generator.fit(network.records, progress=False)
    assert [row["phase"] for row in generator.history] == ["adapt"]
    assert generator.model_hash != trained[0].model_hash
    with pytest.raises(TNGInputError, match="has no model"):
        TNGGenerator.from_pretrained(str(tmp_path / "nothing"))
