"""
Generators with few records at a station
========================================

One station at a time is left out. A generator may be trained on the training earthquakes of
the other stations, enrols n records of the station that is left out, and is evaluated with
that station's records of the other earthquakes, in comparison with the floor (the station's
records of the training earthquakes)::

    obspy-tng collect ARCHIVE --output records --sampling-rate 50 --window 120
    python examples/few_shot_benchmark.py --records records --output few_shot

Without ``--records`` a simulated network is used. Controls are given the n records only. "donor
noise" and "tng" are also given the training earthquakes of the other stations and simulated
networks, and generate for the magnitudes, distances and depths of the records that they are
compared with; a second table shows the dependence on these. "tng, not adapted" has the weights of
the package and only enrols these records.

The released and the conditional model, trained on the other stations and enrolling the n records,
take long and are made only when they are named. Rows of other methods in the folder are kept::

    python examples/few_shot_benchmark.py --records records --output few_shot \\
        --methods released conditional
"""

import argparse
import copy
import functools
import json
import logging
import multiprocessing
import os
from concurrent.futures import ProcessPoolExecutor
from pathlib import Path

import numpy as np
import torch

from obspy_tng import TNGGenerator, baselines, evaluate, simulate_network
from obspy_tng.records.earthquakes import split_by_event
from obspy_tng.records.folder import read_records
from obspy_tng.records.info import record_info
from obspy_tng.records.record import group_by_station, record_to_array

logger = logging.getLogger("obspy_tng")

FLOOR = "real, other half"
FIGURES = {"specificity": "specificity", "hvsr_rms": "HVSR rms", "hvsr_sd_ratio": "HVSR spread",
           "pga_spread": "spread ln PGA", "d5_95_spread": "spread ln D5-95", "psa_rms": "PSA rms",
           "husid_sd_ratio": "Husid scatter", "novelty": "novelty"}
#: with the earthquake given: mean, spread and trends of the residuals
MEASURES = {"pga": "ln PGA", "pgv": "ln PGV", "arias": "ln Arias", "d5_95": "ln D5-95"}
KINDS = ("bias", "spread", "magnitude", "distance")
CONDITIONAL = [f"{measure}_residual_{kind}" for measure in MEASURES for kind in KINDS]
#: training of the paper's models on the other stations: a quarter to three minutes each
PAPER = {"released": {"epochs": 10, "finetune_epochs": 0},
         "conditional": {"epochs": 20, "finetune_epochs": 0}}
#: methods that take magnitude and distance
ASKED = ("donor noise", "tng, not adapted", "tng")
#: controls that are given the n records only
CONTROLS = (baselines.ResampledReal, baselines.RandomAllPass, baselines.MeanOfRaw,
            functools.partial(baselines.MeanOfRaw, amplitudes="restored"), baselines.ShapedNoise)


def few_shot(records, methods=None, counts=(3, 10, None), splits=4, number=100, seed=1,
             processes=1):
    """
    The benchmark.

    :param records: list of records of several stations, all with magnitude and distance.
    :param methods: names of those that take part; None: all but those of :data:`PAPER`.
    :param counts: numbers of records to enrol; None takes all of the training half.
    :param splits: number of random halves of the earthquakes.
    :param number: records to generate per station.
    :param seed: of splits, choices and draws.
    :param processes: splits that are computed in parallel.
    :return: list of dicts: split, n, method and the figures of :data:`FIGURES` and
        :data:`CONDITIONAL`.
    """
    work = functools.partial(one_split, records, methods, counts, number, seed)
    if processes == 1:
        parts = map(work, range(splits))
    else:
        with ProcessPoolExecutor(processes, multiprocessing.get_context("spawn"), _share_cores,
                                 (processes,)) as pool:
            parts = list(pool.map(work, range(splits)))
    return [row for part in parts for row in part]


