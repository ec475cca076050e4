"""
One training loop for every architecture
========================================

Every random number of a step follows from (seed, phase, epoch, step). A run that was
killed and resumed from its last checkpoint therefore ends with the same weights as an
uninterrupted run: its state consists of weights, optimiser and best weights so far.
"""

import copy
import hashlib
import json
import logging
import os
import pickle
import time
from dataclasses import asdict, dataclass
from pathlib import Path

import numpy as np
import torch
from tqdm import tqdm

from .._checks import count, within
from ..exceptions import TNGCheckpointError, TNGException, TNGInputError
from .data import prefetched
from .log import TrainingLog
from .processes import Processes

logger = logging.getLogger("obspy_tng")


@dataclass(frozen=True)
class Phase:
    """
    One phase of training.

    :param name: argument ``phase`` of the model's ``loss``.
    :param epochs: number of epochs.
    :param learning_rate: of AdamW at the start; falls to zero along a cosine.
    :param batch_size: records per step.
    :param weight_decay: of AdamW.
    :param clip: largest norm of the gradient.
    :param patience: epochs without a better validation loss after which the phase
        ends; None never ends early. The best weights are kept either way.
    """

    name: str
    epochs: int
    learning_rate: float = 3e-4
    batch_size: int = 32
    weight_decay: float = 1e-4
    clip: float = 1.0
    patience: int | None = 10

    def __post_init__(self):
        count("epochs", self.epochs)
        count("batch_size", self.batch_size, least=1)
        for key in ("learning_rate", "clip"):
            within(key, getattr(self, key), 0, np.inf, "(]")


