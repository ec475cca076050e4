"""Waveforms side by side, alone and without labels."""

import numpy as np
import pytest

from obspy_tng import plotting
from obspy_tng.exceptions import TNGInputError
from obspy_tng.records.record import record_to_array


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
