"""Amplitudes of decoded records."""

import numpy as np
import pytest

from obspy_tng.exceptions import TNGInputError
from obspy_tng.groundmotion.scenario import Scenario
from obspy_tng.methods.amplitudes import (
    check_amplitudes,
    published_amplitudes,
    station_amplitudes,
)

from ..small_generator import ends_at_rest


def test_the_published_formula():
    data = np.random.default_rng(0).standard_normal((3, 500))
    means, deviations = np.arange(6.0).reshape(2, 3), np.ones((2, 3)) * [[1.0], [3.0]]
    found = published_amplitudes(data, means, deviations, np.array([0.25, 0.75]))
    np.testing.assert_allclose(found, 2.5 * data + (0.25 * means[0] + 0.75 * means[1])[:, None])


def test_levels_of_the_station():
    noise = 7 + 2 * np.random.default_rng(1).standard_normal((3, 6000))
    made = station_amplitudes(noise, np.array([0.1, 0.2, 0.3]), 100.0)
    np.testing.assert_allclose(made.std(-1), [0.1, 0.2, 0.3], rtol=0.05)  # less the tapers
    assert ends_at_rest(made, 100.0)
    assert np.isfinite(station_amplitudes(np.ones((3, 200)), np.ones(3), 100.0)).all()


def test_what_cannot_be_is_refused():
    check_amplitudes("paper", [Scenario()])
    check_amplitudes("station", [Scenario(6.0, 50.0)])
    with pytest.raises(TNGInputError, match="does not take a magnitude"):
        check_amplitudes("paper", [Scenario(), Scenario(6.0, 50.0)])
    with pytest.raises(TNGInputError, match="amplitudes"):
        check_amplitudes("loud", [])
