"""What holds for every metric, and the table of all."""

from importlib import import_module
from pathlib import Path

import numpy as np
import pytest

from obspy_tng.evaluation import METRICS, metrics
from obspy_tng.evaluation.metrics.metric import Metric, mean_of_known

from ..made_up import BY_NAME, figure, records


def test_names_are_unique_and_documented():
    assert len(BY_NAME) == len(METRICS)
    for metric in METRICS:
        function = getattr(metric.function, "func", metric.function)
        assert function.__doc__
        assert metric.ideal in (0.0, 1.0, None)
        assert metric.ratio == (metric.ideal == 1.0 and "ratio" in metric.title)


def test_same_records_are_ideal(real):
    for metric in METRICS:
        value = figure(metric.name, real, real, real)
        if metric.ideal is not None and np.isfinite(value):
            assert metric.distance(value) == pytest.approx(0, abs=1e-6), metric.name


def test_scale_moves_levels_alone(real):
    """A factor of 1/2: levels by ln 2, energy by 2 ln 2, nothing else."""
    weak = records(0.5 * real.data)
    shift = {"pga_bias": 1, "pgv_bias": 1, "pgd_bias": 1, "cav_bias": 1, "arias_bias": 2,
             "psa_bias": 1, "fas_bias": 1}
    for name, factor in shift.items():
        assert figure(name, real, weak) == pytest.approx(-factor * np.log(2), abs=1e-4)
    assert figure("psa_rms", real, weak) == pytest.approx(np.log(2), abs=1e-4)
    for name in ("hvsr_rms", "d5_95_bias", "husid_rms", "f0_ks", "coherence_rms", "arrivals",
                 "above_corner", "pre_event"):
        assert figure(name, real, weak) == pytest.approx(0, abs=1e-4), name
    for name in ("pga_spread", "psa_sd_ratio", "hvsr_sd_ratio"):
        assert figure(name, real, weak) == pytest.approx(1, abs=1e-4), name


def test_pool_and_distance():
    ratio = Metric("r", "", "", 1.0, "", None, ratio=True)
    assert ratio.pool([0.5, 2.0, np.nan]) == pytest.approx(1)
    assert ratio.pool([[0.5, 2.0], [0.5, np.nan]], axis=0) == pytest.approx([0.5, 2])
    assert ratio.distance([0.5, 2.0]) == pytest.approx([np.log(2)] * 2)
    plain = Metric("d", "", "", 0.0, "", None)
    assert plain.distance(-0.3) == 0.3
    assert Metric("n", "", "", None, "", None).distance(0.4) == 0.4
    assert np.isnan(mean_of_known([np.nan]))


def test_too_few_records_say_nothing(real):
    one = real.take([0])
    for name in ("pga_bias", "pga_spread", "hvsr_rms", "psa_correlation", "husid_sd_ratio"):
        assert np.isnan(figure(name, one, real)), name


def test_every_question_is_listed():
    """A module with METRICS that the list forgets would never be reported."""
    root = Path(metrics.__file__).parent
    found = [metric.name for path in sorted(root.glob("*.py")) if path.stem != "__init__"
             for metric in getattr(import_module(f"{metrics.__name__}.{path.stem}"), "METRICS", ())]
    assert sorted(found) == sorted(metric.name for metric in METRICS)
