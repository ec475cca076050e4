"""Units of samples and responses, calib, and what stats.processing tells."""

from pathlib import Path

import numpy as np
import obspy
import pytest
from obspy import Stream, Trace
from obspy.core.inventory.response import CoefficientsTypeResponseStage

from obspy_tng import hvsr, prepare_record
from obspy_tng.records.rejection import RecordRejectedError
from obspy_tng.records.units import motion_of, samples_in

from .made_up import GAIN, inventory, peaks, recording, response, shaking

COUNTS = shaking() * GAIN


@pytest.fixture(scope="module")
def truth():
    return peaks(prepare_record(recording(COUNTS), inventory(), window=40))


def code_of(*args, **options):
    with pytest.raises(RecordRejectedError) as error:
        prepare_record(*args, window=40, **options)
    return error.value.rejection.code, str(error.value)


# -- units of responses ---------------------------------------------------------------

@pytest.mark.parametrize(("units", "order", "factor"), [
    ("M/S**2", 2, 1), ("m/s^2", 2, 1), ("M/S/S", 2, 1), ("M/(S**2)", 2, 1), ("m/sec**2", 2, 1),
    ("M/S2", 2, 1), ("m s-2", 2, 1), ("M*S**-2", 2, 1), ("METERS/SEC**2", 2, 1),
    ("CM/S**2", 2, 0.01), ("CM/SEC**2", 2, 0.01), ("CM/S/S", 2, 0.01), ("GAL", 2, 0.01),
    ("Gal", 2, 0.01), ("MM/S**2", 2, 1e-3), ("NM/S**2", 2, 1e-9), ("UM/S**2", 2, 1e-6),
    ("G", 2, 9.80665), ("g", 2, 9.80665), ("MG", 2, 9.80665e-3), ("M/S", 1, 1), ("m/sec", 1, 1),
    ("CM/S", 1, 0.01), ("NM/S", 1, 1e-9), ("M", 0, 1), ("MM", 0, 1e-3), ("NM", 0, 1e-9)])
def test_motion_of(units, order, factor):
    found = motion_of(units)
    assert (found.order, found.factor) == (order, pytest.approx(factor))


@pytest.mark.parametrize("units", ["V", "COUNTS", "PA", "RAD/S", "M**3/M**3", "M/S**3", "", None])
def test_what_is_no_motion(units):
    assert motion_of(units) is None


@pytest.mark.parametrize(("units", "factor"), [
    ("GAL", 0.01), ("G", 9.80665), ("CM/S**2", 0.01), ("CM/SEC**2", 0.01), ("CM/S/S", 0.01),
    ("MG", 9.80665e-3), ("MM/S**2", 1e-3), ("M/S^2", 1.0), ("m/s/s", 1.0)])
@pytest.mark.parametrize("stages", [True, False])
def test_a_response_in_any_unit_of_acceleration(truth, units, factor, stages):
    made = response(units)
    if not stages:
        made.response_stages = []
    got = peaks(prepare_record(recording(COUNTS), inventory(made), window=40, max_peak=1e3))
    np.testing.assert_allclose(got, truth * factor, rtol=1e-4)


@pytest.mark.parametrize("units", ["M/S", "CM/S", "NM/S"])
def test_a_response_in_any_unit_of_velocity(units):
    """The same counts, the same motion: only the factor differs from M/S."""
    want = prepare_record(recording(COUNTS), inventory(response("M/S")), window=40, max_peak=1e9)
    got = prepare_record(recording(COUNTS), inventory(response(units)), window=40, max_peak=1e9)
    assert want[0].stats.tng.response == "full"
    np.testing.assert_allclose(peaks(got), peaks(want) * motion_of(units).factor, rtol=1e-4)


@pytest.mark.parametrize("units", ["V", "FURLONG", "PA"])
def test_a_response_that_is_not_of_motion(units):
    code, text = code_of(recording(COUNTS), inventory(response(units)))
    assert code == "response_units"
    assert repr(units) in text


def test_units_of_stage_and_sensitivity_disagree():
    code, text = code_of(recording(COUNTS), inventory(response("M/S", told="M/S**2")))
    assert code == "response_units"
    assert "'M/S'" in text
    assert "'M/S**2'" in text


# -- gains ------------------------------------------------------------------------------

