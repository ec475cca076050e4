"""
Reading and writing of model weights, without running code from the file
========================================================================

Own models are a folder with a JSON description and safetensors files; the
description holds the SHA-256 of each file, so that a truncated or altered
folder is noticed. Published checkpoints are opened with ``weights_only=True``.
"""

import hashlib
import json
import os
import pickle
import shutil
import tempfile
import zipfile
import zlib
from pathlib import Path

import numpy as np
import torch
from safetensors import SafetensorError
from safetensors.numpy import load_file
from safetensors.numpy import save as to_bytes

from ..exceptions import TNGCheckpointError, TNGInputError
from .autoencoder import ReleasedAutoencoder, ReleasedConfig

DESCRIPTION = "model.json"
FORMAT = "obspy_tng model 1"
# exceptions from damaged zip files (found by altering some thousands)
_DAMAGED = (OSError, RuntimeError, EOFError, ValueError, LookupError, NotImplementedError,
            zipfile.BadZipFile, zlib.error)


def file_hash(path):
    """SHA-256 of a file as hexadecimal text."""
    with open(path, "rb") as file:
        return hashlib.file_digest(file, "sha256").hexdigest() if hasattr(
            hashlib, "file_digest") else hashlib.sha256(file.read()).hexdigest()


def json_hash(description):
    """SHA-256 of the content of a description, independent of its layout."""
    return hashlib.sha256(json.dumps(description, sort_keys=True).encode()).hexdigest()


def state_hash(arrays):
    """
    Short hash of named arrays: the identity of a model in provenance.

    :param arrays: dict name -> numpy array or tensor.
    :return: 16 hexadecimal digits.
    """
    h = hashlib.sha256()
    for name in sorted(arrays):
        array = np.ascontiguousarray(np.asarray(arrays[name]))
        h.update(f"{name}{array.shape}{array.dtype}".encode())
        h.update(array.tobytes())
    return h.hexdigest()[:16]


def check_folder(folder):
    """
    Check that a model can be written to a folder.

    :param folder: path.
    :return: the path, a :class:`~pathlib.Path`.
    :raises TNGInputError: if something else than a model is there.
    """
    folder = Path(folder)
    if folder.exists() and (not folder.is_dir() or (any(folder.iterdir()) and
                                                    not (folder / DESCRIPTION).exists())):
        raise TNGInputError(f"{folder}: exists and is not a model folder; choose another")
    return folder


def save_folder(folder, description, arrays, texts=None):
    """
    Write a model folder, complete or not at all.

    :param folder: path; an existing model there is replaced, any other folder
        that is not empty is refused.
    :param description: JSON-able dict.
    :param arrays: dict file stem -> dict name -> numpy array (one safetensors file each).
    :param texts: dict file name -> str, further files.
    :raises TNGInputError: if the folder holds something else, or cannot be written.
    """
    folder = check_folder(folder)
    try:
        folder.parent.mkdir(parents=True, exist_ok=True)
        work = Path(tempfile.mkdtemp(prefix=f".{folder.name}-", dir=folder.parent))
    except OSError as exc:
        raise TNGInputError(f"cannot write a model folder at {folder}: {exc}") from exc
    try:
        for stem, named in arrays.items():
            # not save_file(), whose files only their owner can read
            (work / f"{stem}.safetensors").write_bytes(
                to_bytes({k: np.ascontiguousarray(v) for k, v in named.items()}))
        for name, text in (texts or {}).items():
            (work / name).write_text(text, encoding="utf-8")
        files = {p.name: file_hash(p) for p in sorted(work.iterdir())}
        whole = {"format": FORMAT, **description, "files": files}
        (work / DESCRIPTION).write_text(
            json.dumps({**whole, "sha256": json_hash(whole)}, indent=1), "utf-8")
        os.chmod(work, 0o755)
        old = None
        if folder.exists():
            old = Path(tempfile.mkdtemp(prefix=f".{folder.name}-old-", dir=folder.parent))
            os.replace(folder, old)
        os.replace(work, folder)
        if old:
            shutil.rmtree(old)
    except (OSError, SafetensorError) as exc:
        raise TNGInputError(f"cannot write the model folder {folder}: {exc}") from exc
    finally:
        shutil.rmtree(work, ignore_errors=True)


def load_folder(folder):
    """
    Read a model folder and check it.

    :param folder: path.
    :return: description (dict), arrays (dict file stem -> dict name -> array),
        texts (dict file name -> str).
    :raises TNGCheckpointError: if it is not such a folder, or was altered.
    """
    folder = Path(folder)
    try:
        description = json.loads((folder / DESCRIPTION).read_text("utf-8"))
    except (OSError, ValueError, RecursionError) as exc:
        raise TNGCheckpointError(f"{folder} is not a model folder of obspy_tng: {exc}") from exc
    if not isinstance(description, dict) or description.get("format") != FORMAT:
        raise TNGCheckpointError(f"{folder}: {DESCRIPTION} is not of format {FORMAT!r}")
    # before any array of the claimed size is made
    if description.pop("sha256", None) != json_hash(description):
        raise TNGCheckpointError(f"{folder}: {DESCRIPTION} was altered since it was written")
    files = description.get("files")
    if not isinstance(files, dict):
        raise TNGCheckpointError(f"{folder}: {DESCRIPTION} does not list its files")
    arrays, texts = {}, {}
    for name, known in files.items():
        path = folder / Path(name).name
        try:
            if file_hash(path) != known:
                raise TNGCheckpointError(f"{path}: altered or truncated since it was written")
            if path.suffix == ".safetensors":
                arrays[path.stem] = load_file(path)
            else:
                texts[path.name] = path.read_text("utf-8")
        except (OSError, ValueError, SafetensorError) as exc:
            raise TNGCheckpointError(f"{path}: {exc}") from exc
    return description, arrays, texts


def load_weights(model, arrays, where):
    """
    Put arrays into a model.

    :param model: ``nn.Module``.
    :param arrays: dict name -> array or tensor.
    :param where: origin of the arrays, for the message.
    :raises TNGCheckpointError: if names or shapes do not fit.
    """
    state = {k: torch.as_tensor(v) for k, v in arrays.items()}
    try:
        model.load_state_dict(state)
    except RuntimeError as exc:
        raise TNGCheckpointError(f"{where}: weights do not fit the model: {exc}") from exc


def load_published(path, top_k=2, periods="record"):
    """
    Open a published TimesNet-Gen checkpoint.

    :param path: torch file with the key ``model_state_dict``, or a bare state dict.
    :param top_k: number of periods (it cannot be read off the weights; 2 as published).
    :param periods: see :class:`~obspy_tng.models.autoencoder.ReleasedConfig`.
    :return: :class:`~obspy_tng.models.autoencoder.ReleasedAutoencoder`, sizes from the weights.
    :raises TNGCheckpointError: if the file is not such a checkpoint.
    """
    try:
        content = torch.load(path, map_location="cpu", weights_only=True)
    except FileNotFoundError as exc:
        raise TNGCheckpointError(f"no checkpoint at {path}") from exc
    except (*_DAMAGED, AttributeError, TypeError, pickle.UnpicklingError) as exc:
        raise TNGCheckpointError(f"{path} is not a torch file of plain weights: {exc}") from exc
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
