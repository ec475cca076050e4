"""Intensity measures: closed forms, a slow loop, batches."""

from itertools import pairwise

import numpy as np
import pytest

from obspy_tng.exceptions import TNGInputError
from obspy_tng.signal import (
    arias,
    bandpass,
    cav,
    ground_motion,
    intensity_measures,
    mean_period,
    pga,
    pgd,
    pgv,
    significant_duration,
)

RATE = 200.0
OMEGA = 2 * np.pi * 2.0
TIME = np.arange(4001) / RATE          # 20 s, 40 periods of 2 Hz


@pytest.fixture(scope="module")
def shaking():
    rng = np.random.default_rng(0)
    envelope = np.exp(-((TIME - 8) / 3) ** 2)
    return bandpass(rng.standard_normal((4, 3, 4001)) * envelope, RATE, 0.2, 40)


def test_cosine_closed_forms():
    """a = A cos wt from rest: v = A/w sin wt, d = A/w^2 (1 - cos wt)."""
    acceleration = 3.0 * np.cos(OMEGA * TIME)
    assert pga(acceleration) == 3.0
    assert pgv(acceleration, RATE, freqmin=0) == pytest.approx(3 / OMEGA, rel=1e-3)
    assert pgd(acceleration, RATE, freqmin=0) == pytest.approx(2 * 3 / OMEGA ** 2, rel=1e-3)
    assert arias(acceleration, RATE) == pytest.approx(np.pi / (2 * 9.80665) * 9 * 20 / 2, rel=1e-6)
    assert cav(acceleration, RATE) == pytest.approx(3 * 20 * 2 / np.pi, rel=1e-3)
    # the Husid curve is a straight line with ripples of 1 / (2 w T)
    assert significant_duration(acceleration, RATE) == pytest.approx(18, abs=0.1)
    assert significant_duration(acceleration, RATE, 0.05, 0.75) == pytest.approx(14, abs=0.1)
    assert mean_period(acceleration, RATE) == pytest.approx(0.5, rel=0.01)


def test_constant_acceleration():
    ones = np.ones(2001)
    assert pgv(ones, RATE, freqmin=0) == pytest.approx(10)
    assert pgd(ones, RATE, freqmin=0) == pytest.approx(50)
    assert significant_duration(ones, RATE, 0.1, 0.9) == pytest.approx(8, abs=1e-9)
    assert significant_duration(ones, RATE, 0, 1) == pytest.approx(10, abs=1e-9)


def test_duration_is_interpolated():
    """A box from 5 to 6 s: its 5 to 95 % lie 0.9 s apart, between the samples."""
    box = np.zeros(2001)
    box[1000:1201] = 1
    # the trapezoid adds half a sample at both ends of the box
    assert significant_duration(box, RATE) == pytest.approx(0.9 * 201 / RATE, abs=1e-6)


def test_mean_period_of_two_sines():
    """Weights are the squared amplitudes."""
    two = 1.0 * np.sin(2 * np.pi * 1.0 * TIME) + 2.0 * np.sin(2 * np.pi * 5.0 * TIME)
    expected = (1 * 1 / 1.0 + 4 * 1 / 5.0) / 5
    assert mean_period(two * np.hanning(4001), RATE) == pytest.approx(expected, rel=0.01)


def test_slow_loop(shaking):
    trace = shaking[1, 2]
    velocity, displacement, energy, total = [0.0], [0.0], [0.0], 0.0
    for before, after in pairwise(trace):
        velocity.append(velocity[-1] + (before + after) / 2 / RATE)
        displacement.append(displacement[-1] + (velocity[-2] + velocity[-1]) / 2 / RATE)
        energy.append(energy[-1] + (before ** 2 + after ** 2) / 2 / RATE)
        total += (abs(before) + abs(after)) / 2 / RATE
    at = np.interp([0.05, 0.75, 0.95], np.array(energy) / energy[-1], TIME)
    ours = intensity_measures(trace, RATE, freqmin=0)
    assert ours["pgv"] == pytest.approx(max(map(abs, velocity)))
    assert ours["pgd"] == pytest.approx(max(map(abs, displacement)))
    assert ours["arias"] == pytest.approx(np.pi / (2 * 9.80665) * energy[-1])
    assert ours["cav"] == pytest.approx(total)
    assert ours["d5_75"] == pytest.approx(at[1] - at[0], abs=1e-6)
    assert ours["d5_95"] == pytest.approx(at[2] - at[0], abs=1e-6)


