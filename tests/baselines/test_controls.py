"""The no-network controls and the evolutionary cross-spectrum they use."""

import time

import numpy as np
import pytest
from obspy import Stream, Trace, UTCDateTime

from obspy_tng.baselines import MeanOfRaw, RandomAllPass, ResampledReal, ShapedNoise
from obspy_tng.baselines.controls import strongest_window
from obspy_tng.exceptions import TNGInputError
from obspy_tng.signal import evolutionary

RATE, WINDOW = 50.0, 40.0
NPTS = round(RATE * WINDOW)
CONTROLS = [ResampledReal, MeanOfRaw, RandomAllPass, ShapedNoise]


def make_record(seed, station="XX.AAA"):
    """Noise with a build-up and a decay, correlated components, as a record."""
    rng = np.random.default_rng(seed)
    t = np.arange(NPTS) / RATE
    envelope = (t / 8) ** 2 * np.exp(-t / 4)
    mix = np.array([[0.4, 0, 0], [0.1, 1, 0], [0, 0.7, 0.7]])
    data = mix @ rng.standard_normal((3, NPTS)) * envelope
    data += 1e-3 * rng.standard_normal((3, NPTS))
    network, code = station.split(".")
    start = UTCDateTime(2020, 1, 1) + 1000 * seed
    return Stream([Trace(samples, {"network": network, "station": code, "channel": "HN" + c,
                                   "sampling_rate": RATE, "starttime": start})
                   for c, samples in zip("ZNE", data, strict=True)])


@pytest.fixture(scope="module")
def records():
    return [make_record(i) for i in range(7)] + [make_record(i, "XX.BBB") for i in range(3)]


def arrays(streams):
    return np.array([[tr.data for tr in st] for st in streams])


@pytest.mark.parametrize("control", CONTROLS)
def test_interface(control, records):
    before = arrays(records)
    generator = control(RATE, WINDOW).fit(records)
    assert generator.stations == {"XX.AAA": 7, "XX.BBB": 3}
    streams = generator.generate("XX.AAA", n=6, seed=3)
    data = arrays(streams)
    assert data.shape == (6, 3, NPTS)
    assert np.isfinite(data).all()
    assert np.array_equal(arrays(records), before)
    # same seed, same records; realization i does not depend on n
    assert np.array_equal(arrays(generator.generate("XX.AAA", n=2, seed=3)), data[:2])
    assert not np.array_equal(arrays(generator.generate("XX.AAA", n=2, seed=4)), data[:2])
    known = {f"XX.AAA.{st[0].stats.starttime.strftime('%Y%m%dT%H%M%S')}" for st in records[:7]}
    for stream in streams:
        tng = stream[0].stats.tng
        assert tng.generator == generator.name
        assert set(tng.sources) <= known
    with pytest.raises(TNGInputError, match="not enrolled"):
        generator.generate("XX.CCC")


def test_resampled_real_returns_the_source(records):
    generator = ResampledReal(RATE, WINDOW).enroll(records[:7])
    by_id = {f"XX.AAA.{st[0].stats.starttime.strftime('%Y%m%dT%H%M%S')}": st
             for st in records[:7]}
    for stream in generator.generate("XX.AAA", n=20, seed=0):
        source = by_id[stream[0].stats.tng.sources[0]]
        assert np.array_equal(arrays([stream]), arrays([source]).astype(np.float32))


def test_mean_of_one_is_the_record(records):
    source = arrays(records[:1])
    for amplitudes in ("paper", "restored"):
        generator = MeanOfRaw(RATE, WINDOW, k=1, amplitudes=amplitudes).enroll(records[:1])
        assert np.allclose(arrays(generator.generate("XX.AAA", n=1, seed=0)), source,
                           atol=1e-6 * np.abs(source).max())


def test_mean_of_k_amplitudes():
    """White records of unit level: the mean of k is sqrt(k) too weak, unless restored."""
    rng = np.random.default_rng(0)
    data = rng.standard_normal((200, 3, NPTS)) * 2.0
    def rms(**options):
        control = MeanOfRaw(RATE, WINDOW, **options)
        drawn = [control._realize(data, rng)[0] for _ in range(50)]
        return np.std(drawn)
    assert rms(k=4) == pytest.approx(2 / np.sqrt(4), rel=0.03)
    assert rms(k=4, amplitudes="restored") == pytest.approx(2, rel=0.02)


def test_all_pass_keeps_fourier_amplitudes():
    """A short record in a long window: nothing is cut, so the spectrum stays."""
    rng = np.random.default_rng(0)
    data = np.zeros((1, 3, NPTS))
    data[..., 100:400] = rng.standard_normal((1, 3, 300))
    control = RandomAllPass(RATE, WINDOW, duration=4.0)
    wave, _ = control._realize(data, rng)
    nfft = 2 * NPTS
    before, after = (np.abs(np.fft.rfft(x, nfft)) for x in (data[0], wave))
    # small filter ringing is cut at the window's ends
    assert np.sqrt(np.mean((after - before) ** 2)) < 0.05 * np.sqrt(np.mean(before**2))
    ratio = np.fft.rfft(wave, nfft) / np.fft.rfft(data[0], nfft)
    assert np.median(np.abs(ratio[0] - ratio[1])) < 0.05  # one filter for all components
    assert np.corrcoef(wave[1], data[0, 1])[0, 1] < 0.5


