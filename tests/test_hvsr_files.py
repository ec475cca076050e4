"""HVSR on disk: CSV, and the file that hvsrpy reads."""

import numpy as np
import pytest

from obspy_tng import simulate_network
from obspy_tng.hvsr_curves import hvsr


@pytest.fixture(scope="module")
def noise_curve():
    """Three records of a soft site."""
    return hvsr(simulate_network(1, 3, seed=1, f0=[2.0], window=40.0).records)


def test_csv(noise_curve, tmp_path):
    noise_curve.to_csv(tmp_path / "hvsr.csv")
    lines = (tmp_path / "hvsr.csv").read_text("utf-8").splitlines()
    assert lines[0] == f"# station {noise_curve.station}"
    assert lines[3].startswith('frequency_hz,mean,std_ln,"')
    table = np.loadtxt(lines[4:], delimiter=",")
    np.testing.assert_allclose(table[:, 0], noise_curve.frequencies, rtol=1e-6)
    np.testing.assert_allclose(table[:, 1], noise_curve.amplitude, rtol=1e-6)
    np.testing.assert_allclose(table[:, 3:], noise_curve.curves.T, rtol=1e-6)


@pytest.mark.filterwarnings("ignore::DeprecationWarning")
def test_hvsrpy_reads_it(noise_curve, tmp_path):
    hvsrpy = pytest.importorskip("hvsrpy")
    noise_curve.to_hvsrpy(tmp_path / "hvsr.txt")
    theirs = hvsrpy.read_hvsr_object_from_file(str(tmp_path / "hvsr.txt"))
    np.testing.assert_allclose(theirs.amplitude, noise_curve.curves)
    np.testing.assert_allclose(theirs.mean_curve(), noise_curve.amplitude)
    np.testing.assert_allclose(theirs.std_curve(), noise_curve.std)
    frequency, amplitude = theirs.mean_curve_peak()
    assert frequency == pytest.approx(noise_curve.peak.f0)
    assert amplitude == pytest.approx(noise_curve.peak.a0)
