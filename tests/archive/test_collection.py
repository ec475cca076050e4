"""collect_records on small archives, on the Mexico City archive, and records on disk."""

import copy
import csv
from collections import Counter

import numpy as np
import pytest
from obspy import Catalog, Stream, Trace, UTCDateTime, read_events, read_inventory
from obspy.clients.filesystem.sds import Client
from obspy.core.event import Event, Magnitude, Origin
from scipy import signal

from obspy_tng import collect_records
from obspy_tng.archive.association import Place, StationEvents
from obspy_tng.archive.collect import find_recordings
from obspy_tng.archive.collection import checked_request
from obspy_tng.archive.files import FileClient, archive_contents
from obspy_tng.exceptions import TNGInputError
from obspy_tng.metadata import synthetic_inventory
from obspy_tng.records.folder import read_records, write_records
from obspy_tng.records.info import record_info
from obspy_tng.records.record import check_record
from obspy_tng.records.synthetic import synthetic_record

from ..records import made_up
from .made_up import DAY
from .made_up import event as made_event

RATE = 100.0
ORIGIN = UTCDateTime(2012, 3, 20, 18, 2, 40)
DISTANCE = 1.0  # degrees north of the stations, P after 14 s


def shake(start, length=100.0, onset=20.0, station="S1", seed=0, scale=0.01, codes="ZNE"):
    """A recording in m/s^2 whose strong part begins ``onset`` s after its start."""
    rng = np.random.default_rng(seed)
    t = np.arange(round(length * RATE)) / RATE
    sos = signal.butter(2, [0.5, 10.0], "band", fs=RATE, output="sos")
    data = signal.sosfilt(sos, rng.normal(size=(3, len(t))))
    data *= scale * (np.where(t > onset, np.exp(-np.abs(t - onset) / 10.0), 0) + 1e-3)
    return Stream(Trace(x.astype(np.float32), {
        "network": "XX", "station": station, "channel": "HN" + code, "sampling_rate": RATE,
        "starttime": start}) for x, code in zip(data, codes, strict=True))


def event(time, magnitude=5.0, name="a"):
    return Event(resource_id=f"smi:local/{name}", magnitudes=[Magnitude(mag=magnitude)],
                 origins=[Origin(time=time, latitude=20.0 + DISTANCE, longitude=-99.0, depth=1e4)])


@pytest.fixture
def inventory():
    made = synthetic_inventory(["XX.S1", "XX.S2"], RATE)
    for station in made[0]:
        station.latitude, station.longitude = 20.0, -99.0
        for channel in station:
            channel.code = "HN" + channel.code[-1]
            channel.location_code = ""
            channel.latitude, channel.longitude = 20.0, -99.0
    return made


class Archive:
    """A client as simple as can be; counts what it is asked."""

    def __init__(self, *streams):
        self.stream = sum(streams, Stream())
        self.asked = 0

    def get_waveforms(self, network, station, location, channel, starttime, endtime):
        self.asked += 1
        return self.stream.select(network, station, location, channel).slice(
            starttime, endtime).copy()


@pytest.fixture
def sds(tmp_path):
    """Function that writes Streams into an SDS archive and returns its client."""
    def write(*streams):
        for tr in sum(streams, Stream()):
            stats = tr.stats
            folder = (tmp_path / f"{stats.starttime.year}" / stats.network / stats.station
                      / f"{stats.channel}.D")
            folder.mkdir(parents=True, exist_ok=True)
            name = f"{tr.id}.D.{stats.starttime.strftime('%Y.%j')}"
            with open(folder / name, "ab") as file:
                tr.write(file, format="MSEED")
        return Client(str(tmp_path))
    return write


def collect(*args, **options):
    collection = collect_records(*args, progress=False, **options)
    return list(collection), collection


def test_triggered_recordings(inventory):
    client = Archive(shake(ORIGIN), shake(ORIGIN + 3600, seed=1),
                     shake(ORIGIN, station="S2", seed=2))
    catalog = Catalog([event(ORIGIN), event(ORIGIN + 3600, 6.0, "b")])
    before = copy.deepcopy((catalog, client.stream))
    records, collection = collect(client, inventory, catalog)
    for record in records:
        check_record(record, 100.0, 6000)
    infos = [record_info(record) for record in records]
    assert [(i["record_id"], i["event_id"], i["magnitude"]) for i in infos] == [
        ("XX.S1.20120320T180240", "smi:local/a", 5.0),
        ("XX.S1.20120320T190240", "smi:local/b", 6.0),
        ("XX.S2.20120320T180240", "smi:local/a", 5.0)]
    assert infos[0]["distance"] == pytest.approx(110.7, abs=0.3)
    assert collection.counts == {"units": 4, "accepted": 3, "rejected": 0, "recordings": 3,
                                 "no data": 1}
    assert (catalog, client.stream) == before
    assert "3 accepted" in collection.summary()