def test_strongest_window():
    data = np.zeros((3, 100))
    data[1, 60:70] = 1
    assert strongest_window(data, 12).sum() == 10
    assert strongest_window(data, 100) is not None


def test_bad_options():
    for build in (lambda: MeanOfRaw(RATE, WINDOW, k=0), lambda: MeanOfRaw(RATE, WINDOW, k=True),
                  lambda: MeanOfRaw(RATE, WINDOW, amplitudes="log"),
                  lambda: RandomAllPass(RATE, WINDOW, duration=50.0),
                  lambda: ShapedNoise(RATE, WINDOW, smoothing=0),
                  lambda: evolutionary.filter_bank(1000, 50.0, freqmin=20.0)):
        with pytest.raises(TNGInputError, match="got"):
            build()


# -- evolutionary cross-spectrum -------------------------------------------------

@pytest.fixture(scope="module")
def bank():
    return evolutionary.filter_bank(NPTS, RATE, freqmin=0.25)


def test_gains_are_power_complementary(bank):
    total = np.zeros(bank.nfft // 2 + 1)
    for start, gain in zip(bank.starts, bank.gains, strict=True):
        total[start:start + len(gain)] += gain**2
    assert np.allclose(total, 1, atol=1e-12)


def test_analysis_is_invertible_and_keeps_energy(bank):
    x = np.random.default_rng(0).standard_normal((5, 3, NPTS))
    bands = bank.analyse(x)
    assert np.allclose(bank.synthesise(bands), x, atol=1e-12)
    energy = sum(2 * (np.abs(b) ** 2).mean(-1) for b in bands) * bank.nfft
    # the two ends of the spectrum (zero, Nyquist) are not doubled
    assert np.allclose(energy, (x**2).sum(-1), rtol=2e-2)
    for whole, single in zip(bands, bank.analyse(x[2]), strict=True):
        assert np.allclose(whole[2], single)


def test_band_of_a_sine(bank):
    """A sine at a band's centre stays in that band, with half its amplitude."""
    band = 20
    frequency = bank.center_frequencies[band]
    x = np.sin(2 * np.pi * frequency * np.arange(NPTS) / RATE)
    bands = bank.analyse(x)
    middle = slice(len(bands[band]) // 4, len(bands[band]) // 2)
    assert np.abs(bands[band][middle]).mean() == pytest.approx(0.5, rel=0.02)
    assert np.abs(bands[band + 3]).max() < 0.05


def test_noise_has_the_covariance_asked_for(bank):
    """Stationary covariance with a phase: white input comes out with it (closed form)."""
    matrix = np.array([[1, 0, 0], [0, 4, 2j], [0, -2j, 2]])
    covariance = [np.broadcast_to(matrix, (n, 3, 3)) * w / RATE
                  for n, w in zip(bank.lengths, bank.bandwidths, strict=True)]
    factors = evolutionary.covariance_factors(covariance)
    rng = np.random.default_rng(1)
    x = np.array([evolutionary.shaped_noise(bank, factors, rng) for _ in range(60)])
    spectra = np.fft.rfft(x)
    measured = np.einsum("nif,njf->ij", spectra, spectra.conj())
    measured /= spectra.shape[0] * spectra.shape[2] * NPTS
    assert np.allclose(measured, matrix, atol=0.12)


def test_shaped_noise_follows_the_record(bank):
    record = arrays([make_record(5)])[0]
    bands = bank.analyse(record)
    factors = evolutionary.covariance_factors(evolutionary.local_covariance(bank, bands))
    rng = np.random.default_rng(0)
    noise = np.array([evolutionary.shaped_noise(bank, factors, rng) for _ in range(100)])
    energy = (noise**2).sum(-1).mean(0)
    assert np.allclose(energy, (record**2).sum(-1), rtol=0.1)
    husid = np.cumsum((noise**2).sum((0, 1)))
    target = np.cumsum((record**2).sum(0))
    assert np.abs(husid / husid[-1] - target / target[-1]).max() < 0.06
    assert np.mean([np.corrcoef(x[1], x[2])[0, 1] for x in noise]) == pytest.approx(
        np.corrcoef(record[1], record[2])[0, 1], abs=0.06)
    assert np.mean([abs(np.corrcoef(x[1], record[1])[0, 1]) for x in noise]) < 0.2


@pytest.mark.parametrize("control", CONTROLS)
def test_speed(control):
    """20 records a second and core are wanted; a tenth of that would be a fault."""
    rng = np.random.default_rng(0)
    data = rng.standard_normal((10, 3, 6000)).astype(np.float32)
    generator = control(50.0, 120.0)
    generator._realize(data, rng)
    start = time.perf_counter()
    for _ in range(5):
        generator._realize(data, rng)
    assert (time.perf_counter() - start) / 5 < 0.5
