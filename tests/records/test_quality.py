"""Faults of recorders: each is found, with its number and limit, and good data are left alone."""

import numpy as np
import pytest
import scipy.signal
from obspy import Trace

from obspy_tng import prepare_record
from obspy_tng.records.quality import CHECKS, check_trace
from obspy_tng.records.rejection import RecordRejectedError

from .made_up import inventory, peaks, recording, response, shaking


def code_of(stream, **options):
    """Code of the rejection, None where a record comes out."""
    try:
        prepare_record(stream, **{"units": "m/s^2", "window": 40, **options})
    except RecordRejectedError as err:
        return err.rejection.code
    return None


# -- types and masks ------------------------------------------------------------

@pytest.mark.parametrize(("dtype", "top"), [("int16", 30000), (">i2", 30000), ("int32", 2e9),
                                            (">i4", 2e9), ("int64", 2e9), ("float32", 30000),
                                            ("int8", 120)])
def test_integers_are_as_good_as_floats(dtype, top):
    """No arithmetic in the type of the samples: a range above half the type's overflows."""
    counts = shaking()
    counts = np.round(counts * top / np.abs(counts).max())
    made = inventory(response(digitiser=top / 3))
    want = prepare_record(recording(counts), made, window=40)
    got = prepare_record(recording(counts, dtype=dtype), made, window=40)
    for tr, other in zip(got, want, strict=True):
        np.testing.assert_allclose(tr.data, other.data, rtol=1e-5, atol=1e-6)


def test_a_mask_without_a_masked_sample_is_no_gap():
    stream = recording(shaking())
    want = prepare_record(stream, units="m/s^2", window=40)
    for tr, mask in zip(stream, (False, np.zeros(8000, bool), np.ma.nomask), strict=True):
        tr.data = np.ma.masked_array(tr.data, mask=mask)
    got = prepare_record(stream, units="m/s^2", window=40)
    assert all((a.data == b.data).all() for a, b in zip(got, want, strict=True))
    stream[1].data[4000:4004] = np.ma.masked
    assert code_of(stream) == "gap"


# -- clipping --------------------------------------------------------------------

def soft_clipped(bits=24, share=0.985, drive=4.0, seed=0, rate=100.0):
    """Counts of a digital recorder behind an analogue stage that gives way softly."""
    rng = np.random.default_rng(seed)
    fast = 8 * rate
    t = np.arange(int(80 * fast)) / fast - 20
    level = np.where(t > 0, t / 3 * np.exp(1 - t / 3), 0)
    level = np.maximum(level, np.where(t > 3, 0.6 * np.exp(-t / 8), 0))
    sos = scipy.signal.butter(2, [0.1, 5.0], "bandpass", fs=fast, output="sos")
    full, rows = 2 ** (bits - 1), []
    for i in range(3):
        noise = scipy.signal.sosfilt(sos, rng.standard_normal(len(t)))
        limit = share * full * (1 + 0.002 * i)
        volts = limit * np.tanh(noise / noise.std() * level * drive / 3)
        rows.append(np.round(scipy.signal.resample_poly(volts, 1, 8, window=("kaiser", 8.0))))
    return np.clip(rows, -full, full - 1)


@pytest.mark.parametrize("options", [{}, {"bits": 16, "share": 0.97}, {"drive": 8.0, "seed": 1},
                                     {"rate": 200.0, "seed": 2}, {"share": 0.99, "seed": 3}])
def test_soft_clipping(options):
    """No two samples need be equal: the large half-cycles crowd below one level."""
    counts = soft_clipped(**options)
    top = np.abs(counts).max()
    assert code_of(recording(counts, options.get("rate", 100.0)), units="gal",
                   max_peak=1e9) == "clipped"
    # a tenth of it, where the stage is linear, is no clipping
    linear = soft_clipped(**{**options, "drive": 0.2})
    assert np.abs(linear).max() < 0.5 * top
    assert code_of(recording(linear, options.get("rate", 100.0)), units="gal",
                   max_peak=1e9) is None


# -- spikes, bridges, steps, pulses ------------------------------------------------

@pytest.mark.parametrize("rate", [50.0, 100.0, 200.0])
@pytest.mark.parametrize(("at", "width", "size"), [
    (30.0, 1, 20.0), (3.0, 1, 20.0), (30.0, 1, 1000.0), (30.0, 2, 20.0), (25.0, 3, 30.0),
    (60.0, 1, -10.0), (0.2, 1, 20.0), (79.8, 1, 20.0)])
