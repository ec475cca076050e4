"""
Speed of the parts of an evaluation against what earlier commits did, with the same results.

The forms of those commits stand here. Of abd562c: Newmark's method with velocity and acceleration,
one real filter for each trace, and SciPy's functions. Of 7deacc1: samples of a motion that are left
out by their distance from the origin alone. Of b4f4301: both orders of a pair of records.
"""

import numpy as np
import pytest
from scipy.signal import coherence, lfilter
from scipy.stats import kurtosis

from obspy_tng.evaluation.axes import Axes
from obspy_tng.evaluation.cross_correlations import correlations_of, highest_correlations
from obspy_tng.evaluation.recordset import RecordSet
from obspy_tng.evaluation.waveform_features import _moments
from obspy_tng.signal import inelastic, response, response_spectra, rotd
from obspy_tng.signal.response import _recursion, _responses

RATE, NPTS = 50.0, 6000


@pytest.fixture(scope="module")
def data():
    """64 records of 120 s: noise with a build-up and a decay."""
    time = np.arange(NPTS) / RATE
    envelope = np.clip(time - 10, 0, None) ** 2 * np.exp(-np.clip(time - 10, 0, None) / 8)
    noise = np.random.default_rng(0).standard_normal((64, 3, NPTS))
    return noise * envelope + 1e-3 * noise[::-1]


def newmark(ground, step, periods, yielding, hardening, damping):
    """Largest displacement: displacement, velocity and acceleration of each step."""
    omega = 2 * np.pi / periods
    stiff, soft, viscous = omega ** 2, hardening * omega ** 2, 2 * damping * omega
    inertia = 4 / step ** 2 + 2 * viscous / step
    x, v, z, largest = (np.zeros((len(ground), len(periods))) for _ in range(4))
    a = -np.broadcast_to(ground[:, :1], x.shape)
    for acceleration in ground.T[1:, :, None]:
        load = (4 / step ** 2 * x + 4 / step * v + a + viscous * (2 / step * x + v)
                - acceleration)
        trial = (load - (stiff - soft) * (z - x)) / (inertia + stiff)
        moved = z + trial - x
        held = np.clip(moved, -yielding, yielding)
        after = np.where(moved == held, trial, (load - (stiff - soft) * held) / (inertia + soft))
        velocity = 2 / step * (after - x) - v
        a = 4 / step ** 2 * (after - x) - 4 / step * v - a
        x, v, z = after, velocity, held
        np.maximum(largest, np.abs(x), out=largest)
    return largest


@pytest.mark.parametrize("number", [32, 64])
def test_inelastic(number, data, compare):
    """Two oscillators on both horizontals; chunks were of 32 records, now they are of 128."""
    ground, periods = data[:number, 1:].reshape(-1, NPTS), np.array([1.2, 3.0])
    yielding = response_spectra(ground, RATE, periods, quantity="sd")[1] / 4
    arguments = ground, 1 / RATE, periods, yielding, 0.03, 0.05
    np.testing.assert_allclose(inelastic._largest(*arguments), newmark(*arguments), rtol=1e-9)
    compare(f"inelastic oscillators of {number} records, a record",
            lambda: inelastic._largest(*arguments), items=number, turns=3,
            abd562c=lambda: newmark(*arguments))


def test_oscillators(data, compare):
    """Elastic oscillators of N and E: one complex filter against two real ones."""
    traces, periods = data[:10, 1:].reshape(-1, NPTS), np.geomspace(1, 10, 10)

    def before():
        sections = [_recursion(period, 0.05, RATE)[0] for period in periods]
        return [lfilter(section[:3], section[3:], traces, axis=-1) for section in sections]

    def ours():
        return [pairs for _, pairs in _responses(traces, RATE, periods, 0.05, "linear")]
    for pairs, expected in zip(ours(), before(), strict=True):
        largest = np.abs(expected).max()
        np.testing.assert_allclose(pairs.real, expected[::2], atol=1e-9 * largest)
        np.testing.assert_allclose(pairs.imag, expected[1::2], atol=1e-9 * largest)
    compare("ten elastic oscillators, a record", ours, items=10, abd562c=before)


