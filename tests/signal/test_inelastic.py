"""Inelastic displacement ratios: energy of an impulse, an explicit slow solution, limits."""

import numpy as np
import pytest

from obspy_tng.exceptions import TNGInputError
from obspy_tng.signal import bandpass, inelastic_ratio, response_spectra

RATE = 100.0


@pytest.fixture(scope="module")
def shaking():
    rng = np.random.default_rng(0)
    time = np.arange(1200) / RATE
    return bandpass(rng.standard_normal((3, 1200)) * np.exp(-((time - 5) / 2) ** 2), RATE, 0.1, 20)


@pytest.mark.parametrize("ratio", [2.0, 4.0])
@pytest.mark.parametrize("hardening", [0.0, 0.1])
def test_impulse(ratio, hardening):
    """
    A short pulse gives a velocity; without damping its energy is that of spring and yielding:
    R^2 = 1 + 2 d + alpha d^2 for a plastic displacement of d times that at yield.
    """
    acceleration = np.zeros(1000)
    acceleration[100:104] = 5.0
    _, found = inelastic_ratio(acceleration, RATE, [4.0], ratio, hardening, damping=0.0)
    beyond = (ratio ** 2 - 1) / 2 if hardening == 0 else \
        (np.sqrt(1 + hardening * (ratio ** 2 - 1)) - 1) / hardening
    assert found[0] == pytest.approx((1 + beyond) / ratio, rel=0.01)


def slow(acceleration, rate, period, yielding, hardening, damping):
    """Largest displacement by explicit steps of T / 4000, force kept between two parallel lines."""
    omega, step = 2 * np.pi / period, period / 4000
    times = np.arange(0, (len(acceleration) - 1) / rate, step)
    ground = np.interp(times, np.arange(len(acceleration)) / rate, acceleration)
    x = v = z = largest = 0.0
    for a in ground:
        force = omega ** 2 * (hardening * x + (1 - hardening) * z)
        v += step * (-a - 2 * damping * omega * v - force)
        x += step * v
        z = min(max(z + step * v, -yielding), yielding)
        largest = max(largest, abs(x))
    return largest


@pytest.mark.parametrize("period", [0.3, 1.0])
def test_explicit_solution(shaking, period):
    trace = shaking[0]
    fine = np.interp(np.arange(0, 1199, 1 / 8), np.arange(1200), trace)
    elastic = slow(fine, 8 * RATE, period, np.inf, 0.03, 0.05)
    expected = slow(fine, 8 * RATE, period, elastic / 4, 0.03, 0.05) / elastic
    _, found = inelastic_ratio(trace, RATE, [period])
    assert found[0] == pytest.approx(expected, rel=0.05)


def newmark(ground, step, period, yielding, hardening, damping):
    """Largest displacement by constant average acceleration: displacement, velocity, force."""
    omega = 2 * np.pi / period
    stiff, soft, viscous = omega ** 2, hardening * omega ** 2, 2 * damping * omega
    inertia = 4 / step ** 2 + 2 * viscous / step
    x = v = z = largest = 0.0
    a = -ground[0]
    for acceleration in ground[1:]:
        load = (4 / step ** 2 * x + 4 / step * v + a + viscous * (2 / step * x + v)
                - acceleration)
        trial = (load - (stiff - soft) * (z - x)) / (inertia + stiff)
        held = np.clip(z + trial - x, -yielding, yielding)
        after = (load - (stiff - soft) * held) / (inertia + soft)
        velocity = 2 / step * (after - x) - v
        a = 4 / step ** 2 * (after - x) - 4 / step * v - a
        x, v, z = after, velocity, held
        largest = max(largest, abs(x))
    return largest


@pytest.mark.parametrize("hardening", [0.0, 0.1])
@pytest.mark.parametrize("damping", [0.0, 0.05])
def test_steps_of_newmark(shaking, hardening, damping):
    """The recursion without velocities is the same method, step by step."""
    period = 1.0  # one sample a step
    trace = shaking[0] - shaking[0, 0] + 0.1  # also from a first sample that is not zero
    _, elastic = response_spectra(trace, RATE, [period], max(damping, 1e-9), quantity="sd")
    expected = newmark(trace, 1 / RATE, period, elastic[0] / 4, hardening, damping)
    _, found = inelastic_ratio(trace, RATE, [period], hardening=hardening, damping=damping)
    assert found[0] == pytest.approx(expected / elastic[0], rel=1e-9)


def test_limits(shaking):
    periods, one = inelastic_ratio(shaking, RATE, [0.1, 0.5, 2.0], strength_ratio=1.0)
    np.testing.assert_allclose(one, 1, atol=0.02)  # does not yield
    _, slow_ones = inelastic_ratio(shaking, RATE, [40.0], damping=0.0)
    np.testing.assert_allclose(slow_ones, 1, atol=0.1)  # mass at rest: displacement of the ground
    _, stiff = inelastic_ratio(shaking, RATE, [0.04], hardening=0.0)
    assert (stiff > 2).all()
    assert periods.tolist() == [0.1, 0.5, 2.0]


def test_batch_scale_and_input(shaking):
    before = shaking.copy()
    _, together = inelastic_ratio(shaking, RATE, [0.2, 1.0])
    np.testing.assert_array_equal(before, shaking)
    for trace, found in zip(shaking, together, strict=True):
        np.testing.assert_allclose(inelastic_ratio(trace, RATE, [0.2, 1.0])[1], found, rtol=1e-10)
        np.testing.assert_allclose(inelastic_ratio(7 * trace, RATE, [0.2, 1.0])[1], found,
                                   rtol=1e-8)
    assert np.isnan(inelastic_ratio(np.zeros(100), RATE, [0.5])[1]).all()


@pytest.mark.parametrize("options", [{"strength_ratio": 0.5}, {"hardening": 1.0}, {"damping": 1.0},
                                     {"hardening": -0.1}, {"periods": [0.01]},
                                     {"periods": [1.0, 0.5]}])
def test_bad_values(shaking, options):
    with pytest.raises(TNGInputError):
        inelastic_ratio(shaking, RATE, **{"periods": [1.0], **options})
