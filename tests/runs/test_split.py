"""Records divided by earthquake, again and again."""

import pytest

from obspy_tng import simulate_network
from obspy_tng.exceptions import TNGInputError
from obspy_tng.records.folder import read_records, write_records
from obspy_tng.runs.split import HELD_BACK, KNOWN, split_folder

from .conftest import contents


@pytest.fixture(scope="module")
def records():
    return simulate_network(2, 10, seed=1, sampling_rate=20.0, window=10.0).records


def events(folder):
    return {record[0].stats.tng.event_id for record in read_records(folder)}


def test_no_earthquake_on_both_sides(records, tmp_path):
    """At all stations; the same again; the folder of the records stays as it was."""
    write_records(records, tmp_path / "r")
    result = split_folder(tmp_path / "r", tmp_path / "s", hold_out=0.3)
    assert result.earthquakes == (7, 3)
    assert result.records == (14, 6)
    known, held = events(tmp_path / "s" / KNOWN), events(tmp_path / "s" / HELD_BACK)
    assert len(known) == 7
    assert not known & held
    files = contents(tmp_path / "s")
    assert split_folder(tmp_path / "r", tmp_path / "s", hold_out=0.3) == result
    assert contents(tmp_path / "s") == files
    assert len(list(read_records(tmp_path / "r"))) == 20
    assert events(tmp_path / "s" / KNOWN) == known


def test_an_earthquake_that_is_listed_twice_stays_known(records, tmp_path):
    """Two events within three minutes are one: what was held back follows what was known."""
    write_records(records, tmp_path)
    split_folder(tmp_path, hold_out=0.5)
    known, held = (next(iter(sorted(events(tmp_path / side)))) for side in (KNOWN, HELD_BACK))
    one = next(r for r in records if r[0].stats.tng.event_id == known)[0].stats
    start, listed = one.starttime, one.tng
    twins = [r.copy() for r in records if r[0].stats.tng.event_id == held]
    for twin in twins:
        for tr in twin:
            tr.stats.starttime = start + 60
            tr.stats.tng.update({"magnitude": listed.magnitude, "distance": None})
    write_records(twins, tmp_path)  # in place of the records that were held back
    split_folder(tmp_path, hold_out=0.5)
    assert {known, held} <= events(tmp_path / KNOWN)
    assert held not in events(tmp_path / HELD_BACK)


def test_records_that_are_gone(records, tmp_path):
    write_records(records, tmp_path)
    split_folder(tmp_path, hold_out=0.5)
    for path in (tmp_path / "SM.S001").iterdir():
        path.unlink()
    assert sum(split_folder(tmp_path, hold_out=0.5).records) == 10
    assert len(list(tmp_path.glob("*/*/*.mseed"))) == 10


@pytest.mark.parametrize("hold_out", [0, 1, -0.5, 1.5, True, "0.5", float("nan")])
def test_bad_share(records, tmp_path, hold_out):
    with pytest.raises(TNGInputError, match="seed must be an integer >= 0, got -1"):
        split_folder(tmp_path, seed=-1)
    with pytest.raises((TNGInputError, TypeError), match="hold_out must"):
        split_folder(tmp_path, hold_out=hold_out)
