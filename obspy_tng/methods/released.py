"""
``architecture="released"``: mixtures of reconstructions
========================================================

The published generator mixes the latents of k records of a station and decodes
them. The decoder is linear, so that the result is the mixture of the standardised
reconstructions. The bank stores only these (2.3 % of the size of the published latent
bank).

The published formula also averages means and standard deviations. For uncorrelated
records the result is too weak (by ``sqrt(sum w^2)``) and its level hardly varies.
``amplitudes="station"`` (default) standardises after mixing and draws the levels from
the joint distribution of the station, given the ratios of the components in the mixed
records. If they were drawn independently, the ratios would scatter 1.5 times as much
about the mean HVSR as they do in real records.
"""

from typing import ClassVar

import numpy as np
import torch

from .._checks import one_of
from ..exceptions import TNGInputError
from ..groundmotion.component_levels import fit_levels
from ..models.autoencoder import ReleasedAutoencoder, ReleasedConfig
from ..models.published import load_published, published_bank
from ..records.info import info_values
from ..training import Trainer
from .amplitudes import check_amplitudes, published_amplitudes, station_amplitudes
from .mixing import SAMPLERS
from .sizes import config_of_size

#: the network works in gal, as the published one does (its variance floor has a unit)
GAL = 100.0
#: sizes of the network; "paper" are the published ones
SIZES = {
    "paper": {"d_model": 128, "d_ff": 256, "e_layers": 2, "num_kernels": 6, "top_k": 2},
    "small": {"d_model": 16, "d_ff": 16, "e_layers": 1, "num_kernels": 3, "top_k": 2,
              "position_std": 0.02},
}


