"""Velocity networks: one interface, any length, no neighbours in the batch."""

import math

import pytest
import torch

from obspy_tng.models.flow import BACKBONES, FlowConfig
from obspy_tng.models.timesnet import TimesBlock
from obspy_tng.models.velocity import FoldedBlock, VelocityNetwork, quarter_turn

TINY = {"d_model": 12, "d_ff": 8, "layers": 3, "hidden": 16}


@pytest.fixture(params=BACKBONES)
def network(request):
    torch.manual_seed(0)
    network = VelocityNetwork(5, 4, 6, FlowConfig(backbone=request.param, **TINY)).eval()
    for parameter in network.parameters():  # the zero layers too
        torch.nn.init.normal_(parameter, std=0.2)
    return network


def inputs(n=3, time=50):
    torch.manual_seed(1)
    return (torch.randn(n, time, 5), torch.rand(n), torch.randn(n, time, 4), torch.randn(n, 6))


@torch.no_grad()
def test_a_record_does_not_depend_on_its_batch(network):
    given = inputs()
    together = network(*given)
    assert together.shape == given[0].shape
    for i in range(3):
        assert torch.allclose(network(*(x[i:i + 1] for x in given))[0], together[i], atol=1e-4)


@torch.no_grad()
@pytest.mark.parametrize("time", [1, 7, 46, 375])
def test_any_number_of_frames(network, time):
    assert network(*inputs(2, time)).shape == (2, time, 5)


@torch.no_grad()
def test_conditions_and_angle_matter(network):
    given = inputs()
    out = network(*given)
    for k in range(1, 4):
        other = [x + 0.3 if i == k else x for i, x in enumerate(given)]
        assert not torch.allclose(network(*other), out, atol=1e-3)


@torch.no_grad()
def test_begins_with_velocity_zero():
    for backbone in BACKBONES:
        network = VelocityNetwork(5, 4, 6, FlowConfig(backbone=backbone, **TINY))
        assert not network(*inputs()).any()


@torch.no_grad()
def test_folded_block_is_a_times_block_of_one_period(monkeypatch):
    torch.manual_seed(3)
    block, published = FoldedBlock(6, 4, 2, number=1), TimesBlock(6, 4, 2, top_k=1)
    published.conv[0].load_state_dict(block.first.state_dict())
    published.conv[2].load_state_dict(block.second.state_dict())
    monkeypatch.setattr("obspy_tng.models.timesnet.dominant_periods",
                        lambda x, *_: ([[block.period]] * len(x), torch.ones(len(x), 1)))
    x = torch.randn(2, 50, 6)
    assert torch.allclose(x + block(x), published(x), atol=1e-5)


def test_quarter_turn():
    assert quarter_turn(2) == pytest.approx([0, math.pi / 4, math.pi / 2])
