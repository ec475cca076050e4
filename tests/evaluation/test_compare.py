"""evaluate() on a simulated network: what passes, what fails, what raises."""

import numpy as np
import pytest

from obspy_tng import evaluate, simulate_network
from obspy_tng.exceptions import TNGInputError, TNGWarning

from .made_up import WINDOW


def verdicts(evaluation, generator):
    return {row["metric"]: row["verdict"] for row in evaluation.rows
            if row["generator"] == generator and row["station"] == "all"}


def test_few_real_records_are_said(halves, generated):
    had, real = halves
    first, *others = sorted(real)
    few = {**{s: real[s] for s in others}, first: real[first][:2]}
    with pytest.warns(TNGWarning, match=rf"fewer than 3 real records.*: {first} \(2\)$"):
        evaluate(few, generated["resampled real"], floor=had, repeats=2)


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


def test_what_is_wrong_is_said(halves, generated):
    real, one = halves[1], generated["mean of 5"]
    faster = simulate_network(n_stations=1, n_events=1, sampling_rate=100.0, window=WINDOW)
    with pytest.raises(TNGInputError, match="no station in common"):
        evaluate({"SM.S001": real["SM.S001"]}, {"SM.S002": one["SM.S002"]})
    with pytest.raises(TNGInputError, match="generated has no records"):
        evaluate(real, {})
    with pytest.raises(TNGInputError, match=r"repeats must be an integer >= 2, got 1"):
        evaluate(real, one, repeats=1)
    with pytest.raises(TNGInputError, match="workers must be an integer >= 1, got 0"):
        evaluate(real, one, workers=0)
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


@pytest.mark.filterwarnings("ignore:stations with fewer than")
def test_single_records_are_too_few_for_any_figure(halves):
    """Said at once: a report without figures, or an error while it is written, helps nobody."""
    one = {station: records[:1] for station, records in halves[1].items()}
    with pytest.raises(TNGInputError, match=r"too few records to compute any .* 1 real rec"):
        evaluate(one, one, repeats=2)
