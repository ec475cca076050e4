"""The floor and the verdicts: calibrated against draws from one and from two populations."""

import numpy as np
import pytest

from obspy_tng.evaluation.axes import Axes
from obspy_tng.evaluation.floor import Floor, auc_verdict, distance_of, redraw, split_sets
from obspy_tng.evaluation.metrics.metric import Metric
from obspy_tng.evaluation.recordset import RecordSet

BIAS = Metric("b", "", "ln", 0.0, "", None)
RATIO = Metric("r", "", "", 1.0, "", None, ratio=True)


def sets():
    """Two stations that share some earthquakes."""
    axes = Axes(50.0, 100, 1.0, 20.0)
    return {station: RecordSet(np.zeros((n, 3, 100)), axes,
                               [{"record_id": f"{station}{i}", "event_id": f"e{i + first}"}
                                for i in range(n)])
            for station, n, first in (("XX.A", 20, 0), ("XX.B", 10, 15))}


def test_no_earthquake_on_both_sides():
    rng = np.random.default_rng(0)
    whole = sets()
    for share in (0.5, 0.2):
        first, second = split_sets(whole, share, rng)
        events = [{e for r in side.values() for e in r.identities} for side in (first, second)]
        assert not events[0] & events[1]
        assert len(events[0]) == round(share * 25)
        for station in whole:
            assert len(first[station]) + len(second[station]) == len(whole[station])


def test_redraw():
    drawn = redraw(sets(), {"XX.A": 50, "XX.B": 3}, np.random.default_rng(0))
    assert [len(r) for r in drawn.values()] == [50, 3]
    empty = {"XX.A": sets()["XX.A"].take([])}
    assert len(redraw(empty, {"XX.A": 5}, np.random.default_rng(0))["XX.A"]) == 0


def test_distance_does_not_cancel_between_stations_but_between_comparisons():
    assert distance_of(BIAS, np.array([[1.0, -1.0]])) == 1
    assert distance_of(BIAS, np.array([[1.0], [-1.0]])) == 0
    assert distance_of(RATIO, np.array([[2.0, 0.5]])) == pytest.approx(np.log(2))
    assert distance_of(BIAS, np.array([[1.0, np.nan]])) == 1


def test_verdicts():
    floor = Floor(0.0, 0.1, 0.1, 0.02, np.nan)
    assert [floor.verdict(d) for d in (0.0, 0.15, 0.21, 0.5)] == [
        "within", "within", "near", "outside"]
    assert floor.verdict(np.nan) == ""
    # the split that was given was worse
    assert Floor(0.0, 0.1, 0.1, 0.02, 0.5).verdict(0.5) == "within"
    assert Floor(0.0, 0.0, 0.0, 0.0, np.nan).verdict(0.0) == "within"
    assert Floor(0.0, 0.0, 0.0, 0.0, np.nan).verdict(0.01) == "outside"


def test_verdicts_on_a_classifier():
    assert [auc_verdict(value, 0.46, 0.05) for value in (0.3, 0.6, 0.7, 0.9)] == [
        "within", "within", "near", "outside"]
    assert auc_verdict(0.7, 0.6, 0.05) == "within"
    assert auc_verdict(np.nan, 0.5, 0.05) == auc_verdict(0.9, np.nan, 0.05) == ""


def test_calibration():
    """Figures of the floor's own kind pass, those with a fault of 5 sd do not."""
    rng = np.random.default_rng(0)
    verdicts = {0.0: [], 5.0: []}
    for _ in range(100):
        floor = Floor.of_values(BIAS, rng.standard_normal((20, 5)), None, 2, 0)
        for fault, found in verdicts.items():
            found.append(floor.verdict(distance_of(BIAS, fault + rng.standard_normal((2, 5)))))
    assert verdicts[0.0].count("within") >= 95
    assert verdicts[0.0].count("outside") == 0
    assert verdicts[5.0].count("outside") >= 95


def test_more_comparisons_know_more():
    values = np.random.default_rng(0).standard_normal((40, 5))
    one, many = (Floor.of_values(BIAS, values, None, n, 0) for n in (1, 16))
    assert many.distance == pytest.approx(one.distance / 4, rel=0.35)
    assert one.value == many.value
    assert one.spread == many.spread
