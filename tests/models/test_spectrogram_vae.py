"""The spectrogram VAE: spectrograms and waveforms."""

import pytest
import torch

from .tiny_models import build, records


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
