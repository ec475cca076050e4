"""Components: those made independently are not coherent."""

import numpy as np
import pytest

from ..made_up import figure, records, waves


def test_components_made_alone_lose_coherence():
    rng = np.random.default_rng(0)
    common = waves(20, 1)
    common[:, 2] = 0.8 * common[:, 1] + 0.2 * common[:, 2]
    apart = common.copy()
    apart[:, 2] = common[rng.permutation(20), 2]
    assert figure("component_correlation", records(common), records(apart)) > 0.3
    assert figure("coherence_rms", records(common), records(apart)) > 0.2


def test_correlation_in_closed_form():
    """N and E are independent on one side and equal on the other."""
    rng = np.random.default_rng(2)
    data = rng.standard_normal((10, 3, 2000))
    same = data.copy()
    same[:, 2] = same[:, 1]
    found = figure("component_correlation", records(data), records(same))
    # one pair of three; a coefficient of 2,000 samples by chance is 0.02
    assert found == pytest.approx(1 / np.sqrt(3), abs=0.02)
