"""
All systems of the paper, and the controls, on the same records
===============================================================

Trains the released autoencoder, the station-conditioned model, the spectrogram VAE and our
station bottleneck ("tng") on half of the earthquakes, generates records of every station, and
evaluates them with the other half, in comparison with real records (the floor) and with
controls without a network.

The released model is also trained on other data (on the other stations, leaving out one at a
time; on a simulated network) and applied without fine-tuning: the station's records are
enrolled and mixed with Dirichlet weights.

    python compare_methods.py --output comparison                    # simulated network
    python compare_methods.py --records FOLDER --output comparison   # of `obspy-tng collect`

Writes ``comparison.md``, ``.json`` and ``.html``. Models are kept in ``models/``, from which a run
that was stopped resumes.
"""

import argparse
import json
import os
import time
from pathlib import Path

import numpy as np

from obspy_tng import TNGGenerator, evaluate, simulate_network
from obspy_tng.baselines import (
    MeanOfRaw,
    RandomAllPass,
    ResampledReal,
    ShapedNoise,
    SpectrogramCVAE,
)
from obspy_tng.models.losses import active_units
from obspy_tng.records.earthquakes import split_by_event
from obspy_tng.records.folder import read_records
from obspy_tng.records.record import group_by_station

# Networks for a CPU. Nothing here was tuned on the held-back earthquakes.
RELEASED = {"architecture": "released", "size": "small",
            "training": {"epochs": 20, "finetune_epochs": 5}}
ELSEWHERE = {**RELEASED, "training": {"epochs": 10, "finetune_epochs": 0}}
CONDITIONAL = {
    "architecture": "conditional",
    "size": {"d_model": 16, "d_ff": 16, "e_layers": 1, "d_layers": 1, "num_kernels": 2,
             "top_k": 1, "z_dim": 64, "station_dim": 8, "dropout": 0.0},
    "training": {"epochs": 30, "finetune_epochs": 30, "learning_rate": 3e-3,
                 "finetune_learning_rate": 1e-3, "patience": None}}
PAPER_LOSS = {
    "architecture": "conditional",
    "size": {**CONDITIONAL["size"], "spectral": 0.0, "carrier": "table", "pooling": "mean"},
    "training": {**CONDITIONAL["training"], "epochs": 10, "finetune_epochs": 10}}
TNG = {"architecture": "tng", "size": "small", "training": {"finetune_epochs": 6}}
VAE = {"size": "small", "training": {"epochs": 60, "finetune_epochs": 60, "learning_rate": 3e-3,
                                     "finetune_learning_rate": 3e-3, "patience": None}}
FIGURES = {
    "The site": ("specificity", "specificity_paper", "hvsr_rms", "hvsr_sd_ratio", "f0_similarity",
                 "a0_bias"),
    "Amplitudes and durations": ("pga_bias", "pga_spread", "arias_bias", "d5_95_bias",
                                 "d5_95_spread", "psa_rms", "fas_rms"),
    "The records themselves": ("husid_sd_ratio", "arrivals", "coherence_rms", "novelty",
                               "diversity"),
}


def main():
    args = arguments()
    started = time.time()
    records = load_records(args)
    train, test = split_by_event(records, 0.5, seed=args.seed)
    bench = Bench(args, train)
    generated = {}
    for name, draw in methods(bench, args).items():
        print(name, flush=True)
        generated[name] = {station: draw(station) for station in group_by_station(train)}
    result = evaluate(group_by_station(test), generated, floor=group_by_station(train),
                      seed=args.seed)
    args.output.mkdir(parents=True, exist_ok=True)
    result.to_json(args.output / "comparison.json")
    result.to_html(args.output / "comparison.html")
    text = report(result, bench, args, time.time() - started, len(train), len(test))
    (args.output / "comparison.md").write_text(text, encoding="utf-8")
    print(text)


def arguments():
    parser = argparse.ArgumentParser(description=__doc__.split("\n\n")[1])
    parser.add_argument("--records", type=Path, help="folder of records; default: simulated")
    parser.add_argument("--output", type=Path, default=Path("comparison"))
    parser.add_argument("-n", type=int, default=40, help="records generated for each station")
    parser.add_argument("--seed", type=int, default=0)
    parser.add_argument("--epochs", type=float, default=1.0,
                        help="factor on all numbers of epochs (0.1 for a quick look)")
    parser.add_argument("--no-transfer", action="store_true",
                        help="leave out the models that are trained elsewhere")
    return parser.parse_args()


