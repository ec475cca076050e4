"""The classifier that tells real from generated: blind where it must be, right where it can."""

import numpy as np
import pytest
from scipy.stats import mannwhitneyu

from obspy_tng import evaluate, simulate_network
from obspy_tng.baselines import RandomAllPass, ResampledReal
from obspy_tng.evaluation.axes import Axes
from obspy_tng.evaluation.comparisons import Comparison
from obspy_tng.evaluation.floor import redraw
from obspy_tng.evaluation.metrics import critic
from obspy_tng.evaluation.recordset import RecordSet
from obspy_tng.records.earthquakes import split_by_event
from obspy_tng.records.record import group_by_station

RATE, WINDOW = 50.0, 40.0


def test_auc_is_that_of_the_rank_test():
    rng = np.random.default_rng(1)
    real = rng.random(80) < 0.4
    scores = rng.standard_normal(80) + real
    expected = mannwhitneyu(scores[real], scores[~real]).statistic / (real.sum() * (~real).sum())
    assert critic.auc(scores, real) == pytest.approx(expected)
    one = critic.telling_features(scores[:, None], ["x"], real)[0]
    assert one["auc"] == pytest.approx(expected)

    rounded = scores.round()  # with ties
    expected = mannwhitneyu(rounded[real], rounded[~real]).statistic / (real.sum() * (~real).sum())
    assert critic.auc(rounded, real) == pytest.approx(expected)


def test_blind_where_there_is_nothing_and_sees_spread():
    """Records of one earthquake are tested together: what is particular to it does not help."""
    rng = np.random.default_rng(2)
    events = np.repeat(np.arange(60), 4)
    real = np.tile([True, False], 120)
    features = rng.standard_normal((240, 20)) + 5 * rng.standard_normal((60, 20))[events]
    found = [critic.auc(critic.classifier_scores(features, real, events, seed), real)
             for seed in range(4)]
    assert 0.38 < np.mean(found) < 0.62
    features[real] *= 0.7
    scores = critic.classifier_scores(features, real, events)
    assert critic.auc(scores, real) > 0.7
    low, high = critic.interval(scores, real, events)
    assert low < critic.auc(scores, real) < high


def test_asked_for_earthquakes_are_tested_with_their_records():
    class Records:
        def __init__(self, scenarios, names):
            self.infos = [{"magnitude": m, "distance": r} for m, r in scenarios]
            self.identities = names
    real = Records([(5.0, 30.0), (None, None)], ["one", "two"])
    made = Records([(5.0, 30.0), (5.0, 31.0), (None, None)], ["g/0", "g/1", "g/2"])
    assert critic._asked_for(made, real) == ["one", "g/1", "g/2"]


@pytest.fixture(scope="module")
def evaluation():
    network = simulate_network(3, 30, seed=4, sampling_rate=RATE, window=WINDOW).records
    had, real = (group_by_station(half) for half in split_by_event(network, seed=1))
    known = [r for group in had.values() for r in group]
    controls = {"resampled": ResampledReal, "all-pass": RandomAllPass}
    generated = {name: {s: control(RATE, WINDOW).enroll(known).generate(s, 15, seed=2)
                        for s in had} for name, control in controls.items()}
    return evaluate(real, generated, floor=had, enrolled=had, repeats=4)


def test_copies_of_real_records_pass_and_scrambled_phases_do_not(evaluation):
    rows = {(row["generator"], row["group"]): row for row in evaluation.critic}
    # copies that are drawn several times are a little off the floor, as on real records
    assert rows["resampled", "levels"]["value"] < 0.72
    assert rows["resampled", "all"]["value"] < rows["all-pass", "all"]["low"] - 0.1
    assert rows["all-pass", "all"]["value"] > 0.8
    assert rows["all-pass", "levels"]["value"] < rows["all-pass", "onsets"]["value"]
    assert 0.3 < rows["all-pass", "all"]["floor"] < 0.7
    assert rows["all-pass", "all"]["low"] <= rows["all-pass", "all"]["value"]


def test_report_and_table_show_it(evaluation):
    title, *lines = evaluation.table().partition("Classifier, real")[2].splitlines()
    assert title == " or generated (AUC)"
    whole, = (line for line in lines if line.startswith("  all "))
    assert whole.split()[-1] in "!~"  # all-pass noise is known; marked as other figures are
    html = evaluation.to_html()
    assert "Can a classifier tell?" in html
    assert "What tells all-pass" in html
    assert evaluation.to_dict()["critic"][0]["group"] == "levels"


def test_too_few_records_are_not_judged():
    network = simulate_network(1, 8, seed=4, sampling_rate=RATE, window=WINDOW).records
    (station, records), = group_by_station(network).items()
    report = evaluate({station: records[:4]}, {station: records[4:]}, repeats=2)
    assert all(np.isnan(row["value"]) for row in report.critic)


def test_all_that_classifiers_see_is_measured_first(monkeypatch):
    """In threads, once each; the classifiers then find everything measured."""
    network = simulate_network(2, 24, seed=5, sampling_rate=RATE, window=WINDOW).records
    first, second = (group_by_station(half) for half in split_by_event(network, seed=1))
    axes = Axes.of_records(network)
    real, other = ({s: RecordSet.from_records(group[s], axes, s) for s in group}
                   for group in (first, second))
    floors = [[Comparison(real, redraw(other, dict.fromkeys(other, 8), np.random.default_rng(2)),
                          other)]]
    judged = {"g": [[Comparison(real, other, other)]]}
    for part in critic.classified(floors, judged, seed=3):
        part.waveform  # noqa: B018
    known = [set(whole.measured_records["waveform"]) for whole in (*real.values(), *other.values())]
    critic.critic_rows(floors, judged, seed=3)
    assert known == [set(whole.measured_records["waveform"])
                     for whole in (*real.values(), *other.values())]
