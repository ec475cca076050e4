"""Suites of a generator: drawn until they fit."""

import numpy as np
import pytest

from obspy_tng.exceptions import TNGInputError, TNGWarning
from obspy_tng.suites import Target, generate_suite, generation
from obspy_tng.suites.spectra import ln_spectra

PERIODS = np.geomspace(0.1, 2, 10)
SCENARIO = {"magnitude": 6.5, "distance": 40.0, "vs30": 300.0}


@pytest.fixture(scope="module")
def target(noise_records):
    ln = ln_spectra(noise_records, PERIODS)
    return Target(PERIODS, ln.mean(0), ln.std(0, ddof=1), scenario=SCENARIO)


def test_draws_until_it_fits(generator, target):
    suite = generate_suite(generator, "XR.AL01", target, 7, pool=40, most=400, seed=2)
    fit = suite.fit()
    assert fit["mean_error"] <= 0.10
    assert fit["sd_error"] <= 0.15
    assert (suite.factors == 1).all()
    assert all(asked == {"magnitude": 6.5, "distance": 40.0} for _, _, asked in generator.asked)
    assert [first for _, first, _ in generator.asked] == \
        list(range(0, 40 * len(generator.asked), 40))
    assert suite.settings["drawn"] == 40 * len(generator.asked)
    assert suite.settings["asked"] == {"magnitude": 6.5, "distance": 40.0}


def test_what_is_asked_for_counts(generator, target):
    generate_suite(generator, "XR.AL01", target, 7, pool=40, most=40, tolerance=(9, 9), seed=2,
                   magnitude=7.0)
    assert generator.asked == [(40, 0, {"magnitude": 7.0, "distance": 40.0})]


def test_tells_what_does_not_fit(generator, target):
    with pytest.warns(TNGWarning, match="of 50 records the best suite is of 7 records"):
        suite = generate_suite(generator, "XR.AL01", target.scaled(20), 7, pool=30, most=50, seed=0)
    assert [n for n, _, _ in generator.asked] == [30, 20]
    assert len(suite) == 7
    scaled = generate_suite(generator, "XR.AL01", target.scaled(20), 7, pool=60, most=60, seed=0,
                            scale_factors=(5, 50))
    assert scaled.fit()["mean_error"] < 0.1
    with pytest.raises(TNGInputError, match="must ascend"):
        generate_suite(generator, "XR.AL01", target, 11, pool=5)
    with pytest.raises(TNGInputError, match="n must be an integer"):
        generate_suite(generator, "XR.AL01", target, "11")
    with pytest.raises(TNGInputError, match="tolerance must be"):
        generate_suite(generator, "XR.AL01", target, 11, tolerance=0.1)


def test_the_best_suite_is_returned_though_a_later_pool_has_another(generator, target, monkeypatch):
    found, excess = [], iter([3.0, 2.0, 2.5])
    make = generation.suite_of
    monkeypatch.setattr(generation, "suite_of",
                        lambda *args: found.append(make(*args)) or found[-1])
    monkeypatch.setattr(generation, "_excess", lambda fit, tolerance: next(excess))
    with pytest.warns(TNGWarning, match="of 90 records"):
        suite = generate_suite(generator, "XR.AL01", target, 7, pool=30, most=90, seed=0)
    assert suite is found[1]


def test_a_target_without_sd_has_none_in_the_warning(generator, target):
    code = Target(PERIODS, target.ln_mean + 3, scenario=SCENARIO)
    with pytest.warns(TNGWarning) as told:
        generate_suite(generator, "XR.AL01", code, 7, pool=30, most=30, seed=0)
    assert "nan" not in str(told[0].message)
