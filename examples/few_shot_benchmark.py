"""
Few records at a station: what each generator makes of them
===========================================================

One station at a time is left out. A generator may learn from the training
earthquakes of the other stations, enrols n records of the one left out, and is judged
against that station's records of the other earthquakes, beside the floor (its own records
of the training earthquakes)::

    obspy-tng collect ARCHIVE --output records --sampling-rate 50 --window 120
    python examples/few_shot_benchmark.py --records records --output few_shot

Without ``--records`` a simulated network is used. Controls see the n records only;
"donor noise" sees the other stations too, has its prior of station terms from a
simulated network, and is asked for the magnitudes and distances
of the records that it is judged against.
"""

import argparse
import json
import logging
from pathlib import Path

import numpy as np

from obspy_tng import baselines, evaluate, simulate_network
from obspy_tng.records import group_by_station, record_info, record_to_array, split_by_event
from obspy_tng.records_store import read_records

logger = logging.getLogger("obspy_tng")

FLOOR = "real, other half"
FIGURES = {"specificity": "specificity", "hvsr_rms": "HVSR rms", "hvsr_sd_ratio": "HVSR spread",
           "pga_spread": "spread ln PGA", "d5_95_spread": "spread ln D5-95", "psa_rms": "PSA rms",
           "husid_sd_ratio": "Husid scatter", "novelty": "novelty"}


def few_shot(records, counts=(3, 10, None), splits=4, number=100, seed=1):
    """
    The benchmark.

    :param records: list of records of several stations, all with magnitude and distance.
    :param counts: numbers of records to enrol; None takes all of the training half.
    :param splits: number of random halves of the earthquakes.
    :param number: records to generate per station.
    :param seed: of splits, choices and draws.
    :return: list of dicts: split, n, method and the figures of :data:`FIGURES`.
    """
    prior = simulated_prior(records)
    rows = []
    for split in range(splits):
        train, test = (group_by_station(half) for half in
                       split_by_event(records, 0.5, seed=seed + split))
        stations = sorted(set(train) & set(test))
        train, test = ({s: group[s] for s in stations} for group in (train, test))
        rng = np.random.default_rng([seed, split])
        for n in counts:
            enrolled = {s: _choose(train[s], n, rng) for s in stations}
            generated = generate_all(train, test, enrolled, number, seed + split, prior)
            if n is None:
                generated[FLOOR] = train
            result = evaluate(test, generated, enrolled=enrolled, seed=seed, repeats=5)
            for method in generated:
                figures = {key: result.value(key, method) for key in FIGURES}
                rows.append({"split": split, "n": n or "half", "method": method, **figures})
                logger.info("split %d n %s %-20s %s", split, n or "half", method,
                            " ".join(f"{v:.2f}" for v in figures.values()))
    return rows


def simulated_prior(records, stations=100, events=5):
    """What station terms look like, from a simulated network like the records."""
    stats = records[0][0].stats
    m, r = (np.array([record_info(x)[k] for x in records]) for k in ("magnitude", "distance"))
    network = simulate_network(
        stations, events, seed=12345, sampling_rate=stats.sampling_rate,
        window=stats.npts / stats.sampling_rate,
        f0=np.geomspace(max(0.2, 10 * stats.sampling_rate / stats.npts), 8, stations),
        magnitude=(max(m.min(), 3.0), min(m.max(), 8.0)),
        distance=(max(r.min(), 5.0), min(r.max(), 500.0)))
    return baselines.DonorNoise(stats.sampling_rate, stats.npts / stats.sampling_rate).fit(
        network.records).terms


def generate_all(train, test, enrolled, number, seed, prior):
    """Dict method -> station -> generated records."""
    rate, npts = (next(iter(test.values()))[0][0].stats[k] for k in ("sampling_rate", "npts"))
    size = {"sampling_rate": rate, "window": npts / rate}
    controls = [baselines.ResampledReal(**size), baselines.RandomAllPass(**size),
                baselines.MeanOfRaw(**size), baselines.MeanOfRaw(**size, amplitudes="restored"),
                baselines.ShapedNoise(**size)]
    generated = {}
    for control in controls:
        control.fit([r for group in enrolled.values() for r in group])
        generated[control.name] = {s: control.generate(s, number, seed=seed) for s in enrolled}
    donors = {}
    for station in enrolled:
        generator = baselines.DonorNoise(**size, prior=prior).fit(
            [r for s in train if s != station for r in train[s]])
        generator.enroll(enrolled[station])
        donors[station] = as_asked(generator, station, test[station], number, seed)
    generated[baselines.DonorNoise.name] = donors
    return generated


def as_asked(generator, station, like, number, seed):
    """Records with the magnitudes and distances of the records ``like``, in turn."""
    streams = []
    for i in range(number):
        info = record_info(like[i % len(like)])
        streams += generator.generate(station, 1, seed=1000 * seed + i,
                                      magnitude=info["magnitude"], distance=info["distance"])
    return streams


def _choose(records, n, rng):
    if n is None or n >= len(records):
        return records
    return [records[i] for i in rng.choice(len(records), n, replace=False)]


def usable(records, min_pga):
    """Records that fill their window, know their earthquake and are strong enough."""
    return [r for r in records
            if not r[0].stats.tng.get("padded") and r[0].stats.tng.get("magnitude") is not None
            and r[0].stats.tng.get("distance") is not None
            and np.abs(record_to_array(r)).max() >= min_pga]


def table(rows):
    """Means over the splits as a Markdown table."""
    lines = ["| | n | " + " | ".join(FIGURES.values()) + " |",
             "|" + "---|" * (2 + len(FIGURES))]
    for method in dict.fromkeys(row["method"] for row in sorted(
            rows, key=lambda r: r["method"] != FLOOR)):
        counts = list(dict.fromkeys(r["n"] for r in rows if r["method"] == method))
        cells = [" / ".join(f"{np.mean([r[key] for r in rows if r['method'] == method and r['n'] == n]):.2f}"  # noqa: E501
                            for n in counts) for key in FIGURES]
        lines.append(f"| {method} | {' / '.join(map(str, counts))} | " + " | ".join(cells) + " |")
    return "\n".join(lines)


def main():
    """Command line of the benchmark."""
    parser = argparse.ArgumentParser(description=__doc__.split("\n\n", 1)[0].strip())
    parser.add_argument("--records", help="folder that obspy-tng collect wrote")
    parser.add_argument("--output", default="few_shot", help="folder for table.md and rows.json")
    parser.add_argument("--splits", type=int, default=4)
    parser.add_argument("--number", type=int, default=100, help="records per station")
    parser.add_argument("--min-pga", type=float, default=0.02, help="m/s^2 (default 0.02)")
    args = parser.parse_args()
    logging.basicConfig(format="%(message)s")
    logger.setLevel(logging.INFO)
    if args.records:
        records = list(read_records(args.records))
    else:
        records = simulate_network(4, 40, seed=0, sampling_rate=50.0).records
    rows = few_shot(usable(records, args.min_pga), splits=args.splits, number=args.number)
    output = Path(args.output)
    output.mkdir(parents=True, exist_ok=True)
    (output / "rows.json").write_text(json.dumps(rows, indent=1), "utf-8")
    (output / "table.md").write_text(table(rows) + "\n", "utf-8")
    print(table(rows))


if __name__ == "__main__":
    main()