class Trainer:
    """
    Trains a model through its phases.

    :param model: ``nn.Module`` with ``loss(*batch, phase=..., epoch=...)`` returning a
        dict with the scalar tensor ``loss``, a mean over the records of the batch, and
        others to be logged. In validation ``epoch`` is None: warm-ups are over then, so that
        the losses of all epochs compare.
    :param device: torch device.
    :param seed: int.
    :param checkpoint: file for resuming, written after every epoch; None writes none.
    :param progress: show a progress bar, or log a line an epoch where there is no terminal.
    :param log: folder for loss curves (:class:`~obspy_tng.training.log.TrainingLog`).
    :param precision: "float32" or "bf16".
    :param parts: parts of a batch, see
        :class:`~obspy_tng.training.settings.TrainingSettings`.

    Under ``torchrun`` all processes call :meth:`run` with the same arguments; the first
    writes checkpoint and log.
    """

    def __init__(self, model, device="cpu", seed=0, checkpoint=None, progress=True, log=None,
                 precision="float32", parts=None):
        self.model = model.to(device)
        self.device = torch.device(device)
        self.seed = seed
        self.checkpoint = None if checkpoint is None else Path(checkpoint)
        self.processes = Processes.join(device)
        self.progress = progress and self.processes.first
        self.log = log if self.processes.first else None
        self.precision = precision
        self.parts = parts or self.processes.size
        self._names = ()
        self.history = []

    def run(self, phases, data, validation=None):
        """
        Train through all phases; resumes where the checkpoint ends.

        :param phases: list of :class:`Phase`.
        :param data: dict phase name -> :class:`~obspy_tng.training.data.TrainingData`.
        :param validation: the same for validation, or None; phases without an entry
            keep their last weights.
        :return: list of dicts, one an epoch: phase, epoch, loss, validation loss, ...
        :raises TNGException: if the loss is not finite (nothing is overwritten then).
        :raises TNGCheckpointError: if the checkpoint is of another run.
        """
        validation = validation or {}
        key = self._run_key(phases, data, validation)
        saved = self._load(key)
        self.processes.equalize(self.model)
        start = saved["phase"] if saved else 0
        self.history = saved["history"] if saved else []
        log = TrainingLog(self.log, known=len(self.history))
        for number, phase in enumerate(phases):
            if number < start or not phase.epochs:
                continue
            self._check_shares(phase, data[phase.name])
            resumed = saved if saved and number == start else None
            self._run_phase(number, phase, data[phase.name], validation.get(phase.name),
                            resumed, key, log)
        log.close()
        return self.history

    def _check_shares(self, phase, data):
        if min(phase.batch_size, len(data), self.parts) < self.processes.size:
            raise TNGInputError(
                f"{self.processes.size} processes need as many parts of a batch and records; got "
                f"parts={self.parts}, batch_size={phase.batch_size}, {len(data)} records")

    # -- one phase ----------------------------------------------------------

    def _run_phase(self, number, phase, data, validation, resumed, key, log):
        optimizer = torch.optim.AdamW(self.model.parameters(), lr=phase.learning_rate,
                                      weight_decay=phase.weight_decay)
        schedule = torch.optim.lr_scheduler.CosineAnnealingLR(optimizer, max(phase.epochs, 1))
        state = {"epoch": 0, "best": None, "best_loss": float("inf"), "stale": 0}
        if resumed:
            self.model.load_state_dict(resumed["model"])
            optimizer.load_state_dict(resumed["optimizer"])
            schedule.load_state_dict(resumed["schedule"])
            state = {k: resumed[k] for k in state}
        steps = -(-len(data) // phase.batch_size)
        started, before = time.monotonic(), state["epoch"]
        with tqdm(total=phase.epochs * steps, initial=state["epoch"] * steps, unit="batch",
                  desc=phase.name, disable=None if self.progress else True, mininterval=1) as bar:
            if self.progress and bar.disable:
                logger.info("%s: %d records, epochs %d to %d", phase.name, len(data), before + 1,
                            phase.epochs)
            while state["epoch"] < phase.epochs and not self._stale(state, phase):
                row = self._epoch(number, phase, state["epoch"], data, optimizer, bar)
                schedule.step()
                state["epoch"] += 1
                if validation is not None and len(validation):
                    row["validation"] = self._validate(number, phase, validation)
                    self._keep_best(state, row["validation"])
                    bar.set_postfix(loss=f"{row['loss']:.4g}", val=f"{row['validation']:.4g}")
                if self.progress and bar.disable:  # no terminal: lines instead of the bar
                    seconds = (time.monotonic() - started) / (state["epoch"] - before)
                    logger.info("%s: epoch %d of %d, loss %.4g%s, at most %.0f s left", phase.name,
                                state["epoch"], phase.epochs, row["loss"],
                                f", validation {row['validation']:.4g}" if "validation" in row
                                else "", seconds * (phase.epochs - state["epoch"]))
                self.history.append(row)
                self._save({"phase": number, **state, "key": key, "history": self.history,
                            "model": self.model.state_dict(),
                            "optimizer": optimizer.state_dict(),
                            "schedule": schedule.state_dict()})
                log.write(self.history)
        if state["best"] is not None:
            self.model.load_state_dict(state["best"])

    def _epoch(self, number, phase, epoch, data, optimizer, bar):
        self.model.train()
        order = np.random.default_rng([self.seed, number, epoch]).permutation(len(data))
        batches = [np.sort(order[first:first + phase.batch_size])
                   for first in range(0, len(order), phase.batch_size)]
        own = [[(step, part, index) for part, index in enumerate(np.array_split(batch, self.parts))
                if len(index) and part % self.processes.size == self.processes.rank]
               for step, batch in enumerate(batches)]
        arrays = prefetched(data, [index for parts in own for *_, index in parts])
        sums = {}
        for batch, parts in zip(batches, own, strict=True):
            terms = self._step(phase, [self.seed, number, epoch], epoch, len(batch), parts, arrays,
                               optimizer)
            for name, value in terms.items():
                sums[name] = sums.get(name, 0.0) + value * len(batch)
            bar.update()
        return {"phase": phase.name, "epoch": epoch,
                **{name: value / len(order) for name, value in sums.items()}}

    def _step(self, phase, seeds, epoch, size, parts, arrays, optimizer):
        """One step on a batch of ``size`` records, of which this process has some parts."""
        optimizer.zero_grad(set_to_none=True)
        totals = {}
        for step, part, index in parts:
            batch = next(arrays)
            with seeded([*seeds, step, part], self.device):
                terms = self._loss(batch, phase, epoch)
            share = len(index) / size
            (terms["loss"] * share).backward()
            for name, value in terms.items():
                totals[name] = totals.get(name, 0.0) + share * value.detach()
        totals = self._totals(totals)
        if not np.isfinite(totals["loss"]):
            raise TNGException(f"the loss became {totals['loss']} in phase {phase.name!r}; "
                               "lower learning_rate, or look for records out of scale")
        # clipped once, when the gradient of the whole batch is there
        self.processes.add_gradients(self.model)
        torch.nn.utils.clip_grad_norm_(self.model.parameters(), phase.clip)
        optimizer.step()
        return totals

    def _loss(self, batch, phase, epoch):
        """Terms of the loss of a batch of numpy arrays."""
        tensors = [torch.as_tensor(a).to(self.device) for a in batch]
        with torch.autocast(self.device.type, torch.bfloat16, enabled=self.precision == "bf16"):
            return self.model.loss(*tensors, phase=phase.name, epoch=epoch)

    def _totals(self, totals):
        """Terms of the loss as floats, added up over the processes."""
        if self.processes.size > 1:
            # a process without a part of a small last batch has no names
            names = self._names = list(totals) or self._names
            values = torch.stack([torch.as_tensor(totals.get(n, 0.0), device=self.device,
                                                  dtype=torch.float32) for n in names])
            totals = dict(zip(names, self.processes.add(values), strict=True))
        return {name: float(value) for name, value in totals.items()}

    @torch.no_grad()
    def _validate(self, number, phase, data):
        self.model.eval()
        indices = [np.arange(first, min(first + phase.batch_size, len(data)))
                   for first in range(0, len(data), phase.batch_size)]
        total = torch.zeros(1, dtype=torch.float64, device=self.device)
        for step, index in enumerate(indices):
            if step % self.processes.size != self.processes.rank:
                continue
            # the same noise at every epoch, so that losses compare
            with seeded([self.seed, number, step], self.device):
                total += self._loss(data.batch(index), phase, None)["loss"] * len(index)
        return float(self.processes.add(total)) / len(data)

    def _keep_best(self, state, loss):
        if loss < state["best_loss"]:
            state.update(best_loss=loss, stale=0, best=copy.deepcopy(self.model.state_dict()))
        else:
            state["stale"] += 1

    @staticmethod
    def _stale(state, phase):
        return phase.patience is not None and state["stale"] >= phase.patience

    # -- checkpoints --------------------------------------------------------

    def _run_key(self, phases, data, validation):
        """Hash of everything that determines the result: settings and data."""
        prints = [{name: part[name].fingerprint() for name in sorted(part)}
                  for part in (data, validation)]
        text = json.dumps([[asdict(p) for p in phases], self.seed, self.parts, self.precision,
                           self.model.settings(), prints], sort_keys=True)
        return hashlib.sha256(text.encode()).hexdigest()

    def _save(self, content):
        if self.checkpoint is None or not self.processes.first:
            return
        self.checkpoint.parent.mkdir(parents=True, exist_ok=True)
        temporary = self.checkpoint.with_name(self.checkpoint.name + ".part")
        torch.save(content, temporary)
        os.replace(temporary, self.checkpoint)

    def _load(self, key):
        if self.checkpoint is None or not self.checkpoint.exists():
            return None
        try:
            saved = torch.load(self.checkpoint, map_location=self.device, weights_only=True)
            matches = saved["key"] == key
        except (OSError, RuntimeError, EOFError, KeyError, TypeError, ValueError,
                pickle.UnpicklingError) as exc:
            raise TNGCheckpointError(f"{self.checkpoint} is not a training checkpoint: "
                                     f"{exc}") from exc
        if not matches:
            raise TNGCheckpointError(f"{self.checkpoint} belongs to a run with other settings or "
                                     "other records; delete it or choose another path")
        return saved


class seeded:
    """
    Context with torch's random state derived from integers and restored at the end.

    :param seeds: sequence of ints.
    :param device: torch device whose generator is used besides the CPU's.
    """

    def __init__(self, seeds, device):
        self.value = int(np.random.SeedSequence(seeds).generate_state(1, np.uint64)[0]) >> 1
        self.fork = torch.random.fork_rng(
            devices=[device] if device.type == "cuda" else [])

    def __enter__(self):
        self.fork.__enter__()
        torch.manual_seed(self.value)

    def __exit__(self, *args):
        return self.fork.__exit__(*args)
