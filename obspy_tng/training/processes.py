"""
Data parallel training: the processes that ``torchrun`` starts.

Each process computes its parts of every batch. Gradients are summed over the
processes, then clipped, and all processes take the same step. There is one flat
all-reduce per step, so that a phase may leave parameters unused and a process may
have no part of the last batch.
"""

import os
from dataclasses import dataclass

import torch
import torch.distributed as dist

from ..exceptions import TNGInputError


@dataclass(frozen=True)
class Processes:
    """
    The processes that train together.

    :param rank: number of this one, from 0.
    :param size: how many there are.
    """

    rank: int = 0
    size: int = 1

    @classmethod
    def join(cls, device="cpu"):
        """
        The processes of this run: those that ``torchrun`` started, or this one alone.

        :param device: torch device of the model; processes communicate by NCCL (CUDA) or gloo.
        :return: :class:`Processes`
        """
        if not (dist.is_available() and (dist.is_initialized() or "TORCHELASTIC_RUN_ID"
                                         in os.environ)):
            return cls()
        if not dist.is_initialized():
            on_gpu = torch.device(device).type == "cuda"
            if on_gpu:
                torch.cuda.set_device(device)
            dist.init_process_group("nccl" if on_gpu else "gloo")
        return cls(dist.get_rank(), dist.get_world_size())

    @property
    def first(self):
        """Whether this is the process that writes files and shows progress."""
        return self.rank == 0

    def add(self, tensor):
        """Add a tensor up over all processes, in place; return it."""
        if self.size > 1:
            dist.all_reduce(tensor)
        return tensor

    def add_gradients(self, model):
        """Add up the gradients of a model's parameters over all processes, in place."""
        if self.size == 1:
            return
        parameters = [p for p in model.parameters() if p.requires_grad]
        used = self.add(torch.tensor([float(p.grad is not None) for p in parameters],
                                     device=parameters[0].device))
        # unused everywhere stays None: the optimiser must not touch such a parameter
        parameters = [p for p, n in zip(parameters, used.tolist(), strict=True) if n]
        flat = self.add(torch.cat([(torch.zeros_like(p) if p.grad is None else p.grad).flatten()
                                   for p in parameters]))
        for p, part in zip(parameters, flat.split([p.numel() for p in parameters]), strict=True):
            p.grad = part.view_as(p)

    def equalize(self, model):
        """Give every process the weights of the first."""
        if self.size > 1:
            with torch.no_grad():
                for tensor in model.state_dict().values():
                    dist.broadcast(tensor, 0)

    def wait(self):
        """Wait until all processes are here."""
        if self.size > 1:
            dist.barrier()


def local_rank():
    """Number of this process on its machine (which GPU to take); 0 without ``torchrun``."""
    return int(os.environ.get("LOCAL_RANK", 0)) if "TORCHELASTIC_RUN_ID" in os.environ else 0


def choose_device(device=None):
    """
    The torch device to use.

    :param device: None (CUDA if available; under ``torchrun`` that of the process), or an argument
        of ``torch.device``.
    :return: ``torch.device``
    :raises TNGInputError: for a device that does not exist or is not available.
    """
    if device is None:
        return torch.device(f"cuda:{local_rank()}" if torch.cuda.is_available() else "cpu")
    given = device
    try:
        device = torch.device(device)
        if device.type == "cuda" and not torch.cuda.is_available():
            raise TNGInputError(f"device={str(device)!r}, but torch finds no CUDA device")
        torch.zeros(1, device=device).item()  # "meta" holds no numbers; others may not be there
    except (RuntimeError, TypeError, AssertionError) as exc:
        raise TNGInputError(f"device={given!r} cannot be used: "
                            f"{str(exc).partition(chr(10))[0]}") from exc
    return device
