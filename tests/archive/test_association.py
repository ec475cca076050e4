"""Recordings and earthquakes: what is taken, what is refused and why."""

import numpy as np
import pytest
from obspy import Catalog, Stream, UTCDateTime
from obspy.clients.filesystem.sds import Client
from obspy.core.event import Event, Magnitude, Origin

from obspy_tng import collect_records
from obspy_tng.archive.association import Place, StationEvents, places_at
from obspy_tng.exceptions import TNGInputError

from ..records.made_up import GAIN, inventory, recording, response, shaking
from .made_up import DAY, event


def shock(start, seed=0, amplitude=1.0, npts=8000, rate=100.0, dtype="int32", **options):
    """Counts of a recording whose strong part begins 20 s after ``start``."""
    options = {"onset": 20.0, **options}
    kept = {key: options.pop(key) for key in ("location", "codes", "station") if key in options}
    data = shaking(npts, rate, seed=seed, amplitude=amplitude, **options) * GAIN
    return recording(data, rate, start, dtype=dtype, **kept)


@pytest.fixture
def collect(tmp_path):
    """Function that puts Streams into an SDS archive, a file a trace, and collects it."""
    def run(streams, events, made=None, **options):
        for tr in sum(streams, Stream()):
            begin, s = tr.stats.starttime + 0.5 * tr.stats.delta, tr.stats
            path = (tmp_path / f"{begin.year}/{s.network}/{s.station}/{s.channel}.D/"
                    f"{tr.id}.D.{begin.year}.{begin.julday:03d}")
            path.parent.mkdir(parents=True, exist_ok=True)
            with open(path, "ab") as file:
                tr.write(file, format="MSEED")
        found = collect_records(Client(str(tmp_path)), made or inventory(),
                                None if events is None else Catalog(events), progress=False,
                                **{"window": 40, **options})
        try:
            return list(found), found
        except TNGInputError:
            return [], found
    return run


def codes(found):
    return sorted(rejection.code for _, rejection in found.rejected)


def test_uncatalogued_aftershocks_at_whole_hours(collect):
    """A recorder whose clock is right: what fits the main shock some hours away is not it."""
    start = DAY + 21600
    others = [shock(start + 3600 * k + late, seed=10 + k, amplitude=0.02)
              for k, late in ((1, 0), (2, 90), (4, -100), (7, 20), (9, 130))]
    records, found = collect([shock(start), *others], [event(start + 10, 7.1)])
    assert len(records) == 1
    assert records[0][0].stats.starttime - start < 40
    assert codes(found) == ["no_earthquake"] * 5


@pytest.mark.parametrize("hours", [-6, 3, 18])
@pytest.mark.parametrize("right", [False, True])
def test_an_offset_is_shared_or_it_is_none(collect, hours, right):
    """Two recordings share it, unless one between them is on time."""
    times = [DAY + 90400 * k + 43200 for k in range(3)]  # at another time of each day
    days = [event(time, name=k) for k, time in enumerate(times)]
    streams = [shock(times[k] - 10 + 3600 * hours, seed=k) for k in (0, 2)]
    middle = times[1] - 10 + (0 if right else 3600 * hours)
    records, found = collect([*streams, shock(middle, seed=1)], days)
    if right:
        assert len(records) == 1
        assert codes(found) == ["no_earthquake"] * 2
    else:
        assert [r[0].stats.tng.clock_offset for r in records] == [3600 * hours] * 3


def test_offsets_of_half_hours(collect):
    times = [DAY + 90400 * k + 43200 for k in range(3)]
    streams = [shock(time - 10 + 5.5 * 3600, seed=k) for k, time in enumerate(times)]
    records, _ = collect(streams, [event(time) for time in times])
    assert [r[0].stats.tng.clock_offset for r in records] == [5.5 * 3600] * 3


def test_a_larger_earthquake_in_a_triggered_recording(collect):
    """M 4, and M 6 50 s later, both in the catalog: the peak is not the first one's."""
    data = np.concatenate([shaking(5000, amplitude=0.05), shaking(9000, seed=1)], axis=1) * GAIN
    stream = recording(data, start=DAY + 3600)
    small, large = event(DAY + 3610, 4.0), event(DAY + 3660, 6.0)
    record, = collect([stream], [small, large])[0]
    assert record[0].stats.tng.magnitude == 6.0
    assert record[0].stats.starttime > DAY + 3650
    assert len(collect([stream], [small, event(DAY + 3645, 4.5)])[0]) == 1  # listed twice


