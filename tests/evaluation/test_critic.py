"""The classifier that tells real from generated: blind where it must be, right where it can."""

import numpy as np
import pytest
from scipy.stats import kurtosis, mannwhitneyu

from obspy_tng import evaluate, simulate_network
from obspy_tng.baselines import RandomAllPass, ResampledReal
from obspy_tng.evaluation import waveform_features
from obspy_tng.evaluation.metrics import critic
from obspy_tng.evaluation.waveform_features import Bands, feature_names
from obspy_tng.records.earthquakes import split_by_event
from obspy_tng.records.record import group_by_station

RATE, WINDOW = 50.0, 40.0


@pytest.fixture(scope="module")
def bands():
    return Bands.between(0.25, 20.0, RATE)


def noise(n, npts=2000, seed=0):
    return np.random.default_rng(seed).standard_normal((n, 3, npts))


def test_names_and_features_go_together(bands):
    features = waveform_features.waveform_features(noise(3), bands)
    names = feature_names(bands, 2000)
    assert list(features) == list(names) == list(critic.GROUPS)
    for group, values in features.items():
        assert values.shape == (3, len(names[group]))
        assert np.isfinite(values).all()
    every = [name for group in names.values() for name in group]
    assert len(set(every)) == len(every)


def test_each_record_alone_has_the_features_of_the_batch(bands):
    data = noise(4)
    every = waveform_features.waveform_features(data, bands)
    alone = waveform_features.waveform_features(data[2:3], bands)
    for group, values in every.items():
        np.testing.assert_allclose(alone[group][0], values[2], rtol=1e-6, atol=1e-8)


def test_kurtosis():
    data = np.random.default_rng(0).standard_normal((4, 3, 500)) ** 3 + 2
    np.testing.assert_allclose(waveform_features._kurtosis(data), kurtosis(data, axis=-1),
                               rtol=1e-12)
    assert np.isnan(waveform_features._kurtosis(np.full((1, 3, 500), 7.0))).all()


def test_only_levels_see_the_level(bands):
    data = noise(3)
    once, again = (waveform_features.waveform_features(x, bands) for x in (data, 7 * data))
    np.testing.assert_allclose(again["levels"][:, :3] - once["levels"][:, :3], 2 * np.log(7))
    for group in critic.GROUPS[1:]:
        np.testing.assert_allclose(again[group], once[group], atol=1e-4)


def test_features_of_closed_form(bands):
    """A sine on one component only: its energy comes evenly, and it is rectilinear."""
    t = np.arange(2000) / RATE
    data = 1e-6 * noise(1)
    data[0, 0] += np.sin(2 * np.pi * 3 * t)
    names = feature_names(bands, 2000)
    features = waveform_features.waveform_features(data, bands)
    found = {name: value for group, values in features.items()
             for name, value in zip(names[group], values[0], strict=True)}
    time = found["time of 50% of the energy after the onset, Z, all frequencies"]
    assert np.sinh(time) == pytest.approx(0.45 * WINDOW, abs=0.1)
    assert found["rectilinearity at the strong part, all frequencies"] == pytest.approx(1, abs=1e-6)
    assert found["vertical share at the coda, all frequencies"] == pytest.approx(0, abs=1e-6)
    assert found["crest factor, Z, all frequencies"] == pytest.approx(np.log(np.sqrt(2)), abs=0.01)
    assert found["ln PGV Z"] == pytest.approx(np.log(1 / (2 * np.pi * 3)), abs=0.05)


def test_auc_is_that_of_the_rank_test():
    rng = np.random.default_rng(1)
    real = rng.random(80) < 0.4
    scores = rng.standard_normal(80) + real
    expected = mannwhitneyu(scores[real], scores[~real]).statistic / (real.sum() * (~real).sum())
    assert critic.auc(scores, real) == pytest.approx(expected)
    one = critic.telling_features(scores[:, None], ["x"], real)[0]
    assert one["auc"] == pytest.approx(expected)


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
    assert "Classifier, real or generated (AUC)" in evaluation.table()
    html = evaluation.to_html()
    assert "Can a classifier tell?" in html
    assert "What tells all-pass" in html
    assert evaluation.to_dict()["critic"][0]["group"] == "levels"


def test_too_few_records_are_not_judged():
    network = simulate_network(1, 8, seed=4, sampling_rate=RATE, window=WINDOW).records
    (station, records), = group_by_station(network).items()
    report = evaluate({station: records[:4]}, {station: records[4:]}, repeats=2)
    assert all(np.isnan(row["value"]) for row in report.critic)
