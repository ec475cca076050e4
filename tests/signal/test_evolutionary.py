"""Noise that becomes a record."""

import numpy as np
import pytest

from obspy_tng.exceptions import TNGInputError
from obspy_tng.signal import evolutionary


def test_the_start_of_a_long_record_is_not_tapered_away():
    """P at 5 s of 300 s: a taper of 5 % would take most of it."""
    bank = evolutionary.filter_bank(30000, 100.0, freqmin=10 / 300)
    noise = 0.01 * np.random.default_rng(0).standard_normal((3, 30000))
    noise[:, 500:700] += np.random.default_rng(1).standard_normal((3, 200))
    record = evolutionary.finish_record(bank, noise, evolutionary.band_levels(bank, noise))
    ratio = np.square(record[:, 500:700]).sum() / np.square(noise[:, 500:700]).sum()
    assert 0.85 < ratio < 1.15


@pytest.mark.parametrize(("rate", "npts", "shortest"), [(50.0, 99, 2), (20.0, 60, 5),
                                                        (100.0, 99, 1), (200.0, 100, 1)])
def test_windows_that_are_too_short(rate, npts, shortest):
    """They gave NaN, or errors about frequencies that nobody had asked for."""
    with pytest.raises(TNGInputError, match=rf"window must be at least {shortest:g} s at {rate:g}"):
        evolutionary.FilterBank.of_window(npts, rate)
    assert len(evolutionary.FilterBank.of_window(round(shortest * rate), rate)) > 5