@pytest.mark.parametrize("later", [60, 90, 150])
@pytest.mark.parametrize("first", [True, False])
def test_a_later_trigger_is_not_the_main_shock(collect, later, first):
    """Longer or stronger, with the main shock's own recording or without it."""
    second = shock(DAY + 3600 + later, seed=2, npts=8600, amplitude=2.0)
    streams = [shock(DAY + 3600, seed=1), second] if first else [second]
    if first and later < 80:
        streams[0] = streams[0].slice(endtime=DAY + 3600 + later - 0.5)
    records, found = collect(streams, [event(DAY + 3610, 6.5)])
    assert len(records) == int(first)
    assert codes(found) == ["another_recording" if first else "does_not_fit"]
    if first:
        assert records[0][0].stats.starttime < DAY + 3600 + later


def test_the_main_shock_is_clipped_and_the_aftershock_is_not_taken_for_it(collect):
    main = shock(DAY + 3600, seed=1)
    for tr in main:
        tr.data = np.clip(tr.data, -30000, 30000)
    records, found = collect([main, shock(DAY + 3655, seed=2)], [event(DAY + 3610, 6.5)])
    assert records == []
    assert codes(found) == ["clipped", "does_not_fit"]


@pytest.mark.parametrize("continuous", [True, False])
@pytest.mark.parametrize("window", [40, 120])
def test_a_stronger_shock_in_the_same_recording(collect, continuous, window):
    """110 s later and five times as strong: its shaking is not the first one's."""
    length = 4000 if continuous else 300
    begin = 1800 if continuous else 20
    data = shaking(100 * length, onset=begin, amplitude=0.1, seed=1)
    data += shaking(100 * length, onset=begin + 110, seed=2) * (np.arange(100 * length) > 100)
    start = DAY + 36000
    records, found = collect([recording(data * GAIN, start=start, dtype="int32")],
                             [event(start + begin - 11, 6.5)], window=window)
    assert records == []
    assert codes(found) == ["does_not_fit"]
    _, rejection = found.rejected[0]
    assert rejection.value > rejection.limit
    assert "clock_error=30" in rejection.text


@pytest.mark.parametrize("late", [-25, 0, 25])
def test_clocks_may_be_off_by_some_seconds(collect, late):
    records, _ = collect([shock(DAY + 3600 + late)], [event(DAY + 3610)])
    assert len(records) == 1
    if late:
        none, found = collect([], [event(DAY + 3610)], clock_error=2.0)
        assert none == []
        assert codes(found) == ["does_not_fit"]


def test_an_event_without_origin_is_listed(collect):
    bad = Event()
    half = event(DAY + 7000, name="half")
    half.origins[0].time = None
    records, found = collect([shock(DAY + 3600)], [bad, event(DAY + 3610), half])
    assert len(records) == 1
    assert [(name, r.code) for name, r in found.rejected] == [
        (str(bad.resource_id), "no_origin"), ("smi:local/half", "no_origin")]
    assert found.counts["rejected"] == 2
    with pytest.raises(TNGInputError, match="no match"):
        collect_records(Client("."), inventory(), Catalog([bad]), progress=False)


@pytest.mark.parametrize("origin", [
    {"latitude": 95.0, "longitude": 0.0}, {"latitude": 19.0, "longitude": -500.0},
    {"latitude": 19.0, "longitude": -99.5, "depth": 20e6}])
def test_an_origin_at_an_impossible_place_is_listed(collect, origin):
    bad = Event(origins=[Origin(time=DAY + 9000, **origin)], magnitudes=[Magnitude(mag=5.0)])
    records, found = collect([shock(DAY + 3600)], [bad, event(DAY + 3610)])
    assert len(records) == 1
    assert codes(found) == ["no_origin"]


def test_a_station_that_the_inventory_does_not_have_is_listed(collect):
    streams = [shock(DAY + 3600), shock(DAY + 3600, station="S2"), shock(DAY + 90000, station="S2")]
    records, found = collect(streams, [event(DAY + 3610)])
    assert len(records) == 1
    (name, rejection), = found.rejected
    assert (name, rejection.code) == ("XX.S2", "no_channel")
    assert "data of 2 days" in rejection.text


@pytest.mark.parametrize("magnitude", [-9.9, -99.0, 99.0])
def test_a_magnitude_that_stands_for_unknown(collect, magnitude):
    records, _ = collect([shock(DAY + 3600)], [event(DAY + 3610, magnitude)])
    assert records[0][0].stats.tng.magnitude is None


def test_the_first_origin_is_empty(collect):
    made = event(DAY + 3610)
    made.origins.insert(0, Origin())
    records, _ = collect([shock(DAY + 3600)], [made])
    assert records[0][0].stats.tng.distance == pytest.approx(61, abs=1)


def test_a_station_that_moved(collect):
    """Its second epoch is 300 km away: P comes 30 s later there than from the first."""
    moved = inventory(epoch=(None, DAY)) + inventory(place=(21.8, -98.0), epoch=(DAY, None))
    records, _ = collect([shock(DAY + 3600)], [event(DAY + 3610, place=(22.2, -98.3))], moved,
                         clock_error=3.0)
    assert records[0][0].stats.tng.distance < 100


