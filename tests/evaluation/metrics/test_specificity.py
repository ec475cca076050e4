"""The score: published numbers, closed forms, and its interval and ceiling."""

import numpy as np
import pytest

from obspy_tng.evaluation.axes import Axes
from obspy_tng.evaluation.metrics import similarity, specificity

STATIONS = ("0205", "1716", "2020", "3130", "4628")
# reference/README.md, section D: 5x5 score, 10x10 score, mean diagonal, off-diagonal, diagonal
PUBLISHED = {
    "f0_timesnet": (0.9469, 0.9523, 0.8605, 0.0839, (.7643, .8653, .9097, .8579, .9052)),
    "f0_vae": (0.6677, 0.8223, 0.5712, 0.1096, (.3401, .5376, .6395, .8843, .4548)),
    "f0_real": (0.9670, 0.9670, 1.0, 0.0819, (1, 1, 1, 1, 1)),
}


@pytest.fixture(scope="module")
def bundles(reference):
    return {s: dict(np.load(reference / f"hvsr_f0_station_{s}.npz")) for s in STATIONS}


@pytest.mark.parametrize("kind", PUBLISHED)
def test_published_table(bundles, kind):
    real = {s: bundle["f0_real"] for s, bundle in bundles.items()}
    other = {s: bundle[kind] for s, bundle in bundles.items()}
    found = specificity.score_f0(real, other, similarity.paper_bins())
    score, blocks, diagonal, off_diagonal, stations = PUBLISHED[kind]
    assert found["score"] == pytest.approx(score, abs=5e-5)
    assert found["score_2x2"] == pytest.approx(blocks, abs=5e-5)
    assert found["diagonal"] == pytest.approx(diagonal, abs=5e-5)
    assert found["off_diagonal"] == pytest.approx(off_diagonal, abs=5e-5)
    assert np.diag(found["matrix"]) == pytest.approx(stations, abs=5e-5)
    assert found["low"] <= found["score"] + 0.05
    # real against itself is above what any independent sample can reach
    assert found["ceiling"] < 0.9670


def draw(n, seed, centers=(0.3, 0.6, 1.2, 2.5, 5.0), scatter=0.25):
    rng = np.random.default_rng(seed)
    return {f"XX.S{k}": c * np.exp(scatter * rng.standard_normal(n))
            for k, c in enumerate(centers)}


def test_ceiling_is_what_a_perfect_generator_gets():
    """Independent samples of the true distributions: their mean score is the ceiling."""
    bins = similarity.log_bins(Axes(50.0, 6000, 0.1, 20.0))
    scores = [specificity.score_f0(draw(40, 2 * i), draw(40, 2 * i + 1), bins, repeats=2)["score"]
              for i in range(40)]
    found = specificity.score_f0(draw(40, 100), draw(40, 101), bins, repeats=400)
    assert found["ceiling"] == pytest.approx(np.mean(scores), abs=0.03)
    assert found["ceiling_low"] < found["ceiling"] < found["ceiling_high"] < 1
    assert found["low"] < found["high"]


def test_stations_that_look_alike_score_low():
    bins = similarity.log_bins(Axes(50.0, 6000, 0.1, 20.0))
    same = {s: np.concatenate(list(draw(20, 3).values())) for s in draw(1, 0)}
    assert abs(specificity.score_f0(draw(50, 1), same, bins)["score"]) < 0.3
    swapped = dict(zip(draw(1, 0), list(draw(50, 2).values())[::-1], strict=True))
    assert specificity.score_f0(draw(50, 1), swapped, bins)["score"] < 0.3
    third = specificity.score_f0(draw(50, 1), draw(50, 2), bins, draw(50, 3))
    assert third["matrix_3x3"].shape == (15, 15)
    assert 0.5 < third["score_3x3"] < 1


def test_same_seed_same_interval():
    bins = similarity.paper_bins()
    first, second = (specificity.score_f0(draw(20, 1), draw(20, 2), bins, seed=7)
                     for _ in range(2))
    assert first["low"] == second["low"]
    assert first["ceiling"] == second["ceiling"]


@pytest.mark.parametrize("n", [10, 20])
def test_ceiling_of_few_records_is_not_optimistic(n):
    """Drawn from the records alone it would be 0.03 too high with ten."""
    bins = similarity.log_bins(Axes(50.0, 6000, 0.1, 20.0))
    truth = np.mean([specificity.score_f0(draw(n, 2 * i, scatter=0.3),
                                          draw(n, 2 * i + 1, scatter=0.3), bins, repeats=2)["score"]
                     for i in range(60)])
    found = [specificity.score_f0(draw(n, 500 + 2 * i, scatter=0.3),
                                  draw(n, 501 + 2 * i, scatter=0.3), bins, repeats=60)
             for i in range(20)]
    assert np.mean([f["ceiling"] for f in found]) == pytest.approx(truth, abs=0.015)
    inside = [f["low"] <= truth <= f["high"] for f in found]
    assert np.mean(inside) > 0.75
    assert all(f["low"] < f["score"] < f["high"] for f in found)
