"""Archives of other layouts, and from services."""

import os
import shutil

import numpy as np
import pytest
from obspy import UTCDateTime, read
from obspy.clients.filesystem.sds import Client

from obspy_tng.archive.files import FileClient, archive_contents, changed_files, files_of
from obspy_tng.exceptions import TNGInputError
from obspy_tng.records.folder import read_records
from obspy_tng.runs.collect import _Reader

LAYOUTS = {
    "bud": "{n}/{s}/{s}.{n}.{l}.{c}.{y}.{d}",
    "{year}/{month}/{day}/{network}_{station}_*_{channel}.mseed": "{y}/{m}/{D}/{n}_{s}_x_{c}.mseed",
    "{network}.{station}/**/*.mseed": "{n}.{s}/deep/er/{c}-{y}-{d}.mseed",
    "flat": "{n}{s}{c}{y}{d}.mseed",
}


@pytest.fixture(params=LAYOUTS)
def other(request, data, tmp_path):
    """The simulated archive in another layout: its client."""
    for path in (data.folder / "sds").rglob("*.D.*.*"):
        n, s, loc, c, _, y, d = path.name.split(".")
        when = UTCDateTime(year=int(y), julday=int(d))
        new = tmp_path / "other" / LAYOUTS[request.param].format(
            n=n, s=s, l=loc, c=c, y=y, d=d, m=f"{when.month:02d}", D=f"{when.day:02d}")
        new.parent.mkdir(parents=True, exist_ok=True)
        shutil.copyfile(path, new)
    return FileClient(tmp_path / "other", request.param)


def test_same_records_from_any_layout(data, reference_run, other, tmp_path):
    result = data.run(tmp_path / "r", other)
    assert result.complete
    assert result.counts["accepted"] == 16
    made = {str(p.relative_to(tmp_path / "r")): p.read_bytes()
            for p in (tmp_path / "r").glob("*/*")}
    assert made == {name: content for name, content in reference_run.items() if "/" in name}


def days_of(client):
    """Dict station id -> days with data."""
    return {station: days for station, (days, _) in archive_contents(client).items()}


def test_days_and_waveforms_are_those_of_the_sds_client(data, other):
    client = data.client()
    assert days_of(other) == days_of(client)
    for unit_start in (UTCDateTime(day) for day in sorted(days_of(client)["SM.S001"])[:3]):
        for start, end in ((unit_start, unit_start + 86400), (unit_start - 60, unit_start + 7200)):
            mine = other.get_waveforms("SM", "S001", "*", "?N?", start, end)
            theirs = client.get_waveforms("SM", "S001", "*", "?N?", start, end)
            assert sorted(tr.id for tr in mine) == sorted(tr.id for tr in theirs)
            for tr in theirs:
                same, = mine.select(id=tr.id)
                np.testing.assert_array_equal(same.data, tr.data)
                assert same.stats.starttime == tr.stats.starttime


def test_sds_client_with_another_fmtstr(data, tmp_path):
    client = Client(str(data.folder / "sds"))
    assert len(list(files_of(client).files("SM.S001"))) == 24
    client.FMTSTR = os.path.join("{network}", "{station}.{channel}.{year}.{doy:03d}")
    assert files_of(client).template == "{network}/{station}.{channel}.{year}.{doy}"
    assert days_of(client) == {}


def test_clients_without_files():
    assert files_of(object()) is None
    assert archive_contents(object()) is None


def test_templates_that_make_no_sense(tmp_path):
    with pytest.raises(TNGInputError, match=r"unknown fields \['sta'\]"):
        FileClient(tmp_path, "{sta}.mseed")
    with pytest.raises(TNGInputError, match="no folder"):
        FileClient(tmp_path / "nowhere")
    (tmp_path / "x.mseed").write_text("nothing")
    with pytest.raises(TNGInputError, match=r"x.mseed cannot be read as MSEED"):
        list(FileClient(tmp_path, "flat").files())
    # a name that is no date is no file of the archive
    for name in ("XX.S1.2020.999", "XX.S1.2021.000", "XX.S1.year.doy", "XX.S1.2020.366"):
        (tmp_path / name).write_text("")
    found = FileClient(tmp_path, "{network}.{station}.{year}.{doy}").files()
    assert [file.path for file in found] == ["XX.S1.2020.366"]


def test_changed_files(tmp_path):
    path = tmp_path / "a"
    path.write_bytes(b"1234")
    mark = ["a", 4, path.stat().st_mtime_ns]
    assert changed_files(tmp_path, [mark]) is None
    path.write_bytes(b"12345")
    assert "a was changed" in changed_files(tmp_path, [mark])
    path.unlink()
    assert "a was removed" in changed_files(tmp_path, [mark])


class Service:
    """Like ObsPy's FDSN client: writes what it downloads to ``filename``."""

    base_url = "service of the tests"

    def __init__(self, client):
        self.client = client

    def get_waveforms(self, *args, filename=None):
        stream = self.client.get_waveforms(*args)
        if not stream:
            raise FDSNNoDataException("nothing")
        if filename is None:
            return stream
        return stream.write(filename, format="MSEED")


class FDSNNoDataException(Exception):
    """As ObsPy's, by name."""


def test_services(data, tmp_path, monkeypatch):
    """No files, no days; the events' data come through ``filename`` and are read under the lock."""
    monkeypatch.setattr(Service, "__module__", "obspy.clients.fdsn.client")
    start, end = data.catalog[0].origins[0].time, data.catalog[0].origins[0].time + 300
    args = ("SM", "S001", "*", "?N?", start, end)
    direct, through = _Reader(data.client()), _Reader(Service(data.client()))
    assert len(direct.get_waveforms(*args)) == len(through.get_waveforms(*args)) == 3
    assert direct.hash == through.hash
    result = data.run(tmp_path / "r", Service(data.client()), workers=2)
    assert result.counts["units"] == 16
    assert result.complete
    assert len(list(read_records(tmp_path / "r"))) == 16


def test_headers_are_read_once(data, tmp_path, monkeypatch):
    for path in list((data.folder / "sds").rglob("*.D.*.*"))[:6]:
        shutil.copyfile(path, tmp_path / f"{path.name}.mseed")
    calls = []

    def counting(*args, **kwargs):
        calls.append(args)
        return read(*args, **kwargs)

    monkeypatch.setattr("obspy_tng.archive.files.read", counting)
    client = FileClient(tmp_path, "flat")
    assert len(list(client.files())) == len(list(client.files())) == len(calls) == 6
