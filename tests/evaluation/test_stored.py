"""Samples and measurements on disk are those in memory."""

import numpy as np
import pytest

from obspy_tng import TNGInputError
from obspy_tng.evaluation.axes import Axes
from obspy_tng.evaluation.quantities import QUANTITIES
from obspy_tng.evaluation.recordset import RecordSet
from obspy_tng.evaluation.stored import StoredMeasurements, StoredSamples, read_samples, table_of
from obspy_tng.records.folder import list_records, write_records
from obspy_tng.records.info import record_info
from obspy_tng.records.record import record_to_array
from obspy_tng.records.synthetic import synthetic_record
from obspy_tng.signal import end_at_rest

from .made_up import AXES, RATE, waves


@pytest.fixture(scope="module")
def streams():
    return [synthetic_record(data, RATE, "XX.A", 1e9 + 1e5 * i,
                             {"event_id": f"e{i}", "record_id": f"r{i}"})
            for i, data in enumerate(waves(5))]


@pytest.fixture(scope="module")
def listed(streams, tmp_path_factory):
    folder = tmp_path_factory.mktemp("records")
    write_records(streams, folder)
    return sorted(list_records(folder), key=lambda one: one.info["record_id"])


def test_samples(streams, listed):
    samples = StoredSamples(listed, AXES)
    assert len(samples) == 5
    expected = np.stack([record_to_array(st) for st in streams]).astype(np.float32)
    np.testing.assert_array_equal(samples[[3, 0]], expected[[3, 0]])
    at_rest = StoredSamples(listed, AXES, at_rest=True)[[1]]
    np.testing.assert_allclose(at_rest[0], end_at_rest(expected[1].astype(float), RATE),
                               atol=1e-6 * np.abs(expected[1]).max())
    other = Axes(100.0, 4000, 0.25, 20.0)
    with pytest.raises(TNGInputError, match="sampling_rate"):
        read_samples([listed[0].path], other)


def test_figures_of_tables(streams, listed, tmp_path):
    """Two tables in a row, as a run stores batches; then as figures of a set."""
    infos = [record_info(st) for st in streams]
    whole = RecordSet(StoredSamples(listed, AXES), AXES, infos, "a")
    for i, part in enumerate(([0, 1, 2], [3, 4])):
        np.save(tmp_path / f"{i}.npy", table_of(whole.take(part)))
    figures = StoredMeasurements([tmp_path / "0.npy", tmp_path / "1.npy"])
    assert all(name in figures for name in (*QUANTITIES, "f0"))
    assert "beauty" not in figures
    stored = RecordSet(None, AXES, infos, "a")
    stored.measurements = figures
    for name in ("hvsr", "f0", "eas", "arrivals"):
        np.testing.assert_array_equal(getattr(stored, name), getattr(whole, name))
    for key, values in whole.intensity.items():
        np.testing.assert_array_equal(stored.intensity[key], values)
    figures.release()
    assert "eas" not in figures._known
    assert "arrivals" in figures._known
    np.testing.assert_array_equal(stored.eas, whole.eas)  # and it is read again
