"""What a user may set of the training, with defaults and where they come from."""

from dataclasses import dataclass

import numpy as np

from ..exceptions import TNGInputError


#: what the paper tells of its training
PUBLISHED = {"epochs": 50, "finetune_epochs": 10, "learning_rate": 3e-4,
             "finetune_learning_rate": 1e-4, "batch_size": 32}


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
    :param batch_size: records per step.
    :param patience: epochs without a better validation loss before a phase ends.
    :param validation: share of the earthquakes kept back for validation; no
        earthquake is on both sides.
    :param seed: of the split.
    """

    epochs: int = 30
    finetune_epochs: int = 10
    learning_rate: float = 1e-2
    finetune_learning_rate: float = 1e-3
    batch_size: int = 8
    patience: int | None = 10
    validation: float = 0.1
    seed: int = 0

    def __post_init__(self):
        if not 0 <= self.validation < 1:
            raise TNGInputError(f"validation must be in [0, 1), got {self.validation!r}")

    @classmethod
    def from_dict(cls, values):
        """Settings from a dict; an unknown key is a TNGInputError that lists the known ones."""
        unknown = set(values) - set(cls.__dataclass_fields__)
        if unknown:
            raise TNGInputError(f"training: unknown {sorted(unknown)}; known: "
                                f"{sorted(cls.__dataclass_fields__)}")
        return cls(**values)

    def split(self, groups, stations, convert):
        """
        Training and validation arrays of some stations.

        :param groups: dict station -> (data, infos).
        :param stations: station ids.
        :param convert: function from ``(n, 3, npts)`` to what the model takes.
        :return: two arrays; the second may be empty.
        """
        infos = [info for s in stations for info in groups[s][1]]
        keys = np.array([info["event_id"] or info["record_id"] for info in infos])
        # events are drawn from all groups, so that both phases keep back the same ones
        events = sorted({info["event_id"] or info["record_id"]
                         for _, group in groups.values() for info in group})
        np.random.default_rng(self.seed).shuffle(events)
        held = np.isin(keys, events[:int(self.validation * len(events))])
        x = np.concatenate([convert(groups[s][0]) for s in stations])
        if held.all():
            return x, x[:0]
        return x[~held], x[held]
