"""
Train with several processes
============================

``torchrun`` starts one process per GPU, or per few cores of a CPU, and
:meth:`obspy_tng.TNGGenerator.fit` divides each batch among them. The result is that of
one process, apart from rounding.
"""

# %%
# The training script is the same for one process and for many. ``parts`` is the number of
# parts of each batch; with a fixed value the number of processes does not matter.
import csv
import os
import subprocess
import sys
import tempfile
from pathlib import Path

import matplotlib.pyplot as plt
import numpy as np

from obspy_tng import TNGGenerator

folder = Path(tempfile.mkdtemp())
script = folder / "train.py"
script.write_text('''
import sys
from obspy_tng import TNGGenerator, simulate_network

if __name__ == "__main__":
    network = simulate_network(2, 12, seed=0, sampling_rate=50.0, window=20.0)
    generator = TNGGenerator(50.0, 20.0, device="cpu", training={
        "finetune_epochs": 6, "parts": 2, "validation": 0.2})
    generator.fit(network.records, progress=False, log=sys.argv[1])
    generator.save(sys.argv[1] + "/model")
''')
print(script.read_text())

# %%
# On the command line: ``torchrun --nproc-per-node 2 train.py two``. On a cluster see
# :doc:`/guide/training`.
environment = {**os.environ, "OMP_NUM_THREADS": "1"}
for name, launcher in (("one", []), ("two", ["-m", "torch.distributed.run", "--standalone",
                                             "--nproc-per-node", "2"])):
    subprocess.run([sys.executable, *launcher, str(script), str(folder / name)], check=True,
                   env=environment, capture_output=True)

# %%
# Both have the same weights.
one, two = (TNGGenerator.load(folder / name / "model", device="cpu") for name in ("one", "two"))
weights = two.model.state_dict()
print(max(float((a - weights[name]).abs().max()) for name, a in one.model.state_dict().items()))

# %%
# The log of a run is a CSV file (and TensorBoard's, where that is installed).
log = next((folder / "two").glob("*.csv"))
with open(log, encoding="utf-8") as file:
    rows = list(csv.DictReader(file))
fig, ax = plt.subplots(figsize=(6, 3.5), layout="constrained")
for key in ("loss", "validation"):
    ax.plot(np.arange(1, len(rows) + 1), [float(row[key]) for row in rows], ".-", label=key)
ax.set(xlabel="epoch", ylabel="loss (thousand nats per record)")
ax.legend(frameon=False)
