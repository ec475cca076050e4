"""Damaged model files: an error that says so, or a model; never code, a crash or a hang."""

import contextlib
import io
import json
import shutil
import time
import warnings
from functools import partial

import numpy as np
import pytest
import torch

from obspy_tng import TNGGenerator, simulate_network
from obspy_tng.exceptions import TNGCheckpointError, TNGException, TNGInputError
from obspy_tng.models.autoencoder import ReleasedAutoencoder, ReleasedConfig
from obspy_tng.models.checkpoint import file_hash, json_hash, load_folder, save_folder
from obspy_tng.models.published import load_published, published_bank

from ..io.test_fuzz import memory_limit, mutate  # noqa: F401

TINY = {"seq_len": 64, "d_model": 4, "d_ff": 4, "e_layers": 1, "num_kernels": 2, "top_k": 2,
        "dropout": 0.0}


@pytest.fixture(scope="module")
def folder(tmp_path_factory):
    """A saved generator of next to no size."""
    net = simulate_network(1, 4, seed=3, sampling_rate=20.0, window=10.0)
    size = {"d_model": 4, "d_ff": 4, "e_layers": 1, "num_kernels": 2}
    path = tmp_path_factory.mktemp("fuzz") / "model"
    TNGGenerator(20.0, 10.0, "released", size=size, device="cpu",
                 training={"epochs": 1, "finetune_epochs": 0}).fit(
        net.records, net.inventory, progress=False).save(path)
    return path


@pytest.fixture(scope="module")
def published(tmp_path_factory):
    """Bytes of a checkpoint and of a latent bank in the published form, and their model."""
    torch.manual_seed(0)
    model = ReleasedAutoencoder(ReleasedConfig(**TINY)).eval()
    checkpoint, bank = io.BytesIO(), io.BytesIO()
    torch.save({"model_state_dict": model.state_dict(), "epoch": 3}, checkpoint)
    with torch.no_grad():
        latents, means, stdev = (t.numpy() for t in model.encode(torch.randn(2, 64, 3)))
    np.savez(bank, latents_1=latents, means_1=means, stdev_1=stdev)
    return model, checkpoint.getvalue(), bank.getvalue()


def survives(load):
    begin = time.perf_counter()
    with warnings.catch_warnings(), contextlib.suppress(TNGException):
        warnings.simplefilter("ignore")
        load()
    assert time.perf_counter() - begin < 10.0


def check_folder(folder, tmp_path, seeds):
    """Half of the mutants have hashes that fit: the parsers see them, not the check of hashes."""
    names = sorted(p.name for p in folder.iterdir())
    for seed in seeds:
        rng = np.random.default_rng([5, seed])
        work = shutil.copytree(folder, tmp_path / "m")
        path = work / names[seed % len(names)]
        path.write_bytes(mutate(path.read_bytes(), rng))
        description = work / "model.json"
        if rng.random() < 0.5 and path != description:
            content = json.loads(description.read_text())
            content["files"][path.name] = file_hash(path)
            del content["sha256"]
            content["sha256"] = json_hash(content)
            description.write_text(json.dumps(content))
        survives(partial(TNGGenerator.load, work, device="cpu"))
        shutil.rmtree(work)


def check_published(published, tmp_path, seeds):
    model, checkpoint, bank = published
    for seed in seeds:
        rng = np.random.default_rng([6, seed])
        (tmp_path / "c.pth").write_bytes(mutate(checkpoint, rng))
        survives(lambda: load_published(tmp_path / "c.pth"))
        (tmp_path / "b.npz").write_bytes(mutate(bank, rng))
        survives(lambda: list(published_bank(tmp_path / "b.npz", model)))


def test_mutated_folders(folder, tmp_path, memory_limit):  # noqa: F811
    check_folder(folder, tmp_path, range(40))


def test_mutated_published_files(published, tmp_path, memory_limit):  # noqa: F811
    check_published(published, tmp_path, range(40))


@pytest.mark.slow
def test_mutated_many(folder, published, tmp_path, memory_limit):  # noqa: F811
    """2000 folders, 2000 checkpoints, 2000 banks."""
    check_folder(folder, tmp_path, range(100, 2100))
    check_published(published, tmp_path, range(100, 2100))


def test_an_altered_description_is_seen_before_it_is_believed(folder, tmp_path):
    work = shutil.copytree(folder, tmp_path / "m")
    text = (work / "model.json").read_text()
    (work / "model.json").write_text(text.replace('"d_model": 4', '"d_model": 400000'))
    with pytest.raises(TNGException, match="altered"):
        TNGGenerator.load(work, device="cpu")
    content = json.loads(text)
    del content["sha256"]
    (work / "model.json").write_text(json.dumps(content))
    with pytest.raises(TNGException, match="altered"):
        TNGGenerator.load(work, device="cpu")


def test_folder_round_trip_and_replacement(tmp_path):
    arrays = {"weights": {"a": np.arange(6.0).reshape(2, 3)}}
    for value in (1, 2):
        save_folder(tmp_path / "m", {"value": value}, arrays, {"note.txt": "ü"})
    description, back, texts = load_folder(tmp_path / "m")
    assert description["value"] == 2
    assert texts == {"note.txt": "ü"}
    np.testing.assert_array_equal(back["weights"]["a"], arrays["weights"]["a"])
    assert [p.name for p in tmp_path.iterdir()] == ["m"]


@pytest.mark.parametrize("damage", ["truncate", "flip", "remove", "json", "format"])
def test_damaged_folders(tmp_path, damage):
    save_folder(tmp_path / "m", {}, {"weights": {"a": np.arange(60.0)}})
    weights, text = tmp_path / "m" / "weights.safetensors", tmp_path / "m" / "model.json"
    if damage == "truncate":
        weights.write_bytes(weights.read_bytes()[:-8])
    elif damage == "flip":
        data = bytearray(weights.read_bytes())
        data[-1] ^= 1
        weights.write_bytes(data)
    elif damage == "remove":
        weights.unlink()
    elif damage == "json":
        text.write_text(text.read_text()[:-10])
    else:
        text.write_text("{}")
    with pytest.raises(TNGCheckpointError):
        load_folder(tmp_path / "m")


def test_a_folder_of_something_else_is_not_overwritten(tmp_path):
    (tmp_path / "thesis").mkdir()
    (tmp_path / "thesis" / "chapter.txt").write_text("years of work")
    with pytest.raises(TNGInputError, match="not a model folder"):
        save_folder(tmp_path / "thesis", {}, {})
    assert (tmp_path / "thesis" / "chapter.txt").exists()


def test_a_failed_write_leaves_the_old_model(tmp_path, monkeypatch):
    save_folder(tmp_path / "m", {"value": 1}, {"weights": {"a": np.zeros(3)}})

    def full(*args, **kwargs):
        raise OSError(28, "No space left on device")

    monkeypatch.setattr("pathlib.Path.write_bytes", full)
    with pytest.raises(TNGInputError, match="No space"):
        save_folder(tmp_path / "m", {"value": 2}, {"weights": {"a": np.ones(3)}})
    assert load_folder(tmp_path / "m")[0]["value"] == 1
    assert [p.name for p in tmp_path.iterdir()] == ["m"]
