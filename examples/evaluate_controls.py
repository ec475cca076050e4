"""
Evaluation of the controls without a network.

Builds the controls from half of the earthquakes and evaluates them with the other half, both
ways and for several splits, prints the table and writes the report::

    python evaluate_controls.py                          # a simulated network
    python evaluate_controls.py --archive DIR --sampling-rate 50 --window 120

DIR contains an SDS archive (sds/), stations.xml (StationXML) and events.xml (QuakeML).
Resampled real records must pass all metrics except novelty. The mean of records, the
principle of the published generator, must fail.
"""

import argparse
import time
from functools import partial
from pathlib import Path

from obspy import read_events, read_inventory
from obspy.clients.filesystem.sds import Client

from obspy_tng import collect_records, simulate_network
from obspy_tng.baselines import MeanOfRaw, RandomAllPass, ResampledReal, ShapedNoise
from obspy_tng.evaluation import cross_evaluate

CONTROLS = {
    "resampled real": ResampledReal,
    "mean of 5": MeanOfRaw,
    "mean of 5, restored": partial(MeanOfRaw, amplitudes="restored"),
    "all-pass": RandomAllPass,
    "shaped noise": ShapedNoise,
}


def records_of(archive, sampling_rate, window):
    """Records of an archive folder, or of a simulated network where there is none."""
    if archive is None:
        return simulate_network(n_stations=5, n_events=40, seed=0, sampling_rate=sampling_rate,
                                window=window, f0=[0.7, 1.3, 2.5, 4.5, 8.0]).records
    return list(collect_records(Client(str(archive / "sds")),
                                inventory=read_inventory(archive / "stations.xml"),
                                catalog=read_events(archive / "events.xml"),
                                sampling_rate=sampling_rate, window=window))


def main():
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[1])
    parser.add_argument("--archive", type=Path, help="folder with sds/, stations.xml, events.xml")
    parser.add_argument("--sampling-rate", type=float, default=50.0, help="Hz (default 50)")
    parser.add_argument("--window", type=float, default=60.0, help="s (default 60)")
    parser.add_argument("--n", type=int, default=20, help="records per station and half")
    parser.add_argument("--splits", type=int, default=2, help="splits, each used both ways")
    parser.add_argument("--seed", type=int, default=0)
    parser.add_argument("--report", type=Path, default=Path("controls.html"))
    args = parser.parse_args()

    records = records_of(args.archive, args.sampling_rate, args.window)
    print(f"{len(records)} records")
    start = time.time()
    makers = {name: lambda known, control=control:
              control(args.sampling_rate, args.window).enroll(known)
              for name, control in CONTROLS.items()}
    evaluation = cross_evaluate(records, makers, n=args.n, splits=args.splits, seed=args.seed)
    print(evaluation.table())
    print(f"evaluated in {time.time() - start:.0f} s")
    evaluation.to_html(args.report)
    print(f"report: {args.report}")


if __name__ == "__main__":
    main()
