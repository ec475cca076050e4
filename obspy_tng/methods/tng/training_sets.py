"""Sets of real records among simulated ones, for training."""

import numpy as np

from ...training.sets import RecordSets

#: share of real records among simulated ones in the second phase; with a larger share the
#: network overfits a hundred real records
REAL_SHARE = 0.3
#: number of partitions of each real station into sets
N_PARTITIONS = 2


def _features(columns):
    """The columns for the model's loss."""
    return [station[:4] for station in columns]


def _mixed(real, simulated, seed):
    """Sets of real records among sets of simulated ones."""
    wanted = n_simulated(sum(len(columns[0]) for columns in real))
    chosen, count = [], 0
    for k in np.random.default_rng(seed).permutation(len(simulated)):
        if count >= wanted:
            break
        chosen.append(simulated[k])
        count += len(simulated[k][0])
    partitions = [N_PARTITIONS] * len(real) + [1] * len(chosen)
    return RecordSets(_features(real + chosen), partitions, seed)


def n_simulated(records):
    """Number of simulated records for some real ones in the second phase."""
    return round(N_PARTITIONS * records * (1 - REAL_SHARE) / REAL_SHARE)
