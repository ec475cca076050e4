"""What a new waveform is made from."""

import numpy as np

from obspy_tng.signal.source_recipe import Source


def test_a_warp_keeps_p_or_the_first_sample():
    data, levels = np.zeros((3, 100)), np.zeros((3, 5))
    assert Source(data, levels, 40).onset == 40
    assert Source(data, levels).onset == 0
