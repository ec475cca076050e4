"""
Can a classifier tell generated records from real ones?
=======================================================

The earthquakes are split in two. Generators are given the records of one half, of all stations, and
generate for the earthquakes of the other half, record by record. A classifier is trained and
tested on different earthquakes of that half (:mod:`obspy_tng.evaluation.metrics.critic`)::

    obspy-tng collect ARCHIVE --output records --sampling-rate 50 --window 120
    python examples/critic_benchmark.py --records records --output critic

Without ``--records`` a simulated network is used. Counts other than "half" enrol so many records of
one station after the other, beside all of the other stations. Beside the AUC stands what a copy
would pay with: the highest correlation with any enrolled record, of waveforms and of ln envelopes,
as medians; the floor compares the two halves of the real records. ``--picture`` draws sixteen
records, real and generated in random order, and writes which are real beside it. Records that were
padded with zeros are left out: silence is how a recorder ends, not ground motion.

The released and the conditional model take minutes of training for each split and are made only
when they are named in ``--methods``. ``--flow`` is a folder of weights of ``architecture="flow"``
(``pretrain_flow.py``): "flow" enrols with them, "flow, adapted" fits them to the records first.
With ``--alone`` a station has only its own records; with the count 0 it has none, and "tng" is
given its f0, that of the HVSR of the half that is not enrolled then.
"""

import argparse
import dataclasses
import functools
import json
import logging
from pathlib import Path

import numpy as np
from scipy.ndimage import uniform_filter1d

from obspy_tng import TNGGenerator, baselines, hvsr, simulate_network
from obspy_tng.evaluation.axes import Axes
from obspy_tng.evaluation.comparisons import Comparison
from obspy_tng.evaluation.cross_correlations import highest_correlations
from obspy_tng.evaluation.metrics.critic import ALL_GROUPS, GROUPS, critic_rows
from obspy_tng.evaluation.recordset import RecordSet
from obspy_tng.records.earthquakes import split_by_event
from obspy_tng.records.folder import read_records
from obspy_tng.records.record import group_by_station, record_to_array

logger = logging.getLogger("obspy_tng")

FLOOR = "real, other half"
#: s over which ln envelopes are smoothed, share of the largest power below which they end
SMOOTHING, LEAST_POWER = 0.5, 1e-5
#: training of the paper's models, minutes each
PAPER = {"released": {"epochs": 10, "finetune_epochs": 0},
         "conditional": {"epochs": 20, "finetune_epochs": 0}}


def usable_records(records, least_peak=0.0):
    """Records of earthquakes with magnitude and distance that fill their window; peak in m/s^2."""
    return [r for r in records
            if np.abs(record_to_array(r)).max() >= least_peak
            and not r[0].stats.tng.get("padded")
            and None not in (r[0].stats.tng.get("magnitude"), r[0].stats.tng.get("distance"))]


def parser_of_records(doc):
    """Command line of an example on collected records, described by the start of its docstring."""
    parser = argparse.ArgumentParser(description=doc.split("\n\n", 1)[0].strip())
    parser.add_argument("--records", required=True, help="folder that obspy-tng collect wrote")
    parser.add_argument("--least-peak", type=float, default=0.0, help="of records, m/s^2")
    return parser


def chosen_records(args):
    """The records that such a command line names."""
    return usable_records(read_records(args.records), args.least_peak)


def with_samples(record, samples):
    """A copy of a record with other samples ``(3, npts)``."""
    copy = record.copy()
    for trace, values in zip(copy, samples, strict=True):
        trace.data = values
    return copy


def auc_by_group(pair, seed):
    """AUC of the classifier for a Comparison of real with other records: dict group -> AUC."""
    return {row["group"]: row["value"] for row in critic_rows([[pair]], {"": [[pair]]}, seed)}


def heading():
    """The columns of a line of :func:`cells`."""
    return "".join(f"{g[:12]:>13}" for g in (*GROUPS, ALL_GROUPS))


def cells(rows):
    """AUC of all groups, means of some results of :func:`auc_by_group`."""
    return "".join(f"{np.mean([row[g] for row in rows]):13.2f}" for g in (*GROUPS, ALL_GROUPS))


