"""Selection: mean and spread, bounds, limits, speed."""

import time
from itertools import combinations

import numpy as np
import pytest

from obspy_tng.exceptions import TNGInputError
from obspy_tng.suites import Target, conditional_target
from obspy_tng.suites.selection import choose_records

PERIODS = np.geomspace(0.1, 3, 30)
TARGET = Target(PERIODS, np.log(2 / (0.3 + PERIODS)), 0.6)


def pool(n, sd=1.0, bias=0.0, seed=0):
    """Spectra of the target's own correlation, more or less scattered."""
    root = np.linalg.cholesky(TARGET.covariance + 1e-9 * np.eye(30))
    rng = np.random.default_rng(seed)
    return TARGET.ln_mean + bias + sd * rng.standard_normal((n, 30)) @ root.T


def errors(spectra, choice, target=TARGET):
    ln = spectra[choice.index] + np.log(choice.factors)[:, None]
    return (np.abs(np.expm1(ln.mean(0) - target.ln_mean)).max(),
            np.abs(ln.std(0, ddof=1) / target.ln_sd - 1).max())


@pytest.mark.parametrize(("bounds", "bias"), [((1.0, 1.0), 0.0), ((0.2, 5.0), 0.8)])
def test_mean_and_spread(bounds, bias):
    spectra = pool(1000, bias=bias)
    mean, sd = errors(spectra, choose_records(spectra, TARGET, 11, bounds))
    assert mean < 0.10
    assert sd < 0.15


def test_quick():
    """11 of 1,000 with scale factors in less than 2 s."""
    spectra = pool(1000, bias=0.5)
    choose_records(spectra[:50], TARGET, 11, (0.25, 4))
    started = time.process_time()
    choose_records(spectra, TARGET, 11, (0.25, 4))
    assert time.process_time() - started < 2


def test_best_of_all_pairs():
    """Nothing better among all pairs of a few records."""
    spectra = pool(12)
    choice = choose_records(spectra, TARGET, 2)
    def misfit(pair):
        ln = spectra[list(pair)]
        return (np.square(ln.mean(0) - TARGET.ln_mean).mean()
                + 2 * np.square(ln.std(0, ddof=1) - TARGET.ln_sd).mean())
    best = min(combinations(range(12), 2), key=misfit)
    assert choice.misfit == pytest.approx(misfit(choice.index), rel=1e-6)
    assert choice.misfit <= 1.2 * misfit(best)


def test_without_spread():
    """A target without sd: records near its mean."""
    target = Target(PERIODS, TARGET.ln_mean)
    spectra = pool(300)
    ln = spectra[choose_records(spectra, target, 7).index]
    assert np.abs(ln.mean(0) - target.ln_mean).max() < 0.15
    assert ln.std(0, ddof=1).mean() < 0.75 * 0.6


def test_conditional():
    """Scaled, all records have the target's value at the conditioning period."""
    target = conditional_target(TARGET, PERIODS[15], epsilon=1.0)
    spectra = pool(500)
    choice = choose_records(spectra, target, 11, (0.1, 10))
    ln = spectra[choice.index] + np.log(choice.factors)[:, None]
    np.testing.assert_allclose(ln[:, 15], target.ln_mean[15], atol=1e-9)
    assert np.abs(ln.mean(0) - target.ln_mean).max() < 0.1
    assert np.abs(ln.std(0, ddof=1) - target.ln_sd).max() < 0.15


def test_one_factor_for_all():
    """A factor that is prescribed, also where the target is conditional."""
    target = conditional_target(TARGET, PERIODS[15], epsilon=1.0)
    for some in (TARGET, target, Target(PERIODS, TARGET.ln_mean)):
        np.testing.assert_allclose(choose_records(pool(50), some, 5, (2, 2)).factors, 2)


def test_sd_of_zero_everywhere():
    """That is a target of the mean, not one that is conditional at its first period."""
    spectra = pool(300)
    choice = choose_records(spectra, Target(PERIODS, TARGET.ln_mean, 0.0), 7, (0.1, 10))
    off = spectra[choice.index] + np.log(choice.factors)[:, None] - TARGET.ln_mean
    np.testing.assert_allclose(off.mean(axis=1), 0, atol=1e-5)  # each factor fits all periods


def test_bounds_groups_and_seed():
    spectra = pool(200, bias=1.0)
    events = np.arange(200) // 20
    choice = choose_records(spectra, TARGET, 10, (0.5, 1.5), [(events, 1)], seed=3)
    assert len(set(events[choice.index])) == 10
    assert len(set(choice.index)) == 10
    assert (choice.factors >= 0.5 * (1 - 1e-5)).all()
    assert (choice.factors <= 1.5 * (1 + 1e-5)).all()
    again = choose_records(spectra, TARGET, 10, (0.5, 1.5), [(events, 1)], seed=3)
    np.testing.assert_array_equal(again.index, choice.index)
    with pytest.raises(TNGInputError, match="only 10 of 11"):
        choose_records(spectra, TARGET, 11, (0.5, 1.5), [(events, 1)])
