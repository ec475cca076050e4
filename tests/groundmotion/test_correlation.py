"""Correlation along ln f: what is drawn is found again."""

import numpy as np
import pytest

from obspy_tng.groundmotion.correlation import (
    Decay,
    contrast_correlation,
    fit_decay,
    lagged_correlation,
)

FREQUENCIES = 0.1 * 2.0 ** (np.arange(42) / 6)


def test_a_decay_is_a_correlation():
    matrix = Decay(3.0, 0.7).matrix(FREQUENCIES)
    np.testing.assert_allclose(np.diag(matrix), 1, atol=2e-6)
    assert np.linalg.eigvalsh(matrix).min() > 0
    assert matrix[0, 18] == pytest.approx(0.7 * np.exp(-1), abs=1e-3)   # three octaves


@pytest.mark.parametrize("level_hvsr", [-0.9, 0.0, 0.7])
def test_contrasts_are_positive_definite(level_hvsr):
    decays = (Decay(0.8, 0.95), Decay(1.5, 0.3), Decay(20.0))
    matrix = contrast_correlation(decays, level_hvsr, FREQUENCIES)
    assert np.linalg.eigvalsh(matrix).min() > 0
    np.testing.assert_allclose(matrix, matrix.T)
    n = len(FREQUENCIES)
    assert matrix[3, n + 3] == pytest.approx(level_hvsr, abs=0.25)
    np.testing.assert_allclose(matrix[:n, 2 * n:], 0)
    same = contrast_correlation([Decay(2.0)] * 3, level_hvsr, FREQUENCIES)
    np.testing.assert_allclose(np.diag(same[:n, n:2 * n]), level_hvsr, atol=1e-5)


@pytest.mark.parametrize("truth", [Decay(1.0), Decay(3.0, 0.8), Decay(15.0)])
def test_terms_give_their_decay_again(truth):
    rng = np.random.default_rng(0)
    terms = rng.standard_normal((800, 42)) @ np.linalg.cholesky(truth.matrix(FREQUENCIES)).T
    found = fit_decay(*lagged_correlation(terms.T @ terms, FREQUENCIES), 800, Decay(3.0), 10)
    lags = np.array([0.5, 1.0, 2.0, 4.0])
    np.testing.assert_allclose(found.at(lags), truth.at(lags), atol=0.07)


def test_without_terms_the_prior_stays():
    assert len(lagged_correlation(np.zeros((42, 42)), FREQUENCIES)[0]) == 0
    lags = np.arange(1, 25) / 6
    kept = fit_decay(lags, np.full(24, 0.5), 0, Decay(3.0), 10)
    np.testing.assert_allclose(kept.at(lags), Decay(3.0).at(lags), atol=0.03)
