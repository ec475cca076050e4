"""The page of a suite: what it says, and how it looks in a browser."""

import numpy as np
import pytest

from obspy_tng.suites import Target, select
from tests.browser import assert_fits

PERIODS = np.geomspace(0.1, 2, 20)


@pytest.fixture(scope="module")
def suite(noise_records):
    target = Target(PERIODS, np.log(2 / (0.3 + PERIODS)), 0.5, label="a <target>")
    return select(noise_records, target, 5, scale_factors=(0.2, 5))


def test_says_what_matters(suite):
    html = suite.to_html()
    assert "a &lt;target&gt;" in html
    assert "<target>" not in html
    assert "5 records, mean within" in html
    assert "SYNTHETIC</b>: 5 of 5" in html
    assert "http" not in html.replace("http-equiv", "")


def test_in_a_browser(suite, tmp_path):
    suite.to_html(tmp_path / "suite.html")
    assert_fits(tmp_path / "suite.html", figures=3)


def test_plot(suite):
    figure = suite.plot()
    spectra, spread = figure.axes
    assert spectra.get_ylabel() == "PSA RotD50 (m/s$^2$)"
    np.testing.assert_allclose(spread.lines[0].get_ydata(), suite.ln_psa.std(0, ddof=1))
