"""Ridge regression: the predictions and the penalty of scikit-learn, and by leaving out."""

import numpy as np
import pytest
from sklearn.linear_model import Ridge, RidgeCV

from obspy_tng.evaluation.ridge import ridge_predictions

PENALTIES = np.logspace(0, 5, 11)


@pytest.mark.parametrize("shape", [(60, 8), (60, 60), (60, 200), (200, 61)])
def test_as_scikit_learn(shape):
    rng = np.random.default_rng(shape[1])
    x, asked = rng.standard_normal((2, *shape))
    x[:, 3] = asked[:, 3] = 1.0  # constant
    x[:, 4], asked[:, 4] = x[:, 5], asked[:, 5]  # twice the same
    y = np.sign(x[:, 0] + rng.standard_normal(shape[0]))
    expected = RidgeCV(PENALTIES).fit(x, y).predict(asked)
    np.testing.assert_allclose(ridge_predictions(x, y, asked, PENALTIES), expected, rtol=1e-8,
                               atol=1e-10)


def test_the_penalty_has_the_least_error_of_rows_left_out():
    rng = np.random.default_rng(1)
    x, asked = rng.standard_normal((2, 30, 12))
    y = x[:, 0] + rng.standard_normal(30)

    def error(penalty):
        kept = [np.arange(30) != i for i in range(30)]
        return np.mean([np.square(Ridge(penalty).fit(x[k], y[k]).predict(x[~k]) - y[~k])
                        for k in kept])
    best = min(PENALTIES, key=error)
    np.testing.assert_allclose(ridge_predictions(x, y, asked, PENALTIES),
                               Ridge(best).fit(x, y).predict(asked))
