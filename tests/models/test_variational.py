"""What both variational models have in common: gradients, batches, labels, sizes."""

import pytest
import torch

from obspy_tng.exceptions import TNGInputError
from obspy_tng.models.variational import shown_labels

from .tiny_models import MODELS, build, records


@pytest.mark.parametrize("kind", MODELS)
def test_gradients_numerically(kind):
    """Central differences in float64 along the gradient of every parameter."""
    model = build(kind, **({"dropout": 0.0} if kind == "conditional" else {})).double().eval()
    x, labels = records().double(), torch.tensor([1, 2, 0])

    def loss():
        torch.manual_seed(1)  # the decoder's noise
        return model.loss(x, labels)["loss"]

    loss().backward()
    unused = {name for name, p in model.named_parameters() if p.grad is None}
    assert unused == ({"encoder.norm.weight", "encoder.norm.bias", "decoder.norm.weight",
                       "decoder.norm.bias"} if kind == "conditional" else set())
    for name, parameter in model.named_parameters():
        gradient = parameter.grad
        if gradient is None:
            continue
        direction = gradient / gradient.norm().clamp(min=1e-30)
        step = 1e-6
        with torch.no_grad():
            parameter += step * direction
            up = loss().item()
            parameter -= 2 * step * direction
            down = loss().item()
            parameter += step * direction
        assert (up - down) / (2 * step) == pytest.approx(gradient.norm().item(), rel=2e-3,
                                                         abs=1e-8), name


@pytest.mark.parametrize("kind", MODELS)
@torch.no_grad()
def test_each_record_alone_equals_the_batch(kind):
    model = build(kind).eval()
    x, labels = records(5), torch.tensor([0, 1, 2, 1, 0])
    batch = model.encode(x, labels)
    noise = torch.randn(5, 96, 3)

    def decode(part):
        options = {"noise": noise[part]} if kind == "conditional" else {}
        return model.decode(batch[0][part], labels[part], **options)

    decoded = decode(slice(None))
    assert decoded.shape == x.shape
    for i in range(5):
        alone = model.encode(x[i:i + 1], labels[i:i + 1])
        for a, b in zip(alone, batch, strict=True):
            torch.testing.assert_close(a[0], b[i], rtol=1e-4, atol=1e-5)
        torch.testing.assert_close(decode(slice(i, i + 1))[0], decoded[i], rtol=1e-4, atol=1e-5)


def test_labels_of_the_phases():
    labels = torch.arange(1000) % 3
    assert shown_labels(labels, "reconstruct", 0.5).sum() == 0
    assert torch.equal(shown_labels(labels, "condition", 0.0), labels)
    torch.manual_seed(0)
    shown = shown_labels(labels, "condition", 0.3)
    assert ((shown == labels) | (shown == 0)).all()
    assert 0.2 < ((shown == 0) & (labels > 0)).sum() / (labels > 0).sum() < 0.4


def test_bf16_is_near_float32():
    for kind in MODELS:
        model = build(kind).eval()
        x, labels = records(4), torch.tensor([0, 1, 2, 1])
        torch.manual_seed(1)
        full = model.loss(x, labels)["loss"].item()
        torch.manual_seed(1)
        with torch.autocast("cpu", torch.bfloat16):
            half = model.loss(x, labels)["loss"]
        assert half.dtype == torch.float32
        assert half.item() == pytest.approx(full, rel=0.05)


@pytest.mark.parametrize(("kind", "bad"), [
    ("conditional", {"d_model": 0}), ("conditional", {"z_dim": 1.5}),
    ("conditional", {"beta": -1.0}), ("conditional", {"dropout": 1.0}),
    ("conditional", {"top_k": 49}), ("conditional", {"reconstruction": "huber"}),
    ("conditional", {"carrier": "bands"}), ("conditional", {"pooling": "max"}),
    ("conditional", {"spectral": 0.0}),
    ("spectrogram", {"nfft": 4}), ("spectrogram", {"hop": 0}),
    ("spectrogram", {"label_dropout": 1})])
def test_bad_sizes(kind, bad):
    _, config, size = MODELS[kind]
    with pytest.raises(TNGInputError, match=next(iter(bad))):
        config(**{**size, **bad})