def test_it_streams(inventory):
    client = Archive(*(shake(ORIGIN + 3600 * k, seed=k) for k in range(5)))
    catalog = Catalog([event(ORIGIN + 3600 * k, name=k) for k in range(5)])
    collection = collect_records(client, inventory, catalog, stations=["XX.S1"], progress=False)
    assert client.asked == 0
    next(iter(collection))
    assert client.asked == 1
    assert len(list(collection)) == len(list(collection)) == 5  # every iteration anew


def test_continuous_data(inventory):
    """Of an hour of data, what lies around the earthquake."""
    hour = shake(ORIGIN - 1800, 3600.0, onset=1800.0 + 35.0)
    records, _ = collect(Archive(hour), inventory, Catalog([event(ORIGIN)]), stations=["XX.S1"])
    assert len(records) == 1
    start = records[0][0].stats.starttime - ORIGIN
    assert 25 < start <= 35
    assert records[0][0].stats.tng.energy_kept > 0.99


def test_aftershock_in_the_window_of_the_main_shock(inventory):
    hour = shake(ORIGIN - 1800, 3600.0, onset=1835.0)
    for tr, small in zip(hour, shake(ORIGIN + 70, 200.0, seed=5, scale=1e-4), strict=True):
        at = round((small.stats.starttime - tr.stats.starttime) * RATE)
        tr.data[at:at + len(small)] += small.data
    catalog = Catalog([event(ORIGIN, 7.0), event(ORIGIN + 50, 4.0, "b")])
    records, collection = collect(Archive(hour), inventory, catalog, stations=["XX.S1"])
    assert [record_info(r)["event_id"] for r in records] == ["smi:local/a"]
    assert "shaking of a larger earthquake, smi:local/a" in collection.rejected[0][1].text


def test_overlapping_digitisations(inventory):
    """The same recording twice, one a bit longer: the longer one is used, both are told."""
    twice = shake(ORIGIN, 101.0), shake(ORIGIN, 100.0)
    records, collection = collect(Archive(*twice), inventory, Catalog([event(ORIGIN)]))
    assert len(records) == 1
    (_, rejection), = collection.rejected
    assert rejection.code == "another_recording"
    # both begin at once: the one that is used is told by its end
    assert rejection.text.endswith("2012-03-20T18:02:40.000000Z - 2012-03-20T18:04:20.990000Z")
    assert collection.counts["recordings"] == 2


def test_the_next_one_is_taken_where_the_best_is_not_usable(inventory):
    longer = shake(ORIGIN, 101.0)
    longer[1].data[:] = np.clip(longer[1].data, -1e-3, 1e-3)
    records, collection = collect(Archive(longer, shake(ORIGIN, 99.0, seed=1)), inventory,
                                  Catalog([event(ORIGIN)]))
    assert len(records) == 1
    assert collection.rejected[0][1].code == "clipped"


def test_one_recording_filed_twice(inventory):
    client = Archive(shake(ORIGIN), shake(ORIGIN + 365 * 86400))
    catalog = Catalog([event(ORIGIN), event(ORIGIN + 365 * 86400, name="b")])
    records, collection = collect(client, inventory, catalog)
    assert len(records) == 1
    assert "same samples as XX.S1.20120320T180240" in collection.rejected[0][1].text


def test_close_earthquakes_share_no_recording(inventory):
    """Two triggered recordings 5 min apart go to their own earthquakes, each once."""
    client = Archive(shake(ORIGIN, 280.0), shake(ORIGIN + 300, seed=1))
    catalog = Catalog([event(ORIGIN), event(ORIGIN + 300, name="b")])
    records, collection = collect(client, inventory, catalog)
    assert [record_info(r)["event_id"] for r in records] == ["smi:local/a", "smi:local/b"]
    assert collection.counts["recordings"] == 2


