"""The window of a record: the onset, what is kept, and edges."""

import numpy as np
import pytest

from obspy_tng.exceptions import TNGInputError
from obspy_tng.records.prepare import prepare_record
from obspy_tng.records.rejection import RecordRejectedError
from obspy_tng.records.windows import check_span, choose_window, edge_levels, pick_onset
from obspy_tng.signal import processing

from .sensors import (
    START,
    expected,
    ground_motion,
    to_inventory,
    to_stream,
)


def test_window_keeps_what_it_can():
    """Strong part behind the window from P: it moves on and says what it keeps."""
    data = ground_motion(length=400.0, p=50.0, s=180.0)
    record = prepare_record(to_stream(data), to_inventory(), window=60.0, min_energy=0.5)
    tng = record[0].stats.tng
    start = record[0].stats.starttime - START
    assert 120 < start <= 180
    assert tng.p_index is None
    power = (expected(data, 0, 40000) ** 2).sum(axis=0)
    kept = power[round(start * 100):][:6000].sum() / power.sum()
    assert tng.energy_kept == pytest.approx(kept, abs=0.01)
    with pytest.raises(TNGInputError, match=r"window too short: 10 s keep at most [\d.]+%.*min_"):
        prepare_record(to_stream(data), to_inventory(), window=10.0, freqmin=0.3, min_energy=0.9)


def test_padding_of_complete_recordings_only():
    data = ground_motion(length=50.0)
    record = prepare_record(to_stream(data), to_inventory(), window=60.0)
    assert record[0].stats.tng.padded == 10.0
    assert record[0].stats.tng.energy_kept == 1.0
    for tr in record:
        assert not tr.data[5000:].any()
    with pytest.raises(TNGInputError, match=r"too short: 50\.0 s, at least 60\.0 s"):
        prepare_record(to_stream(data), to_inventory(), pad=0)
    with pytest.raises(TNGInputError, match=r"too short: 50\.0 s, at least 60\.0 s of window=120"):
        prepare_record(to_stream(data), to_inventory(), window=120.0)
    with pytest.raises(TNGInputError, match=r"too short.*cut in the signal"):
        prepare_record(to_stream(data[:, :37 * 200]), to_inventory())


def test_start_in_the_signal():
    data = ground_motion(length=120)[:, round(35.5 * 200):]
    with pytest.raises(TNGInputError, match="starts in the middle of the signal"):
        prepare_record(to_stream(data), to_inventory())
    record = prepare_record(to_stream(data), to_inventory(), max_start_level=2.0)
    assert record[0].stats.tng.start_level > 0.5
    assert record[0].stats.tng.p_index is None


def test_choose_window_against_a_loop():
    rng = np.random.default_rng(3)
    for _ in range(50):
        data = rng.normal(size=(3, 60)) * rng.uniform(0, 1, 60) ** 4
        npts, onset = int(rng.integers(5, 60)), int(rng.integers(-10, 70))
        start, energy = choose_window(data, npts, onset)
        power = (data ** 2).sum(axis=0)
        kept = [power[i:i + npts].sum() / power.sum() for i in range(61 - npts)]
        assert energy == pytest.approx(kept[start])
        assert energy >= min(0.95, 0.995 * max(kept)) - 1e-9


@pytest.mark.parametrize("noise", [0.0, 0.01, 0.1])
def test_pick_onset(noise):
    data = ground_motion(rate=100.0, p=20.0)
    data = data + noise * 0.15 * np.random.default_rng(1).normal(size=data.shape)
    index, clear = pick_onset(
        processing.bandpass(data, 100.0, 1.0, 10.0, zerophase=False), 100.0)
    assert clear
    assert abs(index - 2000) < 60
    # nothing but a slow rise: the 1 % Arias point, and no P
    t = np.arange(9000) / 100
    data = np.random.default_rng(0).normal(size=(3, 9000)) * np.exp(-(t - 45) ** 2 / 400)
    index, clear = pick_onset(data, 100.0)
    power = np.cumsum((data ** 2).sum(axis=0))
    assert (index, clear) == (int(np.searchsorted(power, 0.01 * power[-1])), False)


def test_edge_levels():
    data = np.ones((3, 4000))
    assert edge_levels(data, 100.0) == pytest.approx((1, 1))
    data[:, :1000] = 0
    data[:, -600:] = 0.5
    assert edge_levels(data, 100.0) == pytest.approx((0, 0.5))


def test_a_level_just_above_its_limit_is_seen_to_be():
    """0.302 is not told as 0.30 beside a limit of 0.3."""
    with pytest.raises(RecordRejectedError, match=r"is 0\.302 of the strongest, at most 0\.3 is"):
        check_span((0.1, 0.302), 59.0, 60.0, 0.5, 0.5, 0.3)
