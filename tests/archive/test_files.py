"""Folders of files under a path template: what the client says of files it cannot read."""

import zipfile

import pytest

from obspy_tng.archive.files import FileClient
from obspy_tng.exceptions import TNGInputError

from ..records.made_up import START, recording, shaking


@pytest.fixture
def trace(tmp_path):
    """A MiniSEED file of one channel."""
    path = tmp_path / "a.mseed"
    recording(shaking(), dtype="int32")[:1].write(str(path), format="MSEED")
    return path


def test_a_file_that_is_none(tmp_path, trace):
    (tmp_path / "b.mseed").write_text("not MiniSEED " * 20)
    client = FileClient(tmp_path, "*.mseed")
    found, = client.files()
    assert found.station == "XX.S1"
    assert found.start == START.timestamp
    assert "b.mseed cannot be read as MSEED: " in client.unreadable["b.mseed"]
    with pytest.raises(TNGInputError, match=r"b\.mseed cannot be read as MSEED: .*; a template"):
        list(FileClient(tmp_path, "b*.mseed").files())


def test_a_zip_is_read_whole_or_must_be_unpacked(tmp_path, trace):
    path = tmp_path / "all.zip"
    with zipfile.ZipFile(path, "w") as file:
        file.write(trace, "a.mseed")
    assert [found.station for found in FileClient(tmp_path, "*.zip").files()] == ["XX.S1"]
    with zipfile.ZipFile(path, "a") as file:
        file.writestr("readme.txt", "what is in here " * 20)
    with pytest.raises(TNGInputError, match=r"all\.zip cannot be read as MSEED: .*; unpack it"):
        list(FileClient(tmp_path, "*.zip").files())


@pytest.mark.parametrize(("options", "message"), [
    ({"template": "{net}/*"}, r"unknown fields \['net'\]"), ({"format": "SAK"}, "got 'SAK'"),
    ({"root": "nowhere"}, "no folder nowhere")])
def test_bad_arguments(tmp_path, options, message):
    with pytest.raises(TNGInputError, match=message):
        FileClient(**{"root": tmp_path, **options})
