"""
An archive run that is killed
=============================

A simulated archive is collected in a process that is killed with ``kill -9`` ten times.
The next start completes the run. Its manifest lists what was done when, and the records are
those of an uninterrupted run.

    python archive_run.py [folder]
"""

import random
import subprocess
import sys
import tempfile
import time
from pathlib import Path

from obspy_tng import simulate_network
from obspy_tng.runs.manifest import Manifest
from obspy_tng.simulate import write_archive


def collect(archive, output):
    """Start ``obspy-tng collect`` in another process."""
    return subprocess.Popen([sys.executable, "-m", "obspy_tng.scripts.main", "collect",
                             str(archive), "--output", str(output), "--sampling-rate", "50",
                             "--window", "40", "--workers", "2"], stderr=subprocess.DEVNULL)


def files(folder):
    return {path.relative_to(folder): path.read_bytes() for path in folder.rglob("*.*")
            if path.is_file() and not path.name.startswith("manifest")}


folder = Path(sys.argv[1] if len(sys.argv) > 1 else tempfile.mkdtemp())
archive = write_archive(simulate_network(5, 40, seed=1, sampling_rate=50.0, window=60.0),
                    folder / "archive")
assert collect(archive, folder / "whole").wait() == 0

random.seed(1)
for _ in range(10):
    run = collect(archive, folder / "killed")
    time.sleep(random.uniform(2.0, 4.0))  # half of it Python starts
    run.kill()
    run.wait()
    if (folder / "killed" / "manifest.sqlite").exists():
        with Manifest(folder / "killed") as manifest:
            print(f"killed at {time.strftime('%X')}:", dict(manifest.statuses()))
code = collect(archive, folder / "killed").wait()
print(f"exit code {code}; the same bytes:",
      files(folder / "whole") == files(folder / "killed"))