def load_records(args):
    if args.records:
        return list(read_records(args.records))
    return simulate_network(n_stations=4, n_events=40, seed=2, sampling_rate=50.0, window=120.0,
                            f0=[0.3, 0.8, 2.0, None]).records


# -- training -----------------------------------------------------------------


class Bench:
    """Trains generators, or loads those that an earlier run has trained."""

    def __init__(self, args, train):
        self.train, self.args = train, args
        stats = train[0][0].stats
        self.shape = {"sampling_rate": stats.sampling_rate, "window": stats.npts * stats.delta}
        self.models = args.output / "models"
        self.notes = {}

    def model(self, name, records, options, cls=TNGGenerator):
        """A trained generator; trained on ``records`` unless it was before."""
        folder = self.models / name.replace(" ", "_")
        notes = folder.with_name(folder.name + ".json")
        if not notes.exists():
            started = time.process_time()
            generator = cls(**self.shape, **{
                **options, "training": self._training(options["training"])},
                            seed=self.args.seed)
            generator.fit(records, checkpoint=folder.with_name(folder.name + ".training.pt"),
                          log=folder.with_name(folder.name + "-log"))
            generator.save(folder)
            notes.write_text(json.dumps(self._describe(generator, len(records),
                                                       time.process_time() - started)))
        self.notes[name] = json.loads(notes.read_text())
        return cls.load(folder)

    def _training(self, training):
        return {**training, **{key: max(1, round(self.args.epochs * training[key]))
                               for key in ("epochs", "finetune_epochs") if training.get(key)}}

    @staticmethod
    def _describe(generator, n, seconds):
        arrays = [e.arrays for e in generator.bank.values()]
        active = active_units(np.concatenate([a["mu"] for a in arrays])) if "mu" in arrays[0] \
            else None
        return {"records": n, "cpu_seconds": round(seconds), "epochs": len(generator.history),
                "parameters": sum(p.numel() for p in generator.model.parameters()),
                "active_units": active, "last": generator.history[-1]}

    def control(self, cls, **options):
        """A control with the training records enrolled."""
        return cls(**self.shape, **options).fit(self.train)

    def elsewhere(self, station):
        """The released model trained on the other stations, with this one enrolled."""
        own = group_by_station(self.train)[station]
        others = [r for s, rs in group_by_station(self.train).items() if s != station for r in rs]
        return self.model(f"without {station}", others, ELSEWHERE).enroll(own)

    def simulated(self):
        """The released model trained on a simulated network, with all stations enrolled."""
        net = simulate_network(n_stations=20, n_events=6, seed=11, **self.shape)
        return self.model("simulated", net.records, ELSEWHERE).enroll(self.train)


def methods(bench, args):
    """Name of a method -> function that generates the records of a station."""
    def drawn(generator, **options):
        return lambda station: generator.generate(station, n=args.n, seed=args.seed, **options)

    released = bench.model("released", bench.train, RELEASED)
    vae = bench.model("spectrogram VAE", bench.train, VAE, SpectrogramCVAE)
    elsewhere = {} if args.no_transfer else {
        "other stations, dirichlet": lambda station: bench.elsewhere(station).generate(
            station, n=args.n, seed=args.seed, sampler="dirichlet"),
        "simulated, dirichlet": drawn(bench.simulated(), sampler="dirichlet")}
    conditional = bench.model("conditional", bench.train, CONDITIONAL)
    paper_loss = bench.model("conditional paper loss", bench.train, PAPER_LOSS)
    tng = bench.model("tng", bench.train, TNG)
    found = {
        "tng": drawn(tng),
        "tng, prior": drawn(tng, sampler="prior"),
        "released (paper)": drawn(released, amplitudes="paper"),
        "released, dirichlet": drawn(released, sampler="dirichlet"),
        "conditional": drawn(conditional),
        "conditional, prior": drawn(conditional, sampler="prior"),
        "conditional, paper's loss": drawn(paper_loss),
        "VAE": drawn(vae),
        "VAE, prior": drawn(vae, sampler="prior"),
        "VAE, Griffin-Lim": drawn(vae, phase="griffin_lim"),
    }
    found |= elsewhere
    for control in (ResampledReal, MeanOfRaw, RandomAllPass, ShapedNoise):
        generator = bench.control(control)
        found[f"control: {generator.name}"] = drawn(generator)
    return found


