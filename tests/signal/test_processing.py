"""Trends, tapers, filters, resampling: closed forms; bad values of these and of integration."""

import numpy as np
import pytest
import scipy.signal

from obspy_tng.exceptions import TNGInputError
from obspy_tng.signal import bandpass, detrend, end_at_rest, integrate, resample, taper

RATE = 100.0


@pytest.mark.parametrize("function", [
    detrend, lambda x: taper(x, RATE), lambda x: bandpass(x, RATE, 0.1, 20),
    lambda x: resample(x, RATE, 40), lambda x: integrate(x, RATE), lambda x: end_at_rest(x, RATE)])
def test_batch_equals_singles_and_input_is_unchanged(function, noise):
    before = noise.copy()
    together = function(noise)
    np.testing.assert_array_equal(noise, before)
    alone = np.stack([[function(trace) for trace in record] for record in noise])
    np.testing.assert_allclose(together, alone, rtol=0, atol=1e-12 * np.abs(alone).max())


@pytest.mark.parametrize("function", [detrend, lambda x: taper(x, RATE),
                                      lambda x: bandpass(x, RATE, 0.1),
                                      lambda x: resample(x, RATE, 50)])
def test_float32_stays_float32(function, noise):
    single = noise.astype(np.float32)
    assert function(single).dtype == np.float32
    np.testing.assert_allclose(function(single), function(noise), atol=2e-5)


@pytest.mark.parametrize("kind", ["linear", "constant"])
def test_detrend_is_scipys(kind, noise):
    data = noise + 5 + np.linspace(0, 3, 6000)
    np.testing.assert_allclose(detrend(data, kind), scipy.signal.detrend(data, type=kind),
                               atol=1e-12)


def test_taper_is_obspys_hann(noise):
    from obspy import Trace
    expected = Trace(noise[0, 0].copy()).taper(0.05, type="cosine").data
    ours = taper(noise[0, 0], RATE, 0.05)
    np.testing.assert_array_equal(ours[300:-300], noise[0, 0, 300:-300])
    # obspy's cosine taper is the same bell, one sample longer at most
    assert np.abs(ours - expected).max() < 0.02


def test_taper_length_is_the_shorter():
    ones = np.ones(6000)
    assert np.count_nonzero(taper(ones, RATE, 0.5, max_length=2.0) < 1) == 2 * 200
    assert np.count_nonzero(taper(ones, RATE, 0.01, max_length=2.0, side="left") < 1) == 60


def test_bandpass_gain_of_sines():
    """Zero phase, order 2 twice: gain 1 / (1 + (fc / f)^4) of a high-pass (analogue form)."""
    time = np.arange(30000) / RATE
    for frequency in (0.25, 0.5, 1.0):
        sine = np.sin(2 * np.pi * frequency * time)
        out = bandpass(sine, RATE, freqmin=0.5)[10000:20000]
        gain = np.sqrt(2 * np.mean(out ** 2))
        assert gain == pytest.approx(1 / (1 + (0.5 / frequency) ** 4), rel=0.01)
        assert np.corrcoef(out, sine[10000:20000])[0, 1] > 0.9999


def test_bandpass_pads_are_long_enough(shaking):
    """Ten times longer pads change nothing: the transients have decayed."""
    ours = bandpass(shaking, RATE, 0.05)
    wide = np.pad(shaking, [(0, 0), (0, 0), (60000, 60000)])
    sos = scipy.signal.butter(2, 0.05, "highpass", fs=RATE, output="sos")
    expected = scipy.signal.sosfiltfilt(sos, wide, padtype=None)[..., 60000:-60000]
    assert np.abs(ours - expected).max() < 1e-4 * np.abs(expected).max()


def test_bandpass_is_linear_and_causal_without_zerophase():
    impulse = np.zeros(2000)
    impulse[1000] = 1
    out = bandpass(impulse, RATE, 1, 10, zerophase=False)
    assert np.abs(out[:1000]).max() == 0
    assert np.abs(out[1000:]).max() > 0


@pytest.mark.parametrize("new_rate", [50.0, 200.0, 40.0, 125.0])
def test_resample_keeps_a_sine(new_rate):
    """Below 0.8 of the lower Nyquist frequency nothing changes but the sampling."""
    frequency = 0.35 * min(RATE, new_rate)
    sine = np.sin(2 * np.pi * frequency * np.arange(4000) / RATE)
    out = resample(sine, RATE, new_rate)
    assert len(out) == np.ceil(4000 * new_rate / RATE)
    expected = np.sin(2 * np.pi * frequency * np.arange(len(out)) / new_rate)
    inner = slice(len(out) // 4, -len(out) // 4)
    np.testing.assert_allclose(out[inner], expected[inner], atol=2e-3)


def test_resample_stops_what_would_alias():
    sine = np.sin(2 * np.pi * 30 * np.arange(4000) / RATE)
    assert np.abs(resample(sine, RATE, 50)[300:-300]).max() < 2e-4


def test_resample_same_rate_is_a_copy(noise):
    out = resample(noise, RATE, RATE)
    np.testing.assert_array_equal(out, noise)
    assert out is not noise


@pytest.mark.parametrize(("call", "message"), [
    (lambda: bandpass(np.ones(100), RATE), "freqmin or freqmax"),
    (lambda: bandpass(np.ones(100), RATE, 5, 1), "freqmin must be below freqmax"),
    (lambda: bandpass(np.ones(100), RATE, 1, 50), "Nyquist"),
    (lambda: bandpass(np.ones(100), RATE, 1, order=0), "order"),
    (lambda: bandpass(np.ones(100), -1, 1), "sampling_rate"),
    (lambda: bandpass([1, np.nan, 2], RATE, 1), "NaN"),
    (lambda: detrend(np.ones(10), "quadratic"), "kind"),
    (lambda: detrend(np.ma.masked_equal([1.0, 2.0, 3.0], 2)), "masked"),
    (lambda: taper(np.ones(10), RATE, 0.6), "max_percentage"),
    (lambda: taper(np.ones(10), RATE, side="top"), "side"),
    (lambda: resample(np.ones(10), RATE, 0), "new_rate"),
    (lambda: resample(np.ones(10), RATE, np.pi), "small integers"),
    (lambda: integrate([1.0], RATE), "at least 2 samples"),
    (lambda: end_at_rest(np.ones(50), RATE), "at least 100 samples")])
def test_bad_values(call, message):
    with pytest.raises(TNGInputError, match=message):
        call()


def test_bad_types():
    with pytest.raises(TypeError, match="real numeric"):
        detrend(np.ones(10, complex))
    with pytest.raises(TypeError, match="sampling_rate"):
        integrate(np.ones(10), "100")
