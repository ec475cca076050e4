"""The manifest: units, results, and the lock of a folder."""

import pytest

from obspy_tng.exceptions import TNGException, TNGInputError
from obspy_tng.records.packing import PackedRecord
from obspy_tng.records.rejection import RejectedRecord
from obspy_tng.runs.job import Result, WorkUnit
from obspy_tng.runs.manifest import Manifest

REJECTED = RejectedRecord("too_short", 3.0, 60.0, "too short: 3 s")


def packed(name, station="XX.A"):
    return PackedRecord(station, name, f"{station}/{name}.mseed", b"content", b"{}",
                        (1.0, 2.0, 3.0))


@pytest.fixture
def manifest(tmp_path):
    with Manifest(tmp_path) as manifest:
        manifest.plan([(i, WorkUnit(f"u{i}", {"number": i}, [["f", 1, i]])) for i in range(3)])
        yield manifest


def test_units_in_order(manifest):
    assert [unit.id for unit in manifest.pending()] == ["u0", "u1", "u2"]
    assert next(manifest.pending()) == WorkUnit("u0", {"number": 0}, [["f", 1, 0]])
    manifest.finish("u1", Result([packed("a")], [("r", REJECTED)], {"recordings": 2}))
    manifest.finish("u0", Result(error="OSError: no"))
    assert [unit.id for unit in manifest.pending()] == ["u2"]
    assert dict(manifest.statuses()) == {"done": 1, "failed": 1, "pending": 1}
    assert list(manifest.failed()) == [("u0", "OSError: no")]
    assert list(manifest.finished()) == [("u1", {"recordings": 2}, [("r", REJECTED)])]


def test_records_and_paths(manifest):
    manifest.finish("u2", Result([packed("b"), packed("a", "XX.B")]))
    manifest.finish("u0", Result([packed("c")]))
    assert [(r["unit"], r["record_id"]) for r in manifest.records()] == [
        ("u0", "c"), ("u2", "b"), ("u2", "a")]
    assert next(manifest.records())["peaks"] == [1.0, 2.0, 3.0]
    assert manifest.paths("u2") == ["XX.A/b.mseed", "XX.B/a.mseed"]
    assert manifest.taken("u2", "XX.A/c.mseed")
    assert not manifest.taken("u0", "XX.A/c.mseed")  # its own
    manifest.finish("u2", Result())  # done again
    assert manifest.paths("u2") == []


def test_inputs_that_changed(manifest):
    for i in range(3):
        manifest.finish(f"u{i}", Result())
    plan = [(0, WorkUnit("u0", {}, [["f", 1, 0]])), (1, WorkUnit("u1", {}, [["f", 2, 1]])),
            (2, WorkUnit("u2", {}, [])), (3, WorkUnit("u3", {}, None))]
    assert manifest.plan(plan) == ["u1"]  # files that were removed are no reason
    manifest.reset(["u1"])
    assert [unit.id for unit in manifest.pending()] == ["u1", "u3"]


def test_settings_agree(manifest, tmp_path):
    manifest.agree("collect", {"window": 60.0, "stations": None})
    manifest.agree("collect", {"window": 60.0, "stations": None})
    with pytest.raises(TNGInputError, match=r"other settings: window was 60\.0, is 30\.0\. Give"):
        manifest.agree("collect", {"window": 30.0, "stations": None})
    assert manifest.about("settings")["window"] == 60.0
    assert manifest.about("nothing") is None


def test_a_run_without_records_may_begin_again(manifest):
    manifest.agree("collect", {"window": 60.0})
    manifest.note("extent", [1, 2])
    manifest.finish("u1", Result(rejected=[("r", REJECTED)]))
    with pytest.raises(TNGInputError, match="other settings"):
        manifest.agree("collect", {"window": 30.0})
    with pytest.raises(TNGInputError, match="other settings"):
        manifest.agree("generate", {"window": 60.0}, restart=True)
    manifest.agree("collect", {"window": 30.0}, restart=True)
    assert manifest.about("settings")["window"] == 30.0
    assert manifest.about("extent") is None
    assert not manifest.statuses()


def test_a_run_with_records_does_not(manifest):
    manifest.agree("collect", {"window": 60.0})
    manifest.finish("u1", Result([packed("a")]))
    with pytest.raises(TNGInputError, match="other settings"):
        manifest.agree("collect", {"window": 30.0}, restart=True)


def test_one_run_at_a_time(manifest, tmp_path):
    with pytest.raises(TNGException, match="another run is at work"):
        Manifest(tmp_path)
    other = tmp_path / "other"
    other.mkdir()
    (other / "manifest.sqlite").write_bytes(b"no database " * 100)
    with pytest.raises(TNGException, match="cannot be used"):
        Manifest(other)


def test_parts_are_taken_over(manifest, tmp_path):
    part = tmp_path / "part"
    part.mkdir()
    with Manifest(part) as other:
        other.plan([(1, WorkUnit("u1", {"number": 1})), (7, WorkUnit("u7", {}))])
        other.finish("u1", Result([packed("a")]))
        manifest.adopt(other)
    assert dict(manifest.statuses()) == {"done": 1, "pending": 3}
    assert manifest.paths("u1") == ["XX.A/a.mseed"]


def test_looked_at_where_the_folder_cannot_be_written(tmp_path):
    """Shared folders of records are often read-only: `obspy-tng info` works there as well."""
    with Manifest(tmp_path) as manifest:
        manifest.plan([(0, WorkUnit("u0", {}, None))])
        manifest.finish("u0", Result([packed("a")]))
    before = {path.name: path.read_bytes() for path in tmp_path.iterdir()}
    with Manifest(tmp_path, read_only=True) as manifest:
        assert dict(manifest.statuses()) == {"done": 1}
        assert [record["record_id"] for record in manifest.records()] == ["a"]
        with pytest.raises(TNGException, match="cannot be written"):
            manifest.reset(["u0"])
    assert {path.name: path.read_bytes() for path in tmp_path.iterdir()} == before
