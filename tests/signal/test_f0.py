"""f0: curves with known peaks, curves without, hvsrpy's rejection."""

import numpy as np
import pytest

from obspy_tng.exceptions import TNGInputError
from obspy_tng.signal import hvsr, lognormal_f0, pick_f0, reject_windows

F = np.geomspace(0.1, 40, 400)


def bump(f0, height, width=0.25):
    """A curve of 1 with one peak of the given height (1 + height)."""
    return 1 + height * np.exp(-(np.log(F / f0) / width) ** 2)


def test_known_peaks_in_a_batch():
    f0 = np.array([[0.2, 0.57], [1.17, 12.0]])
    curves = np.stack([[bump(f, 4) for f in row] for row in f0])
    pick = pick_f0(F, curves)
    assert pick.f0.shape == pick.a0.shape == pick.reason.shape == (2, 2)
    np.testing.assert_allclose(pick.f0, f0, rtol=0.01)
    np.testing.assert_allclose(pick.a0, 5, rtol=0.01)
    assert pick.found.all()
    assert (pick.reason == "").all()
    for row in range(2):
        for column in range(2):
            assert pick_f0(F, curves[row, column]).f0 == pick.f0[row, column]


def test_highest_of_two_peaks_and_search_band():
    curve = bump(0.5, 4) + bump(5, 6) - 1
    assert pick_f0(F, curve).f0 == pytest.approx(5, rel=0.01)
    assert pick_f0(F, curve, freqmax=2).f0 == pytest.approx(0.5, rel=0.01)
    assert pick_f0(F, curve, freqmin=2).f0 == pytest.approx(5, rel=0.01)


def test_peaks_too_low_for_the_window_do_not_count():
    """f0 > 10 / window length, unless freqmin says otherwise: then it is reported."""
    curve = bump(0.15, 8) + bump(1.2, 3) - 1
    assert pick_f0(F, curve).f0 == pytest.approx(0.15, rel=0.02)
    assert pick_f0(F, curve, window_length=60.0).f0 == pytest.approx(1.2, rel=0.01)
    pick = pick_f0(F, curve, window_length=60.0, freqmin=0.1)
    assert pick.f0 == pytest.approx(0.15, rel=0.02)
    assert pick.criteria["reliability_window"] == 0


@pytest.mark.parametrize(("curve", "reason"), [
    (np.ones(400), "no local maximum"),
    (5 / (1 + F), "no local maximum"),                         # falls from the first value on
    (F, "no local maximum"),                                   # rises to the last value
    (bump(1, 0.6), "amplitude 1.60 is below 2"),
    (8 * F ** -0.5 * bump(1, 0.3, 0.1), "prominence 1.18"),     # a bump on a slope
])
def test_no_clear_peak_says_why(curve, reason):
    pick = pick_f0(F, curve)
    assert np.isnan(pick.f0)
    assert np.isnan(pick.a0)
    assert not pick.found
    assert reason in str(pick.reason)


def test_paper_mode_forces_the_maximum():
    pick = pick_f0(F, np.array([5 / (1 + F), bump(0.5, 9) + bump(7, 0.2)]), mode="paper")
    assert pick.f0[0] == F[F >= 1][0]
    assert pick.f0[1] == pytest.approx(7, rel=0.01)


def test_rock_has_no_peak_and_soil_has():
    """Mean curves of 40 records: equal components without and with a resonance at 1.5 Hz."""
    from obspy_tng.signal import bandpass
    rock = np.random.default_rng(0).standard_normal((40, 3, 6000))
    soil = rock.copy()
    soil[:, 1:] += 6 * bandpass(rock[:, 1:], 100.0, 1.35, 1.65)
    curves = [np.exp(np.log(hvsr(data, 100.0)[1]).mean(axis=0)) for data in (rock, soil)]
    pick = pick_f0(F, np.stack(curves))
    assert np.isnan(pick.f0[0])
    assert "amplitude" in pick.reason[0]
    assert pick.f0[1] == pytest.approx(1.5, rel=0.05)


def test_lognormal_statistics():
    f0 = np.exp(np.random.default_rng(0).normal(np.log(2.0), 0.3, 20000))
    stats = lognormal_f0(np.r_[f0, np.nan, np.nan])
    assert stats["median"] == pytest.approx(2.0, rel=0.01)
    assert stats["std"] == pytest.approx(0.3, rel=0.02)
    assert (stats["n"], stats["n_total"]) == (20000, 20002)
    assert stats["f0_std"] == pytest.approx(np.std(f0, ddof=1))
    nothing = lognormal_f0([np.nan])
    assert np.isnan(nothing["median"])
    assert nothing["n"] == 0


@pytest.fixture(scope="module")
def windows():
    """60 windows with peaks around 1.2 Hz, 8 with a peak elsewhere."""
    rng = np.random.default_rng(3)
    f0 = np.r_[1.2 * np.exp(0.05 * rng.standard_normal(60)), rng.uniform(4, 9, 8)]
    return np.stack([bump(f, 4) for f in f0]) * np.exp(0.02 * rng.standard_normal((68, 400)))


def test_rejection_finds_the_strays(windows):
    accepted, iterations = reject_windows(F, windows)
    assert not accepted[60:].any()
    assert accepted[:60].sum() >= 50
    assert iterations < 20


@pytest.mark.filterwarnings("ignore::DeprecationWarning")
def test_rejection_is_hvsrpys(windows):
    hvsrpy = pytest.importorskip("hvsrpy")
    noise = hvsr(np.random.default_rng(0).standard_normal((80, 3, 6000)), 100.0)[1]
    for curves, n in ((windows, 2), (windows, 1.5), (noise, 2), (noise, 1)):
        theirs = hvsrpy.HvsrTraditional(F, curves)
        iterations = hvsrpy.frequency_domain_window_rejection(theirs, n=n)
        accepted, ours = reject_windows(F, curves, n=n)
        np.testing.assert_array_equal(accepted, theirs.valid_window_boolean_mask)
        assert ours == iterations


def test_rejection_without_maxima():
    accepted, iterations = reject_windows(F, np.stack([F, F, bump(1, 4)]))
    np.testing.assert_array_equal(accepted, [False, False, True])
    assert iterations == 0


@pytest.mark.parametrize(("call", "message"), [
    (lambda: pick_f0(F, np.ones(399)), "amplitude"),
    (lambda: pick_f0(F, -np.ones(400)), "negative"),
    (lambda: pick_f0(F, np.full(400, np.nan)), "NaN"),
    (lambda: pick_f0(F[::-1], np.ones(400)), "ascending"),
    (lambda: pick_f0(F, np.ones(400), freqmin=50), "freqmin"),
    (lambda: pick_f0(F, np.ones(400), min_prominence=0.5), "min_prominence"),
    (lambda: pick_f0(F, np.ones(400), mode="best"), "mode"),
    (lambda: pick_f0(F, bump(1, 4), std=np.ones(3)), "std"),
    (lambda: reject_windows(F, bump(1, 4)), "nwindows"),
    (lambda: lognormal_f0([1.0, -1.0]), "above 0")])
def test_bad_values(call, message):
    with pytest.raises(TNGInputError, match=message):
        call()
