"""Random earthquakes and stations: their ranges, and what a seed fixes."""

import numpy as np
import pytest

from obspy_tng.groundmotion.brune import STRESS_DROP
from obspy_tng.simulate.scenario import (
    CENTER,
    KM_PER_DEGREE,
    draw_earthquake,
    draw_site,
    median_stress,
)


def quakes(n, seed=0, **options):
    ranges = {"magnitude": (4.0, 7.0), "distance": (10.0, 100.0), "depth": (5.0, 30.0), **options}
    return [draw_earthquake(np.random.default_rng([seed, i]), f"e{i}", i, **ranges)
            for i in range(n)]


def test_earthquakes_lie_in_their_ranges():
    drawn = quakes(100)
    km = np.array([KM_PER_DEGREE * np.hypot(q.latitude - CENTER[0], q.longitude - CENTER[1])
                   for q in drawn])
    assert km.min() >= 10
    assert km.max() <= 100
    assert np.log(km).mean() == pytest.approx(np.log(10 * 100) / 2, abs=0.25)
    assert all(4 <= q.magnitude <= 7 and 5 <= q.depth <= 30 for q in drawn)
    # a day each, and no record crosses midnight
    assert [q.time.julday for q in drawn] == list(range(1, 101))
    assert all(1 <= q.time.hour < 21 for q in drawn)


def test_stress_drop():
    assert median_stress(6.0) == STRESS_DROP
    assert median_stress(7.5) == pytest.approx(STRESS_DROP * 10 ** -0.3)
    assert median_stress(4.25) == pytest.approx(STRESS_DROP * 10 ** -0.3)
    ln_stress = np.log([q.stress_drop / median_stress(q.magnitude) for q in quakes(300)])
    assert ln_stress.std() == pytest.approx(0.6, rel=0.15)
    average = quakes(1, variability=0.0)[0]
    assert average.stress_drop == median_stress(average.magnitude)
    assert average.mechanism is None
    assert len(average.subevents) == 1


@pytest.mark.parametrize("f0", [0.5, 5.0, None])
def test_sites(f0):
    for seed in range(4):
        site = draw_site(np.random.default_rng(seed), "XX.S1", 20.0, f0)
        km = KM_PER_DEGREE * np.hypot(site.latitude - CENTER[0], site.longitude - CENTER[1])
        assert km <= 20
        assert 3 <= site.basin_delay <= 60
        assert not site.old
        assert site.f0 is None if f0 is None else site.f0 == pytest.approx(f0, rel=0.02)


def test_old_recorders_are_coarse():
    site = draw_site(np.random.default_rng(0), "XX.S1", 20.0, 2.0, old_recorders=1.0)
    assert site.old
    assert 6e-4 <= site.step <= 5e-3
    assert site.self_noise == pytest.approx(0.3 * site.step)
