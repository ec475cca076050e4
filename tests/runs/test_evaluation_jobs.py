"""Units of the runs of an evaluation, done one by one."""

import io
from pathlib import Path

import numpy as np
import pytest
from obspy.signal.cross_correlation import correlate

from obspy_tng import simulate_network
from obspy_tng.evaluation.stored import read_samples
from obspy_tng.records.folder import write_records
from obspy_tng.runs.evaluate import Inputs
from obspy_tng.runs.evaluation_jobs import CorrelateJob, MeasureJob, correlate_unit, measure_unit


@pytest.fixture(scope="module")
def inputs(tmp_path_factory):
    """16 real and 6 "generated" records of one station."""
    folder = tmp_path_factory.mktemp("jobs")
    records = simulate_network(1, 22, seed=3, sampling_rate=50.0, window=16.0).records
    write_records(records[:16], folder / "real")
    write_records(records[16:], folder / "made")
    return Inputs(folder / "real", {"made": folder / "made"}, None, None, None)


def paths_of(groups):
    return {r.path for group in groups.values() for r in group}


def plain_correlation(first, second):
    """Highest correlation of two records over lags and horizontals, by ObsPy."""
    return max(np.abs(correlate(a, b, len(a) - 1)).max()
               for a, b in zip(first[1:], second[1:], strict=True))


def test_every_record_is_measured_once(inputs):
    units = list(MeasureJob(inputs).plan())
    files = [path for unit in units for path, *_ in unit.files]
    assert len(files) == len(set(files)) == 22
    assert set(map(Path, files)) == set(map(Path, paths_of(inputs.real)
                                            | paths_of(inputs.generators["made"])))
    assert len({unit.id for unit in units}) == len(units)


def test_a_unit_leaves_out_what_cannot_be_read_and_ends_where_a_file_changed(inputs, tmp_path):
    unit = next(iter(MeasureJob(inputs).plan()))
    result = measure_unit(inputs.axes, unit.spec, unit.files)
    assert result.counts == {"measured": len(unit.files), "rejected": 0}
    path, size, mtime = unit.files[0]
    broken = tmp_path / Path(path).name
    broken.write_bytes(Path(path).read_bytes()[:-512])
    stat = broken.stat()
    result = measure_unit(inputs.axes, unit.spec, [
        [str(broken), stat.st_size, stat.st_mtime_ns], *unit.files[1:]])
    assert result.counts == {"measured": len(unit.files) - 1, "rejected": 1}
    assert result.rejected[0][0] == broken.stem
    changed = measure_unit(inputs.axes, unit.spec, [[str(broken), size, mtime]])
    assert "was changed during the run" in changed.error


def test_correlations_are_those_of_the_samples(inputs):
    job = CorrelateJob(inputs.axes, *inputs.sets(), False, 0, 2)
    units = list(job.plan())
    assert {unit.spec["pair"] for unit in units} == set(job.pairs) != set()
    for unit in units:
        task, (axes, spec, rows, columns) = job.task(unit)
        assert task is correlate_unit
        piece, = task(axes, spec, rows, columns).records
        stored = np.load(io.BytesIO(piece.content))
        for row, path in zip(stored, rows, strict=True):
            first = read_samples([path], axes)
            for value, other in zip(row, columns, strict=True):
                expected = plain_correlation(first[0], read_samples([other], axes)[0])
                assert value == pytest.approx(expected, abs=1e-5)
