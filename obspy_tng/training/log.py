"""Loss curves as CSV and, where it is installed, for TensorBoard."""

import csv
import os
from importlib.util import find_spec
from pathlib import Path


class TrainingLog:
    """
    Writes the history of a training into a folder.

    ``loss.csv`` has a line for each epoch; it is written anew after every epoch, so
    that a resumed run leaves no line twice. With the package ``tensorboard``
    (``pip install obspy_tng[tensorboard]``) the folder is a TensorBoard log as well.

    :param folder: path, made where it is missing; None writes nothing.
    :param known: number of epochs that an earlier part of the run has logged.
    """

    def __init__(self, folder, known=0):
        self.folder = None if folder is None else Path(folder)
        self._writer = None
        if self.folder is None:
            return
        self.folder.mkdir(parents=True, exist_ok=True)
        if find_spec("tensorboard") is not None:
            from torch.utils.tensorboard import SummaryWriter
            # what a killed run logged after its last checkpoint is overwritten
            self._writer = SummaryWriter(str(self.folder), purge_step=known)

    def write(self, history):
        """
        Log the last epoch of a history.

        :param history: list of dicts, one an epoch.
        """
        if self.folder is None:
            return
        columns = list(dict.fromkeys(key for row in history for key in row))
        path = self.folder / "loss.csv"
        temporary = path.with_name("loss.csv.part")
        with open(temporary, "w", newline="", encoding="utf-8") as file:
            writer = csv.DictWriter(file, columns)
            writer.writeheader()
            writer.writerows(history)
        os.replace(temporary, path)
        if self._writer is not None:
            row = history[-1]
            for key in (k for k in row if k not in ("phase", "epoch")):
                self._writer.add_scalar(f"{row['phase']}/{key}", row[key], len(history) - 1)
            self._writer.flush()

    def close(self):
        """Close the TensorBoard file."""
        if self._writer is not None:
            self._writer.close()
