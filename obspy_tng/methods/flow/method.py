"""
``architecture="flow"``: waveforms by flow matching
===================================================

A record is its band levels and its frames (:mod:`obspy_tng.signal.packet_frames`): whitened wavelet
packets and their envelopes, from which it can be restored exactly. A velocity network
(:mod:`obspy_tng.models.velocity`) moves noise to frames
(:mod:`obspy_tng.models.flow`), given the station, the earthquake, where P and S come, how quiet
the record is before and after, and the shape of its spectrum. The levels are those of the same
mixed-effects model as in ``architecture="tng"`` (:mod:`obspy_tng.methods.bank_levels`).

The bank holds no waveforms: a summary for the station's vector, levels, and when a record begins
and how quiet it is. Where a new record lies in its window and how quiet it is follows a *reference
record* of the station, of about the requested magnitude and distance; its noise stays as it is, so
that a larger earthquake stands out more.
"""

import dataclasses
from typing import ClassVar

import numpy as np
import torch

from ..._checks import count, one_of
from ...groundmotion.scenario import scenario_distance
from ...groundmotion.source_records import PS_VELOCITY, hypocentral
from ...models.flow import CHANNELS, FlowConfig, FlowModel, pool
from ...signal.energy_windows import energy_onset
from ...signal.evolutionary import FilterBank, band_levels
from ...signal.integration import without_drift
from ...signal.packet_frames import PacketFrames, quietness
from ...signal.record_edges import UNKNOWN_LEAD, edge_taper, zeros_at_end
from ...simulate.corpus import simulated_corpus
from ...training import Trainer
from ...training.sets import RecordSets
from ..bank_levels import UNCERTAINTIES, fit_bank_levels
from ..sizes import config_of_size
from ..tng.features import float_tensors
from ..tng.prior import packaged_prior
from ..tng.training_sets import mixed_sets, n_simulated, split_columns
from .conditions import frame_conditions, record_condition

SIZES: dict[str, dict] = {"small": {"d_model": 64, "d_ff": 48, "layers": 6},
                          "large": {"d_model": 128, "d_ff": 96, "layers": 9}}
#: evaluations of the network for a record
STEPS = 8
#: s, standard deviation of the time of P about that of the reference record
JITTER = 0.3


