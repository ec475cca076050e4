"""
What an architecture must offer
===============================

:class:`Method` is the interface between :class:`obspy_tng.TNGGenerator` and the
architectures in :data:`obspy_tng.methods.METHODS`. A new architecture is one class
with these members and one entry in that table.

Arrays outside a method are float arrays ``(n, 3, npts)``, components Z, N, E, in m/s^2.
"""

from collections.abc import Mapping, Sequence
from typing import Any, ClassVar, Protocol, runtime_checkable

import numpy as np
import torch

from ..groundmotion.scenario import Scenario
from ..records.enrolled import Enrolled
from ..training import TrainingSettings

#: records of one station: data ``(n, 3, npts)`` and n dicts of
#: :func:`obspy_tng.records.info.record_info`
StationRecords = tuple[np.ndarray, list[dict]]


@runtime_checkable
class Method(Protocol):
    """
    How an architecture trains, enrols and draws.

    :param npts: samples of a record.
    :param sampling_rate: Hz.
    :param size: name of a size, or dict of sizes.
    :param device: torch device.
    :param seed: seed of the initial weights.
    :raises TNGInputError: for a size that does not exist.
    """

    #: training settings that differ from those of :class:`~obspy_tng.training.TrainingSettings`
    training: ClassVar[dict[str, Any]]
    #: names of the options of :meth:`draw`, which are those of ``TNGGenerator.generate``
    options: ClassVar[tuple[str, ...]]
    #: whether training has a second phase for single stations, the ``targets`` of :meth:`fit`
    station_phase: ClassVar[bool]
    #: the network, in evaluation mode but for the time of :meth:`fit`
    model: torch.nn.Module

    def __init__(self, npts: int, sampling_rate: float = 100.0, size: Any = "small",
                 device: Any = "cpu", seed: int = 0) -> None: ...

    @staticmethod
    def idle_settings(trained: bool, /) -> dict[str, str]:
        """
        Settings of the training that would change nothing.

        :param trained: whether training begins with the weights in the package.
        :return: dict name of the setting -> why it changes nothing.
        """

    def fit(self, groups: Mapping[str, StationRecords], targets: Sequence[str],
            settings: TrainingSettings, /, *, seed: int, checkpoint: Any = None,
            log: Any = None, progress: bool = True) -> list[dict]:
        """
        Train the network.

        :param groups: dict station id -> records.
        :param targets: station ids of the second phase of training.
        :param settings: settings of the training.
        :param seed: seed of the training, as :class:`~obspy_tng.training.Trainer` takes it.
        :param checkpoint: file to resume from, or None.
        :param log: folder for loss curves, or None.
        :param progress: whether progress bars are shown.
        :return: history, one dict per epoch.
        """

    def encode(self, station: str, data: np.ndarray, infos: list[dict],
               /) -> dict[str, np.ndarray]:
        """
        What the bank keeps of a station's records.

        :param station: station id.
        :param data: ``(n, 3, npts)``.
        :param infos: n dicts.
        :return: dict of arrays with n rows each. The rows of a record do not depend on the
            other records.
        """

    def fit_bank(self, bank: Mapping[str, Enrolled], /) -> Any:
        """
        Fit the models of ground motion to all enrolled records.

        :param bank: dict station id -> what :meth:`encode` gave.
        :return: the fitted models, as :meth:`draw` takes them.
        """

    def draw(self, enrolled: Enrolled, station: str, rngs: Sequence[np.random.Generator],
             scenarios: Sequence[Scenario], fitted: Any, /, *args: Any,
             **options: Any) -> tuple[np.ndarray, list[dict]]:
        """
        Draw realizations of a station.

        :param enrolled: the station's entry of the bank.
        :param station: station id.
        :param rngs: one generator per realization; a realization uses no other randomness.
        :param scenarios: magnitude, distance and depth asked for, one per realization; what is
            not asked for is None.
        :param fitted: what :meth:`fit_bank` returned.
        :param args: none; mypy takes a method with other keywords only beside ``*args``.
        :param options: ``sampling_rate`` in Hz, and those of :attr:`options`.
        :return: array ``(len(rngs), 3, npts)``, and one dict per realization for ``stats.tng``
            (``sampler``, ``sources``, ...).
        """

    def reconstruct(self, station: str, data: np.ndarray, infos: list[dict], /) -> np.ndarray:
        """
        Records through encoder and decoder.

        :param station: station id.
        :param data: ``(n, 3, npts)``.
        :param infos: n dicts.
        :return: ``(n, 3, npts)``.
        """
