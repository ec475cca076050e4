"""
One training loop for every architecture
========================================

Every random number of a step follows from (seed, phase, epoch, step), so a run
that was killed and resumed from its last checkpoint ends with the same weights
as one that was not: there is no hidden state to restore but weights, optimiser
and best weights so far.
"""

import copy
import hashlib
import json
import logging
import os
import pickle
from dataclasses import asdict, dataclass
from pathlib import Path

import numpy as np
import torch
from tqdm import tqdm

from ..exceptions import TNGCheckpointError, TNGException, TNGInputError

logger = logging.getLogger("obspy_tng")


@dataclass(frozen=True)
class Phase:
    """
    One phase of training.

    :param name: what the model's ``loss(batch, phase=name)`` is asked for.
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
        if isinstance(self.epochs, bool) or not isinstance(self.epochs, int) or self.epochs < 0:
            raise TNGInputError(f"epochs must be an integer >= 0, got {self.epochs!r}")
        if not isinstance(self.batch_size, int) or self.batch_size < 1:
            raise TNGInputError(f"batch_size must be an integer >= 1, got {self.batch_size!r}")
        for key in ("learning_rate", "clip"):
            if not getattr(self, key) > 0:
                raise TNGInputError(f"{key} must be > 0, got {getattr(self, key)!r}")


class Trainer:
    """
    Trains a model through its phases.

    :param model: ``nn.Module`` with ``loss(batch, phase=...)`` returning a dict with
        the scalar tensor ``loss``.
    :param device: torch device.
    :param seed: int.
    :param checkpoint: file for resuming, written after every epoch; None writes none.
    :param progress: show a progress bar.
    """

    def __init__(self, model, device="cpu", seed=0, checkpoint=None, progress=True):
        self.model = model.to(device)
        self.device = torch.device(device)
        self.seed = seed
        self.checkpoint = None if checkpoint is None else Path(checkpoint)
        self.progress = progress
        self.history = []

    def run(self, phases, data, validation=None):
        """
        Train through all phases; resumes where the checkpoint ends.

        :param phases: list of :class:`Phase`.
        :param data: dict phase name -> float32 array ``(n, seq_len, channels)``.
        :param validation: the same for validation, or None; phases without an entry
            keep their last weights.
        :return: list of dicts, one an epoch: phase, epoch, loss, validation loss, ...
        :raises TNGException: if the loss is not finite (nothing is overwritten then).
        :raises TNGCheckpointError: if the checkpoint is of another run.
        """
        validation = validation or {}
        key = self._run_key(phases, data, validation)
        saved = self._load(key)
        start = (saved["phase"], saved["epoch"]) if saved else (0, 0)
        self.history = saved["history"] if saved else []
        for number, phase in enumerate(phases):
            if number < start[0]:
                continue
            resumed = saved if saved and number == start[0] else None
            if resumed is None and number and phase.epochs:
                logger.debug("phase %s starts from the best weights so far", phase.name)
            self._run_phase(number, phase, data[phase.name], validation.get(phase.name),
                            resumed, key)
        return self.history

    # -- one phase ----------------------------------------------------------

    def _run_phase(self, number, phase, data, validation, resumed, key):
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
        with tqdm(total=phase.epochs * steps, initial=state["epoch"] * steps, unit="batch",
                  desc=f"{phase.name}", disable=not self.progress, mininterval=1) as bar:
            while state["epoch"] < phase.epochs and not self._stale(state, phase):
                row = self._epoch(number, phase, state["epoch"], data, optimizer, bar)
                schedule.step()
                state["epoch"] += 1
                if validation is not None and len(validation):
                    row["validation"] = self._validate(number, phase, validation)
                    self._keep_best(state, row["validation"])
                    bar.set_postfix(loss=f"{row['loss']:.4g}", val=f"{row['validation']:.4g}")
                self.history.append(row)
                self._save({"phase": number, **state, "key": key, "history": self.history,
                            "model": self.model.state_dict(),
                            "optimizer": optimizer.state_dict(),
                            "schedule": schedule.state_dict()})
        if state["best"] is not None:
            self.model.load_state_dict(state["best"])

    def _epoch(self, number, phase, epoch, data, optimizer, bar):
        self.model.train()
        order = np.random.default_rng([self.seed, number, epoch]).permutation(len(data))
        sums = {}
        for step, first in enumerate(range(0, len(order), phase.batch_size)):
            index = np.sort(order[first:first + phase.batch_size])
            terms = self._step(phase, [self.seed, number, epoch, step], data[index], optimizer)
            for name, value in terms.items():
                sums[name] = sums.get(name, 0.0) + value * len(index)
            bar.update()
        return {"phase": phase.name, "epoch": epoch,
                **{name: value / len(order) for name, value in sums.items()}}

    def _step(self, phase, seeds, batch, optimizer):
        with seeded(seeds, self.device):
            terms = self.model.loss(torch.as_tensor(batch).to(self.device), phase=phase.name)
        loss = terms["loss"]
        if not torch.isfinite(loss):
            raise TNGException(f"the loss became {loss.item()} in phase {phase.name!r}; "
                               "lower learning_rate, or look for records out of scale")
        optimizer.zero_grad(set_to_none=True)
        loss.backward()
        torch.nn.utils.clip_grad_norm_(self.model.parameters(), phase.clip)
        optimizer.step()
        return {name: float(value.detach()) for name, value in terms.items()}

    @torch.no_grad()
    def _validate(self, number, phase, data):
        self.model.eval()
        total = 0.0
        for step, first in enumerate(range(0, len(data), phase.batch_size)):
            batch = torch.as_tensor(data[first:first + phase.batch_size]).to(self.device)
            # the same noise at every epoch, so that losses compare
            with seeded([self.seed, number, step], self.device):
                total += float(self.model.loss(batch, phase=phase.name)["loss"]) * len(batch)
        return total / len(data)

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
        """Hash of all that decides the result: settings and data."""
        h = hashlib.sha256(json.dumps([[asdict(p) for p in phases], self.seed,
                                       self.model.settings()], sort_keys=True).encode())
        for part in (data, validation):
            for name in sorted(part):
                h.update(f"{name}{part[name].shape}".encode())
                h.update(np.ascontiguousarray(part[name]).tobytes())
        return h.hexdigest()

    def _save(self, content):
        if self.checkpoint is None:
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
        self.value = int(np.random.SeedSequence(seeds).generate_state(1, np.uint64)[0] >> 1)
        self.fork = torch.random.fork_rng(
            devices=[device] if device.type == "cuda" else [])

    def __enter__(self):
        self.fork.__enter__()
        torch.manual_seed(self.value)

    def __exit__(self, *args):
        return self.fork.__exit__(*args)
