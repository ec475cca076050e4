"""Flow matching: the path, its rule, what is hidden and mirrored, the station's vector."""

import math

import pytest
import torch

from obspy_tng.exceptions import TNGInputError
from obspy_tng.models.flow import (
    CHANNELS,
    COEFFICIENTS,
    CONDITION,
    EVENT,
    FRAME_FEATURES,
    FlowConfig,
    FlowModel,
    mirrored,
    one_anchor,
    pool,
)

TINY = {"d_model": 12, "d_ff": 8, "layers": 3, "hidden": 16, "station_dim": 4}
TIME = 24


def batch(n=8):
    torch.manual_seed(1)
    frames = torch.randn(n, TIME, FRAME_FEATURES)
    frames[..., -1] = 1
    return (torch.randn(n, TIME, CHANNELS), frames, torch.randn(n, CONDITION),
            torch.arange(n) // 4)


@pytest.fixture
def model():
    torch.manual_seed(0)
    return FlowModel(FlowConfig(**TINY)).eval()


def test_untrained_loss_is_the_variance(model):
    torch.manual_seed(2)
    found = [float(model.loss(*batch(64))["loss"]) for _ in range(5)]
    assert sum(found) / 5 == pytest.approx(1, abs=0.02)


class Known(torch.nn.Module):
    """Velocity of the flow to a normal distribution, in closed form."""

    def __init__(self, mean, sd):
        super().__init__()
        self.mean, self.sd = mean, sd

    def forward(self, y, angle, frames, condition):
        cosine, sine = (f(angle)[:, None, None] for f in (torch.cos, torch.sin))
        variance = cosine**2 + (self.sd * sine)**2
        off = y - sine * self.mean
        record = self.mean + self.sd**2 * sine / variance * off
        noise = cosine / variance * off
        return cosine * record - sine * noise


def test_steps_reach_a_known_distribution(model):
    model.averaged[0] = Known(0.7, 0.4)
    noise = torch.randn(4, TIME, CHANNELS)
    given = torch.zeros(4, TIME, FRAME_FEATURES), torch.zeros(4, CONDITION), torch.zeros(4, 5)
    exact = 0.7 + 0.4 * noise
    errors = [float((model.generate(noise, *given, steps=n) - exact).abs().max())
              for n in (8, 16, 32)]
    assert errors[2] < 0.35 * errors[1] < 0.35**2 * errors[0]  # second order: a quarter
    assert errors[2] < 0.03


def test_start_continues_a_flow(model):
    model.averaged[0] = Known(0.0, 1.0)
    record = torch.randn(1, TIME, CHANNELS)
    given = torch.zeros(1, TIME, FRAME_FEATURES), torch.zeros(1, CONDITION), torch.zeros(1, 5)
    assert torch.allclose(model.generate(record, *given, steps=4, start=1.0), record, atol=1e-6)


def test_learns_the_mean_of_records():
    torch.manual_seed(0)
    model = FlowModel(FlowConfig(backbone="dilated", **{**TINY, "layers": 1})).train()
    records = torch.full((8, TIME, CHANNELS), 0.5) + 0.1 * torch.randn(8, TIME, CHANNELS)
    _, frames, condition, labels = batch()
    optimizer = torch.optim.Adam(model.parameters(), 1e-2)
    losses = []
    for _ in range(60):
        # signs change at random: envelopes only
        loss = model.loss(records, frames, condition, labels)["envelopes"]
        total = model.loss(records, frames, condition, labels)["loss"]
        optimizer.zero_grad()
        total.backward()
        optimizer.step()
        losses.append(float(loss))
    assert sum(losses[-10:]) < 0.75 * sum(losses[:10])
    assert int(model.steps) == 120
    # the averaged weights follow, and a new training begins with them
    model.eval()
    assert float(model.loss(records, frames, condition, labels)["envelopes"]) < losses[0]
    model.restart()
    assert int(model.steps) == 0
    assert all(torch.equal(a, b) for a, b in zip(
        model.velocity.parameters(), model.averaged[0].parameters(), strict=True))


def test_station_vector_does_not_depend_on_order():
    torch.manual_seed(4)
    summaries = torch.randn(6, 8)
    members = torch.ones(1, 6)
    one = pool(summaries, members)
    other = pool(summaries[torch.randperm(6)], members)
    assert all(torch.allclose(a, b, atol=1e-6) for a, b in zip(one, other, strict=True))
    none = pool(summaries, torch.zeros(1, 6))
    assert not none[0].any()
    assert not none[1].any()
    assert (pool(summaries, members)[1] > 0).all()  # surer with records


def test_frames_outside_of_a_record_do_not_count(model):
    records, frames, condition, _ = batch()
    frames[:, TIME // 2:, -1] = 0
    values = []
    for _ in range(2):
        torch.manual_seed(5)
        values.append(float(model.loss(records, frames, condition, torch.arange(8))["loss"]))
        records = records.clone()
        records[:, TIME // 2:] = 1e3
    assert values[0] == pytest.approx(values[1])


def test_mirrored_records_keep_energy_and_polarity():
    records, _, condition, _ = batch(200)
    found, levels = mirrored(records, condition)
    parts, before = (x[..., :COEFFICIENTS].unflatten(-1, (3, 16)) for x in (found, records))
    assert torch.allclose(parts[:, :, 0].abs(), before[:, :, 0].abs())
    assert torch.allclose(parts.abs().sum((2, 3)), before.abs().sum((2, 3)), atol=1e-4)
    same = (levels == condition).all(1)
    assert 0.3 < same.float().mean() < 0.7  # horizontals are exchanged in half of them
    assert torch.equal(levels[:, :EVENT + 2], condition[:, :EVENT + 2])
    signs = torch.stack([(parts[same][:, :, c] / before[same][:, :, c]).mean((1, 2))
                         for c in range(3)], 1)
    assert torch.allclose(signs.abs(), torch.ones(1), atol=1e-4)
    assert len(signs.round().unique(dim=0)) == 8


def test_one_anchor():
    frames = torch.randn(400, TIME, FRAME_FEATURES)
    frames[:100, :, :8] = 0
    shown = one_anchor(frames, 0.6)
    p, onset = shown[..., :8].abs().amax((1, 2)) > 0, shown[..., 8:12].abs().amax((1, 2)) > 0
    assert torch.equal(p, ~onset)
    assert not p[:100].any()
    assert 0.5 < p[100:].float().mean() < 0.7
    assert one_anchor(frames, 1.0)[100:, :, :8].abs().amax((1, 2)).all()


@pytest.mark.parametrize("bad", [{"backbone": "unet"}, {"layers": 0}, {"dropout": 1.0},
                                 {"d_model": 1.5}])
def test_bad_sizes(bad):
    with pytest.raises(TNGInputError):
        FlowConfig(**bad)


def test_settings_are_the_arguments(model):
    assert FlowConfig(**model.settings()) == model.config
    assert math.isclose(model.config.dropout, 0.1)
