"""
Runs over a large archive: speed against a plain loop, memory against size.

``make bench`` makes an archive of 1000 simulated recordings (30 s, 50 Hz; the variable
``BENCH_RECORDS`` says otherwise), collects it, and does the same with a loop over ObsPy's
SDS client. The loop knows beforehand where the recordings are, and keeps no account: what
is compared is the cost of looking for recordings, of checking inputs, of the manifest.
Each in a process of its own, timed as a whole; samples are compared byte by byte. Memory
is peak resident memory, of a run with a tenth of the recordings of the same stations as well.
The evaluation of the records is held against that of the same records in memory.
"""

import json
import os
import subprocess
import sys
import time

import pytest

from obspy_tng import simulate_network
from obspy_tng.simulate import write_archive

RECORDS = int(os.environ.get("BENCH_RECORDS", "1000"))
STATIONS = 20 if RECORDS < 10000 else 100
# windows of 20 s cut the coda: such records are wanted here
OPTIONS = ["--sampling-rate", "50", "--window", "20", "--option", "max_end_level=2",
           "--option", "min_energy=0.5"]
PLAIN = """
import sys
import obspy
from obspy.clients.filesystem.sds import Client
from obspy_tng import prepare_record
from obspy_tng.exceptions import TNGInputError
from obspy_tng.records.folder import write_record

archive, output = sys.argv[1:]
client = Client(archive + "/sds")
inventory = obspy.read_inventory(archive + "/stations.xml")
for event in obspy.read_events(archive + "/events.xml"):
    time = event.preferred_origin().time
    for network in inventory:
        for station in network:
            stream = client.get_waveforms(network.code, station.code, "*", "?N?", time - 60,
                                          time + 600)
            try:
                record = prepare_record(stream, inventory.select(station=station.code),
                                        event=event, sampling_rate=50.0, window=20.0,
                                        max_end_level=2, min_energy=0.5)
                write_record(record, output)
            except TNGInputError:
                pass
"""


COLLECT = """
import sys
from obspy_tng.scripts.main import main
if main(["collect", *sys.argv[1:]]):
    sys.exit(1)
"""
# Not ru_maxrss: it begins with the memory of the process that forked.
PEAK = """
with open("/proc/self/status") as file:
    print(*[line.split()[1] for line in file if line.startswith("VmHWM")])
"""


def timed(script, *arguments):
    """Wall time and CPU time (s), and peak memory (MB), of a script in a process of its own."""
    before, start = os.times(), time.perf_counter()
    done = subprocess.run([sys.executable, "-c", script + PEAK, *map(str, arguments)],
                          capture_output=True, text=True)
    wall, after = time.perf_counter() - start, os.times()
    assert done.returncode == 0, done.stderr
    cpu = sum(after[2:4]) - sum(before[2:4])
    return wall, cpu, int(done.stdout.split()[-1]) / 1024


def collect(archive, output, *more):
    return timed(COLLECT, archive, "--output", output, *OPTIONS, *more)


def samples(folder):
    return {path.name: path.read_bytes() for path in folder.rglob("*.mseed")}


