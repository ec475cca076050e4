"""HVSR and f0: levels of the horizontals, and resonances."""

import numpy as np
import pytest

from obspy_tng.evaluation.metrics import (
    spectral_ratios as hvsr,
)

from ..made_up import figure, records, waves


def test_horizontal_level_moves_hvsr(real):
    louder = records(real.data * np.array([1, 2, 2])[:, None])
    assert figure("hvsr_rms", real, louder) == pytest.approx(np.log(2), abs=1e-3)
    assert figure("a0_bias", real, louder) == pytest.approx(np.log(2), abs=1e-3)
    assert figure("hvsr_sd_rms", real, louder) == pytest.approx(0, abs=1e-3)


def test_f0_finds_the_resonance():
    for peak in (0.8, 1.5, 6.0):
        f0 = records(waves(20, peak=peak)).f0
        assert np.exp(np.log(f0).mean()) == pytest.approx(peak, rel=0.2)  # the band's width
    near, far = records(waves(20, 1, 1.5)), records(waves(20, 2, 6.0))
    base = records(waves(20, 3, 1.5))
    assert hvsr.f0_similarity(base, near) > hvsr.f0_similarity(base, far) + 0.3
    assert hvsr.f0_wasserstein(base, far) == pytest.approx(np.log(4), abs=0.15)
    assert hvsr.f0_ks(base, far) > 0.9
