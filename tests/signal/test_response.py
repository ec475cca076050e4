"""Response spectra and RotD: closed forms, an exact slow solution, pyrotd."""

from itertools import pairwise

import numpy as np
import pytest
from scipy.linalg import expm

from obspy_tng.exceptions import TNGInputError
from obspy_tng.signal import bandpass, response, response_spectra, rotd

RATE = 100.0
PERIODS = np.geomspace(0.01, 10, 13)


@pytest.fixture(scope="module")
def shaking():
    """Three records: noise to 25 Hz under an envelope, ends quiet, E twice N."""
    rng = np.random.default_rng(0)
    time = np.arange(4000) / RATE
    data = rng.standard_normal((3, 3, 4000)) * np.exp(-((time - 12) / 5) ** 2)
    return bandpass(data, RATE, 0.1, 25, order=4) * [[1.0], [1.0], [2.0]]


def oscillator(acceleration, rate, period, damping=0.05):
    """
    Pseudo-acceleration history by the exact solution for straight lines, step by step.

    [u, v, a, slope] obey a linear equation within a step; its matrix exponential is exact.
    """
    omega = 2 * np.pi / period
    step = expm(np.array([[0, 1, 0, 0], [-omega ** 2, -2 * damping * omega, -1, 0],
                          [0, 0, 0, 1], [0, 0, 0, 0]]) / rate)
    state, history = np.zeros(2), []
    for now, after in pairwise(acceleration):
        state = (step @ np.r_[state, now, (after - now) * rate])[:2]
        history.append(state[0] * omega ** 2)
    return np.array(history)


def finer(data, factor, linear):
    """Straight lines, or the band-limited signal (a long zero-padded transform)."""
    npts = data.shape[-1]
    if linear:
        fine = np.arange((npts - 1) * factor + 1) / factor
        return np.interp(fine, np.arange(npts), data)
    spectrum = np.fft.rfft(data, 2 * npts)
    return factor * np.fft.irfft(spectrum, 2 * npts * factor)[:npts * factor]


@pytest.mark.parametrize("interpolation", ["linear", "bandlimited"])
@pytest.mark.parametrize("period", [0.01, 0.025, 0.05, 0.1, 0.3, 1.0, 10.0])
def test_exact_solution(shaking, period, interpolation):
    """1 %, from a solution sampled 16 times as finely (short periods) or 4 times."""
    factor = 16 if period <= 0.1 else 4
    trace = shaking[0, 1, 900:1600]
    _, psa = response_spectra(trace, RATE, [period], interpolation=interpolation)
    fine = finer(trace, factor, interpolation == "linear")
    expected = np.abs(oscillator(fine, factor * RATE, period)).max()
    # a piece cut out of the shaking has steps at its ends, which ring in a band-limited signal
    assert psa[0] == pytest.approx(expected, rel=0.01)


def test_resonance():
    """A sine at the oscillator's period builds up as 1 - exp(-z w t), to 1 / (2 z)."""
    time = np.arange(6000) / RATE
    for damping in (0.05, 0.2):
        sine = np.sin(2 * np.pi * time / 0.8)
        _, psa = response_spectra(sine, RATE, [0.8], damping)
        assert psa[0] == pytest.approx(1 / (2 * damping), rel=0.003)


@pytest.mark.parametrize("period", [0.3, 2.0])
def test_step(period):
    """Constant acceleration from t = 0: overshoot 1 + exp(-pi z / sqrt(1 - z^2))."""
    _, psa = response_spectra(np.ones(2000), RATE, [period], interpolation="linear")
    assert psa[0] == pytest.approx(1 + np.exp(-np.pi * 0.05 / np.sqrt(1 - 0.05 ** 2)), rel=0.003)


