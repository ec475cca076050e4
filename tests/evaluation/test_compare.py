"""evaluate() and cross_evaluate() on a simulated network: what passes, what fails, what raises."""

import json
import re

import numpy as np
import pytest

from obspy_tng import evaluate, simulate_network
from obspy_tng.baselines import MeanOfRaw, RandomAllPass, ResampledReal, ShapedNoise
from obspy_tng.evaluation import cross_evaluate
from obspy_tng.exceptions import TNGInputError, TNGWarning
from obspy_tng.records.record import group_by_station, split_by_event

RATE, WINDOW = 50.0, 40.0
CONTROLS = {"resampled real": ResampledReal, "mean of 5": MeanOfRaw, "all-pass": RandomAllPass,
            "shaped noise": ShapedNoise}


@pytest.fixture(scope="module")
def network():
    return simulate_network(n_stations=3, n_events=36, seed=4, sampling_rate=RATE, window=WINDOW,
                            f0=[0.8, 2.5, 7.0]).records


@pytest.fixture(scope="module")
def halves(network):
    return [group_by_station(half) for half in split_by_event(network, seed=1)]


@pytest.fixture(scope="module")
def generated(halves):
    known = [r for group in halves[0].values() for r in group]
    return {name: {s: control(RATE, WINDOW).enroll(known).generate(s, 15, seed=2)
                   for s in halves[0]}
            for name, control in CONTROLS.items() if name != "all-pass"}


@pytest.fixture(scope="module")
def evaluation(halves, generated):
    had, real = halves
    return evaluate(real, generated, floor=had, enrolled=had,
                    reconstructed={"mean of 5": {s: real[s] for s in real}}, repeats=8)


@pytest.fixture(scope="module")
def crossed(network):
    makers = {name: lambda known, control=control: control(RATE, WINDOW).enroll(known)
              for name, control in CONTROLS.items()}
    return cross_evaluate(network, makers, n=15, splits=2, repeats=12)


def verdicts(evaluation, generator):
    return {row["metric"]: row["verdict"] for row in evaluation.rows
            if row["generator"] == generator and row["station"] == "all"}


def test_few_real_records_are_said(halves, generated):
    had, real = halves
    first, *others = sorted(real)
    few = {**{s: real[s] for s in others}, first: real[first][:2]}
    with pytest.warns(TNGWarning, match=rf"fewer than 3 real records.*: {first} \(2\)$"):
        evaluate(few, generated["resampled real"], floor=had, repeats=2)


def test_resampled_real_is_at_the_floor_but_for_novelty(crossed):
    found = verdicts(crossed, "resampled real")
    question = {row["metric"]: row["question"] for row in crossed.rows}
    failed = {m for m, v in found.items() if v == "outside" and question[m] != "Novelty"}
    near = {m for m, v in found.items() if v == "near" and question[m] != "Novelty"}
    assert not failed
    assert len(near) <= 2
    assert found["novelty"] == found["copies"] == found["diversity"] == "outside"
    assert crossed.value("novelty", "resampled real") == pytest.approx(1, abs=1e-3)


def test_mean_of_records_has_its_known_faults(crossed):
    found = verdicts(crossed, "mean of 5")
    for metric in ("pga_spread", "arias_spread", "d5_95_spread", "psa_sd_ratio", "fas_sd_ratio",
                   "husid_sd_ratio", "novelty"):
        assert found[metric] == "outside", metric
    assert crossed.value("pga_bias", "mean of 5") < -0.15
    assert crossed.value("pga_spread", "mean of 5") < 0.75
    # and f0 cannot see them
    assert found["specificity"] != "outside"
    assert crossed.value("novelty", "shaped noise") < crossed.value("novelty", "all-pass") < 1


def test_luck_of_the_split_cancels(crossed):
    """Both ways, real against real has no bias by construction; draws leave a little."""
    row = crossed.row("pga_bias", "resampled real")
    assert abs(row["floor"]) < 0.12
    assert abs(row["value"]) < 0.25