def one_split(records, methods, counts, number, seed, split):
    """Rows of one split; see :func:`few_shot`."""
    train, test = (group_by_station(half) for half in
                   split_by_event(records, 0.5, seed=seed + split))
    stations = sorted(set(train) & set(test))
    train, test = ({s: group[s] for s in stations} for group in (train, test))
    rng = np.random.default_rng([seed, split])
    prior = functools.cache(lambda: simulated_prior(records))
    learned = {s: learned_without(s, train, prior, methods) for s in stations}
    rows = []
    for n in counts:
        enrolled = {s: _choose(train[s], n, rng) for s in stations}
        generated = generate_all(learned, test, enrolled, methods, number, seed + split)
        if n is None:
            generated[FLOOR] = train
        result = evaluate(test, generated, enrolled=enrolled, seed=seed, repeats=5)
        for method in generated:
            # residuals need a method that takes magnitude and distance
            figures = {key: result.value(key, method) if key in result.metrics else np.nan
                       for key in (*FIGURES, *CONDITIONAL)}
            rows.append({"split": split, "n": n or "half", "method": method, **figures})
            logger.info("split %d n %s %-20s %s", split, n or "half", method,
                        " ".join(f"{figures[key]:.2f}" for key in FIGURES))
    return rows


def simulated_prior(records, stations=100, events=5):
    """Prior of station terms, from a simulated network similar to the records."""
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


def learned_without(station, train, prior, methods):
    """Dict method -> generator that has learned from all stations but one."""
    records = [r for s in train if s != station for r in train[s]]
    stats = records[0][0].stats
    size = {"sampling_rate": stats.sampling_rate, "window": stats.npts / stats.sampling_rate}

    def trained(architecture, **training):
        return TNGGenerator(**size, architecture=architecture, training={
            "validation": 0.0, **training}).fit(records, progress=False)

    makers = {"donor noise": lambda: baselines.DonorNoise(**size, prior=prior()).fit(records),
              "tng, not adapted": lambda: TNGGenerator.from_pretrained(
                  "tng-small", **size).enroll(records),
              "tng": lambda: trained("tng")}
    makers |= {name: functools.partial(trained, name, **training)
               for name, training in PAPER.items()}
    return {name: make() for name, make in makers.items() if _wanted(name, methods)}


def _wanted(name, methods):
    return name in methods if methods else name not in PAPER


def generate_all(learned, test, enrolled, methods, number, seed):
    """Dict method -> station -> generated records."""
    rate, npts = (next(iter(test.values()))[0][0].stats[k] for k in ("sampling_rate", "npts"))
    size = {"sampling_rate": rate, "window": npts / rate}
    generated = {}
    for control in (make(**size) for make in CONTROLS):
        if _wanted(control.name, methods):
            control.fit([r for group in enrolled.values() for r in group])
            generated[control.name] = {s: control.generate(s, number, seed=seed)
                                       for s in enrolled}
    for station, generators in learned.items():
        for name, generator in generators.items():
            generator = copy.deepcopy(generator).enroll(enrolled[station])
            generated.setdefault(name, {})[station] = (
                generator.generate_like(station, test[station], number, seed=seed)
                if name in ASKED else
                generator.generate(station, number, seed=seed))
    return generated


def _choose(records, n, rng):
    if n is None or n >= len(records):
        return records
    return [records[i] for i in rng.choice(len(records), n, replace=False)]


def usable(records, min_pga, min_magnitude=0.0):
    """Strong records that fill their window and have magnitude and distance."""
    return [r for r in records
            if not r[0].stats.tng.get("padded") and r[0].stats.tng.get("magnitude") is not None
            and r[0].stats.tng.get("distance") is not None
            and r[0].stats.tng["magnitude"] >= min_magnitude
            and np.abs(record_to_array(r)).max() >= min_pga]


def merged(before, rows):
    """Rows of a folder, and new ones in their place."""
    new = {row["method"] for row in rows}
    if not new & set(ASKED) and any(row["method"] == FLOOR for row in before):
        new.remove(FLOOR)  # the existing row has the residuals
    return ([row for row in before if row["method"] not in new]
            + [row for row in rows if row["method"] in new])


