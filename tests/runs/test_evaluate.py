"""The evaluation of folders: the same as that of records in memory, whoever measures."""

import json
import shutil

import numpy as np
import pytest

from obspy_tng import evaluate, simulate_network
from obspy_tng.baselines import MeanOfRaw, ResampledReal
from obspy_tng.evaluation.stored import StoredSamples
from obspy_tng.exceptions import TNGInputError, TNGWarning
from obspy_tng.records.earthquakes import split_by_event
from obspy_tng.records.folder import list_records, read_records, write_records
from obspy_tng.records.record import group_by_station
from obspy_tng.runs.evaluate import EVALUATION, NOVELTY, Inputs, evaluate_folders
from obspy_tng.runs.shards import merge_shards
from obspy_tng.scripts.main import main

from .conftest import contents

RATE, WINDOW = 50.0, 16.0
OPTIONS = {"repeats": 2, "progress": False}


@pytest.fixture(scope="session")
def folders(tmp_path_factory):
    """Folders ``real``, ``floor``, ``mean`` and ``resampled``: 2 stations, 36 earthquakes."""
    folder = tmp_path_factory.mktemp("evaluate")
    records = simulate_network(2, 36, seed=3, sampling_rate=RATE, window=WINDOW).records
    floor, real = split_by_event(records, seed=1)
    write_records(real, folder / "real")
    write_records(floor, folder / "floor")
    for name, control, number in (("mean", MeanOfRaw, 34), ("resampled", ResampledReal, 8)):
        generator = control(RATE, WINDOW).enroll(floor)
        for s in generator.stations:
            write_records(generator.generate(s, number, seed=2), folder / name)
    return folder


def judge(folders, output, floor=True, **options):
    return evaluate_folders(folders / "real", {n: folders / n for n in ("mean", "resampled")},
                            output, folders / "floor" if floor else None, **{**OPTIONS, **options})


@pytest.fixture(scope="session")
def reference(folders, tmp_path_factory):
    """Contents of the output of an uninterrupted run with one worker."""
    output = tmp_path_factory.mktemp("judged") / "output"
    _, result = judge(folders, output)
    assert result.complete
    return contents(output)


@pytest.mark.parametrize("floor", [True, False])
def test_same_as_in_memory(folders, tmp_path, floor):
    evaluation, result = judge(folders, tmp_path / "o", floor)
    groups = {name: group_by_station(read_records(folders / name))
              for name in ("real", "floor", "mean", "resampled")}
    expected = evaluate(groups["real"], {n: groups[n] for n in ("mean", "resampled")},
                        groups["floor"] if floor else None, repeats=2)
    assert result.counts["measured"] == sum(
        len(g) for n, group in groups.items() if floor or n != "floor" for g in group.values())
    assert evaluation.settings == expected.settings
    assert len(evaluation.rows) == len(expected.rows) > 100
    for row, other in zip(evaluation.rows, expected.rows, strict=True):
        for key, value in row.items():
            assert value == (pytest.approx(other[key], rel=1e-6, abs=1e-9, nan_ok=True)
                             if isinstance(value, float) else other[key]), (row["metric"], key)
    for score, other in zip(evaluation.scores, expected.scores, strict=True):
        np.testing.assert_allclose(score["matrix"], other["matrix"], rtol=1e-9)
        assert score["score"] == pytest.approx(other["score"], rel=1e-9)
    assert json.loads((tmp_path / "o" / EVALUATION).read_text()) == evaluation.to_dict()
    for name, group in evaluation.sets.items():  # what the figures of a report are made of
        for station, records in group.items():
            np.testing.assert_allclose(records.hvsr, expected.sets[name][station].hvsr, rtol=1e-6)
            np.testing.assert_allclose(records.husid, expected.sets[name][station].husid, atol=1e-6)
    if floor:
        assert evaluation.to_html().count("<img") > 5


def test_at_rest(folders, tmp_path):
    """Real records that end at rest, as those in memory; the generated ones as they are."""
    as_they_are = judge(folders, tmp_path / "drift", floor=False)[0]
    evaluation, _ = judge(folders, tmp_path / "rest", floor=False, at_rest=True)
    real = group_by_station(read_records(folders / "real"))
    mean = group_by_station(read_records(folders / "mean"))
    expected = evaluate(real, {"mean": mean}, repeats=2, at_rest=True)
    before, after, memory = (e.row("final_displacement", "mean") for e in
                             (as_they_are, evaluation, expected))
    assert before["floor"] > 0.05
    assert after["floor"] < 1e-5
    assert memory["floor"] < 1e-5
    assert after["value"] == before["value"]
    with pytest.raises(TNGInputError, match="at_rest"):
        judge(folders, tmp_path / "rest", floor=False, at_rest=False)


def test_no_waveforms_in_memory(folders, tmp_path, monkeypatch):
    """The table is made of what the run has stored, a station at a time."""
    judge(folders, tmp_path / "o")

    def refuse(self, index):
        raise AssertionError("samples read after the run")
    monkeypatch.setattr(StoredSamples, "__getitem__", refuse)
    evaluation, _ = judge(folders, tmp_path / "o")
    assert np.isfinite(evaluation.value("novelty", "mean"))
    for group in evaluation.sets.values():
        for records in group.values():
            figures = records.root.measurements
            assert all(isinstance(v, dict) or v.ndim == 1 for v in figures._known.values())


@pytest.mark.parametrize("options", [
    {"workers": 3},
    pytest.param({"workers": 2, "processes": True}, marks=pytest.mark.slow)], ids=str)
def test_same_bytes_whoever_measures(folders, reference, tmp_path, options):
    judge(folders, tmp_path / "o", **options)
    assert contents(tmp_path / "o") == reference