def test_clock_off_by_hours_and_unknown_recordings(inventory, sds):
    """Two recordings of two earthquakes share an offset of -6 h; a third fits nothing."""
    client = sds(shake(ORIGIN - 6 * 3600), shake(ORIGIN + 80000 - 6 * 3600, seed=1),
                 shake(ORIGIN + 9 * 86400, seed=3))
    catalog = Catalog([event(ORIGIN), event(ORIGIN + 80000, name="b")])
    records, collection = collect(client, inventory, catalog)
    assert [record_info(r)["event_id"] for r in records] == ["smi:local/a", "smi:local/b"]
    assert [r[2].stats.tng.clock_offset for r in records] == [-6 * 3600] * 2
    assert [(n, r.code) for n, r in collection.rejected] == [
        ("XX.S1.20120329T180240", "no_earthquake")]


def test_a_single_recording_proves_no_clock_offset(inventory, sds):
    """One recording six hours early may be of any shock; the user may know better."""
    client, catalog = sds(shake(ORIGIN - 6 * 3600)), Catalog([event(ORIGIN)])
    with pytest.raises(TNGInputError, match="no earthquake of the catalog fits"):
        collect(client, inventory, catalog)
    for stated in (-6 * 3600, [(ORIGIN - 86400, ORIGIN + 86400, -6 * 3600)]):
        (record,), _ = collect(client, inventory, catalog, clock_offsets={"XX.S1": stated})
        assert record[0].stats.tng.clock_offset == -6 * 3600
    with pytest.raises(TNGInputError, match="no earthquake of the catalog fits"):
        collect(client, inventory, catalog,
                clock_offsets={"XX.S1": [(ORIGIN + 86400, None, -6 * 3600)]})
    for wrong in ({"XX.S9": 3600}, {"XX.S1": "late"}, {"XX.S1": [3600]}):
        with pytest.raises(TNGInputError):
            collect(client, inventory, catalog, clock_offsets=wrong)


def test_sds_without_a_catalog(inventory, sds):
    midnight = UTCDateTime(2012, 3, 21)
    client = sds(shake(midnight - 50), shake(midnight + 7200, seed=1))
    assert {key: len(days) for key, (days, _) in archive_contents(client).items()} == {"XX.S1": 2}
    records, _ = collect(client, inventory, stations=["XX.S1"])
    assert [record_info(r)["record_id"] for r in records] == [
        "XX.S1.20120320T235910", "XX.S1.20120321T020000"]
    assert record_info(records[0])["event_id"] is None
    # neither an inventory: physical units must be given
    again, _ = collect(client, units="m/s^2")
    assert len(again) == 2
    with pytest.raises(TNGInputError, match="counts need an inventory"):
        collect(client)
    some, _ = collect(client, inventory, stations=["XX.S1"], starttime=midnight)
    assert len(some) == 1


def test_other_clients_without_a_catalog(inventory):
    client = Archive(shake(ORIGIN))
    records, _ = collect(client, inventory, starttime=ORIGIN - 86400, endtime=ORIGIN + 86400)
    assert len(records) == 1
    with pytest.raises(TNGInputError, match="starttime and endtime"):
        collect(client, inventory)


def test_one_bad_unit_never_stops_the_run(inventory):
    class Broken(Archive):
        def get_waveforms(self, network, station, *args):
            if station == "S1":
                raise RuntimeError("disk on fire")
            return super().get_waveforms(network, station, *args)

    client = Broken(shake(ORIGIN, station="S2"))
    records, collection = collect(client, inventory, Catalog([event(ORIGIN)]))
    assert len(records) == 1
    assert [(name, r.text) for name, r in collection.rejected] == [
        ("XX.S1/a", "XX.S1/a: RuntimeError: disk on fire")]
    assert collection.counts["failed"] == 1


def test_a_client_that_gives_more_than_it_is_asked_for(inventory):
    class Generous(Archive):
        def get_waveforms(self, *args):
            return self.stream.copy()

    broadband = shake(ORIGIN, 150.0)
    for tr in broadband:
        tr.stats.channel = "HH" + tr.stats.channel[-1]
    client = Generous(shake(ORIGIN), broadband, shake(ORIGIN, station="S2", seed=1),
                      shake(ORIGIN, station="S3", seed=2))
    records, collection = collect(client, inventory, Catalog([event(ORIGIN)]))
    assert [record[0].id for record in records] == ["XX.S1..HNZ", "XX.S2..HNZ"]
    assert collection.counts["rejected"] == 0


