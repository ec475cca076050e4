"""Shared fixtures. Real data lies outside the repository; its tests skip without it."""

from pathlib import Path

import pytest

SHARED = Path(__file__).resolve().parents[2] / "shared"


def _shared(name):
    path = SHARED / name
    if not path.exists():
        pytest.skip(f"real data not here: shared/{name} (see README, Tests)")
    return path


@pytest.fixture(scope="session")
def mexico():
    """Folder of the Mexico City records (SDS archive, StationXML, QuakeML, CSV)."""
    return _shared("data/mexico")


@pytest.fixture(scope="session")
def reference():
    """Folder of the published numbers."""
    return _shared("reference")


@pytest.fixture(scope="session")
def formats():
    """Folder of agency files."""
    return _shared("data/formats")


@pytest.fixture(scope="session")
def ridgecrest():
    """Folder of the Ridgecrest records (MiniSEED, full StationXML)."""
    return _shared("data/ridgecrest")


@pytest.fixture(scope="session")
def gilroy():
    """Folder of the Gilroy records."""
    return _shared("data/gilroy")
