"""prepare_record against closed forms, plain ObsPy chains and every bad input."""

import copy
import io

import numpy as np
import pytest
from obspy import Stream, read, read_events, read_inventory
from obspy.core.inventory.response import Response

from obspy_tng.baselines import ResampledReal
from obspy_tng.exceptions import TNGInputError, TNGWarning
from obspy_tng.metadata import unit_response
from obspy_tng.records.prepare import prepare_record
from obspy_tng.records.record import check_record, station_id

from .sensors import (
    START,
    assert_close,
    expected,
    ground_motion,
    to_inventory,
    to_stream,
)


def test_a_record():
    data = ground_motion()
    stream, inventory = to_stream(data), to_inventory()
    before = copy.deepcopy(stream)
    record = prepare_record(stream, inventory)
    check_record(record, 100.0, 6000)
    assert [tr.id for tr in record] == ["XX.S1..HNZ", "XX.S1..HNN", "XX.S1..HNE"]
    tng = record[0].stats.tng
    assert (tng.units, tng.source, tng.freqmin, tng.freqmax) == ("m/s^2", "recorded", 0.05, 40.0)
    assert tng.response == "sensitivity"
    assert tng.record_id == "XX.S1.20170919T181440"
    assert tng.onset == "P"
    start = round((record[0].stats.starttime - START) * 100)
    # 20 s of quiet, P onset, 5 s before it
    assert abs(start / 100 + tng.p_index / 100 - 20.0) < 0.3
    assert abs(tng.p_index - 500) <= 1
    assert tng.energy_kept > 0.95
    assert "prepare_record(sampling_rate=100::window=60.0" in record[0].stats.processing[-1]
    assert_close(record, expected(data, start, 6000))
    # the caller's Stream is as it was
    assert all(np.array_equal(a.data, b.data) and a.stats == b.stats
               for a, b in zip(stream, before, strict=True))


@pytest.mark.parametrize("codes", ["ZNE", "Z12", "123"])
@pytest.mark.parametrize("turn", [0.0, 33.0, 90.0, 180.0, 270.0])
@pytest.mark.parametrize("dip", [-90.0, 90.0])
def test_components_by_azimuth_and_dip(codes, turn, dip):
    data = ground_motion(length=60)
    axes = {codes[0]: (0, dip), codes[1]: (turn, 0), codes[2]: ((turn - 90) % 360, 0)}
    record = prepare_record(to_stream(data, codes=codes, axes=axes).sort(["channel"], reverse=True),
                            to_inventory(codes, axes), window=None)
    assert [tr.stats.channel for tr in record] == ["HNZ", "HNN", "HNE"]
    assert_close(record, expected(data, 0, 6000))


@pytest.mark.parametrize("turn", [10.0, 215.0])
def test_components_by_what_a_strong_motion_file_tells(turn):
    """No inventory: HN1 and HN2 point where ``stats.<format>`` says."""
    data = ground_motion(length=60)
    axes = {"Z": (0, -90), "1": (turn, 0), "2": ((turn + 90) % 360, 0)}
    stream = to_stream(data, codes="Z12", axes=axes, gain=100, integer=False)
    for tr in stream:
        azimuth, dip = axes[tr.stats.channel[-1]]
        tr.stats._format, tr.stats.geonet = "GEONET", {"azimuth": azimuth, "dip": dip}
    assert_close(prepare_record(stream, units="gal", window=None), expected(data, 0, 6000))
    del stream[1].stats.geonet
    with pytest.raises(TNGInputError, match="give an inventory with its azimuth"):
        prepare_record(stream, units="gal", window=None)


def test_tilted_components():
    """Three axes at right angles, none of them vertical (as of a Galperin sensor)."""
    data = ground_motion(length=60)
    dip = np.degrees(np.arctan(1 / np.sqrt(2)))
    axes = {"1": (10, -dip), "2": (130, -dip), "3": (250, -dip)}
    record = prepare_record(to_stream(data, codes="123", axes=axes), to_inventory("123", axes),
                            window=None)
    assert_close(record, expected(data, 0, 6000))


