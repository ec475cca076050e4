"""Similarity of histograms against published ones, SciPy and closed forms."""

import numpy as np
import pytest
from scipy.spatial.distance import jensenshannon

from obspy_tng.evaluation.metrics import similarity

STATIONS = ("0205", "1716", "2020", "3130", "4628")


@pytest.fixture(scope="module")
def bundles(reference):
    return {s: dict(np.load(reference / f"hvsr_f0_station_{s}.npz")) for s in STATIONS}


def test_published_histograms(bundles):
    for bundle in bundles.values():
        for kind in ("real", "timesnet", "vae"):
            f0 = bundle[f"f0_{kind}"]
            ours = similarity.histogram(f0, similarity.paper_bins())
            # two values at 3130 sit on an edge, where float32 and float64 part
            moved = 2 / len(f0) if bundle["station"] == "3130" else 0
            assert np.abs(ours - bundle[f"pdf_{kind}"]).sum() <= 2 * moved + 1e-6


def test_similarity_against_scipy():
    rng = np.random.default_rng(0)
    p, q = rng.dirichlet(np.ones(9), 4), rng.dirichlet(np.ones(9), 3)
    expected = [[1 - jensenshannon(a + 1e-10, b + 1e-10, base=2) for b in q] for a in p]
    assert similarity.similarity(p, q) == pytest.approx(np.array(expected), abs=1e-12)
    assert similarity.similarity(p, p).diagonal() == pytest.approx(1, abs=1e-7)
    disjoint = similarity.similarity(np.eye(2), np.eye(2))
    assert disjoint == pytest.approx(np.eye(2), abs=1e-4)


def test_score_of_identity_and_of_sameness():
    assert similarity.identity_correlation(np.eye(5)) == pytest.approx(1)
    blocks = np.kron(np.eye(4), np.ones((3, 3)))
    assert similarity.identity_correlation(blocks, 3) == pytest.approx(1)
    assert np.isnan(similarity.identity_correlation(np.ones((5, 5))))
    assert np.isnan(similarity.identity_correlation(np.ones((1, 1))))
    many = np.random.default_rng(0).random((7, 5, 5))
    assert similarity.identity_correlation(many) == pytest.approx(
        [np.corrcoef(m.ravel(), np.eye(5).ravel())[0, 1] for m in many])


def test_interleaving():
    """Two kinds of records alike within each of three stations: a perfect 6x6 block matrix."""
    kinds = np.eye(3), np.eye(3)
    matrix = similarity.confusion(*kinds)
    assert similarity.identity_correlation(matrix, 2) == pytest.approx(1, abs=1e-6)


def test_paper_bins_are_blind_below_1_hz():
    low = {"A": np.full(20, 0.3), "B": np.full(20, 0.6)}
    assert similarity.histogram(low["A"], similarity.paper_bins()).sum() == 0
