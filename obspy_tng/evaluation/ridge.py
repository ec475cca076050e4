"""
Ridge regression whose penalty has the least leave-one-out error.

With the centred predictors ``X = U S V'`` the fitted values are ``m + U D U' (y - m)``, m the mean
of y and ``D = S^2 / (S^2 + penalty)``. Leaving out one row multiplies its error by ``1 / (1 - h)``,
h the diagonal of ``1 / n + U D U'``. One decomposition therefore serves all penalties.
"""

import numpy as np

#: squared singular values below this share of the largest are rounding errors
LEAST = 1e-12


def ridge_predictions(predictors, values, asked, penalties):
    """
    Predictions of a ridge regression with an intercept.

    :param predictors: array ``(n, k)``.
    :param values: array ``(n,)``.
    :param asked: predictors of the predictions, ``(m, k)``.
    :param penalties: array ``(p,)``, positive; that of the least mean leave-one-out error is taken,
        the first of equal ones.
    :return: array ``(m,)``.

    .. rubric:: Example

    >>> x = np.arange(6.0)[:, None]
    >>> ridge_predictions(x, 2 * x[:, 0] + 1, [[10.0]], [1e-9, 1.0]).round(6)
    array([21.])
    """
    mean = predictors.mean(0)
    x, y = predictors - mean, values - values.mean()
    squares, u = _left_vectors(x)
    shrink = squares / (squares + np.reshape(penalties, (-1, 1)))
    along = u.T @ y
    error = (y - (shrink * along) @ u.T) / (1 - 1 / len(y) - shrink @ np.square(u).T)
    best = np.argmin(np.square(error).mean(1))
    weights = x.T @ (u @ (shrink[best] * along / squares))
    return (asked - mean) @ weights + values.mean()


def _left_vectors(x):
    """Squared singular values above 0 of a matrix, and its left singular vectors."""
    if x.shape[0] <= x.shape[1]:
        squares, u = np.linalg.eigh(x @ x.T)
        kept = squares > LEAST * squares[-1]
        return squares[kept], u[:, kept]
    squares, v = np.linalg.eigh(x.T @ x)
    kept = squares > LEAST * squares[-1]
    return squares[kept], x @ (v[:, kept] / np.sqrt(squares[kept]))
