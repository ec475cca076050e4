"""Suites: selection from Streams, fit, limits, what is refused."""

import numpy as np
import pytest

from obspy_tng.exceptions import TNGInputError
from obspy_tng.records.info import record_id
from obspy_tng.records.record import station_id
from obspy_tng.suites import Target, conditional_target, select
from obspy_tng.suites.spectra import ln_spectra

PERIODS = np.geomspace(0.1, 2, 20)


@pytest.fixture(scope="module")
def target(noise_records):
    """The distribution of the records themselves, half as strong."""
    ln = ln_spectra(noise_records, PERIODS)
    return Target(PERIODS, ln.mean(0) - np.log(2), ln.std(0, ddof=1), label="half of it")


def test_select(noise_records, target):
    suite = select(noise_records, target, 11, scale_factors=(0.2, 2), seed=1)
    fit = suite.fit()
    assert fit["mean_error"] < 0.10
    assert fit["sd_error"] < 0.15
    assert 0.9 < fit["least_ratio"] < 2
    again = ln_spectra(suite.records, suite.periods)
    np.testing.assert_allclose(again, suite.ln_psa, atol=1e-5)
    assert "11 records, mean within" in repr(suite)
    assert len({record_id(r) for r in suite.records}) == 11
    same = select(noise_records, target, 11, scale_factors=(0.2, 2), seed=1)
    np.testing.assert_array_equal(same.factors, suite.factors)
    table = suite.measures(periods=())
    np.testing.assert_allclose(table["scale_factor"], suite.factors)
    assert table["number"].tolist() == list(range(1, 12))


def test_limits_and_no_scaling(noise_records, target):
    suite = select(noise_records, target, 6, scale_factors=None, max_per_station=2,
                   max_per_event=1, period_range=(0.2, 1.0))
    stations = [station_id(r) for r in suite.records]
    assert max(map(stations.count, stations)) == 2
    events = [r[0].stats.tng.event_id for r in suite.records]
    assert len(set(events)) == 6
    assert (suite.factors == 1).all()
    assert suite.periods[[0, -1]] == pytest.approx([0.2, 1.0])
    with pytest.raises(TNGInputError, match="max_per_station"):
        select(noise_records, target, 7, max_per_station=2)


def test_conditional_period_is_compared(noise_records, target):
    given = conditional_target(target, 0.5, epsilon=1.0)
    suite = select(noise_records, given, 7, scale_factors=(0.05, 20))
    at = np.argmin(np.abs(suite.periods - 0.5))
    assert suite.periods[at] == 0.5
    np.testing.assert_allclose(suite.ln_psa[:, at], given.at([0.5]).ln_mean[0], atol=1e-6)


@pytest.mark.parametrize(("options", "message"), [
    ({"n": 1}, "n must be"), ({"n": 100}, "cannot be selected"),
    ({"period_range": (0.01, 1)}, "period_range"), ({"period_range": (1, 0.5)}, "period_range"),
    ({"scale_factors": (2, 1)}, "scale_factors"), ({"scale_factors": 3}, "scale_factors"),
    ({"max_per_event": 0}, "max_per_event"), ({"seed": None}, "seed must be"),
    ({"seed": -1}, "seed must be"), ({"period_range": (0.5,)}, "period_range must be"),
    ({"period_range": 0.5}, "period_range must be")])
def test_bad_values(noise_records, target, options, message):
    with pytest.raises(TNGInputError, match=message):
        select(noise_records, target, **options)


def test_one_period_is_no_spectrum(noise_records):
    with pytest.raises(TNGInputError, match="target has one period, 1 s"):
        select(noise_records, Target([1.0], [0.0], 0.5))


def test_record_given_twice_is_chosen_once(noise_records, target):
    """Under another id too."""
    again = noise_records[0].copy()
    for tr in again:
        tr.stats.tng.record_id = "other"
    suite = select([*noise_records[:4], *noise_records[:2], again], target, 4, scale_factors=None)
    assert len({tuple(r[0].data[:500]) for r in suite.records}) == 4
    with pytest.raises(TNGInputError, match="only 4 of 5 records"):
        select([*noise_records[:4], *noise_records[:2], again], target, 5)


def test_dict_by_station(noise_records, target):
    groups = {"all": noise_records}
    np.testing.assert_array_equal(select(groups, target, 5).factors,
                                  select(noise_records, target, 5).factors)


def test_wrong_types_are_told(noise_records, target):
    with pytest.raises(TypeError, match="got a single Stream; put it into a list"):
        select(noise_records[0], target)
    with pytest.raises(TypeError, match="got NoneType"):
        select(None, target)
    with pytest.raises(TypeError, match=r"target must be a Target, got str; model_target\(\)"):
        select(noise_records, "BSSA14")
