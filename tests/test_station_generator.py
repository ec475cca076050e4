"""What all generators share: records in, Streams out, and what they refuse."""

import inspect
import io

import numpy as np
import obspy
import pytest

from obspy_tng import TNGGenerator, simulate_network
from obspy_tng.baselines import ResampledReal
from obspy_tng.exceptions import (
    TNGException,
    TNGInputError,
    TNGWarning,
)
from obspy_tng.records.folder import write_records
from obspy_tng.records.record import record_to_array
from obspy_tng.records.sds import write_sds
from obspy_tng.records.synthetic import synthetic_record
from obspy_tng.station_generator import StationGenerator
from obspy_tng.training.memmap import write_store

from .small_generator import arrays, ends_at_rest


def test_generated_records_are_records(fitted, station):
    streams = fitted.generate(station, n=4, seed=3)
    assert fitted.stations == dict.fromkeys(fitted.stations, 10)
    for i, st in enumerate(streams):
        assert [tr.stats.channel for tr in st] == ["BXZ", "BXN", "BXE"]
        assert {tr.stats.location for tr in st} == {"SY"}
        data = record_to_array(st, 50.0, 2000)
        assert np.isfinite(data).all()
        tng = st[0].stats.tng
        assert (tng.realization, tng.seed, tng.units, tng.source) == (i, 3, "m/s^2", "generated")
        assert tng.model == fitted.model_hash
        assert len(tng.sources) == 5
        if i:
            assert st[0].stats.starttime > streams[i - 1][0].stats.endtime


def test_generate_like_asks_for_the_earthquakes_of_records(network, fitted, station):
    like = network.records[:3]
    like[1] = like[1].copy()
    for tr in like[1]:
        del tr.stats.tng["distance"]
    streams = fitted.generate_like(station, like, 5, seed=4)
    asked = [(r[0].stats.tng.magnitude, r[0].stats.tng.distance) for r in (like[0], like[2])]
    assert [(st[0].stats.tng.magnitude, st[0].stats.tng.distance) for st in streams] == [
        asked[0], (None, None), asked[1], asked[0], (None, None)]
    for i, st in enumerate(streams):
        given = {key: st[0].stats.tng[key] for key in ("magnitude", "distance", "depth")}
        alone = fitted.generate(station, 1, seed=4, first=i, **given)
        np.testing.assert_array_equal(arrays(alone)[0], arrays([st])[0])
        assert alone[0][0].stats == st[0].stats
    assert len(fitted.generate_like(station, like, seed=4)) == 3
    assert fitted.generate_like(station, like, 0) == []
    for bad, n in (([], 1), (like, -1), (like, True)):
        with pytest.raises(TNGInputError):
            fitted.generate_like(station, bad, n)
    for wrong in ("records", None, network.records[0]):
        with pytest.raises(TypeError, match="iterable of Streams"):
            fitted.generate_like(station, wrong)


def test_same_seed_same_streams_and_realizations_do_not_depend_on_n(fitted, station):
    many, few = fitted.generate(station, n=6, seed=1), fitted.generate(station, n=2, seed=1)
    np.testing.assert_array_equal(arrays(many)[:2], arrays(few))
    assert not np.array_equal(arrays(few), arrays(fitted.generate(station, n=2, seed=2)))
    drawn = fitted.generate(station, n=1)
    again = fitted.generate(station, n=1, seed=drawn[0][0].stats.tng.seed)
    np.testing.assert_array_equal(arrays(drawn), arrays(again))


def test_generated_records_end_at_rest(fitted, station):
    assert ends_at_rest(arrays(fitted.generate(station, n=5, seed=0)), 50.0)


def test_magnitude_and_distance_shift_the_level(fitted, station):
    small = arrays(fitted.generate(station, n=50, seed=0, magnitude=4.0, distance=100.0))
    large = arrays(fitted.generate(station, n=50, seed=0, magnitude=6.5, distance=20.0))
    assert np.log(large.std(-1) / small.std(-1)).mean() > 1.5
    with pytest.raises(TNGInputError, match="together"):
        fitted.generate(station, magnitude=6.0)
    with pytest.raises(TNGInputError, match="magnitude"):
        fitted.generate(station, magnitude=60.0, distance=10.0)


