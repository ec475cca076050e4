"""Physics: drift, noise above the corner and before the event."""

import numpy as np
import pytest
from scipy import signal as scipy_signal

from obspy_tng.evaluation.metrics import (
    physics,
)

from ..made_up import RATE, figure, records


def test_physics_of_faulty_records(real):
    drift = records(real.data + 0.01)
    assert physics.final_velocity(real, drift) > 0.8
    rng = np.random.default_rng(0)
    sos = scipy_signal.butter(8, 15, fs=RATE, output="sos")
    clean = scipy_signal.sosfiltfilt(sos, real.data)
    hissing = records(clean + 0.2 * rng.standard_normal(clean.shape))
    assert figure("above_corner", records(clean), hissing) > 1
    assert figure("pre_event", records(clean), hissing) > 2


def test_final_velocity_of_a_step():
    """Acceleration of one sign all the time: the velocity is largest at the end."""
    push = records(np.ones((2, 3, 2000)))
    assert physics.final_velocity(push, push) == pytest.approx(1)
    assert physics.final_displacement(push, push) == pytest.approx(1)
    there_and_back = np.ones((2, 3, 2000))
    there_and_back[..., 1000:] = -1
    back = records(there_and_back)
    assert physics.final_velocity(push, back) < 0.01
    assert physics.final_displacement(push, back) == pytest.approx(1, abs=0.01)
