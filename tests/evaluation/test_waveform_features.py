"""Features of waveforms: names, closed forms, and what they do not see."""

import numpy as np
import pytest
from scipy.signal import butter, sosfilt
from scipy.stats import kurtosis

from obspy_tng.evaluation import waveform_features
from obspy_tng.evaluation.metrics import critic
from obspy_tng.evaluation.waveform_features import Bands, feature_names

RATE, WINDOW = 50.0, 40.0


@pytest.fixture(scope="module")
def bands():
    return Bands.between(0.25, 20.0, RATE)


def noise(n, npts=2000, seed=0):
    return np.random.default_rng(seed).standard_normal((n, 3, npts))


def test_names_and_features_go_together(bands):
    features = waveform_features.waveform_features(noise(3), bands)
    names = feature_names(bands, 2000)
    assert list(features) == list(names) == list(critic.GROUPS)
    for group, values in features.items():
        assert values.shape == (3, len(names[group]))
        assert np.isfinite(values).all()
    every = [name for group in names.values() for name in group]
    assert len(set(every)) == len(every)


def test_each_record_alone_has_the_features_of_the_batch(bands):
    data = noise(4)
    every = waveform_features.waveform_features(data, bands)
    alone = waveform_features.waveform_features(data[2:3], bands)
    for group, values in every.items():
        np.testing.assert_allclose(alone[group][0], values[2], rtol=1e-6, atol=1e-8)


def test_moments():
    data = np.random.default_rng(0).standard_normal((4, 3, 500)) ** 3 + 2
    variance, found = waveform_features._moments(data)
    np.testing.assert_allclose(found, kurtosis(data, axis=-1), rtol=1e-12)
    np.testing.assert_allclose(variance, data.var(-1), rtol=1e-12)
    assert np.isnan(waveform_features._moments(np.full((1, 3, 500), 7.0))[1]).all()


def test_only_levels_see_the_level(bands):
    data = noise(3)
    once, again = (waveform_features.waveform_features(x, bands) for x in (data, 7 * data))
    np.testing.assert_allclose(again["levels"][:, :3] - once["levels"][:, :3], 2 * np.log(7))
    for group in critic.GROUPS[1:]:
        np.testing.assert_allclose(again[group], once[group], atol=1e-4)


def test_features_of_closed_form(bands):
    """A sine on one component only: its energy comes evenly, and it is rectilinear."""
    t = np.arange(2000) / RATE
    data = 1e-6 * noise(1)
    data[0, 0] += np.sin(2 * np.pi * 3 * t)
    names = feature_names(bands, 2000)
    features = waveform_features.waveform_features(data, bands)
    found = {name: value for group, values in features.items()
             for name, value in zip(names[group], values[0], strict=True)}
    time = found["time of 50% of the energy after the onset, Z, all frequencies"]
    assert np.sinh(time) == pytest.approx(0.45 * WINDOW, abs=0.1)
    assert found["rectilinearity at the strong part, all frequencies"] == pytest.approx(1, abs=1e-6)
    assert found["vertical share at the coda, all frequencies"] == pytest.approx(0, abs=1e-6)
    assert found["crest factor, Z, all frequencies"] == pytest.approx(np.log(np.sqrt(2)), abs=0.01)
    assert found["ln PGV Z"] == pytest.approx(np.log(1 / (2 * np.pi * 3)), abs=0.05)


def test_spectral_texture(bands):
    """ln of a periodogram of noise has the sd pi / sqrt 6; one pulse is smooth in all bands."""
    names = feature_names(bands, 2000)["texture"]

    def found(data):
        values = waveform_features.waveform_features(data, bands)["texture"].mean(0)
        return dict(zip(names, values, strict=True))
    rough, irregular = ([n for n in names if n.startswith(f"{what}, Z")][-1] for what in (
        "roughness of the ln spectrum", "irregularity of the phase"))
    noisy = found(noise(20))
    assert noisy[rough] == pytest.approx(np.pi / np.sqrt(6), rel=0.05)
    pulse = np.zeros((1, 3, 2000))
    pulse[..., 700] = 1
    clean = found(pulse)
    assert clean[rough] < 1e-6
    assert clean[irregular] < -5 < noisy[irregular]
    falls = [name for name in names if name.startswith("fall") and name.endswith("Z")]
    assert np.abs([noisy[name] for name in falls]).max() < 0.3
    frequencies = np.fft.rfftfreq(2000, 1 / RATE)
    power = 1 / (1 + (frequencies / 19) ** 40)
    low = np.fft.irfft(np.fft.rfft(noise(20)) * np.sqrt(power))
    at = frequencies / (RATE / 2)
    before, last = (np.log(power[(at > a) & (at <= b)]).mean() for a, b in ((0.92, 0.96),
                                                                            (0.96, 1.0)))
    assert found(low)[falls[-1]] - noisy[falls[-1]] == pytest.approx(last - before, abs=0.05)
    steep = np.fft.irfft(np.fft.rfft(noise(20)) * (frequencies < 0.9 * RATE / 2))
    assert found(steep)[falls[-1]] == 0  # rounding errors alone


def test_spectrogram_texture(bands):
    """
    ln of an exponential variable scatters by pi / sqrt(6); noise of two levels by more, and a band
    that comes and goes is seen in that band only.
    """
    steady = noise(4, 20000)
    low = sosfilt(butter(8, 0.5, output="sos"), steady)
    swelling = low + (steady - low) * np.where(np.arange(20000) % 10000 < 5000, 1, 1e-2)
    names = waveform_features.feature_names(bands, 20000)["texture"]

    def scatter(data, part):
        found = waveform_features.waveform_features(data, bands)["texture"]
        return found[:, [names.index(f"scatter of the ln spectrogram in time, {c}, {part} of the "
                                     "Nyquist frequency") for c in "ZNE"]].mean()
    assert scatter(steady, "60% to 70%") == pytest.approx(np.pi / np.sqrt(6), rel=0.03)
    assert scatter(swelling, "20% to 30%") == pytest.approx(np.pi / np.sqrt(6), rel=0.03)
    assert scatter(swelling, "80% to 85%") > 3
