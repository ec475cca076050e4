"""
``architecture="conditional"`` and ``"spectrogram"``: variational bottlenecks
=============================================================================

Both networks encode a record as a Gaussian distribution of z and decode a standardised
record from z. The conditional network also draws noise for each record, since z has no
phases. The bank keeps the Gaussian and the levels of an enrolled record, but not its
waveform.

``generate`` draws z from the station's aggregate posterior (``sampler="posterior"``,
default): a record at random, then a value from its Gaussian. The decoder was trained with this
distribution, which is specific to the station. The prior N(0, 1) (``sampler="prior"``) is the
same for all stations, so that only the code distinguishes them; with a weight of the
divergence of 0.05 it also has regions without any training record.
``sampler="dirichlet"`` mixes the means of several records.

A station that is enrolled later has the code zero. The first phase trains this code on all
records, and the second on those whose station is hidden. The properties of the station then come
from its posteriors alone, without training.
"""

from dataclasses import replace
from typing import ClassVar

import numpy as np
import torch

from .._checks import count, one_of
from ..exceptions import TNGInputError
from ..models.conditional_vae import ConditionalConfig, ConditionalModel
from ..models.spectrogram_vae import SpectrogramConfig, SpectrogramVAE
from ..training import Trainer
from .amplitudes import check_amplitudes, published_amplitudes, station_amplitudes
from .mixing import dirichlet_weights
from .released import GAL, ReleasedMethod
from .sizes import config_of_size

SAMPLERS = ("posterior", "dirichlet", "prior")
#: records that scale what the bottleneck sees
CALIBRATION = 64
#: sizes of the conditional model; "paper": those in the paper, the rest as in the released code
SIZES = {
    "paper": {"d_model": 128, "d_ff": 256, "e_layers": 2, "d_layers": 2, "num_kernels": 6,
              "z_dim": 128, "spectral": 0.0, "pooling": "mean", "carrier": "table"},
    "small": {"d_model": 16, "d_ff": 16, "e_layers": 1, "d_layers": 1, "num_kernels": 3,
              "z_dim": 64, "station_dim": 8},
}
#: sizes of the spectrogram VAE; the paper gives none
SPECTROGRAM_SIZES = {"paper": {}, "small": {"channels": 8, "z_dim": 64, "station_dim": 8}}