def test_the_sensor_stage_is_missing():
    made = response(sensor=20.0)
    made.response_stages = made.response_stages[1:]
    code, text = code_of(recording(COUNTS), inventory(made))
    assert code == "response_units"
    assert "100000" in text  # the gain of the stages
    assert "2e+06" in text  # the overall sensitivity
    # numbered anew, with units that pass: the gains tell
    made.response_stages[0].stage_sequence_number = 1
    made.response_stages[0].input_units = "M/S**2"
    assert code_of(recording(COUNTS), inventory(made))[0] == "sensitivity"


@pytest.mark.parametrize(("factor", "fits"), [(1.0, True), (1.03, True), (0.97, True), (1.1, False),
                                              (10.0, False), (1e-3, False), (-1.0, True)])
def test_gains_against_sensitivity(factor, fits):
    made = inventory(response(sensitivity=factor * GAIN))
    if fits:
        prepare_record(recording(COUNTS), made, window=40)
        return
    code, text = code_of(recording(COUNTS), made)
    assert code == "sensitivity"
    assert "100000" in text
    assert f"{factor * GAIN:.6g}" in text


def test_a_gain_listed_twice():
    made = response()
    made.response_stages.append(CoefficientsTypeResponseStage(
        3, GAIN, 1.0, "COUNTS", "COUNTS", "DIGITAL", numerator=[1.0], denominator=[],
        decimation_input_sample_rate=100.0, decimation_factor=1, decimation_offset=0,
        decimation_delay=0, decimation_correction=0))
    assert code_of(recording(COUNTS), inventory(made))[0] == "sensitivity"


def test_stages_out_of_order():
    made = response()
    made.response_stages[1].stage_sequence_number = 3
    assert code_of(recording(COUNTS), inventory(made))[0] == "response"


# -- what was done before -----------------------------------------------------------------

def test_a_response_is_not_removed_twice(truth):
    made = inventory()
    raw = recording(COUNTS)
    done = raw.copy().remove_response(made, output="ACC", water_level=None, taper=False)
    got = peaks(prepare_record(done, made, window=40))
    np.testing.assert_allclose(got, truth, rtol=0.02)
    np.testing.assert_allclose(peaks(prepare_record(done, window=40)), truth, rtol=0.02)
    assert code_of(done, made, units="counts")[0] == "units"
    np.testing.assert_allclose(
        peaks(prepare_record(raw.copy().remove_sensitivity(made), made, window=40)), truth,
        rtol=1e-3)


@pytest.mark.parametrize("output", ["VEL", "DISP"])
def test_velocity_is_no_acceleration(truth, output):
    made = inventory()
    done = recording(COUNTS).remove_response(made, output=output, pre_filt=(0.02, 0.05, 45, 49))
    for units in (None, "m/s^2", "gal"):
        code, text = code_of(done, made, units=units)
        assert code == "units"
        assert "acceleration is needed" in text
    for _ in range({"VEL": 1, "DISP": 2}[output]):
        done.differentiate()
    # ObsPy differentiates by differences: right at low frequencies only
    got = peaks(prepare_record(done, made, window=40, freqmin=0.5, freqmax=3.0))
    want = peaks(prepare_record(recording(COUNTS), made, window=40, freqmin=0.5, freqmax=3.0))
    np.testing.assert_allclose(got, want, rtol=0.2)


def test_a_simulated_instrument():
    paz = {"poles": [-1 + 1j, -1 - 1j], "zeros": [0j, 0j], "gain": 1.0, "sensitivity": 1e5}
    done = recording(COUNTS).simulate(paz_remove=paz)
    assert code_of(done, inventory())[0] == "units"
    assert samples_in(done[0], "m/s^2") == ("m/s^2", 1.0)  # the user knows


# -- calib ----------------------------------------------------------------------------------

@pytest.fixture(scope="module")
def knet():
    """Three components of ObsPy's K-NET sample (it has one), and its PGA in m/s^2."""
    path = Path(obspy.__file__).parent / "io/nied/tests/data/test.knet"
    tr = obspy.read(str(path))[0]
    stream = Stream()
    for code in ("UD", "NS", "EW"):
        stream.append(tr.copy())
        stream[-1].stats.channel = code
    return stream, 0.01 * tr.stats.knet.accmax


def test_knet(knet):
    """EW, NS, UD and calib as ObsPy gives them: units need not be told."""
    stream, pga = knet
    record = prepare_record(stream, window=None, max_start_level=9)
    assert [tr.stats.channel for tr in record] == ["HNZ", "HNN", "HNE"]
    np.testing.assert_allclose(peaks(record), pga, rtol=0.05)
    assert pga < 0.1
    assert len(hvsr(stream)) == 1