def test_a_spike(rate, at, width, size):
    data = shaking(npts=int(80 * rate), rate=rate)
    assert code_of(recording(data, rate), sampling_rate=50) is None
    i = int(at * rate)
    data[1, i:i + width] += size
    with pytest.raises(RecordRejectedError, match="spike") as error:
        prepare_record(recording(data, rate), units="m/s^2", window=40, sampling_rate=50,
                       max_peak=1e9)
    rejection = error.value.rejection
    assert rejection.limit == CHECKS["spike"] < rejection.value


def test_several_spikes():
    data = shaking()
    data[0, [1000, 2500, 2600, 4000]] += [25.0, -18.0, 30.0, 11.0]
    assert code_of(recording(data)) == "spike"


@pytest.mark.parametrize("dtype", [None, "int32", "float32"])
@pytest.mark.parametrize("length", [0.5, 1.0, 5.0])
@pytest.mark.parametrize("how", ["line", "zeros", "last"])
def test_filled_gaps(dtype, length, how):
    data = 1e5 * shaking()
    i, j = 2400, int(2400 + 100 * length)
    data[2, i:j] = {"line": np.linspace(data[2, i - 1], data[2, j], j - i + 2)[1:-1],
                    "zeros": 0.0, "last": data[2, i - 1]}[how]
    code = code_of(recording(data, dtype=dtype), units="counts", inventory=inventory())
    assert code in ("bridged", "stuck")


@pytest.mark.parametrize("size", [0.5, -0.5, 1.0])
@pytest.mark.parametrize("at", [22.0, 30.0, 55.0])
def test_a_baseline_step(size, at):
    data = shaking()
    data[1, int(100 * at):] += size
    assert code_of(recording(data)) == "step"
    # a velocity sensor's baseline may go anywhere, but not from one sample to the next
    smooth = shaking()[1] + size * np.clip(np.arange(8000) / 100 - at, 0, 1)
    check_trace(Trace(smooth, {"sampling_rate": 100.0}), acceleration=False)


@pytest.mark.parametrize("every", [3.0, 8.0, 12.5])
@pytest.mark.parametrize("alternate", [False, True])
def test_calibration_pulses(every, alternate):
    """Identical pulses from beginning to end are a calibration, an earthquake's are not."""
    t = np.arange(10000) / 100.0
    phase, number = (t + 4.9) % every, (t + 4.9) // every
    train = np.exp(-3 * phase) * np.sin(2 * np.pi * 3 * phase)
    train *= (-1) ** number if alternate else 1
    rng = np.random.default_rng(0)
    data = np.stack([train, 0.5 * train, 0.2 * train]) + 1e-3 * rng.standard_normal((3, 10000))
    assert code_of(recording(data), max_start_level=2) == "pulses"
    assert code_of(recording(shaking(10000))) is None


# -- ends -------------------------------------------------------------------------

@pytest.mark.parametrize("end", [39.0, 41.0, 45.0])
def test_a_recording_that_breaks_off(end):
    """Below and above the window's length (40 s) alike."""
    whole = shaking(12000, onset=32.0, decay=25.0)
    assert code_of(recording(whole)) is None
    assert code_of(recording(whole[:, :int(100 * end)])) == "cut_in_signal"


# -- amplitudes and numbers ---------------------------------------------------------

def test_amplitudes_that_no_earthquake_makes():
    data = shaking() * 100
    with pytest.raises(RecordRejectedError, match="max_peak=60 is believed") as error:
        prepare_record(recording(data), units="m/s^2", window=40)
    assert error.value.rejection.code == "amplitude"
    assert error.value.rejection.value > error.value.rejection.limit == 60
    assert peaks(prepare_record(recording(data), units="m/s^2", window=40, max_peak=1e4)).max() > 60


@pytest.mark.parametrize("kind", ["complex128", "object", "S8", "bool"])
def test_samples_that_are_no_real_numbers(kind):
    stream = recording(shaking())
    stream[1].data = stream[1].data.astype(kind)
    with pytest.raises(RecordRejectedError, match="real numbers are needed") as error:
        prepare_record(stream, units="m/s^2", window=40)
    assert error.value.rejection.code == "not_finite"


def test_a_calib_that_is_no_number():
    stream = recording(shaking())
    stream[1].stats.calib = float("nan")
    with pytest.raises(RecordRejectedError, match=r"XX\.S1\.\.HNN: stats\.calib is nan"):
        prepare_record(stream, units="m/s^2", window=40)


def test_amplitudes_below_the_quietest_ground():
    """Gains that are wrong by 1e9 and more, also where all components have them."""
    data = shaking()
    data *= 1e-10 / np.abs(data).max()
    with pytest.raises(RecordRejectedError, match="less than the noise of the quietest") as error:
        prepare_record(recording(data), units="m/s^2", window=40)
    found = error.value.rejection
    assert (found.code, found.limit) == ("amplitude", 1e-9)
    assert prepare_record(recording(100 * data), units="m/s^2", window=40)


