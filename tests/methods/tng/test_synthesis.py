"""Durations of envelopes, and records that have them."""

import numpy as np
import pytest

from obspy_tng.groundmotion.durations import ln_duration
from obspy_tng.methods.tng.synthesis import Decoded, Synthesis
from obspy_tng.signal.energy_windows import energy_onset
from obspy_tng.signal.evolutionary import FilterBank, band_levels

RATE, FRAMES = 100.0, 128


@pytest.fixture(scope="module")
def synthesis():
    return Synthesis(FilterBank.of_window(6000, RATE), FRAMES)


def decoded(synthesis, power, t05):
    """Envelopes that are the same in all bands."""
    bands = len(synthesis.filters)
    return Decoded(np.broadcast_to(power, (3, bands, FRAMES)), np.zeros((6, bands, FRAMES)),
                   np.zeros((3, bands)), 0, t05)


def test_duration_of_a_constant_envelope_has_a_closed_form(synthesis):
    """D5-75 and D5-95 of a constant envelope are 70 and 90 % of the window."""
    constant = decoded(synthesis, np.zeros(FRAMES), 3.0)
    expected = np.mean(np.log([0.7 * 60, 0.9 * 60]))
    assert synthesis.duration(constant) == pytest.approx(expected, abs=0.05)


def test_duration_decreases_with_the_exponent(synthesis):
    t = np.arange(FRAMES) * synthesis.filters.nfft / FRAMES / RATE
    decay = decoded(synthesis, -t / 5, 1.0)
    # powers decay by exp(-t e / 5): both durations are proportional to 1 / e
    assert synthesis.duration(decay, 0.5) - synthesis.duration(decay) == pytest.approx(
        np.log(2), abs=0.15)


def test_record_has_the_levels_the_duration_and_t05_asked_for(synthesis):
    t = np.arange(FRAMES) * synthesis.filters.nfft / FRAMES / RATE
    wanted = np.log(20.0)
    pulse = decoded(synthesis, np.where(t < 5, -6.0, -(t - 5) / 10), 6.0)
    records = np.stack([synthesis.realize(pulse, wanted, np.random.default_rng(seed))
                        for seed in range(8)])
    assert records.shape == (8, 3, 6000)
    assert ln_duration(records, RATE).mean() == pytest.approx(wanted, abs=0.1)
    assert np.mean([energy_onset(record) for record in records]) / RATE == pytest.approx(6, abs=0.5)
    assert np.abs(band_levels(synthesis.filters, records)[..., 8:-4]).mean() < 0.2
