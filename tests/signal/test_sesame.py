"""SESAME's criteria: fulfilled, failed one by one, and not known."""

import numpy as np
import pytest

from obspy_tng.exceptions import TNGInputError
from obspy_tng.signal import pick_f0, sesame_criteria

F = np.geomspace(0.1, 40, 400)


def bump(f0, height, width=0.25):
    """A curve of 1 with one peak of the given height (1 + height)."""
    return 1 + height * np.exp(-(np.log(F / f0) / width) ** 2)


def criteria(f0=1.5, height=5.0, width=0.25, std=0.2, **known):
    curve = bump(f0, height, width)
    known = {"window_length": 60, "n_windows": 20, "f0_std": 0.01 * f0} | known
    pick = pick_f0(F, curve, freqmin=0.1, std=np.full(400, std), **known)
    return {key: float(value) for key, value in pick.criteria.items()}


def test_sesame_all_fulfilled():
    assert set(criteria().values()) == {1.0}


@pytest.mark.parametrize(("change", "failed"), [
    ({"window_length": 6.0, "n_windows": 100}, {"reliability_window"}),
    ({"n_windows": 2}, {"reliability_cycles"}),
    # factor 2 at f0 = 1.5 Hz (std = 0.72 > ln 2) fails, theta(1.5 Hz) = 1.78 as well
    ({"std": 0.72}, {"reliability_std", "clarity_std"}),
    ({"width": 3.0}, {"clarity_below", "clarity_above"}),
    ({"f0_std": 0.16}, {"clarity_f0_std"}),
    ({"std": 0.6}, {"clarity_std"}),              # exp(0.6) = 1.82 > 1.78
])
def test_sesame_each_criterion_can_fail(change, failed):
    result = criteria(**change)
    assert {key for key, value in result.items() if value == 0} - {"reliable", "clear"} == failed
    assert result["reliable"] == (not any(key.startswith("reliability") for key in failed))
    assert result["clear"] == (sum(key.startswith("clarity") for key in failed) <= 1)


def test_sesame_amplitude_and_moving_peak():
    low = sesame_criteria(F, bump(1, 0.9), 1.0)
    assert low["clarity_amplitude"] == 0
    # the deviation grows across the peak, so the upper curve peaks elsewhere
    tilted = sesame_criteria(F, bump(1, 4), 1.0, std=0.4 + 0.3 * np.tanh(5 * np.log(F)))
    assert tilted["clarity_curves"] == 0


@pytest.mark.parametrize(("f0", "epsilon", "theta"), [
    (0.15, 0.25, 3.0), (0.3, 0.20, 2.5), (0.7, 0.15, 2.0), (1.5, 0.10, 1.78), (5.0, 0.05, 1.58)])
def test_sesame_thresholds_by_frequency(f0, epsilon, theta):
    for share, expected in ((0.98, 1), (1.02, 0)):
        result = sesame_criteria(F, bump(f0, 4), f0, f0_std=share * epsilon * f0,
                                 std=np.full(400, np.log(share * theta)))
        assert result["clarity_f0_std"] == expected
        assert result["clarity_std"] == expected


def test_sesame_not_known_is_nan():
    result = pick_f0(F, bump(1, 4)).criteria
    assert np.isnan(result["reliability_window"])
    assert np.isnan(result["clarity_std"])
    assert np.isnan(result["reliable"])
    assert np.isnan(result["clear"])              # three of six hold, three are open
    no_peak = pick_f0(F, np.ones(400), window_length=60.0).criteria
    assert all(np.isnan(value) for value in no_peak.values())


def test_std_that_is_nan_is_not_known():
    """As that of a single curve: it fulfils nothing."""
    found = criteria(std=np.nan, f0_std=np.nan)
    unknown = {key for key, value in found.items() if np.isnan(value)}
    assert unknown == {"reliability_std", "clarity_curves", "clarity_std", "clarity_f0_std",
                       "reliable", "clear"}
    far = np.where(F > 10, np.nan, 0.2)  # beyond 2 f0
    assert not np.isnan(list(sesame_criteria(F, bump(1.5, 5), 1.5, std=far).values())[2])


@pytest.mark.parametrize(("known", "message"), [
    ({"window_length": 0}, "window_length must be"), ({"window_length": 60, "n_windows": 0},
                                                      "n_windows must be"),
    ({"f0_std": -0.1}, "f0_std must not be negative"),
    ({"std": np.full(400, -0.1)}, "std must not be negative")])
def test_bad_values(known, message):
    with pytest.raises(TNGInputError, match=message):
        sesame_criteria(F, bump(1.5, 5), 1.5, **known)
