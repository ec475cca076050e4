"""Correlation along ln f: what is drawn is found again."""

import numpy as np
import pytest

from obspy_tng.groundmotion.correlation import (
    Decay,
    contrast_correlation,
    contrast_shares,
    fit_decay,
    lagged_correlation,
    local_shares,
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


def test_broad_terms_are_smooth():
    """Neighbouring bands differ by the square of their distance, not by the distance."""
    decay = Decay(3.0)
    assert decay.broad(3.0) == pytest.approx(np.exp(-1), abs=1e-3)
    near, nearer = 1 - decay.broad(0.2), 1 - decay.broad(0.1)
    assert near / nearer == pytest.approx(4, rel=0.1)


def test_shares_that_grow_with_frequency_are_found():
    """Terms whose fine structure fades, as that of band levels does at high frequencies."""
    rng, decay = np.random.default_rng(0), Decay(2.0, 0.5)
    truth = np.linspace(0.2, 0.9, 42)
    matrix = decay.matrix(FREQUENCIES, truth)
    assert np.linalg.eigvalsh(matrix).min() > 0
    terms = rng.standard_normal((400, 42)) @ np.linalg.cholesky(matrix).T
    found = local_shares(terms.T @ terms, FREQUENCIES, decay, 400, 10)
    assert np.abs(found - truth).max() < 0.15
    kept = local_shares(terms.T @ terms, FREQUENCIES, decay, 0, 10)
    np.testing.assert_allclose(kept, 0.5)


def test_fine_structure_of_the_level_follows_from_independent_components():
    """Drawn components with independent fine structure and one broad term."""
    rng = np.random.default_rng(1)
    fine = 0.5 * rng.standard_normal((20000, 3))
    z, n, e = (fine + rng.standard_normal((20000, 1))).T
    contrasts = np.array([(n + e) / 2, (n + e) / 2 - z, n - e])
    shares = contrast_shares([[1.5 * 0.25], [2 * 0.25]], contrasts.var(1)[:, None])
    assert shares[0] == pytest.approx(1 / 1.125, abs=0.01)
    assert shares[1:].max() < 0.05
