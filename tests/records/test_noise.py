"""Ambient noise with gaps, dead stretches and turned components: windows that are whole."""

import numpy as np
import pytest
from obspy import Stream

from obspy_tng import hvsr, signal
from obspy_tng.exceptions import TNGInputError
from obspy_tng.records.noise import noise_windows

from .made_up import START, inventory, recording, response

N = 120000  # 20 windows of 60 s


@pytest.fixture(scope="module")
def noise():
    data = np.random.default_rng(0).standard_normal((3, N))
    for row in data[1:]:
        row += 8 * signal.bandpass(row, 100.0, 0.9, 1.1)
    return data


@pytest.fixture(scope="module")
def want(noise):
    return hvsr(recording(noise), window_length=60.0)


def mean(curve, left_out=()):
    keep = [i for i in range(len(curve)) if i not in left_out]
    return np.exp(np.log(curve.curves[keep]).mean(axis=0))


@pytest.mark.parametrize("component", [0, 1, 2])
@pytest.mark.parametrize(("begin", "length"), [(6000, 6000), (6000, 300), (8000, 2000),
                                               (11000, 3000)])
@pytest.mark.parametrize("fill", [0.0, 17.3, "line"])
def test_a_filled_gap(noise, want, component, begin, length, fill):
    data = noise.copy()
    end = begin + length
    data[component, begin:end] = (np.linspace(*data[component, [begin, end]], length)
                                  if fill == "line" else fill)
    got = hvsr(recording(data), window_length=60.0)
    bad = {1, 2} if end > 12100 else {1}
    assert set(np.flatnonzero(~got.accepted)) == bad
    np.testing.assert_allclose(got.amplitude, mean(want, bad), rtol=1e-6)
    assert got.peak.f0 == pytest.approx(want.peak.f0, rel=0.03)
    assert [reason is None for reason in got.reasons] == [i not in bad for i in range(20)]
    assert f"{'ZNE'[component]} is flat or straight for" in got.reasons[1]
    assert "left out" in str(got)
    rejected = hvsr(recording(data), window_length=60.0, rejection="cox2020")
    assert not rejected.accepted[1]
    assert np.isfinite(rejected.amplitude).all()


def test_all_windows_dead(noise):
    data = noise.copy()
    data[0] = 0
    with pytest.raises(TNGInputError, match=r"none of 20 windows is usable.*Z is flat"):
        hvsr(recording(data), window_length=60.0)


def test_a_coarse_digitiser_is_not_dead(noise):
    """Noise of a few steps rests for a while everywhere: that is no gap."""
    slow = np.round(1.2 * signal.bandpass(noise, 100.0, 0.05, 0.3) / 0.1)
    windows = noise_windows(recording(slow, dtype="int32"), 60.0)
    assert all(window.reason is None for window in windows)


def test_windows_between_gaps(noise, want):
    """A gap in one component costs the windows that it touches, and no others."""
    stream = recording(noise)
    gappy = Stream([stream[0], stream[1].slice(endtime=START + 299.99),
                    stream[1].slice(starttime=START + 360), stream[2]])
    got = hvsr(gappy, window_length=60.0)
    assert len(got) == 19
    np.testing.assert_allclose(got.amplitude, mean(want, {5}), rtol=1e-6)
    assert got.labels[5].endswith("+360")
    masked = recording(noise)
    masked[1].data = np.ma.masked_array(masked[1].data, np.arange(N) // 6000 == 5)
    np.testing.assert_allclose(hvsr(masked, window_length=60.0).amplitude, got.amplitude)
    with pytest.raises(TNGInputError):
        hvsr(gappy)


def test_components_that_begin_at_different_times(noise):
    stream = recording(noise)
    stream[1].trim(START + 1.0)
    stream[2].trim(None, START + 1190.0)
    got = hvsr(stream, window_length=60.0)
    assert len(got) == 19
    data = np.stack([noise[k, 100:6100] for k in range(3)])
    np.testing.assert_allclose(got.curves[0], signal.hvsr(data, 100.0)[1], rtol=1e-9)


@pytest.mark.parametrize(("codes", "turn"), [(("HN3", "HN1", "HN2"), 30.0),
                                             (("BHZ", "BH1", "BH2"), 0.0),
                                             (("HNZ", "HN1", "HN2"), 245.0)])
def test_an_inventory_turns_components(noise, want, codes, turn):
    angle = np.radians(turn)
    turned = np.stack([noise[0], np.cos(angle) * noise[1] + np.sin(angle) * noise[2],
                       -np.sin(angle) * noise[1] + np.cos(angle) * noise[2]])
    axes = ((0, -90), (turn, 0), (turn + 90, 0))
    made = inventory(codes=("HNZ", "HN1", "HN2"))
    for channel, code, (azimuth, dip) in zip(made[0][0], codes, axes, strict=True):
        channel.code, channel.azimuth, channel.dip = code, azimuth % 360, dip
    stream = recording(turned, codes=codes)
    got = hvsr(stream, inventory=made, window_length=60.0)
    np.testing.assert_allclose(got.curves, want.curves, rtol=1e-6)
    with pytest.raises(TNGInputError, match="inventory= rotates"):
        hvsr(stream, window_length=60.0)


def test_sensitivities_of_components(noise, want):
    made = inventory()
    for channel, gain in zip(made[0][0], (1e5, 2e5, 5e4), strict=True):
        channel.response = response(digitiser=gain)
    counts = noise * np.array([[1e5], [2e5], [5e4]])
    got = hvsr(recording(counts), inventory=made, window_length=60.0)
    np.testing.assert_allclose(got.curves, want.curves, rtol=1e-9)


def test_knet_codes(noise, want):
    got = hvsr(recording(noise, codes=("UD", "NS", "EW")), window_length=60.0)
    np.testing.assert_allclose(got.curves, want.curves, rtol=1e-9)


def test_windows_with_nan_or_a_dead_component_are_left_out(noise, want):
    data = noise.copy()
    data[1, 6500:6510] = np.nan
    data[2, 18000:24000] *= 1e-3  # without signal, but not flat
    data[:, 30000:36000] *= 1e-3  # a quiet night is no fault
    got = hvsr(recording(data), window_length=60.0)
    assert set(np.flatnonzero(~got.accepted)) == {1, 3}
    assert "N has 10 samples that are NaN" in got.reasons[1]
    assert "E has 0.001 of its usual level" in got.reasons[3]
    np.testing.assert_allclose(got.amplitude, mean(want, {1, 3}), rtol=1e-6)
    with pytest.raises(TNGInputError, match="NaN"):
        hvsr(recording(data))


@pytest.mark.parametrize("component", [0, 1, 2])
@pytest.mark.parametrize("size", [100.0, 1e6])
@pytest.mark.parametrize("length", [1, 2000])
def test_windows_with_a_spike_or_a_jump_are_left_out(noise, want, component, size, length):
    """One window in twenty raised the mean curve by a fifth."""
    data = noise.copy()
    data[component, 7000:7000 + length] += size
    got = hvsr(recording(data), window_length=60.0)
    assert list(np.flatnonzero(~got.accepted)) == [1]
    assert got.reasons[1].split(" has a ")[1].startswith(("spike", "jump"))
    np.testing.assert_allclose(got.amplitude, mean(want, [1]), rtol=1e-6)
