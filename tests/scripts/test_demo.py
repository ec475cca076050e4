"""The demonstration, from beginning to end."""

import pytest

from obspy_tng.scripts.main import main


@pytest.mark.slow
def test_demo(tmp_path, capsys):
    earlier = tmp_path / "d" / "generated" / "SM.S001" / "earlier.mseed"
    earlier.parent.mkdir(parents=True)
    earlier.touch()
    assert main(["demo", "--output", str(tmp_path / "d"), "-n", "10"]) == 0
    assert not earlier.exists()
    assert len(list((tmp_path / "d" / "generated").glob("*/*.mseed"))) == 50
    table = capsys.readouterr().out
    for line in table.splitlines()[2:7]:
        theory, real, generated = (float(v) for v in line.split()[1:4])
        assert real == pytest.approx(theory, rel=0.1)
        # the curve of the last site is flat within 5 % from 5 to 6.5 Hz (the half of its records
        # that is enrolled has its highest point at 5.4 Hz, the other one at 5.9 Hz)
        assert generated == pytest.approx(real, rel=0.15 if theory > 5 else 0.1)
    assert len(list((tmp_path / "d" / "pictures").glob("*.png"))) == 15
    assert (tmp_path / "d" / "report.html").stat().st_size > 100_000
