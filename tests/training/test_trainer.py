"""The trainer: parts, processes, mixed precision, kills, stores and logs."""

import csv
import json
import os
import signal
import subprocess
import sys
import time

import numpy as np
import pytest
import torch

from obspy_tng import TNGGenerator, simulate_network
from obspy_tng.exceptions import TNGException, TNGInputError
from obspy_tng.models.autoencoder import ReleasedAutoencoder, ReleasedConfig
from obspy_tng.records.folder import write_records
from obspy_tng.records.record import record_info, record_to_array
from obspy_tng.simulate import simulate_arrays, simulate_records
from obspy_tng.simulate.corpus import simulated_corpus
from obspy_tng.training import Phase, RecordStore, Trainer, TrainingData, write_store
from obspy_tng.training.data import prefetched

TINY = {"d_model": 4, "d_ff": 4, "e_layers": 1, "num_kernels": 2, "top_k": 1, "dropout": 0.0}
SIZE = {"d_model": 4, "d_ff": 4, "num_kernels": 1, "top_k": 1}
PHASES = [Phase("reconstruct", 3, 1e-2, batch_size=6)]
OPTIONS = {"n_stations": 2, "n_events": 6, "seed": 3, "sampling_rate": 50.0, "window": 20.0}


def tiny(seed=0):
    torch.manual_seed(seed)
    return ReleasedAutoencoder(ReleasedConfig(seq_len=128, **TINY))


def series(n=10, seed=1):
    x = np.random.default_rng(seed).standard_normal((n, 128, 3)).cumsum(1)
    return TrainingData([x.astype(np.float32)])


def weights(model):
    return torch.cat([p.detach().flatten() for p in model.parameters()])


@pytest.fixture(scope="module")
def network():
    return simulate_network(**OPTIONS)


# -- data ---------------------------------------------------------------------


def test_batches_gather_rows_and_labels():
    first, second = np.arange(12.0).reshape(4, 3), 100 + np.arange(6.0).reshape(2, 3)
    data = TrainingData([first, second], labels=[5, 6], rows=[np.array([3, 1]), np.array([0])],
                        convert=lambda x: 2 * x)
    x, labels = data.batch([0, 2])
    np.testing.assert_array_equal(x, 2 * np.stack([first[3], second[0]]))
    np.testing.assert_array_equal(labels, [5, 6])
    got = list(prefetched(data, [[0], [1, 2], [2]]))
    for (a, b), index in zip(got, ([0], [1, 2], [2]), strict=True):
        np.testing.assert_array_equal(a, data.batch(index)[0])
        np.testing.assert_array_equal(b, data.batch(index)[1])
    assert list(prefetched(data, [])) == []


def test_fingerprint_sees_every_difference():
    data = series()
    other = TrainingData([data.arrays[0].copy()])
    assert data.fingerprint() == other.fingerprint()
    other.arrays[0][7, 60, 1] += 1e-3
    assert data.fingerprint() != other.fingerprint()
    assert data.fingerprint() != TrainingData(data.arrays, labels=[1]).fingerprint()
    assert data.fingerprint() != TrainingData(data.arrays, rows=[np.arange(9)]).fingerprint()


# -- steps --------------------------------------------------------------------


def test_one_step_is_that_of_torch_alone():
    """Loss, clipping and AdamW against the same written out in the test."""
    ours, theirs = tiny(), tiny()
    data = series(6)
    phase = Phase("reconstruct", 1, 1e-2, batch_size=6, clip=0.05)
    Trainer(ours, progress=False, parts=3).run([phase], {"reconstruct": data})
    optimizer = torch.optim.AdamW(theirs.parameters(), lr=1e-2, weight_decay=1e-4)
    loss = theirs.loss(torch.as_tensor(data.arrays[0]))["loss"]
    loss.backward()
    gradient = torch.cat([p.grad.flatten() for p in theirs.parameters()])
    assert gradient.norm() > 0.05  # so that the clipping is seen
    for p in theirs.parameters():
        p.grad *= 0.05 / (gradient.norm() + 1e-6)
    optimizer.step()
    torch.testing.assert_close(weights(ours), weights(theirs), rtol=1e-4, atol=1e-6)