def makers(rate, window, flow=None, epochs=20):
    """Functions of (list of records) that give a generator, by name; ``flow``: its weights."""
    def control(cls, fit=False):
        return lambda known: getattr(cls(rate, window), "fit" if fit else "enroll")(known)

    def tng(known):
        return TNGGenerator.from_pretrained("tng-small", sampling_rate=rate, window=window,
                                            device="cpu").enroll(known)

    def learned(fit, known):
        generator = TNGGenerator.from_pretrained(flow, sampling_rate=rate, window=window,
                                                 device="cpu")
        if not fit:
            return generator.enroll(known)
        generator.training = dataclasses.replace(generator.training, finetune_epochs=epochs)
        return generator.fit(known, progress=False)

    def paper(architecture, known):
        return TNGGenerator(rate, window, architecture, training=PAPER[architecture],
                            device="cpu").fit(known, progress=False)
    return {"resampled real": control(baselines.ResampledReal),
            "all-pass": control(baselines.RandomAllPass),
            "shaped noise": control(baselines.ShapedNoise),
            "donor noise": control(baselines.DonorNoise, fit=True),
            "source record": control(baselines.MovedSourceRecord),
            "tng": tng, "tng, network": tng,
            **({"flow": functools.partial(learned, False),
                "flow, adapted": functools.partial(learned, True)} if flow else {}),
            **{name: functools.partial(paper, name) for name in PAPER}}


def generated(make, options, known, test, count, seed, alone=False):
    """
    Records for the earthquakes of ``test``; ``count`` enrolled of one station at a time.

    ``alone``: without the records of other stations. Of 0 records the site's f0 is known.
    """
    groups = group_by_station(known)
    if count is None and not alone:
        generator = make(known)
        return {s: generator.generate_like(s, real, seed=seed, **options)
                for s, real in test.items()}
    made = {}
    for station, real in test.items():
        rng = np.random.default_rng([seed, len(made)])
        own = groups[station]
        some = [own[i] for i in rng.permutation(len(own))[:count]]
        others = [] if alone else [r for s, records in groups.items() if s != station
                                   for r in records]
        generator = make([*some, *others])
        if not some:
            generator.enroll_site(station, f0=site_frequency(own))
        made[station] = generator.generate_like(station, real, seed=seed, **options)
    return made


def site_frequency(records):
    """f0 of the HVSR of records of one station, Hz; without a clear peak the median of theirs."""
    curves = hvsr(records)
    return curves.peak.f0 if curves.peak.found else curves.f0["median"]


def ln_envelopes(data, rate):
    """ln of the smoothed power of the horizontals, twice, as records ``(n, 3, npts)``."""
    power = uniform_filter1d(np.square(data[:, 1:]).sum(1), int(SMOOTHING * rate), axis=-1)
    power = power[:, int(1.5 * rate):int(0.94 * power.shape[-1])]  # less the tapers
    envelope = np.log(power + LEAST_POWER * power.max(-1, keepdims=True))
    return np.stack([envelope] * 3, axis=1)


def novelty(data, known, rate):
    """Median highest correlation with any enrolled record: of waveforms, of ln envelopes."""
    pairs = (data, known), (ln_envelopes(data, rate), ln_envelopes(known, rate))
    return [float(np.median(highest_correlations(a, b).max(1))) for a, b in pairs]


def benchmark(records, methods, counts=(None,), splits=3, *, flow=None, epochs=20,
              alone=False):
    """
    All methods on several splits.

    :param records: list of records of several stations, all with magnitude and distance.
    :param methods: names out of :func:`makers`.
    :param counts: numbers of records to enrol of a station; None: half of the earthquakes.
    :param splits: number of splits.
    :param flow: folder of weights of architecture "flow", or None.
    :param epochs: of their adaptation.
    :param alone: whether a station has only its own records.
    :return: list of dicts: split, n, method, AUC by group, novelty and envelope_novelty.
    """
    axes = Axes.of_records(records)
    rate, window = axes.sampling_rate, axes.window
    rows = []
    for split in range(1, splits + 1):
        known, unseen = split_by_event(records, 0.5, seed=split)
        known_by, test = group_by_station(known), group_by_station(unseen)
        test = {s: real for s, real in test.items() if s in known_by}
        real_sets = sets_of(test, axes, "real")
        floor = Comparison(real_sets, sets_of({s: known_by[s] for s in test}, axes, "real"), {})
        everything = np.stack([record_to_array(r) for r in known])

        def row(name, n, pair, streams, split=split, everything=everything):
            found = critic_rows([[pair]], {name: [[pair]]}, split)
            data = np.stack([record_to_array(r) for group in streams.values() for r in group])
            rows.append({"split": split, "n": n, "method": name,
                         **{one["group"]: one["value"] for one in found},
                         "telling": found[-1]["telling"][0]["feature"] if found[-1]["telling"]
                         else "",
                         **dict(zip(("novelty", "envelope_novelty"),
                                    novelty(data, everything, rate), strict=True))})
            logger.info("split %d, n %s, %s: %.2f", split, n, name, rows[-1][ALL_GROUPS])
        row(FLOOR, None, floor, test)
        for n in counts:
            for name in methods:
                options = {"sampler": "posterior"} if name == "tng, network" else {}
                streams = generated(makers(rate, window, flow, epochs)[name], options, known,
                                    test, n, split, alone)
                row(name, n, Comparison(real_sets, sets_of(streams, axes, name), {}), streams)
    return rows


