"""
Velocity networks: what moves noise to the frames of a record
=============================================================

A velocity network takes noisy series ``(batch, time, channel)``, a condition of every time and one
of the whole series, and returns a velocity of the same shape as the series. Its blocks keep the
length, so that any number of frames fits. The condition of the whole series scales, shifts and
gates each block [Peebles_Xie2023]_. Two kinds of block have one interface:

* ``"times"``: TimesBlocks (:mod:`obspy_tng.models.timesnet`) with **fixed periods**. A series is
  folded into rows of one period, and a 2-D convolution joins each frame with its neighbours in
  time and those one and two periods away. Published TimesBlocks fold by the largest lines of the
  spectrum of their input; at the beginning of a flow the input is noise, and so would be the
  periods. Here they are 5, 15 and 45 frames in turn, so that three blocks see the whole series.
* ``"dilated"``: depthwise dilated convolutions with two pointwise layers [Liu2022]_, the plain
  control.

.. [Peebles_Xie2023] Peebles, W. and Xie, S. (2023). Scalable diffusion models with transformers.
   ICCV.
.. [Liu2022] Liu, Z., Mao, H., Wu, C.-Y., Feichtenhofer, C., Darrell, T. and Xie, S. (2022). A
   ConvNet for the 2020s. CVPR.
"""

import math

import torch
import torch.nn.functional as F
from torch import nn

from .timesnet import Inception, fold

#: periods (frames) of successive TimesBlocks
PERIODS = (5, 15, 45)
#: dilations of successive convolutions, their kernel, and how much wider the pointwise layers are
DILATIONS, KERNEL, WIDER = (1, 2, 4, 8, 16), 7, 3
#: sines of the angle of the flow that networks are shown
ANGLES = 8


class FoldedBlock(nn.Module):
    """
    TimesBlock with one fixed period, without the residual connection.

    :param d_model: channels of the series.
    :param d_ff: channels between the two Inception layers.
    :param num_kernels: kernels of an Inception layer.
    :param number: position of the block, which chooses its period.
    """

    def __init__(self, d_model, d_ff, num_kernels, number):
        super().__init__()
        self.period = PERIODS[number % len(PERIODS)]
        self.first = Inception(d_model, d_ff, num_kernels)
        self.second = Inception(d_ff, d_model, num_kernels)

    def forward(self, x):
        """Series ``(batch, time, d_model)`` -> the same shape."""
        maps = self.first.convolve([fold(x, self.period)])
        maps = self.second.convolve([F.gelu(maps[0])])
        return maps[0].flatten(1, 2)[:, :x.shape[1]]


class DilatedBlock(nn.Module):
    """
    Dilated convolution of each channel, then two pointwise layers; no residual connection.

    :param d_model: channels of the series.
    :param number: position of the block, which chooses its dilation.
    """

    def __init__(self, d_model, number):
        super().__init__()
        dilation = DILATIONS[number % len(DILATIONS)]
        self.conv = nn.Conv1d(d_model, d_model, KERNEL, padding=KERNEL // 2 * dilation,
                              dilation=dilation, groups=d_model)
        self.widen, self.narrow = nn.Linear(d_model, WIDER * d_model), nn.Linear(WIDER * d_model,
                                                                                 d_model)

    def forward(self, x):
        """Series ``(batch, time, d_model)`` -> the same shape."""
        return self.narrow(F.gelu(self.widen(self.conv(x.transpose(1, 2)).transpose(1, 2))))


class VelocityNetwork(nn.Module):
    """
    Blocks between a projection to their width and one back, given the conditions.

    :param channels: channels of the series.
    :param frame_features: channels of the condition of each frame.
    :param condition: numbers of the condition of the whole series.
    :param config: :class:`~obspy_tng.models.flow.FlowConfig`, with ``backbone``, ``d_model``,
        ``d_ff``, ``num_kernels``, ``layers``, ``hidden`` and ``dropout``.
    """

    def __init__(self, channels, frame_features, condition, config):
        super().__init__()
        c = config
        self.inputs = nn.Linear(channels + frame_features, c.d_model)
        self.condition = nn.Sequential(
            nn.Linear(2 * ANGLES + condition, c.hidden), nn.SiLU(),
            nn.Linear(c.hidden, c.hidden), nn.SiLU())
        self.blocks = nn.ModuleList(
            FoldedBlock(c.d_model, c.d_ff, c.num_kernels, i) if c.backbone == "times"
            else DilatedBlock(c.d_model, i) for i in range(c.layers))
        self.film = nn.ModuleList(nn.Linear(c.hidden, 3 * c.d_model) for _ in range(c.layers))
        self.norm = nn.LayerNorm(c.d_model, elementwise_affine=False)
        self.dropout = nn.Dropout(c.dropout)
        self.outputs = nn.Linear(c.d_model, channels)
        for layer in (*self.film, self.outputs):  # begins as the identity, with velocity 0
            nn.init.zeros_(layer.weight)
            nn.init.zeros_(layer.bias)

    def forward(self, series, angle, frames, condition):
        """
        Velocities.

        :param series: noisy series ``(batch, time, channels)``.
        :param angle: ``(batch,)``, 0 (noise) to pi/2 (records).
        :param frames: condition of each frame, ``(batch, time, frame_features)``.
        :param condition: condition of the whole series, ``(batch, condition)``.
        :return: ``(batch, time, channels)``.
        """
        turns = angle[:, None] * 2.0 ** torch.arange(ANGLES, device=angle.device)
        given = self.condition(torch.cat([turns.sin(), turns.cos(), condition], dim=1))
        x = self.inputs(torch.cat([series, frames], dim=-1))
        for block, film in zip(self.blocks, self.film, strict=True):
            scale, shift, gate = film(given)[:, None].chunk(3, dim=-1)
            x = x + (1 + gate) * block(self.norm(x) * (1 + scale) + shift)
        return self.outputs(self.dropout(self.norm(x)))


def quarter_turn(steps):
    """
    Angles at which a flow is evaluated.

    :param steps: number of equal steps from 0 to pi/2.
    :return: list of ``steps + 1`` floats.
    """
    return [0.5 * math.pi * k / steps for k in range(steps + 1)]
