"""The conditional model, the spectrogram VAE and their losses."""

from itertools import pairwise

import numpy as np
import pytest
import torch

from obspy_tng.exceptions import TNGInputError
from obspy_tng.models.conditional_vae import (
    ConditionalConfig,
    ConditionalModel,
)
from obspy_tng.models.excitation import NoiseExcitation, band_gains
from obspy_tng.models.losses import active_units, divergence, kl_loss, kl_weight
from obspy_tng.models.spectral_error import (
    band_power,
    bands_of,
    coherence,
    coherence_error,
    spectral_error,
)
from obspy_tng.models.spectrogram_vae import SpectrogramConfig, SpectrogramVAE
from obspy_tng.models.variational import shown_labels

TINY = {"seq_len": 96, "d_model": 6, "d_ff": 6, "e_layers": 1, "d_layers": 1, "num_kernels": 2,
        "top_k": 1, "z_dim": 4, "station_dim": 3, "stations": ("A.A", "B.B")}
TINY_VAE = {"seq_len": 96, "nfft": 16, "hop": 4, "channels": 4, "layers": 2, "z_dim": 4,
            "station_dim": 3, "stations": ("A.A", "B.B")}
MODELS = {"conditional": (ConditionalModel, ConditionalConfig, TINY),
          "spectrogram": (SpectrogramVAE, SpectrogramConfig, TINY_VAE)}


def build(kind, **changes):
    model, config, size = MODELS[kind]
    torch.manual_seed(0)
    return model(config(**{**size, **changes}))


def records(n=3, seed=0):
    rng = np.random.default_rng(seed)
    t = np.arange(96)[None, :, None]
    x = np.sin(2 * np.pi * t / rng.uniform(6, 30, (n, 1, 3)) + rng.uniform(0, 6, (n, 1, 3)))
    return torch.as_tensor(50 * x * np.exp(-t / 60) + rng.normal(0, 2, (n, 96, 3))).float()


# -- losses -------------------------------------------------------------------


def test_divergence_against_torch():
    mu, logvar = torch.randn(5, 7), torch.randn(5, 7)
    expected = torch.distributions.kl_divergence(
        torch.distributions.Normal(mu, torch.exp(0.5 * logvar)), torch.distributions.Normal(0, 1))
    torch.testing.assert_close(divergence(mu, logvar), expected)
    assert kl_loss(torch.zeros(2, 7), torch.zeros(2, 7), 1e-3).item() == pytest.approx(1e-3)


def test_warm_up():
    assert [round(kl_weight(e, 0.05, 30), 6) for e in (0, 14, 29, 100, None)] == [
        round(0.05 / 30, 6), 0.025, 0.05, 0.05, 0.05]


def test_active_units():
    mu = np.zeros((50, 3))
    mu[:, 1] = np.linspace(-1, 1, 50)
    assert active_units(mu) == 1


def test_band_power_against_a_slow_loop():
    x = np.random.default_rng(0).standard_normal((2, 96, 3))
    window = 0.5 - 0.5 * np.cos(2 * np.pi * np.arange(16) / 16)
    bands = [[3], [4], [5], [6], [7], [8]]
    for row, series in zip(band_power(torch.as_tensor(x), 6), x.swapaxes(1, 2).reshape(6, 96),
                           strict=True):
        padded = np.pad(series, 8, mode="reflect")
        power = [np.abs(np.fft.rfft(window * padded[4 * i:4 * i + 16])) ** 2 / (window ** 2).sum()
                 for i in range(25)]
        for frame in range(7):
            some = np.mean(power[4 * frame:4 * frame + 4], axis=0)
            np.testing.assert_allclose(row[:, frame],
                                       np.log([some[b].mean() + 1e-4 for b in bands]), atol=1e-6)


def test_bands():
    bands = bands_of(6000)
    torch.testing.assert_close(bands.sum(1), torch.ones(len(bands)))
    assert (bands > 0).sum(0)[3:].eq(1).all()
    assert 40 < len(bands) < 60


