"""Choice of a source record."""

import numpy as np

from obspy_tng.methods.source_bank import choose


def test_chosen_with_the_probabilities_given():
    probability = np.array([0.5, 0.0, 0.2, 0.3])
    found = [choose(probability, np.random.default_rng(i)) for i in range(4000)]
    share = np.bincount(found, minlength=4) / len(found)
    np.testing.assert_allclose(share, probability, atol=0.03)
    assert share[1] == 0


def test_similar_probabilities_choose_the_same():
    """Records of one seed change little with the scenario (by inversion: a third of them)."""
    rng = np.random.default_rng(0)
    p = rng.dirichlet(np.ones(50))
    q = p * np.exp(0.1 * rng.standard_normal(50))
    same = np.mean([choose(p, np.random.default_rng(i)) == choose(q / q.sum(),
                                                                  np.random.default_rng(i))
                    for i in range(500)])
    assert same > 0.85
