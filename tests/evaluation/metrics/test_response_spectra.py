"""Response spectra: the correlation between periods."""

import numpy as np
import pytest

from obspy_tng.evaluation.metrics import (
    response_spectra as spectra,
)

from ..made_up import figure, records, waves


def test_period_correlation_is_seen():
    """Levels that vary together against spectra whose periods vary on their own."""
    base = waves(40, 5)
    together = records(base)
    apart = records(base / np.abs(base).max((1, 2), keepdims=True))
    assert spectra.psa_correlation(together, apart) > 0.1
    assert spectra.psa_correlation(together, together) == 0


def test_period_correlation_is_that_of_residuals():
    """The range of magnitudes makes all periods of a fake go together."""
    rng, n = np.random.default_rng(8), 60
    magnitude, distance = rng.uniform(4, 7, n), np.exp(rng.uniform(3, 5, n))
    base = waves(n, 6) / np.abs(waves(n, 6)).max((1, 2), keepdims=True)
    scale = np.exp(1.5 * (magnitude - 5.5) - np.log(distance / 60))[:, None, None]
    common = np.exp(0.6 * rng.standard_normal(n))[:, None, None]
    known = {"magnitude": list(magnitude), "distance": list(distance)}
    real, fake = (records(base * scale * c, **known) for c in (common, 1.0))
    raw = [records(base * scale * c) for c in (common, 1.0)]
    assert spectra.psa_correlation(*raw) < 0.1
    assert spectra.psa_correlation(real, fake) > 0.25


def test_bias_and_rms_of_a_factor(real):
    weak = records(0.5 * real.data)
    for name in ("psa", "fas"):
        assert figure(f"{name}_bias", real, weak) == pytest.approx(-np.log(2), abs=1e-4)
        assert figure(f"{name}_rms", real, weak) == pytest.approx(np.log(2), abs=1e-4)
    assert np.isnan(spectra.psa_correlation(real.take([0, 1, 2]), real))
