"""Layout of a folder of waveform files."""

import logging
import os
from collections import Counter
from pathlib import Path

from ..exceptions import TNGInputError
from .files import FileClient
from .reading import NO_WAVEFORMS, is_mseed
from .templates import TEMPLATES

logger = logging.getLogger("obspy_tng")

LOOKED_AT = 200  # files of a folder that are looked at


def open_archive(root, format="MSEED"):
    """
    Client of a folder of waveform files with an unknown layout.

    SDS is tried first, then BUD, then a folder of MiniSEED files of any names (or, for other
    formats, of all files), also in folders below it.

    :param root: folder.
    :param format: of the files, a name of ObsPy's.
    :return: :class:`~obspy_tng.archive.files.FileClient`
    :raises TNGInputError: if there is no such folder, or no waveform file in it.
    """
    for layout in ("sds", "bud"):
        client = FileClient(root, layout, format)
        if next(client.files(), None) is not None:
            return client
    suffixes, deep = Counter(), False
    for path in _some_files(Path(root)):
        if format.upper() != "MSEED" or is_mseed(path):
            suffixes[path.suffix] += 1
            deep = deep or path.parent != Path(root)
    if not suffixes:
        raise TNGInputError(f"{root} has no {format} files: neither in a known layout "
                            f"({', '.join(sorted(TEMPLATES))}) nor of other names; --template "
                            "takes a path, --file-format another format")
    # files of other names must not be left out in silence
    suffix = next(iter(suffixes)) if len(suffixes) == 1 else ""
    template = ("**/*" if deep else "*") + suffix
    logger.info("%s is read as a folder of %s files, %s", root, format, template)
    return FileClient(root, template, format)


def _some_files(root):
    """Some files of a folder and those below, without metadata."""
    number = 0
    for folder, folders, names in os.walk(root):
        folders.sort()
        for name in sorted(names):
            if name.startswith(".") or Path(name).suffix.lower() in NO_WAVEFORMS:
                continue
            yield Path(folder) / name
            number += 1
            if number >= LOOKED_AT:
                return
