"""Spectra of records of different rates and lengths, and scaled records."""

import numpy as np
import pytest

from obspy_tng.records.record import record_to_array
from obspy_tng.signal import response_spectra, rotd
from obspy_tng.suites.spectra import ln_spectra, scaled_record

PERIODS = [0.2, 1.0]


def test_any_rates_and_lengths(noise_records):
    first, second, third = (r.copy() for r in noise_records[:3])
    second.trim(second[0].stats.starttime, second[0].stats.endtime - 5)
    third.resample(100.0)
    found = ln_spectra([first, second, third, first], PERIODS)
    for record, row in zip([first, second, third], found, strict=False):
        _, psa = rotd(record_to_array(record), record[0].stats.sampling_rate, PERIODS)
        np.testing.assert_allclose(row, np.log(psa[50]))
    np.testing.assert_array_equal(found[0], found[3])


def test_components(noise_records):
    record = noise_records[0]
    data = record_to_array(record)
    _, psa = response_spectra(data[1:], 50.0, PERIODS, 0.1)
    np.testing.assert_allclose(ln_spectra([record], PERIODS, "geomean", 0.1)[0],
                               np.log(psa).mean(0))
    assert (ln_spectra([record], PERIODS, "rotd100") >= ln_spectra([record], PERIODS)).all()


def test_scaled_record(noise_records):
    record = noise_records[0]
    twice = scaled_record(scaled_record(record, 2.0), 1.5)
    np.testing.assert_allclose(record_to_array(twice), 3 * record_to_array(record), rtol=1e-6)
    assert twice[0].stats.tng.scale_factor == pytest.approx(3)
    assert [p.split(": ")[1] for p in twice[0].stats.processing] == ["scaled(factor=2)",
                                                                     "scaled(factor=1.5)"]
    assert "scale_factor" not in record[0].stats.tng
    assert twice[0].data.dtype == record[0].data.dtype
