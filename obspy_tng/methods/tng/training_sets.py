"""Sets of real records among simulated ones, for training."""

import numpy as np

from ...training.sets import RecordSets

#: share of a station's records among simulated ones in the second phase; more, and a network
#: that has seen thousands of simulated records learns a hundred real ones by heart
REAL_SHARE = 0.3
#: ways in which each real station is cut into sets
N_PARTITIONS = 2


def _features(columns):
    """The columns that the model's loss takes."""
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
    """Simulated records that go with some real ones in the second phase."""
    return round(N_PARTITIONS * records * (1 - REAL_SHARE) / REAL_SHARE)
