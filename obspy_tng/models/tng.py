"""
The station bottleneck: a variational model of evolutionary cross-spectra
=========================================================================

A small latent cannot represent the phases of a waveform. The model therefore learns the
covariance of the components per band and frame, from which any number of waveforms can be
drawn (:mod:`obspy_tng.signal.frames`). Band levels are removed and modelled separately
(:mod:`obspy_tng.groundmotion.band_levels`). The network has four parts:

* an **encoder** of TimesBlocks, which computes a summary of the station and a Gaussian of z,
  the latent of the record, from the cross-spectra of the frames;
* the **station bottleneck**, which pools the summaries of any number of records of a station as
  independent measurements of one small vector: precisions add, so that the order does not
  matter and the uncertainty decreases with the number of records [Garnelo2018]_. There are no
  station labels: a new station needs records, but no training;
* a **decoder** of TimesBlocks, which computes powers and Cholesky coefficients per band and
  frame from z, the station's vector, the earthquake and the relative band levels;
* a **conditional prior** of z for the station and the earthquake.

Frames are aligned at t05 (:func:`obspy_tng.signal.frames.align_frames`). Frames outside of the
record do not enter the likelihood.

Training maximises the evidence lower bound with Whittle's likelihood
(:mod:`~obspy_tng.models.whittle`). The station's vector always comes from *other* records of the
station. Some earthquakes are hidden at random, so that "unknown" is a valid value.

.. [Garnelo2018] Garnelo, M. et al. (2018). Neural processes. ICML workshop on
   theoretical foundations and applications of deep generative models.
"""

import math
from dataclasses import asdict, dataclass

import torch
import torch.nn.functional as F
from torch import nn

from .._checks import count
from ..exceptions import TNGInputError
from .station_sets import other_records
from .timesnet import TimesBlock
from .whittle import whittle_loss

#: phases of training
PHASES = ("simulated", "adapt")
#: features of the earthquake: magnitude, distance, depth, whether known (2), window
EVENT_FEATURES = 6
#: probability that the earthquake of a record, or its depth, is hidden in training
HIDDEN = 0.15
#: least power of a band in a frame relative to its mean, ln
LEAST_POWER = -10.0
#: bounds of the log variances of z
LOG_VARIANCE = (-8.0, 3.0)
#: factor of the loss: a record has thousands of nats
NATS = 1e-3


@dataclass(frozen=True)
class StationBottleneckConfig:
    """
    Sizes of the model.

    :param bands: bands of the cross-spectrum.
    :param frames: frames of the cross-spectrum.
    :param d_model: channels of the series of frames.
    :param d_ff: channels between the Inception layers of a TimesBlock.
    :param e_layers: TimesBlocks of the encoder.
    :param d_layers: TimesBlocks of the decoder.
    :param num_kernels: kernels of an Inception layer.
    :param top_k: periods of a TimesBlock.
    :param z_dim: size of z.
    :param station_dim: size of the station's vector.
    :param level_dim: numbers that the relative levels are reduced to.
    :param groups: groups of bands whose mean coherences are inputs of the encoder.
    :param hidden: width of the fully connected layers.
    """

    bands: int = 50
    frames: int = 160
    d_model: int = 64
    d_ff: int = 64
    e_layers: int = 1
    d_layers: int = 2
    num_kernels: int = 3
    top_k: int = 2
    z_dim: int = 32
    station_dim: int = 12
    level_dim: int = 24
    groups: int = 13
    hidden: int = 256

    def __post_init__(self):
        for key, value in asdict(self).items():
            object.__setattr__(self, key, count(key, value, least=1))
        if self.groups > self.bands:
            raise TNGInputError(f"groups must be at most bands = {self.bands}, got {self.groups}")
        if self.top_k > self.frames // 2:
            raise TNGInputError(f"top_k must be at most frames // 2 = {self.frames // 2}, "
                                f"got {self.top_k}")


class Series(nn.Module):
    """TimesBlocks with a shared LayerNorm after each, as in the released model."""

    def __init__(self, config, layers):
        super().__init__()
        self.position = nn.Parameter(0.02 * torch.randn(1, config.frames, config.d_model))
        self.blocks = nn.ModuleList(
            TimesBlock(config.d_model, config.d_ff, config.num_kernels, config.top_k)
            for _ in range(layers))
        self.norm = nn.LayerNorm(config.d_model)

    def forward(self, x):
        x = x + self.position
        for block in self.blocks:
            x = self.norm(block(x))
        return x


