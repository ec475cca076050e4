"""From the manifest to the files of a run: what is kept, missing, removed and listed."""

import pytest

from obspy_tng.exceptions import TNGInputError
from obspy_tng.records.packing import PackedRecord, write_packed
from obspy_tng.records.rejection import RejectedRecord
from obspy_tng.runs import outputs
from obspy_tng.runs.job import Result, WorkUnit
from obspy_tng.runs.manifest import Manifest


def packed(name, peaks=(1.0, 2.0, 3.0)):
    return PackedRecord("XX.A", name, f"XX.A/{name}.mseed", name.encode() * 9, b"{}", peaks)


@pytest.fixture
def manifest(tmp_path):
    """Three units with a record each, the last one the same as the first; one that failed."""
    with Manifest(tmp_path) as manifest:
        manifest.plan([(i, WorkUnit(f"u{i}", {})) for i in range(4)])
        for i, peaks in enumerate([(1.0, 2.0, 3.0), (4.0, 5.0, 6.0), (1.0, 2.0, 3.0)]):
            record = packed(f"r{i}", peaks)
            write_packed(record, tmp_path)
            rejected = [("x", RejectedRecord("too_short", 1.0, 2.0, "too short: 1 s"))]
            manifest.finish(f"u{i}", Result([record], rejected if i == 1 else [], {"read": 2}))
        manifest.finish("u3", Result(error="OSError:\n  gone"))
        yield manifest


def test_records_that_are_kept(manifest):
    kept = {record["record_id"]: reason for record, reason in
            outputs.select_records(manifest, unique=True)}
    assert kept["r0"] is kept["r1"] is None
    assert kept["r2"].text == "r2: same samples as r0"
    assert all(reason is None for _, reason in outputs.select_records(manifest, unique=False))


def test_missing_and_cut_files(manifest, tmp_path):
    assert outputs.missing(manifest, tmp_path, True) == []
    (tmp_path / "XX.A" / "r1.mseed").write_bytes(b"cut")
    (tmp_path / "XX.A" / "r0.json").unlink()
    assert outputs.missing(manifest, tmp_path, True) == ["u0", "u1"]


def test_only_what_is_kept_stays(manifest, tmp_path):
    write_packed(packed("left_by_a_killed_unit"), tmp_path)
    outputs.tidy(manifest, tmp_path, unique=True)
    assert sorted(p.name for p in (tmp_path / "XX.A").iterdir()) == [
        "r0.json", "r0.mseed", "r1.json", "r1.mseed"]


def test_lists(manifest, tmp_path):
    counts = outputs.write_lists(manifest, tmp_path, unique=True)
    assert {key: counts[key] for key in ("units", "failed", "accepted", "rejected", "read")} == {
        "units": 4, "failed": 1, "accepted": 2, "rejected": 1, "read": 6}
    assert (tmp_path / outputs.REJECTED).read_text().splitlines() == [
        "x\ttoo_short\ttoo short: 1 s", "r2\tsame_samples\tr2: same samples as r0"]
    assert (tmp_path / outputs.FAILED).read_text() == "u3\tOSError: gone\n"
    assert outputs.first_rejection(tmp_path) == "too short: 1 s"
    manifest.finish("u3", Result())
    outputs.write_lists(manifest, tmp_path, unique=True)
    assert not (tmp_path / outputs.FAILED).exists()


def test_records_of_somebody_else(tmp_path):
    outputs.refuse_foreign_records(tmp_path)
    write_packed(packed("r"), tmp_path)
    with pytest.raises(TNGInputError, match="has records that no run made"):
        outputs.refuse_foreign_records(tmp_path)
