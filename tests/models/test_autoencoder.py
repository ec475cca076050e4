"""The released autoencoder against the published numbers."""

import json

import numpy as np
import pytest
import torch

from obspy_tng.exceptions import TNGInputError
from obspy_tng.models.autoencoder import ReleasedAutoencoder, ReleasedConfig

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