@pytest.mark.parametrize("frequency", [1.0, 8.0, 20.0])
def test_steady_state_of_short_periods(frequency):
    """A stiff oscillator follows the ground: |H| at a long sine, no loss at 20 of 50 Hz."""
    time = np.arange(6000) / RATE
    sine = np.sin(2 * np.pi * frequency * time) * np.sin(np.pi * time / 60) ** 2
    for period in (0.01, 0.02):
        ratio = frequency * period
        gain = 1 / np.hypot(1 - ratio ** 2, 0.1 * ratio)
        _, psa = response_spectra(sine, RATE, [period])
        assert psa[0] == pytest.approx(gain, rel=0.005)


def test_limits(shaking):
    """PSA of very short periods is PGA, SD of very long ones is PGD."""
    from obspy_tng.signal import pgd
    smooth = bandpass(shaking, RATE, 0.5, 5)
    _, psa = response_spectra(smooth, RATE, [0.01])
    np.testing.assert_allclose(psa[..., 0], np.abs(smooth).max(axis=-1), rtol=0.01)
    _, sd = response_spectra(smooth, RATE, [200.0], quantity="sd")
    np.testing.assert_allclose(sd[..., 0], pgd(smooth, RATE, freqmin=0), rtol=0.05)


def test_quantities(shaking):
    omega = 2 * np.pi / PERIODS
    _, psa = response_spectra(shaking, RATE, PERIODS)
    for quantity, power in (("psv", 1), ("sd", 2)):
        np.testing.assert_allclose(response_spectra(shaking, RATE, PERIODS, quantity=quantity)[1],
                                   psa / omega ** power)


def test_batch_equals_singles(shaking):
    before = shaking.copy()
    _, psa = response_spectra(shaking, RATE, PERIODS)
    _, both = rotd(shaking, RATE, PERIODS)
    np.testing.assert_array_equal(shaking, before)
    assert psa.shape == (3, 3, 13)
    assert both[50].shape == both[100].shape == (3, 13)
    for i, record in enumerate(shaking):
        for j, trace in enumerate(record):
            np.testing.assert_allclose(psa[i, j], response_spectra(trace, RATE, PERIODS)[1],
                                       rtol=1e-9)
        np.testing.assert_allclose(both[50][i], rotd(record, RATE, PERIODS)[1][50], rtol=1e-9)


def test_parts_do_not_matter(shaking, monkeypatch):
    from obspy_tng.signal import response
    _, whole = rotd(shaking, RATE, PERIODS)
    monkeypatch.setattr(response, "CHUNK", 1)
    np.testing.assert_allclose(rotd(shaking, RATE, PERIODS)[1][50], whole[50], rtol=1e-9)


@pytest.mark.parametrize("quantile", [0, 50, 84, 100])
def test_rotd_is_the_percentile_of_turned_spectra(shaking, quantile):
    """180 response spectra of turned records, without looking for the outer samples."""
    angles = np.radians(np.arange(180))[:, None]
    record = shaking[1]
    turned = np.cos(angles) * record[1] + np.sin(angles) * record[2]
    _, psa = response_spectra(turned, RATE, PERIODS)
    _, ours = rotd(record, RATE, PERIODS, percentiles=(quantile,))
    np.testing.assert_allclose(ours[quantile], np.percentile(psa, quantile, axis=0), rtol=1e-9)


def test_rotd_of_linear_motion(shaking):
    """Motion along one line: RotD100 is its spectrum, RotD50 that times cos 45 degrees."""
    trace = shaking[0, 1]
    for azimuth in (0, 30, 90):
        record = np.stack([trace, trace * np.cos(np.radians(azimuth)),
                           trace * np.sin(np.radians(azimuth))])
        _, psa = response_spectra(trace, RATE, PERIODS)
        _, both = rotd(record, RATE, PERIODS)
        np.testing.assert_allclose(both[100], psa, rtol=1e-6)
        np.testing.assert_allclose(both[50], psa * np.cos(np.pi / 4), rtol=0.01)


