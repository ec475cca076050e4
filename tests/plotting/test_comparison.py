"""The figures: drawn without a window, from Streams or from measured sets, with units."""

import sys

import numpy as np
import pytest
from matplotlib.figure import Figure

from obspy_tng import plotting
from obspy_tng.evaluation.axes import Axes
from obspy_tng.evaluation.recordset import RecordSet

COMPARISONS = (plotting.plot_hvsr_comparison, plotting.plot_response_spectra,
               plotting.plot_husid, plotting.plot_f0_histograms)


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
