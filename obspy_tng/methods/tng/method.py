"""
``architecture="tng"``: the learned station bottleneck
======================================================

By default (``sampler="source"``) ``generate`` makes each record from a source record: an enrolled
waveform of about the requested magnitude and distance, preferably of the same station. Its time
axis is warped, and its band levels are changed to those of a mixed-effects model of event, station
and residual (:mod:`obspy_tng.methods.source_bank`). Onsets, polarisation, dispersion, pre-event
noise and coda are those of recorded ground motion. This sampler uses only the prior of band levels
of the network's weights, not the network.

The network describes a record by a latent z, from which it decodes the evolutionary cross-spectrum
(:mod:`obspy_tng.models.tng`). ``sampler="posterior"``, ``sampler="prior"`` and ``reconstruct``
generate noise shaped by that spectrum. Envelopes get a duration from a mixed-effects model
(:mod:`obspy_tng.groundmotion.durations`) and the coherencies of the station
(:mod:`obspy_tng.groundmotion.coherency`). These samplers need no waveforms, but a classifier
distinguishes their records from real ones, because onsets are blurred. Models that were saved
without waveforms use "posterior".

"posterior" draws z from a record of about the requested magnitude and distance, of any enrolled
station, and from the conditional prior where such records are few; "prior" always uses the prior.
In both cases the vector, the levels and t05 are those of the station. A record of the station that
is the source of z is also the source of t05, since the two are not independent in a window.
"""

import dataclasses
from functools import partial
from typing import ClassVar

import numpy as np
import torch

from ..._checks import one_of
from ...exceptions import TNGInputError
from ...groundmotion.durations import ln_duration
from ...groundmotion.noise_floor import noise_levels
from ...groundmotion.window_levels import packaged_window_levels
from ...models.tng import StationBottleneckConfig, StationBottleneckModel
from ...signal import frames, taper
from ...signal.energy_windows import energy_onset
from ...signal.evolutionary import FilterBank
from ...simulate.corpus import simulated_corpus
from ...training import Trainer
from ...training.sets import RecordSets
from ..bank_levels import UNCERTAINTIES, fit_bank_levels
from ..sizes import config_of_size
from ..source_bank import SourceBank
from .bank import fit_bank
from .features import END_TAPER, event_features, fill_share, float_tensors
from .fitted import FittedBank
from .prior import LevelPrior, load_pretrained
from .synthesis import Decoded, Synthesis
from .training_sets import loss_columns, mixed_sets, n_simulated, split_columns

SAMPLERS = ("source", "posterior", "prior")
SIZES: dict[str, dict] = {"small": {}}


