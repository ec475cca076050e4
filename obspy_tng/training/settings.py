"""Settings of the training, with defaults and their sources."""

from dataclasses import dataclass

import numpy as np

from .._checks import count, one_of, positive, within
from ..exceptions import TNGInputError
from ..records.earthquakes import earthquakes
from .data import TrainingData
from .trainer import Phase

#: settings of the paper
PUBLISHED = {"epochs": 50, "finetune_epochs": 10, "learning_rate": 3e-4,
             "finetune_learning_rate": 1e-4, "batch_size": 32}
PRECISIONS = ("float32", "bf16")


@dataclass(frozen=True)
class TrainingSettings:
    """
    Settings of the two-phase training.

    The defaults suit the small network and a few hundred records. The published ones,
    for 31,249 records and the full size, are in :data:`PUBLISHED`.

    :param epochs: of the first phase (all stations).
    :param finetune_epochs: of the second phase (target stations).
    :param learning_rate: of the first phase.
    :param finetune_learning_rate: of the second phase.
    :param batch_size: records per step, over all processes.
    :param patience: epochs without a better validation loss before a phase ends.
    :param validation: share of the earthquakes kept back for validation; no
        earthquake is on both sides.
    :param seed: of the split.
    :param precision: "float32", or "bf16" for automatic mixed precision (weights,
        optimiser, FFT and losses stay in float32; bfloat16 needs no loss scaling).
    :param parts: number of parts that a batch is divided into to save memory; their gradients add
        up to that of the batch. With ``torchrun`` the processes share the parts, and the
        result depends on the number of parts, not of processes. None: one for each process.
    :param simulated: number of simulated records that "tng" is trained on besides the user's.
    :param pretrained: whether "tng" starts from the weights in the package, if its size allows.
    """

    epochs: int = 30
    finetune_epochs: int = 10
    learning_rate: float = 1e-2
    finetune_learning_rate: float = 1e-3
    batch_size: int = 8
    patience: int | None = 10
    validation: float = 0.1
    seed: int = 0
    precision: str = "float32"
    parts: int | None = None
    simulated: int = 1500
    pretrained: bool = True

    def __post_init__(self):
        within("validation", self.validation, 0, 1, "[)")
        one_of("precision", self.precision, PRECISIONS)
        for name, least in (("epochs", 0), ("finetune_epochs", 0), ("batch_size", 1), ("seed", 0),
                            ("simulated", 1)):
            object.__setattr__(self, name, count(name, getattr(self, name), least=least))
        positive("learning_rate", self.learning_rate)
        positive("finetune_learning_rate", self.finetune_learning_rate)
        if self.parts is not None:
            object.__setattr__(self, "parts", count("parts", self.parts, " or None", least=1))

    @classmethod
    def from_dict(cls, values):
        """Settings from a dict; an unknown key is a TNGInputError that lists the known ones."""
        unknown = set(values) - set(cls.__dataclass_fields__)
        if unknown:
            raise TNGInputError(f"training: unknown {sorted(unknown)}; known: "
                                f"{sorted(cls.__dataclass_fields__)}")
        return cls(**values)

    def phases(self, first, second, skip_first=False):
        """
        The two phases of a training.

        :param first: name of the first phase, see :class:`~obspy_tng.training.trainer.Phase`.
        :param second: name of the second phase.
        :param skip_first: whether the weights are those of a first phase already.
        :return: list of two Phases; one that is skipped has no epochs.
        """
        return [Phase(name, epochs, rate, self.batch_size, patience=self.patience)
                for name, epochs, rate in (
                    (first, 0 if skip_first else self.epochs, self.learning_rate),
                    (second, self.finetune_epochs, self.finetune_learning_rate))]

    def kept_back(self, groups):
        """
        Which records are kept back for validation: all those of some earthquakes.

        :param groups: dict station -> (data, infos).
        :return: dict station -> boolean array, one value per record.
        """
        keys = earthquakes([info for _, infos in groups.values() for info in infos])
        events = sorted(set(keys))
        np.random.default_rng(self.seed).shuffle(events)
        held = np.isin(keys, events[:int(self.validation * len(events))])
        ends = np.cumsum([len(infos) for _, infos in groups.values()])
        return dict(zip(groups, np.split(held, ends[:-1]), strict=True))

    def split(self, groups, stations, convert, labels=None):
        """
        Training and validation data of some stations, split by earthquake.

        :param groups: dict station -> (data ``(n, 3, npts)``, infos).
        :param stations: station ids.
        :param convert: function from ``(batch, 3, npts)`` to what the model takes.
        :param labels: dict station -> int, or None.
        :return: two :class:`~obspy_tng.training.data.TrainingData`; the second may be empty.
        """
        # events are drawn from all groups, so that both phases keep back the same ones
        by_station = self.kept_back(groups)
        held = [by_station[s] for s in stations]
        if all(h.all() for h in held):
            held = [~h for h in held]

        def part(masks):
            return TrainingData([groups[s][0] for s in stations],
                                None if labels is None else [labels[s] for s in stations],
                                [np.flatnonzero(m) for m in masks], convert)

        return part([~h for h in held]), part(held)

