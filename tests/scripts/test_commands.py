"""The command line from archive to report, and what it says when something is wrong."""

import json
import logging
import re

import numpy as np
import obspy
import pytest
from obspy.clients.filesystem.sds import Client

from obspy_tng import TNGGenerator, simulate_network
from obspy_tng.records.folder import read_records, write_records
from obspy_tng.scripts.main import main
from obspy_tng.simulate import write_archive

RECORD = ["--sampling-rate", "50", "--window", "40", "--option", "max_end_level=2"]


@pytest.fixture(scope="module")
def work(tmp_path_factory):
    """A folder with an archive, its collected records, a model and generated records."""
    folder = tmp_path_factory.mktemp("cli") / "work"
    folder.mkdir()
    log = logging.FileHandler(folder.parent / "log.txt", encoding="utf-8")
    logging.getLogger("obspy_tng").addHandler(log)
    write_archive(simulate_network(2, 8, seed=3, sampling_rate=50.0, window=60.0),
                  folder / "archive")
    assert main(["collect", str(folder / "archive"), "--output", str(folder / "records"),
                 "--hold-out", "0.4", *RECORD]) == 0
    assert main(["fit", str(folder / "records" / "known"), "--output", str(folder / "model"),
                 "--finetune-epochs", "1", "--device", "cpu"]) == 0
    assert main(["generate", str(folder / "model"), "--output", str(folder / "generated"),
                 "-n", "4", "--seed", "1"]) == 0
    logging.getLogger("obspy_tng").removeHandler(log)
    log.close()
    return folder


def test_collect(work):
    records = list(read_records(work / "records"))
    assert len(records) >= 12
    assert all(r[0].stats.npts == 2000 for r in records)
    rejected = (work / "records" / "rejected.txt").read_text().splitlines()
    assert len(records) + len(rejected) >= 16
    assert (work / "records" / "stations.xml").exists()


def test_fit_leaves_no_checkpoint_behind(work):
    assert sorted(p.name for p in work.iterdir()) == ["archive", "generated", "model", "records"]
    assert len(TNGGenerator.load(work / "model", device="cpu").history) == 1


def test_generated_folder_is_complete(work):
    streams = list(read_records(work / "generated"))
    assert len(streams) == 8
    inventory = obspy.read_inventory(str(work / "generated" / "stations.xml"))
    for st in streams:
        assert inventory.get_coordinates(st[0].id, st[0].stats.starttime)["latitude"] != 0
    sidecar = json.loads(next((work / "generated").glob("*/*.json")).read_text())
    tng = sidecar["traces"][0]["tng"]
    assert tng["units"] == "m/s^2"
    assert tng["architecture"] == "tng"
    expected = TNGGenerator.load(work / "model", device="cpu").generate(
        "SM.S001", 4, seed=1)
    got = [st for st in streams if st[0].stats.station == "S001"]
    for a, b in zip(got, expected, strict=True):
        np.testing.assert_array_equal(a[1].data, b[1].data)


def test_generate_as_sds(work, tmp_path):
    command = ["generate", str(work / "model"), "--output", str(tmp_path / "g"), "-n", "3",
               "--seed", "1", "--station", "SM.S001", "--format", "sds"]
    assert main(command) == 0
    client = Client(str(tmp_path / "g" / "sds"))
    expected = TNGGenerator.load(work / "model", device="cpu").generate("SM.S001", 3, seed=1)
    for record in expected:
        stats = record[0].stats
        st = client.get_waveforms("SM", "S001", "SY", "BX?", stats.starttime, stats.endtime)
        for tr in record:
            np.testing.assert_array_equal(st.select(id=tr.id)[0].data, tr.data)
    about = json.loads((tmp_path / "g" / "records.json").read_text())
    assert {item["tng"]["realization"] for item in about} == {0, 1, 2}
    files = {path: path.read_bytes() for path in (tmp_path / "g" / "sds").rglob("*.D.*")
             if path.is_file()}
    assert main(command) == 0  # the same command again changes nothing
    assert all(path.read_bytes() == content for path, content in files.items())


