"""
Flow matching of the frames of records
======================================

A flow moves Gaussian noise z to the frames x of a record [Lipman2023]_. The path is a quarter of a
circle, ``y(a) = cos(a) z + sin(a) x``, and the network learns its velocity
``dy/da = cos(a) x - sin(a) z``, which has unit variance at every angle a if x has
[Salimans_Ho2022]_. A new record starts from noise at a = 0 and follows the learned velocity to
a = pi/2. A step along the circle is exact where the velocity turns with it.

Frames are those of :mod:`obspy_tng.signal.packet_frames`. The network is given

* at every frame: time since P and S, or since the onset, and what is inside of the record;
* the earthquake, how quiet the record is in its quietest part, relative band levels;
* the **station's vector**, pooled from any number of records: their summaries are independent
  measurements of one small vector, as in :mod:`obspy_tng.models.tng`. In training it comes from
  *other* records of the station.

"Unknown" is a valid value of each: in training earthquakes, arrivals and stations are hidden at
random. Records are also mirrored (north to south, east to west), their horizontals exchanged, and
their sign changed, all of which leave a possible record, with its polarities and the coherency of
its components.

.. [Lipman2023] Lipman, Y., Chen, R. T. Q., Ben-Hamu, H., Nickel, M. and Le, M. (2023). Flow
   matching for generative modeling. ICLR.
.. [Salimans_Ho2022] Salimans, T. and Ho, J. (2022). Progressive distillation for fast sampling of
   diffusion models (angles and v, appendix D). ICLR.
"""

import copy
import math
from dataclasses import asdict, dataclass
from itertools import pairwise

import torch
import torch.nn.functional as F
from torch import nn

from .._checks import count, one_of, within
from .station_sets import other_records
from .velocity import VelocityNetwork, quarter_turn

#: phases of training
PHASES = ("simulated", "adapt")
BACKBONES = ("times", "dilated")
#: channels of a frame: coefficients and ln envelopes of Z, N and E
COEFFICIENTS, ENVELOPES = 48, 15
CHANNELS = COEFFICIENTS + ENVELOPES
#: condition of a frame: since P (4), since S (4), since the onset (4), inside of the record
FRAME_FEATURES = 13
#: of a record: earthquake (6), quietness, ln rate, relative levels of Z, N and E
EVENT, LEVELS = 6, 10
CONDITION = EVENT + 2 + 3 * LEVELS
#: probability that a record is shown without its earthquake, and without its depth
HIDDEN = 0.15
#: probability that P and S are shown, where they are known, and not the onset
P_SHOWN = 0.6
#: decay of the mean of the weights over the steps that records are generated with
MEMORY = 0.999


@dataclass(frozen=True)
class FlowConfig:
    """
    Sizes of the model.

    :param backbone: "times" (TimesBlocks with fixed periods) or "dilated" (convolutions).
    :param d_model: channels of the series inside of the network.
    :param d_ff: channels between the Inception layers of a TimesBlock.
    :param num_kernels: kernels of an Inception layer.
    :param layers: number of blocks.
    :param hidden: width of the condition.
    :param station_dim: size of the station's vector.
    :param dropout: share of the last features dropped in training.
    """

    backbone: str = "times"
    d_model: int = 96
    d_ff: int = 64
    num_kernels: int = 3
    layers: int = 9
    hidden: int = 128
    station_dim: int = 12
    dropout: float = 0.1

    def __post_init__(self):
        one_of("backbone", self.backbone, BACKBONES)
        within("dropout", self.dropout, 0, 1, "[)")
        for key, value in asdict(self).items():
            if key not in ("backbone", "dropout"):
                object.__setattr__(self, key, count(key, value, least=1))


class Summary(nn.Module):
    """A record's envelopes and levels -> its measurement of the station's vector."""

    def __init__(self, hidden, station_dim):
        super().__init__()
        self.frames = nn.Sequential(nn.Linear(ENVELOPES + FRAME_FEATURES, hidden), nn.GELU(),
                                    nn.Linear(hidden, hidden), nn.GELU())
        self.head = nn.Sequential(nn.Linear(2 * hidden + CONDITION, hidden), nn.GELU(),
                                  nn.Linear(hidden, 2 * station_dim))

    def forward(self, records, frames, condition):
        """Frames ``(batch, time, 63)`` and conditions -> ``(batch, 2 station_dim)``."""
        x = self.frames(torch.cat([records[..., COEFFICIENTS:], frames], dim=-1))
        return self.head(torch.cat([x.mean(1), x.amax(1), condition], dim=1))


