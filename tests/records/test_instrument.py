"""Responses of instruments: in full, or their sensitivity."""

import numpy as np
import pytest
from obspy.core.inventory import InstrumentSensitivity
from obspy.core.inventory.response import PolesZerosResponseStage, Response
from scipy import signal

from obspy_tng.metadata import unit_response
from obspy_tng.records.prepare import prepare_record
from obspy_tng.records.rejection import RecordRejectedError

from . import made_up
from .sensors import (
    GAIN,
    assert_close,
    expected,
    ground_motion,
    to_inventory,
    to_stream,
)


def sensor(zeros, poles, units, sensitivity):
    """Response of one analogue stage with gain ``sensitivity`` at 1 Hz."""
    factor = 1 / np.abs(np.prod(2j * np.pi - np.array(zeros, complex))
                        / np.prod(2j * np.pi - np.array(poles)))
    stage = PolesZerosResponseStage(1, sensitivity, 1.0, units, "COUNTS",
                                    "LAPLACE (RADIANS/SECOND)", 1.0, zeros, poles,
                                    normalization_factor=factor)
    response = Response(response_stages=[stage],
                        instrument_sensitivity=unit_response().instrument_sensitivity)
    response.instrument_sensitivity.value = sensitivity
    response.instrument_sensitivity.input_units = units
    return response


def apply_sensor(data, rate, zeros, poles, sensitivity):
    """The sensor's output, by SciPy's analogue frequency response."""
    npts = 4 * data.shape[-1]
    w = 2 * np.pi * np.fft.rfftfreq(npts, 1 / rate)
    _, gain = signal.freqs_zpk(zeros, poles, 1.0, w)
    _, at_1 = signal.freqs_zpk(zeros, poles, 1.0, [2 * np.pi])
    spectrum = np.fft.rfft(data, npts) * gain / np.abs(at_1) * sensitivity
    return np.fft.irfft(spectrum, npts)[..., :data.shape[-1]]


def test_full_response_of_an_accelerometer():
    """A 30 Hz sensor is far from flat at 40 Hz: the full response must come off."""
    data = ground_motion()
    w, h = 2 * np.pi * 30, 0.7
    poles = np.array([-h + 1j * np.sqrt(1 - h**2), -h - 1j * np.sqrt(1 - h**2)]) * w
    measured = apply_sensor(data, 200.0, [], poles, GAIN)
    inventory = to_inventory(response=sensor([], list(poles), "M/S**2", GAIN))
    stream = to_stream(measured, gain=1.0)
    record = prepare_record(stream, inventory, window=None)
    assert record[0].stats.tng.response == "full"
    assert_close(record, expected(data, 0, 9000), within=0.01)
    # in a band where it is flat, the sensitivity is right
    low = prepare_record(stream, inventory, window=None, sampling_rate=20.0, freqmax=0.2)
    assert low[0].stats.tng.response == "sensitivity"


def test_velocity_sensor_gives_acceleration():
    data = ground_motion()
    w, h = 2 * np.pi / 120, 0.707
    poles = np.array([-h + 1j * np.sqrt(1 - h**2), -h - 1j * np.sqrt(1 - h**2)]) * w
    # velocity sensor: two zeros for velocity; one more pole at 0 turns acceleration into it
    npts = 4 * data.shape[-1]
    freqs = np.fft.rfftfreq(npts, 1 / 200.0)
    spectrum = np.fft.rfft(data, npts)
    spectrum[:, 1:] /= 2j * np.pi * freqs[1:]
    spectrum[:, 0] = 0
    velocity = np.fft.irfft(spectrum, npts)
    measured = apply_sensor(velocity, 200.0, [0, 0], poles, 1e9)[:, :data.shape[-1]]
    inventory = to_inventory(response=sensor([0, 0], list(poles), "M/S", 1e9))
    record = prepare_record(to_stream(measured, gain=1.0, integer=False), inventory, window=None)
    assert record[0].stats.tng.response == "full"
    assert_close(record, expected(data, 0, 9000), within=0.02, edges=5.0)


def test_sensitivity_without_stages():
    """ObsPy's remove_sensitivity fails on it; the number is all that is needed."""
    response = Response(instrument_sensitivity=unit_response().instrument_sensitivity)
    response.instrument_sensitivity.value = GAIN
    data = ground_motion()
    record = prepare_record(to_stream(data), to_inventory(response=response), window=None)
    assert_close(record, expected(data, 0, 9000))


# -- epochs, codes, directions and gains of inventories ------------------------------

def peaks_of(counts, inventory):
    return made_up.peaks(prepare_record(made_up.recording(counts, dtype="int32"), inventory,
                                        window=40))


def code_of(stream, inventory):
    with pytest.raises(RecordRejectedError) as error:
        prepare_record(stream, inventory, window=40)
    return error.value.rejection.code


@pytest.fixture(scope="module")
def counts():
    return made_up.shaking() * made_up.GAIN


def test_epochs_that_begin_or_end_a_fraction_of_a_sample_off(counts):
    end = made_up.START + (counts.shape[1] - 1) / 100
    want = peaks_of(counts, made_up.inventory())
    for epoch in ((made_up.START + 0.002, None), (None, end - 0.002)):
        np.testing.assert_array_equal(peaks_of(counts, made_up.inventory(epoch=epoch)), want)
    late = made_up.inventory(epoch=(made_up.START + 0.5, None))
    assert code_of(made_up.recording(counts), late) == "no_epoch"


