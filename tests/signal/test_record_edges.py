"""Edges of records: tapers as prepare_record makes them, coda with its own decay."""

import numpy as np
import pytest

from obspy_tng.records import prepare
from obspy_tng.signal import record_edges


@pytest.mark.parametrize("lead", [0.1, 1.0, 5.0])
def test_tapers_are_those_of_prepared_records(lead):
    data = np.ones((3, 2000))
    np.testing.assert_allclose(data * record_edges.edge_taper(2000, 100.0, lead),
                               prepare.taper_ends(data, lead, 100.0), atol=1e-6)


def test_decay_of_an_exponential_coda():
    t = np.arange(2000)
    data = np.exp(-t / 300) * np.random.default_rng(0).standard_normal((3, 2000))
    assert record_edges.coda_decay(data, 0, 2000) == pytest.approx(1 / 300, rel=0.05)
    extended = record_edges.extend(data, 0, 1500, 600)
    late = extended[:, 600 + 1500:600 + 2100].std() / extended[:, 600 + 900:600 + 1500].std()
    assert late == pytest.approx(np.exp(-600 / 300), rel=0.2)


def test_untapered_part():
    first, end = record_edges.untapered(6000, 100.0, 5.0)
    window = record_edges.edge_taper(6000, 100.0, 5.0)
    assert (window[first:end] == 1).all()
    assert first < 105
    assert end > 5690


def test_only_noise_is_mirrored_before_p():
    rng = np.random.default_rng(0)
    data = np.where(np.arange(2000) < 200, 1e-3, 1.0) * rng.standard_normal((3, 2000))
    extended = record_edges.extend(data, 20, 1900, 900, quiet=190)
    assert np.abs(extended[:, :900]).max() < 0.01
    np.testing.assert_array_equal(extended[:, 900:900 + 1880], data[:, 20:1900])
    np.testing.assert_array_equal(extended[:, 899:730:-1], data[:, 21:190])
    for quiet in (None, 21):  # no noise to mirror
        assert np.abs(record_edges.extend(data, 20, 1900, 900, quiet)[:, :700]).max() > 1
