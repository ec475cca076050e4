"""``obspy-tng suite`` and ``measures``: from folders of records to files."""

import csv
import json

import numpy as np
import pytest

from obspy_tng.records.folder import write_records
from obspy_tng.scripts.main import main
from obspy_tng.suites import Target
from tests.suites.conftest import noise_record


@pytest.fixture(scope="module")
def folder(tmp_path_factory):
    path = tmp_path_factory.mktemp("suites")
    write_records((noise_record(np.random.default_rng([5, i]), i, f"XR.AL0{1 + i % 2}",
                                magnitude=6.0, distance=40.0 + i) for i in range(30)),
                  path / "records")
    Target.from_psa([0.1, 0.5, 2.0], [0.8, 0.6, 0.1], 0.5).to_csv(path / "target.csv")
    return path


def test_suite_of_a_folder(folder, capsys):
    assert main(["suite", str(folder / "records"), "--target", str(folder / "target.csv"),
                 "--units", "m/s^2", "--output", str(folder / "suite"), "-n", "5",
                 "--scale-factors", "0.1", "10", "--period-range", "0.2", "1",
                 "--max-per-station", "3", "--format", "at2", "--format", "opensees"]) == 0
    assert "5 records, mean within" in capsys.readouterr().out
    index = json.loads((folder / "suite" / "index.json").read_text("utf-8"))
    assert index["settings"]["period_range"] == [0.2, 1.0]
    stations = [record["station"] for record in index["records"]]
    assert max(map(stations.count, stations)) <= 3
    assert len(list((folder / "suite").glob("*.AT2"))) == 15
    assert (folder / "suite" / "suite.html").exists()


@pytest.mark.parametrize(("target", "label"), [
    (["--gmm", "BSSA14", "--gmm", "CY14", "--magnitude", "6.5", "--distance", "30", "--vs30",
      "300", "--rotd100"], "BSSA14 + CY14, M 6.5, 30 km"),
    (["--gmm", "CB14", "--magnitude", "6.5", "--distance", "30", "--vs30", "300", "--given", "0.5",
      "1"], "CB14, M 6.5, 30 km, given 0.5 s"),
    (["--eurocode8", "2.5", "C", "1"], "Eurocode 8 type 1, ground C"),
    (["--asce7", "1.0", "0.6", "8"], "ASCE 7")])
def test_targets(folder, target, label):
    output = folder / label.replace(" ", "_")
    assert main(["suite", str(folder / "records"), *target, "--output", str(output), "-n", "4",
                 "--period-range", "0.2", "1", "--scale-factors", "0.05", "50"]) == 0
    index = json.loads((output / "index.json").read_text("utf-8"))
    assert index["target"]["label"] == label
    assert index["target"]["component"] == {"B": "rotd100", "C": "rotd50", "E": "geomean",
                                            "A": "rotd100"}[label[0]]


def test_measures(folder, capsys):
    assert main(["measures", str(folder / "records"), "--station", "XR.AL01", "--csv",
                 str(folder / "table.csv"), "--periods", "0.5", "--fas", "1", "5"]) == 0
    assert "15 records" in capsys.readouterr().out
    with (folder / "table.csv").open(encoding="utf-8") as file:
        rows = list(csv.DictReader(file))
    assert len(rows) == 15
    assert float(rows[0]["rotd100_0.5s (m/s^2)"]) >= float(rows[0]["rotd50_0.5s (m/s^2)"])
    assert main(["measures", str(folder / "records"), "--periods", "--component", "Z"]) == 0
    assert "psa" not in capsys.readouterr().out


@pytest.mark.parametrize(("arguments", "message"), [
    (["suite", "--asce7", "1", "0.6", "8"], "either a folder of records or --model"),
    (["suite", "{records}"], "give one of --target, --gmm"),
    (["suite", "{records}", "--gmm", "BSSA14", "--vs30", "300"], "--magnitude, --distance"),
    (["suite", "{records}", "--target", "none.csv"], "no such file"),
    (["suite", "{records}", "--eurocode8", "2.5", "F", "1"], "ground must be one of"),
    (["suite", "{records}", "--eurocode8", "much", "A", "1"], "AG must be a number"),
    (["suite", "--model", "m", "--asce7", "1", "0.6", "8"], "--station"),
    (["measures", "{records}", "--csv", "no/where.csv"], "there is no folder no")])
def test_bad_values(folder, capsys, arguments, message):
    arguments = [a.format(records=folder / "records") for a in arguments]
    if arguments[0] == "suite":
        arguments += ["--output", str(folder / "bad")]
    assert main(arguments) == 1
    assert message in capsys.readouterr().err
    assert not (folder / "bad").exists()