def test_enroll_info_and_evaluate(work, tmp_path, capsys):
    other = tmp_path / "other"
    write_archive(simulate_network(1, 6, seed=9, sampling_rate=50.0, window=60.0, network="NW"),
              other / "archive")
    assert main(["collect", str(other / "archive"), "--output", str(other / "records"),
                 *RECORD]) == 0
    assert main(["enroll", str(work / "model"), str(other / "records"),
                 "--output", str(other / "model")]) == 0
    assert main(["info", str(other / "model")]) == 0
    text = capsys.readouterr().out
    assert "NW.S001" in text
    assert "SM.S002" in text
    assert main(["info", str(work / "records")]) == 0
    assert "50 Hz, 40 s" in capsys.readouterr().out
    judge = ["evaluate", str(work / "records" / "held_back"), str(work / "generated"), "--floor",
             str(work / "records" / "known")]
    assert main([*judge, "--html", str(tmp_path / "r.html"), "--json",
                 str(tmp_path / "r.json")]) == 0
    assert "HVSR" in capsys.readouterr().out
    assert "<html" in (tmp_path / "r.html").read_text("utf-8")
    assert json.loads((tmp_path / "r.json").read_text())["rows"]


def test_a_handful_of_records_and_the_weights_of_the_package(tmp_path, capsys):
    write_archive(simulate_network(1, 3, seed=9, sampling_rate=50.0, window=150.0), tmp_path / "a")
    model, records = str(tmp_path / "model"), str(tmp_path / "records")
    assert main(["collect", str(tmp_path / "a"), "--output", records, "--sampling-rate", "50",
                 "--window", "120"]) == 0
    assert main(["enroll", model, records, "--pretrained", "tng-small"]) == 0
    assert main(["generate", model, "--output", str(tmp_path / "g"), "-n", "2", "--seed", "0",
                 "--magnitude", "6.5", "--distance", "80"]) == 0
    assert main(["info", model]) == 0
    assert "'tng'" in capsys.readouterr().out
    again = TNGGenerator.load(model)
    assert again.stations == {"SM.S001": 3}


@pytest.mark.filterwarnings("default::obspy_tng.exceptions.TNGWarning")
def test_judging_by_what_it_knew_is_warned_of(work, capsys):
    assert main(["evaluate", str(work / "records"), str(work / "generated")]) == 0
    assert "5 of 8 earthquakes of the real records are also" in capsys.readouterr().err


def test_split_keeps_earthquakes_apart(work, tmp_path, capsys):
    """Also when records come later; and no earthquake changes sides."""
    records = list(read_records(work / "records"))
    sides = {side: list(read_records(work / "records" / side)) for side in ("known", "held_back")}
    assert sum(map(len, sides.values())) == len(records)
    events = {side: {r[0].stats.tng.event_id for r in group} for side, group in sides.items()}
    assert not events["known"] & events["held_back"]
    assert len(events["held_back"]) == round(0.4 * len({r[0].stats.tng.event_id for r in records}))
    grown = tmp_path / "grown"
    write_records(records[::2], grown)
    command = ["split", str(grown), "--output", str(tmp_path / "s"), "--hold-out", "0.3"]
    assert main(command) == 0
    before = json.loads((tmp_path / "s" / "split.json").read_text())["sides"]
    write_records(records, grown)
    assert main(command) == 0
    after = json.loads((tmp_path / "s" / "split.json").read_text())["sides"]
    assert set(before) < set(after)
    assert all(after[name] == side for name, side in before.items())
    assert len(list((tmp_path / "s").glob("*/*/*.mseed"))) == len(records)
    assert "held_back: " in capsys.readouterr().out
    assert main([*command[:-1], "0.5"]) == 1
    assert "a split with hold_out=0.3, not 0.5" in capsys.readouterr().err


