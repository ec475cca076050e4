"""Axes that suit some records: the band, and what follows from it."""

import numpy as np
import pytest

from obspy_tng.evaluation.axes import Axes
from obspy_tng.exceptions import TNGInputError

from .made_up import AXES


def infos(*corners):
    return [{"freqmin": low, "freqmax": high} for low, high in corners]


def test_band_is_that_of_the_median_record():
    found = Axes.of_infos(infos((0.3, 15.0), (0.5, 20.0), (0.9, 30.0)), 100.0, 6000)
    assert (found.freqmin, found.freqmax) == (0.5, 20.0)


def test_band_is_within_window_and_nyquist():
    """At least ten periods in the window, at most 0.8 of the Nyquist frequency."""
    for known in ([], infos((None, None)), infos((0.01, 49.0))):
        found = Axes.of_infos(known, 50.0, 2000)
        assert (found.freqmin, found.freqmax) == (pytest.approx(10 / 40), pytest.approx(20.0))
    assert found.window == 40.0


def test_grids():
    assert AXES.periods[0] == pytest.approx(0.05)
    assert AXES.periods[-1] == pytest.approx(0.8 / 0.25)
    assert AXES.frequencies[[0, -1]] == pytest.approx([0.25, 20.0])
    assert AXES.frequencies.shape == (200,)
    np.testing.assert_allclose(np.diff(np.log(AXES.frequencies), 2), 0, atol=1e-12)
    assert AXES.times[-1] == pytest.approx(AXES.window)
    inelastic = AXES.inelastic_periods
    assert AXES.periods[0] <= inelastic[0] < inelastic[-1] <= AXES.periods[-1]


def test_bad_bands():
    with pytest.raises(TNGInputError, match="no records"):
        Axes.of_records([])
    for low, high in ((5.0, 8.0), (0.0, 8.0), (-1.0, 8.0), (1.0, 30.0)):
        with pytest.raises(TNGInputError, match="freqmin and freqmax must span at least an octave"):
            Axes.of_infos([], 50.0, 2000, low, high)
