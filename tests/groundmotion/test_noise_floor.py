"""Noise floors: from the quiet part of records, and under the levels of new ones."""

import numpy as np
import pytest
from scipy.signal import lfilter

from obspy_tng.groundmotion.noise_floor import (
    NO_NOISE,
    PRIOR_RECORDS,
    fit_noise_floors,
    noise_levels,
    with_floor,
)
from obspy_tng.signal.evolutionary import band_levels, filter_bank

NPTS, RATE, P = 3000, 50.0, 800


@pytest.fixture(scope="module")
def filters():
    return filter_bank(NPTS, RATE, freqmin=0.2)


def test_levels_of_white_noise(filters):
    noise = np.random.default_rng(0).standard_normal((40, NPTS))
    found = np.log(np.exp(band_levels(filters, noise)).mean(0))
    np.testing.assert_allclose(found[12:], filters.white_levels[12:], atol=0.15)


@pytest.mark.parametrize("p_index", [P, None])
def test_noise_is_found_under_an_earthquake(filters, p_index):
    rng = np.random.default_rng(1)
    noise = lfilter([1], [1, -0.7], rng.standard_normal((3, NPTS)), axis=-1)
    t = np.arange(NPTS) - P
    shaking = 1e4 * rng.standard_normal((3, NPTS)) * (t >= 0) * np.exp(-t.clip(0) / 400)
    found = noise_levels(filters, noise + shaking, p_index)
    seen = found > NO_NOISE
    assert seen.all() == (filters.center_frequencies[0] * NPTS / RATE * 2 / 7 >= 2)
    difference = (found - band_levels(filters, noise))[seen]
    assert -1.0 < difference.mean() < 0.1   # the quietest part, by band


def test_strong_records_do_not_raise_a_floor_and_new_stations_have_that_of_the_region():
    levels = np.zeros((21, 3, 4))
    levels[10:20] = 8.0
    floors = fit_noise_floors(levels, ["XX.A"] * 20 + ["XX.B"]).floors
    np.testing.assert_allclose(floors["XX.A"], 0, atol=1e-9)
    one = fit_noise_floors(np.concatenate([levels[:10], levels[10:11]]),
                           ["XX.A"] * 10 + ["XX.B"]).floors["XX.B"]
    np.testing.assert_allclose(one, 8.0 / (1 + PRIOR_RECORDS))


def test_energy_of_a_record_above_a_floor():
    """Loud ones keep their levels and noise; in quiet ones most of the energy is added noise."""
    zero = np.zeros((3, 5))
    motion, added = with_floor(zero + 6, zero, zero + 6, zero)
    np.testing.assert_allclose(motion, 6, atol=0.003)   # ln (1 + exp(-6))
    assert (added <= NO_NOISE + 1e-6).all()
    motion, added = with_floor(zero - 5, zero, zero + 6, zero - 1)
    np.testing.assert_allclose(np.exp(motion) + np.exp(added), 1, rtol=0.06)
    assert (added > -0.1).all()


def test_draws_scatter_about_the_floor():
    floors = fit_noise_floors(np.zeros((3, 3, 4)), ["XX.A"] * 3)
    rng = np.random.default_rng(2)
    drawn = np.stack([floors.draw("XX.A", rng) for _ in range(500)])
    assert abs(drawn.mean()) < 0.05
    assert 0.25 < drawn[:, 0, 0].std() < 0.35