class FlowMethod:
    """
    Flow matching of whitened wavelet packets: how it trains, enrols and draws.

    :param npts: samples of a record.
    :param sampling_rate: Hz.
    :param size: "small", "large", or a dict of :class:`~obspy_tng.models.flow.FlowConfig`
        arguments.
    :param device: torch device.
    :param seed: seed of the initial weights.
    """

    #: settings of the training that differ from the general defaults
    training: ClassVar[dict] = {"epochs": 40, "finetune_epochs": 40, "learning_rate": 1e-3,
                                "finetune_learning_rate": 3e-4, "batch_size": 4}
    #: names of the options of :meth:`draw`
    options: ClassVar[tuple] = ("steps", "station_uncertainty")
    station_phase: ClassVar[bool] = False

    def __init__(self, npts, sampling_rate=100.0, size="small", device="cpu", seed=0):
        config = config_of_size(FlowConfig, size, SIZES)
        self.npts, self.sampling_rate = npts, sampling_rate
        self.filters = FilterBank.of_window(npts, sampling_rate)
        self.frames = PacketFrames(self.filters)
        self.device = torch.device(device)
        with torch.random.fork_rng(devices=[]):
            torch.manual_seed(seed)
            self.model = FlowModel(config)
            self.model.level_prior = packaged_prior()
        self.model.to(self.device).eval()
        #: whether the weights are those of another training, so that the first phase is left out
        self.pretrained = False

    # -- training -----------------------------------------------------------

    @staticmethod
    def idle_settings(trained):
        """See :class:`~obspy_tng.methods.base.Method`."""
        return {"pretrained": "the package has no weights of architecture 'flow'"}

    def fit(self, groups, targets, settings, **trainer_options):
        """
        Train on simulated records (unless the weights already are), then on the user's records
        mixed with simulated ones.

        :param groups: dict station -> (data ``(n, 3, npts)``, infos).
        :param targets: not used.
        :param settings: :class:`~obspy_tng.training.TrainingSettings`.
        :param trainer_options: seed, checkpoint, progress, log of
            :class:`~obspy_tng.training.Trainer`.
        :return: list of dicts, the training history.
        """
        real, held = split_columns(groups, settings, self.columns)
        needed = n_simulated(sum(len(c[0]) for c in real))
        needed = min(settings.simulated, needed) if self.pretrained else settings.simulated
        simulated = [self.columns(*station) for station in simulated_corpus(
            needed, self.npts, self.sampling_rate, settings.seed)]
        data = {"simulated": RecordSets(simulated, 1, settings.seed),
                "adapt": mixed_sets(real, simulated, settings.seed)}
        if self.pretrained:
            self.model.restart()
        trainer = Trainer(self.model, self.device, precision=settings.precision,
                          parts=settings.parts, **trainer_options)
        history = trainer.run(settings.phases("simulated", "adapt", self.pretrained), data,
                              {"adapt": RecordSets(held)} if held else {})
        self.model.eval()
        return history

    def columns(self, data, infos):
        """
        Records as the network's loss takes them.

        :param data: ``(n, 3, npts)``.
        :param infos: n dicts.
        :return: frames ``(n, T, 63)``, their conditions ``(n, T, 13)``, both in half precision, and
            conditions of the records ``(n, 38)``.
        """
        rows = [self._inputs(record, info) for record, info in zip(data, infos, strict=True)]
        return tuple(np.stack(column).astype(kind) for column, kind in zip(
            list(zip(*rows, strict=True))[:3], (np.float16, np.float16, np.float32), strict=True))

    def _inputs(self, record, info):
        """Frames, their conditions, condition, levels and t05 (samples) of a record."""
        levels = band_levels(self.filters, record.astype(float))
        encoded = self.frames.encode(record, levels)
        onset = float(energy_onset(record))
        p = info["p_index"]
        # simulated records know S, others have it by their distance
        s = info.get("s_index") or self._s_arrival(p, info["distance"], info["depth"])
        given = frame_conditions(self.frames.count, self.sampling_rate,
                                 self.npts - zeros_at_end(record), p, s, onset)
        return (encoded, given, record_condition(info, levels, quietness(encoded), self.filters),
                levels, onset)

    def _s_arrival(self, p, distance, depth):
        """Sample of S, None where P or the distance is not known."""
        if p is None or distance is None:
            return None
        depth = np.nan if depth is None else depth
        return p + float(hypocentral(distance, depth)) / PS_VELOCITY * self.sampling_rate

    # -- enrolling -----------------------------------------------------------

    def encode(self, station, data, infos):
        """
        What the bank keeps of a station's records.

        :param station: station id; not used.
        :param data: ``(n, 3, npts)``, ZNE, m/s^2.
        :param infos: n dicts, see :func:`obspy_tng.records.info.record_info`.
        :return: dict of ``summary`` (n, 2 station_dim), ``levels`` (n, 3, bands), ``onset`` (n,),
            t05 in samples, and ``quietness`` (n,).
        """
        rows = []
        # one at a time: the last digit of a product depends on the batch
        for record, info in zip(data, infos, strict=True):
            encoded, given, condition, levels, onset = self._inputs(record, info)
            summary = self.model.summarize(*self._tensors(
                encoded[None], given[None], condition[None]))
            rows.append((summary[0].cpu().numpy(), levels, onset, quietness(encoded)))
        return {name: np.stack(column) for name, column in zip(
            ("summary", "levels", "onset", "quietness"), zip(*rows, strict=True), strict=True)}

    def fit_bank(self, bank):
        """
        Fit band levels to a bank.

        :param bank: dict station -> :class:`~obspy_tng.records.enrolled.Enrolled`.
        :return: :class:`~obspy_tng.methods.bank_levels.BankLevels`.
        :raises TNGInputError: for too few records with magnitude and distance, without a prior.
        """
        return fit_bank_levels(bank, self.filters, self.model.level_prior.model(
            self.filters, self.sampling_rate))

    def _tensors(self, *arrays):
        return float_tensors(arrays, self.device)

    @torch.no_grad()
    def _station(self, summaries):
        """The station's vector ``(1, station_dim + 1)`` from its records' summaries."""
        return torch.cat(pool(*self._tensors(summaries, np.ones((1, len(summaries))))), dim=1)

    # -- generating -----------------------------------------------------------

    def draw(self, enrolled, station, rngs, scenarios, fitted, *, sampling_rate, steps=STEPS,
             station_uncertainty="mean"):
        """
        Draw realizations of a station.

        :param enrolled: the station's :class:`~obspy_tng.records.enrolled.Enrolled`.
        :param station: station id.
        :param rngs: one generator per realization.
        :param scenarios: the :class:`~obspy_tng.groundmotion.scenario.Scenario` asked for, one per
            realization; without magnitude and distance it has those of some record of the station.
        :param fitted: :class:`~obspy_tng.methods.bank_levels.BankLevels`.
        :param sampling_rate: Hz; the method's own.
        :param steps: evaluations of the network for a record.
        :param station_uncertainty: "mean" or "drawn", see
            :meth:`~obspy_tng.methods.bank_levels.BankLevels.station_term`.
        :return: array ``(len(rngs), 3, npts)``, and a list of dicts for provenance.
        """
        one_of("station_uncertainty", station_uncertainty, UNCERTAINTIES)
        count("steps", steps, least=1)
        fitted.check(scenarios)
        vector = self._station(enrolled.arrays["summary"])
        delta_s2s = fitted.station_term(station, station_uncertainty, rngs[0])
        data, notes = [], []
        for rng, asked in zip(rngs, scenarios, strict=True):
            scenario = fitted.draw_scenario(station, asked, rng)
            levels = fitted.with_noise(station, fitted.draw_levels(
                station, scenario, delta_s2s, rng), rng)
            reference = self._reference(enrolled, fitted, station, scenario, rng)
            given, condition, lead = self._asked(enrolled, reference, scenario, levels, rng)
            noise = rng.standard_normal((1, self.frames.count, CHANNELS))
            found = self.model.generate(
                *self._tensors(noise, given[None], condition[None]), vector, steps)
            record = self.frames.decode(found[0].cpu().numpy(), levels)
            data.append(without_drift(record * edge_taper(self.npts, self.sampling_rate, lead),
                                      self.sampling_rate, self.filters.center_frequencies[0]))
            notes.append({"sampler": "flow", "sources": [], "steps": steps,
                          "station_uncertainty": station_uncertainty,
                          **fitted.notes(station, scenario)})
        return np.stack(data), notes

    def _reference(self, enrolled, fitted, station, scenario, rng):
        """Row of a record of the station with about the scenario."""
        own = fitted.stations == station
        apart = scenario_distance(fitted.magnitudes[own], fitted.distances[own],
                                  fitted.depths[own], scenario)
        known = np.isfinite(apart).any()
        weight = np.exp(-0.5 * (apart - apart.min())) if known else np.ones(len(enrolled))
        return int(rng.choice(len(weight), p=weight / weight.sum()))

    def _asked(self, enrolled, row, scenario, levels, rng):
        """Conditions of the frames and of the record, s before P, like those of a record."""
        p, onset = enrolled.infos[row]["p_index"], float(enrolled.arrays["onset"][row])
        moved = JITTER * self.sampling_rate * rng.standard_normal()
        lead = UNKNOWN_LEAD
        if p is not None:
            p = float(np.clip(p + moved, 0, self.npts - 1))
            lead = p / self.sampling_rate
        s = self._s_arrival(p, scenario.distance, scenario.depth)
        given = frame_conditions(self.frames.count, self.sampling_rate, self.npts, p, s,
                                 np.clip(onset + moved, 0, self.npts - 1))
        # the same noise under another signal
        louder = 0.5 * float(np.mean(levels - enrolled.arrays["levels"][row]))
        quiet = float(np.clip(enrolled.arrays["quietness"][row] - louder, -7.0, -0.1))
        condition = record_condition(dataclasses.asdict(scenario), levels, quiet, self.filters)
        return given, condition, lead

    def reconstruct(self, station, data, infos):
        """
        Records through frames and back.

        :param station: station id; not used.
        :param data: ``(n, 3, npts)``.
        :param infos: n dicts; not used.
        :return: ``(n, 3, npts)``, the records themselves to rounding: the representation is exact.
        """
        levels = band_levels(self.filters, np.asarray(data, dtype=float))
        return np.stack([self.frames.decode(self.frames.encode(*pair), pair[1])
                         for pair in zip(data, levels, strict=True)])