def test_a_day_file_of_many_triggers(collect):
    """Above 4 MB, and still each of them is accounted for."""
    busy = [shock(DAY + 2000 * (i + 1), seed=i, npts=36000, rate=200.0, onset=30.0,
                  dtype="float32") for i in range(30)]
    records, found = collect(busy, None)
    assert found.counts["recordings"] == 30
    records, found = collect([], [event(DAY + 2030 - 10)])
    assert len(records) == 1
    assert found.counts["recordings"] == 30
    assert codes(found) == ["no_earthquake"] * 29


def test_continuous_data_is_told(collect):
    data = np.random.default_rng(0).normal(0, 1000, (3, 20 * 360000))
    stream = recording(data, start=DAY + 3600, dtype="int32")
    records, found = collect([stream], None)
    assert records == []
    assert found.counts["continuous"] > 0
    with pytest.raises(TNGInputError, match="continuous data, which take a catalog"):
        list(found)


@pytest.mark.parametrize("dtype", ["int32", "float32"])
@pytest.mark.parametrize("shift", [0.0, 0.003, -0.003])
@pytest.mark.parametrize("rate", [100.0, 99.99999])
def test_recordings_across_midnight(collect, dtype, shift, rate):
    whole = shock(DAY + 86400 - 40, decay=15.0)
    first, second = whole.copy(), whole.copy()
    for a, b in zip(first, second, strict=True):
        a.data, b.data = a.data[:4000], b.data[4000:].astype(dtype)
        b.stats.starttime = DAY + 86400 + shift
        b.stats.sampling_rate = rate
    records, found = collect([first, second], [event(DAY + 86400 - 30)])
    assert found.counts["failed"] == 0
    record, = records
    assert record[0].stats.tng.energy_kept > 0.9
    assert record[0].stats.endtime > DAY + 86400 + 10
    assert np.abs(record[0].data[-1000:]).max() > 0


def test_one_sensor_for_the_whole_run(collect):
    """The shallow one, though the deep one's recording is longer, or is all that there is."""
    made = inventory(location="00", depth=100.0) + inventory(location="10", depth=0.0)
    streams = [shock(DAY + 3600, location="10", npts=7000), shock(DAY + 3600, location="00"),
               shock(DAY + 86400 + 3600, seed=1, location="00"),
               shock(DAY + 2 * 86400 + 3600, seed=2, location="10")]
    days = [event(DAY + 86400 * k + 3610, name=k) for k in range(3)]
    records, found = collect(streams, days, made)
    assert [r[0].stats.location for r in records] == ["10", "10"]
    assert codes(found) == ["other_sensor"] * 2
    assert "location '10' (0 m deep)" in found.rejected[0][1].text
    for wanted in ("00", {"XX.S1": "00"}):
        records, found = collect([], days, made, locations=wanted)
        assert [r[0].stats.location for r in records] == ["00", "00"]
        assert codes(found) == ["other_sensor"] * 2


@pytest.mark.parametrize("depth", [100.0, -30.0])
def test_floors_and_boreholes_of_one_location_code(collect, depth):
    """Only the band code differs; the deeper one, or the roof's, is longer."""
    other = ("BNZ", "BNN", "BNE")
    streams = [shock(DAY + 3600), shock(DAY + 3600, npts=9000, amplitude=3.0, codes=other),
               shock(DAY + 90000, seed=1, npts=9000, amplitude=3.0, codes=other)]
    made = inventory() + inventory(codes=other, depth=depth)
    records, found = collect(streams, [event(DAY + 3610), event(DAY + 90010)], made)
    assert [r[0].stats.tng.source_ids[0] for r in records] == ["XX.S1..HNZ"]
    assert codes(found) == ["other_sensor"] * 2


def test_the_roof_is_not_the_ground(collect):
    streams = [shock(DAY + 3600, location=location) for location in ("10", "20")]
    made = inventory(location="10", depth=-30.0) + inventory(location="20")
    records, _ = collect(streams, [event(DAY + 3610)], made)
    assert [r[0].stats.location for r in records] == ["20"]


def test_several_patterns_of_channels(collect):
    broadband = ("HHZ", "HHN", "HHE")
    streams = [shock(DAY + 3600), shock(DAY + 90000, seed=1, codes=broadband)]
    made = inventory() + inventory(codes=broadband)
    records, _ = collect(streams, [event(DAY + 3610), event(DAY + 90010)], made,
                         channels="HN?, HH?")
    assert [r[0].stats.channel for r in records] == ["HNZ", "HHZ"]