def place_layer(config):
    """Linear layer for the position of frames inside or outside of a record; initially zero."""
    layer = nn.Linear(2, config.d_model, bias=False)
    nn.init.zeros_(layer.weight)
    return layer


class Encoder(nn.Module):
    """
    A record's cross-spectrum -> Gaussian of z, summary of the station.

    :param config: :class:`StationBottleneckConfig`.
    """

    def __init__(self, config):
        super().__init__()
        self.config = c = config
        groups = torch.zeros(c.groups, c.bands)
        for band in range(c.bands):
            groups[band * c.groups // c.bands, band] = 1
        self.register_buffer("groups", groups / groups.sum(1, keepdim=True), persistent=False)
        self.frames = nn.Linear(3 * c.bands + 6 * c.groups, c.d_model)
        self.context = nn.Linear(3 * c.bands + EVENT_FEATURES, c.d_model)
        self.place = place_layer(c)
        self.series = Series(c, c.e_layers)
        self.head = nn.Sequential(nn.Linear(3 * c.d_model, c.hidden // 2), nn.GELU())
        self.to_z = nn.Linear(c.hidden // 2, 2 * c.z_dim)
        self.to_station = nn.Linear(c.hidden // 2, 2 * c.station_dim)
        # small initial variances: with noise in z the decoder would learn to ignore it
        nn.init.constant_(self.to_z.bias[c.z_dim:], -2.0)

    def forward(self, spectra, levels, event, place):
        """
        :param spectra: ``(batch, 9, bands, frames)``, aligned at the onsets.
        :param levels: relative levels ``(batch, 3 * bands)``.
        :param event: ``(batch, 6)``.
        :param place: where the record lies, ``(batch, 2, frames)``, see
            :func:`obspy_tng.signal.frames.align_frames`.
        :return: mean and log variance of z ``(batch, z_dim)`` each; the station's summary
            ``(batch, 2 * station_dim)``.
        """
        n, frames = len(spectra), spectra.shape[-1]
        powers = spectra[:, :3].clamp(min=1e-5).log()
        pairs = spectra[:, [0, 0, 0, 0, 1, 1]] * spectra[:, [1, 1, 2, 2, 2, 2]]
        coherence = spectra[:, 3:] * pairs.clamp(min=1e-10).rsqrt()
        coherence = torch.einsum("ncbt,gb->ncgt", coherence, self.groups)
        x = torch.cat([powers.reshape(n, -1, frames) / 3, coherence.reshape(n, -1, frames)], 1)
        context = self.context(torch.cat([levels, event], 1))
        x = self.series(self.frames(x.transpose(1, 2)) + self.place(place.transpose(1, 2))
                        + context[:, None])
        h = self.head(torch.cat([x.mean(1), x.amax(1), x.std(1)], 1))
        mu, logvar = self.to_z(h).chunk(2, 1)
        return mu, logvar.clamp(*LOG_VARIANCE), self.to_station(h)


class Decoder(nn.Module):
    """
    z, station, earthquake and levels -> powers and Cholesky coefficients per band and frame.

    :param config: :class:`StationBottleneckConfig`.
    """

    #: channels of the first, coarse series
    seeds = 16

    def __init__(self, config):
        super().__init__()
        self.config = c = config
        inputs = c.z_dim + c.station_dim + c.level_dim + EVENT_FEATURES
        self.dense = nn.Sequential(nn.Linear(inputs, c.hidden), nn.GELU(),
                                   nn.Linear(c.hidden, c.hidden), nn.GELU())
        self.seed = nn.Linear(c.hidden, self.seeds * c.frames)
        self.widen = nn.Linear(self.seeds, c.d_model)
        self.shared = nn.Linear(c.hidden, c.d_model)
        self.place = place_layer(c)
        self.series = Series(c, c.d_layers)
        self.projection = nn.Linear(c.d_model, 9 * c.bands)

    def forward(self, z, station, context, place):
        """
        :param z: ``(batch, z_dim)``.
        :param station: ``(batch, station_dim)``.
        :param context: ``(batch, level_dim + 6)``.
        :param place: where the record lies, ``(batch, 2, frames)``.
        :return: ln power ``(batch, 3, bands, frames)``, mean power 1 over the frames if it is
            0 outside of the record (where the decoded power continues that of the record); and
            Cholesky coefficients ``(batch, 6, bands, frames)``, as
            :func:`~obspy_tng.models.whittle.whittle_loss` takes them.
        """
        c = self.config
        h = self.dense(torch.cat([z, station, context], 1))
        x = self.widen(self.seed(h).reshape(len(h), c.frames, self.seeds))
        x = self.series(x + self.shared(h)[:, None] + self.place(place.transpose(1, 2)))
        out = self.projection(x).transpose(1, 2).reshape(len(h), 9, c.bands, c.frames)
        inside = place[:, None, None, 0] > 0
        power = _mean_one(4 * out[:, :3].float(), inside)
        power = LEAST_POWER + F.softplus(power - LEAST_POWER)
        return _mean_one(power, inside), out[:, 3:].float()


def _mean_one(power, inside):
    """Ln powers ``(..., frames)``, with mean power 1 over the frames if it is 0 outside."""
    total = torch.where(inside, power, -torch.inf).logsumexp(-1, keepdim=True)
    return power - total + math.log(power.shape[-1])


class StationBottleneckModel(nn.Module):
    """
    Encoder, station bottleneck, conditional prior and decoder.

    :param config: :class:`StationBottleneckConfig`.
    :param weights: independent samples per band and frame ``(bands,)``, see
        :func:`obspy_tng.signal.frames.frame_weights`; None: 1. They are a property of the records
        and are not saved with the weights.
    """

    config_class = StationBottleneckConfig
    phases = PHASES

    def __init__(self, config, weights=None):
        super().__init__()
        self.config = c = config
        self.encoder, self.decoder = Encoder(c), Decoder(c)
        self.relative = nn.Linear(3 * c.bands, c.level_dim)
        self.prior = nn.Sequential(
            nn.Linear(c.station_dim + c.level_dim + EVENT_FEATURES, c.hidden // 2), nn.GELU(),
            nn.Linear(c.hidden // 2, 2 * c.z_dim))
        weights = torch.ones(c.bands) if weights is None else torch.as_tensor(weights)
        self.register_buffer("weights", weights.float(), persistent=False)

    def settings(self):
        """Constructor arguments as a JSON-able dict."""
        return asdict(self.config)

    def context(self, levels, event):
        """Inputs of decoder and prior from levels and earthquake, ``(batch, level_dim + 6)``."""
        return torch.cat([self.relative(levels), event], 1)

    def pool(self, summaries, members):
        """
        A station's vector from the summaries of records.

        :param summaries: ``(records, 2 * station_dim)``.
        :param members: which records count, ``(stations, records)``, 0 or 1.
        :return: mean and variance, ``(stations, station_dim)``; of no record: 0 and 1.
        """
        mean, precision = summaries.chunk(2, 1)
        precision = F.softplus(precision)
        total = 1 + members @ precision
        return members @ (precision * mean) / total, 1 / total

    def expected(self, station, context):
        """Mean and log variance of z at a station for an earthquake."""
        mean, logvar = self.prior(torch.cat([station, context], 1)).chunk(2, 1)
        return mean, logvar.clamp(-6, 2)

    def loss(self, spectra, levels, event, place, labels, phase="adapt", epoch=None):
        """
        Negative evidence lower bound, in thousands of nats per record.

        :param spectra: ``(batch, 9, bands, frames)``.
        :param levels: relative levels, ``(batch, 3 * bands)``.
        :param event: features of the earthquakes, ``(batch, 6)``.
        :param place: where the records lie, ``(batch, 2, frames)``; other frames have no weight.
        :param labels: number of each record's station, ``(batch,)``.
        :param phase, epoch: not used.
        :return: dict of ``loss``, and of ``likelihood`` and ``kl`` in nats for the log.
        """
        event = self._hide(event.float())
        mu, logvar, summaries = self.encoder(spectra, levels, event, place)
        station, variance = self.pool(summaries, other_records(labels, self.training))
        station = station + variance.sqrt() * torch.randn_like(station)
        context = self.context(levels, event)
        mean, expected = self.expected(station, context)
        kl = 0.5 * (expected - logvar - 1
                    + (logvar.exp() + (mu - mean).square()) / expected.exp()).sum(1)
        z = mu + (0.5 * logvar).exp() * torch.randn_like(mu)
        weights = self.weights[:, None] * place[:, None, 0]
        misfit = whittle_loss(*self.decoder(z, station, context, place), spectra, weights)
        return {"loss": NATS * (misfit + kl).mean(), "likelihood": -misfit.detach().mean(),
                "kl": kl.detach().mean()}

    def _hide(self, event):
        """Earthquakes and depths hidden from some records (in training)."""
        if not self.training:
            return event
        shown = torch.rand(len(event), 2, device=event.device) >= HIDDEN
        event = event.clone()
        event[~shown[:, 1], 2] = event[~shown[:, 1], 4] = 0
        event[~shown[:, 0], :5] = 0
        return event
