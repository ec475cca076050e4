"""
Reading and writing of model weights, without running code from the file
========================================================================

Own models are a folder with a JSON description and safetensors files; the
description contains the SHA-256 of each file, so that a truncated or altered
folder is noticed. The files of the paper are opened by
:mod:`obspy_tng.models.published`.
"""

import hashlib
import json
import os
import shutil
import tempfile
from pathlib import Path

import numpy as np
import torch
from safetensors import SafetensorError
from safetensors.numpy import load_file
from safetensors.numpy import save as to_bytes

from .._version import __version__
from ..exceptions import TNGCheckpointError, TNGInputError

DESCRIPTION = "model.json"
FORMAT = "obspy_tng model 1"


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
    if not (folder / DESCRIPTION).is_file():
        why = f"it has no {DESCRIPTION}" if folder.exists() else "there is no such folder"
        raise TNGCheckpointError(f"{folder} is not a model folder of obspy_tng: {why}")
    try:
        description = json.loads((folder / DESCRIPTION).read_text("utf-8"))
    except (OSError, ValueError, RecursionError) as exc:
        raise TNGCheckpointError(f"{folder} is not a model folder of obspy_tng, or damaged: "
                                 f"{DESCRIPTION}: {exc}") from exc
    if not isinstance(description, dict) or description.get("format") != FORMAT:
        found = description if isinstance(description, dict) else {}
        raise TNGCheckpointError(
            f"{folder}: {DESCRIPTION} is not of format {FORMAT!r} but {found.get('format')!r}, "
            f"written by obspy_tng {found.get('version', 'of unknown version')}; this is obspy_tng "
            f"{__version__}")
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
        except FileNotFoundError as exc:
            raise TNGCheckpointError(f"{path} is missing: the folder is incomplete") from exc
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