class ConditionalMethod:
    """
    The station-conditioned model: how it trains, enrols and draws.

    :param npts: samples of a record.
    :param sampling_rate: Hz; the network does not depend on it.
    :param size: name in :attr:`sizes`, or a dict of
        :class:`~obspy_tng.models.conditional_vae.ConditionalConfig` arguments.
    :param device: torch device.
    :param seed: seed of the initial weights.
    """

    config_class: type = ConditionalConfig
    model_class: type = ConditionalModel
    sizes: dict = SIZES
    #: the bottleneck has a thousand inputs: larger steps make z unstable
    training: ClassVar[dict] = {"learning_rate": 3e-3, "finetune_learning_rate": 1e-3}
    #: names of the options of :meth:`draw` and :meth:`decode_draw`
    options: ClassVar[tuple] = ("sampler", "k", "alpha", "amplitudes")
    station_phase: ClassVar[bool] = True

    @staticmethod
    def idle_settings(trained):
        """See :class:`~obspy_tng.methods.base.Method`."""
        return ReleasedMethod.idle_settings(trained)

    def __init__(self, npts, sampling_rate=100.0, size="small", device="cpu", seed=0):
        config = config_of_size(self.config_class, size, self.sizes, seq_len=npts)
        self.device, self.seed = torch.device(device), seed
        self._build(config)

    def _build(self, config):
        with torch.random.fork_rng(devices=[]):
            torch.manual_seed(self.seed)
            self.model = self.model_class(config)
        self.model.to(self.device).eval()

    # -- training -----------------------------------------------------------

    def fit(self, groups, targets, settings, **trainer_options):
        """
        Train in two phases: on all stations without their codes, then on the targets with codes.

        :param groups: dict station -> (data ``(n, 3, npts)``, infos).
        :param targets: stations that get codes.
        :param settings: :class:`~obspy_tng.training.TrainingSettings`.
        :param trainer_options: seed, checkpoint, progress, log of
            :class:`~obspy_tng.training.Trainer`.
        :return: list of dicts, the training history.
        """
        self._build(replace(self.model.config, stations=tuple(targets)))
        labels = {station: self._label(station) for station in groups}
        data, validation = {}, {}
        for name, members in zip(self.model.phases, (list(groups), targets), strict=True):
            data[name], validation[name] = settings.split(groups, members, self._to_model, labels)
        phases = settings.phases(*self.model.phases)
        first = data[self.model.phases[0]]
        chosen = np.unique(np.linspace(0, len(first) - 1, CALIBRATION).astype(int))
        self.model.calibrate(torch.as_tensor(first.batch(chosen)[0]).to(self.device))
        trainer = Trainer(self.model, self.device, precision=settings.precision,
                          parts=settings.parts, **trainer_options)
        history = trainer.run(phases, data, validation)
        self.model.eval()
        return history

    # -- records in and out of the network -----------------------------------

    _to_model = staticmethod(ReleasedMethod._to_model)
    fit_bank = staticmethod(ReleasedMethod.fit_bank)

    def _label(self, station):
        """1 + the position of a station's code, or 0 for a station that has none."""
        known = self.model.config.stations
        return 1 + known.index(station) if station in known else 0

    @torch.no_grad()
    def encode(self, station, data, infos=None, batch_size=8):
        """
        What the bank keeps of a station's records.

        :param station: station id.
        :param data: ``(n, 3, npts)``, ZNE, m/s^2.
        :param infos: of the records; not used.
        :param batch_size: records that go through the network at a time.
        :return: dict of ``mu`` and ``logvar`` (n, z_dim), ``mean`` and ``stdev`` (n, 3) in m/s^2.
        """
        parts = []
        for first in range(0, len(data), batch_size):
            x = torch.as_tensor(self._to_model(data[first:first + batch_size])).to(self.device)
            labels = torch.full((len(x),), self._label(station), device=self.device)
            mu, logvar, means, stdev = self.model.encode(x, labels)
            parts.append([t.cpu().numpy() for t in (mu, logvar, means[:, 0], stdev[:, 0])])
        mu, logvar, means, stdev = (np.concatenate(p) for p in zip(*parts, strict=True))
        return {"mu": mu, "logvar": logvar,
                "mean": np.ascontiguousarray(means[:, ::-1] / GAL, dtype=np.float64),
                "stdev": np.ascontiguousarray(stdev[:, ::-1] / GAL, dtype=np.float64)}

    def reconstruct(self, station, data, infos=None):
        """
        Records ``(n, 3, npts)`` of a station through encoder and decoder.

        They have the spectra and envelopes of the records. The phases, which z does not contain,
        are drawn from a fixed seed.
        """
        kept = self.encode(station, data)
        decoded = np.stack([self.decode_draw(station, z, np.random.default_rng(0))
                            for z in kept["mu"]])
        return decoded * kept["stdev"][..., None] + kept["mean"][..., None]

    @torch.no_grad()
    def decode(self, station, z, **options):
        """
        A standardised record.

        :param station: station id.
        :param z: ``(z_dim,)``.
        :param options: of the model's ``decode``.
        :return: ``(3, npts)``, ZNE.
        """
        # one at a time: the last digit of a convolution depends on the batch
        z = torch.as_tensor(np.asarray(z, dtype=np.float32), device=self.device)[None]
        label = torch.full((1,), self._label(station), device=self.device)
        return self.model.decode(z, label, **options)[0].T.flip(0).cpu().numpy().astype(float)

    # -- drawing --------------------------------------------------------------

    def draw(self, enrolled, station, rngs, scenarios, levels, *, sampling_rate,
             sampler="posterior", k=None, alpha=None, amplitudes="station", **decoding):
        """
        Draw realizations of a station.

        :param enrolled: the station's :class:`~obspy_tng.records.enrolled.Enrolled`.
        :param station: station id.
        :param rngs: one generator per realization.
        :param scenarios: the :class:`~obspy_tng.groundmotion.scenario.Scenario` asked for, one per
            realization.
        :param levels: :class:`~obspy_tng.groundmotion.component_levels.LevelModel`.
        :param sampling_rate: Hz.
        :param sampler: "posterior", "dirichlet" or "prior", see the module.
        :param k: records that "dirichlet" mixes; None: all.
        :param alpha: concentration of "dirichlet"; None: 0.5.
        :param amplitudes: "station" standardises what the decoder gives and draws the
            common level of the station, given the ratios of the components in the source
            records of z (with the prior all three levels); "paper" multiplies by the standard
            deviation and adds the mean of the source record (of any record, with the prior).
        :param decoding: options of :meth:`decode_draw`.
        :return: array ``(len(rngs), 3, npts)``, and a list of dicts for provenance.
        """
        one_of("sampler", sampler, SAMPLERS)
        check_amplitudes(amplitudes, scenarios)
        levels.check(scenarios)
        if sampler != "dirichlet" and (alpha is not None or k is not None):
            raise TNGInputError("k and alpha belong to sampler='dirichlet'")
        options = {} if alpha is None else {"alpha": alpha}
        data, notes = [], []
        for rng, scenario in zip(rngs, scenarios, strict=True):
            weights = self._weights(sampler, len(enrolled), rng, k, options)
            used = np.flatnonzero(weights)
            w = weights[used]
            z = self._draw_z(enrolled, sampler, used, w, rng)
            x = self.decode_draw(station, z, rng, **decoding)
            if amplitudes == "paper":
                x = published_amplitudes(x, enrolled.arrays["mean"][used],
                                         enrolled.arrays["stdev"][used], w)
            else:
                # the ratios of the components are those of the source records of z
                contrasts = None if sampler == "prior" else w @ np.log(
                    enrolled.arrays["stdev"][used])
                x = station_amplitudes(x, levels.draw(station, rng, scenario, contrasts),
                                       sampling_rate)
            data.append(x)
            shown = sampler != "prior"
            notes.append({"sampler": sampler, "amplitudes": amplitudes, **decoding,
                          "sources": [enrolled.infos[i]["record_id"] for i in used] * shown,
                          "weights": [round(float(v), 6) for v in w] * shown})
        return np.stack(data), notes

    @staticmethod
    def _weights(sampler, n_records, rng, k, options):
        """Weights over the records; one record with weight 1 but for "dirichlet"."""
        if sampler == "dirichlet":
            return dirichlet_weights(n_records, rng, k, **options)
        return np.eye(1, n_records, rng.integers(n_records))[0]

    def _draw_z(self, enrolled, sampler, used, weights, rng):
        noise = rng.standard_normal(self.model.config.z_dim)
        if sampler == "prior":
            return noise
        variance = np.square(weights) @ np.exp(enrolled.arrays["logvar"][used].astype(float))
        return weights @ enrolled.arrays["mu"][used] + np.sqrt(variance) * noise

    def decode_draw(self, station, z, rng):
        """A standardised record of z, ``(3, npts)``; ``rng`` draws the noise."""
        noise = rng.standard_normal((1, self.model.config.seq_len, 3)).astype(np.float32)
        return self.decode(station, z, noise=torch.as_tensor(noise, device=self.device))


