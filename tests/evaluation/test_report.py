"""The report: its answer, its links, how it looks in a browser."""

import re

import pytest

from obspy_tng import evaluate, simulate_network
from obspy_tng.evaluation.summary import answer, excess
from obspy_tng.records.earthquakes import split_by_event
from obspy_tng.records.record import group_by_station
from tests.browser import assert_fits


@pytest.fixture(scope="module")
def evaluation():
    records = simulate_network(n_stations=2, n_events=14, seed=4, sampling_rate=50.0, window=30.0,
                               f0=[0.8, 3.0]).records
    had, real = map(group_by_station, split_by_event(records, seed=1))
    return evaluate(real, {"other": had}, floor=had, reconstructed={"other": real}, repeats=4)


def test_opens_with_its_answer(evaluation):
    html = evaluation.to_html()
    first, *rest = answer(evaluation, "other")
    counts = [int(number) for number in re.findall(r"(\d+) (?:at the|near|outside|below)", first)]
    assert sum(counts) == int(re.search(r"of (\d+) figures", first)[1])
    assert html.index("class='answer'") < html.index("<nav>") < html.index("<table")
    named = [row["title"] for row in evaluation.rows
             if row["station"] == "all" and row["verdict"] in ("outside", "near", "below")]
    assert all(any(title in line for line in rest) for title in named)
    for station in evaluation.stations:
        assert f"href='#station-{station.replace('.', '-')}'" in html
    assert re.search(r"M \d\.\d to \d\.\d<br>\d+ to \d+ km", html)


def test_in_a_browser(evaluation, tmp_path):
    evaluation.to_html(tmp_path / "report.html")
    assert_fits(tmp_path / "report.html", figures=14)


def test_one_sided_figures_say_so(evaluation):
    rows = {row["metric"]: row for row in evaluation.rows if row["station"] == "all"}
    assert rows["final_velocity"]["one_sided"]
    assert not rows["pga_bias"]["one_sided"]
    assert "less is no fault" in evaluation.table()
    assert {row["verdict"] for row in evaluation.rows} <= {"within", "near", "outside", "below", ""}


def test_tables_and_picture(evaluation, tmp_path):
    pandas = pytest.importorskip("pandas")
    text = evaluation.to_csv(tmp_path / "figures.csv")
    again = pandas.read_csv(tmp_path / "figures.csv")
    frame = evaluation.to_dataframe()
    assert len(again) == len(frame) == len(evaluation.rows) == len(text.splitlines()) - 1
    row = evaluation.row("pga_bias", "other")
    assert again.query("metric == 'pga_bias' and station == 'all'")["value"].item() == \
        pytest.approx(row["value"])
    assert "class='answer'" in evaluation._repr_html_()
    ax = evaluation.plot().axes[0]
    assert len(ax.get_yticks()) == len(evaluation.metrics)
    assert excess(row) == pytest.approx(
        (row["distance"] - max(row["floor_distance"], row["floor_distance_given"]))
        / row["floor_distance_spread"])


def test_reconstruction(evaluation):
    """The real records themselves: ten points; others of the station: few."""
    for row in evaluation.reconstruction:
        assert row["score"] == pytest.approx(10)
        assert row["floor"] < 5
    assert "Reconstructed records" in evaluation.to_html()