def test_batch_equals_singles(shaking):
    before = shaking.copy()
    together = intensity_measures(shaking, RATE)
    np.testing.assert_array_equal(shaking, before)
    assert set(together) == {"pga", "pgv", "pgd", "arias", "cav", "d5_75", "d5_95", "tm"}
    for name, values in together.items():
        assert values.shape == (4, 3)
        alone = [[intensity_measures(trace, RATE)[name] for trace in record] for record in shaking]
        np.testing.assert_allclose(values, alone, rtol=1e-8)
    functions = {"pga": pga(shaking), "pgv": pgv(shaking, RATE), "pgd": pgd(shaking, RATE),
                 "arias": arias(shaking, RATE), "cav": cav(shaking, RATE),
                 "d5_75": significant_duration(shaking, RATE, 0.05, 0.75),
                 "d5_95": significant_duration(shaking, RATE), "tm": mean_period(shaking, RATE)}
    for name, values in functions.items():
        np.testing.assert_allclose(together[name], values)


def test_scaling(shaking):
    one, ten = (intensity_measures(factor * shaking, RATE) for factor in (1, 10))
    for name, factor in {"pga": 10, "pgv": 10, "pgd": 10, "cav": 10, "arias": 100, "d5_75": 1,
                         "d5_95": 1, "tm": 1}.items():
        np.testing.assert_allclose(ten[name], factor * one[name])


def test_pulse():
    """Displacement exp(-t^2 / 2 s^2): closed form; the default takes off what is below 0.05 Hz."""
    width, time = 0.2, np.arange(12000) / RATE - 30
    displacement = 0.3 * np.exp(-0.5 * (time / width) ** 2)
    acceleration = displacement * (time ** 2 / width ** 2 - 1) / width ** 2
    for freqmin, tolerance in ((0, 1e-3), (None, 0.07)):
        assert pgd(acceleration, RATE, freqmin) == pytest.approx(0.3, rel=tolerance)
        assert pgv(acceleration, RATE, freqmin) == pytest.approx(0.3 / width * np.exp(-0.5),
                                                                 rel=tolerance)


def test_window_of_a_longer_record():
    """Velocity and displacement of a window are what the whole record has there."""
    rng = np.random.default_rng(5)
    whole = bandpass(rng.standard_normal((20, 24000)), RATE, 0.15, 20)
    velocity, displacement = ground_motion(whole, RATE, 0.05)
    part = slice(6000, 18000)                       # 60 s, strong at both ends
    expected_v, expected_d = pga(velocity[:, part]), pga(displacement[:, part])
    np.testing.assert_allclose(pgv(whole[:, part], RATE), expected_v, rtol=0.1)
    assert np.abs(np.log(pgd(whole[:, part], RATE) / expected_d)).mean() < 0.15
    # plain integration drifts away
    assert np.median(pgd(whole[:, part], RATE, 0) / expected_d) > 3


def test_offset_does_not_matter(shaking):
    for function in (pgv, pgd):
        np.testing.assert_allclose(function(shaking + 0.1, RATE), function(shaking, RATE),
                                   rtol=0.01)


def test_zeros_have_no_duration():
    measures = intensity_measures(np.zeros(2000), RATE)
    assert measures["pga"] == measures["arias"] == 0
    assert np.isnan(measures["d5_95"])
    assert np.isnan(measures["tm"])


@pytest.mark.parametrize(("call", "message"), [
    (lambda: significant_duration(np.ones(10), RATE, 0.9, 0.1), "low and high"),
    (lambda: arias(np.ones(10), 0), "sampling_rate"),
    (lambda: mean_period(np.ones(100), 0.1), "freqmin and freqmax"),
    (lambda: mean_period(np.ones(100), 100.0, freqmin=0), "freqmin must be"),
    (lambda: pga([np.inf, 1.0]), "infinite")])
def test_bad_values(call, message):
    with pytest.raises(TNGInputError, match=message):
        call()
