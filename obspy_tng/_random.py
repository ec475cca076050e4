"""One random generator per realization."""

import hashlib

import numpy as np

from ._checks import count


def checked_seed(seed):
    """A seed, int >= 0; a new one for None."""
    return int(np.random.default_rng().integers(2**63)) if seed is None \
        else count("seed", seed, " or None")


def shared_rng(rng):
    """
    The generator that all realizations of a seed and a station have in common.

    :param rng: one of :func:`realization_rngs`.
    :return: new ``numpy.random.Generator``, the same for each of them.

    .. rubric:: Example

    >>> a, b = (shared_rng(rng).random() for rng in realization_rngs(0, "XX.S", 2))
    >>> a == b
    True
    """
    seed, key, _ = rng.bit_generator.seed_seq.entropy
    return np.random.default_rng(np.random.SeedSequence([seed, key]))


def realization_rngs(seed, station, n, first=0):
    """
    One random generator per realization.

    They are derived on the CPU from seed, station and index, so a realization
    does not depend on how many others are drawn, on batch size or on device.

    :param seed: int >= 0.
    :param station: station id.
    :param n: number of realizations.
    :param first: number of the first one.
    :return: list of n ``numpy.random.Generator``.
    """
    key = int.from_bytes(hashlib.sha256(station.encode()).digest()[:8], "little")
    return [np.random.default_rng(np.random.SeedSequence([int(seed), key, i]))
            for i in range(first, first + n)]