def test_written_and_read(fitted, station, tmp_path):
    """All realizations fit into one MiniSEED file; StationXML says what the samples are."""
    streams = fitted.generate(station, n=5, seed=0)
    total = sum(streams, obspy.Stream())
    total.write(tmp_path / "g.mseed", format="MSEED")
    back = obspy.read(tmp_path / "g.mseed", format="MSEED")
    back.merge(-1)
    assert len(back) == 15
    for tr in back.select(channel="*Z"):
        match = [st[0] for st in streams if st[0].stats.starttime == tr.stats.starttime]
        np.testing.assert_array_equal(tr.data, match[0].data)
    buffer = io.BytesIO()
    fitted.inventory.write(buffer, format="STATIONXML", validate=True)
    buffer.seek(0)
    inventory = obspy.read_inventory(buffer)
    corrected = streams[0].copy().remove_sensitivity(inventory)
    np.testing.assert_allclose(corrected[0].data, streams[0][0].data, rtol=1e-6)


@pytest.mark.parametrize(("kwargs", "word"), [
    ({"n": -1}, "n must"), ({"n": 1.5}, "n must"), ({"seed": -1}, "seed"),
    ({"k": 11}, "k must"), ({"k": 0}, "k must"), ({"sampler": "median"}, "sampler"),
    ({"amplitudes": "gal"}, "amplitudes"), ({"distance": -1.0, "magnitude": 5}, "distance"),
    ({"alpha": 1.0}, "alpha")])
def test_bad_generate_arguments(fitted, station, kwargs, word):
    with pytest.raises(TNGInputError, match=word):
        fitted.generate(station, **{"n": 1, **kwargs})


def test_unknown_station_and_keyword(fitted, station):
    with pytest.raises(TNGInputError, match=r"XX\.NONE.*enrolled: "):
        fitted.generate("XX.NONE")
    with pytest.raises(TypeError, match=r"generate\(\): unknown options \['colour'\]; .*'sampler'"):
        fitted.generate(station, colour="red")
    assert fitted.generate(station, n=0) == []


def damaged(record, how):
    st = record.copy()
    if how == "missing component":
        st.pop(1)
    elif how == "NaN":
        st[0].data[5] = np.nan
    elif how == "zero":
        st[2].data[:] = 0
    elif how == "constant":
        st[2].data[:] = 3.0
    elif how == "npts":
        st[1].data = st[1].data[:-1]
    elif how == "rate":
        for tr in st:
            tr.stats.sampling_rate = 100.0
    elif how == "one rate":
        st[0].resample(100.0)  # npts differ as well
    elif how == "no codes":
        for tr in st:
            tr.stats.channel = ""
    elif how == "short":
        for tr in st:
            tr.data = tr.data[:100]
    elif how == "masked":
        st[0].data = np.ma.masked_greater(st[0].data, 0)
    elif how == "gap":
        first, second = st[0].copy(), st[0].copy()
        st[0].data = first.data[:500]
        second.data = second.data[600:]
        second.stats.starttime += 12
        st.append(second)
    elif how == "units":
        st[0].stats.tng.units = "gal"
    elif how == "two stations":
        st[0].stats.station = "OTHER"
    return st


@pytest.mark.parametrize("how", ["missing component", "NaN", "zero", "constant", "npts", "rate",
                                 "one rate", "short", "masked", "gap", "units", "two stations",
                                 "no codes"])
def test_bad_records(fitted, network, how):
    before = fitted.stations
    fresh = [record.copy() for record in network.records[:2]]
    for record in fresh:
        for tr in record:
            tr.stats.station = "NEW"
            tr.stats.tng.record_id += ".new"
    word = {"one rate": "sampling rates differ .*100.0", "masked": r"gap.*stream.split\(\)",
            "no codes": "codes ending in Z, N and E"}.get(how)
    with pytest.raises(TNGInputError, match=word):
        fitted.enroll([fresh[0], damaged(fresh[1], how)])
    assert fitted.stations == before  # nothing half enrolled