def test_epochs_that_follow_each_other_and_are_alike(counts):
    """A new comment, or a new mast, makes a new epoch; only what matters here counts."""
    change = made_up.START + 40
    both = [made_up.inventory(made, epoch=epoch) for made, epoch in (
        (made_up.response(), (None, change)), (made_up.response(), (change, None)))]
    np.testing.assert_array_equal(peaks_of(counts, both[0] + both[1]),
                                  peaks_of(counts, made_up.inventory()))
    other = made_up.inventory(made_up.response(digitiser=2e5), epoch=(change, None))
    apart = made_up.inventory(epoch=(change + 5, None))
    for second in (other, apart):
        assert code_of(made_up.recording(counts), both[0] + second) == "no_epoch"


@pytest.mark.parametrize(("data", "metadata"), [("--", ""), ("", "--"), ("", "  "), ("--", "--")])
def test_blank_location_codes(counts, data, metadata):
    inventory = made_up.inventory(location=metadata)
    record = prepare_record(made_up.recording(counts, location=data), inventory, window=40)
    assert [tr.id for tr in record] == ["XX.S1..HNZ", "XX.S1..HNN", "XX.S1..HNE"]


def test_directions_that_only_the_code_has(counts):
    inventory = made_up.inventory()
    for channel in inventory[0][0]:
        channel.azimuth = channel.dip = None
    want = peaks_of(counts, made_up.inventory())
    np.testing.assert_array_equal(peaks_of(counts, inventory), want)
    unknown = made_up.inventory(codes=("HNZ", "HN1", "HN2"))
    unknown[0][0][1].azimuth = None
    stream = made_up.recording(counts, codes=("HNZ", "HN1", "HN2"))
    assert code_of(stream, unknown) == "orientation"


def test_a_sensitivity_of_zero_and_one_in_volts(counts):
    for value, units, code in ((0.0, "COUNTS", "sensitivity"), (2.5, "V", "response_units")):
        told = Response(instrument_sensitivity=InstrumentSensitivity(value, 1.0, "M/S**2", units))
        stream = made_up.recording(counts, dtype="int32")
        assert code_of(stream, made_up.inventory(told)) == code
    # samples in volts are no whole numbers
    stream = made_up.recording(counts / 1e5 * 2.5)
    record = prepare_record(stream, made_up.inventory(told), window=40)
    np.testing.assert_allclose(made_up.peaks(record), peaks_of(counts, made_up.inventory()),
                               rtol=1e-3)


def test_channels_of_a_sensor_at_different_places(counts):
    inventory = made_up.inventory()
    inventory[0][0][0].latitude = 19.402  # rounded in another way
    assert peaks_of(counts, inventory).max() > 1
    inventory[0][0][0].latitude = 24.4
    assert code_of(made_up.recording(counts), inventory) == "places"


def test_two_epochs_of_one_time_that_contradict_each_other(counts):
    """One of two gains would be a guess; the same epoch twice is none, nor one left open."""
    twice = made_up.inventory()
    twice[0][0].channels += made_up.inventory()[0][0].channels
    assert peaks_of(counts, twice).max() > 1
    other = made_up.inventory(made_up.response(digitiser=2e5))
    twice[0][0].channels += other[0][0].channels
    assert code_of(made_up.recording(counts), twice) == "no_epoch"
    left_open = made_up.inventory(epoch=(made_up.START - 9e6, None))
    left_open[0][0].channels += made_up.inventory(
        made_up.response(digitiser=2e5), epoch=(made_up.START - 9e5, None))[0][0].channels
    np.testing.assert_allclose(peaks_of(counts, left_open), 0.5 * peaks_of(
        counts, made_up.inventory()), rtol=1e-3)


@pytest.mark.parametrize("stage", [True, False])
def test_a_gain_of_zero_is_told(counts, stage):
    """Evalresp said "Illegal RESP format"."""
    made = made_up.response(sensor=0.0) if stage else made_up.response(sensitivity=0.0)
    with pytest.raises(RecordRejectedError, match="the gain of stage 1 is 0" if stage
                       else "the overall sensitivity is 0") as error:
        prepare_record(made_up.recording(counts, dtype="int32"), made_up.inventory(made),
                       window=40)
    assert error.value.rejection.code == "sensitivity"


def test_gains_that_are_no_numbers(counts):
    for made in (made_up.response(sensor=np.nan), Response(
            instrument_sensitivity=InstrumentSensitivity(np.nan, 1.0, "M/S**2", "COUNTS"))):
        assert code_of(made_up.recording(counts, dtype="int32"),
                       made_up.inventory(made)) == "sensitivity"


def test_poles_of_growing_motion(counts):
    """Signs that were lost: the amplitude is right, and the phase that of no sensor."""
    made = made_up.response()
    omega = 2 * np.pi * 50
    poles = np.roots([1, 1.4 * omega, omega ** 2])
    made.response_stages[0] = PolesZerosResponseStage(
        1, made.response_stages[0].stage_gain, 1.0, "M/S**2", "V", "LAPLACE (RADIANS/SECOND)", 1.0,
        [], list(-poles), normalization_factor=omega ** 2)
    assert code_of(made_up.recording(counts, dtype="int32"), made_up.inventory(made)) == "response"
