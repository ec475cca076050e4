"""
The manifest of a run at scale: size and CPU time by number of units.

::

    python examples/manifest_scale.py --units 10000 100000 1000000

Each unit has three input files and one record, as in collecting; nothing is read or written but
the manifest.
"""

import argparse
import time
from itertools import islice
from pathlib import Path
from tempfile import TemporaryDirectory

from obspy_tng.records.packing import PackedRecord
from obspy_tng.runs.job import Result, WorkUnit
from obspy_tng.runs.manifest import NAME, Manifest
from obspy_tng.runs.outputs import select_records

STATIONS = 500


def unit(i):
    """Unit of one earthquake at one station."""
    name = f"XX.S{i % STATIONS:03d}/event-{i // STATIONS:06d}"
    files = [[f"2020/XX/S{i % STATIONS:03d}/HN{c}.D/XX.S{i % STATIONS:03d}..HN{c}.D.2020."
              f"{i % 366:03d}", 1000000 + i, 1600000000000000000 + i] for c in "ZNE"]
    return WorkUnit(name, {"station": name.partition("/")[0], "event": i // STATIONS,
                           "start": "2020-01-01T00:00:00.000000Z", "end": 180.0}, files)


def result(work):
    """One record, without its bytes."""
    station, _, event = work.id.partition("/")
    record = PackedRecord(station, f"{station}.{event}", f"{station}/{station}.{event}.mseed",
                          b"", b"", (0.1, 0.2, 0.3))
    return Result([record], [], {"recordings": 1}, input_hash="0123456789abcdef", seconds=0.05)


def timed(name, function):
    """Print the CPU time of a step; its result."""
    started = time.process_time()
    value = function()
    print(f"  {name:32}{time.process_time() - started:9.2f} s")
    return value


def measure(count):
    """A run of so many units: planned, some of them finished, opened and planned again."""
    some = min(count, 20_000)  # a commit each: the rest goes as the first ones
    with TemporaryDirectory() as folder:
        with Manifest(folder) as manifest:
            timed("plan", lambda: manifest.plan(enumerate(map(unit, range(count)))))
            timed(f"finish {some}, each committed", lambda: [
                manifest.finish(work.id, result(work)) for work in
                islice(manifest.pending(), some)])
        with Manifest(folder) as manifest:
            timed("plan again", lambda: manifest.plan(enumerate(map(unit, range(count)))))
            timed("statuses", manifest.statuses)
            timed("first pending", lambda: next(manifest.pending(), None))
            timed(f"select {some} records", lambda: sum(
                1 for _ in select_records(manifest, True)))
        print(f"  {'size':32}{(Path(folder) / NAME).stat().st_size / 1e6:9.1f} MB")


def main():
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[1])
    parser.add_argument("--units", type=int, nargs="+", default=[10_000, 100_000])
    for count in parser.parse_args().units:
        print(f"{count} units")
        measure(count)


if __name__ == "__main__":
    main()
