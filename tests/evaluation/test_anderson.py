"""Anderson's scores: identity, scaling in closed form, no relation."""

import numpy as np
import pytest

from obspy_tng.evaluation.anderson import CRITERIA, anderson_scores
from obspy_tng.exceptions import TNGInputError

RATE, EDGES = 100.0, [0.2, 1.0, 5.0, 20.0]


@pytest.fixture(scope="module")
def shaking():
    rng = np.random.default_rng(0)
    return rng.standard_normal((4, 2000)) * np.hanning(2000)


def test_identity(shaking):
    found = anderson_scores(shaking, shaking, RATE, EDGES)
    assert found.shape == (4, 4, len(CRITERIA))
    np.testing.assert_allclose(found, 10)


@pytest.mark.parametrize("factor", [1.2, 0.5])
def test_scaling(shaking, factor):
    """Durations and correlation stay 10; amplitudes: 10 exp(-((1 - k) / min(1, k))^2)."""
    found = anderson_scores(shaking, factor * shaking, RATE, EDGES)
    def expected(k):
        return 10 * np.exp(-((1 - k) / min(1, k)) ** 2)
    np.testing.assert_allclose(found[..., [0, 1, 9]], 10, atol=1e-6)
    np.testing.assert_allclose(found[..., 4:9], expected(factor), rtol=1e-6)
    np.testing.assert_allclose(found[..., 2:4], expected(factor ** 2), rtol=1e-6)


def test_reversed_sign(shaking):
    found = anderson_scores(shaking, -shaking, RATE, EDGES)
    np.testing.assert_allclose(found[..., :9], 10)
    np.testing.assert_allclose(found[..., 9], 0)


def test_no_relation_and_symmetry(shaking):
    found = anderson_scores(shaking[:2], shaking[2:], RATE, EDGES)
    np.testing.assert_allclose(anderson_scores(shaking[2:], shaking[:2], RATE, EDGES), found)
    assert found[:, 0, 9].max() < 1  # over the whole range; a band has few cycles
    with pytest.raises(TNGInputError, match="same shape"):
        anderson_scores(shaking, shaking[:2], RATE, EDGES)
    with pytest.raises(TNGInputError, match="two or more"):
        anderson_scores(shaking, shaking, RATE, [1.0])
