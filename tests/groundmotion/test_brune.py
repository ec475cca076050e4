"""Brune's source: moment and corner frequency in closed form."""

import numpy as np
import pytest

from obspy_tng.groundmotion.brune import corner_frequency, median_stress_drop, seismic_moment


def test_moment_of_hanks_and_kanamori():
    """M = 2/3 (log10 M0 - 9.1), M0 in N m."""
    moments = seismic_moment([0.0, 6.0, 9.0])
    np.testing.assert_allclose(2 / 3 * (np.log10(moments) - 9.1), [0, 6, 9], atol=1e-12)


@pytest.mark.parametrize("stress", [1e6, 1e7])
def test_corner_is_that_of_the_circular_crack(stress):
    """r = (7 M0 / 16 stress drop)^(1/3), corner 2.34 beta / (2 pi r)."""
    magnitude = np.array([4.0, 7.0])
    radius = np.cbrt(7 * seismic_moment(magnitude) / (16 * stress))
    expected = 2.34 * 3500.0 / (2 * np.pi * radius)
    np.testing.assert_allclose(corner_frequency(magnitude, stress), expected, rtol=1e-3)
    np.testing.assert_allclose(corner_frequency(magnitude, stress, "P"), 1.4 * expected, rtol=1e-3)


def test_small_earthquakes_have_less_stress_drop():
    """Then energy far above the corner grows with M0^(2/3) times stress^(4/3)."""
    np.testing.assert_allclose(median_stress_drop([5.25, 8.0]), 8e6)
    assert median_stress_drop(4.25) == pytest.approx(8e6 * 10 ** -0.3)
    corners = corner_frequency(np.array([3.0, 4.0]))
    assert corners[0] / corners[1] == pytest.approx(10 ** 0.4)     # 10^0.5 of equal stress drops
