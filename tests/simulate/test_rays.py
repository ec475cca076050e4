"""Rays against closed forms, and against another program's travel times."""

import numpy as np
import pytest

from obspy_tng.simulate.crust import Crust, draw_crust
from obspy_tng.simulate.rays import trace

Q = np.full(2, 500.0)
TWO = Crust(np.array([35e3]), np.array([6000.0, 8000.0]), np.array([3500.0, 4600.0]),
            np.array([2800.0, 3300.0]), Q, Q, gradient=np.array([0.0, 1e-5]))


def named(rays, name):
    return next((ray for ray in rays if ray.name == name), None)


def test_one_layer():
    """Direct and reflected rays are straight; beyond the critical distance a head wave comes."""
    for distance in (20e3, 90e3, 250e3):
        rays = trace(TWO, 10e3, distance, "S")
        direct, reflected = named(rays, "direct"), named(rays, "reflected")
        straight, bent = np.hypot(distance, 10e3), np.hypot(distance, 60e3)
        assert direct.time == pytest.approx(straight / 3500, rel=1e-6)
        assert direct.spreading == pytest.approx(1 / straight, rel=1e-4)
        assert direct.takeoff == pytest.approx(np.pi - np.arctan2(distance, 10e3), abs=1e-4)
        assert reflected.time == pytest.approx(bent / 3500, rel=1e-6)
        assert reflected.spreading == pytest.approx(1 / bent, rel=1e-4)
        assert reflected.slowness == pytest.approx(distance / bent / 3500, rel=1e-4)
    head = named(rays, "diving")
    expected = 250e3 / 4600 + 60e3 * np.sqrt(3500 ** -2 - 4600 ** -2)
    assert head.time == pytest.approx(expected, abs=0.05)
    assert named(trace(TWO, 10e3, 20e3, "S"), "diving") is None


def test_reflection_beyond_the_critical_angle_is_total():
    sv, sh = named(trace(TWO, 10e3, 250e3, "S"), "reflected").factors
    assert abs(sh) == pytest.approx(1, abs=1e-3)
    assert abs(sv) == pytest.approx(1, abs=1e-3)


def test_multiples_reflect_more_often():
    rays = [ray for ray in trace(TWO, 10e3, 100e3, "P") if ray.name == "multiple"]
    for times, ray in enumerate(rays, 2):
        way = np.hypot(100e3, 2 * times * 35e3 - 10e3)
        assert ray.time == pytest.approx(way / 6000, rel=1e-6)


def test_times_are_those_of_taup(tmp_path):
    """First P and S of random crusts against ObsPy's TauP in the same layers."""
    from obspy.taup import TauPyModel
    from obspy.taup.taup_create import build_taup_model
    rng = np.random.default_rng(3)
    crust = draw_crust(rng)
    deep = np.array([[300, 8.5, 4.7, 3.4], [660, 10.0, 5.5, 3.9], [2891, 13.7, 7.3, 5.6],
                     [2891, 8.1, 0.0, 9.9], [5149, 10.3, 0.0, 12.2], [5149, 11.0, 3.5, 12.8],
                     [6371, 11.2, 3.7, 13.0]])
    rows = []
    for j, top in enumerate(crust.tops):
        bottom = crust.tops[j + 1] if j + 1 < len(crust.tops) else 120e3
        rows += [[z / 1e3, crust.vp[j] / 1e3, crust.vs[j] / 1e3, crust.density[j] / 1e3]
                 for z in (top, bottom)]
    lines = ["simulated", "crust"] + [" ".join(f"{x:.5f}" for x in row)
                                      for row in [*rows, *deep.tolist()]]
    (tmp_path / "crust.tvel").write_text("\n".join(lines) + "\n")
    build_taup_model(str(tmp_path / "crust.tvel"), str(tmp_path), verbose=False)
    model = TauPyModel(str(tmp_path / "crust.npz"))
    flat = Crust(*(getattr(crust, name) for name in
                   ("thickness", "vp", "vs", "density", "qp", "qs")), rock=crust.rock,
                 gradient=np.full(len(crust.vs), 1e-6))
    for distance in (15.0, 60.0, 180.0):
        for wave in "PS":
            found = model.get_travel_times(12.0, distance / 111.195,
                                           [wave.lower(), wave, wave + "n"])
            first = min(ray.time for ray in trace(flat, 12e3, 1e3 * distance, wave))
            assert first == pytest.approx(found[0].time, abs=0.15 + 0.002 * found[0].time)


def test_bounces_count_reflections_at_the_surface():
    rays = trace(draw_crust(np.random.default_rng(1)), 10e3, 60e3, "S")
    assert [ray.bounces for ray in rays if ray.name == "multiple"] == [1, 2]
    assert not any(ray.bounces for ray in rays if ray.name != "multiple")


def test_interfaces_within_the_crust_are_gradual():
    """No interface near a source hides it or doubles its energy, as sharp ones do."""
    energies = []
    for seed in range(12):
        crust = draw_crust(np.random.default_rng(seed))
        moho = len(crust.vs) - 1
        for depth in (crust.tops[moho - 2] - 300.0, crust.tops[moho - 2] + 300.0):
            direct, *others = trace(crust, depth, 50e3, "S")
            straight = np.hypot(50e3, depth)
            assert 0.69 < direct.spreading * straight < 1.51
            inner = [ray for ray in others if ray.name == "reflected"][:-1]
            assert all(abs(f) <= 0.5 + 1e-6 for ray in inner for f in ray.factors)
            energies.append(sum((ray.spreading * straight) ** 2
                                * np.mean(np.square(np.abs(ray.factors)))
                                for ray in (direct, *others)))
    assert np.log(energies).std() < 0.8     # 1.3 with sharp interfaces
