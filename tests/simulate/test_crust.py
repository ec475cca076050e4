"""Crusts: layers, travel times, and what is kept where layers are joined."""

import numpy as np
import pytest

from obspy_tng.simulate.crust import Crust, density_of, draw_crust

LAYERS = Crust(np.array([1e3, 2e3, 20e3]), np.array([2e3, 4e3, 6e3, 8e3]),
               np.array([1e3, 2e3, 3.5e3, 4.6e3]), np.full(4, 2700.0), np.full(4, 400.0),
               np.full(4, 200.0), rock=2)


def test_layers_by_depth():
    np.testing.assert_array_equal(LAYERS.tops, [0, 1e3, 3e3, 23e3])
    assert [LAYERS.layer(d) for d in (0, 999, 1000, 22e3, 23e3, 90e3)] == [0, 0, 1, 2, 3, 3]
    assert LAYERS.velocity("P") is LAYERS.vp
    assert LAYERS.velocity("S") is LAYERS.vs


def test_delay_in_the_rock():
    """Straight up it is thickness over velocity; flat, it is that of the slope (Snell)."""
    assert LAYERS.rock_delay("S", 0.0) == pytest.approx(1 + 1)
    assert LAYERS.rock_delay("P", 0.0) == pytest.approx(0.5 + 0.5)
    slowness = 1e-4
    angles = np.arcsin(slowness * LAYERS.vs[:2])
    assert LAYERS.rock_delay("S", slowness) == pytest.approx(
        np.sum(LAYERS.thickness[:2] / LAYERS.vs[:2] * np.cos(angles)))


@pytest.mark.parametrize("seed", range(5))
def test_drawn_crusts(seed):
    crust = draw_crust(np.random.default_rng(seed))
    assert (crust.thickness > 0).all()
    assert (np.diff(crust.vs[-4:]) > 0).all()
    assert (crust.vp > 1.6 * crust.vs).all()
    assert 28e3 <= crust.tops[-1] <= 48e3
    assert (crust.density > 1800).all()
    assert (crust.density < 3600).all()


def test_joined_rock_has_the_same_travel_times_and_mass():
    crust = draw_crust(np.random.default_rng(1))
    joined = crust.for_long_waves()
    assert len(joined.vs) == len(crust.vs) - 3
    # slownesses, densities and reciprocals of Q add up over the thickness
    for some, power in (("vs", -1), ("vp", -1), ("density", 1), ("qs", -1)):
        whole, parts = (c.thickness[:n] @ getattr(c, some)[:n] ** power
                        for c, n in ((crust, crust.rock), (joined, 2)))
        assert parts == pytest.approx(whole), some
    np.testing.assert_allclose(joined.vs[2:], crust.vs[crust.rock:])
    assert LAYERS.for_long_waves() is LAYERS


def test_density_of_published_curve():
    """Brocher (2005), equation 1, in g/cm^3 and km/s as printed there."""
    vp = np.array([1.5, 4.0, 6.0, 8.5])
    printed = 1.6612 * vp - 0.4721 * vp**2 + 0.0671 * vp**3 - 0.0043 * vp**4 + 0.000106 * vp**5
    np.testing.assert_allclose(density_of(1e3 * vp), 1e3 * printed)
    assert density_of(6000.0) == pytest.approx(2720, abs=10)


def test_frequency_dependence():
    crust = Crust(*[np.ones(1)] * 6, quality=300.0, exponent=0.5, scattering=1e-5,
                  scattering_exponent=0.25)
    assert crust.quality_at(4.0) == pytest.approx(600)
    assert crust.scattering_at(16.0) == pytest.approx(2e-5)