def test_a_new_model_begins_with_the_weights_of_the_package(work, tmp_path, capsys, caplog):
    model, known = str(tmp_path / "m"), str(work / "records" / "known")
    assert main(["enroll", model, known]) == 0
    assert "is new: it begins with the weights" in caplog.text
    assert TNGGenerator.load(model).model_hash == TNGGenerator().model_hash
    assert main(["enroll", model, known, "--pretrained", "tng-small"]) == 1
    assert "leave --pretrained out" in capsys.readouterr().err
    for command in (["enroll", model], ["fit"]):
        assert main([*command, str(work / "generated"), "--output", str(tmp_path / "x")]) == 1
        assert "are generated, not recorded" in capsys.readouterr().err
    assert main(["enroll", model, str(work / "generated"), "--allow-generated"]) == 0


def test_several_folders_of_records_and_places(work, tmp_path, capsys):
    """Records of all folders are enrolled, each station at the place in its folder's StationXML."""
    half, first = tmp_path / "half", next(read_records(work / "records"))
    for tr in first:
        tr.stats.network, tr.stats.tng.record_id = "YY", "YY.other"
    write_records([first], half)
    model = str(tmp_path / "m")
    assert main(["enroll", model, str(work / "records" / "known"), str(half)]) == 0
    assert main(["enroll", model, str(work / "records" / "held_back")]) == 0
    capsys.readouterr()
    assert main(["info", model]) == 0
    lines = capsys.readouterr().out.splitlines()
    there = {line.split()[0]: line for line in lines if line.startswith("  ")}
    assert set(there) == {"SM.S001", "SM.S002", "YY.S001"}
    assert "unknown" not in there["SM.S001"] + there["SM.S002"]
    assert re.search(r"1 record {3}", there["YY.S001"])
    assert main(["info", str(half)]) == 0
    out = capsys.readouterr().out
    assert out.startswith("1 record, 50 Hz, 40 s")
    assert re.search(r"^magnitude \d", out, re.MULTILINE)


def test_metadata_of_other_names_are_told(work, tmp_path, capsys, caplog):
    """Without stations.xml nothing is guessed, but the XML files there are named."""
    archive = tmp_path / "archive"
    archive.mkdir()
    first = next(read_records(work / "records"))
    first.write(str(archive / "a.mseed"), format="MSEED")
    (archive / "CI.xml").write_text("<x/>")
    assert main(["collect", str(archive), "--output", str(tmp_path / "r"), *RECORD]) == 1
    assert "no stations.xml in" in caplog.text
    assert "--inventory '" in caplog.text
    assert "counts need an inventory" in capsys.readouterr().err


def test_longer_series_and_grids_of_scenarios(work, tmp_path, capsys):
    command = ["generate", str(work / "model"), "--output", str(tmp_path / "g"), "--station",
               "SM.S001", "--batch", "3", "-n"]
    for number in ("4", "6"):
        assert main([*command, number]) == 0
    assert main([*command[:3], str(tmp_path / "once"), *command[4:], "6"]) == 0
    files = {side: {p.name: p.read_bytes() for p in (tmp_path / side).rglob("*.mseed")}
             for side in ("g", "once")}
    assert len(files["g"]) == 6
    assert files["g"] == files["once"]
    assert main([*command, "5"]) == 1
    assert "n=5 is less than the 6" in capsys.readouterr().err
    assert main([*command[:3], str(tmp_path / "grid"), *command[4:], "1", "--magnitude", "5,6.5",
                 "--distance", "30", "--depth", "10"]) == 0
    assert sorted(p.name for p in (tmp_path / "grid").iterdir()) == ["M5_R30_H10", "M6.5_R30_H10"]
    record, = read_records(tmp_path / "grid" / "M6.5_R30_H10")
    tng = record[0].stats.tng
    assert (tng.magnitude, tng.distance, tng.depth) == (6.5, 30.0, 10.0)


def test_log_lines_where_there_is_no_terminal(work):
    text = (work.parent / "log.txt").read_text("utf-8")
    assert re.search(r"^collect: \d+ units of work$", text, re.MULTILINE)
    assert re.search(r"^adapt: epoch 1 of 1, loss \d", text, re.MULTILINE)


