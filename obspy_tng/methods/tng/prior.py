"""
The prior of band levels of ``architecture="tng"``, and the weights in the package.
"""

from pathlib import Path

import numpy as np
import torch
from torch import nn

from ...exceptions import TNGInputError
from ...groundmotion.band_levels import BandLevelModel, prior_model
from ...groundmotion.level_fit import fit_band_levels
from ...groundmotion.noise_floor import limited_noise
from ...groundmotion.scaling import REFERENCE_DISTANCE, REFERENCE_MAGNITUDE
from ...groundmotion.scenario import Coverage
from ...models.checkpoint import DESCRIPTION, load_folder, load_weights
from ...records.info import info_values

#: folder of the models in the package
WEIGHTS = Path(__file__).resolve().parents[2] / "weights"
PRETRAINED = "tng-small"
#: Hz, sixths of an octave, frequencies of the prior
FREQUENCIES = 10 / 120 * 2.0 ** (np.arange(56) / 6)
#: rows of the table: coefficients, standard deviations of station, event and residual
ROWS = 3 * (4 + 3)
#: sampling rate of the levels (sums over samples)
REFERENCE_RATE = 100.0
#: half width of the coverage of a prior in magnitude and ln distance, standard deviations
COVERED = (np.sqrt(3), 2.0)


class LevelPrior(nn.Module):
    """
    A :class:`~obspy_tng.groundmotion.band_levels.BandLevelModel` at fixed frequencies, stored with
    the weights: coefficients and standard deviations, correlation of level and HVSR, moments of
    the predictors. The rest of a prior is in :mod:`obspy_tng.groundmotion.band_levels`.
    """

    def __init__(self):
        super().__init__()
        self.table: torch.Tensor
        self.moments: torch.Tensor
        self.register_buffer("table", torch.zeros(ROWS, len(FREQUENCIES), dtype=torch.float64))
        # correlation of level and HVSR, mean and covariance of the predictors
        self.register_buffer("moments", torch.zeros(1 + 4 + 16, dtype=torch.float64))

    def learn(self, sampling_rate, filters, columns):
        """
        Learn it from simulated records.

        :param sampling_rate: Hz.
        :param filters: their :class:`~obspy_tng.signal.evolutionary.FilterBank`.
        :param columns: list of tuples, one per station, that end with the noise and the band levels
            of its records, ``(n, 3, bands)`` each, and n infos.
        """
        infos = [info for *_, some in columns for info in some]
        stations = np.repeat(np.arange(len(columns)), [len(some) for *_, some in columns])
        # events of different networks may share a name
        events = [f"{info['event_id']} {info['magnitude']:.6f}" for info in infos]
        noise, levels = (np.concatenate([station[k] for station in columns]) for k in (-3, -2))
        model = fit_band_levels(
            levels, stations, events,
            *(info_values(infos, key) for key in ("magnitude", "distance", "depth")),
            filters.center_frequencies, noise=limited_noise(noise, stations))
        rows = np.concatenate([model.coefficients[:4], [model.phi_s2s], [model.tau],
                               [model.phi_ss]]).reshape(ROWS, -1)
        rows[0] -= np.log(sampling_rate / REFERENCE_RATE)
        at = np.log(filters.center_frequencies)
        table = np.stack([np.interp(np.log(FREQUENCIES), at, row) for row in rows])
        self.table.copy_(torch.as_tensor(table))
        self.moments.copy_(torch.as_tensor(np.concatenate(
            [[model.event_correlation[0, model.bands]], model.predictor_mean,
             model.predictor_covariance.ravel()])))

    def model(self, filters, sampling_rate) -> BandLevelModel | None:
        """
        The prior for some bands.

        :param filters: :class:`~obspy_tng.signal.evolutionary.FilterBank`.
        :param sampling_rate: Hz.
        :return: BandLevelModel, or None if nothing was learned.
        """
        table, moments = self.table.cpu().numpy(), self.moments.cpu().numpy()
        if not table.any():
            return None
        at = np.log(filters.center_frequencies)
        rows = np.stack([np.interp(at, np.log(FREQUENCIES), row) for row in table])
        rows[0] += np.log(sampling_rate / REFERENCE_RATE)
        coefficients, (phi_s2s, tau, phi_ss) = np.split(rows.reshape(7, -1), [4])
        mean, covariance = moments[1:5], moments[5:].reshape(4, 4)
        half = COVERED * np.sqrt(np.diag(covariance)[1:3])
        coverage = Coverage(
            tuple(float(REFERENCE_MAGNITUDE + mean[1] + half[0] * sign) for sign in (-1, 1)),
            tuple(float(REFERENCE_DISTANCE * np.exp(mean[2] + half[1] * sign))
                  for sign in (-1, 1)))
        return prior_model(filters.center_frequencies, coefficients, phi_s2s, tau, phi_ss,
                           float(moments[0]), mean, covariance, coverage)


def packaged_prior():
    """The prior of band levels of the weights in the package, a :class:`LevelPrior`."""
    prior, name = LevelPrior(), "level_prior."
    _, arrays, _ = load_folder(WEIGHTS / PRETRAINED)
    load_weights(prior, {key.removeprefix(name): array for key, array in arrays["weights"].items()
                         if key.startswith(name)}, WEIGHTS / PRETRAINED)
    return prior


def pretrained_folder(name=PRETRAINED):
    """
    Folder of a model in the package, or another folder.

    :param name: its name; or the path of a folder.
    :return: path.
    :raises TNGInputError: for an unknown name.
    """
    if (Path(name) / DESCRIPTION).is_file():
        return Path(name)
    known = sorted(p.name for p in WEIGHTS.iterdir() if p.is_dir()) if WEIGHTS.is_dir() else []
    if name not in known:
        raise TNGInputError(f"the package has no model {name!r}; it has {known}")
    return WEIGHTS / name


def load_pretrained(model, folder=None):
    """
    Put the weights in the package into a model, if they fit it.

    :param model: :class:`~obspy_tng.models.tng.StationBottleneckModel` with a level prior.
    :param folder: model folder; None: that of :data:`PRETRAINED`.
    :return: whether they did.
    """
    folder = folder or WEIGHTS / PRETRAINED
    if not folder.is_dir():
        return False
    description, arrays, _ = load_folder(folder)
    if description["size"] != model.settings():
        return False
    load_weights(model, arrays["weights"], folder)
    return True