def test_recordings_are_matched_by_component():
    long, short = shake(ORIGIN, 101.0), shake(ORIGIN, 100.0)
    late, other = shake(ORIGIN + 500, 50.0), shake(ORIGIN, 30.0, codes="ZNE")
    for tr in other:
        tr.stats.location = "10"
    late.pop(0)
    mixed = Stream([*short[::-1], *late, *long, *other])
    found = find_recordings(mixed)
    assert [sorted((tr.id[-1], tr.stats.npts) for tr in st) for st in found] == [
        [("E", 10100), ("N", 10100), ("Z", 10100)], [("E", 10000), ("N", 10000), ("Z", 10000)],
        [("E", 5000), ("N", 5000)], [("E", 3000), ("N", 3000), ("Z", 3000)]]
    assert len(mixed) == 11
    assert find_recordings(Stream()) == []


def test_nothing_to_collect(inventory, sds, tmp_path):
    catalog = Catalog([event(ORIGIN)])
    with pytest.raises(TNGInputError, match="archive has no data in any of 2 units"):
        collect(Archive(), inventory, catalog)
    with pytest.raises(TNGInputError, match="no match: none of the 0 earthquakes"):
        collect(Archive(), inventory, Catalog())
    with pytest.raises(TNGInputError, match="no match: none of the 1 earthquakes"):
        collect(Archive(), inventory, Catalog([event(UTCDateTime(1850, 1, 1))]))
    with pytest.raises(TNGInputError, match="archive is empty"):
        collect(Client(str(tmp_path)), inventory)
    with pytest.raises(TNGInputError, match="archive has no files"):
        collect(Client(str(tmp_path)))
    shake(ORIGIN)[0].write(str(tmp_path / "some.data"), format="MSEED")
    with pytest.raises(TNGInputError, match=r"no MSEED file has a name like '\*\.mseed'; .*'\*'"):
        collect(FileClient(tmp_path, "flat"))  # not told to do what was done
    flat = shake(ORIGIN)
    flat[0].data[:] = 0
    with pytest.raises(TNGInputError, match=r"no recording of the archive is usable.*constant"):
        collect(Archive(flat), inventory, catalog)


def test_bad_arguments(inventory):
    catalog, client = Catalog([event(ORIGIN)]), Archive(shake(ORIGIN))
    with pytest.raises(TypeError, match="get_waveforms"):
        collect("sds/", inventory, catalog)
    with pytest.raises(TypeError, match="Inventory"):
        collect(client, "stations.xml", catalog)
    with pytest.raises(TypeError, match="Events"):
        collect(client, inventory, ["events.xml"])
    with pytest.raises(TypeError, match=r"unknown options \['windw'\]"):
        collect(client, inventory, catalog, windw=60)
    with pytest.raises(TNGInputError, match=r"stations \['XX.S9'\]"):
        collect(client, inventory, catalog, stations=["XX.S9"])
    with pytest.raises(TNGInputError, match="no channels 'HH"):
        collect(client, inventory, catalog, channels="HH?")
    with pytest.raises(TNGInputError, match="needs an inventory"):
        collect(client, None, catalog)


def test_station_events():
    times = [ORIGIN, ORIGIN + 3600, ORIGIN + 20000]
    events = StationEvents([event(t, name=i) for i, t in enumerate(times)],
                           [Place(None, None, 20.0, -99.0)])
    p = UTCDateTime(events.p[0])
    assert p - ORIGIN == pytest.approx(19, abs=0.5)  # 111 km, 10 km deep, iasp91
    assert events.event_of(p - 100, p) == 0
    assert events.event_of(p + 250, p + 300) is None
    assert events.expects(p + 230, p + 300)
    assert not events.expects(p + 250, p + 300)
    assert events.holds(0, p + 30, p + 100, clock_error=0.0)  # it begins in the surface waves
    assert not events.holds(0, p + 40, p + 100, clock_error=0.0)
    assert not events.holds(0, p + 70, p + 100)
    assert not events.holds(0, p - 100, p - 40)