@pytest.fixture(scope="module")
def archives(tmp_path_factory):
    """Archives with a tenth of the recordings, at the same stations, and with all."""
    folder = tmp_path_factory.mktemp("bench")
    for name, records in (("small", RECORDS // 10), ("large", RECORDS)):
        write_archive(simulate_network(STATIONS, records // STATIONS, seed=1, sampling_rate=50.0,
                                   window=30.0), folder / name)
    return folder


def test_speed_and_memory(archives):
    """At most 1.2 times the CPU time of the loop that keeps no account; memory within 30 MB."""
    _, _, small_memory = collect(archives / "small", archives / "run_small")
    wall, cpu, memory = collect(archives / "large", archives / "run")
    again, _, _ = collect(archives / "large", archives / "run")
    plain_wall, plain, plain_memory = timed(PLAIN, archives / "large", archives / "plain")
    made = samples(archives / "run")
    assert made == samples(archives / "plain")
    print(f"\n{RECORDS} recordings, {len(made)} records, load {os.getloadavg()[0]:.1f}: "
          f"{wall:.0f} s = {len(made) / wall:.1f} records/s, CPU {cpu:.0f} s; plain ObsPy loop "
          f"{plain_wall:.0f} s, CPU {plain:.0f} s: {cpu / plain:.2f} times its CPU time. Again, "
          f"nothing to do: {again:.1f} s. Peak memory {memory:.0f} MB; with a tenth of the archive "
          f"{small_memory:.0f} MB; of the loop {plain_memory:.0f} MB")
    assert len(made) > 0.9 * RECORDS
    assert memory - small_memory < 30
    assert cpu < 1.2 * plain


def test_workers(archives):
    """Threads and processes: the same bytes; their speed depends on the machine."""
    one, cpu_one, _ = collect(archives / "large", archives / "one")
    expected = samples(archives / "one")
    for more in (["--workers", "2"], ["--workers", "2", "--processes"]):
        output = archives / "".join(more)
        wall, cpu, _ = collect(archives / "large", output, *more)
        assert samples(output) == expected
        print(f"\n{' '.join(more)}: {one / wall:.2f} times as fast as one thread, with "
              f"{cpu / cpu_one:.2f} times its CPU time ({len(expected) / wall:.1f} records/s, "
              f"load {os.getloadavg()[0]:.1f}, {len(os.sched_getaffinity(0))} cores to run on)")


EVALUATE = """
import sys
from obspy_tng.scripts.main import main
if main(["evaluate", *sys.argv[1:]]):
    sys.exit(1)
"""
IN_MEMORY = """
import sys
from obspy_tng import evaluate
from obspy_tng.records.record import group_by_station
from obspy_tng.records.folder import read_records
real, floor = (group_by_station(read_records(folder)) for folder in sys.argv[1:3])
evaluate(real, floor, floor, workers=1).to_json(sys.argv[3])
"""


def test_evaluate(archives):
    """Folders of records judged in a few kB a record: the same figures as in memory."""
    for size in ("small", "large"):
        output = archives / f"records_{size}"
        collect(archives / size, output)
        for number, path in enumerate(sorted(output.glob("*/*.mseed"))):
            if number % 2:  # every other record plays the generated ones
                other = output / "other" / path.parent.name
                other.mkdir(parents=True, exist_ok=True)
                for file in (path, path.with_suffix(".json")):
                    file.rename(other / file.name)
    peaks = {}
    for size in ("small", "large"):
        real = archives / f"records_{size}"
        other = real / "other"
        output = archives / f"judged_{size}"
        wall, cpu, peaks[size] = timed(EVALUATE, real, other, "--floor", other, "--output", output)
    again, _, _ = timed(EVALUATE, real, other, "--floor", other, "--output", output)
    _, plain, whole = timed(IN_MEMORY, real, other, archives / "whole.json")
    ours, theirs = (json.loads((path).read_text())["rows"]
                    for path in (output / "evaluation.json", archives / "whole.json"))
    for row, twin in zip(ours, theirs, strict=True):
        assert row["value"] == pytest.approx(twin["value"], rel=1e-5, abs=1e-8)
    print(f"\nevaluate, {RECORDS} records: {wall:.0f} s, CPU {cpu:.0f} s, {cpu / plain:.2f} times "
          f"that in memory; again, nothing to measure: {again:.0f} s; peak "
          f"{peaks['large']:.0f} MB, with a tenth {peaks['small']:.0f} MB; in memory "
          f"{whole:.0f} MB")
    assert peaks["large"] < whole


def test_peak_memory_is_seen():
    """The measure itself: a process that takes 200 MB more."""
    _, _, plain = timed("")
    _, _, large = timed("x = bytearray(200_000_000); x[::4096] = b'1' * 48829")
    assert 150 < large - plain < 250
