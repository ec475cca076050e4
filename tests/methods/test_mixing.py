"""Weights of samplers that mix records."""

import numpy as np
import pytest

from obspy_tng.exceptions import TNGInputError
from obspy_tng.methods.mixing import dirichlet_weights, mean_weights


def test_mean_weights():
    w = mean_weights(20, np.random.default_rng(0))
    assert (np.sort(w)[-5:] == 0.2).all()
    assert w.sum() == pytest.approx(1)
    assert (mean_weights(3, np.random.default_rng(0)) == 1 / 3).all()
    with pytest.raises(TNGInputError, match="between 1 and the 3"):
        mean_weights(3, np.random.default_rng(0), k=5)


@pytest.mark.parametrize("alpha", [0.05, 0.5, 5.0])
def test_dirichlet_weights_have_the_closed_form_moments(alpha):
    rng, n = np.random.default_rng(1), 4
    w = np.array([dirichlet_weights(n, rng, alpha=alpha) for _ in range(20000)])
    np.testing.assert_allclose(w.sum(1), 1)
    np.testing.assert_allclose(w.mean(0), 1 / n, atol=0.015)
    variance = (1 / n) * (1 - 1 / n) / (n * alpha + 1)
    np.testing.assert_allclose(w.var(0), variance, rtol=0.06)


def test_tiny_alpha_does_not_underflow():
    w = dirichlet_weights(5, np.random.default_rng(0), alpha=1e-4)
    assert np.isfinite(w).all()
    assert w.sum() == pytest.approx(1)
