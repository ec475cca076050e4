"""Every figure against a closed form or a slow loop, and blind where it should be."""

from importlib import import_module
from pathlib import Path

import numpy as np
import pytest
from scipy import signal as scipy_signal

from obspy_tng.evaluation import METRICS, metrics
from obspy_tng.evaluation.axes import Axes
from obspy_tng.evaluation.metrics import (
    amplitudes,
    conditioning,
    novelty,
    physics,
)
from obspy_tng.evaluation.metrics import (
    response_spectra as spectra,
)
from obspy_tng.evaluation.metrics import (
    spectral_ratios as hvsr,
)
from obspy_tng.evaluation.metrics.metric import Metric, mean_of_known
from obspy_tng.evaluation.recordset import RecordSet
from obspy_tng.exceptions import TNGInputError

RATE, WINDOW = 50.0, 40.0
NPTS = round(RATE * WINDOW)
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


@pytest.fixture(scope="module")
def real():
    return records(waves(30))


BY_NAME = {metric.name: metric for metric in METRICS}


def figure(name, first, second, enrolled=None):
    metric = BY_NAME[name]
    if metric.scope == "network":
        first, second = {"XX.A": first}, {"XX.A": second}
    return metric.function(first, second, *([enrolled] if metric.needs_enrolled else []))


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


def test_horizontal_level_moves_hvsr(real):
    louder = records(real.data * np.array([1, 2, 2])[:, None])
    assert figure("hvsr_rms", real, louder) == pytest.approx(np.log(2), abs=1e-3)
    assert figure("a0_bias", real, louder) == pytest.approx(np.log(2), abs=1e-3)
    assert figure("hvsr_sd_rms", real, louder) == pytest.approx(0, abs=1e-3)


def test_spread_ratio_of_stretched_levels(real):
    level = np.abs(real.data).max((1, 2), keepdims=True)
    wider = records(real.data / level * level**2)
    gm = np.log(np.abs(real.data[:, 1:]).max(-1)).mean(-1)
    wide = np.log(np.abs(wider.data[:, 1:]).max(-1)).mean(-1)
    assert figure("pga_spread", real, wider) == pytest.approx(wide.std() / gm.std(), rel=1e-4)
    assert amplitudes.ks(real, wider, "pga") == pytest.approx(_ks(gm, wide), abs=1e-6)


def _ks(first, second):
    points = np.concatenate([first, second])
    return max(abs(np.mean(first <= x) - np.mean(second <= x)) for x in points)


