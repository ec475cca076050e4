"""The gallery's tutorial: three records, a target of pygmm, a suite of eleven that fits."""

import runpy
from pathlib import Path

import pytest

SCRIPT = Path(__file__).resolve().parents[2] / "examples" / "gallery" / "plot_a_suite.py"


def test_suite_fits(monkeypatch, capsys):
    """Mean within 10 %, sd within 15 % of the target over the period range."""
    if not SCRIPT.exists():
        pytest.skip("installed without its examples")
    monkeypatch.setenv("MPLBACKEND", "Agg")
    names = runpy.run_path(str(SCRIPT))
    assert len(names["records"]) == 3
    suite = names["suite"]
    assert len(suite) == 11
    fit = suite.fit()
    assert fit["mean_error"] < 0.10
    assert fit["sd_error"] < 0.15
    assert "'kind': 'SYNTHETIC'" in capsys.readouterr().out