def table(rows):
    """Means over the splits: title row, then one row for each method, with all its n."""
    lines = [["", "n", *FIGURES.values()]]
    for method in dict.fromkeys(row["method"] for row in sorted(
            rows, key=lambda r: r["method"] != FLOOR)):
        counts = _counts(rows, method)
        lines.append([method, " / ".join(map(str, counts)),
                      *(" / ".join(_mean(rows, method, n, key) for n in counts)
                        for key in FIGURES)])
    return lines


def conditional_table(rows):
    """With the earthquake given: mean / spread / trend with M / with R of the residuals."""
    lines = [["", "n", *MEASURES.values()]]
    for method in (FLOOR, *ASKED):
        lines += [[method, str(n), *(" / ".join(_mean(rows, method, n, f"{m}_residual_{kind}")
                                                for kind in KINDS) for m in MEASURES)]
                  for n in _counts(rows, method)]
    return lines


def _counts(rows, method):
    return list(dict.fromkeys(r["n"] for r in rows if r["method"] == method))


def _mean(rows, method, n, key):
    return f"{np.mean([r[key] for r in rows if (r['method'], r['n']) == (method, n)]):.2f}"


def markdown(lines):
    """Rows of cells as a Markdown table."""
    title, *body = ("| " + " | ".join(cells) + " |" for cells in lines)
    return "\n".join([title, "|" + "---|" * len(lines[0]), *body])


def restructured(lines):
    """Rows of cells as a list-table."""
    body = "\n".join(f"   {'* -' if i == 0 else '  -'} {cell or chr(92) + ' '}"
                     for cells in lines for i, cell in enumerate(cells))
    return f".. list-table::\n   :header-rows: 1\n\n{body}\n"


def _share_cores(processes):
    """Set up one of several processes: more threads than cores would wait for each other."""
    torch.set_num_threads(max(1, (os.cpu_count() or 1) // processes))
    say()


def say():
    """Log the progress of the benchmark."""
    logging.basicConfig(format="%(message)s")
    logger.setLevel(logging.INFO)


def main():
    """Command line of the benchmark."""
    parser = argparse.ArgumentParser(description=__doc__.split("\n\n", 1)[0].strip())
    parser.add_argument("--records", help="folder that obspy-tng collect wrote")
    parser.add_argument("--output", default="few_shot", help="folder for tables and rows.json")
    parser.add_argument("--splits", type=int, default=4)
    parser.add_argument("--number", type=int, default=100, help="records per station")
    parser.add_argument("--min-pga", type=float, default=0.02, help="m/s^2 (default 0.02)")
    parser.add_argument("--min-magnitude", type=float, default=0.0)
    parser.add_argument("--methods", nargs="+", metavar="NAME",
                        help=f"default: all but {' and '.join(PAPER)}")
    parser.add_argument("--processes", type=int, default=1, help="splits at the same time")
    args = parser.parse_args()
    say()
    records = usable(list(read_records(args.records)) if args.records else
                     simulate_network(4, 40, seed=0, sampling_rate=50.0).records, args.min_pga,
                     args.min_magnitude)
    output = Path(args.output)
    output.mkdir(parents=True, exist_ok=True)
    settings = {"records": len(records), "splits": args.splits, "number": args.number,
                "min_pga": args.min_pga, "min_magnitude": args.min_magnitude}
    stored = output / "rows.json"
    before = json.loads(stored.read_text("utf-8")) if stored.exists() else {}
    if before and before["settings"] != settings:
        parser.error(f"{stored} is of {before['settings']}, not of {settings}")
    rows = few_shot(records, args.methods, splits=args.splits, number=args.number,
                    processes=args.processes)
    rows = merged(before.get("rows", []), rows)
    stored.write_text(json.dumps({"settings": settings, "rows": rows}, indent=1), "utf-8")
    for name, lines in (("table", table(rows)), ("conditional", conditional_table(rows))):
        (output / f"{name}.md").write_text(markdown(lines) + "\n", "utf-8")
        (output / f"{name}.rst").write_text(restructured(lines), "utf-8")
        print(markdown(lines) + "\n")


if __name__ == "__main__":
    main()
