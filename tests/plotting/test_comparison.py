"""The figures: drawn without a window, from Streams or from measured sets, with units."""

import sys

import numpy as np
import pytest
from matplotlib.figure import Figure

from obspy_tng import hvsr, plotting, simulate_network
from obspy_tng.evaluation.axes import Axes
from obspy_tng.evaluation.recordset import RecordSet
from obspy_tng.exceptions import TNGInputError
from obspy_tng.records.record import record_to_array, synthetic_record

COMPARISONS = (plotting.plot_hvsr_comparison, plotting.plot_response_spectra,
               plotting.plot_husid, plotting.plot_f0_histograms)


@pytest.fixture(scope="module")
def groups():
    records = simulate_network(n_stations=1, n_events=12, seed=1, sampling_rate=50.0,
                               window=40.0).records
    return {"real": records[:6], "one": records[6:9], "two": records[9:]}


@pytest.mark.parametrize("plot", COMPARISONS)
def test_comparisons(plot, groups, tmp_path):
    figure = plot(groups)
    assert isinstance(figure, Figure)
    shown = [ax for ax in figure.axes if ax.get_visible()]
    assert len(shown) == 2
    assert all(ax.get_xlabel().endswith(")") for ax in shown)  # a unit
    assert shown[0].get_ylabel()
    labels = [text.get_text() for text in shown[1].get_legend().get_texts()]
    assert labels == ["real (6)", "two (3)"]
    figure.savefig(tmp_path / "figure.pdf")
    assert (tmp_path / "figure.pdf").stat().st_size > 1000


@pytest.mark.parametrize("plot", COMPARISONS)
def test_one_group_and_many(plot, groups):
    assert len(plot({"real": groups["real"]}).axes) == 1
    many = {"real": groups["real"]} | {str(i): groups["one"] for i in range(5)}
    assert sum(ax.get_visible() for ax in plot(many).axes) == 5


def test_streams_and_sets_give_the_same_curves(groups):
    axes = Axes.of_records(groups["real"])
    sets = {name: RecordSet.from_records(records, axes) for name, records in groups.items()}
    first, second = (plotting.plot_hvsr_comparison(g).axes[0].lines[0].get_ydata()
                     for g in (groups, sets))
    assert np.array_equal(first, second)
    mean = np.exp(sets["real"].hvsr.mean(0))
    assert first == pytest.approx(mean)


def test_records(groups):
    figure = plotting.plot_records(groups, n=3, component="E")
    assert len(figure.axes) == 3
    assert [len(ax.lines) for ax in figure.axes] == [3, 3, 3]
    assert figure.axes[0].get_xlabel() == "time (s)"
    with pytest.raises(TNGInputError, match="component must be"):
        plotting.plot_records(groups, component="X")


def test_records_alone(groups):
    """A list of records, or one of them, is a group as well."""
    for records, lines in ((groups["one"], 3), (groups["one"][0], 1), (iter(groups["one"]), 3)):
        ax, = plotting.plot_records(records).axes
        assert len(ax.lines) == lines
        assert ax.get_title() == "records"
    assert len(plotting.plot_response_spectra(groups["one"]).axes) == 1


def test_axes_are_alike(groups):
    """The same label and the same plain ticks for the same quantity, in every figure."""
    figures = [plotting.plot_hvsr_comparison(groups), hvsr(groups["real"]).plot(),
               plotting.plot_azimuths(groups["real"], step=90)]
    for figure in figures:
        ax = figure.axes[0]
        assert ax.get_xlabel() == "frequency (Hz)"
        assert {ax.xaxis.get_major_formatter()(value) for value in (0.1, 0.5, 20)} == {
            "0.1", "0.5", "20"}
    assert figures[0].axes[0].get_ylabel() == figures[1].axes[0].get_ylabel() == "HVSR (-)"


def test_azimuths():
    """Motion along one direction only amplifies there."""
    rng, time = np.random.default_rng(0), np.arange(3000) / 50
    wave = 8 * np.sin(2 * np.pi * 2 * time) * np.exp(-time / 10)
    turn = np.radians(60)
    data = rng.standard_normal((3, 3000))
    data[1:] += np.outer([np.cos(turn), np.sin(turn)], wave)
    record = synthetic_record(data, 50.0, "XX.A")
    mesh = plotting.plot_azimuths(record, step=30).axes[0].collections[0]
    curves = np.asarray(mesh.get_array()).reshape(7, -1)
    assert curves.max(axis=1).argmax() == 2
    assert curves[0] == pytest.approx(curves[6])
    assert curves[1] == pytest.approx(hvsr(record, horizontal="azimuth", azimuth=30.0).amplitude)
    with pytest.raises(TNGInputError, match="step must be an integer that divides 180"):
        plotting.plot_azimuths(record, step=50)


def test_unlabelled(groups):
    figure, key = plotting.plot_unlabelled(groups, n=3, seed=1)
    ax, = figure.axes
    assert list(key) == list("ABCDEFGHI")[:len(ax.lines)]
    assert sorted(key.values()) == sorted(name for name in groups for _ in range(3))
    assert len({line.get_color() for line in ax.lines}) == 1
    assert not any(name in text.get_text() for name in groups for text in ax.texts)
    # the key is true: each line is a record of its group
    for line, (row, name) in zip(ax.lines, enumerate(key.values()), strict=True):
        shapes = [record_to_array(record)[1] for record in groups[name]]
        assert any(np.allclose(line.get_ydata() + row, 0.45 * shape / np.abs(shape).max(),
                               atol=1e-5) for shape in shapes)
    assert plotting.plot_unlabelled(groups, n=3, seed=1)[1] == key
    assert plotting.plot_unlabelled(groups, n=3, seed=2)[1] != key


def test_confusion():
    figure = plotting.plot_confusion({"a": np.eye(3), "b": np.eye(9)}, ["X.A", "X.B", "X.C"],
                                     {"a": 1.0, "b": np.nan})
    titles = [ax.get_title() for ax in figure.axes]
    assert "a\nscore 1.000" in titles
    assert "b" in titles


def test_pyplot_is_not_touched(groups):
    before = "matplotlib.pyplot" in sys.modules
    plotting.plot_husid(groups)
    assert ("matplotlib.pyplot" in sys.modules) == before
