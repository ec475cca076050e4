"""
kill -9 at any moment, and the same command again: the same bytes, every unit done.

Two ways to choose the moments. At random times: what users see. And at every point
where a run touches the disk, before and after: what a random time seldom hits.
"""

import random
import shutil
import signal
import subprocess
import sys
import time

import pytest

from obspy_tng import TNGGenerator, simulate_network
from obspy_tng.records.earthquakes import split_by_event
from obspy_tng.records.folder import read_records, write_records
from obspy_tng.runs.manifest import NAME, Manifest
from obspy_tng.scripts.main import main

from .conftest import contents

TRAINING = {"epochs": 1, "finetune_epochs": 0}
MAIN = [sys.executable, "-m", "obspy_tng.scripts.main"]
# The command line, killed at the nth time that it changes something on disk: odd numbers
# are just before a change, even ones just after.
AT_POINT = """
import os, signal, sys
left = int(sys.argv[1])
def count():
    global left
    left -= 1
    if left == 0:
        os.kill(os.getpid(), signal.SIGKILL)
def deadly(owner, name):
    original = getattr(owner, name)
    def wrapper(*args, **kwargs):
        count()
        result = original(*args, **kwargs)
        count()
        return result
    setattr(owner, name, wrapper)
from pathlib import Path
from obspy_tng.runs.manifest import Manifest
deadly(os, "replace"); deadly(os, "unlink"); deadly(Path, "write_bytes")
for name in ("agree", "plan", "finish", "note", "reset", "adopt"):
    deadly(Manifest, name)
from obspy_tng.scripts.main import main
code = main(sys.argv[2:])
print("points", -left)
sys.exit(code)
"""


def collect(folder, output, *more):
    return ["collect", str(folder), "--output", str(output), "--sampling-rate", "50", "--window",
            "20", "--option", "max_end_level=2", "--option", "min_energy=0.5", *more]


def kill_at(command, seconds, output):
    """Start a command and kill it so long after its manifest is there; True if it was alive."""
    process = subprocess.Popen([*MAIN, *command], stdout=subprocess.DEVNULL,
                               stderr=subprocess.DEVNULL)
    end = time.monotonic() + 60
    while not (output / NAME).exists() and process.poll() is None and time.monotonic() < end:
        time.sleep(0.002)
    time.sleep(seconds)
    process.send_signal(signal.SIGKILL)
    return process.wait() == -signal.SIGKILL


def done(output):
    with Manifest(output) as manifest:
        return manifest.statuses()["done"]


def run_in_background(command):
    subprocess.run([*MAIN, *command], check=True, capture_output=True)


def check_kills(make, folder, reference, moments, seconds, chain):
    """
    Kill ``moments`` runs at random times of the ``seconds`` that they take, finish each.

    ``chain`` of them go on in one folder before it is finished. Says how far they were.
    """
    rng, alive, progress = random.Random(1), 0, []
    for i in range(0, moments, chain):
        output = folder / f"killed{i}"
        for _ in range(chain):
            alive += kill_at(make(output), rng.uniform(0, seconds), output)
            progress.append(done(output))
        run_in_background(make(output))
        assert contents(output) == contents(reference), f"after kill {i}"
        with Manifest(output) as manifest, Manifest(reference) as other:
            assert manifest.statuses() == other.statuses()
            assert not manifest.statuses()["pending"]
    print(f"{moments} kills, {alive} of them while at work, units done by then: {progress}")
    return alive, progress


def test_collect_killed_at_random(simulated, tmp_path):
    run_in_background(collect(simulated, tmp_path / "whole"))
    alive, progress = check_kills(lambda output: collect(simulated, output), tmp_path,
                                  tmp_path / "whole", moments=3, seconds=0.5, chain=3)
    assert alive
    assert progress == sorted(progress)  # nothing is lost


def killed_at(point, command):
    """Start a command, killed at its nth point; False if it came to its end before."""
    done = subprocess.run([sys.executable, "-c", AT_POINT, str(point), *command],
                          capture_output=True, text=True)
    assert done.returncode in (-signal.SIGKILL, 0), done.stderr
    return done.returncode != 0


@pytest.fixture(scope="module")
def whole(simulated, tmp_path_factory):
    """Contents of the output of a run that nobody killed."""
    output = tmp_path_factory.mktemp("whole") / "records"
    assert main(collect(simulated, output)) == 0
    return contents(output)


@pytest.mark.parametrize("points", [
    (5, 17, 60), pytest.param(range(2, 400, 3), marks=pytest.mark.slow)], ids=["few", "many"])
def test_collect_killed_at_every_point(simulated, whole, tmp_path, points):
    for point in points:
        killed = killed_at(point, collect(simulated, tmp_path / "r"))
        assert main(collect(simulated, tmp_path / "r")) == 0
        assert contents(tmp_path / "r") == whole, point
        shutil.rmtree(tmp_path / "r")
        if not killed:
            assert point > 200  # so many there are at least
            break