def test_rows(evaluation, halves):
    assert evaluation.generators == ["resampled real", "mean of 5", "shaped noise"]
    assert evaluation.stations == list(halves[1])
    row = evaluation.row("hvsr_rms", "mean of 5", evaluation.stations[0])
    assert row["unit"] == "ln"
    assert row["ideal"] == 0
    assert row["verdict"] in ("within", "near", "outside")
    assert row["floor"] > 0
    pooled = evaluation.value("hvsr_rms", "mean of 5")
    each = [evaluation.value("hvsr_rms", "mean of 5", s) for s in evaluation.stations]
    assert pooled == pytest.approx(np.mean(each))
    spread = [evaluation.value("pga_spread", "mean of 5", s) for s in evaluation.stations]
    assert evaluation.value("pga_spread", "mean of 5") == pytest.approx(
        np.exp(np.mean(np.log(spread))))
    # the controls were not asked for magnitudes
    assert not [r for r in evaluation.rows if r["question"] == "Conditioning"]
    with pytest.raises(TNGInputError, match="no figure"):
        evaluation.row("beauty", "mean of 5")
    with pytest.raises(TNGInputError, match="generator must be one of"):
        evaluation.row("hvsr_rms")


def test_scores(evaluation):
    score = evaluation.score("mean of 5")
    assert score["low"] <= score["score"] <= score["high"] + 0.05
    assert 0 < score["ceiling"] <= 1
    assert score["matrix"].shape == (3, 3)
    assert score["matrix_3x3"].shape == (9, 9)
    # reconstructions are the real records here, so the rows of both are alike
    assert score["matrix_3x3"][0, 2] == pytest.approx(1, abs=1e-6)
    assert "score_3x3" not in evaluation.score("shaped noise")
    assert evaluation.score("real", "paper")["score"] <= 1


def test_same_seed_same_report(halves, generated, evaluation):
    had, real = halves
    again = evaluate(real, {"resampled real": generated["resampled real"],
                            "mean of 5": generated["mean of 5"],
                            "shaped noise": generated["shaped noise"]},
                     floor=had, enrolled=had, repeats=8, workers=1)
    first, second = ([(r["metric"], r["station"], r["value"], r["floor"]) for r in e.rows]
                     for e in (evaluation, again))
    for a, b in zip(first, second, strict=True):
        assert a[:2] == b[:2]
        assert a[2:] == pytest.approx(b[2:], nan_ok=True)


def test_inputs_unchanged(halves, generated):
    real = halves[1]
    before = [(tr.data.copy(), dict(tr.stats)) for st in real["SM.S001"] for tr in st]
    evaluate(real, generated["mean of 5"], repeats=2)
    for (data, stats), tr in zip(before, (tr for st in real["SM.S001"] for tr in st), strict=True):
        assert np.array_equal(data, tr.data)
        assert stats == dict(tr.stats)


def test_without_floor_and_one_generator(halves, generated):
    real = halves[1]
    evaluation = evaluate(real, generated["shaped noise"], repeats=3)
    assert evaluation.generators == ["generated"]
    assert evaluation.value("hvsr_rms") > 0
    assert "halves" in evaluation.settings["compared"]
    assert evaluation.score()["stations"] == evaluation.stations


def test_conditional_records(halves):
    """Records that tell magnitude and distance are held against the real residuals."""
    had, real = halves
    evaluation = evaluate(real, {"other real": had}, floor=had, repeats=4)
    assert np.isfinite(evaluation.value("pga_residual_bias", "other real"))
    assert verdicts(evaluation, "other real")["pga_residual_spread"] != "outside"
    assert evaluation.row("pga_residual_bias", "other real")["station"] == "all"


def test_json(evaluation, tmp_path):
    text = evaluation.to_json(tmp_path / "e.json")
    found = json.loads((tmp_path / "e.json").read_text())
    assert json.loads(text) == found
    assert found["records"]["mean of 5"]["SM.S001"] == 15
    assert len(found["rows"]) == len(evaluation.rows)
    assert "NaN" not in text


def test_table(evaluation):
    assert str(evaluation) == repr(evaluation) == evaluation.table()
    table = evaluation.table()
    assert "HVSR, mean curve" in table
    assert "Novelty" in table
    assert all(len(line) < 130 for line in table.splitlines())
    assert "specificity score" not in evaluation.table("SM.S001")


