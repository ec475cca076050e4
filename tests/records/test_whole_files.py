"""Files are there whole, or as they were."""

import pytest

from obspy_tng.records.whole_files import TEMPORARY, clean_temporaries, replace_file


def test_a_failed_write_leaves_the_file_as_it_was(tmp_path, monkeypatch):
    path = tmp_path / "a"
    replace_file(path, b"old")

    def full(*args):
        raise OSError(28, "No space left on device")

    monkeypatch.setattr("os.replace", full)
    with pytest.raises(OSError, match="No space"):
        replace_file(path, b"new")
    assert path.read_bytes() == b"old"
    assert list(tmp_path.iterdir()) == [path]


def test_what_a_killed_process_leaves(tmp_path):
    kept = tmp_path / "XX.A" / "r.mseed"
    kept.parent.mkdir()
    kept.touch()
    (tmp_path / "XX.A" / f".r.mseed.123{TEMPORARY}").touch()
    (tmp_path / f".sds{TEMPORARY}").mkdir()
    clean_temporaries(tmp_path)
    assert [p for p in tmp_path.rglob("*") if p.is_file()] == [kept]
    assert not (tmp_path / f".sds{TEMPORARY}").exists()