def test_wrong_types(network):
    gen = TNGGenerator(50.0, 40.0, "released")
    with pytest.raises(TypeError, match="iterable of Streams"):
        gen.fit(network.records[0])
    with pytest.raises(TypeError, match="type ndarray"):
        gen.fit(np.ones((2, 3, 2000)))
    with pytest.raises(TNGInputError, match="empty"):
        gen.fit([])
    with pytest.raises(TNGException, match="trained"):
        gen.enroll(network.records[:1])
    with pytest.raises(TNGInputError, match="targets"):
        gen.fit(network.records[:2], targets=["XX.NO"])


@pytest.mark.parametrize(("network_code", "code", "word"), [
    ("", "S001", r"'.S001' has no network code; set stats.network, or network= of obspy.read"),
    ("XX", "", r"'XX.': must be 'NET.STA'"), ("XX", "A.B", r"'XX.A.B': must be 'NET.STA'")])
def test_station_codes_are_needed(fitted, network, tmp_path, network_code, code, word):
    """Said at once, not by the StationXML of what was generated."""
    record = network.records[0].copy()
    for tr in record:
        tr.stats.network, tr.stats.station = network_code, code
    stations = fitted.stations
    for use in (fitted.enroll, TNGGenerator(50.0, 40.0, device="cpu").fit,
                ResampledReal(50.0, 40.0).fit, lambda records: write_records(records, tmp_path),
                lambda records: write_sds(records, tmp_path / "sds"),
                lambda records: write_store(records, tmp_path / "store")):
        with pytest.raises(TNGInputError, match=word):
            use([record])
    assert fitted.stations == stations
    with pytest.raises(TNGInputError, match=word):
        synthetic_record(np.ones((3, 10)), 50.0, f"{network_code}.{code}")


def test_warnings_at_enrolling(network):
    control = ResampledReal(50.0, 40.0).fit(network.records[:2])
    with pytest.warns(TNGWarning, match="no records to enrol"):
        control.enroll([])
    in_gal = network.records[2].copy()
    peak = np.abs(record_to_array(in_gal)).max()
    for tr in in_gal:
        tr.data = tr.data * (60 / peak)
    with pytest.warns(TNGWarning, match=r"1 records have peaks above 50 .* 60 m/s\^2.*in gal"):
        control.enroll([in_gal])
    assert sum(control.stations.values()) == 3


def test_records_that_no_ground_makes(network):
    """Samples of 1e-12 m/s^2 and less cannot be squared in float32: records came out too strong."""
    control = ResampledReal(50.0, 40.0).fit(network.records[:2])
    record = network.records[2].copy()
    peak = np.abs(record_to_array(record)).max()
    for tr in record:
        tr.data = tr.data * (0.9e-9 / peak)
    with pytest.raises(TNGInputError, match=r"the peak is 9e-10 m/s.* other units"):
        control.enroll([record])
    assert sum(control.stations.values()) == 2


@pytest.mark.parametrize("scale", [1e-3, 1e-6])
def test_weak_records_are_scaled_ones(network, scale):
    """Down to the noise of the quietest ground."""
    made = []
    for factor in (1.0, scale):
        records = [record.copy() for record in network.records]
        for tr in (tr for record in records for tr in record):
            tr.data = (tr.data.astype(float) * factor).astype(np.float32)
        gen = TNGGenerator(50.0, 40.0, device="cpu").enroll(records)
        station = next(iter(gen.stations))
        made.append(np.log(np.square(arrays(gen.generate(station, 4, seed=1))).mean((1, 2)))
                    - 2 * np.log(factor))
    # the prior on the level of the region counts a little
    assert np.abs(made[1] - made[0]).max() < 0.35