def test_parts_add_up_to_the_whole():
    """Four parts of a batch (the last batch has fewer records than parts) equal the batch."""
    trained = []
    for parts in (1, 4):
        model = tiny()
        history = Trainer(model, progress=False, parts=parts).run(
            PHASES, {"reconstruct": series(8)}, {"reconstruct": series(3, seed=2)})
        trained.append((weights(model), [row["validation"] for row in history]))
    torch.testing.assert_close(trained[0][0], trained[1][0], rtol=1e-4, atol=1e-5)
    np.testing.assert_allclose(trained[0][1], trained[1][1], rtol=1e-4)
    assert not torch.allclose(trained[0][0], weights(tiny()), atol=1e-2)


def test_mixed_precision_learns_as_float32_does():
    losses = {}
    for precision in ("float32", "bf16"):
        model = tiny()
        losses[precision] = [row["loss"] for row in Trainer(
            model, progress=False, precision=precision).run(
                [Phase("reconstruct", 8, 1e-2, batch_size=5)], {"reconstruct": series()})]
        assert {p.dtype for p in model.parameters()} == {torch.float32}
    assert losses["bf16"][-1] < 0.8 * losses["bf16"][0]
    assert losses["bf16"] != losses["float32"]
    np.testing.assert_allclose(losses["bf16"], losses["float32"], rtol=0.03)


def test_loss_that_is_not_finite(tmp_path):
    data = series()
    data.arrays[0][4] = np.inf
    with pytest.raises(TNGException, match="lower learning_rate"):
        Trainer(tiny(), progress=False, checkpoint=tmp_path / "c.pt").run(
            PHASES, {"reconstruct": data})
    assert not (tmp_path / "c.pt").exists()


@pytest.mark.parametrize(("bad", "word"), [({"precision": "fp8"}, "precision"),
                                           ({"parts": 0}, "parts"), ({"parts": 1.5}, "parts")])
def test_bad_settings(bad, word):
    with pytest.raises(TNGInputError, match=word):
        TNGGenerator(training=bad)


# -- processes ----------------------------------------------------------------

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
    environment = {**os.environ, "OMP_NUM_THREADS": "1"}
    launch = {"one": [], "two": ["-m", "torch.distributed.run", "--standalone",
                                 "--nproc-per-node", "2"]}
    for name, how in launch.items():
        subprocess.run([sys.executable, *how, str(script), architecture,
                        str(tmp_path / "records"), str(tmp_path / name)], check=True,
                       env=environment, capture_output=True, timeout=300)
    one, two = (TNGGenerator.load(tmp_path / name, device="cpu") for name in launch)
    assert [row["loss"] for row in one.history] == pytest.approx(
        [row["loss"] for row in two.history], rel=1e-4)
    assert one.history[0]["validation"] == pytest.approx(two.history[0]["validation"], rel=1e-4)
    # not weight by weight: where a gradient is nothing but rounding, AdamW makes a step of it
    difference = (weights(one.model) - weights(two.model)).norm() / weights(one.model).norm()
    assert difference < 3e-3
    assert one.stations == two.stations
    assert (tmp_path / "two-log" / "loss.csv").exists()


# -- kills --------------------------------------------------------------------

KILLED = """
import sys, time
from obspy_tng import TNGGenerator
from obspy_tng.training import trainer
from obspy_tng.simulate import simulate_network

save = trainer.Trainer._save
def slow_save(self, content):
    save(self, content)
    print("saved", flush=True)
    time.sleep(0.2)
trainer.Trainer._save = slow_save
options, folder = eval(sys.argv[1]), sys.argv[2]
size = {"d_model": 4, "d_ff": 4, "num_kernels": 1, "top_k": 1}
gen = TNGGenerator(50.0, 20.0, "conditional", size=size,
                   device="cpu", training={"epochs": 4, "finetune_epochs": 2, "validation": 0.3})
gen.fit(simulate_network(**options).records, checkpoint=folder + "/c.pt", log=folder + "/log",
        progress=False)
gen.save(folder + "/model")
"""


