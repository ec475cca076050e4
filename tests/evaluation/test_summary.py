"""Summary of an evaluation: counts of verdicts, and distances in standard deviations."""

from types import SimpleNamespace

import numpy as np
import pytest

from obspy_tng.evaluation.summary import FARTHEST, answer, excess, plot_verdicts, verdicts


def row(metric, verdict, distance=0.0, generator="g", station="all"):
    return {"metric": metric, "title": metric.upper(), "verdict": verdict, "generator": generator,
            "station": station, "distance": distance, "floor_distance": 0.1,
            "floor_distance_given": 0.2, "floor_distance_spread": 0.05}


@pytest.fixture
def evaluation():
    return SimpleNamespace(generators=["g", "h"], rows=[
        row("a", "within", 0.2), row("b", "outside", 2.0), row("c", "near", 0.3),
        row("d", "below", 0.0), row("e", ""), row("a", "outside", 1.0, "h"),
        row("a", "outside", 1.0, station="XX.A")])


def test_verdicts_and_words(evaluation):
    found = verdicts(evaluation, "g")
    assert {name: [r["metric"] for r in rows] for name, rows in found.items()} == {
        "within": ["a"], "near": ["c"], "outside": ["b"], "below": ["d"], "": ["e"]}
    assert answer(evaluation, "g") == [
        "g: of 4 figures 1 at the floor, 1 near it, 1 outside, 1 below it, where less is no "
        "fault, 1 not known.", "Outside: B.", "Near it: C.",
        "Below it, where less is no fault: D."]
    assert answer(evaluation, "h")[0] == "h: of 1 figures 0 at the floor, 0 near it, 1 outside."


def test_excess_is_beyond_the_larger_floor():
    assert excess(row("a", "near", 0.3)) == pytest.approx((0.3 - 0.2) / 0.05)
    assert excess({**row("a", "near", 0.3), "floor_distance_given": np.nan}) == pytest.approx(4)
    assert np.isnan(excess(row("a", "", np.nan)))


def test_picture(evaluation):
    ax, = plot_verdicts(evaluation).axes
    assert [label.get_text() for label in ax.get_yticklabels()] == list("ABCDE")
    ours, others = ax.lines
    np.testing.assert_allclose(ours.get_xdata()[:3], [0, FARTHEST, 2])  # 36 is cut
    assert list(others.get_ydata()) == [0]
