"""Sets of real records among simulated ones, for training."""

import numpy as np

from ...training.sets import RecordSets

#: share of real records among simulated ones in the second phase; with a larger share the
#: network overfits a hundred real records
REAL_SHARE = 0.3
#: number of partitions of each real station into sets
N_PARTITIONS = 2


def loss_columns(columns):
    """The columns that the model's loss takes, of each station's columns."""
    return [station[:4] for station in columns]


def split_columns(groups, settings, columns):
    """
    Columns of the training and of the validation earthquakes, station by station.

    :param groups: dict station -> (data ``(n, 3, npts)``, infos).
    :param settings: :class:`~obspy_tng.training.TrainingSettings`.
    :param columns: function of data and infos, the method's own.
    :return: two lists of what ``columns`` gives; the first has all where all would be kept back.
    """
    real, held = [], []
    masks = settings.kept_back(groups)
    for station, (data, infos) in groups.items():
        for target, chosen in ((real, ~masks[station]), (held, masks[station])):
            if chosen.any():
                rows = np.flatnonzero(chosen)
                target.append(columns(data[rows], [infos[i] for i in rows]))
    return (real, held) if real else (held, [])


def mixed_sets(real, simulated, seed):
    """
    Sets of real records among sets of simulated ones.

    :param real: list of tuples of columns, one per station.
    :param simulated: the same; stations are taken at random until there are enough records.
    :param seed: int.
    :return: :class:`~obspy_tng.training.sets.RecordSets`.
    """
    wanted = n_simulated(sum(len(columns[0]) for columns in real))
    chosen, count = [], 0
    for k in np.random.default_rng(seed).permutation(len(simulated)):
        if count >= wanted:
            break
        chosen.append(simulated[k])
        count += len(simulated[k][0])
    partitions = [N_PARTITIONS] * len(real) + [1] * len(chosen)
    return RecordSets(loss_columns(real + chosen), partitions, seed)


def n_simulated(records):
    """Number of simulated records for some real ones in the second phase."""
    return round(N_PARTITIONS * records * (1 - REAL_SHARE) / REAL_SHARE)