class FlowModel(nn.Module):
    """
    Velocity network and station bottleneck.

    :param config: :class:`FlowConfig`.
    """

    config_class = FlowConfig
    phases = PHASES

    def __init__(self, config):
        super().__init__()
        self.config = c = config
        self.velocity = VelocityNetwork(CHANNELS, FRAME_FEATURES, CONDITION + c.station_dim + 1, c)
        self.summary = Summary(c.hidden, c.station_dim)
        # the mean of the weights over the last steps, with which records are generated
        self.averaged = copy.deepcopy(nn.ModuleList([self.velocity, self.summary]))
        self.averaged.requires_grad_(False)
        self.steps: torch.Tensor
        self.register_buffer("steps", torch.zeros((), dtype=torch.int64))

    def settings(self):
        """Constructor arguments as a JSON-able dict."""
        return asdict(self.config)

    def train(self, mode=True):
        """As of any module; the averaged weights stay in evaluation mode."""
        super().train(mode)
        self.averaged.eval()
        return self

    # -- training -----------------------------------------------------------

    def loss(self, records, frames, condition, labels, phase="adapt", epoch=None):
        """
        Mean squared error of the velocity.

        :param records: frames of records ``(batch, time, 63)``.
        :param frames: condition of each frame ``(batch, time, 13)``.
        :param condition: of each record ``(batch, 38)``.
        :param labels: number of each record's station, ``(batch,)``.
        :param phase, epoch: not used.
        :return: dict of ``loss``, and of its parts ``coefficients`` and ``envelopes``.
        """
        velocity, summary = (self.velocity, self.summary) if self.training else self.averaged
        if self.training:
            self._average()
            records, condition = mirrored(records, condition)
            condition = self._hidden(condition)
        frames = one_anchor(frames, P_SHOWN if self.training else 1.0)
        known, precision = pool(summary(records, frames, condition),
                                other_records(labels, self.training))
        given = torch.cat([condition, known, precision], dim=1)
        angle = torch.atan2(*_sides(len(records), records.device))
        noise = torch.randn_like(records)
        cosine, sine = (f(angle)[:, None, None] for f in (torch.cos, torch.sin))
        off = velocity(cosine * noise + sine * records, angle, frames, given).float() \
            - (cosine * records - sine * noise)
        # frames outside of the record do not count
        inside = frames[..., -1:] > 0
        off = (off.square() * inside).sum(1) / inside.sum(1).clamp(min=1)
        parts = [p.mean() for p in off.split([COEFFICIENTS, ENVELOPES], dim=1)]
        return {"loss": 0.5 * sum(parts), "coefficients": parts[0].detach(),
                "envelopes": parts[1].detach()}

    @torch.no_grad()
    def restart(self):
        """Begin a new training with the averaged weights, which then follow within few steps."""
        self.velocity.load_state_dict(self.averaged[0].state_dict())
        self.summary.load_state_dict(self.averaged[1].state_dict())
        self.steps.zero_()

    @torch.no_grad()
    def _average(self):
        """The weights of the last steps averaged, over ever more of them at first."""
        self.steps += 1
        share = max(1 - MEMORY, 1 / (1 + 0.1 * float(self.steps)))
        current = (*self.velocity.parameters(), *self.summary.parameters())
        for kept, new in zip(self.averaged.parameters(), current, strict=True):
            kept.lerp_(new, share)

    @staticmethod
    def _hidden(condition):
        """Earthquakes and depths hidden from some records."""
        shown = (torch.rand(len(condition), 2, device=condition.device) >= HIDDEN).float()
        event = condition[:, :EVENT] * shown[:, :1]
        depth = torch.ones_like(event)
        depth[:, [2, 4]] = shown[:, 1:2]
        event = torch.cat([(event * depth)[:, :5], condition[:, 5:6]], dim=1)
        return torch.cat([event, condition[:, EVENT:]], dim=1)

    # -- use ----------------------------------------------------------------

    @torch.no_grad()
    def summarize(self, records, frames, condition):
        """Measurements of the station's vector by records, ``(batch, 2 station_dim)``."""
        return self.averaged[1](records, frames, condition)

    @torch.no_grad()
    def generate(self, noise, frames, condition, station, steps=8, start=0.0):
        """
        Frames of records from noise.

        Steps turn by equal angles. A turn is exact where the velocity turns with it; what it
        differed by over the last step is added by half, a rule of second order that costs one
        evaluation a step, as that of Adams and Bashforth does.

        :param noise: ``(batch, time, 63)``; with ``start``, series at that angle.
        :param frames: condition of each frame, ``(batch, time, 13)``.
        :param condition: of each record, ``(batch, 38)``.
        :param station: what :func:`pool` gave, joined: ``(batch, station_dim + 1)``.
        :param steps: number of steps of a quarter turn.
        :param start: share of the quarter turn that is already done.
        :return: ``(batch, time, 63)``.
        """
        given = torch.cat([condition, station], dim=1)
        angles = quarter_turn(steps)
        angles = [start * angles[-1] + (1 - start) * a for a in angles]
        y, turned = noise, None
        for here, there in pairwise(angles):
            velocity = self.averaged[0](y, torch.full_like(noise[:, 0, 0], here), frames, given)
            slope = velocity if turned is None else velocity + 0.5 * (velocity - turned)
            cosine, sine = math.cos(there - here), math.sin(there - here)
            turned = cosine * velocity - sine * y  # the next velocity, if record and noise stay
            y = cosine * y + sine * slope
        return y


