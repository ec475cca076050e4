"""Generated records: start times and band codes."""

import itertools

import pytest

from obspy_tng.records.synthetic import band_code, realization_starttime


def test_realizations_do_not_overlap():
    starts = [realization_starttime(i, 60.0) for i in range(3)]
    assert all(b - a > 60 for a, b in itertools.pairwise(starts))
    assert all(t.second == 0 for t in starts)


@pytest.mark.parametrize(("rate", "code"), [(200, "H"), (100, "H"), (50, "B"), (250, "C"),
                                            (1000, "F"), (5, "M"), (0.5, "L")])
def test_band_codes(rate, code):
    assert band_code(rate) == code
