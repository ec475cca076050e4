"""The simulated corpus that weights are trained on."""

import numpy as np

from obspy_tng.simulate.corpus import simulated_corpus


def test_simulated_windows_end_as_records_do():
    """Most are tapered as prepared records are; some are cut abruptly, as others' may be."""
    ends = np.concatenate([np.abs(data[..., [0, -1]]).max((1, 2)) / np.abs(data).max((1, 2))
                           for data, _ in simulated_corpus(60, 1000, 50.0, seed=2)])
    assert 0.15 < (ends > 1e-6).mean() < 0.45
