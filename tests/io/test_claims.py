"""No file of anybody else's is claimed by our isFormat functions."""

from importlib import import_module
from pathlib import Path

import obspy
import pytest

from .agency_samples import SAMPLES

CHECKS = {name: getattr(import_module(f"obspy_tng.io.{name.lower()}"), f"is_{name.lower()}")
          for name in SAMPLES}


def claims(paths):
    found, count = [], 0
    for path in paths:
        if path.is_file():
            count += 1
            found += [(name, path) for name, check in CHECKS.items() if check(str(path))]
    return found, count


def test_obspy_test_data():
    found, count = claims(p for p in Path(obspy.__file__).parent.rglob("*")
                          if "data" in p.parts)
    if count < 500:
        pytest.skip("this ObsPy came without its test data")
    assert not found


def test_own_sources():
    """Modules and documents quote the marks of the formats."""
    root = Path(import_module("obspy_tng").__file__).parents[1]
    found, count = claims(p for folder in ("obspy_tng", "docs", "tests")
                          for p in (root / folder).rglob("*"))
    assert count > 30
    assert not found, found


@pytest.mark.slow
def test_usr_share():
    share = Path("/usr/share")
    if not share.is_dir():
        pytest.skip("no /usr/share here")
    assert not claims(share.rglob("*"))[0]


@pytest.mark.parametrize("thing", [None, 5, "/no/such/file", "/", b"bytes", object()])
def test_never_raises(thing):
    assert not any(check(thing) for check in CHECKS.values())
