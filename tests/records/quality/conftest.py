"""A trace of good motion, which the tests spoil."""

import numpy as np
import pytest

from ..made_up import shaking

RATE, STEP = 100.0, 1e-5


@pytest.fixture
def motion():
    data = shaking(npts=9000)[1]
    return data - np.median(data)
