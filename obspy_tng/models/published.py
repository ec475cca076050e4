"""
Reading of the paper's own files, without running code from them
================================================================

Checkpoints are torch files, opened with ``weights_only=True``; latent banks are npz files,
opened with ``allow_pickle=False``.
"""

import os
import pickle
import zipfile
import zlib

import numpy as np
import torch

from ..exceptions import TNGCheckpointError
from .autoencoder import ReleasedAutoencoder, ReleasedConfig
from .checkpoint import load_weights

# exceptions from damaged zip files (found by altering some thousands)
_DAMAGED = (OSError, RuntimeError, EOFError, ValueError, LookupError, NotImplementedError,
            zipfile.BadZipFile, zlib.error)


def load_published(path, top_k=2, periods="record"):
    """
    Open a published TimesNet-Gen checkpoint.

    :param path: torch file with the key ``model_state_dict``, or a bare state dict.
    :param top_k: number of periods (it cannot be read off the weights; 2 as published).
    :param periods: see :class:`~obspy_tng.models.autoencoder.ReleasedConfig`.
    :return: :class:`~obspy_tng.models.autoencoder.ReleasedAutoencoder`, sizes from the weights.
    :raises TNGCheckpointError: if the file is not such a checkpoint.
    """
    if not isinstance(path, str | os.PathLike):
        raise TypeError(f"checkpoint must be a path, got {type(path).__name__}")
    try:
        content = torch.load(path, map_location="cpu", weights_only=True)
    except FileNotFoundError as exc:
        raise TNGCheckpointError(f"no checkpoint at {path}") from exc
    except (*_DAMAGED, AttributeError, TypeError, pickle.UnpicklingError) as exc:
        # without torch's advice to run code from it
        why = str(exc).strip().partition("\n")[0].partition(" In PyTorch")[0]
        raise TNGCheckpointError(f"{path} is not a torch file of plain weights: {why}") from exc
    state = content.get("model_state_dict", content) if isinstance(content, dict) else None
    try:
        tensors = {k: v for k, v in state.items() if isinstance(v, torch.Tensor)}
        position = tensors["enc_embedding.position_embedding"]
        first = tensors["model.0.conv.0.kernels.0.weight"]
        prefix = "model.0.conv.0.kernels."
        config = ReleasedConfig(
            seq_len=position.shape[1], d_model=position.shape[2], d_ff=first.shape[0],
            e_layers=1 + max(int(k.split(".")[1]) for k in tensors if k.startswith("model.")),
            num_kernels=sum(k.startswith(prefix) and k.endswith(".weight") for k in tensors),
            top_k=top_k, periods=periods)
    except (AttributeError, KeyError, IndexError, ValueError) as exc:
        raise TNGCheckpointError(
            f"{path} does not hold the weights of a released TimesNet-Gen: {exc!r}") from exc
    model = ReleasedAutoencoder(config)
    load_weights(model, tensors, path)
    return model.eval()


def published_bank(path, model):
    """
    Read a published latent bank station by station.

    Each latent is decoded once. The decoder is linear, so that the decoded mean of latents is
    the mean of decoded latents, and generation needs nothing else.

    :param path: npz with ``latents_<station>`` (n, seq_len, d_model),
        ``means_<station>`` and ``stdev_<station>`` (n, 1, 3), in gal.
    :param model: the model that the latents belong to.
    :return: iterator of (station, standardised reconstructions (n, seq_len, 3),
        means (n, 3), standard deviations (n, 3)) as numpy arrays.
    :raises TNGCheckpointError: if the file is not such a bank.
    """
    shape = (model.config.seq_len, model.config.d_model)
    try:
        with np.load(path, allow_pickle=False) as bank:
            names = [k.removeprefix("latents_") for k in bank.files if k.startswith("latents_")]
            if not names:
                raise TNGCheckpointError(f"{path}: no key latents_<station>; keys: {bank.files}")
            for name in names:
                latents = bank[f"latents_{name}"]
                means = bank[f"means_{name}"].reshape(-1, 3)
                stdev = bank[f"stdev_{name}"].reshape(-1, 3)
                if latents.shape != (len(means), *shape) or len(stdev) != len(means):
                    raise TNGCheckpointError(
                        f"{path}: latents of {name} are {latents.shape}, "
                        f"the model needs (n, {shape[0]}, {shape[1]}) and n means and stdevs")
                with torch.no_grad():
                    # one record at a time: a latent is 40 times as large as its record
                    decoded = [model.decode(torch.as_tensor(z)[None].float())[0].numpy()
                               for z in latents]
                yield name, np.stack(decoded), means, stdev
    except _DAMAGED as exc:
        raise TNGCheckpointError(f"{path} is not a published latent bank: {exc}") from exc
