"""The three traces of one sensor: codes, rates, times."""

import numpy as np
import pytest

from obspy_tng import prepare_record
from obspy_tng.records.rejection import RecordRejectedError

from .made_up import recording, shaking


@pytest.mark.parametrize(("raw", "nominal"), [
    (199.9999, 200), (200.0001, 200), (99.999, 100), (100.04, 100), (249.99, 250), (62.5, 62.5),
    (62.501, 62.5), (124.99, 125), (500.2, 500)])
def test_rates_with_clock_drift(raw, nominal):
    """A header rate a little off is the nominal one; the shape stays."""
    rate = 50.0
    data = shaking(npts=int(80 * nominal), rate=nominal)
    want = prepare_record(recording(data, nominal), units="m/s^2", sampling_rate=rate, window=40)
    got = prepare_record(recording(data, raw), units="m/s^2", sampling_rate=rate, window=40)
    for tr, other in zip(got, want, strict=True):
        np.testing.assert_allclose(tr.data, other.data, atol=1e-3 * np.abs(other.data).max())


def test_components_whose_header_rates_differ():
    stream = recording(shaking())
    stream[1].stats.sampling_rate = 99.9999
    prepare_record(stream, units="m/s^2", window=40)
    stream[1].stats.sampling_rate = 99.0
    with pytest.raises(RecordRejectedError, match="sampling rates differ"):
        prepare_record(stream, units="m/s^2", window=40)