def sets_of(groups, axes, label):
    """RecordSets of groups of records."""
    return {s: RecordSet.from_records(group, axes, f"{label} {s}") for s, group in groups.items()}


def table(rows):
    """Means over the splits as lines of text."""
    columns = [*GROUPS, ALL_GROUPS, "novelty", "envelope_novelty"]
    lines = ["method                n     " + " ".join(f"{c[:12]:>12}" for c in columns)]
    for n, name in dict.fromkeys((row["n"], row["method"]) for row in rows):
        some = [row for row in rows if (row["n"], row["method"]) == (n, name)]
        means = [np.mean([row[c] for row in some]) for c in columns]
        lines.append(f"{name:21} {'half' if n is None else n:>4} "
                     + " ".join(f"{m:12.2f}" for m in means))
    return "\n".join(lines)


def picture(records, path, seed=1):
    """Sixteen records, eight real and eight generated for the same earthquakes, in random order."""
    from matplotlib.figure import Figure
    known, unseen = split_by_event(records, 0.5, seed=seed)
    axes = Axes.of_records(records)
    generator = baselines.MovedSourceRecord(axes.sampling_rate, axes.window).enroll(known)
    rng = np.random.default_rng(seed)
    chosen = [unseen[i] for i in rng.permutation(len(unseen))
              if group_by_station([unseen[i]]).keys() <= generator.stations.keys()][:8]
    both = [(True, record) for record in chosen]
    both += [(False, generator.generate_like(next(iter(group_by_station([record]))), [record],
                                             seed=seed + i)[0])
             for i, record in enumerate(chosen)]
    both = [both[i] for i in rng.permutation(16)]
    figure = Figure(figsize=(11, 11), layout="constrained")
    for k, (ax, (_, record)) in enumerate(zip(figure.subplots(8, 2).T.flat, both, strict=True)):
        data = record_to_array(record)
        data /= np.abs(data).max()
        times = np.arange(axes.npts) / axes.sampling_rate
        for c, color in enumerate(("0.2", "#0072b2", "#d55e00")):
            ax.plot(times, data[c] - 1.3 * c, color=color, linewidth=0.4)
        ax.set_title(str(k + 1), fontsize=8, loc="left")
        ax.set_yticks([])
        ax.tick_params(labelsize=7)
    figure.savefig(path, dpi=110)
    key = ", ".join(str(k + 1) for k, (real, _) in enumerate(both) if real)
    Path(path).with_suffix(".txt").write_text(f"real: {key}\n", "utf-8")


def main(argv=None):
    """The command line."""
    parser = argparse.ArgumentParser(description=__doc__.split("\n")[1])
    parser.add_argument("--records", help="folder of records; default: a simulated network")
    parser.add_argument("--output", default="critic", help="folder")
    parser.add_argument("--methods", nargs="+", default=[n for n in makers(1, 1) if n not in PAPER])
    parser.add_argument("--counts", nargs="+", default=["half"], help="0, 3, 10, half")
    parser.add_argument("--splits", type=int, default=3)
    parser.add_argument("--least-peak", type=float, default=0.0, help="of records, m/s^2")
    parser.add_argument("--flow", help="folder of weights of architecture flow")
    parser.add_argument("--flow-epochs", type=int, default=20, help="of its adaptation")
    parser.add_argument("--alone", action="store_true", help="stations without the others' records")
    parser.add_argument("--picture", action="store_true")
    args = parser.parse_args(argv)
    logging.basicConfig(level=logging.INFO, format="%(message)s")
    records = list(read_records(args.records)) if args.records else simulate_network(
        3, 40, seed=1, sampling_rate=50.0, window=60.0).records
    records = usable_records(records, args.least_peak)
    folder = Path(args.output)
    folder.mkdir(parents=True, exist_ok=True)
    if args.picture:
        picture(records, folder / "unlabelled.png")
    rows = benchmark(records, args.methods,
                     [None if c == "half" else int(c) for c in args.counts], args.splits,
                     flow=args.flow, epochs=args.flow_epochs, alone=args.alone)
    (folder / "rows.json").write_text(json.dumps(rows, indent=1), "utf-8")
    (folder / "table.txt").write_text(table(rows) + "\n", "utf-8")
    print(table(rows))


if __name__ == "__main__":
    main()
