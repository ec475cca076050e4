"""Which records may be source records, and the levels that new ones get."""

import numpy as np
import pytest

from obspy_tng.groundmotion.band_levels import to_contrasts, to_levels
from obspy_tng.groundmotion.brune import corner_frequency
from obspy_tng.groundmotion.scaling import effective_depth
from obspy_tng.groundmotion.scenario import Scenario
from obspy_tng.groundmotion.source_records import (
    FREE_LENGTHENING,
    FREE_STRETCH,
    LEAST_ALIKE,
    SourceRecords,
    hypocentral,
    sound_components,
)

FREQUENCIES = np.geomspace(0.2, 20, 20)


def records(n=6, bands=5, seed=0):
    rng = np.random.default_rng(seed)
    return SourceRecords(np.array(["XX.A"] * (n // 2) + ["XX.B"] * (n - n // 2)),
                         np.linspace(4, 6, n), np.geomspace(20, 200, n), np.full(n, np.nan),
                         rng.standard_normal((n, 3 * bands)), np.ones(n, bool),
                         np.full(n, np.nan))


def test_dead_components_are_found():
    rng = np.random.default_rng(1)
    levels = 0.3 * rng.standard_normal((40, 3, len(FREQUENCIES)))
    levels[3, 1] -= 8      # a dead component
    levels[7, 2] += np.linspace(-4, 4, len(FREQUENCIES))   # noise of another colour
    levels[9] += 5         # a strong earthquake
    sound = sound_components(levels, ["XX.A"] * 20 + ["XX.B"] * 20, FREQUENCIES)
    assert np.flatnonzero(~sound).tolist() == [3, 7]


def test_near_scenarios_and_the_station_itself_are_likely():
    some = records()
    probability = some.probabilities("XX.B", Scenario(5.6, 120.0))
    assert probability.sum() == pytest.approx(1)
    assert probability.argmax() == 4
    assert probability[:2].sum() < 0.1
    assert probability[some.stations == "XX.B"].sum() > 0.7


def test_the_more_records_a_station_has_the_more_they_count():
    some = records(n=6)
    few, many = (np.array(["XX.A"] * (6 - n) + ["XX.B"] * n) for n in (1, 5))
    near = Scenario(5.6, 120.0)
    assert np.allclose(SourceRecords(few, *list(vars(some).values())[1:]).probabilities(
        "XX.B", near), some.probabilities("XX.C", near))
    odds = [p[4] / p[0] for p in (some.probabilities("XX.C", near), SourceRecords(
        many, *list(vars(some).values())[1:]).probabilities("XX.B", near))]
    assert odds[1] == pytest.approx(5 * odds[0])


def test_triggered_records_of_other_stations_begin_as_those_of_the_station():
    some, near = records(n=6), Scenario(5.0, 60.0)
    before = some.probabilities("XX.A", near)
    some.onsets[:] = 5.0, 5.0, np.nan, 5.0, 60.0, np.nan
    after = some.probabilities("XX.A", near)
    ratio = after / before / (after[0] / before[0])
    np.testing.assert_allclose(ratio, [1, 1, 1, 1, LEAST_ALIKE, 1])


def test_unusable_records_are_not_chosen():
    some = records()
    some.usable[4:] = False
    chosen = some.probabilities("XX.B", Scenario(6.0, 200.0)) > 0
    assert chosen.tolist() == 4 * [True] + 2 * [False]


def test_scenarios_that_nobody_knows():
    some = records()
    some.magnitudes[:] = np.nan
    assert (some.probabilities("XX.A", Scenario(5.0, 50.0)) > 0).all()
    assert some.stretch(0, Scenario(5.0, 50.0, 10.0)) == pytest.approx(1, abs=0.3)


@pytest.mark.parametrize("k", [2, 4, 100])
def test_levels_have_mean_and_variance_of_the_model_with_any_number_of_sources(k):
    """Over many banks: of k equally likely source records, none of whose residuals is repeated."""
    expected, rng, made = np.arange(15.0), np.random.default_rng(2), []
    for seed in range(2000):
        some = records(n=k, seed=seed)
        made.append(to_contrasts(some.levels(
            some.residuals[rng.integers(k)], expected,
            to_levels(expected + rng.standard_normal(15)), np.full(k, 1 / k))))
    np.testing.assert_allclose(np.mean(made, 0), expected, atol=0.1)
    np.testing.assert_allclose(np.std(made, 0), 1, rtol=0.07)


def test_new_records_do_not_share_the_mean_residual_of_few_sources():
    some, expected, rng = records(n=2), np.zeros(15), np.random.default_rng(3)
    made = np.array([to_contrasts(some.levels(some.residuals[rng.integers(2)], expected, to_levels(
        rng.standard_normal(15)), np.full(2, 0.5))) for _ in range(4000)])
    np.testing.assert_allclose(made.mean(0), 0, atol=0.08)


def test_time_from_p_to_s_follows_distance_beyond_the_usual_scatter():
    some = records()
    assert some.stretch(0, Scenario(5.0, some.distances[0])) == 1
    assert some.stretch(0, Scenario(5.0, 5 * some.distances[0])) > 1.3
    assert some.stretch(5, Scenario(5.0, some.distances[5] / 5)) < 0.8
    # all of the change but what is left to chance
    far = Scenario(5.0, 4 * some.distances[5])
    ratio = hypocentral(far.distance, np.nan) / hypocentral(some.distances[5], np.nan)
    assert some.stretch(5, far) == pytest.approx(ratio * np.exp(-FREE_STRETCH))
    assert some.ps_seconds(0) == pytest.approx(hypocentral(20.0, np.nan) / 8)


def test_durations_follow_magnitude_and_distance():
    some = records()
    m, r = some.magnitudes[3], some.distances[3]
    assert some.lengthen(3, Scenario(m, r)) == pytest.approx(1)
    assert some.lengthen(3, Scenario(m + 2, r)) > 1.4
    assert some.lengthen(3, Scenario(m, 4 * r)) > 1.4
    assert 1 / 3.1 < some.lengthen(5, Scenario(4.0, 10.0)) < 0.8
    some.magnitudes[:] = np.nan
    assert some.lengthen(3, Scenario(7.0, r)) == 1.0


def test_durations_of_paths_are_those_of_active_crust():
    """[BooreThompson2014], 2.4 s at 7 km and 8.4 s at 45 km."""
    some = records(n=2)
    some.magnitudes[:], some.depths[:] = 4.0, 0.0
    near, far = 1 / corner_frequency(4.0) + np.array([2.4, 8.4])
    r = np.sqrt(np.square([7.0, 45.0]) - effective_depth(4.0) ** 2)
    some.distances[:] = r
    assert some.lengthen(1, Scenario(4.0, r[0], 0.0)) == pytest.approx(
        near / far * np.exp(FREE_LENGTHENING))
    assert some.lengthen(0, Scenario(4.0, r[1], 0.0)) == pytest.approx(
        far / near * np.exp(-FREE_LENGTHENING))


def test_an_earthquake_at_the_station_counts_as_one_at_1_km():
    np.testing.assert_allclose(hypocentral(np.array([0.0, 3.0]), np.array([0.0, 4.0])), [1.0, 5.0])
