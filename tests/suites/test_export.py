"""Files of a suite, read back by other readers."""

import csv
import json
import re

import numpy as np
import obspy
import pytest

from obspy_tng.exceptions import TNGInputError, TNGWarning
from obspy_tng.records.folder import read_records
from obspy_tng.records.record import record_to_array
from obspy_tng.suites import Target, select
from obspy_tng.suites.export import WRITERS

G = 9.80665
PERIODS = np.geomspace(0.1, 2, 20)


@pytest.fixture(scope="module")
def suite(noise_records):
    target = Target(PERIODS, np.log(2 / (0.3 + PERIODS)), 0.5, label="made up",
                    scenario={"magnitude": 6.0})
    return select(noise_records, target, 3, scale_factors=(0.2, 5))


@pytest.fixture(scope="module")
def folder(suite, tmp_path_factory):
    path = tmp_path_factory.mktemp("suite")
    files = suite.write(path, "all")
    assert all(file.exists() for file in files)
    return path


def only(folder, pattern):
    found = sorted(folder.glob(pattern))
    assert len(found) == 1
    return found[0]


def test_at2(folder, suite):
    assert len(list(folder.glob("*.AT2"))) == 9
    for component, data in zip("ZNE", record_to_array(suite.records[0]), strict=True):
        tr = obspy.read(str(only(folder, f"1_*.{component}.AT2")))[0]
        np.testing.assert_allclose(tr.data, data, rtol=1e-5, atol=1e-7)
        assert tr.stats.delta == pytest.approx(0.02)


def test_columns(folder, suite):
    data = record_to_array(suite.records[1])
    np.testing.assert_allclose(np.loadtxt(only(folder, "2_*.N.txt")), data[1] / G, rtol=1e-6)
    time, values = np.loadtxt(only(folder, "2_*.E.t.txt")).T
    np.testing.assert_allclose(values, data[2] / G, rtol=1e-6)
    np.testing.assert_allclose(np.diff(time), 0.02, rtol=1e-4)


def test_csv(folder, suite):
    with (folder / "records.csv").open(encoding="utf-8") as file:
        rows = list(csv.DictReader(file))
    name = next(key for key in rows[0] if key.startswith("3_") and key.endswith("Z_g"))
    np.testing.assert_allclose([float(row[name]) for row in rows],
                               record_to_array(suite.records[2])[0] / G, rtol=1e-5, atol=1e-9)


def test_opensees(folder, suite):
    """File times factor is the scaled record in m/s^2."""
    lines = re.findall(r"timeSeries Path (\d+) -dt (\S+) -filePath (\S+) -factor (\S+)",
                       (folder / "opensees" / "suite.tcl").read_text("utf-8"))
    assert [int(tag) for tag, *_ in lines] == [11, 12, 13, 21, 22, 23, 31, 32, 33]
    _, dt, name, factor = lines[4]
    assert float(dt) == 0.02
    assert float(factor) == pytest.approx(suite.factors[1])
    np.testing.assert_allclose(float(factor) * np.loadtxt(folder / "opensees" / name),
                               record_to_array(suite.records[1])[1], rtol=1e-5, atol=1e-8)


def test_mseed(folder, suite):
    again = {r[0].stats.tng.record_id: r for r in read_records(folder / "mseed")}
    for record in suite.records:
        other = again[record[0].stats.tng.record_id]
        np.testing.assert_array_equal(record_to_array(other), record_to_array(record))
        assert other[0].stats.tng.scale_factor == record[0].stats.tng.scale_factor


def test_index(folder, suite):
    index = json.loads((folder / "index.json").read_text("utf-8"))
    assert index["target"]["label"] == "made up"
    assert index["target"]["scenario"] == {"magnitude": 6.0}
    assert index["fit"]["mean_error"] == pytest.approx(suite.fit()["mean_error"])
    assert [entry["kind"] for entry in index["records"]] == ["SYNTHETIC"] * 3
    first = index["records"][0]
    assert first["scale_factor"] == pytest.approx(suite.factors[0])
    assert first["dt"] == pytest.approx(0.02)
    assert all((folder / name).exists() for name in first["files"])
    assert len(first["files"]) == 12
    with (folder / "index.csv").open(encoding="utf-8") as file:
        rows = list(csv.DictReader(file))
    assert float(rows[2]["pga"]) == pytest.approx(index["records"][2]["pga"])


def test_files_of_an_earlier_suite_are_told(noise_records, suite, tmp_path):
    suite.write(tmp_path, "all")
    suite.write(tmp_path, "all")  # the same files again: no warning
    smaller = select(noise_records, suite.target, 2, scale_factors=(0.2, 5))
    with pytest.warns(TNGWarning, match=r"has \d+ files that are not of this suite, such as"):
        smaller.write(tmp_path)


def test_bad_values(suite, tmp_path):
    with pytest.raises(TNGInputError, match="formats must be one of"):
        suite.write(tmp_path, ("at2", "word"))
    with pytest.raises(TNGInputError, match="units must be one of"):
        suite.write(tmp_path, "text1", units="gal")
    assert not list(tmp_path.iterdir())
    assert set(WRITERS) == {"at2", "text1", "text2", "csv", "opensees", "mseed"}
