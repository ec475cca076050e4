"""Targets: units, files, interpolation, what is refused."""

import numpy as np
import pytest

from obspy_tng.exceptions import TNGInputError
from obspy_tng.signal import rotd100_over_rotd50
from obspy_tng.suites import Target

PERIODS = np.array([0.1, 0.5, 2.0])


def test_units_and_csv(tmp_path):
    target = Target.from_psa(PERIODS, [0.5, 1.0, 0.2], [0.5, 0.6, 0.7], units="g", label="site")
    np.testing.assert_allclose(target.psa, np.array([0.5, 1.0, 0.2]) * 9.80665)
    text = target.to_csv(tmp_path / "site.csv")
    assert text.splitlines()[0] == "period_s,rotd50_m/s^2,ln_sd"
    again = Target.from_csv(tmp_path / "site.csv")
    np.testing.assert_allclose(again.ln_mean, target.ln_mean, rtol=1e-5)
    np.testing.assert_allclose(again.ln_sd, target.ln_sd)
    assert again.label == "site"
    (tmp_path / "plain.csv").write_text("0.1, 0.5\n1, 0.3\n")
    assert Target.from_csv(tmp_path / "plain.csv", "g").ln_sd is None
    (tmp_path / "bad.csv").write_text("0.1,0.5\n1,0.3,0.4\n")
    with pytest.raises(TNGInputError, match="lines of period"):
        Target.from_csv(tmp_path / "bad.csv")


@pytest.mark.parametrize(("content", "periods"), [
    (b"\xef\xbb\xbf0.1,0.5\n1,0.3\n2,0.1\n", [0.1, 1, 2]),            # of a spreadsheet
    ("Per\u00edodo,PSA\n0.1,0.5\n1,0.3\n".encode("latin-1"), [0.1, 1]),
    (b"# 2 % in 50 years\n\n0.1,0.5,\n1,0.3,\n", [0.1, 1])])
def test_csv_as_others_write_it(tmp_path, content, periods):
    (tmp_path / "site.csv").write_bytes(content)
    assert Target.from_csv(tmp_path / "site.csv").periods.tolist() == periods


def test_line_of_csv_that_is_not_a_number(tmp_path):
    """No period is left out in silence."""
    (tmp_path / "site.csv").write_text("T,PSA\n0.1,0.5\n0.5,n/a\n1,0.3\n")
    with pytest.raises(TNGInputError, match="lines of period"):
        Target.from_csv(tmp_path / "site.csv")


def test_between_periods():
    """Linear in ln period: a power law stays one."""
    target = Target(PERIODS, -1.5 * np.log(PERIODS), ln_sd=0.3 + 0.1 * np.log(PERIODS / 0.1))
    other = target.at([0.2, 1.0])
    np.testing.assert_allclose(other.ln_mean, -1.5 * np.log([0.2, 1.0]))
    np.testing.assert_allclose(other.ln_sd, 0.3 + 0.1 * np.log([2.0, 10.0]))
    inside = target.within(0.2, 1.0)
    assert inside.periods.tolist() == [0.2, 0.5, 1.0]
    with pytest.raises(TNGInputError, match="must lie above"):
        target.at([0.05])


def test_covariance():
    correlation = np.array([[1, 0.5, 0.1], [0.5, 1, 0.4], [0.1, 0.4, 1]])
    target = Target(PERIODS, np.zeros(3), [0.5, 0.6, 0.7], correlation)
    assert target.covariance[0, 1] == pytest.approx(0.5 * 0.5 * 0.6)
    assert (Target(PERIODS, np.zeros(3)).covariance == 0).all()
    np.testing.assert_allclose(np.diag(target.at([0.2, 0.5, 1.0]).correlation), 1)


def test_scaled_and_largest_direction():
    target = Target.from_psa(PERIODS, [5, 4, 1], 0.6)
    np.testing.assert_allclose(target.scaled(1.5).psa, [7.5, 6, 1.5])
    largest = target.as_rotd100()
    np.testing.assert_allclose(largest.psa / target.psa, rotd100_over_rotd50(PERIODS))
    np.testing.assert_allclose(largest.ln_sd, np.sqrt(0.6 ** 2 + 0.08 ** 2))
    with pytest.raises(TNGInputError, match="rotd100"):
        largest.as_rotd100()


@pytest.mark.parametrize(("options", "message"), [
    ({"ln_mean": [0, 0]}, "shape"), ({"ln_mean": [0, np.nan, 0]}, "finite"),
    ({"ln_sd": [0.1, -0.1, 0.1]}, "negative"), ({"component": "larger"}, "component"),
    ({"periods": [0.5, 0.1, 2.0]}, "ascending"), ({"damping": 1.0}, "damping"),
    ({"correlation": np.eye(3)}, "needs ln_sd"),
    ({"ln_sd": 0.5, "correlation": 2 * np.eye(3)}, "symmetric")])
def test_bad_values(options, message):
    with pytest.raises(TNGInputError, match=message):
        Target(**{"periods": PERIODS, "ln_mean": np.zeros(3), **options})
