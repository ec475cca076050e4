"""The correlation model against pygmm's own code of it."""

import numpy as np
import pytest
from pygmm.baker_jayaram_2008 import calc_correls

from obspy_tng.exceptions import TNGInputError
from obspy_tng.suites.correlations import baker_jayaram

PERIODS = np.geomspace(0.01, 10, 61)


def test_pygmm():
    ours = baker_jayaram(PERIODS)
    theirs = np.stack([calc_correls(PERIODS, period) for period in PERIODS], axis=1)
    np.testing.assert_allclose(ours, theirs, atol=1e-12)


def test_is_a_correlation():
    matrix = baker_jayaram(PERIODS)
    np.testing.assert_allclose(np.diag(matrix), 1, atol=1e-12)
    np.testing.assert_allclose(matrix, matrix.T)
    assert (np.abs(matrix) <= 1).all()
    # the fit of the article is not exactly positive definite; it is nearly so
    assert np.linalg.eigvalsh(matrix).min() > -0.05


def test_range():
    with pytest.raises(TNGInputError, match="not above 10"):
        baker_jayaram([1.0, 12.0])