def test_sensors_one_after_the_other(collect):
    """A sensor that replaced another at the same level goes on where it ended."""
    made = (inventory(location="00", epoch=(None, DAY + 86400))
            + inventory(location="10", epoch=(DAY + 86400, None)))
    streams = [shock(DAY + 3600, location="00"), shock(DAY + 86400 + 3600, 1, location="10")]
    records, _ = collect(streams, [event(DAY + 3610), event(DAY + 86400 + 3610)], made)
    assert [r[0].stats.location for r in records] == ["00", "10"]


def test_a_location_that_the_archive_does_not_have(collect):
    made = inventory(location="00") + inventory(location="10", depth=5.0)
    records, _ = collect([shock(DAY + 3600, location="10")], [event(DAY + 3610)], made)
    assert len(records) == 1


def test_strong_motion_before_broadband(collect):
    codes_hh = ("HHZ", "HHN", "HHE")
    made = inventory() + inventory(response("M/S", digitiser=1e9), codes=codes_hh)
    streams = [shock(DAY + 3600), shock(DAY + 3600, npts=8500, codes=codes_hh)]
    records, found = collect(streams, [event(DAY + 3610)], made, channels="H[HN]?")
    assert records[0][0].stats.channel == "HNZ"
    assert codes(found) == ["another_recording"]


def test_channels_that_are_there(collect, tmp_path):
    made = inventory(response("M/S"), codes=("HHZ", "HHN", "HHE"))
    with pytest.raises(TNGInputError, match=r"it has HH\? at 1 stations.*--channels 'HH\?'"):
        collect([], [event(DAY)], made)
    shock(DAY, codes=("HHZ", "HHN", "HHE"))
    folder = tmp_path / "2020/XX/S1/HHZ.D"
    folder.mkdir(parents=True)
    shock(DAY)[:1].write(str(folder / "XX.S1..HHZ.D.2020.125"), format="MSEED")
    with pytest.raises(TNGInputError, match=r"no files of channels '\?N\?'.*'HH\?'"):
        collect_records(
            Client(str(tmp_path)), units="m/s^2", progress=False)


def test_accelerometers_of_older_networks_are_proposed_first(collect):
    made = inventory(response("M/S"), codes=("HHZ", "HHN", "HHE")) + inventory(
        codes=("HLZ", "HLN", "HLE"))
    with pytest.raises(TNGInputError, match=r"--channels 'HL\?'"):
        collect([], [event(DAY)], made)


def test_pieces_that_overlap_with_different_samples(collect):
    """One sample of one component differs: which is right is not known, and the text says it."""
    stream = shock(DAY + 3600)
    pieces = [stream.slice(endtime=DAY + 3640).copy(), stream.slice(DAY + 3630)]
    pieces[0][0].data[-1] += 1000
    records, found = collect(pieces, [event(DAY + 3610)])
    assert records == []
    assert all("pieces of XX.S1..HNZ overlap with different samples" in rejection.text
               for _, rejection in found.rejected)


def test_where_a_station_is():
    """The place of its epoch, the nearest in time outside of all, the first of equals."""
    day = 86400.0
    places = [Place(None, UTCDateTime(10 * day), 1.0, 0.0), Place(UTCDateTime(20 * day),
              UTCDateTime(30 * day), 2.0, 0.0), Place(UTCDateTime(25 * day), None, 3.0, 0.0)]
    times = np.array([0.0, 10.0, 14.0, 16.0, 20.0, 27.0, 31.0]) * day
    assert [place.latitude for place in places_at(places, times)] == [1, 1, 1, 2, 2, 2, 3]
    assert places_at(places[1:2], times) == 7 * places[1:2]


def test_arrivals_of_none():
    assert StationEvents([], [Place(None, None, 0.0, 0.0)]).arrivals == []


def test_a_foreshock_before_the_larger_earthquake(collect):
    """The recording begins nearer to P of the foreshock, and holds the larger earthquake."""
    records, found = collect([shock(DAY + 3600)], [event(DAY + 3580, 4.0), event(DAY + 3610, 5.5)])
    assert [record[0].stats.tng.magnitude for record in records] == [5.5]
    assert found.counts["recordings"] == 1


def test_one_earthquake_listed_twice_with_other_magnitudes(collect):
    records, _ = collect([shock(DAY + 3600)], [event(DAY + 3610, 4.9), event(DAY + 3611.5, 5.6)])
    assert [record[0].stats.tng.magnitude for record in records] == [5.6]


def test_a_recording_that_ends_before_s_of_the_larger_earthquake(collect):
    stream = shock(DAY + 3600, npts=6000)
    records, _ = collect([stream], [event(DAY + 3610, 4.0), event(DAY + 3645, 5.5)])
    assert [record[0].stats.tng.magnitude for record in records] == [4.0]
