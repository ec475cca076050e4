"""Speed of generation, and of its steps against what commit 4b1eada did, with the same results."""

import numpy as np
import pytest
from scipy.fft import irfft, rfft
from scipy.interpolate import CubicSpline

from obspy_tng import TNGGenerator, simulate_network
from obspy_tng.baselines import DonorNoise
from obspy_tng.signal.minimum_phase import minimum_phase
from obspy_tng.signal.time_warp import smooth_noise

EVENT = {"magnitude": 6.5, "distance": 60.0, "depth": 20.0}
NFFT = 7500  # of records of 60 s at 100 Hz


@pytest.fixture
def rng():
    return np.random.default_rng(0)


def test_generation(compare):
    """Target: 200 records a second, Streams included, with any number of threads."""
    network = simulate_network(2, 12, seed=1)
    ours = TNGGenerator.from_pretrained("tng-small", device="cpu").enroll(network.records)
    donors = DonorNoise().fit(network.records)
    like = [r for r in network.records if r[0].stats.station == "S002"]
    alone = ours.generate("SM.S001", 1, seed=0, first=3, **EVENT)[0]
    np.testing.assert_array_equal(alone[0].data, ours.generate("SM.S001", 5, seed=0, **EVENT)
                                  [3][0].data)
    best = compare("record of the station bottleneck", lambda: ours.generate(
        "SM.S001", 20, seed=0, **EVENT), items=20,
        alone=lambda: [ours.generate("SM.S001", 1, seed=0, first=i, **EVENT) for i in range(20)],
        like=lambda: ours.generate_like("SM.S001", like, 20, seed=0),
        donor_noise=lambda: donors.generate("SM.S001", 20, seed=0, **EVENT))
    print(f"{1 / best['ours']:.0f} records a second")


def test_transforms_of_four_records(compare, rng):
    data = rng.standard_normal((4, 3, NFFT), dtype=np.float32)

    def there_and_back(some):
        return irfft(rfft(some), NFFT)
    np.testing.assert_array_equal(there_and_back(data),
                                  np.stack([there_and_back(some) for some in data]))
    compare("transforms of a record there and back, of four at once", lambda: [
        there_and_back(data) for _ in range(50)], items=200, one_by_one=lambda: [
            there_and_back(some) for some in data for _ in range(50)])


def test_minimum_phase(compare, rng):
    ln_gain = np.cumsum(rng.standard_normal((4, 3, NFFT // 2 + 1), dtype=np.float32), -1) / 50

    def complex_exponential():
        cepstrum = irfft(ln_gain, NFFT)
        cepstrum[..., 1:NFFT // 2] *= 2
        cepstrum[..., NFFT // 2 + 1:] = 0
        return np.exp(rfft(cepstrum, NFFT))
    expected = complex_exponential()
    error = np.abs(minimum_phase(ln_gain, NFFT) - expected) / np.abs(expected)
    assert error.max() < 2e-6
    compare("minimum-phase filters of a record", lambda: [
        minimum_phase(ln_gain, NFFT) for _ in range(20)], items=80,
        complex_exponential=lambda: [complex_exponential() for _ in range(20)])


def test_spline(compare):
    def scipys(seed, npts, step):
        knots = int(np.ceil(npts / step)) + 4
        values = np.random.default_rng(seed).standard_normal(knots)
        return CubicSpline(np.arange(knots) * step, values)(np.arange(npts) + step)

    def ours(seed, npts, step):
        return smooth_noise(np.random.default_rng(seed), npts, step)
    np.testing.assert_allclose(ours(0, 6000, 70.0), scipys(0, 6000, 70.0), atol=1e-12)
    compare("random speed of a warp", lambda: [ours(i, 6000, 70.0) for i in range(200)], items=200,
            scipys=lambda: [scipys(i, 6000, 70.0) for i in range(200)])
