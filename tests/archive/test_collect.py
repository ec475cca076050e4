"""Recordings in what a client returned: one trace per component, of one sensor."""

from obspy import Stream

from obspy_tng.archive.collect import find_recordings

from ..records.made_up import START, recording, shaking


def piece(start=0.0, npts=2000, **options):
    return recording(shaking(npts=npts), start=START + start, **options)


def codes(found):
    return sorted(tr.stats.channel for tr in found)


def test_channels_of_one_recording_belong_together():
    stream = piece()
    before = stream.copy()
    found, = find_recordings(stream[::-1])
    assert codes(found) == ["HNE", "HNN", "HNZ"]
    assert stream == before


def test_recordings_one_after_the_other_and_over_each_other():
    late, twice = piece(100.0, npts=3000), piece(100.1, npts=2990)
    found = find_recordings(piece() + late + twice)
    assert [st[0].stats.npts for st in found] == [3000, 2990, 2000]  # the longest first
    assert all(codes(st) == ["HNE", "HNN", "HNZ"] for st in found)
    assert len({str(tr.stats.starttime) for tr in found[0]}) == 1


def test_sensors_remain_separate():
    found = find_recordings(piece(location="00") + piece(location="10")
                            + piece(codes=("HHZ", "HHN", "HHE"), location="00"))
    assert len(found) == 3
    assert all(len({(tr.stats.location, tr.stats.channel[:2]) for tr in st}) == 1 for st in found)


def test_a_missing_component_and_single_samples():
    short = piece()
    short[0].data = short[0].data[:1]
    found, = find_recordings(short)
    assert codes(found) == ["HNE", "HNN"]
    assert find_recordings(Stream()) == []


def test_a_gap_in_one_component_divides_the_recording():
    """As a gap in all of them does; 8 s of one were no match for 20 s of the others before."""
    whole = piece()
    first, second = whole.copy().trim(None, START + 8), whole.copy().trim(START + 8.5)
    for gaps in ("E", "NE", "ZNE"):
        stream = Stream()
        for tr in whole:
            stream += (Stream([*first.select(id=tr.id), *second.select(id=tr.id)])
                       if tr.stats.channel[-1] in gaps else Stream([tr]))
        found = find_recordings(stream)
        assert [codes(st) for st in found] == [["HNE", "HNN", "HNZ"]] * 2
        assert [{tr.stats.npts for tr in st} for st in found] == [{1150}, {801}]
        assert found[0][0].stats.starttime == START + 8.5
    assert all(tr.stats.npts == 2000 for tr in whole)


def test_a_component_that_ends_early_or_begins_late():
    for first, last in ((0, 12), (6, 20)):
        stream = piece()
        stream[2].trim(START + first, START + last - 0.01)
        found = find_recordings(stream)
        assert [codes(st) for st in found] == [["HNE", "HNN", "HNZ"], ["HNN", "HNZ"]]
        assert {tr.stats.npts for tr in found[0]} == {100 * (last - first)}
        assert {tr.stats.npts for tr in found[1]} == {2000 - 100 * (last - first)}
        assert all(tr.stats.starttime == START + first for tr in found[0])
    stream = piece()
    stream[2].trim(START, START + 19)  # a little is cut when the record is prepared
    assert [tr.stats.npts for tr in find_recordings(stream)[0]] == [2000, 2000, 1901]
