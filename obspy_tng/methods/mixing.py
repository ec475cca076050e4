"""
How the enrolled records of one station are combined
====================================================

A sampler gives each realization weights over the enrolled records that sum to
one. With the linear decoder of the released model, the decoded mixture of
latents is the same mixture of standardised reconstructions.
"""

import numpy as np

from .._checks import count, positive
from ..exceptions import TNGInputError

#: number of records in a mean, as published
PUBLISHED_K = 5


def mean_weights(n_records, rng, k=None):
    """
    Equal weights on k records drawn without replacement (the published sampler).

    :param n_records: number of enrolled records.
    :param rng: ``numpy.random.Generator``.
    :param k: number of records; None takes 5, or all where fewer are enrolled.
    :return: array ``(n_records,)``, sum 1.
    :raises TNGInputError: if k is not between 1 and ``n_records``.
    """
    chosen = rng.choice(n_records, check_k(k, n_records, PUBLISHED_K), replace=False)
    weights = np.zeros(n_records)
    weights[chosen] = 1 / len(chosen)
    return weights


def dirichlet_weights(n_records, rng, k=None, alpha=0.5):
    """
    Dirichlet weights on k records drawn without replacement.

    The third version of the paper restricts Dirichlet weights to the station
    but does not give alpha or k.

    :param n_records: number of enrolled records.
    :param rng: ``numpy.random.Generator``.
    :param k: number of records; None takes all.
    :param alpha: concentration > 0; small values put most weight on one record,
        large ones approach the mean.
    :return: array ``(n_records,)``, sum 1.
    :raises TNGInputError: for k or alpha out of range.
    """
    alpha = positive("alpha", alpha)
    chosen = rng.choice(n_records, check_k(k, n_records, n_records), replace=False)
    weights = np.zeros(n_records)
    # logarithms of gamma variates: tiny alphas would underflow to 0/0
    log_gamma = (np.log(rng.standard_gamma(alpha + 1, len(chosen)))
                 + np.log(rng.uniform(size=len(chosen))) / alpha)
    share = np.exp(log_gamma - log_gamma.max())
    weights[chosen] = share / share.sum()
    return weights


SAMPLERS = {"mean": mean_weights, "dirichlet": dirichlet_weights}


def check_k(k, n_records, default):
    """The number of records to combine, checked; ``default`` (or all) where k is None."""
    if k is None:
        return min(default, n_records)
    if count("k", k, " or None", least=1) > n_records:
        raise TNGInputError(f"k must be between 1 and the {n_records} records enrolled at the "
                            f"station, got {k!r}")
    return int(k)
