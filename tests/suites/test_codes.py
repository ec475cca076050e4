"""Spectra of codes: figures that can be read off the text."""

import numpy as np
import pytest

from obspy_tng.exceptions import TNGInputError
from obspy_tng.suites import asce7, eurocode8


@pytest.mark.parametrize(("spectrum_type", "ground", "soil", "corners"), [
    (1, "A", 1.0, (0.15, 0.4, 2.0)), (1, "C", 1.15, (0.2, 0.6, 2.0)),
    (1, "D", 1.35, (0.2, 0.8, 2.0)), (2, "B", 1.35, (0.05, 0.25, 1.2)),
    (2, "D", 1.8, (0.1, 0.3, 1.2))])
def test_eurocode8(spectrum_type, ground, soil, corners):
    """S at T = 0, the plateau 2.5 S from TB to TC, 1/T to TD, 1/T^2 beyond."""
    tb, tc, td = corners
    found = eurocode8(1.0, ground, spectrum_type, periods=[1e-6, tb, tc, td, 2 * td if td < 2
                                                           else 4.0]).psa / soil
    assert found[0] == pytest.approx(1, rel=1e-4)
    assert found[1] == found[2] == pytest.approx(2.5)
    assert found[3] == pytest.approx(2.5 * tc / td)
    assert found[4] == pytest.approx(found[3] / 4)


def test_eurocode8_damping():
    """eta = sqrt(10 / (5 + xi)), not below 0.55; the ground acceleration stays."""
    assert eurocode8(1.0, "A", damping=0.15, periods=[0.3]).psa[0] == \
        pytest.approx(2.5 * np.sqrt(0.5))
    assert eurocode8(1.0, "A", damping=0.5, periods=[0.3]).psa[0] == pytest.approx(2.5 * 0.55)
    for options in ({"ground": "F"}, {"spectrum_type": 3}, {"damping": 1.0}, {"ag": 0.0}):
        with pytest.raises(TNGInputError):
            eurocode8(**{"ag": 1.0, "ground": "A", **options})


def test_asce7():
    """0.4 SDS at T = 0, SDS from T0 to TS, SD1 at 1 s, SD1 / TL at TL."""
    sds, sd1, tl = 1.2, 0.8, 8.0
    ts = sd1 / sds
    target = asce7(sds, sd1, tl, [1e-9, 0.2 * ts, ts, 1.0, tl, 2 * tl])
    np.testing.assert_allclose(target.psa / 9.80665, [0.4 * sds, sds, sds, sd1, sd1 / tl,
                                                      sd1 / tl / 4], rtol=1e-6)
    assert target.component == "rotd100"
    with pytest.raises(TNGInputError, match="below tl"):
        asce7(0.1, 2.0, 4.0)
