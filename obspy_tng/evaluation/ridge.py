"""
Ridge regression whose penalty is the one with the smallest leave-one-out error.

On the products of all records with each other, from which every fold takes its part: with more
features than records this is the smaller problem.
"""

import numpy as np

PENALTIES = np.logspace(0, 5, 11)


def ridge_prediction(products, target, train, test):
    """
    Predict some records from others, with an intercept that is not penalised.

    :param products: scalar products of the features of all records, array ``(n, n)``.
    :param target: array ``(n,)``; only that of ``train`` is used.
    :param train: positions of the records that are known.
    :param test: positions of those that are predicted.
    :return: array ``(len(test),)``

    .. rubric:: Example

    >>> x = np.linspace(-50, 50, 11)
    >>> ridge_prediction(np.outer(x, x), 3 * x + 1, np.arange(10), [10]).round(1)
    array([151.])
    """
    known = products[np.ix_(train, train)]
    mean, offset = known.mean(axis=0), target[train].mean()
    values, vectors = np.linalg.eigh(known - mean - mean[:, None] + mean.mean())
    shrunk = 1 / (values.clip(0)[:, None] + PENALTIES)
    along = vectors.T @ (target[train] - offset)
    weights = vectors @ (along[:, None] * shrunk)
    # a record that is left out has its residual (penalty * weight) over 1 - leverage, of which the
    # intercept has 1 / n
    leverage = 1 / len(known) + np.square(vectors) @ (values.clip(0)[:, None] * shrunk)
    errors = np.square(PENALTIES * weights / (1 - leverage)).mean(axis=0)
    # weights add up to zero, so that what all of a record's products have in common drops out
    return (products[np.ix_(test, train)] - mean) @ weights[:, errors.argmin()] + offset