def test_calib_counts_where_units_are_told(knet):
    stream, pga = knet
    renamed = stream.copy()
    for tr, code in zip(renamed, ("HNZ", "HNN", "HNE"), strict=True):
        tr.stats.channel = code
    record = prepare_record(renamed, units="m/s^2", window=None, max_start_level=9)
    np.testing.assert_allclose(peaks(record), pga, rtol=0.05)
    for tr in renamed:  # what MiniSEED drops
        tr.stats.calib, tr.stats._format = 1.0, "MSEED"
    assert code_of(renamed, units="m/s^2", max_start_level=9)[0] == "amplitude"
    assert code_of(renamed, max_start_level=9)[0] == "units"


def test_calib_does_not_count_beside_a_response(truth):
    stream = recording(COUNTS)
    for tr in stream:
        tr.stats.calib = 7.0
    np.testing.assert_allclose(peaks(prepare_record(stream, inventory(), window=40)), truth)
    assert code_of(stream)[0] == "units"  # calib of an unknown format


def test_kiknet_has_two_sensors(knet):
    stream, pga = knet
    both = Stream()
    for level in "12":
        for tr in stream.copy():
            tr.stats.channel += level
            both.append(tr)
    code, text = code_of(both, max_start_level=9)
    assert code == "components"
    assert "stream.select(channel='*2')" in text
    np.testing.assert_allclose(peaks(prepare_record(both.select(channel="*2"), window=None,
                                                    max_start_level=9)), pga, rtol=0.05)


@pytest.mark.parametrize(("units", "order", "factor"), [
    ("m/s\u00b2", 2, 1), ("m\u00b7s-2", 2, 1), ("\u00b5m/s", 1, 1e-6), ("\u03bcm/s", 1, 1e-6),
    ("meters/second^2", 2, 1), ("METRES PER SECOND SQUARED", 2, 1),
    ("Centimeters/Second**2", 2, 1e-2),
    ("km/s", 1, 1e3), ("mm", 0, 1e-3), ("seconds", None, None), ("kg", None, None)])
def test_units_in_words_and_in_other_alphabets(units, order, factor):
    found = motion_of(units)
    assert found is None if order is None else (found.order, found.factor) == (order, factor)


@pytest.mark.parametrize(("units", "factor"), [("cm/s**2", 0.01), ("M/S**2", 1.0), ("Gal", 0.01)])
def test_units_of_the_caller_in_another_spelling(units, factor):
    data = shaking()
    want = prepare_record(recording(data), units="m/s^2", window=40)
    got = prepare_record(recording(data / factor), units=units, window=40)
    np.testing.assert_allclose(peaks(got), peaks(want), rtol=1e-4)


def test_axes_that_are_nearly_in_a_plane():
    made = inventory(response())
    made[0][0][1].azimuth, made[0][0][2].azimuth = 0, 3
    with pytest.raises(RecordRejectedError) as error:
        prepare_record(recording(shaking() * 1e5), made, window=40)
    assert error.value.rejection.code == "orientation"
    made[0][0][2].azimuth = 60
    assert prepare_record(recording(shaking() * 1e5), made, window=40)


def test_a_channel_that_the_inventory_lacks_and_what_it_has():
    with pytest.raises(RecordRejectedError, match=r"of XX.S1 it has \.HNE, \.HNN, \.HNZ"):
        prepare_record(recording(shaking(), location="00"), inventory(), window=40)


def test_rates_of_data_and_inventory_that_differ_are_told(caplog):
    made = inventory()
    for channel in made[0][0]:
        channel.sample_rate = 50.0
    with caplog.at_level("WARNING", logger="obspy_tng"):
        prepare_record(recording(COUNTS), made, window=40)
    assert "the data have 100 Hz, the inventory says 50 Hz" in caplog.text
    caplog.clear()
    prepare_record(recording(COUNTS), inventory(), window=40)
    assert caplog.text == ""


def test_units_that_contradict_the_header():
    """A record in m/s^2 is not divided by 100 because the caller thinks that it is in gal."""
    tr = Trace(np.ones(10))
    tr.stats.tng = {"units": "m/s^2"}
    assert samples_in(tr) == samples_in(tr, "m/s**2") == ("m/s^2", 1.0)
    for units in ("gal", "counts"):
        with pytest.raises(RecordRejectedError, match=r"units is .*; leave units out"):
            samples_in(tr, units)