def outer_samples(pairs):
    """Samples farther off, in scaled axes, than the smallest peak along an azimuth."""
    north, east = pairs.real.copy(), pairs.imag.copy()
    products = [np.einsum("nt,nt->n", *two) for two in ((north, north), (north, east),
                                                        (east, east))]
    moments = np.stack([*products[:2], *products[1:]], axis=-1).reshape(-1, 2, 2)
    scale = np.linalg.cholesky(moments)
    east -= (scale[:, 1, 0] / scale[:, 0, 0])[:, None] * north
    north /= scale[:, 0, 0, None]
    east /= scale[:, 1, 1, None]
    distance = np.square(north, out=north)
    distance += np.square(east, out=east)
    directions = response._DIRECTIONS
    far = distance >= response.FAR ** 2 * distance.max(axis=-1, keepdims=True)
    some = [np.stack([row[mask].real, row[mask].imag])
            for row, mask in zip(pairs, far, strict=True)]
    few = np.stack([one[:, np.abs(directions[::15] @ one).argmax(axis=1)] for one in some])
    lengths = np.sqrt(np.square(directions @ scale).sum(axis=-1))
    least = (np.abs(directions @ few).max(axis=-1) / lengths).min(axis=-1)
    return [np.flatnonzero(row >= bound) for row, bound in
            zip(distance, (1 - 1e-9) * least ** 2, strict=True)]


def test_rotd(data, compare, monkeypatch):
    """RotD50 and RotD100 at 20 periods."""
    periods = np.geomspace(0.05, 9.6, 20)

    def ours():
        return rotd(data[:20], RATE, periods)[1]

    def before():
        with monkeypatch.context() as patch:
            patch.setattr(response, "_outer_samples", outer_samples)
            return rotd(data[:20], RATE, periods)[1]
    for percentile, found in before().items():
        np.testing.assert_array_equal(ours()[percentile], found)
    compare("RotD50 and RotD100, 20 periods, a record", ours, items=20, turns=4,
            commit_7deacc1=before)


def test_coherence(data, compare):
    """Welch's coherence of three pairs of components."""
    axes = Axes(RATE, NPTS, 0.1, 20.0)

    def ours():
        return RecordSet(data[:32].astype(np.float32), axes, [{}] * 32).coherence

    def before():
        some = data[:32].astype(np.float32).astype(float)
        return coherence(some[:, [0, 0, 1]], some[:, [1, 2, 2]], RATE, nperseg=NPTS // 8)
    freqs, expected = before()
    last = axes.freqmin * 2 ** (np.arange(0, np.log2(axes.freqmax / axes.freqmin), 1 / 3)[-2:])
    inside = (freqs >= last[0]) & (freqs < last[1])
    np.testing.assert_allclose(ours()[..., -1], expected[..., inside].mean(-1), rtol=1e-9)
    compare("coherence, a record", ours, items=32, abd562c=before)


def test_kurtosis(data, compare):
    np.testing.assert_allclose(_moments(data)[1], kurtosis(data, axis=-1), rtol=1e-10)
    compare("variance and kurtosis, a record", lambda: _moments(data), items=64,
            abd562c=lambda: (data.var(-1), kurtosis(data, axis=-1)))


def test_correlations(data, compare):
    """Of a set with itself: each pair in one order."""
    every = np.arange(24)

    def ours():
        some = RecordSet(data[:24].astype(np.float32), Axes(RATE, NPTS, 0.1, 20.0), [{}] * 24)
        return correlations_of(some, some).between(every, every)

    def before():
        some = data[:24].astype(np.float32)
        return highest_correlations(some, some)
    np.testing.assert_allclose(ours(), before(), rtol=1e-5)
    compare("correlations of 24 records with each other", ours, b4f4301=before)