@pytest.mark.parametrize(("units", "factor"), [("m/s^2", 1), ("gal", 100), ("cm/s^2", 100),
                                               ("g", 1 / 9.80665), ("mg", 1000 / 9.80665)])
def test_physical_units(units, factor):
    data = ground_motion()
    record = prepare_record(to_stream(data, gain=factor, integer=False), units=units, window=None)
    assert record[0].stats.tng.response is None
    assert_close(record, expected(data, 0, 9000))


@pytest.mark.parametrize(("rate", "new_rate"), [(100, 100), (100, 50), (200, 50), (250, 100),
                                                (128, 100)])
def test_resampling_keeps_a_sine(rate, new_rate):
    """A 7 Hz sine in a slow envelope keeps its amplitude; one above Nyquist goes."""
    t = np.arange(80 * rate) / rate
    envelope = np.exp(-(t - 40) ** 2 / 200)
    data = np.stack([np.sin(2 * np.pi * 7 * t + k) for k in range(3)]) * envelope
    alias = np.sin(2 * np.pi * 0.55 * new_rate * t) * envelope if rate > 1.2 * new_rate else 0
    record = prepare_record(to_stream(data + alias, rate, gain=1, integer=False), units="m/s^2",
                            sampling_rate=new_rate, window=None)
    u = np.arange(80 * new_rate) / new_rate
    truth = np.stack([np.sin(2 * np.pi * 7 * u + k) for k in range(3)]) * np.exp(-(u - 40)**2 / 200)
    assert_close(record, truth, within=0.02, edges=5.0)


def test_units_are_taken_from_the_traces():
    record = prepare_record(to_stream(ground_motion()), to_inventory(), window=None)
    again = prepare_record(record, window=None)  # records are m/s^2 and say so
    assert np.abs(again[1].data).max() == pytest.approx(np.abs(record[1].data).max(), rel=0.05)
    assert len(again[0].stats.processing) == 2


def broken(change):
    stream = to_stream(ground_motion())
    change(stream)
    return stream


def clip(stream):
    stream[1].data = np.clip(stream[1].data, -50000, 50000)


def set_nan(stream):
    stream[0].data = stream[0].data.astype(float)
    stream[0].data[77] = np.nan


def mask(stream):
    stream[2].data = np.ma.masked_equal(stream[2].data, stream[2].data[5])


def gap(stream):
    tr = stream.pop(0)
    stream += Stream([tr.slice(endtime=START + 30), tr.slice(starttime=START + 31)])


def coarse(stream):
    for tr in stream:
        step = np.ptp(tr.data) / 4
        tr.data = step * np.round(tr.data / step)


def stuck(stream):
    stream[1].data[7100:7120] = stream[1].data[7100] + 30000


BAD = {
    "component missing": lambda st: st.pop(1),
    "several traces": gap,
    "NaN": set_nan,
    "constant trace (all samples 0)": lambda st: setattr(st[0], "data", st[0].data * 0),
    "constant trace (all samples 7)": lambda st: setattr(st[1], "data", st[1].data * 0 + 7),
    "clipped trace": clip,
    "npts differ": lambda st: setattr(st[1], "data", st[1].data[:-40]),
    "sampling rates differ": lambda st: setattr(st[1].stats, "sampling_rate", 100.0),
    "lower than sampling_rate=100": lambda st: [setattr(tr.stats, "sampling_rate", 50.0)
                                                for tr in st],
    "(a gap); stream.split() gives": mask,
    "codes ending in Z, N and E": lambda st: [setattr(tr.stats, "channel", "") for tr in st],
    "no such channel": lambda st: [setattr(tr.stats, "location", "10") for tr in st],
    "no epoch": lambda st: [setattr(tr.stats, "starttime", START - 1e8) for tr in st],
    "start at different times": lambda st: setattr(st[1].stats, "starttime", START + 0.1),
    "coarse quantisation": coarse,
    "was stuck": stuck,
    "one station": lambda st: setattr(st[1].stats, "station", "S2"),
    "several sensors": lambda st: setattr(st[1].stats, "location", "10"),
    "at least 2 samples": lambda st: [setattr(tr, "data", tr.data[:1]) for tr in st],
    "no traces": lambda st: st.clear(),
}


