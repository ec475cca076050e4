"""The picture of a suite: lines are its spectra, areas are the target's."""

import numpy as np
import pytest
from matplotlib.figure import Figure

from obspy_tng.suites import Target, select
from obspy_tng.suites.pictures import draw_spectra, draw_spread, plot_panels, plot_suite

PERIODS = np.geomspace(0.1, 2, 20)


@pytest.fixture(scope="module")
def suite(noise_records):
    target = Target(PERIODS, np.log(2 / (0.3 + PERIODS)), 0.5, label="a target")
    return select(noise_records, target, 4, scale_factors=(0.2, 5))


def axes():
    return Figure().subplots()


def test_spectra(suite):
    ax = axes()
    draw_spectra(ax, suite)
    records = [line.get_ydata() for line in ax.lines[:4]]
    np.testing.assert_allclose(records, np.exp(suite.ln_psa))
    by_label = {line.get_label(): line.get_ydata() for line in ax.lines}
    np.testing.assert_allclose(by_label["suite, median"], np.exp(suite.ln_psa.mean(0)))
    np.testing.assert_allclose(by_label["target, median"], suite.wanted.psa)
    assert ax.get_title() == "4 records for a target"
    assert len(ax.collections) == 1  # the target's spread


def test_spread(suite):
    ax = axes()
    draw_spread(ax, suite)
    ours, target = (line.get_ydata() for line in ax.lines)
    np.testing.assert_allclose(ours, suite.ln_psa.std(0, ddof=1))
    np.testing.assert_allclose(target, 0.5)


def test_one_figure_or_two(suite):
    assert len(plot_suite(suite).axes) == 2
    assert [len(figure.axes) for figure in plot_panels(suite)] == [1, 1]


def test_target_without_spread(noise_records):
    suite = select(noise_records, Target(PERIODS, np.zeros(20)), 3, scale_factors=(0.01, 100))
    ax = axes()
    draw_spread(ax, suite)
    assert [line.get_label() for line in ax.lines] == ["suite"]
    ax = axes()
    draw_spectra(ax, suite)
    assert not ax.collections
