"""
Pre-training of the flow on simulated records
=============================================

``architecture="flow"`` has no weights in the package (the page "Learned waveforms" of the
documentation says why). This command makes some, from nothing::

    python examples/pretrain_flow.py --output flow-small --work flow-work --networks 40 --epochs 20

    gen = TNGGenerator.from_pretrained("flow-small", sampling_rate=50.0, window=120.0)
    gen.fit(records)    # adapts the weights; enroll(records) takes them as they are

Networks are simulated one after the other and kept in the folder ``--work`` as the arrays that the
loss takes, half of them as 120 s at 50 Hz, half as 60 s at 100 Hz: about 10 s of one core and 14 MB
each, 110 records. A command that was stopped goes on with the next network, and training with the
next epoch. Networks may also be made by several processes, each with its own ``--first``, and
``--epochs 0``. An epoch of 80 networks takes five minutes of one core at the small size.
"""

import argparse
import logging
import os
from pathlib import Path

import numpy as np

from obspy_tng.methods.flow.method import SIZES, FlowMethod
from obspy_tng.models.checkpoint import save_folder
from obspy_tng.simulate.corpus import corpus_network
from obspy_tng.training import Phase, Trainer, choose_device
from obspy_tng.training.sets import RecordSets

NPTS = 6000
RATES = (50.0, 100.0)
#: share of the networks that are kept back for validation
HELD = 0.05

logger = logging.getLogger("obspy_tng")


def network_file(work, number, seed):
    """Arrays of one network and rate, simulated if they are not there yet."""
    rate = RATES[number % len(RATES)]
    path = Path(work) / f"{seed}_{number // len(RATES)}_{rate:.0f}.npz"
    if not path.exists():
        path.parent.mkdir(parents=True, exist_ok=True)
        method = FlowMethod(NPTS, rate)
        stations = [method.columns(*station)
                    for station in corpus_network(NPTS, rate, seed, number // len(RATES))]
        labels = np.repeat(np.arange(len(stations)), [len(s[0]) for s in stations])
        arrays = [np.concatenate(column) for column in zip(*stations, strict=True)]
        part = path.with_suffix(".part.npz")
        np.savez(part, **dict(zip(("records", "frames", "conditions"), arrays, strict=True)),
                 stations=labels)
        os.replace(part, path)
        logger.info("network %d, %g Hz: %d records", number, rate, len(labels))
    return path


def stations_of(path):
    """List of tuples of arrays, one per station."""
    with np.load(path) as file:
        labels = file["stations"]
        columns = [file[key] for key in ("records", "frames", "conditions")]
    return [tuple(c[labels == s] for c in columns) for s in np.unique(labels)]


def main():
    """Command line."""
    parser = argparse.ArgumentParser(description=__doc__.split("\n\n", 1)[0].strip())
    parser.add_argument("--output", required=True, help="model folder to write")
    parser.add_argument("--work", default="flow-work", help="folder of networks and checkpoint")
    parser.add_argument("--networks", type=int, default=100)
    parser.add_argument("--first", type=int, default=0, help="number of the first network")
    parser.add_argument("--epochs", type=int, default=20)
    parser.add_argument("--size", default="small", choices=sorted(SIZES))
    parser.add_argument("--backbone", default="times", choices=("times", "dilated"))
    parser.add_argument("--seed", type=int, default=7)
    parser.add_argument("--learning-rate", type=float, default=1.5e-3)
    parser.add_argument("--batch-size", type=int, default=4, help="sets of four records")
    parser.add_argument("--device")
    parser.add_argument("--precision", default="float32")
    args = parser.parse_args()
    logging.basicConfig(format="%(asctime)s %(message)s", level=logging.INFO)
    files = [network_file(args.work, number, args.seed)
             for number in range(args.first, args.first + args.networks)]
    if not args.epochs:
        return
    held = max(1, round(HELD * len(files)))
    train, validation = ([station for file in some for station in stations_of(file)]
                         for some in (files[:-held], files[-held:]))
    device = choose_device(args.device)
    method = FlowMethod(NPTS, RATES[0], {**SIZES[args.size], "backbone": args.backbone}, device)
    name = f"{args.size}-{args.backbone}-{len(files)}-{args.epochs}"
    trainer = Trainer(method.model, device, checkpoint=Path(args.work) / f"{name}.pt",
                      log=Path(args.work) / name, precision=args.precision)
    phase = Phase("simulated", args.epochs, args.learning_rate, batch_size=args.batch_size,
                  patience=None)
    history = trainer.run([phase], {"simulated": RecordSets(train, 1, args.seed)},
                          {"simulated": RecordSets(validation)})
    weights = {k: v.cpu().numpy() for k, v in method.model.state_dict().items()}
    save_folder(args.output, {
        "architecture": "flow", "size": method.model.settings(), "npts": NPTS,
        "sampling_rates": RATES, "seed": args.seed, "history": history,
        "records": sum(len(s[0]) for s in train)}, {"weights": weights}, {"README.md": card(
            args, history, sum(len(s[0]) for s in train))})


def card(args, history, records):
    """Model card of the weights."""
    options = " ".join(f"--{key.replace('_', '-')} {value}" for key, value in vars(args).items()
                       if value is not None and key not in ("output", "work"))
    losses = ", ".join(f"{row['validation']:.4f}" for row in history)
    return (f"# Weights of architecture=\"flow\"\n\nTrained on {records} simulated records only "
            "(`obspy_tng.simulate.corpus`); they contain no recorded data.\n\nMade with\n\n"
            f"    python examples/pretrain_flow.py {options}\n\nMean squared error of the velocity "
            f"on other simulated networks, by epoch: {losses}.\n\nLimits: simulated ground is "
            "simpler than real ground; see the page \"Learned waveforms\" of the documentation.\n")


if __name__ == "__main__":
    main()
