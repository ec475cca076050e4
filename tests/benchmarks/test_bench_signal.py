"""Speed of the signal kernels, never timed without checking what they return (`make bench`)."""

import numpy as np
import pytest
import scipy.fft

from obspy_tng.signal import (
    default_center_frequencies,
    detrend,
    fas,
    hvsr,
    konno_ohmachi_weights,
    rotd,
    smoother,
    taper,
)

RATE = 100.0
CENTERS = default_center_frequencies(RATE)


@pytest.fixture(scope="module")
def records():
    """300 records of 60 s."""
    return np.random.default_rng(0).standard_normal((300, 3, 6000))


def test_hvsr_against_bare_ffts(records, compare):
    """400 centre frequencies on 300 records; target: at most 3 times the bare real FFTs."""
    bins, spectra = fas(taper(detrend(records[:20]), RATE), RATE)
    z, n, e = np.moveaxis(spectra, 1, 0)
    weights = konno_ohmachi_weights(bins, CENTERS)
    expected = (np.sqrt(n * e) @ weights.T) / (z @ weights.T)
    np.testing.assert_allclose(hvsr(records, RATE)[1][:20], expected, rtol=1e-10)

    compare("HVSR, a record", lambda: hvsr(records, RATE), items=300,
            bare_ffts=lambda: scipy.fft.rfft(records),
            smooth_first=lambda: hvsr(records, RATE, smooth_first=True))


def test_smoothing(compare):
    """Spectra of 256 records, against the product with all weights (commit 5e6631c)."""
    bins = scipy.fft.rfftfreq(6000, 1 / RATE)
    spectra = np.abs(np.random.default_rng(1).standard_normal((2, 256, len(bins))))
    smooth, weights = smoother("konno_ohmachi", bins, CENTERS), konno_ohmachi_weights(bins, CENTERS)
    whole = np.ascontiguousarray(weights.T)
    np.testing.assert_allclose(smooth(spectra), spectra @ whole, rtol=1e-11)
    compare("smoothing of both spectra of a record", lambda: smooth(spectra), items=256,
            all_weights=lambda: spectra.reshape(-1, len(bins)) @ whole)


@pytest.mark.filterwarnings("ignore::DeprecationWarning")
def test_hvsr_against_hvsrpy(records, compare):
    """Target: at least 5 times faster than hvsrpy's processing call alone."""
    hvsrpy = pytest.importorskip("hvsrpy")
    settings = hvsrpy.settings.HvsrTraditionalProcessingSettings(
        window_type_and_width=["tukey", 0.1], fft_settings={"n": None},
        smoothing={"operator": "konno_and_ohmachi", "bandwidth": 40.0,
                   "center_frequencies_in_hz": CENTERS})
    clean = detrend(records)

    def recordings():
        # hvsrpy tapers the records that it is given, so every run needs new ones
        return [hvsrpy.SeismicRecording3C(*(hvsrpy.TimeSeries(x.copy(), 1 / RATE)
                                            for x in (n, e, z))) for z, n, e in clean]

    theirs = hvsrpy.process(recordings(), settings).amplitude
    difference = np.log(hvsr(records, RATE)[1] / theirs)
    assert np.abs(difference[:, CENTERS >= 1]).max() < 0.015

    supply = iter([recordings() for _ in range(3)])
    compare("HVSR, a record", lambda: hvsr(records, RATE), items=300, turns=3,
            hvsrpy=lambda: hvsrpy.process(next(supply), settings))


def test_paper_mode(records, compare):
    """All 3421 bins from 1 to 20 Hz."""
    some = records[:60]
    np.testing.assert_allclose(hvsr(some, RATE, mode="paper")[1][7],
                               hvsr(some[7], RATE, mode="paper")[1], rtol=1e-10)
    compare("HVSR in paper mode, a record", lambda: hvsr(some, RATE, mode="paper"), items=60,
            turns=3)


def test_rotd(records, compare):
    """31 periods, 180 azimuths."""
    some = records[:20] * np.exp(-((np.arange(6000) - 2000) / 900) ** 2)
    periods, values = rotd(some, RATE)
    assert len(periods) == 31
    np.testing.assert_allclose(rotd(some[3], RATE)[1][50], values[50][3], rtol=1e-9)
    compare("RotD, a record", lambda: rotd(some, RATE), items=20, turns=3)
