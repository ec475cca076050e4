"""
Training of the learned generators: one loop for all of them.

:mod:`~obspy_tng.training.settings`
    settings of the user, and the split by earthquake;
:mod:`~obspy_tng.training.trainer`
    the loop: phases, mixed precision, exact resume;
:mod:`~obspy_tng.training.data`, :mod:`~obspy_tng.training.memmap`
    batches from arrays; records in memory-mapped files, for corpora larger than memory;
:mod:`~obspy_tng.training.processes`
    devices; several processes or GPUs, started by ``torchrun --nproc-per-node N``;
:mod:`~obspy_tng.training.log`
    loss curves for CSV and TensorBoard.
"""

from .data import TrainingData
from .memmap import RecordStore, write_store
from .processes import Processes, choose_device
from .settings import TrainingSettings
from .trainer import Phase, Trainer

__all__ = ["Phase", "Processes", "RecordStore", "Trainer", "TrainingData", "TrainingSettings",
           "choose_device", "write_store"]
