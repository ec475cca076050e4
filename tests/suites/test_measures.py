"""Tables of measures: the array functions' own values, any rates, CSV, pandas."""

import csv
import io

import numpy as np
import pytest

from obspy_tng.exceptions import TNGInputError
from obspy_tng.records.record import record_to_array
from obspy_tng.signal import (
    eas,
    fas,
    horizontal_measures,
    intensity_measures,
    konno_ohmachi_weights,
)
from obspy_tng.suites import measures


def test_horizontal(noise_records):
    table = measures(noise_records[:4], periods=[0.5], fas_frequencies=[1.0, 5.0])
    data = np.stack([record_to_array(r) for r in noise_records[:4]])
    for key, values in horizontal_measures(data, 50.0).items():
        np.testing.assert_allclose(table[key], values)
    _, smooth = eas(data, 50.0, [1.0, 5.0], nfft=2500)
    np.testing.assert_allclose(np.stack([table["eas_1Hz"], table["eas_5Hz"]], 1), smooth,
                               rtol=1e-6)
    assert (table["rotd100_0.5s"] >= table["rotd50_0.5s"]).all()
    assert table["magnitude"].tolist() == [6.0] * 4
    assert table["source"] == ["generated"] * 4
    assert len(table) == 4


def test_two_components_make_the_horizontals(noise_records):
    """N and E in closed form of each component alone."""
    record = noise_records[0]
    both, north, east = (measures(record, component=c, periods=()) for c in
                         ("horizontal", "N", "E"))
    for key in ("pga", "pgv", "pgd", "cav", "tm"):
        assert both[key][0] == pytest.approx(np.sqrt(north[key][0] * east[key][0]))
    assert both["arias"][0] == pytest.approx(north["arias"][0] + east["arias"][0])
    assert north["pga"][0] == pytest.approx(np.abs(record_to_array(record)[1]).max())


def test_one_component(noise_records):
    table = measures(noise_records[0], component="Z", periods=[1.0], fas_frequencies=[2.0])
    trace = record_to_array(noise_records[0])[0]
    for key, value in intensity_measures(trace, 50.0).items():
        assert table[key][0] == pytest.approx(value)
    bins, amplitude = fas(trace, 50.0)
    weights = konno_ohmachi_weights(bins, [2.0], 188.5)
    # the effective spectrum smooths amplitudes of one trace as they are
    assert table["fas_2Hz"][0] == pytest.approx((weights @ amplitude)[0], rel=1e-6)
    assert "psa_1s" in table.columns


def test_order_and_mixed_rates(noise_records):
    slower = noise_records[1].copy().resample(25.0)
    table = measures([noise_records[0], slower, noise_records[2]], periods=())
    assert table["sampling_rate"].tolist() == [50.0, 25.0, 50.0]
    alone = [measures(r, periods=())["pga"][0] for r in (noise_records[0], slower,
                                                         noise_records[2])]
    np.testing.assert_allclose(table["pga"], alone)
    by_station = measures({"XR.AL01": noise_records[:1], "XR.AL02": noise_records[1:2]})
    assert by_station["station"] == ["XR.AL01", "XR.AL02"]


def test_out(noise_records, tmp_path):
    pandas = pytest.importorskip("pandas")
    table = measures(noise_records[:2], periods=[1.0])
    text = table.to_csv(tmp_path / "table.csv")
    header, *rows = csv.reader(io.StringIO(text))
    assert "pga (m/s^2)" in header
    assert float(rows[1][header.index("pga (m/s^2)")]) == pytest.approx(table["pga"][1], rel=1e-5)
    frame = table.to_dataframe()
    assert isinstance(frame, pandas.DataFrame)
    assert frame.attrs["units"]["pgv"] == "m/s"
    np.testing.assert_allclose(frame["pgv"], table["pgv"])
    assert table._repr_html_().count("<tr>") == 3


def test_printed(noise_records):
    """Units have a line of their own, what all rows share is said once, and lines stay short."""
    lines = repr(measures(noise_records[:2])).splitlines()
    assert lines[0].startswith("all records: ")
    assert "sampling_rate 50 Hz" in lines[0]
    assert max(map(len, lines[1:])) <= 100
    assert lines[1].split()[:1] == ["id"]
    assert sum(line.startswith("id") for line in lines) > 1  # in blocks
    assert "m/s^2" in lines[2]
    assert "pga" not in lines[2]
    alone = repr(measures(noise_records[0], periods=())).splitlines()
    assert "all records" not in alone[0]
    assert repr(measures([])).startswith("id ")


def test_bad_values(noise_records):
    with pytest.raises(TypeError, match="iterable of Streams"):
        measures([noise_records[0][0]])
    with pytest.raises(TypeError, match=r"iterable of Streams .*got NoneType"):
        measures(None)
    assert "rotd50_1s" in measures(noise_records[0], periods=1.0).columns
    with pytest.raises(TNGInputError, match="component must be one of"):
        measures(noise_records[0], component="H")
    with pytest.raises(TNGInputError, match="no column"):
        measures(noise_records[0])["beauty"]
