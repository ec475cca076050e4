"""
Files that are there whole, or not at all.

What is written is written to a temporary name and moved into place.
"""

import os
import shutil
from pathlib import Path

TEMPORARY = ".tmp"  # end of the names of files that are being written


def replace_file(path, content):
    """
    Write a file so that it is there whole, or not at all.

    :param path: :class:`~pathlib.Path`; a file there is replaced.
    :param content: bytes.
    :raises OSError: if it cannot be written; the file there, if any, is as it was.
    """
    temporary = path.with_name(f".{path.name}.{os.getpid()}{TEMPORARY}")
    try:
        temporary.write_bytes(content)
        os.replace(temporary, path)
    finally:
        temporary.unlink(missing_ok=True)


def clean_temporaries(folder):
    """
    Remove the temporary files that a killed process has left among records.

    :param folder: folder of all records, without other writers.
    """
    for pattern in ("", "*/", "sds/*/*/*/*/"):
        for path in Path(folder).glob(f"{pattern}.*{TEMPORARY}"):
            if path.is_dir():
                shutil.rmtree(path)
            else:
                path.unlink(missing_ok=True)
