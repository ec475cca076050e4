"""Made-up records of the tests of metrics: a resonance, a build-up and a decay."""

import numpy as np
from scipy import signal as scipy_signal

from obspy_tng.baselines import MeanOfRaw, RandomAllPass, ResampledReal, ShapedNoise
from obspy_tng.evaluation import METRICS
from obspy_tng.evaluation.axes import Axes
from obspy_tng.evaluation.recordset import RecordSet

RATE, WINDOW = 50.0, 40.0
NPTS = round(RATE * WINDOW)
CONTROLS = {"resampled real": ResampledReal, "mean of 5": MeanOfRaw, "all-pass": RandomAllPass,
            "shaped noise": ShapedNoise}
AXES = Axes(RATE, NPTS, 0.25, 20.0)


def waves(n, seed=0, peak=1.5, level=1.0):
    """Records with a resonance, a build-up and a decay, and levels that vary."""
    rng = np.random.default_rng(seed)
    t = np.arange(NPTS) / RATE
    start = rng.uniform(3, 8, (n, 1, 1))
    envelope = np.clip(t - start, 0, None) ** 2 * np.exp(-np.clip(t - start, 0, None) / 3)
    sos = scipy_signal.butter(2, [peak / 1.2, peak * 1.2], "band", fs=RATE, output="sos")
    data = rng.standard_normal((n, 3, NPTS))
    data[:, 1:] += 6 * scipy_signal.sosfilt(sos, rng.standard_normal((n, 2, NPTS)))
    data = data * envelope + 1e-4 * rng.standard_normal((n, 3, NPTS))
    return level * data * np.exp(0.5 * rng.standard_normal((n, 1, 1)))


def records(data, label="a", **infos):
    return RecordSet(data, AXES, [{"record_id": f"{label}{i}",
                                   **{k: v[i] for k, v in infos.items()}}
                                  for i in range(len(data))], label)


BY_NAME = {metric.name: metric for metric in METRICS}


def figure(name, first, second, enrolled=None):
    metric = BY_NAME[name]
    if metric.scope == "network":
        first, second = {"XX.A": first}, {"XX.A": second}
    return metric.function(first, second, *([enrolled] if metric.needs_enrolled else []))
