"""
Training of the weights in the package
======================================

The weights are trained on simulated records only, so that no licence of data applies and everyone
can repeat the training::

    python examples/pretrain_small.py --output obspy_tng/weights/tng-small

Half of the records are of 120 s at 50 Hz, half of 60 s at 100 Hz (6000 samples either way). About
an hour on one core. ``--log`` writes the loss curve, ``--checkpoint`` resumes a stopped
training, ``--start`` starts from the weights of such a checkpoint. ``--level-prior`` keeps the
network of ``--output`` and fits only its prior of band levels again (ten minutes). The model card
beside the weights lists the options that were used.
"""

import argparse
import logging
from pathlib import Path

import torch

from obspy_tng.methods.tng.method import StationBottleneckMethod
from obspy_tng.models.checkpoint import load_folder, load_weights, save_folder
from obspy_tng.simulate.corpus import simulated_corpus
from obspy_tng.training import Phase, Trainer
from obspy_tng.training.sets import RecordSets

NPTS = 6000
RATES = (50.0, 100.0)


def corpus(count, seed):
    """Stations of both rates, as the method's columns; half of the records each."""
    stations = []
    for rate in RATES:
        method = StationBottleneckMethod(NPTS, rate)
        stations += [method._columns(*station)
                     for station in simulated_corpus(count // 2, NPTS, rate, seed)]
    return stations


def level_prior(method, records, seed):
    """Terms of band levels over the widest range of frequencies: 120 s at 100 Hz."""
    wide = StationBottleneckMethod(2 * NPTS, 100.0)
    stations = [wide._columns(data, infos)[-3:]
                for data, infos in simulated_corpus(records, 2 * NPTS, 100.0, seed)]
    method.model.level_prior.learn(100.0, wide.filters, stations)


def write(folder, method, description):
    """Write a model folder; the model card in it stays."""
    written = Path(folder) / "README.md"
    card = {written.name: written.read_text("utf-8")} if written.exists() else {}
    weights = {k: v.cpu().numpy() for k, v in method.model.state_dict().items()}
    save_folder(folder, description, {"weights": weights}, card)


def main():
    """Command line."""
    parser = argparse.ArgumentParser(description=__doc__.split("\n\n", 1)[0].strip())
    parser.add_argument("--output", required=True, help="model folder to write")
    parser.add_argument("--records", type=int, default=7000)
    parser.add_argument("--epochs", type=int, default=14)
    parser.add_argument("--seed", type=int, default=1)
    parser.add_argument("--learning-rate", type=float, default=2e-3)
    parser.add_argument("--checkpoint")
    parser.add_argument("--start", help="checkpoint of another run to take the weights from")
    parser.add_argument("--level-prior", action="store_true")
    parser.add_argument("--log")
    args = parser.parse_args()
    logging.basicConfig(format="%(message)s", level=logging.INFO)
    method = StationBottleneckMethod(NPTS, RATES[0], seed=args.seed)
    if args.level_prior:
        description, arrays, _ = load_folder(args.output)
        load_weights(method.model, arrays["weights"], args.output)
        level_prior(method, 1500, description["seed"] + 2)
        write(args.output, method, description)
        return
    if args.start:
        load_weights(method.model, torch.load(args.start, weights_only=True)["model"], args.start)
    level_prior(method, 1500, args.seed + 2)
    train, held = corpus(args.records, args.seed), corpus(600, args.seed + 1)
    trainer = Trainer(method.model, seed=args.seed, checkpoint=args.checkpoint, log=args.log)
    phase = Phase("simulated", args.epochs, args.learning_rate, batch_size=8, patience=None)
    history = trainer.run(
        [phase], {"simulated": RecordSets([s[:4] for s in train], 1, args.seed)},
        {"simulated": RecordSets([s[:4] for s in held])})
    for row in history:
        logging.info(" ".join(f"{k} {v:.4g}" if isinstance(v, float) else f"{k} {v}"
                              for k, v in row.items()))
    method.model.eval()
    write(args.output, method, {
        "architecture": "tng", "size": method.model.settings(), "npts": NPTS,
        "sampling_rates": RATES, "seed": args.seed, "records": sum(len(s[-1]) for s in train),
        "history": history})


if __name__ == "__main__":
    main()
