"""Axes that all figures share."""

import pytest

from obspy_tng import hvsr, plotting
from obspy_tng.exceptions import TNGInputError


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


@pytest.mark.parametrize("plot", ["plot_records", "plot_hvsr_comparison", "plot_husid"])
@pytest.mark.parametrize(("given", "error", "word"), [
    (None, TypeError, "got NoneType"), ("x", TypeError, "type str"), ({}, TNGInputError, "empty"),
    ([], TNGInputError, "no records"), ({"a": []}, TNGInputError, "no records")])
def test_nothing_to_plot_is_told(plot, given, error, word):
    with pytest.raises(error, match=word):
        getattr(plotting, plot)(given)
