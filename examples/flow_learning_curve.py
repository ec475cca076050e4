"""
Learning curves of the flow: critic against records, training and steps
=======================================================================

How good could ``architecture="flow"`` become with more records, more training, more steps? Half of
the earthquakes of a folder of records train it, those of the other half judge it::

    python examples/flow_learning_curve.py --records records --least-peak 0.02 --output curve

Networks are trained from nothing on a quarter, a half and all of the real training records, and on
a quarter and all of the records of ``--networks`` simulated networks; the last is also adapted to
the real ones. Training stops where the number of records seen has doubled. At each stop the error
of the velocity on the test half is noted, and the critic of ``critic_benchmark.py`` sorts generated
from real records, by group. Band levels are always those of the whole training half, so that only
the network differs. At the last stop records are generated with several numbers of steps, and from
test records that are only partly turned into noise: how much of the way the network can go.

``rows.json`` is written after each stop, and what was trained is kept: a command that was stopped
goes on where it was. ``--report`` makes ``table.txt`` and ``curve.png`` from what there is. About
an hour of one core for a hundred records of 60 s at 100 Hz.
"""

import argparse
import json
import logging
import os
from pathlib import Path

import numpy as np
import torch
from critic_benchmark import auc_by_group, makers, sets_of, usable_records, with_samples

from obspy_tng import TNGGenerator
from obspy_tng.evaluation.axes import Axes
from obspy_tng.evaluation.comparisons import Comparison
from obspy_tng.evaluation.metrics.critic import ALL_GROUPS, GROUPS
from obspy_tng.methods.flow.method import SIZES, FlowMethod
from obspy_tng.models.checkpoint import save_folder
from obspy_tng.models.flow import pool
from obspy_tng.models.velocity import quarter_turn
from obspy_tng.records.earthquakes import earthquakes, split_by_event
from obspy_tng.records.folder import read_records
from obspy_tng.records.info import record_info
from obspy_tng.records.record import group_by_station, record_to_array
from obspy_tng.simulate.corpus import corpus_network
from obspy_tng.training.sets import RecordSets

logger = logging.getLogger("obspy_tng")

LEARNING_RATE, CLIP = 1e-3, 1.0
#: sets of four records of a step
BATCH = 4
#: records seen at the first stop; it doubles
FIRST = 500
#: steps of a record at the last stop, and shares of the way that are already done
STEPS, SHARES = (2, 4, 16), (0.95, 0.9, 0.8, 0.5)
#: draws of noise and angle over which the error on the test half is averaged
DRAWS = 6
#: parts of the training records, by name
PARTS = {"real, quarter": 0.25, "real, half": 0.5, "real": 1.0,
         "simulated, quarter": 0.25, "simulated": 1.0}
ADAPTED = "simulated, then real"


class Data:
    """The two halves of the records, and simulated ones, as the network's loss takes them."""

    def __init__(self, args):
        records = usable_records(read_records(args.records), args.least_peak)
        self.axes = Axes.of_records(records)
        self.known, unseen = split_by_event(records, 0.5, seed=args.split)
        known = group_by_station(self.known)
        self.test = {s: group for s, group in group_by_station(unseen).items() if s in known}
        self.real = sets_of(self.test, self.axes, "real")
        self.floor = Comparison(self.real, sets_of({s: known[s] for s in self.test}, self.axes,
                                                   "real"), {})
        self.method = FlowMethod(self.axes.npts, self.axes.sampling_rate)
        self.work, self.networks, self.seed = Path(args.output), args.networks, args.seed

    def training(self, name):
        """List of tuples of columns, one a station."""
        if name.startswith("simulated") and name != ADAPTED:
            return [station for number in range(round(self.networks * PARTS[name]))
                    for station in self._network(number)]
        events = np.array(earthquakes([record_info(r) for r in self.known]))
        names = np.unique(events)
        np.random.default_rng(self.seed).shuffle(names)
        names = names[:round(PARTS.get(name, 1.0) * len(names))]
        chosen = [r for r, event in zip(self.known, events, strict=True) if event in names]
        return [self.columns(group) for group in group_by_station(chosen).values()]

    def columns(self, records):
        """Columns of the records of a station."""
        return self.method.columns(np.stack([record_to_array(r) for r in records]),
                                   [record_info(r) for r in records])

    def _network(self, number):
        """Columns of the stations of a simulated network, kept in a file."""
        path = self.work / f"network_{number}.npz"
        if not path.exists():
            stations = [self.method.columns(*station) for station in corpus_network(
                self.axes.npts, self.axes.sampling_rate, self.seed, number)]
            part = path.with_suffix(".part.npz")
            np.savez(part, stations=np.repeat(np.arange(len(stations)),
                                              [len(s[0]) for s in stations]),
                     **{f"c{k}": np.concatenate(c)
                        for k, c in enumerate(zip(*stations, strict=True))})
            os.replace(part, path)
        with np.load(path) as file:
            labels, columns = file["stations"], [file[f"c{k}"] for k in range(3)]
        return [tuple(c[labels == s] for c in columns) for s in np.unique(labels)]


