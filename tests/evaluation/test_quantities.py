"""Quantities are measured once, in chunks, and only of the records that are asked for."""

import numpy as np
import pytest

from obspy_tng.evaluation import recordset
from obspy_tng.evaluation.quantities import FOR_SOME, QUANTITIES, measurements

from .made_up import AXES, records, waves


@pytest.fixture(scope="module")
def real():
    return records(waves(30))


def test_steps_of_more_records_at_a_time(real, monkeypatch):
    """The chunk is larger where steps in time have a cost of their own; nothing else changes."""
    sizes = []
    inner = recordset.signal.inelastic_ratio
    monkeypatch.setattr(recordset.signal, "inelastic_ratio",
                        lambda data, *rest: sizes.append(len(data)) or inner(data, *rest))
    whole = records(real.data[np.arange(40) % 30]).inelastic
    assert sizes == [40]  # more than quantities.CHUNK
    alone = [records(real.data[[i]]).inelastic[0] for i in (0, 7, 29)]
    np.testing.assert_allclose(alone, whole[[0, 7, 29]], rtol=1e-9)


def test_waveform_of_the_records_that_are_asked_for(real, monkeypatch):
    """Features are measured once, for these records only, and a part without records has none."""
    measured = []
    inner = recordset.waveform_features
    monkeypatch.setattr(recordset, "waveform_features",
                        lambda data, bands: measured.append(len(data)) or inner(data, bands))
    some = records(real.data)
    first, second = some.take([4, 2, 4]).waveform, some.take([2, 9]).waveform
    assert measured == [2, 1]
    whole = inner(real.data.astype(float), AXES.bands)
    for group, values in whole.items():
        np.testing.assert_allclose(first[group], values[[4, 2, 4]], rtol=1e-9, atol=1e-12)
        np.testing.assert_allclose(second[group], values[[2, 9]], rtol=1e-9, atol=1e-12)
        assert some.take([]).waveform[group].shape == (0, values.shape[1])


def test_sets_share_chunks_of_many_records(real, monkeypatch):
    """All sets of an evaluation in one chunk; each is measured as it is alone, and only once."""
    sizes = []
    inner = recordset.signal.inelastic_ratio
    monkeypatch.setattr(recordset.signal, "inelastic_ratio",
                        lambda data, *rest: sizes.append(len(data)) or inner(data, *rest))
    first, second = records(real.data[:7]), records(real.data[7:12])
    for measure_some in measurements([first, second.take([0, 3]), first.take([2])]):
        measure_some()
    assert sizes == [12]
    for name in QUANTITIES:
        alone = getattr(records(real.data[7:12]), name)
        if name not in FOR_SOME and not isinstance(alone, dict):
            np.testing.assert_allclose(getattr(second, name), alone, rtol=1e-9, err_msg=name)
    assert set(first.measurements) == set(second.measurements) == {*QUANTITIES} - {*FOR_SOME}
    assert not first.measured_records