def test_records_round_trip(inventory, tmp_path):
    records, _ = collect(Archive(shake(ORIGIN), shake(ORIGIN, station="S2", seed=1)), inventory,
                         Catalog([event(ORIGIN)]))
    records.append(synthetic_record(np.random.default_rng(0).normal(size=(3, 500)), 50.0, "YY.G",
                                    tng={"sources": ["a", "b"], "seed": np.int64(3)}))
    before = copy.deepcopy(records)
    assert write_records(iter(records), tmp_path) == 3
    assert records == before
    again = list(read_records(tmp_path))
    for record, other in zip(records, again, strict=True):
        for tr, back in zip(record, other, strict=True):
            np.testing.assert_array_equal(back.data, tr.data)
            assert (back.id, back.stats.starttime, back.stats.sampling_rate) == (
                tr.id, tr.stats.starttime, tr.stats.sampling_rate)
            assert back.stats.tng == tr.stats.tng
            assert back.stats.get("processing") == tr.stats.get("processing")
            assert set(back.stats) == set(tr.stats)
    assert [r[0].stats.station for r in read_records(tmp_path, ["XX.S2"])] == ["S2"]
    assert not list(tmp_path.rglob(".*"))  # no temporary files
    assert write_records(records, tmp_path) == 3  # replaces, byte by byte the same
    assert len(list(read_records(tmp_path))) == 3


@pytest.mark.parametrize(("options", "least"), [
    ({"sampling_rate": 50.0, "window": 120.0}, {"AE02": 34, "BA49": 74, "AL01": 75, "AO24": 37,
                                                "AU46": 28}),
    ({"stations": ["XR.AE02", "XR.AO24"]}, {"AE02": 23, "AO24": 39})])
def test_mexico_accounts_for_every_row(mexico, options, least):
    with open(mexico / "records.csv", encoding="utf-8") as file:
        rows = list(csv.DictReader(file))
    assert len(rows) == 305
    wanted = options.get("stations", {f"{row['network']}.{row['station']}" for row in rows})
    recorded = {}
    for row in rows:
        if f"{row['network']}.{row['station']}" not in wanted:
            continue
        name = (f"{row['network']}.{row['station']}."
                f"{UTCDateTime(row['starttime']).strftime('%Y%m%dT%H%M%S')}")
        recorded.setdefault(name, []).append(row["event_id"])
    catalog = read_events(str(mexico / "events.xml"))
    collection = collect_records(
        Client(str(mexico / "sds")), read_inventory(str(mexico / "stations.xml")), catalog,
        progress=False, **options)
    records = list(collection)
    infos = [record_info(record) for record in records]
    found = Counter([info["record_id"] for info in infos] + [n for n, _ in collection.rejected])
    assert found == {name: len(events) for name, events in recorded.items()}
    assert not collection.counts["failed"]
    accepted = Counter(record[0].stats.station for record in records)
    assert all(accepted[station] >= number for station, number in least.items()), accepted
    npts = round(options.get("sampling_rate", 100.0) * options.get("window", 60.0))
    for record in records:
        check_record(record, options.get("sampling_rate", 100.0), npts)
        assert record[0].stats.tng.energy_kept >= 0.8
    # the earthquake is the one of the list, or listed twice within a few minutes
    times = {str(e.resource_id): e.origins[0].time for e in catalog}
    for info in infos:
        apart = [abs(times[info["event_id"]] - times[name]) for name in recorded[info["record_id"]]]
        assert min(apart) < 400
    known = ("too short", "starts in the middle", "coarse quantisation", "window too short",
             "another recording", "no earthquake", "same samples", "clipped", "stuck",
             "cut in the signal", "does not fit", "neighbouring samples differ")
    assert all(any(k in r.text for k in known) for _, r in collection.rejected)


@pytest.mark.parametrize(("catalog", "hint"), [
    (Event(), r"got Event; \[event\] will do"), ("events.xml", "got str; obspy.read_events")])
def test_a_catalog_that_is_none(catalog, hint):
    with pytest.raises(TypeError, match=hint):
        checked_request(Archive(), catalog, None, None, {})


def test_recordings_outside_of_the_epochs_are_accounted_for(tmp_path):
    """The station's epoch ended the day before: they were neither read nor listed."""
    made_up.recording(1e5 * made_up.shaking(), dtype="int32", start=DAY + 3600).write(
        str(tmp_path / "one.mseed"), format="MSEED")
    closed = made_up.inventory(epoch=(None, DAY - 1))
    collection = collect_records(FileClient(tmp_path, "flat"), closed, [made_event(DAY + 3610)],
                                 sampling_rate=100, window=40, progress=False)
    with pytest.raises(TNGInputError, match="no epoch"):
        list(collection)
    assert [rejection.code for _, rejection in collection.rejected] == ["no_epoch"]