class StationBottleneckMethod:
    """
    The station bottleneck: how it trains, enrols and draws.

    :param npts: samples of a record.
    :param sampling_rate: Hz.
    :param size: "small", or a dict of
        :class:`~obspy_tng.models.tng.StationBottleneckConfig` arguments.
    :param device: torch device.
    :param seed: seed of the initial weights.
    """

    #: settings of the training that differ from the general defaults
    training: ClassVar[dict] = {"epochs": 30, "finetune_epochs": 6, "learning_rate": 1e-3,
                                "finetune_learning_rate": 3e-4, "patience": 2}
    #: names of the options of :meth:`draw`
    options: ClassVar[tuple] = ("sampler", "station_uncertainty")
    station_phase: ClassVar[bool] = False

    def __init__(self, npts, sampling_rate=100.0, size="small", device="cpu", seed=0):
        self.npts, self.sampling_rate, self.seed = npts, sampling_rate, seed
        self.window = npts / sampling_rate
        self.filters = FilterBank.of_window(npts, sampling_rate)
        config = config_of_size(StationBottleneckConfig, size, SIZES)
        self.synthesis = Synthesis(self.filters, config.frames)
        self.device = torch.device(device)
        with torch.random.fork_rng(devices=[]):
            torch.manual_seed(seed)
            self.model = StationBottleneckModel(config, self._weights(config))
            self.model.level_prior = LevelPrior()
        self.model.to(self.device).eval()

    def _weights(self, config):
        """Samples per band and frame; 0 in bands that these records do not have."""
        weights = frames.with_bands(frames.frame_weights(self.filters, config.frames),
                                    config.bands, 0)
        weights[len(self.filters):] = 0
        return weights

    # -- training -----------------------------------------------------------

    @staticmethod
    def idle_settings(trained):
        """See :class:`~obspy_tng.methods.base.Method`."""
        return dict.fromkeys(("epochs", "learning_rate"), (
            "training begins with the weights of the package, so the first phase is left out; "
            "finetune_epochs and finetune_learning_rate set the second, pretrained=False "
            "(fit --from-scratch) begins from nothing")) if trained else {}

    def fit(self, groups, targets, settings, **trainer_options):
        """
        Train on simulated records (or start from the weights in the package), then on the user's
        records mixed with simulated ones.

        :param groups: dict station -> (data ``(n, 3, npts)``, infos).
        :param targets: not used.
        :param settings: :class:`~obspy_tng.training.TrainingSettings`.
        :param trainer_options: seed, checkpoint, progress, log of
            :class:`~obspy_tng.training.Trainer`.
        :return: list of dicts, the training history.
        """
        started = settings.pretrained and load_pretrained(self.model)
        real, held = split_columns(groups, settings, self._columns)
        count = settings.simulated
        if started:  # no more than the second phase takes
            count = min(count, n_simulated(sum(len(columns[0]) for columns in real)))
        simulated = [self._columns(data, infos) for data, infos in simulated_corpus(
            count, self.npts, self.sampling_rate, settings.seed)]
        if not started:
            self.model.level_prior.learn(self.sampling_rate, self.filters, simulated)
        data = {"simulated": RecordSets(loss_columns(simulated), 1, settings.seed),
                "adapt": mixed_sets(real, simulated, settings.seed)}
        validation = {"adapt": RecordSets(loss_columns(held))} if held else {}
        trainer = Trainer(self.model, self.device, precision=settings.precision,
                          parts=settings.parts, **trainer_options)
        history = trainer.run(settings.phases("simulated", "adapt", started), data, validation)
        self.model.eval()
        return history

    def _columns(self, data, infos):
        """Arrays for the loss (spectra and positions in half precision), noise, levels, infos."""
        spectra, levels, position = self._spectra(data)
        noise = np.stack([noise_levels(self.filters, record, info["p_index"])
                          for record, info in zip(data, infos, strict=True)])
        return (np.minimum(spectra, np.finfo(np.float16).max).astype(np.float16),
                self._relative(levels), event_features(infos, self.window),
                position.astype(np.float16), np.minimum(noise, levels), levels, infos)

    def _spectra(self, data):
        """Aligned spectra in the network's bands, levels in the records' bands, positions."""
        # an end that is cut in the signal would leak into bands with little energy
        data = taper(data, self.sampling_rate, END_TAPER)
        count = self.model.config.frames
        shifts, position = frames.align_frames(self.filters, energy_onset(data), count)
        spectra, levels = frames.frame_cross_spectra(self.filters, data, count, shifts)
        return frames.with_bands(spectra, self.model.config.bands, 2), levels, position

    def _relative(self, levels):
        """Levels ``(n, 3, bands)`` -> inputs of the network, ``(n, 3 * its bands)``."""
        levels = frames.with_bands(levels, self.model.config.bands, 2)
        return ((levels - levels.mean((1, 2), keepdims=True)) / 3).reshape(len(levels), -1) \
            .astype(np.float32)

    # -- records in and out of the network -----------------------------------

    @torch.no_grad()
    def encode(self, station, data, infos):
        """
        What the bank keeps of a station's records.

        :param station: station id; not used.
        :param data: ``(n, 3, npts)``, ZNE, m/s^2.
        :param infos: n dicts, see :func:`obspy_tng.records.info.record_info`.
        :return: dict of ``mu`` and ``logvar`` (n, z_dim), ``summary`` (n, 2 station_dim),
            ``levels`` (n, 3, bands), ``data`` (n, 3, npts), the samples,
            ``onset`` (n,), t05 in s,
            ``duration`` (n,), see :func:`obspy_tng.groundmotion.durations.ln_duration`,
            ``coherency`` (n, 6, network's bands), real and imaginary parts, and ``fill`` (n,), the
            share of the window that the record fills.
        """
        rows = []
        # one at a time: the last digit of a convolution depends on the batch
        for record, info in zip(data, infos, strict=True):
            spectra, levels, position = self._spectra(record[None])
            outputs = self.model.encoder(*self._tensors(
                spectra, self._relative(levels), event_features([info], self.window), position))
            rows.append((*(t[0].cpu().numpy() for t in outputs), levels[0],
                         record.astype(np.float32),
                         energy_onset(record) / self.sampling_rate,
                         ln_duration(record[None], self.sampling_rate)[0],
                         spectra[0, 3:].mean(-1), fill_share(spectra[0, :3])))
        names = ("mu", "logvar", "summary", "levels", "data", "onset", "duration", "coherency",
                 "fill")
        return {name: np.stack(column) for name, column in zip(names, zip(*rows, strict=True),
                                                               strict=True)}

    def _tensors(self, *arrays):
        return float_tensors(arrays, self.device)

    def _station(self, summaries):
        """The station's vector ``(1, station_dim)`` from its records' summaries."""
        return self.model.pool(*self._tensors(summaries, np.ones((1, len(summaries)))))[0]

    def reconstruct(self, station, data, infos):
        """Records ``(n, 3, npts)`` of a station through encoder and decoder."""
        kept = self.encode(station, data, infos)
        vector = self._station(kept["summary"])
        return np.stack([
            self.synthesis.realize(
                self._decode(vector, kept["mu"][i], kept["levels"][i],
                             event_features([info], self.window), kept["onset"][i]),
                kept["duration"][i], np.random.default_rng(0))
            for i, info in enumerate(infos)])

    @torch.no_grad()
    def _decode(self, vector, z, levels, event, t05, cholesky_coefficients=0.0):
        """
        The envelopes of a record of a station.

        :param vector: the station's, ``(1, station_dim)``.
        :param z: ``(z_dim,)``.
        :param levels: ``(3, bands)``.
        :param event: features ``(1, 6)``.
        :param t05: s, intended t05.
        :param cholesky_coefficients: ``(6, network's bands)``, added to those of all frames.
        :return: :class:`~obspy_tng.methods.tng.synthesis.Decoded`.
        """
        context = self._context(levels, event)
        shifts, position = frames.align_frames(self.filters, [t05 * self.sampling_rate],
                                               self.model.config.frames)
        z, position = self._tensors(z[None], position)
        power, coefficients = (t[0].cpu().numpy().astype(float) for t in self.model.decoder(
            z, vector, context, position))
        coefficients += np.expand_dims(cholesky_coefficients, -1)
        power, coefficients = (frames.with_bands(x, len(self.filters), 1)
                               for x in (power, coefficients))
        return Decoded(power, coefficients, levels, shifts[0], t05)

    def _context(self, levels, event):
        return self.model.context(*self._tensors(self._relative(levels[None]), event))

    @torch.no_grad()
    def _expected(self, vector, levels, event):
        """Mean and ln variance of z, ``(z_dim,)`` each, that station and earthquake explain."""
        return tuple(t[0].cpu().numpy() for t in self.model.expected(
            vector, self._context(levels, event)))

    # -- drawing --------------------------------------------------------------

    def fit_bank(self, bank, sites=None):
        """
        Fit band levels to a bank; the models of the network's samplers are fitted on first use.

        :param bank: dict station -> :class:`~obspy_tng.records.enrolled.Enrolled`.
        :param sites: dict station -> :class:`~obspy_tng.groundmotion.site_terms.Site`, also of
            stations without records.
        :return: :class:`~obspy_tng.methods.tng.fitted.FittedBank`.
        :raises TNGInputError: for too few records with magnitude and distance, without a prior.
        """
        levels = fit_bank_levels(bank, self.filters, self.model.level_prior.model(
            self.filters, self.sampling_rate), sites)
        return FittedBank(SourceBank(bank, self.filters, levels, packaged_window_levels()),
                          partial(self._fit_network, bank, levels))

    def _fit_network(self, bank, levels):
        """:class:`~obspy_tng.methods.tng.bank.BankModel` of a bank and its band levels."""
        decoded = {station: self._decoded_durations(enrolled) for station, enrolled in bank.items()}
        return fit_bank(bank, self.filters, levels, decoded)

    def _decoded_durations(self, enrolled):
        """ln durations of the decoded envelopes of a station's records, ``(n,)``."""
        kept, vector = enrolled.arrays, self._station(enrolled.arrays["summary"])
        return np.array([self.synthesis.duration(self._decode(
            vector, kept["mu"][i], kept["levels"][i], event_features([info], self.window),
            kept["onset"][i])) for i, info in enumerate(enrolled.infos)])

    def draw(self, enrolled, station, rngs, scenarios, fitted, *, sampling_rate, sampler=None,
             station_uncertainty="mean"):
        """
        Draw realizations of a station.

        :param enrolled: the station's :class:`~obspy_tng.records.enrolled.Enrolled`.
        :param station: station id.
        :param rngs: one generator per realization.
        :param scenarios: the :class:`~obspy_tng.groundmotion.scenario.Scenario` asked for, one per
            realization; without magnitude and distance it has those of some record of the station.
        :param fitted: :class:`~obspy_tng.methods.tng.fitted.FittedBank`.
        :param sampling_rate: Hz; the method's own.
        :param sampler: "source", "posterior" or "prior", see the module; None: "source" where the
            bank has waveforms, else "posterior".
        :param station_uncertainty: "mean": all records have the station's most probable term;
            "drawn": one term is drawn from its posterior for each seed, so that records of
            many seeds also have the uncertainty of the station's term.
        :return: array ``(len(rngs), 3, npts)``, and a list of dicts for provenance.
        """
        if sampler is not None:
            one_of("sampler", sampler, SAMPLERS)
        one_of("station_uncertainty", station_uncertainty, UNCERTAINTIES)
        fitted.sources.fitted.check(scenarios)
        if sampler == "source" and not fitted.sources.any_usable:
            raise TNGInputError('sampler="source" needs waveforms, which this model was saved '
                                'without; enroll records, or use "posterior" or "prior"')
        if not len(enrolled) and (sampler not in (None, "source")
                                  or not fitted.sources.any_usable):
            raise TNGInputError(f"station {station!r} has no records: only source records of other "
                                f"stations can be used, got sampler={sampler!r}")
        if sampler in (None, "source") and fitted.sources.any_usable:
            return fitted.sources.draw_all(station, rngs, scenarios, station_uncertainty)
        return self._draw_decoded(enrolled, station, rngs, scenarios, fitted.network,
                                  sampler or "posterior", station_uncertainty)

    def _draw_decoded(self, enrolled, station, rngs, scenarios, bank, sampler,
                      station_uncertainty):
        """:meth:`draw` by the network, with :class:`~obspy_tng.methods.tng.bank.BankModel`."""
        vector = self._station(enrolled.arrays["summary"])
        delta_s2s = bank.levels.station_term(station, station_uncertainty, rngs[0])
        data, notes = [], []
        for rng, asked in zip(rngs, scenarios, strict=True):
            scenario = bank.levels.draw_scenario(station, asked, rng)
            notes.append({"sampler": sampler, "station_uncertainty": station_uncertainty,
                          **bank.levels.notes(station, scenario)})
            source_record = bank.source_record(station, scenario, rng) \
                if sampler == "posterior" else None
            notes[-1]["sources"] = [] if source_record is None else [bank.names[source_record]]
            t05 = bank.t05(station, scenario, source_record, rng)
            noise = rng.standard_normal(self.model.config.z_dim)
            levels = bank.levels.with_noise(station, bank.levels.draw_levels(
                station, scenario, delta_s2s, rng), rng)
            event = event_features([dataclasses.asdict(scenario)], self.window)
            mean, logvar = self._expected(vector, levels, event) if source_record is None \
                else (bank.mu[source_record], bank.logvar[source_record])
            decoded = self._decode(vector, mean + np.exp(0.5 * logvar) * noise, levels, event, t05,
                                   bank.cholesky_coefficients(station, rng))
            duration = bank.duration(station, scenario, t05 / self.window, source_record,
                                     self.synthesis.duration(decoded), rng)
            data.append(self.synthesis.realize(decoded, duration, rng))
        return np.stack(data), notes