def test_spectral_error_does_not_see_phase_but_sees_scale():
    noise = torch.randn(1, 9600, 3)
    assert spectral_error(noise, noise) == 0
    assert spectral_error(-noise, noise) == 0
    assert spectral_error(np.e * noise, noise).item() == pytest.approx(2, abs=0.02)
    assert spectral_error(torch.randn(1, 9600, 3), noise) < 0.6  # other phases, same spectrum


def test_coherence_against_a_slow_loop():
    x = np.random.default_rng(0).standard_normal((2, 96, 3))
    x[..., 1] = 2 * x[..., 0]
    found = coherence(torch.as_tensor(x))
    edges = [3, 4, 5, 6, 7, 8, 9, 10, 11, 12, 13, 15, 17, 19, 21, 24, 27, 30, 34, 38, 43, 48, 54]
    assert found.shape == (2, 3, len(edges) - 1)
    for i, record in enumerate(x):
        f = np.fft.rfft(record.T)
        for pair, (j, k) in enumerate(((0, 1), (0, 2), (1, 2))):
            for band, (low, high) in enumerate(pairwise(edges)):
                a, b = f[j, low:high], f[k, low:high]
                expected = abs((a * b.conj()).sum()) ** 2 / (
                    (abs(a) ** 2).sum() * (abs(b) ** 2).sum())
                assert found[i, pair, band].item() == pytest.approx(expected, abs=1e-9)
    torch.testing.assert_close(found[:, 0], torch.ones_like(found[:, 0]))
    assert coherence_error(torch.as_tensor(3 * x), torch.as_tensor(x)) < 1e-9


@pytest.mark.parametrize("scale", [0.0, 1e-12, 1e-6, 1e6, 1e12])
def test_gradient_of_coherence_is_finite_for_every_scale(scale):
    x = (scale * torch.randn(2, 96, 3)).requires_grad_()
    coherence_error(x, torch.randn(2, 96, 3)).backward()
    assert x.grad.isfinite().all()


# -- the excitation -----------------------------------------------------------