@pytest.mark.filterwarnings("ignore::UserWarning", "ignore::DeprecationWarning")
@pytest.mark.parametrize("size", [1e-30, 1.0, 1e12])
@pytest.mark.parametrize("east", [0.0, 1e-9, 1e-3, 1.0, 1e3])
def test_rotd_without_leaving_out_samples(shaking, size, east, monkeypatch):
    """The samples that are left out make no difference, whatever size and shape of the motion."""
    records = size * shaking * [[1.0], [1.0], [east]]
    _, ours = rotd(records, RATE, PERIODS[::3], percentiles=(0, 50, 100))
    monkeypatch.setattr(response, "_outer_samples",
                        lambda pairs: [np.arange(pairs.shape[-1])] * len(pairs))
    for percentile, all_samples in rotd(records, RATE, PERIODS[::3], (0, 50, 100))[1].items():
        np.testing.assert_allclose(ours[percentile], all_samples, rtol=1e-9,
                                   atol=1e-9 * ours[100].max() * (percentile == 0))


def test_rotd_of_nothing(shaking):
    _, both = rotd(np.concatenate([0 * shaking[:1], shaking[:1]]), RATE, [0.1, 1.0])
    assert (both[100] > 0).tolist() == [[False, False], [True, True]]


def test_pyrotd(shaking, monkeypatch):
    """
    RotD50 and RotD100 within 1 % of pyrotd.

    pyrotd transforms without padding and samples the response at a tenth of short
    periods; it gets zeros to ring out in, and a finer sampling.
    """
    pyrotd = pytest.importorskip("pyrotd")
    monkeypatch.setattr(pyrotd, "processes", 1)
    periods = PERIODS[PERIODS <= 5.1]
    for record in shaking[:2]:
        padded = np.pad(record, [(0, 0), (0, 12000)])
        theirs = pyrotd.calc_rotated_spec_accels(
            1 / RATE, padded[1], padded[2], 1 / periods, 0.05, percentiles=[50, 100],
            max_freq_ratio=40)
        _, ours = rotd(record, RATE, periods)
        for quantile in (50, 100):
            expected = theirs[theirs.percentile == quantile].spec_accel
            np.testing.assert_allclose(ours[quantile], expected, rtol=0.01)


def test_float32(shaking):
    _, single = rotd(shaking.astype(np.float32), RATE, PERIODS)
    _, double = rotd(shaking, RATE, PERIODS)
    np.testing.assert_allclose(single[50], double[50], rtol=1e-4)


@pytest.mark.parametrize(("options", "message"), [
    ({"periods": [0.0, 1.0]}, "periods"), ({"periods": []}, "periods"),
    ({"damping": 1.0}, "damping"), ({"damping": 0}, "damping"),
    ({"interpolation": "spline"}, "interpolation")])
def test_bad_options(shaking, options, message):
    for function in (response_spectra, rotd):
        with pytest.raises(TNGInputError, match=message):
            function(shaking, RATE, **options)


def test_bad_values(shaking):
    with pytest.raises(TNGInputError, match="quantity"):
        response_spectra(shaking, RATE, quantity="sa")
    with pytest.raises(TNGInputError, match="percentiles"):
        rotd(shaking, RATE, percentiles=(150,))
    with pytest.raises(TNGInputError, match=r"\(..., 3, npts\)"):
        rotd(shaking[:, 1:], RATE)


@pytest.mark.parametrize("period", [2.0, 10.0])
def test_peaks_after_the_last_sample_count(period):
    """A record that ends with a pulse: the oscillator swings on."""
    data = np.zeros((1, 3, 2000))
    data[..., -100:] = np.hanning(100)
    longer = np.concatenate([data, np.zeros((1, 3, 2000))], -1)
    _, short = response_spectra(data, 100.0, [period])
    _, whole = response_spectra(longer, 100.0, [period])
    np.testing.assert_allclose(short, whole, rtol=1e-3)
    short, whole = (rotd(x, 100.0, [period])[1][50] for x in (data, longer))
    np.testing.assert_allclose(short, whole, rtol=1e-3)
