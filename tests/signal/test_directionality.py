"""RotD100 over RotD50: the published table."""

import numpy as np
import pytest

from obspy_tng.exceptions import TNGInputError
from obspy_tng.signal import rotd, rotd100_over_rotd50


def test_published_ratios():
    """Ratios as their author prints them (three digits of the article's ln, exponentiated)."""
    periods = [0.01, 0.05, 0.2, 0.5, 1, 2, 5, 10]
    published = [1.192438059, 1.186490749, 1.205627285, 1.228753204, 1.241102379, 1.243587068,
                 1.264908769, 1.294338819]
    np.testing.assert_allclose(rotd100_over_rotd50(periods), published, rtol=1e-8)


def test_between_the_limits_of_polarisation():
    """Motion along one line has sqrt(2) (|cos| has the median cos 45°); a circle has 1."""
    time = np.arange(3000) / 100
    line = np.stack([0 * time, np.sin(2 * np.pi * time), 0.5 * np.sin(2 * np.pi * time)])
    circle = np.stack([0 * time, np.sin(2 * np.pi * time), np.cos(2 * np.pi * time)])
    for data, expected in ((line, np.sqrt(2)), (circle, 1.0)):
        _, found = rotd(data, 100.0, [1.0])
        assert float(found[100][0] / found[50][0]) == pytest.approx(expected, rel=0.01)
        assert 1 <= expected <= np.sqrt(2)


@pytest.mark.parametrize("periods", [[0.005], [11.0], [1.0, 0.5]])
def test_other_periods_are_refused(periods):
    with pytest.raises(TNGInputError):
        rotd100_over_rotd50(periods)
