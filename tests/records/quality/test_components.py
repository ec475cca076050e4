"""Three components against each other: faults of one, and motion that has none."""

import numpy as np
import pytest

from obspy_tng.records.quality.components import (
    RISE,
    SHIFTED,
    STEADY,
    check_components,
    loudest_second,
    shift_of_one,
    uneven_gains,
)
from obspy_tng.records.rejection import RecordRejectedError
from obspy_tng.simulate import simulate_network

RATE, DIPS, BAND = 50.0, (-90.0, 0.0, 0.0), (0.1, 20.0)


@pytest.fixture(scope="module")
def motions():
    """Simulated records without their tapers, (3, npts) each."""
    records = simulate_network(3, 6, seed=1, sampling_rate=RATE, window=60.0).records
    return [np.stack([tr.data for tr in record]).astype(float)[:, 60:2850] for record in records]


def code_of(data, dips=DIPS, rate=RATE):
    try:
        check_components(data, "XX.S1", rate, dips, BAND)
    except RecordRejectedError as error:
        return error.rejection.code
    return None


def test_motion_without_a_fault(motions):
    for data in motions:
        found = check_components(data, "XX.S1", RATE, DIPS, BAND)
        assert set(found) == {"dead", "copied", "gain", "shifted"}
        assert all(value <= limit for check, (value, limit) in found.items() if check != "dead")


@pytest.mark.parametrize("component", [1, 2])
@pytest.mark.parametrize("factor", [10.0, 0.1])
def test_a_gain_of_one_horizontal(motions, component, factor):
    wrong = np.ones((3, 1))
    wrong[component] = factor
    codes = [code_of(data * wrong) for data in motions]
    assert np.isin(codes, ["gain", "dead"]).mean() > 0.95


def test_a_gain_of_the_vertical(motions):
    """Soft ground makes it weak, so that only the gain of another sensor is told for sure."""
    assert np.mean([code_of(data * [[30.0], [1], [1]]) in ("gain", "dead")
                    for data in motions]) > 0.9
    # an oblique sensor has no vertical component
    assert code_of(motions[0] * [[10.0], [1], [1]], dips=(-35.0, -35.0, -35.0)) is None


def test_the_ratio_is_that_of_the_gains():
    """White noise: the same ratio in every octave."""
    noise = np.random.default_rng(0).standard_normal((3, 20000))
    for row, factor, expected in ((1, 12.0, 3.0), (2, 1 / 12, 3.0), (0, 6.0, 3.0),
                                  (0, 1 / 24, 2.0)):
        data = noise.copy()
        data[row] *= factor
        assert uneven_gains(data, RATE, 0) == pytest.approx(expected, rel=0.1)
        # one octave in which the others are as strong is enough
        data[row] += 12 * np.sin(2 * np.pi * 3 * np.arange(20000) / RATE) * (factor < 1)
    assert uneven_gains(noise, RATE, 0, (2.0, 5.0)) == 0     # too few octaves


@pytest.mark.parametrize("component", [0, 1, 2])
@pytest.mark.parametrize("seconds", [-2.0, -1.0, 0.5, 1.0, 2.0])
def test_a_component_that_comes_late_or_early(component, seconds):
    """Onsets that all components have, as of local earthquakes; each has noise of its own."""
    rng, t = np.random.default_rng(component), np.arange(4000) / RATE
    level = 1e-3 + 0.1 * (t > 20) * np.exp(-(t - 20) / 8) + (t > 26) * np.exp(-(t - 26) / 5)
    data = level * rng.standard_normal((3, 4000))
    assert shift_of_one(data, RATE)[0] < SHIFTED
    data[component] = np.roll(data[component], round(seconds * RATE))
    better, shift = shift_of_one(data, RATE)
    assert better > SHIFTED
    assert shift == pytest.approx(seconds, abs=0.1)
    assert code_of(data) == "shifted"


def test_two_shifts_are_not_one(motions):
    """Which component is right is not known: P of the vertical before S of the horizontals is one
    lag to both, and natural where P is hardly seen on them."""
    data = motions[0].copy()
    data[1], data[2] = np.roll(data[1], 50), np.roll(data[2], -50)
    assert shift_of_one(data, RATE)[0] == 0


def test_a_component_that_is_noise(motions):
    """As strong as the others or weak: it does not rise with the earthquake."""
    rng = np.random.default_rng(0)
    checked = [data for data in motions if loudest_second(data, RATE)[[0, 2]].min() > RISE]
    assert len(checked) > 4
    for data in checked:
        noise = data.copy()
        noise[1] = rng.standard_normal(data.shape[1]) * data[1].std()
        assert code_of(noise) in ("dead", "gain")
        assert loudest_second(noise, RATE)[1] < STEADY < loudest_second(data, RATE).min()
    assert list(loudest_second(motions[0][:, :900], RATE)) == [1, 1, 1]  # too short to tell


def test_a_copy_that_comes_later(motions):
    data = motions[0].copy()
    data[2] = -0.7 * np.roll(data[1], 6)
    assert code_of(data) == "copied"
