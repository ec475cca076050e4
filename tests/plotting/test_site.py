"""HVSR by azimuth."""

import numpy as np
import pytest

from obspy_tng import hvsr, plotting
from obspy_tng.exceptions import TNGInputError
from obspy_tng.records.synthetic import synthetic_record


def test_azimuths():
    """Motion along one direction only amplifies there."""
    rng, time = np.random.default_rng(0), np.arange(3000) / 50
    wave = 8 * np.sin(2 * np.pi * 2 * time) * np.exp(-time / 10)
    turn = np.radians(60)
    data = rng.standard_normal((3, 3000))
    data[1:] += np.outer([np.cos(turn), np.sin(turn)], wave)
    record = synthetic_record(data, 50.0, "XX.A")
    mesh = plotting.plot_azimuths(record, step=30).axes[0].collections[0]
    curves = np.asarray(mesh.get_array()).reshape(7, -1)
    assert curves.max(axis=1).argmax() == 2
    assert curves[0] == pytest.approx(curves[6])
    assert curves[1] == pytest.approx(hvsr(record, horizontal="azimuth", azimuth=30.0).amplitude)
    with pytest.raises(TNGInputError, match="step must be an integer that divides 180"):
        plotting.plot_azimuths(record, step=50)