def test_intensity_against_slow_loops(real):
    some = real.take([3, 7])
    values = some.intensity
    for i, data in enumerate(some.data.astype(float)):
        energy = np.cumsum(data[1] ** 2 + data[2] ** 2)
        energy /= energy[-1]
        times = [np.searchsorted(energy, p) / RATE for p in (0.05, 0.75, 0.95)]
        assert np.exp(values["d5_95"][i]) == pytest.approx(times[2] - times[0], abs=0.05)
        assert np.exp(values["d5_75"][i]) == pytest.approx(times[1] - times[0], abs=0.05)
        assert np.exp(values["pga"][i]) == pytest.approx(
            np.sqrt(np.abs(data[1]).max() * np.abs(data[2]).max()), rel=1e-5)
        assert some.husid[i, -1] == pytest.approx(1)
        assert some.husid[i, 99] == pytest.approx(energy[NPTS // 2 - 1], abs=1e-3)


def test_quantities_of_part_and_batch(real):
    """A part has the values of the whole; measured alone they are the same."""
    alone = records(real.data[[4, 2]])
    part = real.take([4, 2])
    assert len(part) == 2
    for name in ("hvsr", "f0", "f0_paper", "rotd50", "eas", "husid", "coherence", "correlation",
                 "arrivals", "above_corner", "pre_event"):
        whole = getattr(real, name)[[4, 2]]
        assert np.array_equal(getattr(part, name), whole), name
        assert np.allclose(getattr(alone, name), whole, rtol=1e-6), name
    assert real.take([1, 2, 3]).take([2]).infos[0]["record_id"] == "a3"


def test_f0_finds_the_resonance():
    for peak in (0.8, 1.5, 6.0):
        f0 = records(waves(20, peak=peak)).f0
        assert np.exp(np.log(f0).mean()) == pytest.approx(peak, rel=0.2)  # the band's width
    near, far = records(waves(20, 1, 1.5)), records(waves(20, 2, 6.0))
    base = records(waves(20, 3, 1.5))
    assert hvsr.f0_similarity(base, near) > hvsr.f0_similarity(base, far) + 0.3
    assert hvsr.f0_wasserstein(base, far) == pytest.approx(np.log(4), abs=0.15)
    assert hvsr.f0_ks(base, far) > 0.9


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


def test_arrivals_are_counted():
    data = waves(12, 4)
    late = np.roll(data, round(20 * RATE), axis=-1)
    first, second = records(data), records(data[:, :, :] + late)
    assert figure("arrivals", first, second) == pytest.approx(1, abs=0.35)


def test_components_made_alone_lose_coherence():
    rng = np.random.default_rng(0)
    common = waves(20, 1)
    common[:, 2] = 0.8 * common[:, 1] + 0.2 * common[:, 2]
    apart = common.copy()
    apart[:, 2] = common[rng.permutation(20), 2]
    assert figure("component_correlation", records(common), records(apart)) > 0.3
    assert figure("coherence_rms", records(common), records(apart)) > 0.2


def test_highest_correlations_against_a_loop():
    data = waves(3, 2)
    expected = np.zeros((3, 3))
    for i in range(3):
        for j in range(3):
            for c in (1, 2):
                x, y = (d - d.mean() for d in (data[i, c], data[j, c]))
                lags = np.abs(np.correlate(x, y, "full")).max()
                expected[i, j] = max(expected[i, j], lags / np.linalg.norm(x) / np.linalg.norm(y))
    found = novelty.highest_correlations(data, data)
    assert found == pytest.approx(expected, abs=2e-3)
    assert found.diagonal() == pytest.approx(1, abs=1e-4)


def test_copies_are_found_shifted_scaled_and_turned_over(real):
    copies = records(-3 * np.roll(real.data[:12], 15, axis=-1), "g",
                     source=["generated"] * 12)
    fresh = records(waves(12, 99), "h", source=["generated"] * 12)
    assert novelty.novelty(real, copies, real) > 0.98
    assert novelty.copies(real, copies, real) == 1
    assert novelty.novelty(real, fresh, real) < 0.75
    assert novelty.copies(real, fresh, real) == 0
    # a real record is not its own copy
    assert novelty.novelty(real, real, real) < 0.75
    # lags that are wanted in parts are those of the whole
    whole = novelty.highest_of_each(fresh, records(real.data))
    again = records(real.data)
    novelty.highest_of_each(fresh, again.take([3, 4]))
    assert novelty.highest_of_each(fresh, again) == pytest.approx(whole, abs=1e-6)


def test_same_earthquake_does_not_count():
    data = waves(6, 1)
    events = ["e1", "e1", "e2", "e2", "e3", "e3"]
    doubled = records(np.concatenate([data[::2], data[::2]])[[0, 3, 1, 4, 2, 5]], event_id=events)
    assert novelty.highest_of_each(doubled, doubled).max() < 0.9
    assert np.isnan(novelty.highest_of_each(doubled.take([0, 1]), doubled.take([0, 1]))).all()


def test_diversity(real):
    same = records(np.repeat(waves(1, 8), 10, axis=0), "g", source=["generated"] * 10)
    assert novelty.diversity(real, same) == pytest.approx(1, abs=1e-3)
    assert novelty.diversity(real, records(waves(10, 3))) < 0.75


def test_physics_of_faulty_records(real):
    drift = records(real.data + 0.01)
    assert physics.final_velocity(real, drift) > 0.8
    rng = np.random.default_rng(0)
    sos = scipy_signal.butter(8, 15, fs=RATE, output="sos")
    clean = scipy_signal.sosfiltfilt(sos, real.data)
    hissing = records(clean + 0.2 * rng.standard_normal(clean.shape))
    assert figure("above_corner", records(clean), hissing) > 1
    assert figure("pre_event", records(clean), hissing) > 2


# -- conditioning ------------------------------------------------------------------

def conditioned(seed, slope=1.0, offset=0.0, n=60):
    rng = np.random.default_rng(seed)
    magnitude, distance = rng.uniform(4, 7, n), np.exp(rng.uniform(2, 5, n))
    data = waves(n, seed)
    data *= (np.exp(offset + slope * (magnitude - 5.5) - np.log(distance / 40))[:, None, None]
             / np.abs(data).max((1, 2), keepdims=True))
    return {"XX.A": records(data, magnitude=list(magnitude), distance=list(distance))}


@pytest.mark.parametrize("n", [3, 5, 10, 40])
def test_residual_spread_of_a_perfect_generator_is_one(n):
    """Five stations of n records each; the plain ratio is 1.7, 1.3, 1.1 and 1.03."""
    class Known:
        def __init__(self, rng):
            self.m, self.r = rng.uniform(4, 7, n), np.exp(rng.uniform(3, 5, n))
            self.intensity = {"pga": self.m - np.log(self.r) + 0.6 * rng.standard_normal(n)}

        def info(self, key):
            return {"magnitude": self.m, "distance": self.r}[key]

    found = []
    for seed in range(150):
        rng = np.random.default_rng(seed)
        sides = [{k: Known(rng) for k in range(5)} for _ in range(2)]
        found.append(conditioning.residual_spread(*sides, "pga"))
    assert np.exp(np.mean(np.log(found))) == pytest.approx(1, abs=0.06)


def test_conditioning():
    base = conditioned(1)
    good = conditioned(2)
    assert conditioning.residual_bias(base, good, "pga") == pytest.approx(0, abs=0.1)
    assert conditioning.residual_spread(base, good, "pga") == pytest.approx(1, abs=0.3)
    assert conditioning.residual_bias(base, conditioned(3, offset=0.7), "pga") == pytest.approx(
        0.7, abs=0.1)
    flat = conditioned(4, slope=0.0)
    # one standard deviation of a uniform distribution over 3 units
    assert conditioning.residual_trend(base, flat, "pga", 0) == pytest.approx(
        -3 / np.sqrt(12), abs=0.15)
    assert abs(conditioning.residual_trend(base, flat, "pga", 1)) < 0.1


def test_conditioning_without_magnitudes(real):
    for metric in METRICS:
        if metric.question == "Conditioning":
            assert np.isnan(metric.function(conditioned(1), {"XX.A": real}))


# -- small pieces --------------------------------------------------------------------

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


def test_axes_of_bad_bands():
    with pytest.raises(TNGInputError, match="no records"):
        Axes.of_records([])
    assert AXES.periods[0] == pytest.approx(0.05)
    assert AXES.periods[-1] == pytest.approx(0.8 / 0.25)


def test_every_question_is_listed():
    """A module with METRICS that the list forgets would never be reported."""
    root = Path(metrics.__file__).parent
    found = [metric.name for path in sorted(root.glob("*.py")) if path.stem != "__init__"
             for metric in getattr(import_module(f"{metrics.__name__}.{path.stem}"), "METRICS", ())]
    assert sorted(found) == sorted(metric.name for metric in METRICS)
