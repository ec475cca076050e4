"""The trainer: steps, parts of a batch, mixed precision, kills."""

import os
import signal
import subprocess
import sys
import time

import numpy as np
import pytest
import torch

from obspy_tng import TNGGenerator
from obspy_tng.exceptions import TNGException
from obspy_tng.models.autoencoder import ReleasedAutoencoder, ReleasedConfig
from obspy_tng.training import Phase, Trainer, TrainingData

TINY = {"d_model": 4, "d_ff": 4, "e_layers": 1, "num_kernels": 2, "top_k": 1, "dropout": 0.0}
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
