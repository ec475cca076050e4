"""Training on two processes equals training on one."""

import os
import subprocess
import sys

import pytest
import torch

from obspy_tng import TNGGenerator, simulate_network
from obspy_tng.records.folder import write_records

OPTIONS = {"n_stations": 2, "n_events": 6, "seed": 3, "sampling_rate": 50.0, "window": 20.0}


def weights(model):
    return torch.cat([p.detach().flatten() for p in model.parameters()])


@pytest.fixture(scope="module")
def network():
    return simulate_network(**OPTIONS)


TORCHRUN = """
import sys
import numpy as np
import torch
from obspy_tng import TNGGenerator
from obspy_tng.records.folder import read_records

architecture, records, output = sys.argv[1:]
size = {"d_model": 4, "d_ff": 4, "num_kernels": 1, "top_k": 1}
gen = TNGGenerator(50.0, 20.0, architecture, size=size, device="cpu", training={
    "epochs": 2, "finetune_epochs": 1, "batch_size": 5, "parts": 4, "validation": 0.3})
gen.fit(read_records(records), log=output + "-log", progress=False)
gen.save(output)
"""


@pytest.mark.parametrize("architecture", ["released", "conditional"])
def test_two_processes_equal_one(network, tmp_path, architecture):
    """The same global batch on one process and, through torchrun and gloo, on two."""
    write_records(network.records, tmp_path / "records")
    script = tmp_path / "train.py"
    script.write_text(TORCHRUN)
    launch = {"one": [], "two": ["-m", "torch.distributed.run", "--standalone",
                                 "--nproc-per-node", "2"]}
    for name, how in launch.items():  # processes of one thread each: sums in the same order
        subprocess.run([sys.executable, *how, str(script), architecture,
                        str(tmp_path / "records"), str(tmp_path / name)], check=True,
                       env={**os.environ, "OMP_NUM_THREADS": "1"}, capture_output=True,
                       timeout=300)
    one, two = (TNGGenerator.load(tmp_path / name, device="cpu") for name in launch)
    assert [row["loss"] for row in one.history] == pytest.approx(
        [row["loss"] for row in two.history], rel=1e-4)
    assert one.history[0]["validation"] == pytest.approx(two.history[0]["validation"], rel=1e-4)
    # not weight by weight: where a gradient is nothing but rounding, AdamW makes a step of it
    difference = (weights(one.model) - weights(two.model)).norm() / weights(one.model).norm()
    assert difference < 3e-3
    assert one.stations == two.stations
    assert (tmp_path / "two-log" / "loss.csv").exists()
