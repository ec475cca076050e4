"""An evaluation: its rows and scores, as table, JSON and HTML."""

import json
import re

import numpy as np
import pytest

from obspy_tng.exceptions import TNGInputError


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
