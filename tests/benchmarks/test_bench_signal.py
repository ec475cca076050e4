"""
Speed of the signal kernels, never timed without checking what they return.

``OMP_NUM_THREADS=1 pytest tests/benchmarks/test_bench_signal.py -s`` prints the ratios.
Times are CPU times (several threads of BLAS would count while they wait), the
best of several turns taken in rotation, so that a busy machine slows all alike.
"""

import time

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
    taper,
)

pytestmark = pytest.mark.slow
RATE = 100.0
CENTERS = default_center_frequencies(RATE)


@pytest.fixture(scope="module")
def records():
    """300 records of 60 s."""
    return np.random.default_rng(0).standard_normal((300, 3, 6000))


def best_times(*functions, turns=7):
    """Shortest CPU time of each function in s, all in turn."""
    times = np.full((turns, len(functions)), np.nan)
    for row in times:
        for i, function in enumerate(functions):
            start = time.process_time()
            function()
            row[i] = time.process_time() - start
    return times.min(axis=0)


def test_hvsr_against_bare_ffts(records):
    """400 centre frequencies on 300 records: at most 3 times the bare real FFTs."""
    bins, spectra = fas(taper(detrend(records[:20]), RATE), RATE)
    z, n, e = np.moveaxis(spectra, 1, 0)
    weights = konno_ohmachi_weights(bins, CENTERS)
    expected = (np.sqrt(n * e) @ weights.T) / (z @ weights.T)
    np.testing.assert_allclose(hvsr(records, RATE)[1][:20], expected, rtol=1e-10)

    bare, ours, first = best_times(lambda: scipy.fft.rfft(records), lambda: hvsr(records, RATE),
                                   lambda: hvsr(records, RATE, smooth_first=True))
    print(f"\nper record: FFTs {bare / 0.3:.3f} ms, hvsr {ours / 0.3:.3f} ms = "
          f"{ours / bare:.2f} FFTs, smooth_first {first / 0.3:.3f} ms")
    assert ours < 3 * bare


@pytest.mark.filterwarnings("ignore::DeprecationWarning")
def test_hvsr_against_hvsrpy(records):
    """At least 5 times faster than hvsrpy's processing call alone."""
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
    ours, other = best_times(lambda: hvsr(records, RATE),
                             lambda: hvsrpy.process(next(supply), settings), turns=3)
    print(f"\nper record: hvsr {ours / 0.3:.3f} ms, hvsrpy {other / 0.3:.3f} ms = "
          f"{other / ours:.1f} times")
    assert other > 5 * ours


def test_paper_mode(records):
    """All 3421 bins from 1 to 20 Hz: no more than 10 ms a record."""
    some = records[:60]
    np.testing.assert_allclose(hvsr(some, RATE, mode="paper")[1][7],
                               hvsr(some[7], RATE, mode="paper")[1], rtol=1e-10)
    ours, = best_times(lambda: hvsr(some, RATE, mode="paper"), turns=3)
    print(f"\nper record: paper mode {ours / 0.06:.2f} ms")
    assert ours < 60 * 10e-3


def test_rotd(records):
    """31 periods, 180 azimuths: at most 25 ms a record, and no memory to speak of."""
    some = records[:20] * np.exp(-((np.arange(6000) - 2000) / 900) ** 2)
    periods, values = rotd(some, RATE)
    assert len(periods) == 31
    np.testing.assert_allclose(rotd(some[3], RATE)[1][50], values[50][3], rtol=1e-9)
    ours, = best_times(lambda: rotd(some, RATE), turns=3)
    print(f"\nper record: RotD {ours / 0.02:.1f} ms")
    assert ours < 20 * 25e-3