def test_a_record_carries_its_checks():
    quality = prepare_record(recording(shaking()), units="m/s^2", window=40)[0].stats.tng.quality
    assert set(quality) == {*CHECKS, "coarse", "dead", "copied", "gain", "shifted", "amplitude",
                            "begins_in_signal", "cut_in_signal", "window_too_short"}
    for name, (value, limit) in quality.items():
        least = name in ("coarse", "dead", "window_too_short")
        assert (value >= limit) if least else (value <= limit), name
    assert quality["spike"][1] == CHECKS["spike"]


def test_real_records_are_left_alone(ridgecrest, gilroy):
    """Near-field records of an M7.1, with pulses and steps of their own."""
    from obspy import read
    for folder in (ridgecrest, gilroy):
        for path in sorted(folder.glob("*.mseed")):
            for tr in read(str(path)):
                check_trace(tr)


# -- overflow, padding, components --------------------------------------------------

@pytest.mark.parametrize(("bits", "over"), [(16, 1.6), (24, 1.2), (12, 1.1)])
def test_counts_that_overflow(bits, over):
    """Beyond its range a digitiser may begin again at the other end (SR.BHI, 2011-10-20)."""
    motion, full = shaking(12000), 2 ** (bits - 1)
    counts = np.round(motion / np.abs(motion).max() * full * over)
    wrapped = (counts + full) % (2 * full) - full
    assert 2 <= (wrapped != counts).sum() < 200
    made = inventory(response(digitiser=full / 3.0))
    assert code_of(recording(wrapped), inventory=made, units=None) == "clipped"
    assert code_of(recording(counts), inventory=made, units=None) is None


@pytest.mark.parametrize("fill", ["zeros", "edge"])
@pytest.mark.parametrize(("first", "last", "code"), [
    (0, 2600, "cut_in_signal"), (2200, 12000, "begins_in_signal"), (1500, 9000, None)])
def test_recordings_that_were_filled_at_their_ends(fill, first, last, code):
    """Zeros around a piece of the strong part are not rest."""
    data = shaking(12000)
    for row in data:
        before, behind = (row[first], row[last - 1]) if fill == "edge" else (0.0, 0.0)
        row[:first], row[last:] = before, behind
    found = code_of(recording(data))
    assert found == code or (fill == "edge" and code and found in (code, "step"))


def test_silence_before_the_onset_of_simulated_motion():
    """Exactly zero, then the strongest part at once, but from rest."""
    rng = np.random.default_rng(5)
    t = np.arange(12000) / 100 - 20
    data = rng.standard_normal((3, 12000)) * np.where(t > 0, np.exp(-t / 1.5), 0)
    data = np.stack([np.convolve(row, np.hanning(21) / 10, "same") for row in data])
    assert (data[:, :1900] == 0).all()
    assert code_of(recording(data)) is None


def test_a_dead_component_beside_two_good_ones():
    data = shaking()
    data[1] = 1e-3 * np.random.default_rng(0).standard_normal(8000)
    assert code_of(recording(data)) == "dead"
    data = shaking()
    data[0] *= 0.1
    assert code_of(recording(data)) is None


@pytest.mark.parametrize("at", [[0], [7999], [2600, 2610, 2620, 2630], [2600, 2604],
                                range(2600, 2606)])
def test_spikes_at_the_ends_close_together_and_wide(at):
    data = shaking()
    data[1, list(at)] += 40
    assert code_of(recording(data)) == "spike"


@pytest.mark.parametrize("factor", [1.0, -1.0, 0.5])
def test_one_component_that_stands_for_two(factor):
    """Cables that were swapped, or a file that was read twice."""
    data = shaking()
    data[2] = factor * data[1]
    assert code_of(recording(data)) == "copied"


def test_one_trace_for_all_three_components(caplog):
    data = shaking()
    with caplog.at_level("WARNING", logger="obspy_tng"):
        assert code_of(recording(data[[1, 1, 1]])) is None
    assert "the three components are the same" in caplog.text


# -- jumps ----------------------------------------------------------------------------

def test_samples_that_are_missing_without_a_gap():
    data = np.stack([np.convolve(row, np.hanning(60), "same") for row in shaking(12000)])
    assert code_of(recording(data / 10)) is None
    torn = np.delete(data, range(2500, 2560), axis=1)
    assert code_of(recording(torn / 10)) == "jump"


@pytest.mark.parametrize(("first", "last", "size"), [(3000, 3030, 5.0), (3000, 3300, 6.0),
                                                     (3000, 12000, 5.0)])
def test_baselines_that_move_for_a_while(first, last, size):
    data = shaking(12000)
    data[1, first:last] += size * np.exp(-np.arange(last - first) / 500)
    assert code_of(recording(data)) in ("jump", "step")

