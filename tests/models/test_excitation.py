"""Noise with given levels and envelopes."""

import pytest
import torch

from obspy_tng.models.excitation import NoiseExcitation, band_gains
from obspy_tng.models.spectral_error import (
    coherence,
)


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
