"""Records through whitened wavelet packets and back."""

import numpy as np
import pytest

from obspy_tng.signal.evolutionary import band_levels, filter_bank
from obspy_tng.signal.packet_frames import CHANNELS, COEFFICIENTS, PacketFrames, quietness

RATE = 100.0


@pytest.fixture(scope="module")
def records():
    """Noise, then P, then S with a coloured coda."""
    rng = np.random.default_rng(0)
    t = np.arange(2000) / RATE
    envelope = 1e-3 + (t > 5) * 0.2 * np.exp(-(t - 5) / 4) + (t > 9) * np.exp(-(t - 9) / 3)
    noise = np.cumsum(rng.standard_normal((4, 3, 2000)), -1)
    data = envelope * np.diff(noise, axis=-1, prepend=0) * np.array([1, 2, 1.5])[:, None]
    return data + 0.05 * envelope * np.sin(9 * t)


@pytest.fixture(scope="module")
def frames():
    return PacketFrames(filter_bank(2000, RATE, freqmin=0.5))


def test_round_trip_is_exact(records, frames):
    for record in records:
        levels = band_levels(frames.filters, record)
        found = frames.encode(record, levels)
        assert found.shape == (125, CHANNELS)
        assert found.dtype == np.float32
        assert np.abs(frames.decode(found, levels) - record).max() < 2e-5 * np.abs(record).max()


def test_lengths_that_do_not_fill_the_last_frame():
    frames = PacketFrames(filter_bank(1990, RATE, freqmin=0.5))
    record = np.random.default_rng(2).standard_normal((3, 1990))
    levels = band_levels(frames.filters, record)
    back = frames.decode(frames.encode(record, levels), levels)
    assert back.shape == (3, 1990)
    assert np.allclose(back, record, atol=1e-4)


def test_frames_do_not_contain_levels(records, frames):
    record = records[0]
    louder = record * np.array([1.0, 5.0, 0.2])[:, None]
    one, other = (frames.encode(x, band_levels(frames.filters, x)) for x in (record, louder))
    assert np.allclose(one, other, atol=1e-4)


def test_decoded_records_have_the_levels_asked_for(records, frames):
    rng = np.random.default_rng(3)
    levels = band_levels(frames.filters, records[1]) + rng.normal(0, 0.5, (3, 1))
    found = rng.standard_normal((125, CHANNELS))
    got = band_levels(frames.filters, frames.decode(found, levels))
    assert np.abs(got - levels).mean() < 0.1
    assert np.abs(np.mean(got - levels, axis=1)).max() < 0.05


def test_nothing_moves_before_p(frames):
    record = np.zeros((3, 2000))
    record[:, 900:] = np.random.default_rng(4).standard_normal((3, 1100))
    levels = band_levels(frames.filters, record) + np.linspace(-1, 1, len(frames.filters))
    found = frames.encode(record, levels - np.linspace(-1, 1, len(frames.filters)))
    moved = frames.decode(found, levels)
    assert np.abs(moved[:, :890]).max() < 2e-4 * np.abs(moved).max()


def test_coefficients_are_near_unit_variance_and_quiet_is_quiet(records, frames):
    found = [frames.encode(r, band_levels(frames.filters, r)) for r in records]
    assert np.std(np.stack(found)[..., :COEFFICIENTS]) == pytest.approx(1, abs=0.1)
    steady = np.random.default_rng(5).standard_normal((3, 2000))
    assert quietness(frames.encode(steady, band_levels(frames.filters, steady))) > -0.8
    assert all(quietness(f) < -2 for f in found)