def test_parts(folders, reference, tmp_path):
    for i in (1, 2):
        evaluation, result = judge(folders, tmp_path / "o", shard=f"{i}/2")
        assert evaluation is None
        assert " of figures in " in str(result)
    merge_shards(tmp_path / "o")
    judge(folders, tmp_path / "o")
    assert contents(tmp_path / "o") == reference


def test_another_seed_measures_nothing_twice(folders, reference, tmp_path):
    judge(folders, tmp_path / "o")
    before = {path: path.stat().st_mtime_ns for path in (tmp_path / "o").glob("*/*.npy")
              if path.parent.name != NOVELTY}
    judge(folders, tmp_path / "o", seed=5)
    assert all(path.stat().st_mtime_ns == time for path, time in before.items())
    assert contents(tmp_path / "o") != reference
    judge(folders, tmp_path / "o")
    assert contents(tmp_path / "o") == reference


def test_damaged_records(folders, reference, tmp_path):
    copy = shutil.copytree(folders, tmp_path / "copy")
    victim = sorted((copy / "mean").glob("*/*.mseed"))[7]
    good = victim.read_bytes()
    victim.write_bytes(good[:-512])
    evaluation, result = judge(copy, tmp_path / "o")
    assert result.complete
    assert result.counts["rejected"] == 1
    assert victim.stem in (tmp_path / "o" / "rejected.txt").read_text()
    assert len(evaluation.sets["mean"][victim.parent.name]) == 33
    groups = {name: group_by_station(read_records(folders / name))
              for name in ("real", "floor", "mean", "resampled")}
    del groups["mean"][victim.parent.name][7]
    expected = evaluate(groups["real"], {n: groups[n] for n in ("mean", "resampled")},
                        groups["floor"], repeats=2)
    for metric in ("hvsr_rms", "pga_spread", "novelty", "diversity"):
        assert evaluation.value(metric, "mean") == pytest.approx(expected.value(metric, "mean"))
    victim.write_bytes(good)
    _, result = judge(copy, tmp_path / "o")
    assert result.counts["rejected"] == 0
    assert contents(tmp_path / "o") == reference


def test_a_folder_that_grows(folders, reference, tmp_path):
    copy = shutil.copytree(folders, tmp_path / "copy")
    away = tmp_path / "away"
    for path in sorted((copy / "mean").glob("*/*"))[-6:]:
        (away / path.parent.name).mkdir(parents=True, exist_ok=True)
        shutil.move(path, away / path.parent.name / path.name)
    judge(copy, tmp_path / "o")
    shutil.copytree(away, copy / "mean", dirs_exist_ok=True)
    _, result = judge(copy, tmp_path / "o")
    assert result.complete
    assert contents(tmp_path / "o")[EVALUATION] == reference[EVALUATION]


def test_what_is_wrong_is_said(folders, tmp_path):
    with pytest.raises(TNGInputError, match="there is no folder"):
        judge(folders / "mean", tmp_path / "o")
    with pytest.raises(TNGInputError, match="cannot be named"):
        evaluate_folders(folders / "real", {"real": folders / "mean"}, tmp_path / "o")
    with pytest.raises(TNGInputError, match="repeats"):
        judge(folders, tmp_path / "o", repeats=1)
    assert not (tmp_path / "o").exists()
    judge(folders, tmp_path / "o")
    with pytest.raises(TNGInputError, match="freqmin was"):
        judge(folders, tmp_path / "o", freqmin=1.0)
    few = shutil.copytree(folders, tmp_path / "few")
    station = next(iter(list_records(folders / "mean"))).station
    shutil.rmtree(few / "mean" / station)
    with pytest.warns(TNGWarning, match="left out"):
        judge(few, tmp_path / "p")


def test_records_of_another_rate_are_the_reason(folders, tmp_path, capsys):
    records = list(read_records(folders / "resampled"))
    for tr in (tr for record in records for tr in record):
        tr.stats.sampling_rate = 2 * RATE
    write_records(records, tmp_path / "fast")
    assert main(["evaluate", str(folders / "real"), str(tmp_path / "fast")]) == 1
    message = capsys.readouterr().err
    assert f"{len(records)} records cannot be used" in message
    assert "sampling_rate is 100 Hz, 50 Hz is needed" in message


def test_axes_are_those_of_the_records(folders):
    inputs = Inputs(folders / "real", {"g": folders / "mean"}, None, None, None)
    for listed, record in zip(list_records(folders / "real"), read_records(folders / "real"),
                              strict=True):
        assert listed.info["starttime"] == str(record[0].stats.starttime)
    assert inputs.axes.npts == 800


def test_command_line(folders, tmp_path, capsys):
    command = ["evaluate", str(folders / "real"), str(folders / "mean"),
               str(folders / "resampled"), "--floor", str(folders / "floor")]
    assert main([*command, "--json", str(tmp_path / "j")]) == 0
    first = capsys.readouterr().out
    assert main([*command, "--output", str(tmp_path / "o"), "--workers", "2"]) == 0
    assert capsys.readouterr().out == first
    assert (tmp_path / "o" / EVALUATION).read_bytes() == (tmp_path / "j").read_bytes()
    assert main(["info", str(tmp_path / "o")]) == 0
    assert "evaluate run, units:" in capsys.readouterr().out
    assert main([*command, "--shard", "1/2"]) == 1
    assert "--output" in capsys.readouterr().err
    for option in ("--json", "--html"):
        assert main([*command, "--output", str(tmp_path / "p"), option,
                     str(tmp_path / "no" / "x")]) == 1
        assert f"{option} " in capsys.readouterr().err
    assert not (tmp_path / "p").exists()
