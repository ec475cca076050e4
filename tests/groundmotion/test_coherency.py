"""Coherencies of components: station terms, chance, and noise that has them."""

import numpy as np
import pytest

from obspy_tng.groundmotion import coherency
from obspy_tng.signal import evolutionary, frames

BANDS = 30


def noise(rng, shape, sd):
    return sd * (rng.standard_normal(shape) + 1j * rng.standard_normal(shape)) / np.sqrt(2)


def truth(rng, records, stations=5, scatter=0.1, chance=0.2):
    station = noise(rng, (stations, 3, BANDS), 0.3)
    of_station = np.repeat(np.arange(stations), records)
    found = (station[of_station] + noise(rng, (len(of_station), 3, BANDS), scatter)
             + noise(rng, (len(of_station), 3, BANDS), chance))
    return station, found, np.full((len(of_station), BANDS), chance ** 2), of_station


def test_station_terms_and_scatter_are_told_from_chance():
    rng = np.random.default_rng(0)
    station, found, chance, names = truth(rng, 40)
    model = coherency.fit_coherencies(found, chance, names)
    missed = np.array([model.stations[str(i)] - station[i] for i in range(5)])
    assert np.sqrt(np.square(np.abs(missed)).mean()) < 0.06
    np.testing.assert_allclose(model.scatter, 0.1, atol=0.03)
    drawn = np.array([model.draw("2", rng) for _ in range(2000)])
    np.testing.assert_allclose(drawn.mean(0), model.stations["2"], atol=0.02)
    assert np.sqrt(np.square(np.abs(drawn - model.stations["2"])).mean()) == pytest.approx(
        model.scatter.mean(), rel=0.1)


def test_of_few_records_chance_is_not_believed():
    rng = np.random.default_rng(1)
    station, found, chance, names = truth(rng, 2, stations=1, chance=0.5)
    model = coherency.fit_coherencies(found, chance, names)
    plain = np.square(np.abs(found.mean(0) - station[0])).mean()
    assert np.square(np.abs(model.stations["0"] - station[0])).mean() < 0.7 * plain
    alone = coherency.fit_coherencies(found[:1], chance[:1], names[:1])
    assert np.isfinite(alone.draw("0", rng)).all()
    assert not alone.scatter.any()


def test_couplings_make_noise_with_these_coherencies():
    bank = evolutionary.filter_bank(6000, 50.0, freqmin=10 / 120)
    rng = np.random.default_rng(2)
    wanted = np.repeat([[0.5], [0.3j], [-0.4]], len(bank), axis=1)
    coefficients = np.repeat(coherency.cholesky_coefficients(wanted)[..., None], frames.FRAMES,
                             axis=-1)
    total = np.mean([frames.frame_cross_spectra(bank, frames.simulate_frames(
        bank, np.zeros((3, len(bank), frames.FRAMES)), coefficients, rng)[None])[0][0, 3:].mean(-1)
        for _ in range(30)], axis=0)
    got = (total[::2] + 1j * total[1::2])[:, 15:]
    np.testing.assert_allclose(got.mean(-1), wanted[:, 0], atol=0.04)


def test_impossible_coherencies_are_reduced():
    impossible = np.array([[0.9], [0.9], [-0.9]])
    p, q, r = coherency.cholesky_coefficients(impossible)[::2, 0]
    assert np.isfinite([p, q, r]).all()
    assert 0.2 < p / np.hypot(1, p) < 0.9