class Learner:
    """A network in training: its state in one file."""

    def __init__(self, data, name, backbone, seed):
        self.data, self.backbone, self.seed = data, backbone, seed
        self.path = data.work / f"{backbone}, {name}.pt"
        self.size = {**SIZES["small"], "backbone": backbone}
        self.method = FlowMethod(data.axes.npts, data.axes.sampling_rate, self.size, seed=seed)
        self.model = self.method.model
        self.optimizer = torch.optim.AdamW(self.model.parameters(), lr=LEARNING_RATE)
        self.seen, self.last = 0, {}
        if self.path.exists():
            state = torch.load(self.path, weights_only=True)
            self.model.load_state_dict(state["model"])
            self.optimizer.load_state_dict(state["optimizer"])
            self.seen, self.last = state["seen"], state["last"]

    def start_from(self, other):
        """Begin with the weights of another learner."""
        self.model.load_state_dict(other.model.state_dict())
        self.model.restart()

    def train(self, stations, until):
        """Train until so many records are seen; constant learning rate, averaged weights."""
        self.model.train()
        sums, count = np.zeros(2), 0
        while self.seen < until:
            sets = RecordSets(stations, 1, seed=self.seen)
            order = np.random.default_rng(self.seen).permutation(len(sets))
            for first in range(0, len(order), BATCH):
                batch = sets.batch(order[first:first + BATCH])
                torch.manual_seed(self.seen)
                self.optimizer.zero_grad(set_to_none=True)
                terms = self.model.loss(*map(torch.as_tensor, batch))
                terms["loss"].backward()
                torch.nn.utils.clip_grad_norm_(self.model.parameters(), CLIP)
                self.optimizer.step()
                n = len(batch[0])
                self.seen += n
                sums += n * np.array([float(terms[k]) for k in ("coefficients", "envelopes")])
                count += n
                if self.seen >= until:
                    break
        self.model.eval()
        if count:
            self.last = dict(zip(("coefficients", "envelopes"), (sums / count).tolist(),
                                 strict=True))
        part = self.path.with_suffix(".part")
        torch.save({"model": self.model.state_dict(), "optimizer": self.optimizer.state_dict(),
                    "seen": self.seen, "last": self.last}, part)
        os.replace(part, self.path)

    @torch.no_grad()
    def error(self):
        """Mean squared error of the velocity on the test half, by part."""
        sets = RecordSets([self.data.columns(group) for group in self.data.test.values()], DRAWS,
                          seed=1)
        self.model.eval()
        sums, count = np.zeros(2), 0
        for first in range(0, len(sets), BATCH):
            batch = sets.batch(range(first, min(first + BATCH, len(sets))))
            torch.manual_seed(first)
            terms = self.model.loss(*map(torch.as_tensor, batch))
            sums += len(batch[0]) * np.array([float(terms[k]) for k in ("coefficients",
                                                                        "envelopes")])
            count += len(batch[0])
        return dict(zip(("coefficients", "envelopes"), (sums / count).tolist(), strict=True))

    def generator(self):
        """TNGGenerator with the weights of now."""
        folder = self.path.with_suffix("")
        weights = {k: v.numpy() for k, v in self.model.state_dict().items()}
        save_folder(folder, {"architecture": "flow", "size": self.model.settings()},
                    {"weights": weights})
        axes = self.data.axes
        made = TNGGenerator.from_pretrained(str(folder), sampling_rate=axes.sampling_rate,
                                            window=axes.window, device="cpu")
        return made.enroll(self.data.known)

    @torch.no_grad()
    def continued(self, share, steps=8):
        """Test records turned into noise but for a share of the way, and generated from there."""
        method, made = self.method, {}
        known = group_by_station(self.data.known)
        angle = share * quarter_turn(1)[1]
        rng = np.random.default_rng(self.seed)
        for station, group in self.data.test.items():
            vector = torch.cat(pool(self.model.summarize(*(
                torch.as_tensor(c.astype(np.float32)) for c in self.data.columns(known[station]))),
                torch.ones(1, len(known[station]))), dim=1)
            for record in group:
                frames, given, condition, levels, _ = method._inputs(
                    record_to_array(record), record_info(record))
                noised = np.cos(angle) * rng.standard_normal(frames.shape) + np.sin(angle) * frames
                found = torch.as_tensor(noised[None] / np.sin(angle))
                if steps:
                    found = self.model.generate(*(torch.as_tensor(a[None].astype(np.float32))
                                                  for a in (noised, given, condition)), vector,
                                                steps, start=share)
                made.setdefault(station, []).append(with_samples(
                    record, method.frames.decode(found[0].numpy(), levels)))
        return made