class ReleasedMethod:
    """
    The released autoencoder and its two samplers.

    :param npts: samples of a record.
    :param sampling_rate: Hz; the network does not depend on it.
    :param size: name in :data:`SIZES`, or a dict of
        :class:`~obspy_tng.models.autoencoder.ReleasedConfig` arguments.
    :param device: torch device.
    :param seed: seed of the initial weights.
    """

    #: settings of the training that differ from the general defaults
    training: ClassVar[dict] = {}
    #: names of the options of :meth:`draw`
    options: ClassVar[tuple] = ("sampler", "k", "alpha", "amplitudes")
    station_phase: ClassVar[bool] = True

    @staticmethod
    def idle_settings(trained):
        """See :class:`~obspy_tng.methods.base.Method`."""
        return dict.fromkeys(("simulated", "pretrained"),
                             "the architecture learns from the user's records alone")

    def __init__(self, npts, sampling_rate=100.0, size="small", device="cpu", seed=0):
        config = config_of_size(ReleasedConfig, size, SIZES, seq_len=npts)
        with torch.random.fork_rng(devices=[]):
            torch.manual_seed(seed)
            self.model = ReleasedAutoencoder(config)
        self.device = torch.device(device)
        self.model.to(self.device).eval()

    @classmethod
    def from_published(cls, checkpoint, top_k=2, periods="record", device="cpu"):
        """
        The method with the weights of a published checkpoint.

        :param checkpoint: torch file, see :func:`~obspy_tng.models.published.load_published`.
        :param top_k: number of periods.
        :param periods: "record" or "batch".
        :param device: torch device.
        :return: the method, with the sizes of the weights.
        :raises TNGCheckpointError: if the file is not a published checkpoint.
        """
        method = cls.__new__(cls)
        method.device = torch.device(device)
        method.model = load_published(checkpoint, top_k, periods).to(method.device).eval()
        return method

    def published_arrays(self, latent_bank):
        """
        Arrays of the bank from a published latent bank; the decoder runs on the CPU.

        :param latent_bank: npz file, see :func:`~obspy_tng.models.published.published_bank`.
        :return: iterator of (station code, arrays as :meth:`encode` returns them).
        :raises TNGCheckpointError: if the file is not a bank of this model.
        """
        model = self.model.to("cpu")
        try:
            for code, *decoded in published_bank(latent_bank, model):
                yield code, self.bank_arrays(*decoded)
        finally:
            self.model.to(self.device)

    # -- training -----------------------------------------------------------

    def fit(self, groups, targets, settings, **trainer_options):
        """
        Train in two phases: reconstruction, then with noise on the latent.

        :param groups: dict station -> (data ``(n, 3, npts)``, infos).
        :param targets: stations of the second phase; those of the first are the
            others, or all where ``targets`` are all.
        :param settings: :class:`~obspy_tng.training.TrainingSettings`.
        :param trainer_options: seed, checkpoint, progress, log of
            :class:`~obspy_tng.training.Trainer`.
        :return: list of dicts, the training history.
        """
        others = [s for s in groups if s not in targets] or list(groups)
        stations = {"reconstruct": others, "denoise": targets}
        data, validation = {}, {}
        for name, members in stations.items():
            data[name], validation[name] = settings.split(groups, members, self._to_model)
        phases = settings.phases("reconstruct", "denoise")
        trainer = Trainer(self.model, self.device, precision=settings.precision,
                          parts=settings.parts, **trainer_options)
        history = trainer.run(phases, data, validation)
        self.model.eval()
        return history

    # -- records in and out of the network -----------------------------------

    @staticmethod
    def _to_model(data):
        """``(n, 3, npts)`` ZNE m/s^2 -> ``(n, npts, 3)`` ENU gal, float32."""
        return np.ascontiguousarray((GAL * data[:, ::-1]).swapaxes(1, 2), dtype=np.float32)

    @torch.no_grad()
    def encode(self, station, data, infos=None, batch_size=8):
        """
        What the bank keeps of records: standardised reconstructions and their scales.

        :param station: station id; not used.
        :param data: ``(n, 3, npts)``, ZNE, m/s^2.
        :param infos: of the records; not used.
        :param batch_size: records that go through the network at a time.
        :return: dict of ``recon`` (n, 3, npts), ``mean`` and ``stdev`` (n, 3) in m/s^2.
        """
        parts = []
        inputs = self._to_model(data)
        for first in range(0, len(data), batch_size):
            x = torch.as_tensor(inputs[first:first + batch_size]).to(self.device)
            latents, means, stdev = self.model.encode(x)
            recon = self.model.decode(latents)
            parts.append([t.cpu().numpy() for t in (recon, means[:, 0], stdev[:, 0])])
        recon, means, stdev = (np.concatenate(p) for p in zip(*parts, strict=True))
        return self.bank_arrays(recon, means, stdev)

    @staticmethod
    def bank_arrays(recon, means, stdev):
        """Arrays of the bank from decoded records ``(n, npts, 3)`` ENU and their gal scales."""
        return {"recon": np.ascontiguousarray(recon.swapaxes(1, 2)[:, ::-1], dtype=np.float32),
                "mean": np.ascontiguousarray(means[:, ::-1] / GAL, dtype=np.float64),
                "stdev": np.ascontiguousarray(stdev[:, ::-1] / GAL, dtype=np.float64)}

    def reconstruct(self, station, data, infos=None):
        """Records ``(n, 3, npts)`` of a station through encoder and decoder."""
        kept = self.encode(station, data)
        return kept["recon"] * kept["stdev"][..., None] + kept["mean"][..., None]

    # -- drawing --------------------------------------------------------------

    @staticmethod
    def fit_bank(bank):
        """
        Fit the :class:`~obspy_tng.groundmotion.component_levels.LevelModel` of a bank.

        :param bank: dict station -> Enrolled.
        """
        return fit_levels({s: np.log(e.arrays["stdev"]) for s, e in bank.items()},
                          {s: info_values(e.infos, "magnitude") for s, e in bank.items()},
                          {s: info_values(e.infos, "distance") for s, e in bank.items()})

    @staticmethod
    def draw(enrolled, station, rngs, scenarios, levels, *, sampling_rate, sampler="mean", k=None,
             alpha=None, amplitudes="station"):
        """
        Draw realizations of a station.

        :param enrolled: the station's :class:`~obspy_tng.records.enrolled.Enrolled`.
        :param station: station id.
        :param rngs: one generator per realization.
        :param scenarios: the :class:`~obspy_tng.groundmotion.scenario.Scenario` asked for, one per
            realization.
        :param levels: :class:`~obspy_tng.groundmotion.component_levels.LevelModel`.
        :param sampling_rate: Hz.
        :param sampler: "mean" or "dirichlet", see :mod:`obspy_tng.methods.mixing`.
        :param k: records that are mixed; None: see the sampler.
        :param alpha: concentration of "dirichlet"; None: its default.
        :param amplitudes: "station", or "paper" for the published formula.
        :return: array ``(len(rngs), 3, npts)``, and a list of dicts for provenance.
        """
        one_of("sampler", sampler, SAMPLERS)
        check_amplitudes(amplitudes, scenarios)
        levels.check(scenarios)
        if len(enrolled) < 2:
            raise TNGInputError(f"station {station} has {len(enrolled)} record; mixing needs at "
                                "least 2, since a mixture of one is a copy of it")
        if alpha is not None and sampler != "dirichlet":
            raise TNGInputError("alpha belongs to sampler='dirichlet'")
        options = {"k": k, **({} if alpha is None else {"alpha": alpha})}
        data, notes = [], []
        for rng, scenario in zip(rngs, scenarios, strict=True):
            weights = SAMPLERS[sampler](len(enrolled), rng, **options)
            used = np.flatnonzero(weights)
            w = weights[used]
            x = np.tensordot(w, enrolled.arrays["recon"][used].astype(np.float64), axes=1)
            if amplitudes == "paper":
                x = published_amplitudes(x, enrolled.arrays["mean"][used],
                                         enrolled.arrays["stdev"][used], w)
            else:
                # the ratios of the components are those of the mixed waveforms
                contrasts = w @ np.log(enrolled.arrays["stdev"][used])
                x = station_amplitudes(x, levels.draw(station, rng, scenario, contrasts),
                                       sampling_rate)
            data.append(x)
            notes.append({"sampler": sampler, "amplitudes": amplitudes,
                          "sources": [enrolled.infos[i]["record_id"] for i in used],
                          "weights": [round(float(v), 6) for v in w]})
        return np.stack(data), notes