@pytest.mark.parametrize(("arguments", "word"), [
    (["collect", "nowhere", "--output", "o"], "no archive"),
    (["collect", "--output", "o"], "either the folder"),
    (["collect", "{archive}", "--output", "o", "--sampling-rate", "0"], "sampling_rate must"),
    (["collect", "{archive}", "--output", "o", "--freqmin", "60"], "freqmin and freqmax must"),
    (["collect", "{archive}", "--output", "o", "--file-format", "SAK"], "got 'SAK'"),
    (["collect", "--fdsn", "NOSUCH", "--output", "o"], "NOSUCH"),
    (["collect", "--fdsn", "http://127.0.0.1:9", "--output", "o"], "127.0.0.1:9"),
    (["collect", "--fdsn", "http://127.0.0.1:59999", "--output", "o"], "127.0.0.1:59999"),
    (["fit", "nowhere", "--output", "o"], "there is no folder 'nowhere'"),
    (["fit", "nowhere", "--output", __file__], "is not a model folder"),
    (["enroll", __file__, "nowhere"], "is not a model folder"),
    (["fit", "{records}", "--output", "o", "--epochs", "3"], "epochs=3 changes nothing"),
    (["fit", "{records}", "--output", "o", "--epochs", "-1"], "epochs must be an integer >= 0"),
    (["fit", "{records}", "--output", "o", "--learning-rate", "1e-3"], "--from-scratch"),
    (["fit", "{records}", "--output", "o", "--from-scratch", "--learning-rate", "0"],
     "learning_rate must be"),
    (["fit", "{records}", "--output", "o", "--architecture", "released", "--from-scratch"],
     "pretrained=False changes nothing"),
    (["fit", "{records}", "--output", "o", "--target", "SM.S001"], "targets=['SM.S001'] change"),
    (["collect", "{archive}", "--output", "o", "--hold-out", "1"], "hold_out must be"),
    (["split", "{records}", "--output", "o", "--hold-out", "0"], "hold_out must be"),
    (["split", "nowhere"], "there is no folder 'nowhere'"),
    (["measures", "nowhere"], "there is no folder 'nowhere'"),
    (["enroll", "new", "nowhere"], "there is no folder 'nowhere'"),
    (["evaluate", "{records}", "{records}", "--seed", "-1"], "seed must be an integer >= 0"),
    (["generate", "nowhere", "--output", "o"], "not a model folder of obspy_tng: there is no such"),
    (["generate", "{archive}", "--output", "o"], "model folder of obspy_tng: it has no model"),
    (["generate", "{model}", "--output", "o", "--station", "XX.NO"], "not enrolled"),
    (["generate", "{model}", "--output", "o", "-n", "-3"], "n must"),
    (["generate", "{model}", "--output", "o", "-n", "0"], "n must"),
    (["generate", "{model}", "--output", "o", "--device", "gpu"], "obspy-tng: device"),
    (["generate", "{model}", "--output", __file__], "is a file; the output of a run"),
    (["enroll", "new", __file__], "is a file; a folder of records"),
    (["evaluate", "{records}", "{records}", "--json", "."], "--json .: is a folder"),
    (["demo", "-n", "0", "--output", "o"], "number must be"),
    (["evaluate", "{records}", "nowhere"], "there is no folder 'nowhere'"),
    (["info", "nowhere"], "there is no folder nowhere")])
def test_errors_are_one_line(work, tmp_path, monkeypatch, capsys, arguments, word):
    monkeypatch.chdir(tmp_path)
    filled = [a.format(archive=work / "archive", model=work / "model", records=work / "records")
              for a in arguments]
    assert main(filled) == 1
    message = capsys.readouterr().err.strip()
    assert word in message
    assert "Traceback" not in message
    assert "\n" not in message
    assert list(tmp_path.iterdir()) == []  # nothing half-written
