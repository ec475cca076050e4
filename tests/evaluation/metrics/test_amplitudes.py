"""Levels and durations: spreads and distances of distributions."""

import numpy as np
import pytest

from obspy_tng.evaluation.metrics import (
    amplitudes,
)

from ..made_up import figure, records


def test_spread_ratio_of_stretched_levels(real):
    level = np.abs(real.data).max((1, 2), keepdims=True)
    wider = records(real.data / level * level**2)
    gm = np.log(np.abs(real.data[:, 1:]).max(-1)).mean(-1)
    wide = np.log(np.abs(wider.data[:, 1:]).max(-1)).mean(-1)
    assert figure("pga_spread", real, wider) == pytest.approx(wide.std() / gm.std(), rel=1e-4)
    assert amplitudes.ks(real, wider, "pga") == pytest.approx(_ks(gm, wide), abs=1e-6)


def _ks(first, second):
    points = np.concatenate([first, second])
    return max(abs(np.mean(first <= x) - np.mean(second <= x)) for x in points)


def test_shift_of_levels_is_the_bias(real):
    louder = records(3 * real.data)
    for measure, power in (("pga", 1), ("cav", 1), ("arias", 2), ("d5_95", 0)):
        assert amplitudes.bias(real, louder, measure) == pytest.approx(
            power * np.log(3), abs=1e-4), measure
        assert amplitudes.spread(real, louder, measure) == pytest.approx(1, abs=1e-4)
    assert np.isnan(amplitudes.spread(real.take([0, 1]), louder, "pga"))
