"""The simulated corpus that weights are trained on: windows and the arrivals in them."""

import numpy as np
import pytest

from obspy_tng.simulate.corpus import simulated_corpus


def test_simulated_windows_end_as_records_do():
    """Most are tapered as prepared records are; some are cut abruptly, as others' may be."""
    ends = np.concatenate([np.abs(data[..., [0, -1]]).max((1, 2)) / np.abs(data).max((1, 2))
                           for data, _ in simulated_corpus(60, 1000, 50.0, seed=2)])
    assert 0.15 < (ends > 1e-6).mean() < 0.45


@pytest.fixture(scope="module")
def corpus():
    return list(simulated_corpus(40, 2000, 50.0, seed=3))


def test_shapes(corpus):
    assert sum(len(infos) for _, infos in corpus) >= 40
    for data, infos in corpus:
        assert data.shape == (len(infos), 3, 2000)
        assert data.dtype == np.float32


def test_arrivals_are_those_of_the_window(corpus):
    louder, known = [], 0
    for data, infos in corpus:
        for record, info in zip(data, infos, strict=True):
            p, s = info["p_index"], info["s_index"]
            for arrival in (p, s):
                assert arrival is None or 0 <= arrival < 2000
            if p is not None and s is not None:
                assert p < s
            if p is not None and 100 <= p < 1800:
                known += 1
                before, after = (np.square(record[:, a:b]).mean() for a, b in
                                 ((p - 100, p - 20), (p, p + 150)))
                louder.append(after > 2 * before)
    assert known > 10
    assert np.mean(louder) > 0.8