@pytest.mark.parametrize("message", BAD)
def test_bad_streams(message):
    stream = broken(BAD[message])
    with pytest.raises(TNGInputError) as error:
        prepare_record(stream, to_inventory())
    assert message in str(error.value)


def bad_inventory(case):
    inventory = to_inventory(end=START + 30 if case == "epoch ends" else None)
    for channel in inventory[0][0]:
        if case == "no response":
            channel.response = None
        elif case == "empty response":
            channel.response = Response()
        elif case == "no azimuth":  # N and E have it in their codes
            channel.azimuth = None
            channel.code = channel.code.replace("HNN", "HN1").replace("HNE", "HN2")
        elif case == "in a plane":
            channel.dip = 0.0
        elif case == "velocity sensitivity":
            channel.response = Response(
                instrument_sensitivity=unit_response().instrument_sensitivity)
            channel.response.instrument_sensitivity.input_units = "M/S"
    return inventory


@pytest.mark.parametrize(("case", "message"), [
    ("no response", "no response"), ("empty response", "no response"),
    ("no azimuth", "no azimuth or dip"), ("in a plane", "three dimensions"),
    ("epoch ends", "no epoch"), ("velocity sensitivity", "needs its stages")])
def test_bad_inventories(case, message):
    stream = to_stream(ground_motion())
    if case == "no azimuth":
        for tr in stream:
            tr.stats.channel = tr.stats.channel.replace("HNN", "HN1").replace("HNE", "HN2")
    with pytest.raises(TNGInputError, match=message):
        prepare_record(stream, bad_inventory(case))


@pytest.mark.parametrize(("options", "message"), [
    ({"sampling_rate": -1}, "sampling_rate"), ({"sampling_rate": float("nan")}, "sampling_rate"),
    ({"window": 0}, "window"), ({"window": "60"}, "window"), ({"pre_event": -1}, "pre_event"),
    ({"pad": 2}, "pad"), ({"min_energy": 80}, "min_energy"), ({"min_steps": -1}, "min_steps"),
    ({"max_peak": float("nan")}, "max_peak"), ({"max_peak": "60"}, "max_peak"),
    ({"freqmin": 0}, "freqmin"), ({"freqmin": 5, "freqmax": 2}, "freqmin"),
    ({"freqmax": 50.0}, "freqmax"), ({"units": "furlong"}, "units")])
def test_bad_options(options, message):
    with pytest.raises(TNGInputError, match=message):
        prepare_record(to_stream(ground_motion()), to_inventory(), **options)


def test_wrong_types():
    stream, inventory = to_stream(ground_motion()), to_inventory()
    with pytest.raises(TypeError, match="Stream"):
        prepare_record(stream[0], inventory)
    with pytest.raises(TypeError, match="Inventory"):
        prepare_record(stream, "stations.xml")
    with pytest.raises(TypeError, match="Event"):
        prepare_record(stream, inventory, event="smi:local/1")
    with pytest.raises(TypeError):
        prepare_record(stream, inventory, sampling_rte=100.0)
    with pytest.raises(TNGInputError, match="counts need an inventory"):
        prepare_record(stream)
    with pytest.raises(TNGInputError, match="azimuth and dip"):
        prepare_record(to_stream(ground_motion(), codes="Z12", axes={
            "Z": (0, -90), "1": (0, 0), "2": (90, 0)}), units="gal")


def test_common_span():
    data = ground_motion()
    stream = to_stream(data)
    stream[0].trim(START + 1.0)
    stream[2].trim(None, START + 88.0)
    with pytest.raises(TNGInputError, match="different times"):
        prepare_record(stream, to_inventory())
    record = prepare_record(stream, to_inventory(), window=None, common_span=True)
    assert record[0].stats.starttime == START + 1
    assert_close(record, expected(data, 100, 8701))
    stream[1].trim(START + 50)
    with pytest.raises(TNGInputError, match="90 %"):
        prepare_record(stream, to_inventory(), common_span=True)


def ridgecrest_stations(folder):
    return sorted({path.name.split(".")[1] for path in folder.glob("*.mseed")})


