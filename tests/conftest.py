"""Shared fixtures. Real data lies outside the repository; its tests skip without it."""

from pathlib import Path

import pytest

from .small_generator import fitted_released, small_network

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


@pytest.fixture(scope="module")
def network():
    """The small network, where a module does not make its own."""
    return small_network()


@pytest.fixture(scope="module")
def fitted():
    """The released architecture fitted to it; not to be changed."""
    return fitted_released()


@pytest.fixture(scope="module")
def station(fitted):
    """Id of a station of it."""
    return next(iter(fitted.stations))
