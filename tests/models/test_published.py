"""Published checkpoints and latent banks: their sizes and values, and files that are none."""

import numpy as np
import pytest
import torch

from obspy_tng.exceptions import TNGCheckpointError
from obspy_tng.models.autoencoder import ReleasedAutoencoder, ReleasedConfig
from obspy_tng.models.checkpoint import load_folder
from obspy_tng.models.published import load_published, published_bank

TINY = {"seq_len": 64, "d_model": 4, "d_ff": 4, "e_layers": 2, "num_kernels": 2, "top_k": 2,
        "dropout": 0.0}


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