# -- report -------------------------------------------------------------------


def report(result, bench, args, seconds, n_train, n_test):
    """The comparison as Markdown."""
    source = "records given" if args.records else "simulated network"
    lines = [
        f"{source}: {n_train} records to train with, {n_test} of other earthquakes to judge by "
        f"(split by earthquake, seed {args.seed}); {args.n} records generated for each of "
        f"{len(result.stations)} stations, seed {args.seed}. {seconds / 60:.0f} min on "
        f"{os.cpu_count()} cores, without the training of models that were there already. "
        "Marks: `~` near the floor, `!` outside of it.", "",
        *(line for title, figures in FIGURES.items()
          for line in (f"## {title}", "", *pooled(result, figures), "")),
        "## Specificity score", "", *scores(result), "",
        "## Each station", "", *by_station(result), "",
        "## Training", "", *training(bench.notes)]
    return "\n".join(lines) + "\n"


def pooled(result, figures):
    """A line per method, a column per figure; ~ near the floor, ! outside of it."""
    metrics = [m for m in figures if m in result.metrics]
    rows = {m: [result.row(m, g) for g in result.generators] for m in metrics}
    lines = ["| | " + " | ".join(rows[m][0]["title"] for m in metrics) + " |",
             "|---" * (len(metrics) + 1) + "|",
             "| *real against real* | " + " | ".join(
                 f"{rows[m][0]['floor']:.2f} ± {rows[m][0]['floor_spread']:.2f}"
                 for m in metrics) + " |"]
    marks = {"within": "", "near": " ~", "outside": " !", "": " ?"}
    for i, name in enumerate(result.generators):
        lines.append(f"| {name} | " + " | ".join(
            f"{rows[m][i]['value']:.2f}{marks[rows[m][i]['verdict']]}" for m in metrics) + " |")
    return lines


def scores(result):
    """The scores with their bootstrap intervals and ceilings."""
    lines = ["| | log bins | 95 % | as published, 1-20 Hz | 95 % |", "|---|---|---|---|---|"]
    by_name = {}
    for score in result.scores:
        by_name.setdefault(score["generator"], {})[score["mode"]] = score
    for name, modes in by_name.items():
        cells = [f"{modes[m]['score']:.2f} | " + (
            f"{modes[m]['low']:.2f} to {modes[m]['high']:.2f}" if np.isfinite(modes[m]["low"])
            else "not known") for m in ("log", "paper")]
        shown = "*real, the training half*" if name == "real" else name
        lines.append(f"| {shown} | {' | '.join(cells)} |")
    ceiling = by_name[result.generators[0]]["log"]["ceiling"]
    lines.append(f"| *ceiling for this many records* | {ceiling:.2f} | | | |")
    return lines


def by_station(result):
    """HVSR misfit and bias of ln PGA station by station."""
    lines = ["HVSR rms misfit (ln) / bias of ln PGA", "",
             "| | " + " | ".join(result.stations) + " |",
             "|---" * (len(result.stations) + 1) + "|"]
    for name in result.generators:
        lines.append(f"| {name} | " + " | ".join(
            f"{result.value('hvsr_rms', name, s):.2f} / {result.value('pga_bias', name, s):+.2f}"
            for s in result.stations) + " |")
    return lines


def training(notes):
    """What was trained, for how long, with what result."""
    lines = ["| model | parameters | records | epochs | CPU s | active units | last epoch |",
             "|---" * 7 + "|"]
    for name, n in notes.items():
        last = ", ".join(f"{k} {v:.3g}" for k, v in n["last"].items()
                         if k not in ("phase", "epoch"))
        active = "" if n["active_units"] is None else n["active_units"]
        lines.append(f"| {name} | {n['parameters']} | {n['records']} | {n['epochs']} | "
                     f"{n['cpu_seconds']} | {active} | {last} |")
    return lines


if __name__ == "__main__":
    main()