@pytest.mark.parametrize("length", [96, 501, 6000])
def test_bands_add_up_to_the_whole(length):
    gains = band_gains(length)
    torch.testing.assert_close(gains.sum(0)[1:], torch.ones(length // 2))
    assert (gains[:, 0] == 0).all()
    assert ((gains > 1e-6).sum(0)[1:] <= 2).all()


def test_excitation_has_the_levels_and_the_envelope_it_is_told():
    torch.manual_seed(0)
    model = NoiseExcitation(5, 6000)
    for layer in (model.levels, model.envelope):
        torch.nn.init.zeros_(layer.weight)
    with torch.no_grad():
        model.levels.bias.copy_(torch.linspace(-2, 0, model.bands).repeat(3))
        model.envelope.bias.copy_(torch.linspace(0, -6, 24).repeat(3 * 8))
    x = model(torch.zeros(4, 5), torch.randn(4, 6000, 3)).detach()
    power = model._analyse(x).square().mean(-1).log() / 2
    # the lowest bands have two or three bins: what neighbours add to them scatters
    torch.testing.assert_close(power.mean((0, 1))[15:-2],
                               torch.linspace(-2, 0, model.bands)[15:-2], atol=0.2, rtol=0)
    thirds = x.reshape(4, 3, 2000, 3).square().mean((0, 2, 3)).log()
    assert thirds.diff().numpy() == pytest.approx([-4, -4], abs=0.3)
    assert coherence(x)[..., 40:].mean() < 0.1
    again = NoiseExcitation(5, 6000)
    again.calibrate(x)
    torch.testing.assert_close(again.levels.bias.reshape(3, -1), power.mean(0), atol=0.05, rtol=0)


@torch.no_grad()
def test_records_of_one_z_differ_as_real_ones_do():
    """The same spectrum and envelope, other phases; the same noise, the same record."""
    torch.manual_seed(0)
    model = build("conditional", seq_len=3000).eval()
    z, labels, noise = torch.zeros(2, 4), torch.tensor([1, 1]), torch.randn(2, 3000, 3)
    first, second = model.decode(z, labels, noise)
    assert abs(np.corrcoef(first[:, 0], second[:, 0])[0, 1]) < 0.2
    torch.testing.assert_close(model.decode(z, labels, noise)[0], first)
    assert not torch.allclose(model.decode(z, labels)[0], first, atol=0.1)


@torch.no_grad()
def test_components_pass_apart_at_first():
    model = build("conditional", seq_len=3000).eval()
    decoded = model.decode(torch.randn(8, 4), torch.zeros(8, dtype=int))
    assert coherence(decoded)[..., 20:].mean() < 0.15


# -- the networks -------------------------------------------------------------


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


@torch.no_grad()
def test_the_station_reaches_every_block():
    """The code changes encoder and decoder; without stations there is none."""
    model = build("conditional").eval()
    x = records(1)
    mu = [model.encode(x, torch.tensor([i]))[0] for i in range(3)]
    z, noise = torch.zeros(1, 4), torch.randn(1, 96, 3)
    out = [model.decode(z, torch.tensor([i]), noise) for i in range(3)]
    for values in (mu, out):
        assert not torch.allclose(values[0], values[1])
        assert not torch.allclose(values[1], values[2])
    model.stations.embedding.weight.zero_()  # what is left comes through the maps
    again = [model.decode(z, torch.tensor([i]), noise) for i in range(3)]
    assert not torch.allclose(again[1], again[2])
    first = model.decoder.blocks[0].conv[0].kernels[0].weight
    assert first.shape[1] == 6 + 2
    assert build("conditional", stations=()).decoder.blocks[0].conv[0].kernels[0].weight.shape[1] \
        == 6


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


def test_spectrogram_and_back():
    model = build("spectrogram")
    x = records(2)
    torch.testing.assert_close(model.waveform(model.spectrogram(x)), x, rtol=1e-4, atol=1e-3)
    noise = torch.randn(1, 9600, 3)
    assert build("spectrogram", seq_len=9600).spectrogram(noise).abs().square().mean().item() \
        == pytest.approx(1, rel=0.05)


@torch.no_grad()
def test_griffin_lim_makes_phases_that_go_with_the_amplitudes():
    model = build("spectrogram").eval()
    z, labels = torch.randn(1, 4), torch.tensor([1])
    start = 6 * torch.rand(1, 3, *model.shape)

    def misfit(iterations):
        wave = model.decode(z, labels, iterations=iterations, start=start)
        maps = model.decode_features(z, labels)[:, :3]
        amplitude = (-3 + 3 * maps).exp() - 1e-3
        return (model.spectrogram(wave).abs() - amplitude.clamp(min=0)).norm()

    assert misfit(32) < 0.9 * misfit(0)


def test_overfits_eight_records():
    """Wide enough for records of 96 samples, and with nothing in the way, it learns by heart."""
    model = build("conditional", d_model=48, d_ff=48, z_dim=16, dropout=0.0, spectral=0.0,
                  beta=0.0, num_kernels=1, carrier="table")
    x, labels = records(8), torch.arange(8) % 3
    optimizer = torch.optim.AdamW(model.parameters(), lr=1e-2, weight_decay=0)
    schedule = torch.optim.lr_scheduler.OneCycleLR(optimizer, 1e-2, 800)
    model.eval()  # z is its mean
    for _ in range(800):
        optimizer.zero_grad()
        model.loss(x, labels)["loss"].backward()
        torch.nn.utils.clip_grad_norm_(model.parameters(), 1.0)
        optimizer.step()
        schedule.step()
    with torch.no_grad():
        mu, _, means, stdev = model.encode(x, labels)
        target = (x - means) / stdev
        error = (model.decode(mu, labels) - target).flatten(1).norm(dim=1)
        error = error / target.flatten(1).norm(dim=1)
    assert error.max() <= 0.05


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