class SpectrogramMethod(ConditionalMethod):
    """
    The spectrogram VAE; see :class:`obspy_tng.baselines.SpectrogramCVAE`.

    Parameters as :class:`ConditionalMethod`; ``size`` may hold
    :class:`~obspy_tng.models.spectrogram_vae.SpectrogramConfig` arguments.
    """

    config_class, model_class = SpectrogramConfig, SpectrogramVAE
    sizes = SPECTROGRAM_SIZES
    options: ClassVar[tuple] = (*ConditionalMethod.options, "phase", "iterations")

    def decode_draw(self, station, z, rng, phase="decoded", iterations=32):
        """
        A standardised record of z.

        :param station: station id.
        :param z: ``(z_dim,)``.
        :param rng: generator for random phases.
        :param phase: "decoded", as published; or "griffin_lim", which finds phases that
            are consistent with the decoded amplitudes, starting from random ones.
        :param iterations: of "griffin_lim".
        :return: ``(3, npts)``, ZNE.
        """
        one_of("phase", phase, ("decoded", "griffin_lim"))
        count("iterations", iterations, least=1)
        if phase == "decoded":
            return self.decode(station, z)
        start = rng.uniform(-np.pi, np.pi, (1, 3, *self.model.shape)).astype(np.float32)
        return self.decode(station, z, iterations=iterations,
                           start=torch.as_tensor(start, device=self.device))