@pytest.mark.parametrize("rate", [20.0, 50.0, 200.0])
def test_the_shortest_window(rate):
    """Records as long as they must be are finite, and as strong as the recorded ones."""
    npts = max(100, int(rate))
    data = simulate_network(2, 5, seed=1, window=20.0, sampling_rate=rate).records
    # from just before P: some windows of noise among others of motion would say nothing of levels
    starts = [record[0].stats.starttime + record[0].stats.tng.p_index / rate - 0.2
              for record in data]
    records = [record.slice(start, start + (npts - 1) / rate).copy()
               for record, start in zip(data, starts, strict=True)]
    for tr in (tr for record in records for tr in record):
        tr.stats.tng.p_index = None
    gen = TNGGenerator(rate, npts / rate, device="cpu").enroll(records)
    station = next(iter(gen.stations))
    own = [record for record in records if record[0].stats.station == station[3:]]
    made, real = (np.log(np.square(arrays(group)).mean((1, 2))).mean()
                  for group in (gen.generate_like(station, own, 10, seed=0), own))
    assert abs(made - real) < 1.5
    for sampler in ("posterior", "prior"):
        assert np.isfinite(arrays(gen.generate(station, 2, seed=0, sampler=sampler))).all()
    with pytest.raises(TNGInputError, match="window must be at least"):
        TNGGenerator(rate, (npts - 1) / rate, device="cpu")


def moved(record, station, **tng):
    """A copy of a record at another station, with other metadata."""
    record = record.copy()
    for tr in record:
        tr.stats.network, tr.stats.station = station.split(".")
        tr.stats.tng.update({"record_id": f"{station}.moved", **tng})
    return record


def place_of(generator, code):
    found = generator.inventory.select(station=code)[0][0]
    return found.latitude, found.longitude, found.elevation


def test_coordinates_of_several_calls_and_of_headers(network, tmp_path):
    """Each call adds to the inventory; a station that no inventory has is where its header says."""
    first = network.records[0][0].stats.station
    control = ResampledReal(50.0, 40.0).fit(network.records[:2], network.inventory)
    before = place_of(control, first)
    assert before != (0.0, 0.0, 0.0)
    other = network.inventory.select(station=network.records[10][0].stats.station)
    control.enroll(network.records[10:12], other)
    control.enroll([moved(network.records[0], "YY.NEW", station_latitude=19.4,
                          station_longitude=-99.1, station_elevation=2240.0)])
    assert place_of(control, first) == before
    assert place_of(control, "NEW") == (19.4, -99.1, 2240.0)
    assert control.generate("YY.NEW", seed=0)[0][0].stats.tng.station_latitude == 19.4
    stations = control.stations
    with pytest.raises(TypeError, match="inventory must be an obspy Inventory or None, got str; "):
        control.enroll([moved(network.records[1], "YY.NEW", record_id="b")], "stations.xml")
    assert control.stations == stations  # nothing half enrolled


@pytest.mark.parametrize(("tng", "error", "word"), [
    ({"magnitude": "6.5"}, TypeError, r"YY.NEW.moved: stats.tng.magnitude must be a number"),
    ({"p_index": 10**9}, TNGInputError, r"stats.tng.p_index=1000000000 must be the sample"),
    ({"p_index": 3.7}, TNGInputError, r"stats.tng.p_index=3.7 must be the sample"),
    ({"p_index": -5}, TNGInputError, r"an integer from 0 to"),
    ({"p_index": "x"}, TNGInputError, r"YY.NEW.moved: stats.tng.p_index='x' must be"),
    ({"depth": 8000.0}, TNGInputError, r"YY.NEW.moved: stats.tng.depth must be between -5 and 800"),
    ({"distance": -1.0}, TNGInputError, "stats.tng.distance"),
    ({"magnitude": 99.0}, TNGInputError, "stats.tng.magnitude")])
def test_earthquakes_that_make_no_sense_are_refused(fitted, network, tng, error, word):
    with pytest.raises(error, match=word):
        fitted.enroll([moved(network.records[0], "YY.NEW", **tng)])
    assert "YY.NEW" not in fitted.stations