@pytest.mark.parametrize("points", [
    (3, 40), pytest.param(range(1, 400, 3), marks=pytest.mark.slow)], ids=["few", "many"])
def test_merge_killed_at_every_point(simulated, whole, tmp_path, points):
    for i in (1, 2):
        assert main(collect(simulated, tmp_path / "parts", "--shard", f"{i}/2")) == 0
    for point in points:
        shutil.copytree(tmp_path / "parts", tmp_path / "r")
        killed = killed_at(point, ["merge", str(tmp_path / "r")])
        assert main(["merge", str(tmp_path / "r")]) == 0
        assert contents(tmp_path / "r") == whole, point
        shutil.rmtree(tmp_path / "r")
        if not killed:
            assert point > 60
            break


@pytest.fixture(scope="module")
def model(tmp_path_factory):
    """A small trained generator in a folder."""
    folder = tmp_path_factory.mktemp("model") / "model"
    net = simulate_network(2, 4, seed=3, sampling_rate=50.0, window=20.0)
    TNGGenerator(50.0, 20.0, "released", training=TRAINING, device="cpu").fit(
        net.records, net.inventory, progress=False).save(folder)
    return folder


def test_generate_killed_at_random(model, tmp_path):
    def command(output):
        return ["generate", str(model), "--output", str(output), "-n", "60", "--batch", "4",
                "--device", "cpu"]

    run_in_background(command(tmp_path / "whole"))
    alive, _ = check_kills(command, tmp_path, tmp_path / "whole", moments=2, seconds=0.4, chain=2)
    assert alive


@pytest.fixture(scope="module")
def judged(tmp_path_factory):
    """Folders of real and of other records, and the output of an evaluation nobody killed."""
    folder = tmp_path_factory.mktemp("judged")
    net = simulate_network(2, 36, seed=3, sampling_rate=50.0, window=16.0)
    write_records(net.records[:40], folder / "real")
    write_records(net.records[40:], folder / "other")
    assert main(evaluation(folder, folder / "whole")) == 0
    return folder


def evaluation(folder, output, *more):
    return ["evaluate", str(folder / "real"), str(folder / "other"), "--output", str(output),
            *more]


@pytest.mark.parametrize("points", [
    (6, 19, 33), pytest.param(range(1, 400, 3), marks=pytest.mark.slow)], ids=["few", "many"])
def test_evaluate_killed_at_every_point(judged, tmp_path, points):
    for point in points:
        killed = killed_at(point, evaluation(judged, tmp_path / "r"))
        assert main(evaluation(judged, tmp_path / "r")) == 0
        assert contents(tmp_path / "r") == contents(judged / "whole"), point
        shutil.rmtree(tmp_path / "r")
        if not killed:
            assert point > 50
            break


# -- the Mexico City archive ---------------------------------------------------------

@pytest.mark.slow
def test_mexico_collect_killed_20_times(mexico, tmp_path):
    def command(output):
        return ["collect", str(mexico), "--output", str(output), "--sampling-rate", "50",
                "--window", "120", "--workers", "2"]

    began = time.monotonic()
    run_in_background(command(tmp_path / "whole"))
    seconds = time.monotonic() - began
    alive, progress = check_kills(command, tmp_path, tmp_path / "whole", moments=20,
                                  seconds=0.8 * seconds, chain=1)
    assert alive >= 15
    assert len(set(progress)) > 10


@pytest.mark.slow
def test_mexico_generate_killed_20_times(mexico, tmp_path):
    records, model = tmp_path / "records", tmp_path / "model"
    assert main(["collect", str(mexico), "--output", str(records), "--sampling-rate", "50",
                 "--window", "120", "--workers", "2"]) == 0
    assert main(["enroll", str(model), str(records), "--device", "cpu"]) == 0

    def command(output):
        return ["generate", str(model), "--output", str(output), "-n", "200", "--batch", "10",
                "--device", "cpu", "--workers", "2"]

    began = time.monotonic()
    run_in_background(command(tmp_path / "whole"))
    seconds = time.monotonic() - began
    alive, progress = check_kills(command, tmp_path, tmp_path / "whole", moments=20,
                                  seconds=0.6 * seconds, chain=1)
    assert alive >= 10
    assert len(set(progress)) > 5


@pytest.mark.slow
def test_mexico_evaluate_killed_8_times(mexico, tmp_path):
    records = tmp_path / "records"
    assert main(["collect", str(mexico), "--output", str(records), "--sampling-rate", "50",
                 "--window", "120"]) == 0
    floor, real = split_by_event(read_records(records), seed=1)
    write_records(real, tmp_path / "real")
    write_records(floor, tmp_path / "other")

    def command(output):
        return evaluation(tmp_path, output, "--workers", "2")

    began = time.monotonic()
    run_in_background(command(tmp_path / "whole"))
    seconds = time.monotonic() - began
    alive, progress = check_kills(command, tmp_path, tmp_path / "whole", moments=8,
                                  seconds=0.8 * seconds, chain=1)
    assert alive >= 5
    assert len(set(progress)) > 1  # of the first run; the rest is in the second
