"""What the command line says and returns about runs."""

import os
import shutil
import signal
import subprocess
import sys
import time

import pytest

from obspy_tng.runs.manifest import NAME
from obspy_tng.scripts.main import main

from .conftest import contents

OPTIONS = ["--sampling-rate", "50", "--window", "20", "--option", "max_end_level=2",
           "--option", "min_energy=0.5"]


@pytest.fixture
def archive(simulated, tmp_path):
    return shutil.copytree(simulated, tmp_path / "archive")


def test_failed_units_are_listed_and_taken_up(archive, tmp_path, capsys):
    victim = sorted(path for path in (archive / "sds").rglob("*S002..BNZ.D*") if path.is_file())[0]
    good, stat = victim.read_bytes(), victim.stat()
    victim.write_bytes(b"x" * len(good))
    command = ["collect", str(archive), "--output", str(tmp_path / "r"), *OPTIONS]
    assert main(command) == 3
    text = capsys.readouterr().out
    assert "failed: SM.S002/" in text
    assert (tmp_path / "r" / "failed.txt").read_text().startswith("SM.S002/")
    assert main(command) == 3
    assert main(["info", str(tmp_path / "r")]) == 0
    assert "failed: SM.S002/" in capsys.readouterr().out
    victim.write_bytes(good)
    os.utime(victim, ns=(stat.st_atime_ns, stat.st_mtime_ns))
    assert main([*command, "--retry-failed"]) == 0
    assert "0 of 32 units failed" in capsys.readouterr().out
    assert not (tmp_path / "r" / "failed.txt").exists()
    assert main(["collect", str(archive), "--output", str(tmp_path / "s"), *OPTIONS]) == 0
    assert contents(tmp_path / "r") == contents(tmp_path / "s")
    capsys.readouterr()
    assert main(["info", str(tmp_path / "r")]) == 0
    assert "collect run, units: 32 done" in capsys.readouterr().out


def test_parts_and_merge(archive, tmp_path, capsys):
    command = ["collect", str(archive), *OPTIONS, "--output"]
    assert main([*command, str(tmp_path / "whole")]) == 0
    for i in "12":
        assert main([*command, str(tmp_path / "r"), "--shard", f"{i}/2"]) == 0
    assert main([*command, str(tmp_path / "r")]) == 1
    assert "obspy-tng merge" in capsys.readouterr().err
    assert main(["merge", str(tmp_path / "r")]) == 0
    assert "16 records" in capsys.readouterr().out
    assert contents(tmp_path / "r") == contents(tmp_path / "whole")
    assert main(["merge", str(tmp_path / "nowhere")]) == 1
    assert "no parts" in capsys.readouterr().err


def test_other_layout(archive, tmp_path):
    flat = tmp_path / "flat"
    flat.mkdir()
    for path in (archive / "sds").rglob("*.D.*.*"):
        shutil.copyfile(path, flat / f"{path.name}.mseed")
    for name in ("stations.xml", "events.xml"):
        shutil.copyfile(archive / name, flat / name)
    assert main(["collect", str(flat), "--template", "flat", "--output", str(tmp_path / "r"),
                 *OPTIONS]) == 0
    assert len(list((tmp_path / "r").rglob("*.mseed"))) == 16


def test_nothing_found_and_nothing_usable(archive, tmp_path, capsys):
    """Two different things, and the list of rejections is named only where it has lines."""
    command = ["collect", str(archive), *OPTIONS, "--output"]
    assert main([*command, str(tmp_path / "short"), "--window", "120"]) == 1
    message = capsys.readouterr().err
    lines = (tmp_path / "short" / "rejected.txt").read_text().splitlines()
    assert f"{len(lines)} recordings rejected; the first: {lines[0].split(chr(9))[2]}" in message
    assert "too short" in message
    assert lines[0].split("\t")[1] == "too_short"
    shutil.rmtree(archive / "sds")
    (archive / "sds").mkdir()
    assert main([*command, str(tmp_path / "none")]) == 1
    message = capsys.readouterr().err
    assert "has no MSEED files" in message
    assert "rejected.txt" not in message


@pytest.mark.parametrize("more", [
    [], pytest.param(["--workers", "2", "--processes"], marks=pytest.mark.slow)], ids=str)
def test_control_c(archive, tmp_path, more):
    """One line, exit code 130, nothing half-written, and the same command resumes the run."""
    output = tmp_path / "r"
    command = [sys.executable, "-m", "obspy_tng.scripts.main", "collect", str(archive), "--output",
               str(output), *OPTIONS, *more]
    process = subprocess.Popen(command, stderr=subprocess.PIPE, stdout=subprocess.PIPE, text=True,
                               start_new_session=True)
    end = time.monotonic() + 60
    while not list(output.glob("*/*.json")) and time.monotonic() < end:
        time.sleep(0.002)
    os.killpg(process.pid, signal.SIGINT)  # as a terminal does: to all of them
    _, errors = process.communicate(timeout=60)
    assert "Traceback" not in errors
    if process.returncode == 130:
        assert "the same command resumes the run" in errors
    else:
        assert process.returncode == 0  # it was faster
    assert not list(output.rglob("*.tmp"))
    assert (output / NAME).exists()
    assert main(["collect", str(archive), "--output", str(output), *OPTIONS]) == 0
    assert main(["collect", str(archive), "--output", str(tmp_path / "s"), *OPTIONS]) == 0
    assert contents(output) == contents(tmp_path / "s")