def pool(summaries, members):
    """
    Stations' vectors from the summaries of records.

    :param summaries: ``(records, 2 station_dim)``.
    :param members: which records count, ``(stations, records)``, 0 or 1.
    :return: mean ``(stations, station_dim)``, and ln of the mean precision ``(stations, 1)``; 0
        and 0 of no record.
    """
    mean, precision = summaries.chunk(2, dim=1)
    precision = F.softplus(precision)
    total = 1 + members @ precision
    return members @ (precision * mean) / total, total.mean(1, keepdim=True).log()


def one_anchor(frames, share):
    """
    P and S shown, or the onset: where a record lies in its window is given by one of them.

    :param frames: condition of each frame, ``(batch, time, 13)``; P and S are 0 where not known.
    :param share: share of the records with known P that show it.
    :return: the same, with one of both set to 0.
    """
    known = frames[..., :8].abs().amax((1, 2)) > 0
    p = (known & (torch.rand(len(frames), device=frames.device) < share))[:, None, None]
    return torch.cat([frames[..., :8] * p, frames[..., 8:12] * ~p, frames[..., 12:]], dim=-1)


def mirrored(records, condition):
    """
    Records with other signs and exchanged horizontals, each in one of sixteen ways.

    :param records: ``(batch, time, 63)``.
    :param condition: ``(batch, 38)``, whose levels are exchanged too.
    :return: both, new.
    """
    n, device = len(records), records.device
    sign = 1.0 - 2.0 * (torch.rand(n, 3, device=device) < 0.5)
    sign = torch.cat([sign[:, :1], sign[:, :1] * sign[:, 1:]], dim=1)  # whole; N; E
    exchange = torch.rand(n, 1, 1, device=device) < 0.5
    coefficients, envelopes = records.split([COEFFICIENTS, ENVELOPES], dim=-1)
    coefficients = coefficients.unflatten(-1, (3, -1)) * sign[:, None, :, None]
    first, levels = condition.split([EVENT + 2, 3 * LEVELS], dim=1)
    parts = []
    for part in (coefficients, envelopes.unflatten(-1, (3, -1)),
                 levels.reshape(n, 1, 3, LEVELS)):
        parts.append(torch.where(exchange[..., None], part[:, :, [0, 2, 1]], part).flatten(-2))
    return torch.cat(parts[:2], dim=-1), torch.cat([first, parts[2][:, 0]], dim=1)


def _sides(n, device):
    """Legs of the angles of training: time is logistic-normal, most of it in the middle."""
    time = torch.sigmoid(torch.randn(n, device=device))
    return time, 1 - time