def test_html_is_self_contained(evaluation, tmp_path):
    page = evaluation.to_html(tmp_path / "e.html")
    assert (tmp_path / "e.html").read_text("utf-8") == page
    assert page.count("<img") == 4 + 6 * len(evaluation.stations)
    assert not re.findall(r"(?:src|href)=['\"](?!data:|#)", page)
    assert "<script" not in page
    for name in (*evaluation.generators, *evaluation.stations):
        assert name in page


def test_what_is_wrong_is_said(halves, generated):
    real, one = halves[1], generated["mean of 5"]
    faster = simulate_network(n_stations=1, n_events=1, sampling_rate=100.0, window=WINDOW)
    with pytest.raises(TNGInputError, match="no station in common"):
        evaluate({"SM.S001": real["SM.S001"]}, {"SM.S002": one["SM.S002"]})
    with pytest.raises(TNGInputError, match="generated has no records"):
        evaluate(real, {})
    with pytest.raises(TNGInputError, match=r"repeats must be an integer >= 2, got 1"):
        evaluate(real, one, repeats=1)
    with pytest.raises(TNGInputError, match="sampling_rate"):
        evaluate({"SM.S001": real["SM.S001"]}, {"SM.S001": faster.records})
    with pytest.raises(TNGInputError, match="freqmin and freqmax"):
        evaluate(real, one, freqmin=20.0, freqmax=25.0)
    with pytest.raises(TNGInputError, match="reconstructed must be a dict"):
        evaluate(real, {"a": one, "b": one}, reconstructed=one)
    with pytest.raises(TypeError, match="iterable of Streams"):
        evaluate(real["SM.S001"][0], one)
    with pytest.raises(TypeError):
        evaluate(real, one, beauty=True)
    with pytest.warns(TNGWarning, match=r"left out: SM\.S003"):
        evaluate(real, {s: one[s] for s in ("SM.S001", "SM.S002")}, repeats=2)


def test_cross_evaluate_bad_arguments(network):
    makers = {"a": lambda known: ResampledReal(RATE, WINDOW).enroll(known)}
    for options, message in (({"n": 1}, "n must be"), ({"splits": 0}, "splits must be"),
                             ({"repeats": 0}, "repeats must be")):
        with pytest.raises(TNGInputError, match=message):
            cross_evaluate(network, makers, **options)
    with pytest.raises(TNGInputError, match="no generators"):
        cross_evaluate(network, {})
    with pytest.raises(TNGInputError, match="at least 3 are needed"):
        cross_evaluate(group_by_station(network)["SM.S001"][:5], makers)


@pytest.mark.slow
def test_mexico(mexico):
    """The controls on real records: minutes, most of them for collecting and measuring."""
    from obspy import read_events, read_inventory
    from obspy.clients.filesystem.sds import Client

    from obspy_tng import collect_records
    records = list(collect_records(Client(str(mexico / "sds")),
                                   inventory=read_inventory(mexico / "stations.xml"),
                                   catalog=read_events(mexico / "events.xml"),
                                   sampling_rate=50.0, window=120.0, progress=False))
    makers = {name: lambda known, control=control: control(50.0, 120.0).enroll(known)
              for name, control in CONTROLS.items()}
    evaluation = cross_evaluate(records, makers, n=20)
    question = {row["metric"]: row["question"] for row in evaluation.rows}
    resampled = verdicts(evaluation, "resampled real")
    assert not {m for m, v in resampled.items() if v != "within" and question[m] != "Novelty"}
    mean = verdicts(evaluation, "mean of 5")
    for metric in ("pga_bias", "arias_bias", "pga_spread", "d5_95_spread", "psa_sd_ratio",
                   "husid_sd_ratio", "arrivals", "novelty"):
        assert mean[metric] == "outside", metric
    # 0.19 to 0.21 where real records have 0.13 with a spread of 0.01 to 0.02, by split
    assert mean["hvsr_rms"] in ("near", "outside")
