"""
Ablation of a trained conditional model
=======================================

Decodes the z of the training records with parts of the decoder removed, and prints the
spectral and the coherence error for the same noise.

    python ablate_conditional.py --model comparison/models/conditional --records records

The model and the records are those of ``compare_methods.py``.
"""

import argparse
from pathlib import Path

import numpy as np
import torch

from obspy_tng import TNGGenerator
from obspy_tng.models.autoencoder import standardize
from obspy_tng.models.spectral_error import coherence_error, spectral_error
from obspy_tng.records.earthquakes import split_by_event
from obspy_tng.records.folder import read_records
from obspy_tng.records.record import group_by_station, record_to_array


def main():
    args = arguments()
    train, _ = split_by_event(list(read_records(args.records)), 0.5, seed=args.seed)
    method = TNGGenerator.load(args.model, device="cpu").method
    stations = method.model.config.stations
    parts = [(torch.as_tensor(method._to_model(np.stack([record_to_array(r) for r in rs]))),
              1 + stations.index(station)) for station, rs in group_by_station(train).items()]
    others = {label: 1 + label % len(stations) for label in range(1, len(stations) + 1)}
    print("| | spectral error | coherence error |\n|---|---|---|")
    for name, change in (("as trained", lambda label: label),
                         ("station hidden from the decoder", lambda label: 0),
                         ("another station's code", others.get)):
        report(name, method.model, parts, change)
    for block in method.model.decoder.blocks:
        for kernel in block.conv[2].kernels:
            torch.nn.init.zeros_(kernel.weight)
            torch.nn.init.zeros_(kernel.bias)
    report("decoder's TimesBlocks add nothing", method.model, parts, lambda label: label)


def arguments():
    parser = argparse.ArgumentParser(description=__doc__.split("\n\n")[1])
    parser.add_argument("--model", type=Path, required=True, help="folder of the trained model")
    parser.add_argument("--records", type=Path, required=True, help="folder of records")
    parser.add_argument("--seed", type=int, default=0, help="of the split by earthquake")
    return parser.parse_args()


@torch.no_grad()
def report(name, model, parts, change):
    """Print the errors of all records, decoded with the labels that ``change`` gives."""
    errors = []
    torch.manual_seed(0)
    for x, label in parts:
        for some in x.split(8):
            labels = torch.full((len(some),), label)
            mu, *_ = model.encode(some, labels)
            decoded = model.decode(mu, torch.full_like(labels, change(label)))
            target = standardize(some)[0]
            errors += len(some) * [[float(spectral_error(decoded, target)),
                                    float(coherence_error(decoded, target))]]
    print("| {} | {:.3f} | {:.3f} |".format(name, *np.mean(errors, axis=0)), flush=True)


if __name__ == "__main__":
    main()
