"""Noise that becomes a record."""

import numpy as np

from obspy_tng.signal import evolutionary


def test_the_start_of_a_long_record_is_not_tapered_away():
    """P at 5 s of 300 s: a taper of 5 % would take most of it."""
    bank = evolutionary.filter_bank(30000, 100.0, freqmin=10 / 300)
    noise = 0.01 * np.random.default_rng(0).standard_normal((3, 30000))
    noise[:, 500:700] += np.random.default_rng(1).standard_normal((3, 200))
    record = evolutionary.finish_record(bank, noise, evolutionary.band_levels(bank, noise))
    ratio = np.square(record[:, 500:700]).sum() / np.square(noise[:, 500:700]).sum()
    assert 0.85 < ratio < 1.15
