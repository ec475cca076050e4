"""Ridge regression against scikit-learn's, and the leave-one-out errors by leaving one out."""

import numpy as np
import pytest
from sklearn.linear_model import RidgeCV

from obspy_tng.evaluation.ridge import PENALTIES, ridge_prediction


def records(number, features, seed=0):
    rng = np.random.default_rng(seed)
    columns = rng.standard_normal((number, features))
    target = np.where(columns[:, 0] + rng.standard_normal(number) > 0, 1.0, -1.0)
    fold = rng.random(number) < 0.8
    return columns, target, np.flatnonzero(fold), np.flatnonzero(~fold)


@pytest.mark.parametrize(("number", "features"), [(60, 200), (200, 30), (40, 40)])
def test_as_scikit_learn(number, features):
    columns, target, train, test = records(number, features)
    expected = RidgeCV(PENALTIES).fit(columns[train], target[train]).predict(columns[test])
    found = ridge_prediction(columns @ columns.T, target, train, test)
    np.testing.assert_allclose(found, expected, rtol=1e-9, atol=1e-11)


def test_penalty_has_the_smallest_leave_one_out_error():
    """Each record left out in turn, by the normal equations."""
    columns, target, train, test = records(30, 8)

    def solve(some, penalty):
        centre, offset = columns[some].mean(axis=0), target[some].mean()
        x = columns[some] - centre
        slope = np.linalg.solve(x.T @ x + penalty * np.eye(8), x.T @ (target[some] - offset))
        return lambda rows: (columns[rows] - centre) @ slope + offset
    errors = [np.mean([(solve(np.setdiff1d(train, [one]), penalty)([one])[0] - target[one]) ** 2
                       for one in train]) for penalty in PENALTIES]
    best = PENALTIES[np.argmin(errors)]
    assert PENALTIES[0] < best < PENALTIES[-1]
    found = ridge_prediction(columns @ columns.T, target, train, test)
    np.testing.assert_allclose(found, solve(train, best)(test), rtol=1e-9)
