"""
Cost of encoding, training, enrolling and generating against the size of the work.

Record length and batch: network of the published size with random weights. Stations and
enrolled records: small default network. One process for each point, with its CPU time and peak
memory. Writes the figure and prints the table in docs/speed.rst::

    OMP_NUM_THREADS=1 python examples/scaling.py --output docs/_static/scaling.png
"""

import argparse
import json
import subprocess
import sys
import time
from pathlib import Path

import matplotlib.pyplot as plt
import torch

from obspy_tng import TNGGenerator, simulate_network
from obspy_tng.models.autoencoder import ReleasedAutoencoder, ReleasedConfig

LENGTHS = [1500, 3000, 6000, 12000, 24000]
BATCHES = [1, 2, 4, 8]
RECORDS = [10, 30, 100]
STATIONS = [1, 3, 10]


def peak_memory():
    """Largest resident memory of this process so far in MB."""
    with open("/proc/self/status") as file:
        return next(int(line.split()[1]) for line in file if line.startswith("VmHWM")) / 1024


def timed(function, turns=2):
    """Smallest CPU time in s."""
    best = float("inf")
    for _ in range(turns):
        start = time.process_time()
        function()
        best = min(best, time.process_time() - start)
    return best


def encode(length, batch, train=False):
    """CPU time of a record and memory above that of one batch of no records."""
    torch.manual_seed(0)
    model = ReleasedAutoencoder(ReleasedConfig(seq_len=length, dropout=0.0))
    x = torch.randn(batch, length, 3)

    def step():
        model.zero_grad()
        model.loss(x)["loss"].backward()

    def infer():
        with torch.no_grad():
            model.encode(x)

    before = peak_memory()
    seconds = timed(step, 1) if train else timed(infer)
    return {"seconds": seconds / batch, "memory": peak_memory() - before}


def enrolled(stations, records):
    """CPU time a record of enrolling, and of generating for one station."""
    network = simulate_network(stations, records, seed=0, sampling_rate=50.0, window=40.0)
    generator = TNGGenerator(50.0, 40.0, "released", device="cpu", seed=0, training={
        "epochs": 1, "finetune_epochs": 0}).fit(network.records[:8], progress=False)
    others = network.records[8:]
    station = next(iter(generator.stations))
    enrolling = timed(lambda: generator.enroll(others), turns=1) / max(1, len(others))
    return {"enroll": enrolling, "memory": peak_memory(),
            "generate": timed(lambda: generator.generate(station, 20, seed=0)) / 20}


def measure(known, kind, *sizes):
    """One point in a separate process; those of an earlier run are read from its file."""
    key = " ".join(map(str, [kind, *sizes]))
    results = json.loads(known.read_text()) if known and known.exists() else {}
    if key in results:
        return results[key]
    done = subprocess.run([sys.executable, __file__, "--point", kind, *map(str, sizes)],
                          capture_output=True, text=True)
    if done.returncode:
        raise SystemExit(done.stderr)
    results[key] = json.loads(done.stdout.splitlines()[-1])
    if known:
        known.write_text(json.dumps(results, indent=1))
    print(key, {name: round(value, 4) for name, value in results[key].items()}, flush=True)
    return results[key]


def panel(axis, title, sizes, label, **curves):
    for name, values in curves.items():
        axis.plot(sizes[:len(values)], values, "o-", label=name)
    axis.set(title=title, xlabel=label, xscale="log")
    axis.set_xticks(sizes, [str(size) for size in sizes])
    axis.minorticks_off()
    axis.grid(alpha=0.3)
    axis.set_ylim(bottom=0)
    axis.legend(fontsize=8)


def main():
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[1])
    parser.add_argument("--output", default="scaling.png", metavar="FILE")
    parser.add_argument("--keep", type=Path, metavar="FILE",
                        help="JSON to keep points in, and to take known ones from")
    parser.add_argument("--point", nargs=3, metavar=("KIND", "A", "B"), help=argparse.SUPPRESS)
    args = parser.parse_args()
    if args.point:
        kind, a, b = args.point[0], *map(int, args.point[1:])
        print(json.dumps(enrolled(a, b) if kind == "enrolled" else encode(a, b, kind == "train")))
        return
    known = args.keep
    lengths = [measure(known, "encode", n, 1) for n in LENGTHS]
    batches = [measure(known, "encode", 6000, n) for n in BATCHES]
    records = [measure(known, "enrolled", 1, n) for n in RECORDS]
    stations = [measure(known, "enrolled", n, 30) for n in STATIONS]
    training = [measure(known, "train", 6000, n) for n in BATCHES[:3]]

    figure, axes = plt.subplots(2, 2, figsize=(9, 6.4), layout="constrained")
    seconds = [x["seconds"] for x in lengths]
    panel(axes[0, 0], "Encoding one record: CPU time (s)", LENGTHS, "samples", **{
        "measured": seconds, "proportional": [seconds[2] * n / LENGTHS[2] for n in LENGTHS]})
    axes[0, 0].set(xscale="linear")
    panel(axes[0, 1], "A record of 6000 samples: CPU time (s)", BATCHES, "batch", **{
        "encoding": [x["seconds"] for x in batches],
        "training step": [x["seconds"] for x in training]})
    panel(axes[1, 0], "Peak memory above the network (MB)", BATCHES, "batch", **{
        "encoding": [x["memory"] for x in batches],
        "training step": [x["memory"] for x in training]})
    axes[1, 0].set(xscale="linear")
    axes[1, 0].legend(fontsize=8, loc="lower right")
    panel(axes[1, 1], "A record of the default network: CPU time (ms)", [10, 30, 100, 300],
          "records enrolled", **{
              "enrolling, one station": [1e3 * x["enroll"] for x in records],
              "generating, one station": [1e3 * x["generate"] for x in records]})
    axes[1, 1].plot([30 * n for n in STATIONS], [1e3 * x["generate"] for x in stations], "s--",
                    label="generating, 30 records a station")
    axes[1, 1].legend(fontsize=8)
    figure.savefig(args.output, dpi=80)


if __name__ == "__main__":
    main()
