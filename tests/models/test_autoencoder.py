"""The released autoencoder against the published numbers, and its files."""

import json

import numpy as np
import pytest
import torch

from obspy_tng.exceptions import TNGCheckpointError, TNGInputError
from obspy_tng.models.autoencoder import ReleasedAutoencoder, ReleasedConfig
from obspy_tng.models.checkpoint import load_folder, save_folder
from obspy_tng.models.published import load_published, published_bank

TINY = {"seq_len": 64, "d_model": 4, "d_ff": 4, "e_layers": 2, "num_kernels": 2, "top_k": 2,
        "dropout": 0.0}


def relative(a, b):
    return float(np.abs(np.asarray(a) - b).max() / np.abs(b).max())


@pytest.fixture(scope="module")
def published(reference):
    with np.load(reference / "timesnet_gen_small.npz") as bundle:
        return {k: bundle[k] for k in bundle.files}


def model_of(published, periods):
    config = json.loads(str(published["config"]).replace("'", '"'))
    model = ReleasedAutoencoder(ReleasedConfig(
        **{k: config[k] for k in ("seq_len", "d_model", "d_ff", "e_layers", "num_kernels",
                                  "top_k")}, periods=periods)).eval()
    model.load_state_dict({k.removeprefix("param:"): torch.as_tensor(v)
                           for k, v in published.items() if k.startswith("param:")})
    return model


@pytest.mark.parametrize(("periods", "suffix"), [("record", "single"), ("batch", "batch")])
@torch.no_grad()
def test_published_numbers(published, periods, suffix):
    model = model_of(published, periods)
    latent, means, stdev = model.encode(torch.as_tensor(published["x"]))
    assert relative(latent, published[f"latent_{suffix}"]) < 1e-5
    assert relative(means, published["means_single"]) < 1e-5
    assert relative(stdev, published["stdev_single"]) < 1e-5
    assert relative(model.decode(latent, means, stdev), published[f"recon_{suffix}"]) < 1e-5


@torch.no_grad()
def test_published_mixture(published):
    model = model_of(published, "record")
    kept = [t.mean(0, keepdim=True) for t in model.encode(torch.as_tensor(published["x"]))]
    assert relative(model.decode(*kept), published["mix_mean_of_all"]) < 1e-5


def test_published_size_has_the_published_number_of_parameters():
    with torch.device("meta"):
        model = ReleasedAutoencoder(ReleasedConfig())
    assert sum(p.numel() for p in model.parameters()) == 38_260_355


def test_loss_gradients_numerically():
    torch.manual_seed(0)
    model = ReleasedAutoencoder(ReleasedConfig(**{**TINY, "top_k": 1})).double()
    t = torch.arange(64).double()
    x = torch.sin(2 * np.pi * t / 8)[None, :, None] * torch.tensor([1.0, 2.0, 3.0]).double()
    x = x + 0.01 * torch.randn(1, 64, 3).double()
    parameter = model.projection.weight
    for measure in ("standardized", "waveform"):
        loss = model.loss(x, measure=measure)["loss"]
        (gradient,) = torch.autograd.grad(loss, parameter)
        step = 1e-4
        with torch.no_grad():
            parameter[0, 0] += step
            up = model.loss(x, measure=measure)["loss"].item()
            parameter[0, 0] -= 2 * step
            down = model.loss(x, measure=measure)["loss"].item()
            parameter[0, 0] += step
        assert (up - down) / (2 * step) == pytest.approx(gradient[0, 0].item(), rel=1e-6)


@pytest.mark.parametrize("bad", [{"d_model": 0}, {"top_k": 33}, {"dropout": 1.0},
                                 {"periods": "all"}, {"e_layers": 1.5}])
def test_bad_sizes(bad):
    with pytest.raises(TNGInputError, match=next(iter(bad))):
        ReleasedConfig(**{**TINY, **bad})


# -- files ------------------------------------------------------------------


@pytest.fixture
def tiny():
    torch.manual_seed(0)
    return ReleasedAutoencoder(ReleasedConfig(**TINY)).eval()


@pytest.mark.parametrize("wrapped", [True, False])
def test_published_checkpoint_sizes_come_from_the_weights(tiny, tmp_path, wrapped):
    content = {"epoch": 3, "model_state_dict": tiny.state_dict()} if wrapped else tiny.state_dict()
    torch.save(content, tmp_path / "c.pth")
    model = load_published(tmp_path / "c.pth")
    assert {**model.settings(), "dropout": 0} == {**tiny.settings(), "dropout": 0}
    x = torch.randn(2, 64, 3)
    torch.testing.assert_close(model(x), tiny(x))


def test_published_bank_decodes_each_latent(tiny, tmp_path):
    with torch.no_grad():
        latents, means, stdev = (t.numpy() for t in tiny.encode(torch.randn(3, 64, 3)))
    np.savez(tmp_path / "b.npz", latents_4628=latents, means_4628=means, stdev_4628=stdev)
    ((name, recon, m, s),) = published_bank(tmp_path / "b.npz", tiny)
    assert name == "4628"
    assert m.shape == s.shape == (3, 3)
    with torch.no_grad():
        mixed = tiny.decode(torch.as_tensor(latents.mean(0))).numpy()
    np.testing.assert_allclose(recon.mean(0), mixed, atol=1e-5 * np.abs(mixed).max())


class Harmful:
    def __reduce__(self):
        return (print, ("code from the file ran",))


@pytest.mark.parametrize("content", [b"", b"not a checkpoint", "truncated", "harmful", "foreign"])
def test_bad_published_checkpoints(tiny, tmp_path, content, capsys):
    path = tmp_path / "c.pth"
    if content == "truncated":
        torch.save({"model_state_dict": tiny.state_dict()}, path)
        path.write_bytes(path.read_bytes()[:-200])
    elif content == "harmful":
        torch.save({"model_state_dict": Harmful()}, path)
    elif content == "foreign":
        torch.save({"model_state_dict": {"conv.weight": torch.zeros(3)}}, path)
    else:
        path.write_bytes(content)
    with pytest.raises(TNGCheckpointError, match=r"c\.pth"):
        load_published(path)
    assert "code from the file ran" not in capsys.readouterr().out


def test_missing_files(tiny, tmp_path):
    with pytest.raises(TNGCheckpointError, match="no checkpoint"):
        load_published(tmp_path / "none.pth")
    with pytest.raises(TNGCheckpointError, match="bank"):
        list(published_bank(tmp_path / "none.npz", tiny))
    with pytest.raises(TNGCheckpointError, match="not a model folder"):
        load_folder(tmp_path)


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