def judged(data, streams):
    """AUC by group."""
    pair = Comparison(data.real, sets_of(streams, data.axes, "made"), {})
    return auc_by_group(pair, 1)


def generated(data, generator, seed, **options):
    """Records for the test half."""
    return {s: generator.generate_like(s, group, seed=seed, **options)
            for s, group in data.test.items()}


class Rows:
    """The results, in a file that is always complete."""

    def __init__(self, path):
        self.path = Path(path)
        self.rows = json.loads(self.path.read_text("utf-8")) if self.path.exists() else []

    def add(self, key, make):
        """A row for a key (dict) unless it is there."""
        if any(all(row.get(k) == v for k, v in key.items()) for row in self.rows):
            return
        self.rows.append({**key, **make()})
        part = self.path.with_suffix(".part")
        part.write_text(json.dumps(self.rows, indent=1), "utf-8")
        os.replace(part, self.path)
        logger.info("%s", {k: round(v, 3) if isinstance(v, float) else v
                           for k, v in self.rows[-1].items()})


def curve(data, rows, backbone, name, until, args):
    """One network, judged at each stop."""
    learner = Learner(data, name, backbone, args.seed)
    if name == ADAPTED and not learner.seen:
        learner.start_from(Learner(data, "simulated", backbone, args.seed))
    stations = data.training(name)
    records = sum(len(station[0]) for station in stations)

    def row():
        return {"records": records, "training": learner.last, "test": learner.error(),
                **judged(data, generated(data, learner.generator(), args.split))}
    stop = FIRST
    while stop <= until:
        if learner.seen < stop:
            learner.train(stations, stop)
        if learner.seen < 2 * stop:
            rows.add({"backbone": backbone, "data": name, "seen": stop, "steps": 8, "share": 0.0},
                     row)
        stop *= 2
    key = {"backbone": backbone, "data": name, "seen": stop // 2}
    if name in ("real", "simulated"):
        for steps in STEPS:
            rows.add({**key, "steps": steps, "share": 0.0}, lambda steps=steps: judged(
                data, generated(data, learner.generator(), args.split, steps=steps)))
        for share in SHARES:
            rows.add({**key, "steps": 8, "share": share},
                     lambda share=share: judged(data, learner.continued(share)))


def doublings(rows):
    """
    How fast a network learns waveforms at its last stops.

    The error of a network that knows nothing of the coefficients is 1; what it has learned,
    1 - error, grows with the records seen.

    :param rows: of one network, in the order of its stops.
    :return: what is learned at the last stop, its growth over the last doubling, and how many more
        doublings of this kind would lead to half of the variance (inf without growth).
    """
    before, last = (1 - row["test"]["coefficients"] for row in rows[-2:])
    growth = last / before
    more = np.log(0.5 / last) / np.log(growth) if growth > 1 else np.inf
    return last, growth, more


def table(rows):
    """Lines of text."""
    columns = (*GROUPS, ALL_GROUPS)
    lines = [f"{'network, trained on':32}{'records':>8}{'seen':>7}{'steps':>6}{'done':>6}"
             f"{'coeff.':>8}{'env.':>7}" + "".join(f"{c[:9]:>10}" for c in columns)]
    for row in rows:
        test = row.get("test", {})
        numbers = [f"{test[k]:{w}.3f}" if k in test else " " * w
                   for k, w in (("coefficients", 8), ("envelopes", 7))]
        name = f"{row['backbone']}, {row['data']}" if row["backbone"] else row["data"]
        lines.append(f"{name:32}{row.get('records', ''):>8}{row['seen'] or '':>7}"
                     f"{row['steps'] or '':>6}{row['share'] or '':>6}" + "".join(numbers)
                     + "".join(f"{row[c]:10.2f}" for c in columns))
    for backbone, name in dict.fromkeys((r["backbone"], r["data"]) for r in rows if "test" in r):
        some = [r for r in rows if (r["backbone"], r["data"]) == (backbone, name) and "test" in r]
        if len(some) > 1:
            last, growth, more = doublings(some)
            lines.append(f"{backbone}, {name}: {last:.3f} of the coefficients learned, times "
                         f"{growth:.2f} by the last doubling; half of them after {more:.0f} more")
    return "\n".join(lines)


def picture(rows, path):
    """Error and critic against records seen."""
    from matplotlib.figure import Figure
    figure = Figure(figsize=(10, 7), layout="constrained")
    axes = figure.subplots(2, 2, sharex="col")
    colors = dict(zip((*PARTS, ADAPTED),
                      ("#9ecae1", "#4292c6", "#08519c", "#fdae6b", "#d94801", "#238b45"),
                      strict=True))
    for backbone, name in dict.fromkeys((r["backbone"], r["data"]) for r in rows if r["backbone"]):
        some = [r for r in rows if (r["backbone"], r["data"]) == (backbone, name) and "test" in r]
        style = {"color": colors[name], "ls": "-" if backbone == "times" else "--",
                 "marker": "o" if backbone == "times" else "x", "ms": 3,
                 "label": f"{backbone}, {name}"}
        seen = [r["seen"] for r in some]
        axes[0, 0].plot(seen, [r["test"]["coefficients"] for r in some], **style)
        axes[1, 0].plot(seen, [r["test"]["envelopes"] for r in some], **style)
        axes[0, 1].plot(seen, [r["timing"] for r in some], **style)
        axes[1, 1].plot(seen, [r["polarization"] for r in some], **style)
    stops = sorted({row["seen"] for row in rows if "test" in row})
    for row in rows:
        if not row["backbone"] and not row["share"]:
            for ax, group in zip(axes[:, 1], ("timing", "polarization"), strict=True):
                ax.axhline(row[group], color="0.5", lw=0.8)
                ax.text(FIRST, row[group], row["data"], fontsize=7, va="bottom")
    for ax, title in zip(axes.flat, ("error of the coefficients, test half", "critic, timing (AUC)",
                                     "error of the envelopes, test half",
                                     "critic, polarization (AUC)"), strict=True):
        ax.set_title(title, fontsize=9, loc="left")
        ax.set_xscale("log")
        ax.set_xticks(stops, [f"{stop:,}" for stop in stops])
        ax.minorticks_off()
        ax.tick_params(labelsize=8)
    for ax in axes[1]:
        ax.set_xlabel("records seen in training", fontsize=8)
    axes[0, 0].legend(fontsize=6)
    figure.savefig(path, dpi=110)


def main():
    """Command line."""
    parser = argparse.ArgumentParser(description=__doc__.split("\n\n", 1)[0].strip())
    parser.add_argument("--records", help="folder that obspy-tng collect wrote")
    parser.add_argument("--output", default="flow-curve", help="folder")
    parser.add_argument("--least-peak", type=float, default=0.0, help="of records, m/s^2")
    parser.add_argument("--networks", type=int, default=24, help="simulated networks")
    parser.add_argument("--backbones", nargs="+", default=["times", "dilated"])
    parser.add_argument("--real", type=int, default=4000, help="real records seen at last")
    parser.add_argument("--simulated", type=int, default=16000, help="simulated records seen")
    parser.add_argument("--quarter", type=int, default=4000,
                        help="records of a quarter of the simulated ones seen")
    parser.add_argument("--adapt", type=int, default=2000, help="real records seen afterwards")
    parser.add_argument("--split", type=int, default=1)
    parser.add_argument("--seed", type=int, default=7)
    parser.add_argument("--report", action="store_true", help="only tables and picture")
    args = parser.parse_args()
    logging.basicConfig(format="%(asctime)s %(message)s", level=logging.INFO)
    folder = Path(args.output)
    folder.mkdir(parents=True, exist_ok=True)
    rows = Rows(folder / "rows.json")
    if not args.report:
        data = Data(args)
        none = {"backbone": "", "seen": 0, "steps": 0, "share": 0.0}
        rows.add({**none, "data": "real, other half"}, lambda: auc_by_group(data.floor, 1))
        for name in ("source record", "tng"):
            rows.add({**none, "data": name}, lambda name=name: judged(data, generated(
                data, makers(data.axes.sampling_rate, data.axes.window)[name](data.known),
                args.split)))
        for share in SHARES:
            learner = Learner(data, "untrained", "times", args.seed)
            rows.add({**none, "data": "noise left in", "share": share},
                     lambda share=share, it=learner: judged(data, it.continued(share, 0)))
        for name, until in (("real", args.real), ("simulated", args.simulated),
                            (ADAPTED, args.adapt), ("real, quarter", args.real),
                            ("real, half", args.real), ("simulated, quarter", args.quarter)):
            for backbone in args.backbones:
                curve(data, rows, backbone, name, until, args)
    (folder / "table.txt").write_text(table(rows.rows) + "\n", "utf-8")
    picture(rows.rows, folder / "curve.png")
    print(table(rows.rows))


if __name__ == "__main__":
    main()