def test_pga_of_ridgecrest_and_gilroy(ridgecrest, gilroy):
    """
    Within 5 % of a plain ObsPy chain with the full response, component by component.

    The table in the documentation is what this prints (``pytest -s``).
    """
    print(f"\n{'station':10}{'km':>6}  {'PGA of Z, N, E (m/s^2)':24}  {'over those of ObsPy'}")
    cases = [(ridgecrest, station) for station in ridgecrest_stations(ridgecrest)]
    cases.append((gilroy, "BRIB"))
    for folder, station in cases:
        stream = read(str(folder / f"*.{station}.*.mseed"))
        inventory = read_inventory(str(next(folder.glob(f"*.{station}.xml"))))
        event = read_events(str(folder / "event.xml"), format="QUAKEML")[0]
        record = prepare_record(stream, inventory, event=event, window=None, common_span=True,
                                max_start_level=2.0)
        plain = stream.copy().detrend("linear").taper(None, max_length=1.0)
        start = max(tr.stats.starttime for tr in plain)
        end = min(tr.stats.endtime for tr in plain)
        plain.trim(start, end, nearest_sample=True)
        npts = min(tr.stats.npts for tr in plain)
        for tr in plain:
            tr.data = tr.data[:npts]
            tr.stats.starttime = start
        plain.remove_response(inventory, output="ACC", zero_mean=False, taper=False,
                              water_level=None, pre_filt=(0.01, 0.02, 45.0, 49.0))
        plain.rotate("->ZNE", inventory=inventory, components=["ZNE"])
        plain.filter("bandpass", freqmin=0.05, freqmax=40.0, corners=2, zerophase=True)
        found, other = (np.array([np.abs(st.select(component=c)[0].data).max() for c in "ZNE"])
                        for st in (record, plain))
        print(f"{station_id(record):10}{record[0].stats.tng.distance:6.1f}  "
              + "".join(f"{v:8.3f}" for v in found) + "  "
              + "".join(f"{v:8.3f}" for v in found / other))
        np.testing.assert_allclose(found, other, rtol=0.05)
        assert 0 < record[0].stats.tng.distance < 200


def at2_recording(seed):
    """What ``obspy.read`` gives of a recording in AT2 files, which do not tell when it began."""
    stream = Stream()
    for tr in to_stream(ground_motion(seed=seed), gain=1.0, integer=False):
        file = io.BytesIO()
        Stream([tr]).write(file, format="AT2")
        title, _, rest = file.getvalue().partition(b"\n")
        assert b"START=" in title
        stream += read(io.BytesIO(b"PEER NGA STRONG MOTION DATABASE RECORD\n" + rest),
                       network="XX")
    return stream


def test_recordings_without_start_time_are_told_apart():
    records = [prepare_record(at2_recording(seed)) for seed in (0, 1)]
    names = [record[0].stats.tng.record_id for record in records]
    assert all(name.startswith("XX.XXS1.19700101T000000.") for name in names)
    control = ResampledReal().fit(records)
    assert control.stations == {"XX.XXS1": 2}
    again = at2_recording(0)
    again.traces.reverse()  # the order of the files does not matter
    again = prepare_record(again)
    assert again[0].stats.tng.record_id == names[0] != names[1]
    with pytest.warns(TNGWarning, match="enrolled already"):
        control.enroll([again])
    assert control.stations == {"XX.XXS1": 2}


def test_at_rest():
    """The baseline treatment of generated records: velocity and displacement end at zero."""
    from obspy_tng.signal import integrate
    plain = prepare_record(to_stream(ground_motion()), to_inventory())
    record = prepare_record(to_stream(ground_motion()), to_inventory(), at_rest=True)
    assert "at_rest=True" in record[0].stats.processing[-1]
    assert record[0].stats.tng.at_rest is True
    for tr, other in zip(record, plain, strict=True):
        velocity = integrate(tr.data, 100.0)
        displacement = integrate(velocity, 100.0)
        assert abs(velocity[-1]) < 1e-5 * np.abs(velocity).max()
        assert abs(displacement[-1]) < 1e-5 * np.abs(displacement).max()
        assert np.abs(tr.data).max() == pytest.approx(np.abs(other.data).max(), rel=0.05)