def test_numbers_of_numpy_and_nan(network):
    control = ResampledReal(50.0, 40.0).fit([moved(
        network.records[0], "YY.NEW", magnitude=np.float32(6.5), distance=np.nan)])
    info, = control.bank["YY.NEW"].infos
    assert (info["magnitude"], type(info["magnitude"]), info["distance"]) == (6.5, float, None)


def test_depth_alone_and_too_many_records(fitted, station):
    with pytest.raises(TNGInputError, match="depth=10 needs magnitude and distance as well"):
        fitted.generate(station, depth=10)
    with pytest.raises(TNGInputError, match="GB, the machine has"):
        fitted.generate(station, 10**12)
    with pytest.raises(TNGInputError, match=f"is not enrolled; enrolled: {station}"):
        fitted.generate(station.lower() + " ")


def test_records_that_are_enrolled_already_are_one_warning(network):
    control = ResampledReal(50.0, 40.0).fit(network.records[:4])
    with pytest.warns(TNGWarning, match=r"^4 records are enrolled already; skipped \(t") as told:
        control.enroll(network.records[:5])
    assert len(told) == 1
    assert sum(control.stations.values()) == 5


def test_copies_count_once(network):
    """A recording under two ids would make the station look better known than it is."""
    copies = [network.records[0].copy() for _ in range(3)]
    for i, record in enumerate(copies):
        for tr in record:
            tr.stats.starttime += 3600 * (i + 1)
            tr.stats.tng.update({"record_id": f"copy {i}", "event_id": f"event {i}"})
    with pytest.warns(TNGWarning, match=r"3 records have the samples .*\(the first: copy 0, that"):
        control = ResampledReal(50.0, 40.0).fit([network.records[0], *copies])
    assert sum(control.stations.values()) == 1


def test_offsets_and_records_of_another_station_are_refused(network):
    control = ResampledReal(50.0, 40.0)
    shifted = network.records[0].copy()
    shifted[1].data = shifted[1].data + 2 * np.abs(shifted[1].data).max()
    with pytest.raises(TNGInputError, match=r"component N has the mean .* prepare_record\(\) re"):
        control.enroll([shifted])
    with pytest.raises(TNGInputError, match=r"listed as one of XX\.OTHER, and its traces are of"):
        control.enroll({"XX.OTHER": network.records[:2]})
    assert control.stations == {}


def test_motion_that_no_ground_has_is_told(network):
    """Of records whose magnitudes are wrong, say."""
    records = [record.copy() for record in network.records]
    for tr in (tr for record in records for tr in record):
        tr.stats.tng.magnitude = 0.0
    gen = TNGGenerator(50.0, 40.0, device="cpu").enroll(records)
    with pytest.warns(TNGWarning, match="far from the enrolled records"), \
            pytest.warns(TNGWarning, match=r"of 3 generated records have peaks above 50 m/s\^2"):
        gen.generate(next(iter(gen.stations)), 3, seed=0, magnitude=6.0, distance=30.0)


@pytest.mark.parametrize(("argument", "value"), [
    ("starttime", None), ("starttime", "soon"), ("starttime", obspy.UTCDateTime(9999, 12, 31, 23)),
    ("first", 10**12), ("starttime", 1e12)])
def test_times_that_there_are_not(fitted, station, argument, value):
    with pytest.raises(TNGInputError, match=r"starttime must be .* before the year 10000"):
        fitted.generate(station, 200, **{argument: value})


def test_station_is_a_text(fitted):
    with pytest.raises(TypeError, match=r"station must be a station id .* got \['XX"):
        fitted.generate(["XX.A"])


def subclasses(kind):
    return {kind}.union(*(subclasses(below) for below in kind.__subclasses__()))


@pytest.mark.parametrize("method", ["fit", "enroll", "generate", "generate_like"])
def test_all_generators_take_what_the_base_class_takes(method):
    """Controls can be put in the place of the generator."""
    wanted = inspect.signature(getattr(StationGenerator, method)).parameters
    for kind in subclasses(StationGenerator):
        given = inspect.signature(getattr(kind, method)).parameters
        assert not wanted.keys() - given.keys(), kind