def test_killed_and_resumed_ends_the_same(tmp_path):
    """kill -9 in both phases; the model, its history and its log are those of a run in one go."""
    script = tmp_path / "train.py"
    script.write_text(KILLED)

    def start(folder):
        folder.mkdir(exist_ok=True)
        return subprocess.Popen([sys.executable, str(script), repr(OPTIONS), str(folder)],
                                stdout=subprocess.PIPE, env={**os.environ, "OMP_NUM_THREADS": "1"})

    for stops in (2, 3):  # epochs seen before the kill: in the first phase, then in the second
        with start(tmp_path / "killed") as process:
            for _ in range(stops):
                assert process.stdout.readline() == b"saved\n"
            time.sleep(0.05 * stops)
            process.send_signal(signal.SIGKILL)
            assert process.wait(60) == -signal.SIGKILL
        assert not (tmp_path / "killed" / "model").exists()
    for folder in (tmp_path / "killed", tmp_path / "whole"):
        with start(folder) as process:
            assert process.wait(120) == 0
    killed, whole = (TNGGenerator.load(tmp_path / name / "model", device="cpu")
                     for name in ("killed", "whole"))
    assert killed.model_hash == whole.model_hash
    assert killed.history == whole.history
    logs = [(tmp_path / name / "log" / "loss.csv").read_text() for name in ("killed", "whole")]
    assert logs[0] == logs[1]


# -- stores -------------------------------------------------------------------


def test_store_from_records_and_from_arrays(network, tmp_path):
    stores = [write_store(network.records, tmp_path / "streams"),
              write_store(simulate_records(**OPTIONS), tmp_path / "one_by_one"),
              write_store(simulate_arrays(**OPTIONS), tmp_path / "arrays", 50.0)]
    for store in stores:
        assert (store.sampling_rate, store.npts, len(store)) == (50.0, 1000, 12)
        assert store.stations == {"SM.S001": 6, "SM.S002": 6}
        for station, (data, infos) in store.groups().items():
            assert isinstance(data, np.memmap)
            expected = [r for r in network.records if r[0].stats.station == station[3:]]
            np.testing.assert_array_equal(
                data, np.stack([record_to_array(r) for r in expected]).astype(np.float32))
            assert infos == [json.loads(json.dumps(record_info(r))) for r in expected]


def test_fit_from_a_store_is_fit_from_its_records(network, tmp_path):
    settings = {"epochs": 1, "finetune_epochs": 1}
    store = write_store(network.records, tmp_path / "store")
    for architecture in ("released", "conditional"):
        a, b = (TNGGenerator(50.0, 20.0, architecture, training=settings, device="cpu",
                             size=SIZE) for _ in range(2))
        a.fit(sorted(network.records, key=lambda r: r[0].stats.station), progress=False)
        b.fit(store, progress=False)
        assert b.stations == a.stations
        assert a.model_hash == b.model_hash
    b.fit(store, targets=["SM.S002"], progress=False)
    assert b.stations == {"SM.S002": 6}
    with pytest.raises(TNGInputError, match="2000 samples are needed"):
        TNGGenerator(100.0, 20.0, "released").fit(store)


def test_bad_stores(network, tmp_path):
    write_store(network.records, tmp_path / "s")
    with pytest.raises(TNGInputError, match="already"):
        write_store(network.records, tmp_path / "s")
    with pytest.raises(TNGInputError, match="empty"):
        write_store([], tmp_path / "e")
    with pytest.raises(TNGInputError, match="not a store"):
        RecordStore(tmp_path / "e")
    with pytest.raises(TNGInputError, match="sampling_rate"):
        write_store(simulate_arrays(**OPTIONS), tmp_path / "a")
    short = network.records[0].copy()
    for tr in short:
        tr.data = tr.data[:500]
    with pytest.raises(TNGInputError, match="500"):
        write_store([network.records[0], short], tmp_path / "m")
    with open(tmp_path / "s" / "SM.S001.f32", "r+b") as file:
        file.truncate(1000)
    with pytest.raises(TNGInputError, match="damaged"):
        RecordStore(tmp_path / "s")


# -- logs ---------------------------------------------------------------------


def test_simulated_windows_end_as_records_do():
    """Most are tapered as prepared records are; some are cut abruptly, as others' may be."""
    ends = np.concatenate([np.abs(data[..., [0, -1]]).max((1, 2)) / np.abs(data).max((1, 2))
                           for data, _ in simulated_corpus(250, 1000, 50.0, seed=2)])
    assert 0.15 < (ends > 1e-6).mean() < 0.45


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
