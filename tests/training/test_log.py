"""Loss curves as CSV and for TensorBoard."""

import csv

import numpy as np
import pytest

from obspy_tng import TNGGenerator, simulate_network

SIZE = {"d_model": 4, "d_ff": 4, "num_kernels": 1, "top_k": 1}
OPTIONS = {"n_stations": 2, "n_events": 6, "seed": 3, "sampling_rate": 50.0, "window": 20.0}


@pytest.fixture(scope="module")
def network():
    return simulate_network(**OPTIONS)


def test_log(network, tmp_path):
    gen = TNGGenerator(50.0, 20.0, "released", size=SIZE, device="cpu",
                       training={"epochs": 2, "finetune_epochs": 1})
    gen.fit(network.records, log=tmp_path, progress=False)
    with open(tmp_path / "loss.csv", newline="", encoding="utf-8") as file:
        rows = list(csv.DictReader(file))
    assert [(r["phase"], r["epoch"]) for r in rows] == [
        ("reconstruct", "0"), ("reconstruct", "1"), ("denoise", "0")]
    assert [float(r["loss"]) for r in rows] == [r["loss"] for r in gen.history]


def test_tensorboard(network, tmp_path):
    from tensorboard.backend.event_processing.event_accumulator import EventAccumulator
    gen = TNGGenerator(50.0, 20.0, "released", size=SIZE, device="cpu",
                       training={"epochs": 2, "finetune_epochs": 1})
    gen.fit(network.records, log=tmp_path, progress=False)
    events = EventAccumulator(str(tmp_path))
    events.Reload()
    logged = events.Scalars("reconstruct/loss")
    assert [e.step for e in logged] == [0, 1]
    np.testing.assert_allclose([e.value for e in logged],
                               [r["loss"] for r in gen.history[:2]], rtol=1e-6)
